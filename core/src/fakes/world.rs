//! The whole world of a story: chat, cloud, postbox, store and clock, with the bot in the middle, which can be stopped and
//! started anew.
//!
//! What lasts is here; what dies with a process is in [`House`]. Nothing runs but what a test lets run: people act, and
//! the bot then does all that is due; time passes when the test says so.

mod history;
mod house;
mod incidents;
mod monitors;
mod people;
mod request;
mod shown;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use time::{Duration, OffsetDateTime};

use super::{
    Content, FakeChat, FakeEscalation, FakeGauges, FakeNotifier, Fuse, MemoryStore, Settings, SimulatedCloud, TestClock,
};
use crate::kind::Kind;
use crate::operation::Operation;
use crate::plan::OperationId;
use crate::ports::{Call, Clock, Cloud, Message, Owner, Subject};
use crate::spec::Catalogue;
use crate::tenant::Environment;

pub use house::House;
pub use people::Actor;
pub use request::Request;
pub use shown::Shown;

/// The channel in which people type.
pub const OPERATIONS: &str = "tenant-ops";

/// Chat, cloud, postbox, store, clock, and the bot.
#[derive(Debug)]
pub struct World {
    /// The chat server.
    pub chat: FakeChat,
    /// The cloud.
    pub cloud: SimulatedCloud,
    /// The owners' postbox.
    pub notifier: FakeNotifier,
    /// Slack, and whoever is on call.
    pub escalation: FakeEscalation,
    /// What is measured of what provisions.
    pub gauges: FakeGauges,
    /// The log and the registry.
    pub store: MemoryStore,
    /// The time.
    pub clock: TestClock,
    /// How the cloud is built.
    pub settings: Settings,
    catalogue: Arc<Catalogue>,
    house: Mutex<Arc<House>>,
    /// When each operation is due again.
    due: Mutex<BTreeMap<OperationId, OffsetDateTime>>,
    /// When an incident is due again.
    quiet_until: Mutex<Option<OffsetDateTime>>,
    /// The operations as they were last read, with the hashes of their last events: what has been folded is not folded again.
    folds: Mutex<BTreeMap<OperationId, (String, Operation)>>,
}

impl World {
    /// The playbook's world with the built-in catalogue, and the bot in it.
    pub fn start() -> Self {
        Self::with(Settings::default())
    }

    /// The same on a cloud that is built so.
    pub fn with(settings: Settings) -> Self {
        // Read once for all worlds of a test run.
        static CATALOGUE: LazyLock<Arc<Catalogue>> = LazyLock::new(|| {
            Arc::new(Catalogue::built_in().unwrap_or_else(|errors| panic!("the catalogue is wrong:\n{errors}")))
        });
        let clock = TestClock::default();
        let chat = FakeChat::new(clock.clone());
        let now = clock.clone();
        let cloud = SimulatedCloud::new(settings.clone()).with_now(Arc::new(move || now.now()));
        let (notifier, store) = (FakeNotifier::default(), MemoryStore::new());
        let (escalation, gauges) = (FakeEscalation::default(), FakeGauges::default());
        let catalogue = Arc::clone(&CATALOGUE);
        let parts = house::Parts {
            chat: &chat,
            cloud: &cloud,
            notifier: &notifier,
            escalation: &escalation,
            gauges: &gauges,
            store: &store,
            clock: &clock,
        };
        let house = House::build(&parts, Arc::clone(&catalogue), &settings, Fuse::never());
        let house = Mutex::new(Arc::new(house));
        let (due, quiet_until, folds) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self {
            chat,
            cloud,
            notifier,
            escalation,
            gauges,
            store,
            clock,
            settings,
            catalogue,
            house,
            due,
            quiet_until,
            folds,
        }
    }

