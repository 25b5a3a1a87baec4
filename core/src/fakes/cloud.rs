//! The simulated cloud: accounts, load balancers and database servers of three environments, in memory.
//!
//! It keeps the rules of the real one — what needs what, what is whose, what takes its time — and nothing of its APIs.
//! Architecture invariant: no clock and no sleep in here. Things start and drain by being looked at; how long a call takes is
//! for the [`Pause`] that whoever builds it may give, and what time it is when a revision is registered for the [`Now`].

mod backups;
mod census;
mod hand;
mod journal;
mod looks;
mod port;
mod reasons;
mod refusals;
mod resource;
mod revisions;
mod settings;
mod symptoms;
mod traffic;
mod traps;
mod troubles;
mod usage;
mod workload;
mod world;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use tokio::sync::watch;

pub use backups::BackupFault;
pub use hand::ByHand;
pub use journal::{Call, Verb};
pub use revisions::{Now, RolloutFault};
pub use settings::{Place, Settings};
pub use troubles::{Ailment, Trouble};

use super::faults::Fault;
use crate::kind::Kind;
use crate::ports::{Blueprint, CloudError, Found, Owner, Subject};
use crate::tenant::{Environment, Tenancy, TenantId};
use world::World;

/// What to wait for before a call takes effect, by its verb.
pub type Pause = Arc<dyn Fn(Verb) -> BoxFuture<'static, ()> + Send + Sync>;

/// An in-memory [`Cloud`](crate::ports::Cloud). Clones are the same cloud.
#[derive(Clone)]
pub struct SimulatedCloud {
    world: Arc<Mutex<World>>,
    changes: watch::Sender<u64>,
    pause: Option<Pause>,
}

/// How a cell of the matrix tenant × environment × kind looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The tenant's own stands there.
    Present,
    /// The tenant's own service stands there and wants no task.
    Idle,
    /// Nothing stands there.
    Absent,
    /// Somebody else's stands there.
    Foreign,
}

/// What a tenant has: all kinds in all environments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Whose.
    pub tenant: TenantId,
    /// What stands.
    pub cells: BTreeMap<(Environment, Kind), Presence>,
}

impl SimulatedCloud {
    /// An empty cloud.
    pub fn new(settings: Settings) -> Self {
        Self { world: Arc::new(Mutex::new(World::new(settings))), changes: watch::Sender::new(0), pause: None }
    }

    /// The same cloud, in which every call waits for the pause first.
    #[must_use]
    pub fn with_pause(self, pause: Pause) -> Self {
        Self { pause: Some(pause), ..self }
    }

    /// Orders a fault. The next matching call consumes one of its times.
    pub fn fail(&self, fault: Fault) {
        self.change(|world| world.faults.push(fault));
    }

    /// Takes all orders for faults back.
    pub fn clear_faults(&self) {
        self.change(|world| world.faults.clear());
    }

    /// The faults that are still to strike.
    pub fn faults(&self) -> Vec<Fault> {
        self.world().faults.list().to_vec()
    }

    /// Puts somebody else's resource where a tenant's would stand. The name is what [`SimulatedCloud::name`] gives; `why`
    /// is how it shows that it is not the tenant's.
    pub fn plant_foreign(&self, kind: Kind, environment: Environment, name: &str, why: &str) {
        self.change(|world| world.put_foreign(kind, environment, name, why));
    }

    /// Puts the tenant's own resource there past all rules, as an unfinished deletion or another tool may have left it; a
    /// second access point where one stands.
    pub fn plant(&self, kind: Kind, blueprint: &Blueprint) -> Result<Found, CloudError> {
        self.change(|world| {
            let state = world.first_state(kind, blueprint)?;
            world.known.insert(blueprint.subject.tenancy.clone(), blueprint.subject.subdomain.clone());
            Ok(world.put(kind, &blueprint.subject, state))
        })
    }

    /// Takes a resource away past all rules, as somebody at the console may. Answers whether there was one.
    pub fn vanish(&self, kind: Kind, subject: &Subject) -> bool {
        self.change(|world| !world.take(kind, subject).is_empty())
    }

    /// From now on the tenant's tasks stop with this reason before they run (playbook 3.1); none lets them start.
    pub fn hinder_tasks(&self, tenancy: &Tenancy, reason: Option<&str>) {
        self.change(|world| match reason {
            Some(reason) => world.hindrances.insert(tenancy.clone(), reason.to_owned()),
            None => world.hindrances.remove(tenancy),
        });
    }

    /// From now on another account answers for the environment (playbook 3.3); none lets the right one answer.
    pub fn answer_as(&self, environment: Environment, account: Option<&str>) {
        self.change(|world| match account {
            Some(account) => world.impostors.insert(environment, account.to_owned()),
            None => world.impostors.remove(&environment),
        });
    }

    /// What the subject's resource of the kind is called here: its host name for rules and records, else playbook 6.1.
    pub fn name(&self, kind: Kind, subject: &Subject) -> String {
        self.world().settings.name(kind, subject)
    }

    /// The calls so far in their order; the oldest are forgotten after ten thousand.
    pub fn journal(&self) -> Vec<Call> {
        self.world().journal.iter().cloned().collect()
    }

    /// A number that changes whenever something comes, goes or is about to fail: what a live view waits on.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// What every tenant has that has, had or wanted something, by tenant.
    pub fn matrix(&self) -> Vec<Row> {
        let world = self.world();
        let mut rows: BTreeMap<TenantId, BTreeMap<_, _>> = BTreeMap::new();
        let nothing = || {
            let places = Environment::ALL.into_iter();
            places.flat_map(|e| Kind::DELETION_ORDER.map(|kind| ((e, kind), Presence::Absent))).collect()
        };
        for (tenancy, subdomain) in &world.known {
            let subject = Subject { tenancy: tenancy.clone(), subdomain: subdomain.clone() };
            let cells = rows.entry(tenancy.tenant.clone()).or_insert_with(nothing);
            for kind in Kind::DELETION_ORDER {
                let found = world.find(kind, &subject);
                let presence = match found.iter().find(|found| found.owner == Owner::Own).or(found.first()) {
                    None => Presence::Absent,
                    Some(found) if found.owner == Owner::Own && world.idles(kind, &subject) => Presence::Idle,
                    Some(found) if found.owner == Owner::Own => Presence::Present,
                    Some(_) => Presence::Foreign,
                };
                cells.insert((tenancy.environment, kind), presence);
            }
        }
        rows.into_iter().map(|(tenant, cells)| Row { tenant, cells }).collect()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        // A panic elsewhere leaves no half-made state: every change is one insertion or removal.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the world by a human hand and lets those who watch know.
    fn change<T>(&self, hand: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world();
        let answer = hand(&mut world);
        world.version += 1;
        self.publish(&world);
        answer
    }

    fn publish(&self, world: &World) {
        self.changes.send_if_modified(|version| std::mem::replace(version, world.version) != world.version);
    }
}

impl Default for SimulatedCloud {
    fn default() -> Self {
        Self::new(Settings::default())
    }
}

impl fmt::Debug for SimulatedCloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedCloud").field("version", &self.world().version).finish_non_exhaustive()
    }
}
