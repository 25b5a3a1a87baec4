//! How a tenant looks from outside: the checks, and what the provider says about what does not come up (playbook 3.1).
//!
//! Every answer is read from what stands, so that a missing part makes exactly those checks fail that depend on it.

use super::resource::{State, Work};
use super::world::World;
use crate::kind::Kind;
use crate::ports::{Check, Subject, Verdict};

/// The kinds without which no task starts.
const TASKS_NEED: [Kind; 4] = [Kind::TaskDefinition, Kind::AccessPoint, Kind::Secret, Kind::LogGroup];

/// The kind that a check is about, by which faults are matched.
pub(super) fn kind_of(check: Check) -> Kind {
    match check {
        Check::ServiceRunning => Kind::Service,
        Check::TargetHealthy => Kind::TargetGroup,
        Check::DnsResolves => Kind::DnsRecord,
        Check::SiteAnswers => Kind::ListenerRule,
        Check::DatabaseReachable => Kind::Database,
        Check::SecretStored => Kind::Secret,
        Check::LogsAppearing => Kind::LogGroup,
    }
}

impl World {
    /// Looks once. Looking at what the tasks do lets their time pass.
    pub(super) fn check(&mut self, check: Check, subject: &Subject) -> Verdict {
        if matches!(check, Check::ServiceRunning | Check::TargetHealthy | Check::SiteAnswers | Check::LogsAppearing) {
            self.let_tasks_start(subject);
        }
        match self.flaw(check, subject) {
            Some(flaw) => Verdict::NotYet(flaw),
            None => Verdict::Passed(self.success(check, subject)),
        }
    }

    pub(super) fn let_tasks_start(&mut self, subject: &Subject) {
        if self.obstacle(subject).is_some() {
            return;
        }
        let Some(wants) = self.work(subject).map(|work| work.wants) else { return };
        if self.families.fault(&subject.tenancy, wants).is_some() {
            return;
        }
        let Some(work) = self.work_mut(subject).filter(|work| work.desired > 0) else { return };
        if work.pass() {
            if let Some(State::Logs(logs)) = self.own_mut(Kind::LogGroup, subject).map(|group| &mut group.state) {
                logs.lines = true;
            }
            self.prove(subject, wants);
        }
    }

    pub(super) fn work(&self, subject: &Subject) -> Option<Work> {
        match self.own(Kind::Service, subject)?.state {
            State::Work(work) => Some(work),
            _ => None,
        }
    }

    pub(super) fn work_mut(&mut self, subject: &Subject) -> Option<&mut Work> {
        match &mut self.own_mut(Kind::Service, subject)?.state {
            State::Work(work) => Some(work),
            _ => None,
        }
    }

    /// What is wrong, or nothing.
    pub(super) fn flaw(&self, check: Check, subject: &Subject) -> Option<String> {
        let absent = |kind: Kind| {
            let there = self.own(kind, subject).is_some();
            (!there).then(|| format!("there is no {kind} {}", self.settings.name(kind, subject)))
        };
        match check {
            Check::ServiceRunning => absent(Kind::Service).or_else(|| match self.work(subject) {
                Some(work) if work.runs() => None,
                Some(work) if work.drains() => {
                    Some(format!("{} of 0 tasks run; the service is in DRAINING state", work.running))
                }
                Some(work) if work.desired == 0 => Some("the service is scaled to zero".into()),
                Some(work) => Some(format!("{} of {} tasks run", work.running, work.desired)),
                None => Some("0 of 1 tasks run".into()),
            }),
            Check::TargetHealthy => absent(Kind::TargetGroup).or_else(|| match self.work(subject) {
                Some(work) if work.runs() => self.ill_health(subject).map(|said| format!("the target is {said}")),
                Some(work) if work.desired > 0 => Some("the target is initial: Elb.InitialHealthChecking".into()),
                _ => Some("no target is registered".into()),
            }),
            Check::DnsResolves => absent(Kind::DnsRecord).map(|flaw| format!("NXDOMAIN: {flaw}")),
            Check::SiteAnswers => self
                .flaw(Check::DnsResolves, subject)
                .or_else(|| absent(Kind::ListenerRule).map(|flaw| format!("404 no such tenant: {flaw}")))
                .or_else(|| self.flaw(Check::TargetHealthy, subject).map(|flaw| format!("503: {flaw}")))
                .or_else(|| {
                    let flaw = self.flaw(Check::DatabaseReachable, subject);
                    flaw.map(|flaw| format!("500 Error establishing a database connection: {flaw}"))
                }),
            Check::DatabaseReachable => absent(Kind::Secret)
                .or_else(|| absent(Kind::Database))
                .or_else(|| absent(Kind::DatabaseUser))
                .or_else(|| {
                    let user = self.settings.name(Kind::DatabaseUser, subject);
                    (!self.passwords_agree(subject)).then(|| format!("Access denied for user '{user}'"))
                })
                .or_else(|| self.without_grants(subject)),
            Check::SecretStored => absent(Kind::Secret).or_else(|| {
                let secret = self.own(Kind::Secret, subject)?;
                matches!(secret.state, State::Scheduled).then(|| "the secret is scheduled for deletion".into())
            }),
            Check::LogsAppearing => absent(Kind::LogGroup).or_else(|| {
                let group = self.own(Kind::LogGroup, subject)?;
                matches!(group.state, State::Logs(logs) if !logs.lines).then(|| "the log group is empty".into())
            }),
        }
    }

