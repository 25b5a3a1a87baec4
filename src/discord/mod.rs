//! Discord, through serenity: interactions and reactions go to the desk, cards and threads come from the core.
//!
//! Architecture invariant: nothing is decided here. This room translates, and obeys Discord's limits.

mod chat;
mod commands;
mod doctor;
mod gateway;
mod interactions;
mod outgoing;
mod render;
mod roles;
mod seen;

use std::sync::Arc;
use std::time::Duration;

use landlord_core::desk::Desk;
use serenity::all::{ChannelId, GatewayIntents, GuildId, Http, HttpBuilder};

pub use chat::DiscordChat;
pub use roles::Roles;

use crate::config::DiscordConfig;

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
    /// Where Discord's own application shows messages: the start of links.
    links: String,
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
        Ok(Self {
            http: Arc::new(http),
            guild: GuildId::new(id("discord.guild", &config.guild)?),
            roles: Roles::new(config)?,
            links: format!("{api}/channels/{}", config.guild),
        })
    }

    /// The chat of this place, as the core sees it.
    pub fn chat(&self) -> DiscordChat {
        DiscordChat { place: self.clone() }
    }

    /// Stays connected to the gateway and hands everything that people do to the desk. Ends only when that cannot be.
    pub async fn run(&self, desk: Arc<Desk>, health: Arc<crate::health::Health>) -> Result<(), DiscordError> {
        let intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGE_REACTIONS;
        let handler = gateway::Handler { place: self.clone(), desk, health, seen: seen::Seen::default() };
        let mut client = serenity::client::ClientBuilder::new_with_http(self.http_again(), intents)
            .event_handler(handler)
            .await
            .map_err(|error| DiscordError::Gateway(Box::new(error)))?;
        client.start().await.map_err(|error| DiscordError::Gateway(Box::new(error)))
    }

    /// A second HTTP client to the same address: serenity's own wants one for itself.
    fn http_again(&self) -> Http {
        client_at(HttpBuilder::new(self.http.token()), self.http.proxy.clone())
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
