//! A chat server in memory: channels, cards, threads, reactions, and members whose roles can change.
//!
//! It refuses what Discord refuses (too long a text, a message that is gone) and remembers nonces as long as Discord does.

mod limits;
mod port;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::{Duration, OffsetDateTime};

use super::TestClock;
use crate::card::Card;
use crate::event::MessageRef;
use crate::ports::{ChatError, Clock, Message, Vote, Written};
use crate::role::{Member, Person, Role};

/// How long a nonce keeps a repeated post from standing twice (Discord: a few minutes).
const NONCE_MEMORY: Duration = Duration::minutes(5);

/// A chat server. Clones are the same server.
#[derive(Debug, Clone)]
pub struct FakeChat {
    server: Arc<Mutex<Server>>,
    clock: TestClock,
}

/// A message as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Where.
    pub place: MessageRef,
    /// What it shows.
    pub content: Content,
    /// How often it was edited.
    pub edits: u32,
    /// Whether the bot has put ✅ and ❌ under it.
    pub offers_votes: bool,
}

/// What a message shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A card.
    Card(Card),
    /// What was said.
    Message(Message),
}

/// When a call of the chat goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

#[derive(Debug, Default)]
struct Server {
    members: BTreeMap<String, Member>,
    messages: Vec<Posted>,
    /// Thread ids by the id of the message they stand under, with their names.
    threads: BTreeMap<String, String>,
    /// Reactions by message, in the order in which they were given.
    reactions: BTreeMap<String, Vec<(Vote, String)>>,
    nonces: BTreeMap<(String, String), (OffsetDateTime, MessageRef)>,
    /// What people wrote, by thread.
    chatter: Vec<(String, Written)>,
    /// How many calls still succeed before `failing` strikes.
    spared: usize,
    failing: Vec<(Side, ChatError)>,
    broken: BTreeMap<&'static str, ChatError>,
    journal: Vec<String>,
    last_id: u64,
}

impl FakeChat {
    /// Somebody writes into a thread.
    pub fn writes(&self, name: &str, thread: &str, text: &str) {
        let at = self.clock.now();
        let written = Written { at, by: name.to_owned(), own: false, text: text.to_owned() };
        self.server.lock().unwrap_or_else(PoisonError::into_inner).chatter.push((thread.to_owned(), written));
    }

    /// The sandbox's server: the members of `INTERFACE` with their roles, named after what they are.
    pub fn new(clock: TestClock) -> Self {
        use Role::{DevopsLead, OnCall, Operator, ProductOwner, Security, TeamLead};
        let chat = Self { server: Arc::default(), clock };
        let members: [(&str, &[Role]); 9] = [
            ("operator", &[Operator]),
            ("team-lead", &[Operator, TeamLead]),
            ("devops-lead", &[Operator, DevopsLead]),
            ("devops-lead-2", &[Operator, DevopsLead]),
            ("product-owner", &[Operator, ProductOwner]),
            ("security", &[Operator, Security]),
            ("on-call", &[Operator, OnCall]),
            ("double-hat", &[Operator, DevopsLead, ProductOwner]),
            ("newcomer", &[]),
        ];
        for (name, roles) in members {
            chat.joins(name, roles);
        }
        chat
    }

    /// Somebody joins the server, or their roles become these.
    pub fn joins(&self, name: &str, roles: &[Role]) {
        let person = Person { id: format!("id-of-{name}"), name: name.to_owned() };
        let member = Member { person, roles: roles.iter().copied().collect() };
        self.server().members.insert(name.to_owned(), member);
    }

    /// Somebody is shown under another name from now on.
    pub fn renames(&self, name: &str, shown: &str) {
        if let Some(member) = self.server().members.get_mut(name) {
            shown.clone_into(&mut member.person.name);
        }
    }

    /// Somebody leaves the server. Their reactions stay.
    pub fn leaves(&self, name: &str) {
        self.server().members.remove(name);
    }

    /// Somebody on the server.
    pub fn member_named(&self, name: &str) -> Member {
        let known = self.server().members.get(name).cloned();
        known.unwrap_or_else(|| panic!("there is no member {name} on this server"))
    }

    /// Somebody puts their reaction under a message.
    pub fn react(&self, message: &MessageRef, vote: Vote, name: &str) {
        let mut server = self.server();
        let reactions = server.reactions.entry(message.message.clone()).or_default();
        let reaction = (vote, name.to_owned());
        if !reactions.contains(&reaction) {
            reactions.push(reaction);
        }
    }

    /// Somebody takes their reaction back.
    pub fn unreact(&self, message: &MessageRef, vote: Vote, name: &str) {
        if let Some(reactions) = self.server().reactions.get_mut(&message.message) {
            reactions.retain(|(v, who)| (*v, who.as_str()) != (vote, name));
        }
    }

