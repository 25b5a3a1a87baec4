//! The simulated revisions: registered, retired, brought up. They stand like other resources, one beside the other under
//! the family's name; what is kept here is what outlives them. How much of their size is used is `usage`'s.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::port::About;
use super::resource::{Holder, Registered, State};
use super::world::World;
use super::{SimulatedCloud, Verb};
use crate::kind::Kind;
use crate::ports::{Blueprint, Check, CloudError, Metric, Revision, Revisions, Rollout, Subject, Usage};
use crate::size::Size;
use crate::tenant::{Environment, Tenancy};

/// The time, for what is dated.
pub type Now = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// The image of a tenant's first revision.
pub(super) const IMAGE: &str = "wordpress:6.8";

/// How many revisions a list has.
const MOST: usize = 25;

/// How bringing a revision up goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RolloutFault {
    /// The provider gives it up, with this reason. What ran before goes on running.
    Fails(String),
    /// It never comes up, and is never given up.
    Hangs,
}

/// What is known of the families beyond the revisions that stand.
#[derive(Default)]
pub(super) struct Families {
    /// The last number that was given, by environment and name: none is given twice.
    last: BTreeMap<(Environment, String), u32>,
    /// Those that are registered no more.
    retired: Vec<(Tenancy, Registered)>,
    faults: BTreeMap<(Tenancy, u32), RolloutFault>,
    pub(super) measured: BTreeMap<(Tenancy, Metric), Vec<Option<u32>>>,
    now: Option<Now>,
}

impl fmt::Debug for Families {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Families").field("last", &self.last).field("retired", &self.retired).finish_non_exhaustive()
    }
}

impl Families {
    /// A revision of that number is registered.
    pub(super) fn counts(&mut self, environment: Environment, name: &str, number: u32) {
        let last = self.last.entry((environment, name.to_owned())).or_default();
        *last = number.max(*last);
    }

    pub(super) fn fault(&self, tenancy: &Tenancy, number: u32) -> Option<&RolloutFault> {
        self.faults.get(&(tenancy.clone(), number))
    }
}

impl SimulatedCloud {
    /// The same cloud, in which revisions are dated.
    #[must_use]
    pub fn with_now(self, now: Now) -> Self {
        self.world().families.now = Some(now);
        self
    }

    /// Registers a revision by another hand; answers its number. A size that Fargate does not know is none.
    pub fn register(&self, subject: &Subject, image: &str, size: Option<Size>) -> u32 {
        self.change(|world| world.register(subject, image.to_owned(), size, None))
    }

    /// Retires a revision by another hand. Answers whether it was active.
    pub fn deregister(&self, subject: &Subject, number: u32) -> bool {
        self.change(|world| world.deregister(subject, number))
    }

    /// From now on the tenant's revision of this number, which need not be registered yet, comes up like this; none lets it
    /// come up well.
    pub fn spoil_revision(&self, tenancy: &Tenancy, number: u32, fault: Option<RolloutFault>) {
        let key = (tenancy.clone(), number);
        self.change(|world| match fault {
            Some(fault) => world.families.faults.insert(key, fault),
            None => world.families.faults.remove(&key),
        });
    }

    /// The revision whose tasks run, and how many; none where there is no service.
    pub fn serving(&self, subject: &Subject) -> Option<(u32, u32)> {
        self.world().work(subject).map(|work| (work.serves, work.running))
    }
}

impl World {
    /// The tenant's own active revisions, the newest first.
    fn active(&self, subject: &Subject) -> Vec<&Registered> {
        let tenant = &subject.tenancy.tenant;
        let own = self.named(Kind::TaskDefinition, subject).filter(|(_, resource)| resource.belongs_to(tenant));
        let mut active: Vec<&Registered> = own
            .filter_map(|(_, resource)| match &resource.state {
                State::Revision(revision) => Some(revision),
                _ => None,
            })
            .collect();
        active.sort_by_key(|revision| std::cmp::Reverse(revision.number));
        active
    }

    /// The number of the newest active revision; 0 where there is none.
    pub(super) fn newest(&self, subject: &Subject) -> u32 {
        self.active(subject).first().map_or(0, |revision| revision.number)
    }

    /// What `ensure task definition` registers.
    pub(super) fn first_revision(&self, blueprint: &Blueprint) -> Registered {
        let size = Some(blueprint.size);
        self.next_revision(&blueprint.subject, IMAGE.to_owned(), size, None)
    }

    fn next_revision(&self, subject: &Subject, image: String, size: Option<Size>, run: Option<&str>) -> Registered {
        let key = (subject.tenancy.environment, subject.tenancy.name(Kind::TaskDefinition));
        let number = self.families.last.get(&key).map_or(1, |last| last + 1);
        let at = self.families.now.as_ref().map(|now| now());
        Registered { number, at, image, size, run: run.map(str::to_owned), proven: false }
    }

