//! What can be seen of the simulated troubles, in the provider's words. Read from what stands, like the checks.

use async_trait::async_trait;

use super::SimulatedCloud;
use super::journal::Verb;
use super::port::About;
use super::resource::State;
use super::troubles::Ailment;
use super::world::World;
use crate::kind::Kind;
use crate::ports::{Check, CloudError, Owner, Place, Sign, Subject, Symptom, Symptoms};

#[async_trait]
impl Symptoms for SimulatedCloud {
    async fn symptoms(&self, subject: &Subject, place: Place) -> Result<Vec<Symptom>, CloudError> {
        let about = About::subject(Verb::Symptoms, subject, kind_at(place));
        let in_words = |seen: &Vec<Symptom>| format!("{}: {} symptoms", place.words(), seen.len());
        self.call(about, |world| Ok(world.symptoms(subject, place)), in_words).await
    }
}

/// The kind that a place is about, by which faults are matched.
fn kind_at(place: Place) -> Option<Kind> {
    Kind::DELETION_ORDER.into_iter().find(|kind| Place::of(*kind) == place)
}

impl World {
    fn symptoms(&mut self, subject: &Subject, place: Place) -> Vec<Symptom> {
        if place == Place::Service {
            self.let_tasks_start(subject);
        }
        let one = |sign, said: String| vec![Symptom { place, sign, said }];
        if let Some(kind) = kind_at(place).filter(|kind| *kind != Kind::ListenerRule)
            && let Some((sign, said)) = self.amiss(kind, subject)
        {
            return one(sign, said);
        }
        let (sign, said) = match place {
            Place::Site => match self.flaw(Check::SiteAnswers, subject) {
                Some(flaw) => (Sign::Failed, format!("https://{} answers {flaw}", self.settings.host(subject))),
                None => (Sign::Sound, self.success(Check::SiteAnswers, subject)),
            },
            Place::Service => self.service(subject),
            Place::StoppedTasks => self.stopped(subject),
            Place::Events => self.events(subject),
            Place::Targets => self.targets(subject),
            Place::Rules => return self.rules_seen(subject),
            Place::Network => (Sign::Unseen, "whether security groups and routes let the tasks through".into()),
            Place::Secret => self.secret(subject),
            Place::Logs => self.log_lines(subject),
            Place::DatabaseUser => self.user(subject),
            Place::Record | Place::Image | Place::Files | Place::Database => {
                (Sign::Sound, kind_at(place).map_or_else(String::new, |kind| self.settings.name(kind, subject)))
            }
        };
        one(sign, said)
    }

    /// What is wrong with a resource's being there.
    fn amiss(&self, kind: Kind, subject: &Subject) -> Option<(Sign, String)> {
        if matches!(kind, Kind::Database | Kind::DatabaseUser)
            && let Err(error) = self.clean_up_runs(subject)
        {
            return Some((Sign::Failed, error.to_string()));
        }
        let found = self.find(kind, subject);
        let foreign = found.iter().find_map(|one| match &one.owner {
            Owner::Foreign(why) => Some((Sign::Foreign, format!("{}: {why}", one.id))),
            Owner::Own => None,
        });
        let missing = || (Sign::Missing, format!("there is no {kind} {}", self.settings.name(kind, subject)));
        foreign.or_else(|| found.is_empty().then(missing))
    }

    fn service(&self, subject: &Subject) -> (Sign, String) {
        let Some(work) = self.work(subject) else { return (Sign::Starting, "0 of 1 tasks run".into()) };
        let counts = format!("{} of {} tasks run", work.running, work.desired);
        match self.ailment_of(subject, |one| one == Ailment::DeploymentFails) {
            _ if work.drains() => (Sign::Going, format!("{counts}: Service is in DRAINING state")),
            _ if work.desired == 0 => (Sign::ScaledToZero, "it wants no task".into()),
            _ if work.runs() => (Sign::Sound, counts),
            Some(_) => (Sign::Failed, "ECS deployment circuit breaker: tasks failed to start.".into()),
            None => (Sign::Starting, counts),
        }
    }

    /// Why its tasks do not run, as far as they were to.
    fn reason(&self, subject: &Subject) -> Option<String> {
        let work = self.work(subject)?;
        if work.desired == 0 || work.runs() { None } else { self.obstacle(subject) }
    }

    fn stopped(&self, subject: &Subject) -> (Sign, String) {
        let never_ran = |one| matches!(one, Ailment::NoCapacity | Ailment::DeploymentFails);
        match self.reason(subject) {
            Some(reason) if reason.starts_with("Essential container") => (Sign::Exited, reason),
            Some(reason) if self.ailment_of(subject, never_ran).is_none() => (Sign::NotStarted, reason),
            _ => (Sign::Sound, "no task has stopped".into()),
        }
    }

