//! The core's `Chat` over Discord's HTTP API.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use landlord_core::card::Card;
use landlord_core::event::MessageRef;
use landlord_core::ports::{Chat, ChatError, Message as Said, Vote, Written};
use landlord_core::role::{Member, Person};
use serenity::all::{
    AutoArchiveDuration, ChannelId, CreateMessage, CreateThread, EditAttachments, EditMessage, HttpError, Message,
    MessageId, MessagePagination, MessageType, Nonce, ReactionType, User, UserId,
};
use serenity::builder::Builder as _;

use super::measured::Call;
use super::{Place, channel, outgoing, render};

/// The waits after "too many requests".
const LIMITED: [Duration; 4] =
    [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

const POST_MESSAGE: Call = Call("POST", "messages");
const EDIT_MESSAGE: Call = Call("PATCH", "messages");
const ADD_REACTION: Call = Call("PUT", "reactions");
const READ_REACTIONS: Call = Call("GET", "reactions");
const OPEN_THREAD: Call = Call("POST", "threads");
const READ_MEMBER: Call = Call("GET", "members");
const READ_MESSAGES: Call = Call("GET", "messages");

/// How many messages of a thread are read, at most.
const WRITTEN_MOST: usize = 500;

/// Discord's own names for what it refuses (documentation: JSON error codes).
const UNKNOWN_MEMBER: isize = 10_007;
const UNKNOWN_USER: isize = 10_013;
const THREAD_EXISTS: isize = 160_004;

/// The chat of a [`Place`].
#[derive(Debug, Clone)]
pub struct DiscordChat {
    pub(super) place: Place,
}

#[async_trait]
impl Chat for DiscordChat {
    async fn post_card(&self, to: &str, card: &Card, nonce: &str) -> Result<MessageRef, ChatError> {
        let message = CreateMessage::new()
            .embed(render::embed(card))
            .components(render::rows(card))
            .allowed_mentions(render::nobody());
        let (files, left_out) = outgoing::beside(card);
        let message = message.content(left_out).add_files(files);
        let sent = self.send(channel(to), message, nonce).await?;
        let place = MessageRef { channel: sent.channel_id.to_string(), message: sent.id.to_string() };
        let shows = sent.embeds.first().and_then(|embed| embed.description.as_deref()).unwrap_or_default();
        if shows.trim() != card.body.trim() {
            // An earlier attempt, whose answer was lost, has posted it: it stands as it was then.
            self.edit_card(&place, card).await?;
        }
        Ok(place)
    }

    async fn edit_card(&self, message: &MessageRef, card: &Card) -> Result<(), ChatError> {
        let edit = EditMessage::new()
            .embed(render::embed(card))
            .components(render::rows(card))
            .allowed_mentions(render::nobody());
        let (channel, message) = ids(message);
        let http = &self.place.http;
        patiently(|| self.place.counted(EDIT_MESSAGE, http.edit_message(channel, message, &edit, Vec::new()))).await?;
        Ok(())
    }

    async fn offer_votes(&self, message: &MessageRef) -> Result<(), ChatError> {
        let (channel, message) = ids(message);
        for vote in [Vote::Approve, Vote::Reject] {
            let emoji = ReactionType::Unicode(vote.emoji().to_owned());
            let http = &self.place.http;
            patiently(|| self.place.counted(ADD_REACTION, http.create_reaction(channel, message, &emoji))).await?;
        }
        Ok(())
    }

    async fn open_thread(&self, message: &MessageRef, name: &str) -> Result<String, ChatError> {
        let (channel, message) = ids(message);
        let thread = CreateThread::new(name).auto_archive_duration(AutoArchiveDuration::OneWeek);
        let call = self.place.http.create_thread_from_message(channel, message, &thread, None);
        match self.place.counted(OPEN_THREAD, call).await {
            Ok(thread) => Ok(thread.id.to_string()),
            // A message's thread has the message's id.
            Err(error) if code(&error) == Some(THREAD_EXISTS) => Ok(message.to_string()),
            Err(error) => Err(failure(&error)),
        }
    }

    async fn say(&self, to: &str, said: &Said, nonce: &str) -> Result<(), ChatError> {
        let (mentions, called) = render::calls(&said.calls, &self.place.roles);
        let (content, files) = outgoing::fitted(said, &called);
        let message = CreateMessage::new().content(&content).add_files(files.clone()).allowed_mentions(mentions);
        let sent = self.send(channel(to), message, nonce).await?;
        let mut stand: Vec<usize> = sent.attachments.iter().map(|file| file.size as usize).collect();
        let mut wanted: Vec<usize> = files.iter().map(|file| file.data.len()).collect();
        stand.sort_unstable();
        wanted.sort_unstable();
        if sent.content.trim() != content.trim() || stand != wanted {
            // An earlier attempt, whose answer was lost, has said the beginning of it.
            let whole = EditMessage::new().content(content).allowed_mentions(render::nobody());
            let files = files.into_iter().fold(EditAttachments::new(), EditAttachments::add);
            let whole = whole.attachments(files);
            let at = (sent.channel_id, sent.id, None);
            let edit = || self.place.counted(EDIT_MESSAGE, whole.clone().execute(&self.place.http, at));
            patiently(edit).await?;
        }
        Ok(())
    }

    async fn votes(&self, message: &MessageRef, vote: Vote) -> Result<Vec<Member>, ChatError> {
        let mut members = Vec::new();
        for user in self.reactors(message, vote).await? {
            members.push(self.read(user.id, &user.name).await?);
        }
        Ok(members)
    }

    async fn written(&self, thread: &str) -> Result<Vec<Written>, ChatError> {
        let mut all: Vec<Message> = Vec::new();
        while all.len() < WRITTEN_MOST {
            let before = all.last().map(|oldest| MessagePagination::Before(oldest.id));
            let call = || self.place.http.get_messages(channel(thread), before, Some(100));
            let page = patiently(|| self.place.counted(READ_MESSAGES, call())).await?;
            let last = page.len() < 100;
            all.extend(page);
            if last {
                break;
            }
        }
        all.reverse();
        let said =
            all.into_iter().filter(|message| matches!(message.kind, MessageType::Regular | MessageType::InlineReply));
        Ok(said
            .map(|message| Written {
                at: *message.timestamp,
                own: message.author.bot,
                by: message.author.name,
                text: message.content,
            })
            .collect())
    }

    fn link(&self, message: &MessageRef) -> String {
        format!("{}/{}/{}", self.place.links, message.channel, message.message)
    }

    async fn member(&self, person: &Person) -> Result<Member, ChatError> {
        let gone = || Member { person: person.clone(), roles: BTreeSet::new() };
        match person.id.parse::<u64>() {
            Ok(id) if id != 0 => self.read(UserId::new(id), &person.name).await,
            _ => Ok(gone()),
        }
    }
}

impl DiscordChat {
    /// Posts, or answers the message that bears the nonce already.
    async fn send(&self, to: ChannelId, message: CreateMessage, nonce: &str) -> Result<Message, ChatError> {
        let message = message.nonce(Nonce::String(nonce.to_owned())).enforce_nonce(true);
        patiently(|| self.place.counted(POST_MESSAGE, message.clone().execute(&self.place.http, (to, None)))).await
    }

    /// Everyone but bots who reacted so, by pages of 100.
    async fn reactors(&self, message: &MessageRef, vote: Vote) -> Result<Vec<User>, ChatError> {
        let (channel, message) = ids(message);
        let emoji = ReactionType::Unicode(vote.emoji().to_owned());
        let mut all: Vec<User> = Vec::new();
        loop {
            let after = all.last().map(|user| user.id.get());
            let call = self.place.http.get_reaction_users(channel, message, &emoji, 100, after);
            let page = self.place.counted(READ_REACTIONS, call).await.map_err(|error| failure(&error))?;
            let last = page.len() < 100;
            all.extend(page);
            if last {
                all.retain(|user| !user.bot);
                return Ok(all);
            }
        }
    }

    /// The member as the server has them now; without roles where they have left it.
    async fn read(&self, user: UserId, name: &str) -> Result<Member, ChatError> {
        match self.place.counted(READ_MEMBER, self.place.http.get_member(self.place.guild, user)).await {
            Ok(member) => Ok(self.place.roles.member(&member.user, &member.roles)),
            Err(error) if matches!(code(&error), Some(UNKNOWN_MEMBER | UNKNOWN_USER)) => {
                Ok(Member { person: Person { id: user.to_string(), name: name.to_owned() }, roles: BTreeSet::new() })
            }
            Err(error) => Err(failure(&error)),
        }
    }
}

fn ids(message: &MessageRef) -> (ChannelId, MessageId) {
    let id = message.message.parse().ok().filter(|id| *id != 0).unwrap_or(1);
    (channel(&message.channel), MessageId::new(id))
}

/// Discord's own error code, where it gave one.
fn code(error: &serenity::Error) -> Option<isize> {
    match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(answer)) => Some(answer.error.code),
        _ => None,
    }
}

