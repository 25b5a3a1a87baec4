//! What was asked of the simulated cloud, for tests to read.

use std::fmt;

use crate::kind::Kind;
use crate::ports::CloudError;
use crate::tenant::Environment;

/// A question or a command of the [`Cloud`](crate::ports::Cloud) and [`Workload`](crate::ports::Workload) ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Which account answers.
    Account,
    /// What is there.
    Find,
    /// Let it stand.
    Ensure,
    /// Let it be gone.
    Remove,
    /// A page of all there is.
    Inventory,
    /// Does it work.
    Check,
    /// Is the host name free.
    HostTaken,
    /// How many more fit.
    Room,
    /// Why does it not come up.
    Evidence,
    /// Let the logs be kept so long.
    RetainLogs,
    /// How many tasks run.
    Tasks,
    /// Let so many tasks run.
    Scale,
    /// Let the service be gone with its tasks.
    ForceRemove,
    /// Let the data be backed up.
    BackUp,
    /// Which revisions there are.
    Revisions,
    /// Let there be a revision of another size.
    Resize,
    /// Let a revision be gone.
    Retire,
    /// Let a revision run.
    Deploy,
    /// How does it come up.
    Rollout,
    /// How much is used.
    Usage,
    /// Which rules lead there.
    Rules,
    /// Let a rule stand again.
    PutBack,
    /// Whose is a rule's place.
    Occupant,
    /// How long are the logs kept.
    Retention,
    /// Let the logs be kept for ever.
    PreserveLogs,
    /// What is wrong.
    Symptoms,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 26] = [
        Self::Find,
        Self::Ensure,
        Self::Remove,
        Self::Check,
        Self::Account,
        Self::Inventory,
        Self::HostTaken,
        Self::Room,
        Self::Evidence,
        Self::RetainLogs,
        Self::Tasks,
        Self::Scale,
        Self::ForceRemove,
        Self::BackUp,
        Self::Revisions,
        Self::Resize,
        Self::Retire,
        Self::Deploy,
        Self::Rollout,
        Self::Usage,
        Self::Rules,
        Self::PutBack,
        Self::Occupant,
        Self::Retention,
        Self::PreserveLogs,
        Self::Symptoms,
    ];

    /// The verb as a word, as in faults: `find`, `host-taken`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Find => "find",
            Self::Ensure => "ensure",
            Self::Remove => "remove",
            Self::Inventory => "inventory",
            Self::Check => "check",
            Self::HostTaken => "host-taken",
            Self::Room => "room",
            Self::Evidence => "evidence",
            Self::RetainLogs => "retain-logs",
            Self::Tasks => "tasks",
            Self::Scale => "scale",
            Self::ForceRemove => "force-remove",
            Self::BackUp => "backup",
            Self::Revisions => "revisions",
            Self::Resize => "resize",
            Self::Retire => "retire",
            Self::Deploy => "deploy",
            Self::Rollout => "rollout",
            Self::Usage => "usage",
            Self::Rules => "rules",
            Self::PutBack => "put-back",
            Self::Occupant => "occupant",
            Self::Retention => "retention",
            Self::PreserveLogs => "preserve-logs",
            Self::Symptoms => "symptoms",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One call and what it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What was asked.
    pub verb: Verb,
    /// Where.
    pub environment: Environment,
    /// About which kind, where it was about one.
    pub kind: Option<Kind>,
    /// About whom: a tenant's id, or nothing where it was about the environment.
    pub subject: String,
    /// The answer in a word or two (`created`, `existed`, `removed 1`), or the error.
    pub outcome: Result<String, CloudError>,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.verb, self.environment, self.subject)?;
        if let Some(kind) = self.kind {
            write!(f, " {kind}")?;
        }
        match &self.outcome {
            Ok(answer) => write!(f, ": {answer}"),
            Err(error) => write!(f, ": {error}"),
        }
    }
}
