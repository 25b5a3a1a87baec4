//! The bot by configuration: real Discord, real AWS, real databases.

use std::sync::Arc;

use landlord_core::ports::StoreError;
use landlord_core::spec::Catalogue;

use crate::app::{self, Parts};
use crate::clock::ScaledClock;
use crate::cloud::RealCloud;
use crate::config::{Config, ConfigError};
use crate::discord::Place;
use crate::http;
use crate::notify::ses::Ses;
use crate::store::SqlStore;

/// Why the bot could not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The log.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address of the bot's own HTTP side.
    #[error("[http] listen: {0}")]
    Listen(std::io::Error),
    /// The bot ended.
    #[error(transparent)]
    Ended(#[from] app::Ended),
}

/// Runs the bot until something it cannot work without ends. `started` is told where its HTTP side listens.
pub async fn serve(
    config: &Config,
    catalogue: Catalogue,
    token: &str,
    started: impl FnOnce(std::net::SocketAddr),
) -> Result<(), ServeError> {
    let (cloud, accounts) = RealCloud::open(&config.environments).await.map_err(ConfigError)?;
    let place = Place::new(&config.discord, token).map_err(app::Ended::from)?;
    let store = SqlStore::open(config.store.url.expose()).await?;
    store.claim().await?;
    let listener = http::bind(config.http.listen).await.map_err(ServeError::Listen)?;
    started(listener.local_addr().map_err(ServeError::Listen)?);
    let cloud = Arc::new(cloud);
    let parts = Parts {
        catalogue,
        store: Arc::new(store),
        workload: cloud.clone(),
        cloud,
        notifier: Arc::new(Ses::new(accounts)),
        clock: Arc::new(ScaledClock::new(1)),
        place,
        ground: config.ground(),
        listener,
        token: config.http.api_token()?,
    };
    Ok(app::run(parts).await?)
}