    fn register(&mut self, subject: &Subject, image: String, size: Option<Size>, run: Option<&str>) -> u32 {
        let revision = self.next_revision(subject, image, size, run);
        let number = revision.number;
        let environment = subject.tenancy.environment;
        let name = subject.tenancy.name(Kind::TaskDefinition);
        let holder = Holder::Tenant(subject.tenancy.tenant.clone());
        let resource = self.build(environment, Kind::TaskDefinition, &name, holder, State::Revision(revision));
        self.add(environment, Kind::TaskDefinition, name, resource);
        number
    }

    fn deregister(&mut self, subject: &Subject, number: u32) -> bool {
        let found = self.active(subject).into_iter().find(|revision| revision.number == number).cloned();
        let Some(revision) = found else { return false };
        let end = format!(":{number}");
        let gone: Vec<_> = self.find(Kind::TaskDefinition, subject);
        let gone: Vec<_> = gone.into_iter().filter(|found| found.id.ends_with(&end)).collect();
        self.take_these(Kind::TaskDefinition, subject, &gone);
        self.families.retired.push((subject.tenancy.clone(), revision));
        true
    }

    /// The revision has come up.
    pub(super) fn prove(&mut self, subject: &Subject, number: u32) {
        for resource in self.named_mut(Kind::TaskDefinition, subject) {
            if let State::Revision(revision) = &mut resource.state
                && revision.number == number
            {
                revision.proven = true;
            }
        }
    }

    /// The size of the revision that the service wants, the playbook's own where it is not known.
    pub(super) fn running_size(&self, subject: &Subject) -> Size {
        let wanted = self.work(subject).and_then(|work| self.known(subject, work.wants));
        wanted.and_then(|revision| revision.size).unwrap_or(Size::DEFAULT)
    }

    /// A revision that is active, or was.
    fn known(&self, subject: &Subject, number: u32) -> Option<Registered> {
        let retired = self.families.retired.iter().filter(|(tenancy, _)| *tenancy == subject.tenancy);
        let retired = retired.map(|(_, revision)| revision);
        self.active(subject).into_iter().chain(retired).find(|revision| revision.number == number).cloned()
    }

    fn revisions(&self, subject: &Subject) -> Result<Vec<Revision>, CloudError> {
        self.refuse_foreign(Kind::TaskDefinition, subject)?;
        self.refuse_foreign(Kind::Service, subject)?;
        let wanted = self.work(subject).map(|work| work.wants);
        let mut listed: Vec<Registered> = self.active(subject).into_iter().take(MOST).cloned().collect();
        let unlisted = wanted.filter(|wanted| listed.iter().all(|revision| revision.number != *wanted));
        listed.extend(unlisted.and_then(|wanted| self.known(subject, wanted)));
        let seen = |Registered { number, at, image, size, proven, .. }| Revision {
            number,
            registered: at,
            image,
            size,
            runs: wanted == Some(number),
            proven,
        };
        Ok(listed.into_iter().map(seen).collect())
    }

    /// The revision of the run, and whether it is new.
    fn resize(&mut self, subject: &Subject, from: u32, size: Size, run: &str) -> Result<(u32, bool), CloudError> {
        named_well(run)?;
        self.refuse_foreign(Kind::TaskDefinition, subject)?;
        if let Some(number) = self.of_run(subject, run) {
            return Ok((number, false));
        }
        let name = subject.tenancy.name(Kind::TaskDefinition);
        let Some(from) = self.known(subject, from) else {
            return Err(CloudError::Permanent(format!(
                "ClientException: Unable to describe task definition {name}:{from}. Create the task definition first."
            )));
        };
        Ok((self.register(subject, from.image, Some(size), Some(run)), true))
    }

    fn of_run(&self, subject: &Subject, run: &str) -> Option<u32> {
        let active = self.active(subject);
        active.into_iter().find(|revision| revision.run.as_deref() == Some(run)).map(|revision| revision.number)
    }

    fn retire(&mut self, subject: &Subject, run: &str) -> Result<Option<u32>, CloudError> {
        named_well(run)?;
        self.refuse_foreign(Kind::TaskDefinition, subject)?;
        let number = self.of_run(subject, run);
        Ok(number.filter(|number| self.deregister(subject, *number)))
    }

    /// Whether that changes what is wanted.
    fn deploy(&mut self, subject: &Subject, revision: u32, desired: u32) -> Result<bool, CloudError> {
        self.refuse_foreign(Kind::Service, subject)?;
        self.refuse_foreign(Kind::TaskDefinition, subject)?;
        self.require(Kind::Service, subject)?;
        // What is wanted already is not asked for again, so that it matters to nobody whether it is active still.
        let wanted = self.work(subject).is_some_and(|work| work.wants == revision);
        if !wanted && self.active(subject).iter().all(|active| active.number != revision) {
            let name = subject.tenancy.name(Kind::TaskDefinition);
            return Err(CloudError::Permanent(format!(
                "ClientException: TaskDefinition is inactive: {name}:{revision}"
            )));
        }
        let looks = self.settings.looks_to_start;
        let changed = self.work_mut(subject).is_some_and(|work| work.deploy(revision, desired, looks));
        self.version += u64::from(changed);
        Ok(changed)
    }

