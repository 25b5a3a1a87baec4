//! The bot within the tests' own process: a runtime that can be ended in the middle of anything. Its time is the story's, and
//! what it is made of is what `landlord serve` is made of.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use landlord::app::{self, Parts};
use landlord::cloud::RealCloud;
use landlord::config::secret::Secret;
use landlord::discord::Place;
use landlord::http;
use landlord::notify::escalations::{Escalations, PATIENCE};
use landlord::notify::ses::Ses;
use landlord::store::SqlStore;
use landlord_core::spec::Catalogue;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::bot::{Recipe, TOKEN};

/// How long a runtime may take to end: until then it may hold the log's file.
const LAST_BREATH: Duration = Duration::from_mins(1);

/// A bot on a runtime of its own.
pub(crate) struct InProcess {
    runtime: Option<Runtime>,
    side: SocketAddr,
    ended: Arc<Mutex<Option<String>>>,
}

impl InProcess {
    /// Starts one; returns when its HTTP side listens.
    pub(crate) async fn start(recipe: Recipe) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("bot")
            .enable_all()
            .build()
            .expect("a runtime");
        let ended: Arc<Mutex<Option<String>>> = Arc::default();
        let (tell, told) = oneshot::channel();
        let last_words = Arc::clone(&ended);
        runtime.spawn(async move {
            let why = live(recipe, tell).await;
            *last_words.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
        });
        let Ok(side) = told.await else {
            panic!("the bot did not start: {:?}", ended.lock().unwrap_or_else(PoisonError::into_inner));
        };
        Self { runtime: Some(runtime), side, ended }
    }

    /// Where its HTTP side is.
    pub(crate) fn side(&self) -> SocketAddr {
        self.side
    }

    /// Why it ended by itself, if it did.
    pub(crate) fn ended(&self) -> Option<String> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it wherever it is: every task is dropped at once, nothing is finished.
    pub(crate) async fn dies(mut self) {
        if let Some(runtime) = self.runtime.take() {
            let ending = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(LAST_BREATH));
            ending.await.expect("the runtime ends");
        }
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Lives until something ends it, and answers what.
async fn live(recipe: Recipe, tell: oneshot::Sender<SocketAddr>) -> String {
    let (parts, listener) = match parts(&recipe).await {
        Ok(parts) => parts,
        Err(why) => return why,
    };
    let side = listener.local_addr().expect("a listener has an address");
    if tell.send(side).is_err() {
        return "nobody waits for it".to_owned();
    }
    match app::alone(parts, listener).await {
        Ok(()) => "it ended without an error".to_owned(),
        Err(error) => error.to_string(),
    }
}

async fn parts(recipe: &Recipe) -> Result<(Parts, TcpListener), String> {
    let store = SqlStore::open(&recipe.store).await.map_err(|error| error.to_string())?;
    store.claim().await.map_err(|error| error.to_string())?;
    let (cloud, accounts) = RealCloud::open(&recipe.config.environments).await?;
    let place = Place::new(&recipe.discord, &recipe.token).map_err(|error| error.to_string())?;
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener: TcpListener = http::bind(loopback).await.map_err(|error| error.to_string())?;
    let cloud = Arc::new(cloud);
    let escalation = Escalations::new(&recipe.config.slack, &recipe.config.pagerduty, PATIENCE)?;
    let sns = recipe.monitoring.as_ref().map(|monitoring| monitoring.trusted()).transpose()?;
    let doors = http::Doors { sns, alertmanager: Some(Secret::new(TOKEN)) };
    let parts = Parts {
        catalogue: Catalogue::built_in().map_err(|errors| errors.to_string())?,
        store: Arc::new(store),
        ground: recipe.config.ground(),
        watch: recipe.config.watch(),
        gauges: cloud.clone(),
        security: recipe.config.contacts.security.clone(),
        finance: recipe.config.contacts.finance.clone(),
        escalation: Arc::new(escalation),
        workload: cloud.clone(),
        cloud,
        notifier: Arc::new(Ses::new(accounts)),
        clock: recipe.clock.clone(),
        place,
        side: http::Side::new(Some(Secret::new(TOKEN)), doors),
    };
    Ok((parts, listener))
}
