//! What the core asks of the chat: cards, threads, reactions, and who holds which role.

use std::fmt;

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::card::{Card, File};
use crate::event::MessageRef;
use crate::role::{Member, Person};

/// Why the chat did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// Unreachable, limited or failing: the same call may succeed later.
    #[error("{0}")]
    Transient(String),
    /// It will not succeed by being repeated: a message or channel is gone, or the bot may not. Says what to do.
    #[error("{0}")]
    Permanent(String),
}

/// The reactions by which people decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vote {
    /// ✅
    Approve,
    /// ❌
    Reject,
}

impl Vote {
    /// The emoji that stands for it.
    pub fn emoji(self) -> &'static str {
        match self {
            Self::Approve => "✅",
            Self::Reject => "❌",
        }
    }

    /// What an emoji stands for; none where it is any other.
    pub fn of(emoji: &str) -> Option<Self> {
        [Self::Approve, Self::Reject].into_iter().find(|vote| vote.emoji() == emoji.trim_end_matches('\u{FE0F}'))
    }
}

/// The chat of the platform team. Mentions in any text are never parsed but for those named explicitly.
///
/// `nonce` (at most 25 characters) makes a repeated post the same post, for the few minutes that the chat remembers it;
/// what is posted last is what it shows.
/// Errors of every method: [`ChatError`].
#[async_trait]
pub trait Chat: Send + Sync + fmt::Debug {
    /// Posts a card into a channel, with its file.
    async fn post_card(&self, channel: &str, card: &Card, nonce: &str) -> Result<MessageRef, ChatError>;

    /// Makes a posted card show this. The file that was posted with it stays.
    async fn edit_card(&self, message: &MessageRef, card: &Card) -> Result<(), ChatError>;

    /// Puts the bot's own ✅ and ❌ under a card, so that people need only press them.
    async fn offer_votes(&self, message: &MessageRef) -> Result<(), ChatError>;

    /// Opens the thread under a card, or answers the one that is there.
    async fn open_thread(&self, message: &MessageRef, name: &str) -> Result<String, ChatError>;

    /// Posts into a channel or thread. A text that is too long for a message goes as a file; a file that is too large for the
    /// chat is left out, and the message says so.
    async fn say(&self, channel: &str, message: &Message, nonce: &str) -> Result<(), ChatError>;

    /// The people whose reaction stands under a message, with the roles that they hold now; the bot's own is left out.
    /// People who left the server hold no role.
    async fn votes(&self, message: &MessageRef, vote: Vote) -> Result<Vec<Member>, ChatError>;

    /// What people and the bot wrote in a thread, in its order: the last 500 at most.
    async fn written(&self, thread: &str) -> Result<Vec<Written>, ChatError>;

    /// A link that leads people to the message.
    fn link(&self, message: &MessageRef) -> String;

    /// The person with the roles held now; no role for somebody who left the server.
    async fn member(&self, person: &Person) -> Result<Member, ChatError>;
}

/// A message as it stands in a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// When.
    pub at: OffsetDateTime,
    /// Who, by the name that the chat shows.
    pub by: String,
    /// Whether it is the bot's own.
    pub own: bool,
    /// What; empty where the chat does not let the bot read it.
    pub text: String,
}

/// What is said in a channel or thread.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// The text.
    pub text: String,
    /// Whom it calls, and nobody else.
    pub calls: Vec<Call>,
    /// What stands beside it, at most 9 files: a text that is too long becomes one more.
    pub files: Vec<File>,
}

impl Message {
    /// How many characters of text surely stand as text: a longer one may become a file. Discord's 2,000, less what those who
    /// are called and the files that are left out may take.
    pub const LEGIBLE: usize = 1_800;

    /// A text that calls nobody.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// Whom a message calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// A person.
    Person(Person),
    /// Everyone with a role.
    Role(crate::role::Role),
}
