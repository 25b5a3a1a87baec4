//! The sandbox: the local Discord, its page, a simulated cloud, a local Alertmanager and the bot, in one process. The bot is the
//! one that runs in production; only what stands around it is local.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use landlord_core::desk::Ground;
use landlord_core::fakes::{FakeGauges, Settings, SimulatedCloud};
use landlord_core::monitor::Watch;
use landlord_core::ports::{Clock as _, Cloud, Escalation, Gauges, Notifier, StoreError, Workload};
use landlord_core::role::Role;
use landlord_core::spec::Catalogue;
use landlord_core::tenant::{Email, Environment};
use landlord_sandbox::Outbox;
use landlord_sandbox::alerts::Alertmanager;
use landlord_sandbox::cloud::unhurried;
use landlord_sandbox::discord::{LocalDiscord, Options, Pace};
use serde_json::Value;

use crate::app::{self, Parts};
use crate::clock::ScaledClock;
use crate::cloud::RealCloud;
use crate::config::secret::Secret;
use crate::config::{Channel, Config, DiscordConfig};
use crate::discord::Place;
use crate::gate::Gate;
use crate::http;
use crate::metrics::Metrics;
use crate::notify::escalations::{self, Escalations};
use crate::notify::ses::Ses;
use crate::sns::Sns;
use crate::store::SqlStore;

/// What opens the bot's own HTTP side, for whoever plays here.
const TOKEN: &str = "sandbox";
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

/// What stands behind the bot's ports: simulated, or the environments of a configuration.
struct World {
    cloud: Arc<dyn Cloud>,
    workload: Arc<dyn Workload>,
    notifier: Arc<dyn Notifier>,
    gauges: Arc<dyn Gauges>,
    ground: BTreeMap<Environment, Ground>,
    watch: BTreeMap<Environment, Watch>,
    escalation: Arc<dyn Escalation>,
    security: Option<Email>,
    finance: Option<Email>,
    routes: Router,
    /// What the page lets alerts fire with; real environments have their own.
    alertmanager: Option<Alertmanager>,
}

impl Sandbox {
    /// Runs until the bot ends. `started` is told the page's address.
    pub async fn run(self, catalogue: Catalogue, started: impl FnOnce(SocketAddr)) -> Result<(), SandboxError> {
        let clock = Arc::new(ScaledClock::new(self.time_scale));
        let http_side = self.side()?;
        let world = match &self.config {
            None => World::simulated(Arc::clone(&clock)),
            Some(config) => World::configured(config, &http_side.metrics).await.map_err(SandboxError::Start)?,
        };
        // Without a state folder the log lives as long as the process: its folder goes when this is dropped.
        let scratch = Scratch::new(self.state.as_deref())?;
        let store = store(scratch.path()).await?;
        let options = Options {
            listen: self.listen,
            pace: Pace { origin: clock.start(), factor: clock.scale() },
            state: self.state.as_ref().map(|folder| folder.join("discord")),
            routes: world.routes,
            ..Options::default()
        };
        let discord = LocalDiscord::start(options)
            .await
            .map_err(|error| SandboxError::Start(format!("{}: {error}", self.listen)))?;
        let address = discord.address();
        let description = discord.description();
        let side = SocketAddr::new(address.ip(), address.port().wrapping_add(1));
        let listener = http::bind(side).await.map_err(|error| SandboxError::Start(format!("{side}: {error}")))?;
        if let Some(alertmanager) = &world.alertmanager {
            alertmanager.tells(side, TOKEN);
        }
        let token = description["bot_token"].as_str().unwrap_or_default().to_owned();
        let place = Place::new(&discord_config(address, &description), &token).map_err(app::Ended::from)?;
        started(address);
        let parts = Parts {
            catalogue,
            store,
            gauges: world.gauges,
            ground: world.ground,
            watch: world.watch,
            escalation: world.escalation,
            security: world.security,
            finance: world.finance,
            cloud: world.cloud,
            workload: world.workload,
            notifier: world.notifier,
            clock,
            place,
            side: http_side,
        };
        let ended = app::alone(parts, listener).await;
        discord.stop().await;
        Ok(ended?)
    }