    /// The next `times` calls do nothing and answer this error.
    pub fn fail_next(&self, times: usize, error: &ChatError) {
        self.server().failing.extend(std::iter::repeat_n((Side::Before, error.clone()), times));
    }

    /// The next `times` calls happen, but their answers are lost.
    pub fn lose_answers(&self, times: usize) {
        let lost = ChatError::Transient("no answer came".into());
        self.server().failing.extend(std::iter::repeat_n((Side::After, lost), times));
    }

    /// The next `calls` calls succeed before what was ordered to fail does.
    pub fn spare(&self, calls: usize) {
        self.server().spared = calls;
    }

    /// Whether calls are still to fail.
    pub fn is_failing(&self) -> bool {
        !self.server().failing.is_empty()
    }

    /// From now on every call of this name (`post_card`, `edit_card`, `offer_votes`, `open_thread`, `say`, `votes`,
    /// `member`) answers this error; none mends it.
    pub fn break_call(&self, call: &'static str, error: Option<ChatError>) {
        let mut server = self.server();
        match error {
            Some(error) => server.broken.insert(call, error),
            None => server.broken.remove(call),
        };
    }

    /// All messages of a channel or thread, in their order.
    pub fn messages(&self, channel: &str) -> Vec<Posted> {
        self.server().messages.iter().filter(|posted| posted.place.channel == channel).cloned().collect()
    }

    /// All messages, in their order.
    pub fn all_messages(&self) -> Vec<Posted> {
        self.server().messages.clone()
    }

    /// The names of the threads, by id.
    pub fn threads(&self) -> BTreeMap<String, String> {
        self.server().threads.clone()
    }

    /// Somebody deletes a message.
    pub fn delete(&self, message: &MessageRef) {
        self.server().messages.retain(|posted| posted.place != *message);
    }

    /// Forgets all nonces, as a chat that does not keep a repeated post from standing twice.
    pub fn forget_nonces(&self) {
        self.server().nonces.clear();
    }

    /// What was done, a line each: the calls that had an effect.
    pub fn journal(&self) -> Vec<String> {
        self.server().journal.clone()
    }

    fn server(&self) -> MutexGuard<'_, Server> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One call: fails as ordered, or has its effect and is written down.
    fn call<T>(
        &self,
        name: &'static str,
        effect: impl FnOnce(&mut Server, OffsetDateTime) -> Result<T, ChatError>,
    ) -> Result<T, ChatError> {
        let now = self.clock.now();
        let mut server = self.server();
        if let Some(error) = server.broken.get(name) {
            return Err(error.clone());
        }
        let spared = server.spared > 0;
        server.spared = server.spared.saturating_sub(1);
        let strike = (!spared && !server.failing.is_empty()).then(|| server.failing.remove(0));
        if let Some((Side::Before, error)) = strike {
            return Err(error);
        }
        let done = effect(&mut server, now)?;
        match strike {
            Some((_, error)) => Err(error),
            None => Ok(done),
        }
    }
}

impl Server {
    fn write(&mut self, line: impl fmt::Display) {
        self.journal.push(line.to_string());
    }

    /// Posts, or lets the post that bears the nonce already show this.
    fn post(&mut self, channel: &str, content: Content, nonce: &str, now: OffsetDateTime) -> MessageRef {
        self.nonces.retain(|_, (at, _)| now - *at < NONCE_MEMORY);
        let key = (channel.to_owned(), nonce.to_owned());
        if let Some((_, place)) = self.nonces.get(&key).cloned() {
            if let Some(posted) = self.messages.iter_mut().find(|posted| posted.place == place) {
                posted.content = content;
            }
            return place;
        }
        self.last_id += 1;
        let place = MessageRef { channel: channel.to_owned(), message: self.last_id.to_string() };
        self.nonces.insert(key, (now, place.clone()));
        let what = match &content {
            Content::Card(card) => format!("card {:?}", card.title),
            Content::Message(message) => format!("{:?}", message.text),
        };
        self.write(format_args!("posts {what} in {channel}"));
        self.messages.push(Posted { place: place.clone(), content, edits: 0, offers_votes: false });
        place
    }

    fn message(&mut self, place: &MessageRef) -> Result<&mut Posted, ChatError> {
        let found = self.messages.iter_mut().find(|posted| posted.place == *place);
        found.ok_or_else(|| ChatError::Permanent("Unknown Message: somebody has deleted it".into()))
    }

    /// The person as the server knows them: without a role where they have left.
    fn read(&self, person: &Person) -> Member {
        let known = self.members.values().find(|member| member.person.id == person.id).cloned();
        known.unwrap_or_else(|| Member { person: person.clone(), roles: BTreeSet::new() })
    }
}
