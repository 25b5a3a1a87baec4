//! The guild as it stands: members, roles, channels, messages and commands, and what a change to it leaves to be told
//! (dispatches) and written down (touched things). Knows no HTTP, no socket, no file.

use super::dispatch::{Audience, Dispatch};
use super::error::ApiError;
use super::interactions::Interactions;
use super::model::{Channel, Member, Message, Role, kinds};
use super::snowflake::{Id, Snowflakes};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use time::OffsetDateTime;

/// How many messages a channel keeps; older ones are let go.
const HISTORY: usize = 5_000;

/// A thing that changed and has to be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Touched {
    Message(Id, Id),
    Channel(Id),
    Member(Id),
    Commands,
}

/// A file that arrived with a message and waits to be stored.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) id: Id,
    pub(crate) filename: String,
    pub(crate) bytes: axum::body::Bytes,
}

/// The guild.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) guild_id: Id,
    pub(crate) owner_id: Id,
    /// The application's id, which is the bot's user id too.
    pub(crate) application_id: Id,
    pub(crate) members: BTreeMap<Id, Member>,
    pub(crate) roles: Vec<Role>,
    pub(crate) channels: BTreeMap<Id, Channel>,
    pub(crate) history: HashMap<Id, BTreeMap<Id, Message>>,
    /// Registered commands as Discord answers them; `guild_id` tells a guild's from a global one.
    pub(crate) commands: Vec<Value>,
    pub(crate) interactions: Interactions,
    pub(crate) snowflakes: Snowflakes,
    pub(crate) now: OffsetDateTime,
    /// `http://host:port`, the beginning of every URL that is handed out.
    pub(crate) base: String,
    pub(crate) outbox: Vec<Dispatch>,
    pub(crate) touched: BTreeSet<Touched>,
    pub(crate) uploads: Vec<Upload>,
}

impl World {
    /// The next id, made now.
    pub(crate) fn next_id(&mut self) -> Id {
        self.snowflakes.next(self.now)
    }

    pub(crate) fn bot(&self) -> Id {
        self.application_id
    }

    /// Leaves something to be told.
    pub(crate) fn emit(&mut self, name: &'static str, data: Value, audience: Audience) {
        self.outbox.push(Dispatch { name, data, audience });
    }

    pub(crate) fn touch(&mut self, thing: Touched) {
        self.touched.insert(thing);
    }

    /// Who holds a token: the bot's behind `Bot `, a person's alone.
    pub(crate) fn holder(&self, authorization: &str) -> Option<Id> {
        let (bot, token) = authorization.strip_prefix("Bot ").map_or((false, authorization), |token| (true, token));
        let holder = self.members.values().find(|member| member.user.bot == bot && member.user.token == token)?;
        Some(holder.user.id)
    }

    pub(crate) fn member(&self, id: Id) -> Result<&Member, ApiError> {
        self.members.get(&id).ok_or_else(|| ApiError::known(10007))
    }

    pub(crate) fn channel(&self, id: Id) -> Result<&Channel, ApiError> {
        self.channels.get(&id).ok_or_else(|| ApiError::known(10003))
    }

    pub(crate) fn message(&self, channel: Id, id: Id) -> Result<&Message, ApiError> {
        self.history.get(&channel).and_then(|history| history.get(&id)).ok_or_else(|| ApiError::known(10008))
    }

    /// A message to be changed; it counts as changed.
    pub(crate) fn message_mut(&mut self, channel: Id, id: Id) -> Result<&mut Message, ApiError> {
        self.touched.insert(Touched::Message(channel, id));
        self.history.get_mut(&channel).and_then(|history| history.get_mut(&id)).ok_or_else(|| ApiError::known(10008))
    }

    /// A channel to be changed; it counts as changed.
    pub(crate) fn channel_mut(&mut self, id: Id) -> Result<&mut Channel, ApiError> {
        self.touched.insert(Touched::Channel(id));
        self.channels.get_mut(&id).ok_or_else(|| ApiError::known(10003))
    }

    /// Keeps a message as its channel's newest, lets the oldest go, and counts it in its thread.
    pub(crate) fn keep(&mut self, message: Message) {
        let (channel, id, kind) = (message.channel_id, message.id, message.kind);
        let history = self.history.entry(channel).or_default();
        history.insert(id, message);
        let gone = if history.len() > HISTORY { history.pop_first() } else { None };
        if let Some((old, _)) = gone {
            self.touch(Touched::Message(channel, old));
        }
        if let Some(place) = self.channels.get_mut(&channel) {
            place.last_message_id = Some(id);
            // Discord counts what people wrote, not the starter that Discord put there itself.
            if let Some(thread) = place.thread.as_mut().filter(|_| kind != kinds::THREAD_STARTER) {
                thread.message_count += 1;
                thread.total_message_sent += 1;
            }
        }
        self.touch(Touched::Message(channel, id));
        self.touch(Touched::Channel(channel));
    }

    /// Lets a message go.
    pub(crate) fn forget(&mut self, channel: Id, id: Id) -> Result<Message, ApiError> {
        let gone = self.history.get_mut(&channel).and_then(|history| history.remove(&id));
        self.touch(Touched::Message(channel, id));
        let gone = gone.ok_or_else(|| ApiError::known(10008))?;
        if let Some(thread) = self.channels.get_mut(&channel).and_then(|place| place.thread.as_mut()) {
            thread.message_count = thread.message_count.saturating_sub(1);
            self.touch(Touched::Channel(channel));
        }
        Ok(gone)
    }

    /// A registered command, the guild's own or a global one.
    pub(crate) fn command(&self, id: Id) -> Option<&Value> {
        let id = id.to_string();
        self.commands.iter().find(|command| command["id"] == id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord::model::kinds;
    use crate::discord::seed;

    fn message(id: u64, channel: Id) -> Message {
        Message::blank(Id(id), channel, Id(1), kinds::REGULAR, OffsetDateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_channel_keeps_its_newest_messages_and_the_oldest_are_written_off() {
        let mut world = seed::world(OffsetDateTime::UNIX_EPOCH, String::new());
        let channel = *world.channels.keys().next().unwrap();
        for id in 1..=u64::try_from(HISTORY).unwrap() + 1 {
            world.keep(message(id, channel));
        }
        assert_eq!(world.history[&channel].len(), HISTORY);
        assert!(world.message(channel, Id(1)).is_err());
        assert!(world.touched.contains(&Touched::Message(channel, Id(1))));
        assert_eq!(world.channels[&channel].last_message_id, Some(Id(5_001)));
    }

    #[test]
    fn a_bots_token_needs_its_prefix_and_a_members_must_not_have_it() {
        let world = seed::world(OffsetDateTime::UNIX_EPOCH, String::new());
        let bot = world.members[&world.bot()].user.token.clone();
        let person = world.members.values().find(|member| !member.user.bot).unwrap().user.clone();
        assert_eq!(world.holder(&format!("Bot {bot}")), Some(world.bot()));
        assert_eq!(world.holder(&bot), None);
        assert_eq!(world.holder(&person.token), Some(person.id));
        assert_eq!(world.holder(&format!("Bot {}", person.token)), None);
    }
}
