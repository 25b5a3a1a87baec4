//! What can be seen of a tenant that does not work (playbook 3.1, 3.2): facts, not yet causes.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{CloudError, Subject};
use crate::kind::Kind;

/// Where something was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// How the site answers from outside.
    Site,
    /// The service itself: its state, its counts, its deployments.
    Service,
    /// Tasks that stopped, with their reasons and their containers' exit codes; the newest first, a few.
    StoppedTasks,
    /// What the service's events say; the newest first, a few.
    Events,
    /// The health of the targets, with the provider's reason codes.
    Targets,
    /// The rules and who leads where.
    Rules,
    /// The record of the host name.
    Record,
    /// The security groups and subnets of the tasks, as far as can be seen.
    Network,
    /// The secret and its parts.
    Secret,
    /// The task definition and the image that the task runs.
    Image,
    /// The tenant's folder in the shared file system: its access point.
    Files,
    /// The log group, and its lines around the failure.
    Logs,
    /// The database.
    Database,
    /// The database's user, its password and its grants.
    DatabaseUser,
}

impl Place {
    /// All of them, in the order in which people look.
    pub const ALL: [Self; 14] = [
        Self::Site,
        Self::Service,
        Self::StoppedTasks,
        Self::Events,
        Self::Targets,
        Self::Rules,
        Self::Record,
        Self::Network,
        Self::Secret,
        Self::Image,
        Self::Files,
        Self::Logs,
        Self::Database,
        Self::DatabaseUser,
    ];

    /// Where it shows how a resource of the kind is.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Service => Self::Service,
            Kind::ListenerRule => Self::Rules,
            Kind::TargetGroup => Self::Targets,
            Kind::DnsRecord => Self::Record,
            Kind::TaskDefinition => Self::Image,
            Kind::AccessPoint => Self::Files,
            Kind::DatabaseUser => Self::DatabaseUser,
            Kind::Database => Self::Database,
            Kind::Secret => Self::Secret,
            Kind::LogGroup => Self::Logs,
        }
    }

    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Service => "service",
            Self::StoppedTasks => "stopped tasks",
            Self::Events => "service events",
            Self::Targets => "targets",
            Self::Rules => "listener rules",
            Self::Record => "DNS record",
            Self::Network => "network",
            Self::Secret => "secret",
            Self::Image => "image",
            Self::Files => "access point",
            Self::Logs => "logs",
            Self::Database => "database",
            Self::DatabaseUser => "database user",
        }
    }
}

/// Something that was seen. Never contains a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symptom {
    /// Where.
    pub place: Place,
    /// What it is a sign of, by which causes are matched.
    pub sign: Sign,
    /// What the provider says about it, in its own words: the whole reason, with its code where it has one.
    pub said: String,
}

impl Symptom {
    /// Something that was seen.
    pub fn new(place: Place, sign: Sign, said: impl Into<String>) -> Self {
        Self { place, sign, said: said.into() }
    }
}

/// What a symptom is a sign of, as far as the place where it was seen says by itself. Where the provider gives a code, the sign
/// says it, and nobody has to read it out of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// As it should be: looked at, and nothing is wrong there.
    Sound,
    /// What should be there is not.
    Missing,
    /// It is there and bears somebody else's mark.
    Foreign,
    /// On its way out: a secret scheduled for deletion, a service whose status is not ACTIVE or whose tasks drain to zero, a
    /// target with `Target.DeregistrationInProgress`.
    Going,
    /// On its way up: fewer tasks run than are wanted, `Elb.RegistrationInProgress`, `Elb.InitialHealthChecking`.
    Starting,
    /// It is there and says that it failed; the provider's words say why. A deployment that failed, a task that stopped for
    /// another reason than those below, a site that answers an error, a look that takes a task whose task failed.
    Failed,
    /// A task that never ran: stop code `TaskFailedToStart`, or a reason that begins like one.
    NotStarted,
    /// A task one of whose containers ended by itself: stop code `EssentialContainerExited`. The words have the container's
    /// reason and its exit code, as `exit code 137`.
    Exited,
    /// A target is not healthy, for another reason than those below.
    Unhealthy,
    /// `Target.ResponseCodeMismatch`: it answers the health check with another status.
    Mismatch,
    /// `Target.Timeout`: it does not answer the health check in time.
    Timeout,
    /// `Target.FailedHealthChecks`: no connection is made to it, or its answer is none. Of a database user: the secret's
    /// password is refused (MySQL 1045).
    Refused,
    /// No target is registered, or `Target.NotRegistered`.
    Unregistered,
    /// `Target.NotInUse`: no rule of a load balancer uses the target group.
    Unused,
    /// A service that wants no task.
    ScaledToZero,
    /// A rule that leads to the tenant's target group and is not its own alone: it leads elsewhere too, or is somebody else's.
    Shared,
    /// A part of it is not there: a secret without a key, a user without grants.
    Incomplete,
    /// A line that it wrote: an event, a line of a log, what it runs. It means nothing by itself; its words may.
    Noted,
    /// It cannot be looked at here, or could not be: says why.
    Unseen,
}

/// Looking closely at tenants that do not work.
#[async_trait]
pub trait Symptoms {
    /// What is seen at a place now. Looks only. An empty answer is never given: what is as it should be is [`Sign::Sound`], and
    /// what cannot be seen by the APIs that are used is [`Sign::Unseen`]. Of [`Place::StoppedTasks`], [`Place::Events`] and
    /// [`Place::Logs`] there may be many: the newest first, at most ten.
    ///
    /// Errors: [`CloudError`]. Trouble with the session is [`CloudError::Credentials`] and nothing else; any other error says
    /// about this place alone that it could not be looked at.
    async fn symptoms(&self, subject: &Subject, place: Place) -> Result<Vec<Symptom>, CloudError>;
}
