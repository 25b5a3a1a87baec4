//! The checklists of a plan (playbook 5): each line, and who answers for it. None is silently skipped.

use serde::{Deserialize, Serialize};

/// Which of an operation's two lists a line stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// It is about what is so before the run.
    #[default]
    Before,
    /// It is about what the run has come to.
    After,
}

impl When {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    fn is_before(&self) -> bool {
        *self == Self::Before
    }
}

/// One line of a checklist, and who answers for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistItem {
    /// The playbook's line.
    pub item: String,
    /// Its list. Logs of earlier versions have only the one before the run.
    #[serde(default, skip_serializing_if = "When::is_before")]
    pub when: When,
    /// Who answers for it.
    pub answer: Answer,
}

/// Who answers for a line of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// The bot looked when the plan was made; this is what it saw.
    Verified(String),
    /// People vouch: before a run whoever approves it by reacting, afterwards whoever validates what it made.
    Attested,
    /// The bot, by what this step of the run comes to.
    Step(String),
    /// Nobody can, and this is why.
    Unverifiable(String),
}
