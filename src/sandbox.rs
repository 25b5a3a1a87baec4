//! The sandbox: the local Discord, its page, a simulated cloud and the bot, in one process. The bot is the one that runs in
//! production; only what stands behind its ports is local.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use landlord_core::fakes::{MemoryStore, SimulatedCloud};
use landlord_core::spec::Catalogue;
use landlord_core::tenant::Environment;
use landlord_sandbox::cloud::unhurried;
use landlord_sandbox::discord::{LocalDiscord, Options};
use serde_json::Value;

use crate::app::{self, Parts};
use crate::clock::ScaledClock;
use crate::config::secret::Secret;
use crate::config::{Config, DiscordConfig};
use crate::discord::Place;
use crate::http;

/// How long what changes the simulated cloud takes, so that people can follow.
const PACE: Duration = Duration::from_millis(150);

/// How the sandbox is to run.
#[derive(Debug)]
pub struct Sandbox {
    /// Where the page is.
    pub listen: SocketAddr,
    /// What is kept between runs; without it everything is gone at the end.
    pub state: Option<PathBuf>,
    /// The environments of this configuration through the real adapters, instead of the simulated cloud.
    pub config: Option<Config>,
    /// How much faster people's waiting passes.
    pub time_scale: u32,
}

/// Why the sandbox could not run, or ended.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// An address is taken, or the state folder cannot be used.
    #[error("{0}")]
    Start(String),
    /// The bot ended.
    #[error(transparent)]
    Ended(#[from] app::Ended),
}

impl Sandbox {
    /// Runs until the bot ends. `started` is told the page's address.
    pub async fn run(self, catalogue: Catalogue, started: impl FnOnce(SocketAddr)) -> Result<(), SandboxError> {
        let cloud = SimulatedCloud::default();
        let options = Options {
            listen: self.listen,
            state: self.state.as_ref().map(|folder| folder.join("discord")),
            routes: landlord_sandbox::cloud::routes(cloud.clone()),
            ..Options::default()
        };
        let discord = LocalDiscord::start(options)
            .await
            .map_err(|error| SandboxError::Start(format!("{}: {error}", self.listen)))?;
        let address = discord.address();
        let description = discord.description();
        let side = SocketAddr::new(address.ip(), address.port().wrapping_add(1));
        let listener = http::bind(side).await.map_err(|error| SandboxError::Start(format!("{side}: {error}")))?;
        let token = description["bot_token"].as_str().unwrap_or_default().to_owned();
        let place = Place::new(&discord_config(address, &description), &token).map_err(app::Ended::from)?;
        started(address);
        let parts = Parts {
            catalogue,
            store: Arc::new(MemoryStore::default()),
            ground: simulated_ground(),
            cloud: Arc::new(unhurried(cloud, PACE)),
            notifier: Arc::new(landlord_sandbox::Outbox),
            clock: Arc::new(ScaledClock::new(self.time_scale)),
            place,
            listener,
            token: Some(Secret::new("sandbox")),
        };
        let ended = app::run(parts).await;
        discord.stop().await;
        Ok(ended?)
    }
}

/// What a bot that connects to the local Discord is configured with.
pub fn discord_config(address: SocketAddr, description: &Value) -> DiscordConfig {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let table = |name: &str| description[name].as_object().into_iter().flatten();
    let channel = |name: &str| match name {
        "tenant-ops" => Some(crate::config::Channel::Operations),
        "incidents" => Some(crate::config::Channel::Incidents),
        "platform-alerts" => Some(crate::config::Channel::Alerts),
        "audit" => Some(crate::config::Channel::Audit),
        _ => None,
    };
    DiscordConfig {
        api: format!("http://{address}"),
        guild: text(&description["guild_id"]),
        channels: table("channels").filter_map(|(name, id)| Some((channel(name)?, text(id)))).collect(),
        roles: table("roles")
            .filter_map(|(name, id)| {
                landlord_core::role::Role::ALL
                    .into_iter()
                    .find(|role| role.as_str() == name)
                    .map(|role| (role, text(id)))
            })
            .collect(),
    }
}

/// The ground that the simulated cloud stands on.
fn simulated_ground() -> std::collections::BTreeMap<Environment, landlord_core::desk::Ground> {
    let settings = landlord_core::fakes::Settings::default();
    let ground = |environment| {
        let place = settings.place(environment);
        landlord_core::desk::Ground { account: place.account.clone(), domain: place.domain.clone() }
    };
    Environment::ALL.into_iter().map(|environment| (environment, ground(environment))).collect()
}
