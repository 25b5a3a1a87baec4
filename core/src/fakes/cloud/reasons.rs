//! The simulated troubles in the provider's own words.

use super::revisions::IMAGE;
use super::troubles::Ailment;
use super::world::World;
use crate::kind::Kind;
use crate::ports::{CloudError, Sign, Subject};

impl World {
    /// The first of the tenant's ailments that is wanted.
    pub(super) fn ailment_of(&self, subject: &Subject, wanted: impl Fn(Ailment) -> bool) -> Option<Ailment> {
        self.ailments(&subject.tenancy).find(|one| wanted(*one))
    }

    /// What the load balancer says of the tenant's running task, where it is not well.
    pub(super) fn ill_health(&self, subject: &Subject) -> Option<&'static str> {
        self.ailment_of(subject, |one| one.health().is_some()).and_then(Ailment::health)
    }

    /// Why the user may not use the database, where it may not.
    pub(super) fn without_grants(&self, subject: &Subject) -> Option<String> {
        let user = self.settings.name(Kind::DatabaseUser, subject);
        let database = self.settings.name(Kind::Database, subject);
        self.ailment_of(subject, |one| one == Ailment::NoGrants)
            .map(|_| format!("ERROR 1044 (42000): Access denied for user '{user}'@'%' to database '{database}'"))
    }

    /// Whether what looks at the tenant's database and removes it can run.
    pub(super) fn clean_up_runs(&self, subject: &Subject) -> Result<(), CloudError> {
        match self.ailment_of(subject, |one| one == Ailment::CleanUpFails) {
            None => Ok(()),
            Some(_) => Err(CloudError::Permanent(format!(
                "The database task stopped: ResourceInitializationError: unable to pull secrets or registry auth: execution \
                 resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed \
                 to fetch secret {} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified \
                 secret.",
                self.settings.name(Kind::Secret, subject)
            ))),
        }
    }

    /// Why the tenant's tasks stop, where an ailment stops them: the provider's own words.
    pub(super) fn stopped_by_ailment(&self, subject: &Subject) -> Option<String> {
        let place = self.settings.place(subject.tenancy.environment);
        let environment = subject.tenancy.environment;
        let secret = self.settings.name(Kind::Secret, subject);
        let pulls = "ResourceInitializationError: unable to pull secrets or registry auth: ";
        let from_asm = "execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 \
                        time(s): ";
        Some(match self.ailment_of(subject, Ailment::stops_tasks)? {
            Ailment::ImageNotFound => format!(
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref \
                 docker.io/library/{IMAGE}: docker.io/library/{IMAGE}: not found"
            ),
            Ailment::NoRegistry => format!(
                "{pulls}The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and \
                 Amazon ECR. Check your task network configuration. dial tcp 10.0.3.17:443: i/o timeout"
            ),
            Ailment::RoleDenied => format!(
                "{pulls}{from_asm}failed to fetch secret {secret} from secrets manager: AccessDeniedException: User: \
                 arn:aws:sts::{account}:assumed-role/{environment}-ecs-task-execution-role/task is not authorized to perform: \
                 secretsmanager:GetSecretValue on resource: {secret}",
                account = place.account
            ),
            Ailment::SecretWithoutKey => {
                format!("{pulls}{from_asm}retrieved secret from Secrets Manager did not contain json key password")
            }
            Ailment::NoMount => {
                "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: \
                                 mount.nfs4: Connection timed out"
                    .into()
            }
            Ailment::OutOfMemory => {
                "Essential container in task exited: wordpress: OutOfMemoryError: Container killed due to \
                                     memory usage, exit code 137"
                    .into()
            }
            Ailment::Crashing => "Essential container in task exited: wordpress: exit code 1".into(),
            Ailment::NoCapacity => {
                "Capacity is unavailable at this time. Please try again later or in a different availability zone."
                    .into()
            }
            _ => "tasks failed to start".into(),
        })
    }
}

impl Ailment {
    /// The sign of what the load balancer says.
    pub(super) fn sign(self) -> Sign {
        match self {
            Self::PathNotFound | Self::ServerError => Sign::Mismatch,
            Self::HealthTimeout => Sign::Timeout,
            Self::PortClosed => Sign::Refused,
            Self::SlowHealth => Sign::Starting,
            Self::NoTargets => Sign::Unregistered,
            Self::TargetsLeave => Sign::Going,
            _ => Sign::Unhealthy,
        }
    }
}