/// Waits and tries again while Discord says that it is asked too often. Where serenity's own rate limiter works it reads the
/// headers and nothing of this is seen; what is still limited after these waits is the caller's to bring up later.
async fn patiently<T, F>(mut call: impl FnMut() -> F) -> Result<T, ChatError>
where
    F: Future<Output = Result<T, serenity::Error>>,
{
    for wait in LIMITED {
        match call().await {
            Err(serenity::Error::Http(HttpError::UnsuccessfulRequest(answer)))
                if answer.status_code.as_u16() == 429 =>
            {
                tokio::time::sleep(wait).await;
            }
            outcome => return outcome.map_err(|error| failure(&error)),
        }
    }
    call().await.map_err(|error| failure(&error))
}

/// What Discord refuses for good is a 4xx; all else may pass.
pub(super) fn failure(error: &serenity::Error) -> ChatError {
    match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(answer)) => {
            let status = answer.status_code;
            let text = format!("Discord answers {status}: {} ({})", answer.error.message, answer.error.code);
            if status.is_client_error() && status.as_u16() != 429 && status.as_u16() != 408 {
                ChatError::Permanent(text)
            } else {
                ChatError::Transient(text)
            }
        }
        serenity::Error::Model(_) => ChatError::Permanent(format!("serenity refuses: {error}")),
        _ => ChatError::Transient(format!("Discord cannot be reached: {error}")),
    }
}
