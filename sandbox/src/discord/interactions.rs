//! Interactions under way: who began them, how far they were answered, and what only one member sees of them. They live
//! in memory only: their tokens last fifteen minutes (Discord: "Interactions"). The rules of answering are in `http`.

use super::error::ApiError;
use super::model::{Message, Origin};
use super::snowflake::Id;
use serde_json::Value;
use std::collections::HashMap;
use time::{Duration, OffsetDateTime};

/// How long an application may take for its first answer.
pub(crate) const FIRST_ANSWER: Duration = Duration::seconds(3);
/// How long the token of an interaction lives.
pub(crate) const TOKEN: Duration = Duration::minutes(15);

/// Kinds of interactions (Discord: "Interaction Type").
pub(crate) mod kind {
    pub(crate) const COMMAND: u8 = 2;
    pub(crate) const COMPONENT: u8 = 3;
    pub(crate) const AUTOCOMPLETE: u8 = 4;
    pub(crate) const MODAL: u8 = 5;
}

/// How far an interaction was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Waiting,
    /// The three seconds passed; the member was told so.
    Failed,
    /// Acknowledged with "thinking": the first message will take that one's place.
    Thinking,
    Answered,
}

/// One interaction.
#[derive(Clone, Debug)]
pub(crate) struct Interaction {
    pub(crate) id: Id,
    pub(crate) token: String,
    pub(crate) kind: u8,
    pub(crate) user: Id,
    pub(crate) channel: Id,
    /// The gateway session of the member that began it.
    pub(crate) session: Option<String>,
    pub(crate) nonce: Value,
    pub(crate) made: OffsetDateTime,
    /// The full name of the command; empty for the others.
    pub(crate) command: String,
    /// The message whose component was used, or from which the modal was opened.
    pub(crate) message: Option<Id>,
    /// For a modal submit: what opened the modal.
    pub(crate) trigger: Option<Box<Origin>>,
    pub(crate) progress: Progress,
    /// What `@original` names.
    pub(crate) original: Option<Id>,
}

impl Interaction {
    /// What a message made by this interaction says about where it came from.
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            interaction: self.id,
            kind: self.kind,
            name: self.command.clone(),
            user: self.user,
            interacted: self.message.filter(|_| self.kind == kind::COMPONENT),
            original: self.original,
            trigger: self.trigger.clone(),
        }
    }

    /// A modal never follows a modal.
    pub(crate) fn may_open_modal(&self) -> bool {
        matches!(self.kind, kind::COMMAND | kind::COMPONENT)
    }
}

/// A message that one member sees.
#[derive(Clone, Debug)]
pub(crate) struct Private {
    pub(crate) viewer: Id,
    pub(crate) message: Message,
}

/// A modal that a member has before them.
#[derive(Clone, Debug)]
pub(crate) struct Modal {
    pub(crate) viewer: Id,
    pub(crate) custom_id: String,
    pub(crate) components: Value,
    pub(crate) message: Option<Id>,
    pub(crate) trigger: Origin,
    /// When the interaction began that opened it.
    begun: OffsetDateTime,
}

/// All that is under way.
#[derive(Debug, Default)]
pub(crate) struct Interactions {
    open: HashMap<Id, Interaction>,
    tokens: HashMap<String, Id>,
    private: HashMap<Id, Private>,
    modals: HashMap<Id, Modal>,
    /// Begun since somebody last asked, with the moment by which each wants its first answer.
    started: Vec<(Id, OffsetDateTime)>,
}

impl Interactions {
    /// Takes an interaction up and lets the expired go.
    pub(crate) fn begin(&mut self, interaction: Interaction) {
        let oldest = interaction.made - TOKEN - Duration::minutes(1);
        self.open.retain(|_, old| old.made > oldest);
        self.tokens.retain(|_, id| self.open.contains_key(id));
        self.private.retain(|_, old| old.message.timestamp > oldest);
        self.modals.retain(|_, old| old.begun > oldest);
        self.started.push((interaction.id, interaction.made + FIRST_ANSWER));
        self.tokens.insert(interaction.token.clone(), interaction.id);
        self.open.insert(interaction.id, interaction);
    }

    /// The interactions that have begun since the last call and whose three seconds now run.
    pub(crate) fn take_started(&mut self) -> Vec<(Id, OffsetDateTime)> {
        std::mem::take(&mut self.started)
    }

    /// An interaction by id and token, whether or not it may still be answered.
    pub(crate) fn get_mut(&mut self, id: Id, token: &str) -> Option<&mut Interaction> {
        self.open.get_mut(&id).filter(|interaction| interaction.token == token)
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Interaction> {
        self.open.get(&id)
    }

    /// The interaction whose token this is: 10015 for none, 50027 for one that is too old.
    pub(crate) fn by_token(&self, token: &str, now: OffsetDateTime) -> Result<&Interaction, ApiError> {
        let id = self.tokens.get(token).ok_or_else(|| ApiError::known(10015))?;
        let interaction = self.open.get(id).ok_or_else(|| ApiError::known(10015))?;
        if now - interaction.made > TOKEN {
            return Err(ApiError::known(50027));
        }
        Ok(interaction)
    }

    /// Notes how far an interaction is, and the message that `@original` names from now on.
    pub(crate) fn advance(&mut self, id: Id, progress: Progress, original: Option<Id>) {
        if let Some(interaction) = self.open.get_mut(&id) {
            interaction.progress = progress;
            interaction.original = original.or(interaction.original);
        }
    }

    pub(crate) fn keep_private(&mut self, viewer: Id, message: Message) {
        self.private.insert(message.id, Private { viewer, message });
    }

    pub(crate) fn private(&self, id: Id) -> Option<&Private> {
        self.private.get(&id)
    }

    pub(crate) fn private_mut(&mut self, id: Id) -> Option<&mut Private> {
        self.private.get_mut(&id)
    }

    pub(crate) fn forget_private(&mut self, id: Id) -> Option<Private> {
        self.private.remove(&id)
    }

    /// Remembers the modal that an interaction opened, under that interaction's id.
    pub(crate) fn open_modal(&mut self, from: &Interaction, custom_id: String, components: Value) {
        let modal = Modal {
            viewer: from.user,
            custom_id,
            components,
            message: from.message,
            trigger: from.origin(),
            begun: from.made,
        };
        self.modals.insert(from.id, modal);
    }

    /// The modal that an interaction opened. It lives as long as that interaction's token: what is handed in later reaches
    /// nobody, and who hands it in is told so.
    pub(crate) fn modal(&self, id: Id, now: OffsetDateTime) -> Option<&Modal> {
        self.modals.get(&id).filter(|modal| now - modal.begun <= TOKEN)
    }

    /// A modal is gone once it was submitted.
    pub(crate) fn close_modal(&mut self, id: Id) {
        self.modals.remove(&id);
    }
}