    /// The bot's process.
    pub fn house(&self) -> Arc<House> {
        Arc::clone(&self.house.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The process ends wherever it is, without a word. Nothing runs until [`World::restarts`].
    pub fn stops(&self) {
        self.house().fuse.blow();
    }

    /// A new process over what lasts. It reads the open cards again, as a process does at its start.
    pub async fn restarts(&self) {
        self.restarts_with(Fuse::never()).await;
    }

    /// A new process that stops where its fuse blows.
    pub async fn restarts_with(&self, fuse: Fuse) {
        self.restarts_unaware(fuse);
        self.reads_again().await;
    }

    /// A new process that reads nothing again until [`World::reads_again`], as none may: it hears only of what happens from now
    /// on.
    pub fn restarts_unaware(&self, fuse: Fuse) {
        self.begins(fuse, Arc::clone(&self.catalogue));
    }

    /// A new process of another version, which knows other commands.
    pub async fn is_upgraded(&self, catalogue: Catalogue) {
        self.begins(Fuse::never(), Arc::new(catalogue));
        self.reads_again().await;
    }

    fn begins(&self, fuse: Fuse, catalogue: Arc<Catalogue>) {
        let parts = house::Parts {
            chat: &self.chat,
            cloud: &self.cloud,
            notifier: &self.notifier,
            escalation: &self.escalation,
            gauges: &self.gauges,
            store: &self.store,
            clock: &self.clock,
        };
        let house = House::build(&parts, catalogue, &self.settings, fuse);
        *self.house.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(house);
        self.due().clear();
    }

    /// Something wakes an operation, and the bot does all that is due now.
    pub async fn wakes(&self, id: &OperationId) {
        crate::ports::Runner::wake(&self.house().runner, id);
        self.settles().await;
    }

    /// The bot reads the open cards again, as it does whenever the chat's gateway has been away.
    pub async fn reads_again(&self) {
        let house = self.house();
        if let Some(Err(error)) = self.lives(Box::pin(house.desk.catch_up())).await {
            // A bot whose store does not answer tries again; so does a story.
            tracing::warn!(%error, "not caught up");
        }
        self.settles().await;
    }

    /// The gateway is connected, as the bot is told every few seconds.
    pub async fn is_connected(&self) {
        let house = self.house();
        if let Some(Err(error)) = self.lives(Box::pin(house.desk.connected())).await {
            tracing::warn!(%error, "the bot could not write that it is in the chat");
        }
        self.settles().await;
    }

    /// Lets the process do a piece of work; none where it stopped in the middle.
    pub async fn lives<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let fuse = self.house().fuse.clone();
        let work = async {
            tokio::select! {
                biased;
                () = fuse.blown() => None,
                done = work => Some(done),
            }
        };
        self.clock.drive(work).await
    }

    /// The bot does all that is due now.
    pub async fn settles(&self) {
        loop {
            self.works().await;
            if !self.tends().await {
                return;
            }
        }
    }

    async fn works(&self) {
        let house = self.house();
        loop {
            let woken = house.runner.take();
            if woken.is_empty() || house.fuse.is_blown() {
                return;
            }
            for id in woken {
                if let Some(due) = self.lives(Box::pin(house.work(&id))).await {
                    match due {
                        Some(at) => self.due().insert(id, at),
                        None => self.due().remove(&id),
                    };
                }
            }
        }
    }

    /// Time passes, and whatever falls due in it is done at its time.
    pub async fn passes(&self, time: Duration) {
        let until = self.clock.now() + time;
        self.lives_until(until).await;
        self.clock.set(until);
    }

    /// The same up to a time, or to where the process stops on the way: then no more time passes.
    pub async fn lives_until(&self, until: OffsetDateTime) {
        loop {
            if self.house().fuse.is_blown() {
                return;
            }
            let operations = self.due().iter().map(|(id, at)| (*at, Some(id.clone()))).min();
            let next = operations.into_iter().chain(self.alarm().map(|at| (at, None))).min();
            let Some((at, id)) = next.filter(|(at, _)| *at <= until) else { break };
            self.clock.set(at.max(self.clock.now()));
            if let Some(id) = id {
                self.due().remove(&id);
                crate::ports::Runner::wake(&self.house().runner, &id);
            }
            self.settles().await;
        }
        self.clock.set(until);
    }

    /// Someone on the chat server.
    pub fn member<'w>(&'w self, name: &'w str) -> Actor<'w> {
        Actor::new(self, name)
    }

    /// The ids of all operations, in the order in which they were filed.
    pub fn operations(&self) -> Vec<OperationId> {
        self.store.filed()
    }

    /// An operation as its log has it, read without the bot.
    pub fn operation(&self, id: &OperationId) -> Operation {
        let mut folds = self.folds.lock().unwrap_or_else(PoisonError::into_inner);
        let known = folds.remove(id);
        let mut log = self.store.log_from(id, known.as_ref().map_or(0, |(_, operation)| operation.seq));
        let goes_on = known.filter(|(hash, _)| log.first().is_some_and(|first| first.hash == *hash));
        if goes_on.is_none() {
            log = self.store.log_of(id);
        }
        let hash = log.last().map(|last| last.hash.clone()).unwrap_or_default();
        let events = log.iter().map(|event| event.recorded().unwrap_or_else(|error| panic!("{error}")));
        let operation = match goes_on {
            None => Operation::fold(&events.collect::<Vec<_>>())
                .unwrap_or_else(|error| panic!("the log of {id} cannot be folded: {error}")),
            Some((_, known)) => events.skip(1).fold(known, |mut operation, event| {
                assert_eq!(event.seq, operation.seq + 1, "the log of {id} has a gap");
                let legal = operation.apply(&event);
                legal.unwrap_or_else(|error| panic!("the log of {id} cannot be folded: {error}"));
                operation
            }),
        };
        folds.insert(id.clone(), (hash, operation.clone()));
        operation
    }

    /// A request that was filed before.
    pub fn request(&self, id: &OperationId) -> Request<'_> {
        Request::of(self, id.clone())
    }

