//! The bot put together: ports in, a running bot out, and an orderly end.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use landlord_core::anchor::Anchoring;
use landlord_core::desk::{Contacts, Desk, Ground, Presence, Shelf};
use landlord_core::display::Display;
use landlord_core::engine::{Brake, Engine};
use landlord_core::incident::{Book, Keeper, Notice};
use landlord_core::ledger::Ledger;
use landlord_core::monitor::{Monitors, Watch};
use landlord_core::ports::{Clock, Cloud, Escalation, Gauges, Notifier, Runner, Store, StoreError, Workload};
use landlord_core::spec::Catalogue;
use landlord_core::tenant::{Email, Environment};
use landlord_core::votes::Votes;
use tokio::net::TcpListener;

use crate::discord::{DiscordError, Place};
use crate::health::Health;
use crate::http::{self, Side};
use crate::runner::{self, EmbeddedRunner};

/// How long steps that are under way may take to end when the bot is told to: what is not done by then goes on at the next
/// start. With what follows it stays under 10 s, after which a supervisor kills.
const LAST_STEPS: Duration = Duration::from_secs(6);

/// How often it is kept that the bot is in the chat.
const PRESENCE: Duration = Duration::from_secs(5);

/// What a bot is made of.
#[derive(Debug)]
pub struct Parts {
    /// All commands.
    pub catalogue: Catalogue,
    /// The log.
    pub store: Arc<dyn Store>,
    /// The cloud.
    pub cloud: Arc<dyn Cloud>,
    /// The tenants' services at work.
    pub workload: Arc<dyn Workload>,
    /// The way to tenants' owners.
    pub notifier: Arc<dyn Notifier>,
    /// The way to others outside the chat.
    pub escalation: Arc<dyn Escalation>,
    /// The metrics of CloudWatch.
    pub gauges: Arc<dyn Gauges>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The chat.
    pub place: Place,
    /// What the configuration says of each environment.
    pub ground: BTreeMap<Environment, Ground>,
    /// What the monitors watch in each.
    pub watch: BTreeMap<Environment, Watch>,
    /// The security team's address, which emergencies are told to.
    pub security: Option<Email>,
    /// The finance team's address.
    pub finance: Option<Email>,
    /// The bot's own HTTP side: it answers from this bot while it runs.
    pub side: Side,
}

/// How a bot is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// No new step begins, and those that are under way end.
    Orderly,
    /// At once, wherever it is: another has taken over.
    AtOnce,
}

/// Why the bot ended.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// Discord.
    #[error(transparent)]
    Discord(#[from] DiscordError),
    /// The bot's own HTTP side.
    #[error("http: {0}")]
    Http(#[from] std::io::Error),
    /// The log could not be read at start.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Runs a bot with its HTTP side until something it cannot work without ends.
pub async fn alone(parts: Parts, listener: TcpListener) -> Result<(), Ended> {
    let side = parts.side.clone();
    tokio::select! {
        ended = http::serve(listener, side) => Ok(ended?),
        ended = run(parts, std::future::pending()) => ended.map(drop),
    }
}

/// Runs a bot until it is to leave, which it then has, or something it cannot work without ends.
pub async fn run(parts: Parts, leave: impl Future<Output = Leave>) -> Result<Leave, Ended> {
    let Parts {
        catalogue,
        store,
        cloud,
        workload,
        notifier,
        escalation,
        gauges,
        clock,
        place,
        ground,
        watch,
        security,
        finance,
        side,
    } = parts;
    let ledger =
        Arc::new(Ledger::new(Arc::clone(&store), Arc::clone(&clock)).observed_by(Arc::new(side.metrics.clone())));
    let place = place.measured_by(&side.metrics);
    let chat = Arc::new(place.chat());
    let votes = Arc::new(Votes { ledger: Arc::clone(&ledger), chat: chat.clone() });
    let engine = Engine {
        ledger: Arc::clone(&ledger),
        cloud: Arc::clone(&cloud),
        workload: Arc::clone(&workload),
        chat: chat.clone(),
        notifier: Arc::clone(&notifier),
        clock: Arc::clone(&clock),
        accounts: ground.iter().map(|(environment, ground)| (*environment, ground.account.clone())).collect(),
        brake: Brake::default(),
    };
    let display = Display { ledger: Arc::clone(&ledger), chat: chat.clone(), votes: Arc::clone(&votes) };
    let runner = Arc::new(EmbeddedRunner::new(Arc::new(engine), Arc::new(display)));
    let anchoring =
        place.audit().map(|channel| Anchoring::new(Arc::clone(&store), chat.clone(), Arc::clone(&clock), channel));
    let presence = Presence::new(clock.now());
    let book = Arc::new(Book::new(Arc::clone(&store), Arc::clone(&clock), place.alerted().to_owned()));
    let desk = Desk {
        catalogue: Arc::new(catalogue),
        ledger: Arc::clone(&ledger),
        cloud,
        workload,
        chat,
        clock,
        runner: runner.clone(),
        votes,
        ground,
        audits: Shelf::default(),
        contacts: Contacts { incidents: place.incidents().map(str::to_owned), security, finance },
        asked: Shelf::default(),
        presence,
        book,
    };
    wake_all(&ledger, &*runner).await?;
    let desk = Arc::new(desk);
    side.active(Arc::clone(&ledger), Some(Arc::clone(&desk)));
    let keeper = Keeper { desk: Arc::clone(&desk), escalation, notifier };
    let notice = Notice { desk: Arc::clone(&desk), gauges: Arc::clone(&gauges) };
    let monitors = Monitors::new(Arc::clone(&desk), gauges, watch, place.monitored());
    let mut gateway = place.gateway(Arc::clone(&desk), Arc::clone(&side.health)).await?;
    let shards = gateway.shards();
    let left = OnceLock::new();
    let leaving = async {
        let leave = leave.await;
        side.standby();
        match leave {
            Leave::Orderly => runner.finish(LAST_STEPS).await,
            Leave::AtOnce => runner.halt().await,
        }
        // The gateway's end is then this one's doing.
        left.get_or_init(|| leave);
        shards.close().await;
        leave
    };
    let ended = tokio::select! {
        biased;
        leave = leaving => Ok(leave),
        never = anchors(anchoring) => match never {},
        never = is_present(&desk, &side.health) => match never {},
        never = runner::incidents::run(Arc::new(keeper), Arc::new(notice)) => match never {},
        never = runner::monitors::run(&monitors, &*desk.clock) => match never {},
        ended = gateway.run() => left.get().copied().ok_or(Ended::Discord(ended)),
    };
    runner.halt().await;
    ended
}

/// Keeps in the log's store when the bot was last in the chat.
async fn is_present(desk: &Desk, health: &Health) -> Infallible {
    loop {
        if health.ready()
            && let Err(error) = desk.connected().await
        {
            tracing::warn!(%error, "it cannot be kept that the bot is in the chat");
        }
        desk.clock.sleep_until(desk.clock.now() + desk.clock.work(PRESENCE)).await;
    }
}

/// Posts the heads of the log, where there is a channel for them.
async fn anchors(anchoring: Option<Anchoring>) -> Infallible {
    if let Some(anchoring) = anchoring {
        anchoring.run().await;
    } else {
        tracing::warn!("[discord.channels] names no audit: the log is anchored nowhere");
    }
    std::future::pending().await
}

/// What was under way when the process last ended goes on, whether or not the chat can be reached.
async fn wake_all(ledger: &Ledger, runner: &dyn Runner) -> Result<(), StoreError> {
    ledger.open().await?.iter().for_each(|id| runner.wake(id));
    Ok(())
}
