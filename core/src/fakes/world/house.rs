//! What dies with a process: the bot itself, over the ports.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use crate::card::Card;
use crate::desk::{Contacts, Desk, Ground, Presence, Shelf};
use crate::display::Display;
use crate::engine::{Brake, Engine};
use crate::fakes::fuse::Fused;
use crate::fakes::{
    FakeChat, FakeEscalation, FakeGauges, FakeNotifier, Fuse, ManualRunner, MemoryStore, Settings, SimulatedCloud,
    TestClock,
};
use crate::incident::{Book, IncidentId, Keeper, Notice};
use crate::ledger::Ledger;
use crate::monitor::Monitors;
use crate::plan::OperationId;
use crate::ports::{Chat, Clock, Cloud, Escalation, Gauges, Notifier, Store, Workload};
use crate::spec::Catalogue;
use crate::tenant::Environment;
use crate::votes::Votes;

/// The bot of one process, wired as the program wires it.
#[derive(Debug)]
pub struct House {
    /// The inbound door.
    pub desk: Arc<Desk>,
    /// What moves operations on.
    pub engine: Engine,
    /// What shows them.
    pub display: Display,
    /// What acts on incidents.
    pub keeper: Keeper,
    /// What shows them.
    pub notice: Notice,
    /// What looks by itself.
    pub monitors: Monitors,
    /// What was woken.
    pub runner: ManualRunner,
    /// What stops the process.
    pub fuse: Fuse,
    /// The card of each operation that this process showed last.
    shown: Mutex<HashMap<OperationId, Card>>,
    /// The same of incidents.
    noticed: Mutex<HashMap<IncidentId, Card>>,
}

/// What lasts.
pub(super) struct Parts<'a> {
    pub(super) chat: &'a FakeChat,
    pub(super) cloud: &'a SimulatedCloud,
    pub(super) notifier: &'a FakeNotifier,
    pub(super) escalation: &'a FakeEscalation,
    pub(super) gauges: &'a FakeGauges,
    pub(super) store: &'a MemoryStore,
    pub(super) clock: &'a TestClock,
}

/// The channel in which incidents are worked on.
pub(super) const INCIDENTS: &str = "incidents";

/// How soon a process tries again after the store or the chat failed.
const SOON: Duration = Duration::from_secs(5);

impl House {
    pub(super) fn build(parts: &Parts<'_>, catalogue: Arc<Catalogue>, settings: &Settings, fuse: Fuse) -> Self {
        let chat: Arc<dyn Chat> = Arc::new(Fused { port: parts.chat.clone(), fuse: fuse.clone() });
        let cloud: Arc<dyn Cloud> = Arc::new(Fused { port: parts.cloud.clone(), fuse: fuse.clone() });
        let workload: Arc<dyn Workload> = Arc::new(Fused { port: parts.cloud.clone(), fuse: fuse.clone() });
        let notifier: Arc<dyn Notifier> = Arc::new(Fused { port: parts.notifier.clone(), fuse: fuse.clone() });
        let store: Arc<dyn Store> = Arc::new(Fused { port: parts.store.clone(), fuse: fuse.clone() });
        let clock: Arc<dyn Clock> = Arc::new(parts.clock.clone());
        let runner = ManualRunner::default();
        let book = Arc::new(Book::new(Arc::clone(&store), Arc::clone(&clock), INCIDENTS.to_owned()));
        let escalation: Arc<dyn Escalation> = Arc::new(Fused { port: parts.escalation.clone(), fuse: fuse.clone() });
        let ledger = Arc::new(Ledger::new(store, Arc::clone(&clock)));
        let votes = Arc::new(Votes { ledger: Arc::clone(&ledger), chat: Arc::clone(&chat) });
        let ground: BTreeMap<Environment, Ground> = Environment::ALL
            .into_iter()
            .map(|environment| {
                let place = settings.place(environment);
                (environment, Ground { account: place.account.clone(), domain: place.domain.clone() })
            })
            .collect();
        let accounts = ground.iter().map(|(environment, ground)| (*environment, ground.account.clone())).collect();
        let desk = Arc::new(Desk {
            catalogue,
            ledger: Arc::clone(&ledger),
            cloud: Arc::clone(&cloud),
            workload: Arc::clone(&workload),
            chat: Arc::clone(&chat),
            clock: Arc::clone(&clock),
            runner: Arc::new(runner.clone()),
            votes: Arc::clone(&votes),
            ground,
            contacts: Contacts {
                incidents: Some(INCIDENTS.to_owned()),
                security: "security@kimmyai.example".parse().ok(),
                finance: "finance@kimmyai.example".parse().ok(),
            },
            asked: Shelf::default(),
            audits: Shelf::default(),
            presence: Presence::new(parts.clock.now()),
            book,
        });
        let gauges: Arc<dyn Gauges> = Arc::new(Fused { port: parts.gauges.clone(), fuse: fuse.clone() });
        Self {
            monitors: Monitors::new(Arc::clone(&desk), Arc::clone(&gauges), super::monitors::watch(), INCIDENTS),
            keeper: Keeper { desk: Arc::clone(&desk), escalation, notifier: Arc::clone(&notifier) },
            notice: Notice { desk: Arc::clone(&desk), gauges },
            desk,
            engine: Engine {
                ledger: Arc::clone(&ledger),
                cloud,
                workload,
                chat: Arc::clone(&chat),
                notifier,
                clock,
                accounts,
                brake: Brake::default(),
            },
            display: Display { ledger, chat, votes },
            runner,
            fuse,
            shown: Mutex::default(),
            noticed: Mutex::default(),
        }
    }

    /// Moves an operation on and shows it until nothing is due now; answers when it is due again.
    pub(super) async fn work(&self, id: &OperationId) -> Option<OffsetDateTime> {
        let written = self.engine.ledger.watch(id);
        loop {
            let advanced = self.engine.advance(id).await;
            let seen = *written.borrow();
            let mut shown = self.shown(id);
            let refreshed = self.display.refresh(id, &mut shown).await;
            self.remember(id, shown);
            let (Ok(due), Ok(operation)) = (advanced, refreshed) else {
                return Some(self.engine.clock.now() + SOON);
            };
            if *written.borrow() != seen {
                // Showing it has brought something new: its card, or a vote.
                continue;
            }
            if !operation.state.open() {
                self.engine.ledger.release(id);
            }
            return due;
        }
    }

    /// Acts on the incidents and shows them until nothing is due now; answers when something is due again.
    pub(super) async fn tend(&self) -> Option<OffsetDateTime> {
        let soon = Some(self.desk.clock.now() + SOON);
        let Ok(open) = self.desk.book.open().await else { return soon };
        let mut due = Vec::new();
        for id in open {
            let acted = self.keeper.act(&id).await;
            let mut shown = self.noticed.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
            let noticed = self.notice.refresh(&id, &mut shown).await;
            if let Some(card) = shown {
                self.noticed.lock().unwrap_or_else(PoisonError::into_inner).insert(id, card);
            }
            due.extend(acted.unwrap_or(soon));
            due.extend(soon.filter(|_| noticed.is_err()));
        }
        due.into_iter().min()
    }

    fn shown(&self, id: &OperationId) -> Option<Card> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn remember(&self, id: &OperationId, card: Option<Card>) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        match card {
            Some(card) => shown.insert(id.clone(), card),
            None => shown.remove(id),
        };
    }
}
