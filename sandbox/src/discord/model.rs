//! The things a guild is made of, as they are kept (in memory and on disk). How they look on the wire is `render`'s
//! business; the rules by which they change are in `world` and `http`.

use super::snowflake::Id;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

/// A person or the bot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: Id,
    pub(crate) username: String,
    pub(crate) bot: bool,
    /// What authorizes this user; a person's stands alone in the header, the bot's behind `Bot `.
    pub(crate) token: String,
}

/// A user in the guild.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) user: User,
    pub(crate) roles: Vec<Id>,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) joined_at: OffsetDateTime,
}

/// A role. `@everyone` has the guild's id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) permissions: u64,
    pub(crate) position: u16,
    pub(crate) color: u32,
    /// Belongs to the bot and goes with it.
    pub(crate) managed: bool,
}

/// Permissions that a channel gives or takes; kind 0 is a role's, 1 a member's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Overwrite {
    pub(crate) id: Id,
    pub(crate) kind: u8,
    pub(crate) allow: u64,
    pub(crate) deny: u64,
}

/// A text channel (kind 0) or a public thread (kind 11).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Channel {
    pub(crate) id: Id,
    pub(crate) kind: u8,
    pub(crate) name: String,
    pub(crate) topic: Option<String>,
    pub(crate) position: u16,
    pub(crate) parent_id: Option<Id>,
    pub(crate) overwrites: Vec<Overwrite>,
    pub(crate) last_message_id: Option<Id>,
    pub(crate) rate_limit_per_user: u32,
    pub(crate) thread: Option<Thread>,
}

/// What a thread has beyond a channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Thread {
    pub(crate) owner: Id,
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    /// Minutes.
    pub(crate) auto_archive_duration: u32,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) archive_timestamp: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) create_timestamp: OffsetDateTime,
    pub(crate) message_count: u32,
    pub(crate) total_message_sent: u32,
    pub(crate) members: Vec<ThreadMember>,
}

/// Who follows a thread.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ThreadMember {
    pub(crate) user: Id,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) joined: OffsetDateTime,
}

/// A file of a message; its bytes are with the store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) id: Id,
    pub(crate) filename: String,
    pub(crate) description: Option<String>,
    pub(crate) size: usize,
    pub(crate) content_type: String,
}

/// One emoji under a message and who put it there, in order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Reaction {
    pub(crate) emoji: String,
    pub(crate) users: Vec<Id>,
}

/// What a message answers to or points at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Reference {
    pub(crate) message_id: Option<Id>,
    pub(crate) channel_id: Id,
}

/// The interaction that a message came from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Origin {
    pub(crate) interaction: Id,
    /// 2 command, 3 component, 5 modal submit.
    pub(crate) kind: u8,
    /// The command's full name; empty for the others.
    pub(crate) name: String,
    pub(crate) user: Id,
    /// For a component: the message it sits on. For a follow-up: the first answer.
    pub(crate) interacted: Option<Id>,
    pub(crate) original: Option<Id>,
    /// For a modal submit: the interaction that opened the modal.
    pub(crate) trigger: Option<Box<Origin>>,
}

/// A message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: Id,
    pub(crate) channel_id: Id,
    pub(crate) author: Id,
    pub(crate) kind: u8,
    pub(crate) content: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) timestamp: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) edited: Option<OffsetDateTime>,
    pub(crate) tts: bool,
    pub(crate) mention_everyone: bool,
    pub(crate) mentions: Vec<Id>,
    pub(crate) mention_roles: Vec<Id>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) nonce: Option<Value>,
    pub(crate) pinned: bool,
    pub(crate) flags: u64,
    pub(crate) reference: Option<Reference>,
    pub(crate) origin: Option<Origin>,
}

impl Message {
    /// A message of a kind that says nothing yet.
    pub(crate) fn blank(id: Id, channel_id: Id, author: Id, kind: u8, timestamp: OffsetDateTime) -> Self {
        Self {
            id,
            channel_id,
            author,
            kind,
            content: String::new(),
            timestamp,
            edited: None,
            tts: false,
            mention_everyone: false,
            mentions: Vec::new(),
            mention_roles: Vec::new(),
            attachments: Vec::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            reactions: Vec::new(),
            nonce: None,
            pinned: false,
            flags: 0,
            reference: None,
            origin: None,
        }
    }
}

/// Message flags (Discord: "Message Flags").
pub(crate) mod flags {
    /// The embeds are hidden.
    pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
    /// A thread hangs on the message.
    pub(crate) const HAS_THREAD: u64 = 1 << 5;
    /// Only the member who caused it sees it.
    pub(crate) const EPHEMERAL: u64 = 1 << 6;
    /// The bot is thinking.
    pub(crate) const LOADING: u64 = 1 << 7;
    /// Nobody is notified.
    pub(crate) const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
}

/// Message types (Discord: "Message Types").
pub(crate) mod kinds {
    pub(crate) const REGULAR: u8 = 0;
    pub(crate) const PINS_ADD: u8 = 6;
    pub(crate) const THREAD_CREATED: u8 = 18;
    pub(crate) const REPLY: u8 = 19;
    pub(crate) const COMMAND: u8 = 20;
    pub(crate) const THREAD_STARTER: u8 = 21;
}