    /// The bot's own HTTP side, with tokens that everybody knows.
    fn side(&self) -> Result<http::Side, SandboxError> {
        let topics = self.config.as_ref().map(|config| config.http.sns_topics.clone()).unwrap_or_default();
        let sns = (!topics.is_empty()).then(|| Sns::new(topics)).transpose().map_err(SandboxError::Start)?;
        let doors = http::Doors { sns, alertmanager: Some(Secret::new(TOKEN)) };
        Ok(http::Side::new(Some(Secret::new(TOKEN)), doors))
    }
}

impl World {
    fn simulated(clock: Arc<ScaledClock>) -> Self {
        let alertmanager = Alertmanager::new(Arc::<ScaledClock>::clone(&clock));
        let cloud = SimulatedCloud::default().with_now(Arc::new(move || clock.now()));
        let settings = Settings::default();
        let ground = |environment| {
            let place = settings.place(environment);
            (environment, Ground { account: place.account.clone(), domain: place.domain.clone() })
        };
        let routes = landlord_sandbox::cloud::routes(cloud.clone()).merge(alertmanager.routes());
        let cloud = Arc::new(unhurried(cloud, PACE));
        Self {
            routes,
            alertmanager: Some(alertmanager),
            workload: cloud.clone(),
            cloud,
            notifier: Arc::new(Outbox),
            gauges: Arc::new(FakeGauges::default()),
            ground: Environment::ALL.into_iter().map(ground).collect(),
            watch: BTreeMap::new(),
            escalation: Arc::new(Outbox),
            security: "security@kimmyai.example".parse().ok(),
            finance: "finance@kimmyai.example".parse().ok(),
        }
    }

    async fn configured(config: &Config, metrics: &Metrics) -> Result<Self, String> {
        let (cloud, accounts) = RealCloud::open_behind(&Gate::open(), metrics, &config.environments).await?;
        let cloud = Arc::new(cloud);
        Ok(Self {
            workload: cloud.clone(),
            gauges: cloud.clone(),
            cloud,
            notifier: Arc::new(Ses::new(accounts)),
            escalation: Arc::new(Escalations::new(&config.slack, &config.pagerduty, escalations::PATIENCE)?),
            ground: config.ground(),
            watch: config.watch(),
            security: config.contacts.security.clone(),
            finance: config.contacts.finance.clone(),
            routes: Router::new(),
            alertmanager: None,
        })
    }
}

/// The log, kept beside the local Discord's state.
async fn store(folder: &Path) -> Result<Arc<SqlStore>, SandboxError> {
    let failed = |error: StoreError| SandboxError::Start(error.to_string());
    let url = format!("sqlite://{}", folder.join("landlord.db").display());
    let store = SqlStore::open(&url).await.map_err(failed)?;
    store.claim().await.map_err(failed)?;
    Ok(Arc::new(store))
}

/// The folder of the log: the one that was given, or one that goes with the process.
enum Scratch {
    Kept(PathBuf),
    Passing(PathBuf),
}

impl Scratch {
    fn new(state: Option<&Path>) -> Result<Self, SandboxError> {
        let scratch = state.map_or_else(
            || Self::Passing(std::env::temp_dir().join(format!("landlord-sandbox-{:016x}", rand::random::<u64>()))),
            |folder| Self::Kept(folder.to_owned()),
        );
        std::fs::create_dir_all(scratch.path())
            .map_err(|error| SandboxError::Start(format!("{}: {error}", scratch.path().display())))?;
        Ok(scratch)
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) | Self::Passing(path) => path,
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Self::Passing(path) = self {
            // What is left behind in the temporary folder is small and holds no secret.
            std::fs::remove_dir_all(path).ok();
        }
    }
}

/// What a bot that connects to the local Discord is configured with.
pub fn discord_config(address: SocketAddr, description: &Value) -> DiscordConfig {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let table = |name: &str| description[name].as_object().into_iter().flatten();
    let channel = |name: &str| match name {
        "tenant-ops" => Some(Channel::Operations),
        "incidents" => Some(Channel::Incidents),
        "platform-alerts" => Some(Channel::Alerts),
        "audit" => Some(Channel::Audit),
        _ => None,
    };
    DiscordConfig {
        api: format!("http://{address}"),
        guild: text(&description["guild_id"]),
        channels: table("channels").filter_map(|(name, id)| Some((channel(name)?, text(id)))).collect(),
        roles: table("roles")
            .filter_map(|(name, id)| {
                Role::ALL.into_iter().find(|role| role.as_str() == name).map(|role| (role, text(id)))
            })
            .collect(),
    }
}