    pub(super) fn success(&self, check: Check, subject: &Subject) -> String {
        let host = self.settings.host(subject);
        match check {
            Check::ServiceRunning => {
                let tasks = self.work(subject).map_or(1, |work| work.desired);
                format!("{tasks} of {tasks} tasks run")
            }
            Check::TargetHealthy => "1 of 1 targets healthy".into(),
            Check::DnsResolves => format!("{host} resolves"),
            Check::SiteAnswers => format!("https://{host} answers 200, WordPress"),
            Check::DatabaseReachable => format!("{} answers", self.settings.name(Kind::Database, subject)),
            Check::SecretStored => "all five keys are there".into(),
            Check::LogsAppearing => "there are log lines".into(),
        }
    }

    /// What keeps the tasks from starting, as their stopped reason says it.
    pub(super) fn obstacle(&self, subject: &Subject) -> Option<String> {
        if let Some(reason) = self.hindrances.get(&subject.tenancy) {
            return Some(reason.clone());
        }
        if let Some(reason) = self.stopped_by_ailment(subject) {
            return Some(reason);
        }
        if matches!(self.own(Kind::Secret, subject).map(|secret| &secret.state), Some(State::Scheduled)) {
            return Some(
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable \
                 to retrieve secret from asm: InvalidRequestException: You can't perform this operation on the secret because it \
                 was marked for deletion."
                    .into(),
            );
        }
        let missing = TASKS_NEED.into_iter().find(|kind| self.own(*kind, subject).is_none())?;
        let name = self.settings.name(missing, subject);
        Some(match missing {
            Kind::Secret => format!(
                "ResourceInitializationError: unable to pull secrets: Secrets Manager can't find the specified secret {name}"
            ),
            Kind::AccessPoint => {
                format!(
                    "ResourceInitializationError: failed to mount the file system: access point {name} does not exist"
                )
            }
            Kind::LogGroup => {
                format!("ResourceInitializationError: failed to validate logger args: log group {name} does not exist")
            }
            _ => format!("Unable to describe task definition {name}"),
        })
    }

    /// Why the kind does not come up; nothing where nothing is wrong with it.
    pub(super) fn evidence(&self, kind: Kind, subject: &Subject) -> Vec<String> {
        let flaw = |check| self.flaw(check, subject);
        match kind {
            Kind::Service => {
                let ailing = self.work(subject).filter(|work| !work.runs());
                let reason =
                    ailing.and_then(|_| self.obstacle(subject)).map(|reason| format!("stoppedReason: {reason}"));
                flaw(Check::ServiceRunning).into_iter().chain(reason).collect()
            }
            Kind::TargetGroup => {
                let health = flaw(Check::TargetHealthy);
                health.map(|flaw| format!("health check /wp-admin/install.php: {flaw}")).into_iter().collect()
            }
            Kind::ListenerRule => flaw(Check::SiteAnswers).into_iter().collect(),
            Kind::DnsRecord => flaw(Check::DnsResolves).into_iter().collect(),
            Kind::Database | Kind::DatabaseUser => flaw(Check::DatabaseReachable).into_iter().collect(),
            Kind::Secret => flaw(Check::SecretStored).into_iter().collect(),
            Kind::LogGroup => flaw(Check::LogsAppearing).into_iter().collect(),
            Kind::TaskDefinition | Kind::AccessPoint => {
                let there = self.own(kind, subject).is_some();
                (!there)
                    .then(|| format!("there is no {kind} {}", self.settings.name(kind, subject)))
                    .into_iter()
                    .collect()
            }
        }
    }
}
