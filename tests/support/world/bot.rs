//! The bot, in one of its two lives: within the tests' process, by the story's time; or `landlord serve` as a process of its
//! own, by the machine's. Both can be ended in the middle of anything and started again on the same log.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use landlord::config::{Channel, Config, DiscordConfig};

use super::alerts::Monitoring;
use super::clock::StoryClock;
use super::in_process::InProcess;
use super::names::Names;
use super::process::Process;
use super::setting::Life;

/// The token of the bot's own HTTP side.
pub(crate) const TOKEN: &str = "stories";

/// What a bot is started with, again and again.
#[derive(Clone)]
pub(crate) struct Recipe {
    /// How it lives.
    pub(crate) life: Life,
    /// The configuration's file.
    pub(crate) file: PathBuf,
    /// What goes over the file, as the environment's variables do.
    pub(crate) variables: Vec<(String, String)>,
    /// The environments: file and variables, read.
    pub(crate) config: Config,
    /// Where Discord is.
    pub(crate) discord: DiscordConfig,
    /// The bot's token there.
    pub(crate) token: String,
    /// The log.
    pub(crate) store: String,
    /// The names by which it reaches everything, where it does so by name; of a process of its own.
    pub(crate) names: Option<Arc<Names>>,
    /// The time it lives by, within this process.
    pub(crate) clock: Arc<StoryClock>,
    /// Who tells of alerts and is told of them, where the story has them.
    pub(crate) monitoring: Option<Arc<Monitoring>>,
}

impl Recipe {
    /// The variables that make `landlord serve` what the recipe says.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let mut all = self.variables.clone();
        let mut say = |key: String, value: &str| all.push((format!("LANDLORD_{key}"), value.to_owned()));
        say("STORE__URL".to_owned(), &self.store);
        say("HTTP__LISTEN".to_owned(), "127.0.0.1:0");
        say("HTTP__TOKEN".to_owned(), TOKEN);
        say("HTTP__ALERTMANAGER_TOKEN".to_owned(), TOKEN);
        say("DISCORD__API".to_owned(), &self.discord.api);
        say("DISCORD__GUILD".to_owned(), &self.discord.guild);
        for (channel, id) in &self.discord.channels {
            let name = match channel {
                Channel::Operations => "OPERATIONS",
                Channel::Incidents => "INCIDENTS",
                Channel::Alerts => "ALERTS",
                Channel::Audit => "AUDIT",
            };
            say(format!("DISCORD__CHANNELS__{name}"), id);
        }
        for (role, id) in &self.discord.roles {
            say(format!("DISCORD__ROLES__{}", role.as_str().to_uppercase()), id);
        }
        all.push(("DISCORD_TOKEN".to_owned(), self.token.clone()));
        all
    }
}

/// A running bot.
pub(crate) enum Bot {
    /// Within the tests' process.
    InProcess(InProcess),
    /// A process of its own.
    Process(Box<Process>),
}

impl Bot {
    /// Starts one; returns when its HTTP side listens.
    pub(crate) async fn start(recipe: Recipe) -> Self {
        match recipe.life {
            Life::InProcess => Self::InProcess(InProcess::start(recipe).await),
            Life::Process => {
                let process = Process::spawn(&recipe);
                process.listens().await;
                Self::Process(Box::new(process))
            }
        }
    }

    /// Where its HTTP side is.
    ///
    /// # Panics
    /// When it does not listen yet.
    pub(crate) fn side(&self) -> SocketAddr {
        match self {
            Self::InProcess(bot) => bot.side(),
            Self::Process(process) => process.side().expect("it listens"),
        }
    }

    /// Returns when its HTTP side listens.
    pub(crate) async fn listens(&self) {
        if let Self::Process(process) = self {
            process.listens().await;
        }
    }

    /// Returns when it is connected and has read its open cards again, where that can be told from outside.
    pub(crate) async fn works(&self) {
        if let Self::Process(process) = self {
            process.works().await;
        }
    }

    /// Why it ended by itself, if it did.
    pub(crate) fn ended(&self) -> Option<String> {
        match self {
            Self::InProcess(bot) => bot.ended(),
            Self::Process(process) => process.ended(),
        }
    }

    /// The process that it is.
    ///
    /// # Panics
    /// When it is none of its own.
    pub(crate) fn into_process(self) -> Process {
        match self {
            Self::Process(process) => *process,
            Self::InProcess(_) => panic!("the bot is no process of its own"),
        }
    }

    /// Ends it wherever it is.
    pub(crate) async fn dies(self) {
        match self {
            Self::InProcess(bot) => bot.dies().await,
            Self::Process(mut process) => process.dies().await,
        }
    }
}