    /// All that stands in the cloud, a line each: names of every kind in every environment, and what the subjects' own
    /// are. Two worlds in which the same stands have the same text.
    pub async fn standing(&self, subjects: &[Subject]) -> String {
        let mut lines = Vec::new();
        for environment in Environment::ALL {
            for kind in Kind::DELETION_ORDER {
                let mut page = None;
                loop {
                    let listed = self.cloud.inventory(kind, environment, page.as_deref()).await;
                    let listed = listed.unwrap_or_else(|error| panic!("the cloud cannot be read: {error}"));
                    lines.extend(listed.names.into_iter().map(|name| format!("{environment} {kind} {name}")));
                    page = listed.next;
                    if page.is_none() {
                        break;
                    }
                }
            }
        }
        for subject in subjects {
            for kind in Kind::DELETION_ORDER {
                let found = self.cloud.find(kind, subject).await;
                for found in found.unwrap_or_else(|error| panic!("the cloud cannot be read: {error}")) {
                    let whose = if found.owner == Owner::Own { "own" } else { "somebody else's" };
                    lines.push(format!("{} {kind} {} {whose}", subject.tenancy, found.id));
                }
            }
        }
        lines.join("\n")
    }

    /// The texts in a thread, a line each, with whom they call.
    pub(super) fn texts(&self, thread: &str) -> String {
        let texts = self.chat.messages(thread).into_iter().filter_map(|posted| match posted.content {
            Content::Message(Message { text, calls, .. }) => {
                let calls: Vec<String> = calls
                    .iter()
                    .map(|call| match call {
                        Call::Person(person) => format!(" (calls {person})"),
                        Call::Role(role) => format!(" (calls {})", role.title()),
                    })
                    .collect();
                Some(format!("{text}{}", calls.concat()))
            }
            Content::Card(_) => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    fn due(&self) -> MutexGuard<'_, BTreeMap<OperationId, OffsetDateTime>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
