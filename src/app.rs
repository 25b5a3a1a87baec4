//! The bot put together: ports in, a running bot out.

use std::collections::BTreeMap;
use std::sync::Arc;

use landlord_core::desk::{Desk, Ground, Presence};
use landlord_core::display::Display;
use landlord_core::engine::Engine;
use landlord_core::ledger::Ledger;
use landlord_core::ports::{Clock, Cloud, Notifier, Runner, Store, StoreError, Workload};
use landlord_core::spec::Catalogue;
use landlord_core::tenant::Environment;
use landlord_core::votes::Votes;
use tokio::net::TcpListener;

use crate::config::secret::Secret;
use crate::discord::{DiscordError, Place};
use crate::health::Health;
use crate::http::{self, Side};
use crate::runner::EmbeddedRunner;

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
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The chat.
    pub place: Place,
    /// What the configuration says of each environment.
    pub ground: BTreeMap<Environment, Ground>,
    /// Where the bot's own HTTP side listens.
    pub listener: TcpListener,
    /// The bearer token of `/api`.
    pub token: Option<Secret>,
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

/// Runs a bot until something it cannot work without ends.
pub async fn run(parts: Parts) -> Result<(), Ended> {
    let Parts { catalogue, store, cloud, workload, notifier, clock, place, ground, listener, token } = parts;
    let ledger = Arc::new(Ledger::new(store, Arc::clone(&clock)));
    let chat = Arc::new(place.chat());
    let votes = Arc::new(Votes { ledger: Arc::clone(&ledger), chat: chat.clone() });
    let engine = Engine {
        ledger: Arc::clone(&ledger),
        cloud: Arc::clone(&cloud),
        workload,
        chat: chat.clone(),
        notifier,
        clock: Arc::clone(&clock),
        accounts: ground.iter().map(|(environment, ground)| (*environment, ground.account.clone())).collect(),
    };
    let display = Display { ledger: Arc::clone(&ledger), chat: chat.clone(), votes: Arc::clone(&votes) };
    let runner = Arc::new(EmbeddedRunner::new(Arc::new(engine), Arc::new(display)));
    let presence = Presence::new(clock.now());
    let desk = Desk {
        catalogue: Arc::new(catalogue),
        ledger: Arc::clone(&ledger),
        cloud,
        chat,
        clock,
        runner: runner.clone(),
        votes,
        ground,
        presence,
    };
    wake_all(&ledger, &*runner).await?;
    let health = Arc::new(Health::default());
    let side = Side { ledger, health: Arc::clone(&health), token };
    tokio::select! {
        ended = http::serve(listener, side) => Ok(ended?),
        ended = place.run(Arc::new(desk), health) => Ok(ended?),
    }
}

/// What was under way when the process last ended goes on, whether or not the chat can be reached.
async fn wake_all(ledger: &Ledger, runner: &dyn Runner) -> Result<(), StoreError> {
    ledger.open().await?.iter().for_each(|id| runner.wake(id));
    Ok(())
}
