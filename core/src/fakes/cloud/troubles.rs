//! What is wrong with a tenant, or with everybody in an environment, until it is taken back: for whoever tries how things go wrong.
//! How it shows is `symptoms`' and `looks`'.

use serde::{Deserialize, Serialize};

use super::world::World;
use super::{BackupFault, SimulatedCloud};
use crate::ports::Subject;
use crate::tenant::{Environment, Tenancy};

/// A trouble of all tenants of an environment. As JSON: `{"environment":"dev","trouble":"stuck-tasks"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trouble {
    /// Where.
    pub environment: Environment,
    /// What.
    pub trouble: Ailment,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ailment {
    /// Tasks never drain, so that only force removes a service (playbook 3.2).
    StuckTasks,
    /// The task of a backup ends with exit code 1.
    FailingBackup,
    /// A backup leaves an object of 0 bytes.
    EmptyBackup,
    /// The registry has no image of that tag.
    ImageNotFound,
    /// The tasks do not reach the registry.
    NoRegistry,
    /// The execution role may not read the secret.
    RoleDenied,
    /// The secret lacks a key that the task definition names.
    SecretWithoutKey,
    /// The file system does not answer the tasks.
    NoMount,
    /// A container is killed for its use of memory.
    OutOfMemory,
    /// A container ends with exit code 1.
    Crashing,
    /// There is no room for another task.
    NoCapacity,
    /// ECS gives the deployment up.
    DeploymentFails,
    /// The health check is answered with 404.
    PathNotFound,
    /// The health check is answered with 500.
    ServerError,
    /// The health check is not answered in time.
    HealthTimeout,
    /// Nothing listens on the port.
    PortClosed,
    /// The targets are not well, for a reason of their own.
    SickTargets,
    /// The load balancer has not looked often enough yet.
    SlowHealth,
    /// The task is not registered with the target group.
    NoTargets,
    /// The targets are being taken away.
    TargetsLeave,
    /// The database's user holds nothing.
    NoGrants,
    /// What looks at the database is a task that cannot read its secret.
    CleanUpFails,
}

impl Ailment {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::StuckTasks,
        Self::FailingBackup,
        Self::EmptyBackup,
        Self::ImageNotFound,
        Self::NoRegistry,
        Self::RoleDenied,
        Self::SecretWithoutKey,
        Self::NoMount,
        Self::OutOfMemory,
        Self::Crashing,
        Self::NoCapacity,
        Self::DeploymentFails,
        Self::PathNotFound,
        Self::ServerError,
        Self::HealthTimeout,
        Self::PortClosed,
        Self::SickTargets,
        Self::SlowHealth,
        Self::NoTargets,
        Self::TargetsLeave,
        Self::NoGrants,
        Self::CleanUpFails,
    ];

    /// Whether tasks that run are stopped by it, and none starts.
    pub(super) fn stops_tasks(self) -> bool {
        matches!(
            self,
            Self::ImageNotFound
                | Self::NoRegistry
                | Self::RoleDenied
                | Self::SecretWithoutKey
                | Self::NoMount
                | Self::OutOfMemory
                | Self::Crashing
                | Self::NoCapacity
                | Self::DeploymentFails
        )
    }

    /// What the load balancer says of a running task's target.
    pub(super) fn health(self) -> Option<&'static str> {
        // Elastic Load Balancing: the reason code, and the description that goes with it.
        Some(match self {
            Self::PathNotFound => {
                "unhealthy, Target.ResponseCodeMismatch: Health checks failed with these codes: [404]"
            }
            Self::ServerError => "unhealthy, Target.ResponseCodeMismatch: Health checks failed with these codes: [500]",
            Self::HealthTimeout => "unhealthy, Target.Timeout: Request timed out",
            Self::PortClosed => "unhealthy, Target.FailedHealthChecks: Health checks failed",
            Self::SickTargets => {
                "unavailable, Elb.InternalError: Target health is unavailable due to an internal error"
            }
            Self::SlowHealth => "initial, Elb.InitialHealthChecking: Initial health checks in progress",
            Self::NoTargets => "unused, Target.NotRegistered: Target is not registered to the target group",
            Self::TargetsLeave => "draining, Target.DeregistrationInProgress: Target deregistration is in progress",
            _ => return None,
        })
    }
}

impl SimulatedCloud {
    /// From now on there is this trouble. Tasks that it stops stop at once.
    pub fn trouble(&self, trouble: Trouble) {
        self.change(|world| {
            world.troubles.insert(trouble);
            let there: Vec<Subject> = world.subjects(trouble.environment).collect();
            for subject in &there {
                world.suffer(subject, trouble.trouble);
            }
        });
    }

    /// Takes all troubles back.
    pub fn clear_troubles(&self) {
        self.change(|world| world.troubles.clear());
    }

    /// The troubles that there are.
    pub fn troubles(&self) -> Vec<Trouble> {
        self.world().troubles.iter().copied().collect()
    }

    /// From now on the tenant alone has this trouble.
    pub fn ail(&self, subject: &Subject, ailment: Ailment) {
        self.change(|world| {
            world.ailing.entry(subject.tenancy.clone()).or_default().insert(ailment);
            world.suffer(subject, ailment);
        });
    }

    /// Takes the tenant's own troubles back.
    pub fn recover(&self, subject: &Subject) {
        self.change(|world| world.ailing.remove(&subject.tenancy));
    }
}

impl World {
    fn ails(&self, tenancy: &Tenancy, ailment: Ailment) -> bool {
        self.ailments(tenancy).any(|one| one == ailment)
    }

    /// What is wrong with the tenant.
    pub(super) fn ailments(&self, tenancy: &Tenancy) -> impl Iterator<Item = Ailment> {
        let everybodys = self.troubles.iter().filter(|trouble| trouble.environment == tenancy.environment);
        let own = self.ailing.get(tenancy).into_iter().flatten().copied();
        own.chain(everybodys.map(|trouble| trouble.trouble))
    }

    fn subjects(&self, environment: Environment) -> impl Iterator<Item = Subject> {
        let there = self.known.iter().filter(move |(tenancy, _)| tenancy.environment == environment);
        there.map(|(tenancy, subdomain)| Subject { tenancy: tenancy.clone(), subdomain: subdomain.clone() })
    }

    fn suffer(&mut self, subject: &Subject, ailment: Ailment) {
        let looks = self.settings.looks_to_start;
        if ailment.stops_tasks()
            && let Some(work) = self.work_mut(subject)
        {
            work.stop(looks);
        }
    }

    /// Whether the tenant's tasks never drain.
    pub(super) fn is_stuck(&self, tenancy: &Tenancy) -> bool {
        self.undrained.contains(tenancy) || self.ails(tenancy, Ailment::StuckTasks)
    }

    /// How a backup goes wrong that is started now.
    pub(super) fn backup_fault(&self, tenancy: &Tenancy) -> Option<BackupFault> {
        let everybodys = [(Ailment::FailingBackup, BackupFault::Fails), (Ailment::EmptyBackup, BackupFault::Empty)];
        let own = self.backups.faults.get(tenancy).copied();
        own.or_else(|| everybodys.into_iter().find(|(ailment, _)| self.ails(tenancy, *ailment)).map(|(_, fault)| fault))
    }
}
