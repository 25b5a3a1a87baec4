//! The chat server behind its port.

use async_trait::async_trait;

use super::{Content, FakeChat, limits};
use crate::card::Card;
use crate::event::MessageRef;
use crate::ports::{Chat, ChatError, Message, Vote, Written};
use crate::role::{Member, Person};

#[async_trait]
impl Chat for FakeChat {
    async fn post_card(&self, channel: &str, card: &Card, nonce: &str) -> Result<MessageRef, ChatError> {
        self.call("post_card", |server, now| {
            limits::card(card)?;
            limits::nonce(nonce)?;
            Ok(server.post(channel, Content::Card(card.clone()), nonce, now))
        })
    }

    async fn edit_card(&self, message: &MessageRef, card: &Card) -> Result<(), ChatError> {
        self.call("edit_card", |server, _| {
            limits::card(card)?;
            let posted = server.message(message)?;
            let files = match &posted.content {
                Content::Card(before) => before.files.clone(),
                Content::Message(_) => Vec::new(),
            };
            posted.content = Content::Card(Card { files, ..card.clone() });
            posted.edits += 1;
            server.write(format_args!("edits the card {:?}", card.title));
            Ok(())
        })
    }

    async fn offer_votes(&self, message: &MessageRef) -> Result<(), ChatError> {
        self.call("offer_votes", |server, _| {
            server.message(message)?.offers_votes = true;
            server.write(format_args!("offers votes under {}", message.message));
            Ok(())
        })
    }

    async fn open_thread(&self, message: &MessageRef, name: &str) -> Result<String, ChatError> {
        self.call("open_thread", |server, _| {
            limits::thread_name(name)?;
            server.message(message)?;
            let thread = format!("thread-{}", message.message);
            if server.threads.insert(thread.clone(), name.to_owned()).is_none() {
                server.write(format_args!("opens the thread {name:?}"));
            }
            Ok(thread)
        })
    }

    async fn say(&self, channel: &str, message: &Message, nonce: &str) -> Result<(), ChatError> {
        self.call("say", |server, now| {
            limits::nonce(nonce)?;
            limits::files(&message.files)?;
            server.post(channel, Content::Message(message.clone()), nonce, now);
            Ok(())
        })
    }

    async fn votes(&self, message: &MessageRef, vote: Vote) -> Result<Vec<Member>, ChatError> {
        self.call("votes", |server, _| {
            server.message(message)?;
            let reactions = server.reactions.get(&message.message).cloned().unwrap_or_default();
            let people = reactions
                .into_iter()
                .filter(|(v, _)| *v == vote)
                .map(|(_, name)| Person { id: format!("id-of-{name}"), name });
            Ok(people.map(|person| server.read(&person)).collect())
        })
    }

    async fn written(&self, thread: &str) -> Result<Vec<Written>, ChatError> {
        self.call("written", |server, now| {
            let here = server.messages.iter().filter(|posted| posted.place.channel == thread);
            let own = here.filter_map(|posted| match &posted.content {
                Content::Message(message) => {
                    Some(Written { at: now, by: "landlord".into(), own: true, text: message.text.clone() })
                }
                Content::Card(_) => None,
            });
            let people = server.chatter.iter().filter(|(place, _)| place == thread).map(|(_, written)| written.clone());
            Ok(own.chain(people).collect())
        })
    }

    fn link(&self, message: &MessageRef) -> String {
        format!("https://chat.example/{}/{}", message.channel, message.message)
    }

    async fn member(&self, person: &Person) -> Result<Member, ChatError> {
        self.call("member", |server, _| Ok(server.read(person)))
    }
}
