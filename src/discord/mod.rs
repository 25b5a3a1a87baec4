//! Discord, through serenity: interactions and reactions go to the desk, cards and threads come from the core.
//!
//! Architecture invariant: nothing is decided here. This room translates, and obeys Discord's limits.

mod chat;
mod commands;
mod doctor;
mod gateway;
mod interactions;
mod measured;
mod outgoing;
mod render;
mod roles;
mod seen;

use std::sync::Arc;
use std::time::Duration;

use landlord_core::desk::Desk;
use serenity::all::{ChannelId, GatewayIntents, GuildId, Http, HttpBuilder, HttpError, ShardManager};

pub use chat::DiscordChat;
pub use roles::Roles;

use crate::config::{Channel, DiscordConfig};
use crate::metrics::Metrics;

/// How long one request to Discord may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Why Discord cannot be used. Says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DiscordError {
    /// The HTTP client could not be built, or the configuration names something that is no id.
    #[error("discord: {0}")]
    Configuration(String),
    /// The gateway ended for good: a wrong token, or intents that are not allowed.
    #[error("discord: the gateway has ended: {0}")]
    Gateway(Box<serenity::Error>),
}

/// The bot's place in Discord.
#[derive(Debug, Clone)]
pub struct Place {
    http: Arc<Http>,
    guild: GuildId,
    roles: Roles,
    /// Where the log is anchored, where the configuration says.
    audit: Option<String>,
    incidents: Option<String>,
    /// Where cards of alerts go; empty where the configuration names no channel for them.
    alerted: String,
    /// Where monitors say what is to be done; empty likewise.
    monitored: String,
    /// Where Discord's own application shows messages: the start of links.
    links: String,
    metrics: Metrics,
}

impl Place {
    /// A place by configuration and token. Connects to nothing yet.
    pub fn new(config: &DiscordConfig, token: &str) -> Result<Self, DiscordError> {
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| DiscordError::Configuration(format!("no HTTP client: {error}")))?;
        let api = config.api.trim_end_matches('/');
        let at = (api != "https://discord.com").then(|| api.to_owned());
        let http = client_at(HttpBuilder::new(token).client(client), at);
        let first = |channels: [Channel; 3]| {
            channels.iter().find_map(|channel| config.channels.get(channel)).cloned().unwrap_or_default()
        };
        Ok(Self {
            http: Arc::new(http),
            guild: GuildId::new(id("discord.guild", &config.guild)?),
            roles: Roles::new(config)?,
            audit: config.channels.get(&Channel::Audit).cloned(),
            incidents: config.channels.get(&Channel::Incidents).cloned(),
            alerted: first([Channel::Incidents, Channel::Alerts, Channel::Operations]),
            monitored: first([Channel::Alerts, Channel::Incidents, Channel::Operations]),
            links: format!("{api}/channels/{}", config.guild),
            metrics: Metrics::default(),
        })
    }

    /// The chat of this place, as the core sees it.
    pub fn chat(&self) -> DiscordChat {
        DiscordChat { place: self.clone() }
    }

    /// The channel `audit`, where the configuration names one.
    pub fn audit(&self) -> Option<&str> {
        self.audit.as_deref()
    }

    /// The channel `incidents`, where the configuration names one.
    pub fn incidents(&self) -> Option<&str> {
        self.incidents.as_deref()
    }

    /// Where cards of alerts go: the channel `incidents`, else `alerts`, else `operations`; empty where none is named.
    pub fn alerted(&self) -> &str {
        &self.alerted
    }

    /// Where monitors say what is to be done: the channel `alerts`, else `incidents`, else `operations`; empty where none is
    /// named.
    pub fn monitored(&self) -> &str {
        &self.monitored
    }

    /// The way to the gateway, which hands everything that people do to the desk. Not connected yet.
    pub async fn gateway(&self, desk: Arc<Desk>, health: Arc<crate::health::Health>) -> Result<Gateway, DiscordError> {
        let intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGE_REACTIONS;
        let handler = gateway::Handler { place: self.clone(), desk, health, seen: seen::Seen::default() };
        let client = serenity::client::ClientBuilder::new_with_http(self.http_again(), intents)
            .event_handler(handler)
            .await
            .map_err(|error| DiscordError::Gateway(Box::new(error)))?;
        Ok(Gateway { client })
    }

    /// A second HTTP client to the same address: serenity's own wants one for itself.
    fn http_again(&self) -> Http {
        client_at(HttpBuilder::new(self.http.token()), self.http.proxy.clone())
    }
}

/// The connection to the gateway.
pub struct Gateway {
    client: serenity::Client,
}

/// What closes the connection.
#[derive(Debug)]
pub struct Shards(Arc<ShardManager>);

/// The pause before a gateway that cannot be found is looked for again; it doubles up to the second.
const AWAY: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(30)];
/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

impl Gateway {
    /// Stays connected until the shards are closed, which is an error too where nobody closed them. Discord being away is
    /// waited out.
    pub async fn run(&mut self) -> DiscordError {
        let [mut pause, longest] = AWAY;
        loop {
            let error = match self.client.start().await {
                Ok(()) => serenity::Error::Other("nobody asked for it"),
                Err(error) => error,
            };
            if !passing(&error) {
                return DiscordError::Gateway(Box::new(error));
            }
            tracing::warn!(%error, "Discord cannot be reached; trying again in {} s", pause.as_secs());
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
    }

    /// What closes it.
    pub fn shards(&self) -> Shards {
        Shards(Arc::clone(&self.client.shard_manager))
    }
}

impl Shards {
    /// Says goodbye to Discord, which then shows the bot as away.
    pub async fn close(&self) {
        if tokio::time::timeout(GOODBYE, self.0.shutdown_all()).await.is_err() {
            tracing::debug!("Discord was not told goodbye in time");
        }
    }
}

/// Whether Discord may answer later: no connection, or an error of its own.
fn passing(error: &serenity::Error) -> bool {
    match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(answer)) => {
            answer.status_code.is_server_error() || answer.status_code.as_u16() == 429
        }
        serenity::Error::Http(_) => true,
        _ => false,
    }
}

/// serenity's client, at another address where one is given. Its own rate limiter knows only Discord's address, so there
/// `chat::patiently` alone waits out what is limited.
fn client_at(builder: HttpBuilder, address: Option<String>) -> Http {
    match address {
        Some(address) => builder.proxy(address).ratelimiter_disabled(true).build(),
        None => builder.build(),
    }
}

/// Reads an id of Discord's: a number that is not zero.
fn id(key: &str, text: &str) -> Result<u64, DiscordError> {
    match text.parse() {
        Ok(0) | Err(_) => Err(DiscordError::Configuration(format!(
            "{key} = \"{text}\" is no id. In Discord, switch on developer mode and use \"Copy ID\"."
        ))),
        Ok(id) => Ok(id),
    }
}

/// The channel of an id that came from Discord, or from the log.
fn channel(text: &str) -> ChannelId {
    ChannelId::new(text.parse().ok().filter(|id| *id != 0).unwrap_or(1))
}
