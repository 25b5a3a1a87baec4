//! What can be seen of a tenant that does not work (playbook 3.1, 3.2): facts, not yet causes.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{CloudError, Subject};

/// Where something was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The service itself: its state, its counts, its deployments.
    Service,
    /// Tasks that stopped, with their reasons and their containers' exit codes.
    StoppedTasks,
    /// What the service's events say.
    Events,
    /// The health of the targets, with the provider's reason codes.
    Targets,
    /// The rules and who leads where.
    Rules,
    /// The security groups and subnets of the tasks, as far as can be seen.
    Network,
    /// The secret and its parts.
    Secret,
    /// The image that the task runs.
    Image,
    /// The lines of the log around the failure.
    Logs,
    /// The database, its user and the user's grants.
    Database,
}

impl Place {
    /// All of them, in the order in which people look.
    pub const ALL: [Self; 10] = [
        Self::Service,
        Self::StoppedTasks,
        Self::Events,
        Self::Targets,
        Self::Rules,
        Self::Network,
        Self::Secret,
        Self::Image,
        Self::Logs,
        Self::Database,
    ];
}

/// Something that was seen. Never contains a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symptom {
    /// Where.
    pub place: Place,
    /// What it is, in a fixed word that causes are matched by: `stopped-reason`, `target-unhealthy`, `secret-missing`.
    pub sign: Sign,
    /// What the provider says about it, in its own words.
    pub said: String,
}

/// What a symptom is a sign of, as far as the place where it was seen says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// As it should be: looked at, and nothing is wrong there.
    Sound,
    /// What should be there is not.
    Missing,
    /// It is there and bears somebody else's mark.
    Foreign,
    /// Scheduled for deletion, draining, inactive: on its way out.
    Going,
    /// It is there and says that it failed; the provider's words say why.
    Failed,
    /// A target is not healthy; the provider's words hold the reason code.
    Unhealthy,
    /// It wants no task.
    ScaledToZero,
    /// A part of it is not complete: a secret without a key, a user without grants.
    Incomplete,
    /// It cannot be looked at here, or could not be: says why.
    Unseen,
}

/// Looking closely at tenants that do not work.
#[async_trait]
pub trait Symptoms {
    /// What is seen at a place now. Looks only. An empty answer is never given: what is as it should be is [`Sign::Sound`], and
    /// what cannot be seen by the APIs that are used is [`Sign::Unseen`].
    ///
    /// Errors: [`CloudError`].
    async fn symptoms(&self, subject: &Subject, place: Place) -> Result<Vec<Symptom>, CloudError>;
}
