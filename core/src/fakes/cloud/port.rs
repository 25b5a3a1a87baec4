//! The simulated cloud behind its port: every call waits, may be struck by a fault, has its effect, and is written down.

use async_trait::async_trait;

use super::journal::{Call, Verb};
use super::world::World;
use super::{SimulatedCloud, looks};
use crate::fakes::faults::When;
use crate::kind::Kind;
use crate::ports::{Blueprint, Check, Cloud, CloudError, Ensured, Found, InventoryPage, Room, Subject, Verdict};
use crate::tenant::{Environment, Tenancy};

impl SimulatedCloud {
    /// One call: the pause, the seal, a fault or the effect, the journal.
    pub(super) async fn call<T>(
        &self,
        about: About,
        effect: impl FnOnce(&mut World) -> Result<T, CloudError> + Send,
        in_words: impl FnOnce(&T) -> String + Send,
    ) -> Result<T, CloudError> {
        if let Some(pause) = &self.pause {
            pause(about.verb).await;
        }
        let About { verb, environment, kind, subject } = about;
        let mut world = self.world();
        let effect = |world: &mut World| {
            if verb != Verb::Account {
                world.seal(environment)?;
            }
            effect(world)
        };
        let answer = match world.faults.strike(environment, kind, verb, &subject) {
            None => effect(&mut world),
            Some((error, when)) => {
                if when == When::After {
                    // Whatever it came to, the caller never hears of it.
                    drop(effect(&mut world));
                }
                world.version += 1;
                Err(error.answer(verb, world.settings.place(environment)))
            }
        };
        let outcome = answer.as_ref().map(in_words).map_err(Clone::clone);
        world.record(Call { verb, environment, kind, subject, outcome });
        self.publish(&world);
        answer
    }
}

/// What a call is about.
pub(super) struct About {
    pub(super) verb: Verb,
    environment: Environment,
    kind: Option<Kind>,
    subject: String,
}

impl About {
    fn environment(verb: Verb, environment: Environment, kind: Option<Kind>) -> Self {
        Self { verb, environment, kind, subject: String::new() }
    }

    pub(super) fn subject(verb: Verb, subject: &Subject, kind: Option<Kind>) -> Self {
        let Tenancy { tenant, environment } = &subject.tenancy;
        Self { verb, environment: *environment, kind, subject: tenant.to_string() }
    }
}

#[async_trait]
impl Cloud for SimulatedCloud {
    async fn account(&self, environment: Environment) -> Result<String, CloudError> {
        let about = About::environment(Verb::Account, environment, None);
        self.call(about, |world| Ok(world.account(environment)), Clone::clone).await
    }

    async fn find(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        let about = About::subject(Verb::Find, subject, Some(kind));
        self.call(about, |world| Ok(world.find(kind, subject)), |found| format!("found {}", found.len())).await
    }

    async fn ensure(&self, kind: Kind, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
        let about = About::subject(Verb::Ensure, &blueprint.subject, Some(kind));
        let in_words = |ensured: &Ensured| match ensured {
            Ensured::Created(_) => "created".to_owned(),
            Ensured::Existed(_) => "existed".to_owned(),
        };
        self.call(about, |world| world.ensure(kind, blueprint), in_words).await
    }

    async fn remove(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        let about = About::subject(Verb::Remove, subject, Some(kind));
        self.call(about, |world| world.remove(kind, subject), |gone| format!("removed {}", gone.len())).await
    }

    async fn retain_logs(&self, subject: &Subject, days: u32) -> Result<Option<Found>, CloudError> {
        let about = About::subject(Verb::RetainLogs, subject, Some(Kind::LogGroup));
        let in_words = |group: &Option<Found>| format!("{days} days for {}", usize::from(group.is_some()));
        self.call(about, |world| world.retain_logs(subject, days), in_words).await
    }

    fn lists(&self, kind: Kind, environment: Environment) -> bool {
        self.world().lists(kind, environment)
    }

    async fn inventory(
        &self,
        kind: Kind,
        environment: Environment,
        page: Option<&str>,
    ) -> Result<InventoryPage, CloudError> {
        let about = About::environment(Verb::Inventory, environment, Some(kind));
        let in_words = |page: &InventoryPage| format!("{} names", page.names.len());
        self.call(about, |world| Ok(world.inventory(kind, environment, page)), in_words).await
    }

    async fn check(&self, check: Check, blueprint: &Blueprint) -> Result<Verdict, CloudError> {
        let subject = &blueprint.subject;
        let about = About::subject(Verb::Check, subject, Some(looks::kind_of(check)));
        let in_words = |verdict: &Verdict| match verdict {
            Verdict::Passed(seen) => format!("{check:?} passed: {seen}"),
            Verdict::NotYet(seen) => format!("{check:?} not yet: {seen}"),
        };
        self.call(about, |world| Ok(world.check(check, subject)), in_words).await
    }

    async fn host_taken(&self, subject: &Subject) -> Result<Option<String>, CloudError> {
        let about = About::subject(Verb::HostTaken, subject, None);
        let in_words = |holder: &Option<String>| holder.clone().unwrap_or_else(|| "free".into());
        self.call(about, |world| Ok(world.host_taken(subject)), in_words).await
    }

    async fn placed(&self, subject: &Subject) -> Result<Option<String>, CloudError> {
        let about = About::subject(Verb::Room, subject, None);
        let in_words = |on: &Option<String>| on.clone().unwrap_or_else(|| "on none".into());
        self.call(about, |world| Ok(world.placed(subject)), in_words).await
    }

    async fn room(&self, environment: Environment) -> Result<Vec<Room>, CloudError> {
        let about = About::environment(Verb::Room, environment, None);
        let in_words = |rooms: &Vec<Room>| format!("room for {}", rooms.iter().map(|room| room.free).sum::<u32>());
        self.call(about, |world| Ok(world.room(environment)), in_words).await
    }

    async fn evidence(&self, kind: Kind, subject: &Subject) -> Result<Vec<String>, CloudError> {
        let about = About::subject(Verb::Evidence, subject, Some(kind));
        self.call(about, |world| Ok(world.evidence(kind, subject)), |lines| format!("{} lines", lines.len())).await
    }
}
