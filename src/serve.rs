//! The bot by configuration: real Discord, real AWS, real databases. Of several processes on one PostgreSQL store one is the
//! active one, and the others wait to take over.

use std::sync::Arc;
use std::time::Duration;

use landlord_core::ports::StoreError;
use landlord_core::spec::Catalogue;

use crate::app::{self, Leave, Parts};
use crate::clock::ScaledClock;
use crate::cloud::{Fence, Fenced, RealCloud};
use crate::config::{Config, ConfigError};
use crate::discord::Place;
use crate::http::{self, Doors, Side};
use crate::notify::escalations::{self, Escalations};
use crate::notify::ses::Ses;
use crate::sns::Sns;
use crate::store::{Candidate, Lease, SqlStore};

/// The pause after a database that was there for the lease and is not for the log.
const PAUSE: Duration = Duration::from_secs(1);

/// Why the bot could not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The log.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bot's own HTTP side.
    #[error("[http] listen: {0}")]
    Listen(std::io::Error),
    /// The bot ended.
    #[error(transparent)]
    Ended(#[from] app::Ended),
}

/// Runs the bot until `told_to_end` returns, which it then does within 10 s, or something it cannot work without ends.
/// `started` is told where its HTTP side listens.
pub async fn serve(
    config: &Config,
    catalogue: Catalogue,
    token: &str,
    started: impl FnOnce(std::net::SocketAddr),
    told_to_end: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let doors = Doors {
        sns: (!config.http.sns_topics.is_empty())
            .then(|| Sns::new(config.http.sns_topics.clone()))
            .transpose()
            .map_err(ConfigError)?,
        alertmanager: config.http.alertmanager_token()?,
    };
    let bot = Bot { config, catalogue, token, side: Side::new(config.http.api_token()?, doors) };
    // What is wrong with the configuration is said before anything listens.
    bot.check().await?;
    let candidate = Candidate::of(config.store.url.expose()).await?;
    let listener = http::bind(config.http.listen).await.map_err(ServeError::Listen)?;
    started(listener.local_addr().map_err(ServeError::Listen)?);
    tokio::select! {
        ended = http::serve(listener, bot.side.clone()) => ended.map_err(ServeError::Listen),
        ended = bot.live(candidate, told_to_end) => ended,
    }
}

/// What a bot is made of, each time that it becomes the active one.
struct Bot<'a> {
    config: &'a Config,
    catalogue: Catalogue,
    token: &'a str,
    side: Side,
}

impl Bot<'_> {
    fn escalations(&self) -> Result<Escalations, ConfigError> {
        let Config { slack, pagerduty, .. } = self.config;
        Escalations::new(slack, pagerduty, escalations::PATIENCE).map_err(ConfigError)
    }

    async fn check(&self) -> Result<(), ServeError> {
        self.escalations()?;
        RealCloud::open(&self.config.environments).await.map_err(ConfigError)?;
        Place::new(&self.config.discord, self.token).map_err(app::Ended::from)?;
        Ok(())
    }

    /// Stands by, is active, stands by again, until it is told to end.
    async fn live(&self, mut candidate: Candidate, told_to_end: impl Future<Output = ()>) -> Result<(), ServeError> {
        let mut told_to_end = std::pin::pin!(told_to_end);
        loop {
            let lease = tokio::select! {
                lease = candidate.elected() => lease,
                () = &mut told_to_end => return Ok(()),
            };
            let leave = async {
                tokio::select! {
                    () = &mut told_to_end => Leave::Orderly,
                    () = lease.lost() => Leave::AtOnce,
                }
            };
            let left = self.is_active(&lease, leave).await;
            lease.release().await;
            match left {
                Ok(Leave::Orderly) => return Ok(()),
                Ok(Leave::AtOnce) => tracing::warn!("standing by again"),
                Err(
                    ServeError::Store(error @ StoreError::Unavailable(_))
                    | ServeError::Ended(app::Ended::Store(error @ StoreError::Unavailable(_))),
                ) if candidate.has_rivals() => {
                    tracing::warn!(%error, "standing by again");
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes the log over and runs until it is to leave.
    async fn is_active(&self, lease: &Lease, leave: impl Future<Output = Leave>) -> Result<Leave, ServeError> {
        let store = SqlStore::open(self.config.store.url.expose()).await?;
        let term = store.claim().await?;
        tracing::info!(term, "this process is the active one");
        let store = Arc::new(store);
        let opened = RealCloud::open_behind(&lease.gate(), &self.side.metrics, &self.config.environments).await;
        let (cloud, accounts) = opened.map_err(ConfigError)?;
        let (cloud, mail) = (Arc::new(cloud), Arc::new(Ses::new(accounts)));
        let others = Arc::new(self.escalations()?);
        let fence = Fence { gate: lease.gate(), store: Arc::clone(&store) };
        let parts = Parts {
            catalogue: self.catalogue.clone(),
            store: Arc::clone(&store) as _,
            workload: Arc::new(Fenced { port: Arc::clone(&cloud), fence: fence.clone() }),
            gauges: Arc::clone(&cloud) as _,
            cloud: Arc::new(Fenced { port: cloud, fence: fence.clone() }),
            notifier: Arc::new(Fenced { port: mail, fence: fence.clone() }),
            escalation: Arc::new(Fenced { port: others, fence }),
            clock: Arc::new(ScaledClock::new(1)),
            place: Place::new(&self.config.discord, self.token).map_err(app::Ended::from)?,
            ground: self.config.ground(),
            watch: self.config.watch(),
            security: self.config.contacts.security.clone(),
            finance: self.config.contacts.finance.clone(),
            side: self.side.clone(),
        };
        let left = app::run(parts, leave).await;
        self.side.standby();
        store.close().await;
        Ok(left?)
    }
}
