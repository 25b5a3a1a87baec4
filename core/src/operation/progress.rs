//! A step's progress.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::event::{Effect, Proof};

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepState {
    /// Not begun.
    Pending,
    /// Begun, outcome not known.
    Running,
    /// An attempt failed; it is tried again, or held.
    Failed,
    /// Done.
    Done,
    /// Done or begun, and undone.
    Undone,
    /// Left out by a person.
    Skipped,
}

/// A step's progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub state: StepState,
    /// Attempts since it began or was last ordered to be retried; what the limit of attempts counts.
    pub tries: u32,
    /// How often a person ordered it to be tried again.
    pub rounds: u32,
    /// Whether a person ordered it to be done by force.
    pub forced: bool,
    /// Attempts in all.
    pub attempts: u32,
    /// Whether what it makes stood before this operation did anything to it; none where nobody has looked yet.
    pub existed: Option<bool>,
    /// What it came to.
    pub effect: Option<Effect>,
    /// When the first attempt began.
    pub started: Option<OffsetDateTime>,
    /// When it was done or undone.
    pub ended: Option<OffsetDateTime>,
    /// When the next attempt is due.
    pub retry_at: Option<OffsetDateTime>,
    /// What was seen, made, or went wrong.
    pub note: String,
    /// What proves that it was done.
    pub proofs: Vec<Proof>,
    /// Whether undoing it left something, because it is somebody else's.
    pub left: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            state: StepState::Pending,
            tries: 0,
            rounds: 0,
            forced: false,
            attempts: 0,
            existed: None,
            effect: None,
            started: None,
            ended: None,
            retry_at: None,
            note: String::new(),
            proofs: Vec::new(),
            left: false,
        }
    }
}

impl Progress {
    /// Its attempts are counted anew.
    pub(super) fn count_anew(&mut self) {
        self.tries = 0;
        self.retry_at = None;
    }

    /// Whether nothing more is to be done about it.
    pub fn over(&self) -> bool {
        matches!(self.state, StepState::Done | StepState::Skipped)
    }

    /// Whether undoing the operation has to undo this step: it created something, or it began where nothing stood and its
    /// outcome is not known.
    pub fn to_unwind(&self) -> bool {
        match self.state {
            StepState::Done => self.effect == Some(Effect::Created),
            StepState::Running | StepState::Failed => self.existed == Some(false),
            StepState::Pending | StepState::Undone | StepState::Skipped => false,
        }
    }
}