    fn events(&self, subject: &Subject) -> (Sign, String) {
        let service = subject.tenancy.name(Kind::Service);
        let said = match self.reason(subject) {
            Some(reason) if reason.starts_with("Essential container") => {
                format!("(service {service}) has started 1 tasks.")
            }
            Some(reason) => format!("(service {service}) was unable to place a task. Reason: {reason}"),
            None if self.work(subject).is_some_and(super::resource::Work::runs) => {
                format!("(service {service}) has reached a steady state.")
            }
            None => return (Sign::Sound, "there are none".into()),
        };
        (Sign::Noted, said)
    }

    fn targets(&self, subject: &Subject) -> (Sign, String) {
        let work = self.work(subject);
        let leads = self.find(Kind::ListenerRule, subject).iter().any(|rule| rule.owner == Owner::Own);
        match work {
            Some(work) if work.drains() => {
                (Sign::Going, "draining, Target.DeregistrationInProgress: Target deregistration is in progress".into())
            }
            Some(work) if work.runs() && !leads => (
                Sign::Unused,
                "unused, Target.NotInUse: Target group is not configured to receive traffic from the load balancer"
                    .into(),
            ),
            Some(work) if work.runs() => match self.ailment_of(subject, |one| one.health().is_some()) {
                Some(ailment) => (ailment.sign(), ailment.health().unwrap_or_default().to_owned()),
                None => (Sign::Sound, self.success(Check::TargetHealthy, subject)),
            },
            Some(work) if work.desired > 0 && self.obstacle(subject).is_none() => {
                (Sign::Starting, "initial, Elb.RegistrationInProgress: Target registration is in progress".into())
            }
            _ => (Sign::Unregistered, "no target is registered".into()),
        }
    }

    fn rules_seen(&self, subject: &Subject) -> Vec<Symptom> {
        let (host, group) = (self.settings.host(subject), subject.tenancy.name(Kind::TargetGroup));
        let rules = self.bearing(Kind::ListenerRule, subject);
        let mut seen: Vec<Symptom> = rules
            .map(|(name, rule)| match rule.seen_as(name, subject).owner {
                Owner::Own => Symptom::new(Place::Rules, Sign::Sound, format!("{name} → {group}")),
                Owner::Foreign(why) => {
                    let leads = matches!(&rule.state, State::Rule { to, .. } if to.contains(&group));
                    let sign = if leads { Sign::Shared } else { Sign::Foreign };
                    Symptom::new(Place::Rules, sign, format!("{name}: {why}"))
                }
            })
            .collect();
        if seen.iter().all(|symptom| symptom.sign == Sign::Shared) {
            seen.insert(0, Symptom::new(Place::Rules, Sign::Missing, format!("there is no rule for {host}")));
        }
        seen
    }

    fn secret(&self, subject: &Subject) -> (Sign, String) {
        match self.own(Kind::Secret, subject).map(|secret| &secret.state) {
            Some(State::Scheduled) => (Sign::Going, "it is scheduled for deletion".into()),
            _ if self.ailment_of(subject, |one| one == Ailment::SecretWithoutKey).is_some() => {
                (Sign::Incomplete, "it lacks the key password".into())
            }
            _ => (Sign::Sound, self.success(Check::SecretStored, subject)),
        }
    }

    fn log_lines(&self, subject: &Subject) -> (Sign, String) {
        let user = self.settings.name(Kind::DatabaseUser, subject);
        let runs = self.work(subject).is_some_and(super::resource::Work::runs);
        match self.user(subject).0 {
            Sign::Refused if runs => (
                Sign::Noted,
                format!(
                    "PHP Warning: mysqli_real_connect(): (HY000/1045): Access denied for user '{user}'@'10.0.1.7' (using password: YES)"
                ),
            ),
            _ => (Sign::Sound, self.settings.name(Kind::LogGroup, subject)),
        }
    }

    fn user(&self, subject: &Subject) -> (Sign, String) {
        let user = self.settings.name(Kind::DatabaseUser, subject);
        let keeps = matches!(self.own(Kind::Secret, subject).map(|secret| &secret.state), Some(State::With(_)));
        if keeps && !self.passwords_agree(subject) {
            let said = format!("ERROR 1045 (28000): Access denied for user '{user}'@'%' (using password: YES)");
            return (Sign::Refused, said);
        }
        match self.without_grants(subject) {
            Some(_) => (Sign::Incomplete, format!("GRANT USAGE ON *.* TO '{user}'@'%' is all that it holds")),
            None => (Sign::Sound, user),
        }
    }
}
