//! A change of a site that stands: what is asked for, and what was there when it was planned.

use serde::{Deserialize, Serialize};

use crate::plan::{Emergency, OperationId};
use crate::ports::{Rule, Standing, Usage};
use crate::size::Size;
use crate::tenant::Email;

/// What a site was when the plan was made: what taking the change back goes back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// How it stood in the registry.
    pub standing: Standing,
    /// The revision that the service wanted.
    pub revision: u32,
    /// The size of that revision, where it is one that Fargate knows.
    pub size: Option<Size>,
    /// How many tasks were wanted.
    pub desired: u32,
    /// The rules that led to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// How many days the lines of its log group were kept; none where for ever, or where that was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<u32>,
}

impl Before {
    /// The revision where none is wanted, or none could be read while it had to be quick.
    pub const UNKNOWN: u32 = 0;

    /// The rule that keeps all of them standing when the tenant is cut off, since it could not be put back; none where each could.
    /// Without a task the rules lead nowhere.
    pub fn keeps_rules(&self) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.lost.is_some())
    }
}

/// What a site is changed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it is called in headlines: `Scale`, `Roll back`.
    pub verb: String,
    /// What was there. Of a reopening: what was there before the tenant was cut off, which is what it goes back to.
    pub before: Before,
    /// The revision that is to run; none where it is one that this operation registers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    /// The size of what is to run, where it is another than before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// How many tasks are to run.
    pub desired: u32,
    /// How much of its size was used, by metric and time, as far as it was measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<Usage>,
    /// Of a reopening: the operation that cut the tenant off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopens: Option<OperationId>,
    /// Who is told by e-mail, besides those whom the chat calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tells: Option<Email>,
    /// What is told of an emergency; none where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
}

impl Change {
    /// Whether the operation registers a revision of its own.
    pub fn registers(&self) -> bool {
        self.revision.is_none() && self.size.is_some()
    }
}