    /// Looks once; what comes up comes a look nearer to it.
    fn rollout(&mut self, subject: &Subject, revision: Option<u32>) -> Result<Rollout, CloudError> {
        self.refuse_foreign(Kind::Service, subject)?;
        self.require(Kind::Service, subject)?;
        let wants = self.work(subject).map(|work| work.wants);
        if let (Some(awaited), Some(wants)) = (revision, wants)
            && awaited != wants
        {
            return Ok(Rollout::Failed(format!("the service wants revision {wants} instead of {awaited}")));
        }
        self.let_tasks_start(subject);
        if self.obstacle(subject).is_none()
            && let Some(work) = self.work_mut(subject).filter(|work| work.desired == 0)
        {
            work.pass();
        }
        let Some(work) = self.work(subject) else { return Ok(Rollout::Rolling("there are no tasks yet".to_owned())) };
        if let Some(RolloutFault::Fails(why)) = self.families.fault(&subject.tenancy, work.wants) {
            return Ok(Rollout::Failed(format!("ECS deployment circuit breaker: {why}")));
        }
        if !work.settled() {
            let obstacle = self.obstacle(subject).map(|why| format!("; stoppedReason: {why}")).unwrap_or_default();
            let of_it = if work.serves == work.wants { work.running.min(work.desired) } else { 0 };
            return Ok(Rollout::Rolling(format!(
                "{of_it} of {} tasks of revision {} run{obstacle}",
                work.desired, work.wants
            )));
        }
        let unhealthy = if work.desired == 0 { None } else { self.flaw(Check::TargetHealthy, subject) };
        Ok(match unhealthy {
            Some(why) => Rollout::Rolling(why),
            None => Rollout::Stable(format!("{0} of {0} tasks run, their targets are healthy", work.desired)),
        })
    }
}

fn named_well(run: &str) -> Result<(), CloudError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if (1..=36).contains(&run.len()) && run.bytes().all(plain) {
        return Ok(());
    }
    Err(CloudError::Permanent(format!("`{run}` is no name for a revision.")))
}

#[async_trait]
impl Revisions for SimulatedCloud {
    async fn revisions(&self, subject: &Subject) -> Result<Vec<Revision>, CloudError> {
        let about = About::subject(Verb::Revisions, subject, Some(Kind::TaskDefinition));
        self.call(about, |world| world.revisions(subject), |all| format!("{} revisions", all.len())).await
    }

    async fn resize(&self, subject: &Subject, from: u32, size: Size, run: &str) -> Result<u32, CloudError> {
        let about = About::subject(Verb::Resize, subject, Some(Kind::TaskDefinition));
        let in_words = |(number, new): &(u32, bool)| match new {
            true => format!("registered {number}"),
            false => format!("{number} was there"),
        };
        let answer = self.call(about, |world| world.resize(subject, from, size, run), in_words).await;
        answer.map(|(number, _)| number)
    }

    async fn retire(&self, subject: &Subject, run: &str) -> Result<Option<u32>, CloudError> {
        let about = About::subject(Verb::Retire, subject, Some(Kind::TaskDefinition));
        let in_words = |number: &Option<u32>| match number {
            Some(number) => format!("retired {number}"),
            None => "none was there".to_owned(),
        };
        self.call(about, |world| world.retire(subject, run), in_words).await
    }

    async fn deploy(&self, subject: &Subject, revision: u32, desired: u32) -> Result<(), CloudError> {
        let about = About::subject(Verb::Deploy, subject, Some(Kind::Service));
        let in_words = |changed: &bool| match changed {
            true => format!("deployed {revision} with {desired}"),
            false => "wanted already".to_owned(),
        };
        self.call(about, |world| world.deploy(subject, revision, desired), in_words).await.map(|_| ())
    }

    async fn rollout(&self, subject: &Subject, revision: Option<u32>) -> Result<Rollout, CloudError> {
        let about = About::subject(Verb::Rollout, subject, Some(Kind::Service));
        let in_words = |rollout: &Rollout| match rollout {
            Rollout::Stable(how) => format!("stable: {how}"),
            Rollout::Rolling(how) => format!("rolling: {how}"),
            Rollout::Failed(why) => format!("failed: {why}"),
        };
        self.call(about, |world| world.rollout(subject, revision), in_words).await
    }

    async fn usage(
        &self,
        subject: &Subject,
        metric: Metric,
        from: OffsetDateTime,
        period: u32,
        points: u32,
    ) -> Result<Usage, CloudError> {
        let about = About::subject(Verb::Usage, subject, Some(Kind::Service));
        let in_words = |usage: &Usage| format!("{} points", usage.points.iter().flatten().count());
        self.call(about, |world| Ok(world.usage(subject, metric, from, period, points)), in_words).await
    }
}
