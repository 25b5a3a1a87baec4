//! A world for stories over the real wires: the local Discord, a witness before it, the bot with serenity, the AWS SDK on
//! `dev/services`, its MariaDB servers, and a log on SQLite or PostgreSQL. People act in it as Discord's own clients do.
//! What a story tells is not in here.

mod alerts;
mod audit;
mod bot;
mod clock;
mod dump;
mod ear;
mod ending;
mod in_process;
mod incidents;
mod member;
mod names;
mod outside;
mod process;
mod proof;
mod request;
mod residents;
mod services;
mod setting;
mod shown;
mod site;
mod store;
mod tenant;
mod unknown;
mod waiting;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use landlord::sandbox::discord_config;
use landlord_sandbox::discord::{Faults, LocalDiscord, Options};
use reqwest::{Client, Method};
use serde_json::Value;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::openapi::{Exchange, Witness};
use crate::until::until;
use alerts::Monitoring;
use bot::{Bot, Recipe};
use clock::StoryClock;
use ear::Ear;
use store::Log;

pub(crate) use alerts::{Alarm, TOPIC, alert, signed, webhook};
pub(crate) use dump::Dump;
pub(crate) use ear::PATIENCE;
pub(crate) use incidents::Incident;
pub(crate) use member::{Answer, Member};
pub(crate) use names::Names;
pub(crate) use process::Process;
pub(crate) use request::Request;
pub(crate) use residents::blueprint;
pub(crate) use services::Services;
pub(crate) use setting::{Life, Reach, Setting};
pub(crate) use shown::Shown;
pub(crate) use tenant::Tenant;

/// Where operations are asked for.
const CHANNEL: &str = "tenant-ops";

/// All stories share one emulator: many go on side by side, one that breaks it for everybody is alone.
static FLOOR: RwLock<()> = RwLock::const_new(());

/// A story's place on the floor, held until it ends.
#[expect(dead_code, reason = "held, not read")]
enum Floor {
    Shared(RwLockReadGuard<'static, ()>),
    Alone(RwLockWriteGuard<'static, ()>),
}

/// The world of one story.
pub(crate) struct World {
    discord: LocalDiscord,
    about: Value,
    witness: Witness,
    bot: tokio::sync::Mutex<Option<Bot>>,
    recipe: Recipe,
    /// What stands behind the bot.
    pub(crate) services: Services,
    web: Client,
    ears: tokio::sync::Mutex<HashMap<String, Arc<Ear>>>,
    /// What everybody in the channel sees.
    eye: Arc<Ear>,
    tenants: Mutex<Vec<Tenant>>,
    /// The security team's address, which no other story has.
    pub(crate) security: String,
    log: Log,
    monitoring: Option<Arc<Monitoring>>,
    /// Last, so that the next story begins when everything else is gone.
    _floor: Floor,
}

impl World {
    /// A world beside others.
    pub(crate) async fn start() -> Self {
        Self::with(Setting::default()).await
    }

    /// A world that is alone with the services.
    pub(crate) async fn alone() -> Self {
        Self::with(Setting { alone: true, ..Setting::default() }).await
    }

    /// A world as it is asked for; the bot is connected and its commands are registered.
    pub(crate) async fn with(setting: Setting) -> Self {
        unknown::listen();
        let services = Services::running();
        let floor = if setting.alone {
            let alone = Floor::Alone(FLOOR.write().await);
            // A story that failed may have left its faults behind.
            services.mends().await;
            alone
        } else {
            Floor::Shared(FLOOR.read().await)
        };
        let discord = LocalDiscord::start(Options::default()).await.expect("a local Discord");
        let about = discord.description();
        let witness = Witness::start(discord.address()).await;
        let log = Log::fresh(setting.postgres).await;
        let mut variables = setting.dev.variables();
        let security = format!("security@{:08x}.example", rand::random::<u32>());
        variables.push(("LANDLORD_CONTACTS__SECURITY".to_owned(), security.clone()));
        let monitoring = if setting.alerts { Some(Arc::new(Monitoring::start().await)) } else { None };
        variables.extend(monitoring.iter().flat_map(|monitoring| monitoring.variables()));
        let mut discord_at = discord_config(witness.address(), &about);
        let names = if setting.dev == Reach::ByNames { Some(Arc::new(Names::known().await)) } else { None };
        if let Some(names) = &names {
            variables.extend(names.variables());
            discord_at.api = Names::of("discord", &discord_at.api);
        }
        let recipe = Recipe {
            life: setting.life,
            file: services.file().to_owned(),
            config: services.config_with(&variables),
            variables,
            discord: discord_at,
            names,
            token: text(&about["bot_token"]),
            store: log.url.clone(),
            clock: Arc::new(StoryClock::new(setting.haste)),
            monitoring: monitoring.clone(),
        };
        let eye = Arc::new(Ear::open(discord.address(), &text(&about["members"]["operator"]["token"])).await);
        let world = Self {
            discord,
            about,
            witness,
            bot: tokio::sync::Mutex::default(),
            recipe,
            services,
            web: Client::builder().no_proxy().build().expect("an HTTP client"),
            ears: tokio::sync::Mutex::new(HashMap::from([("operator".to_owned(), Arc::clone(&eye))])),
            eye,
            tenants: Mutex::default(),
            security,
            log,
            monitoring,
            _floor: floor,
        };
        world.bot_starts().await;
        world
    }

    /// Starts the bot on the story's log; returns when people can use its commands.
    pub(crate) async fn bot_starts(&self) {
        let bot = Bot::start(self.recipe.clone()).await;
        *self.bot.lock().await = Some(bot);
        self.bot_works().await;
    }

    /// Returns when people can use the commands of the bot that was started.
    pub(crate) async fn bot_works(&self) {
        let bot = self.bot.lock().await;
        let bot = bot.as_ref().expect("the bot lives");
        bot.works().await;
        let ready = tokio::time::timeout(PATIENCE, self.discord.ready()).await;
        assert!(ready.is_ok(), "the bot is not connected: {:?}", bot.ended());
    }

    /// Starts a bot that is a process of its own, and waits for nothing: it can die before it has come far.
    pub(crate) async fn bot_is_spawned(&self) {
        *self.bot.lock().await = Some(Bot::Process(Box::new(Process::spawn(&self.recipe))));
    }

    /// Another process beside the bot, just spawned; on the same log unless another is given. The story's questions go on to
    /// the bot.
    pub(crate) fn another_process(&self, log: Option<&str>) -> Process {
        let mut recipe = self.recipe.clone();
        if let Some(log) = log {
            log.clone_into(&mut recipe.store);
        }
        Process::spawn(&recipe)
    }

    /// Lets this process be the bot that the story asks and ends; answers the one that was it, if it lives.
    pub(crate) async fn follows(&self, process: Process) -> Option<Bot> {
        self.bot.lock().await.replace(Bot::Process(Box::new(process)))
    }

    /// Does something with the process that is the bot; meanwhile the story cannot ask it anything.
    pub(crate) async fn process<T>(&self, with: impl AsyncFnOnce(&mut Process) -> T) -> T {
        match self.bot.lock().await.as_mut() {
            Some(Bot::Process(process)) => with(process).await,
            _ => panic!("the bot is no process of its own"),
        }
    }

    /// Ends the bot wherever it is.
    pub(crate) async fn bot_dies(&self) {
        let bot = self.bot.lock().await.take().expect("the bot lives");
        bot.dies().await;
    }

    /// The bot's own account, in the hands of a story: with it somebody else can be the bot while it is dead.
    pub(crate) fn account(&self) -> serenity::http::Http {
        serenity::http::HttpBuilder::new(&self.recipe.token)
            .application_id(text(&self.about["application_id"]).parse::<u64>().expect("an id").into())
            .proxy(format!("http://{}", self.witness.address()))
            .ratelimiter_disabled(true)
            .build()
    }

    /// The names by which the bot reaches everything.
    ///
    /// # Panics
    /// When it does not reach it by name.
    pub(crate) fn names(&self) -> &Names {
        self.recipe.names.as_deref().expect("the bot reaches everything by name")
    }

    /// A message as the operator sees it.
    pub(crate) async fn message(&self, channel: &str, id: &str) -> Shown {
        Shown::new(self.read(&format!("/channels/{channel}/messages/{id}")).await)
    }

    /// Hours pass for a bot within this process.
    pub(crate) fn passes(&self, hours: u64) {
        self.recipe.clock.passes(Duration::from_hours(hours));
    }

    /// Minutes pass for a bot within this process.
    pub(crate) fn passes_minutes(&self, minutes: u64) {
        self.recipe.clock.passes(Duration::from_mins(minutes));
    }

    /// A new tenant that no other story knows.
    pub(crate) fn tenant(&self) -> Tenant {
        let mark = format!("{:08x}", rand::random::<u32>());
        let tenant = Tenant { id: format!("golden-{mark}"), subdomain: format!("crust-{mark}") };
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner).push(tenant.clone());
        tenant
    }

    /// Somebody of the guild.
    pub(crate) fn member<'w>(&'w self, name: &'w str) -> Member<'w> {
        Member::new(self, name)
    }

    /// Failures of Discord on demand.
    pub(crate) fn discord(&self) -> &Faults {
        self.discord.faults()
    }

    /// What the bot has asked Discord for, and what it was answered.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.witness.requests()
    }

    /// The id of the channel where operations are asked for.
    pub(crate) fn channel(&self) -> String {
        self.channel_named(CHANNEL)
    }

    /// Where the log is.
    pub(crate) fn log_url(&self) -> &str {
        &self.log.url
    }

    /// The id of a channel.
    pub(crate) fn channel_named(&self, name: &str) -> String {
        text(&self.about["channels"][name])
    }

    /// The id of a role.
    pub(crate) fn role(&self, name: &str) -> String {
        text(&self.about["roles"][name])
    }

    async fn ear(&self, member: &str) -> Arc<Ear> {
        let mut ears = self.ears.lock().await;
        if let Some(ear) = ears.get(member) {
            return Arc::clone(ear);
        }
        let token = text(&self.about["members"][member]["token"]);
        let ear = Arc::new(Ear::open(self.discord.address(), &token).await);
        ears.insert(member.to_owned(), Arc::clone(&ear));
        ear
    }

    /// Calls Discord's API as a member; answers status and body.
    async fn call(&self, member: &str, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let url = format!("http://{}/api/v10{path}", self.discord.address());
        let token = text(&self.about["members"][member]["token"]);
        let mut request = self.web.request(method, url).header("authorization", token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.expect("the local Discord answers");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Reads Discord's API as the operator.
    async fn read(&self, path: &str) -> Value {
        let (status, body) = self.call("operator", Method::GET, path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// The messages of a channel or thread, oldest first.
    pub(crate) async fn messages(&self, channel: &str) -> Vec<Value> {
        let body = self.read(&format!("/channels/{channel}/messages?limit=100")).await;
        body.as_array().cloned().unwrap_or_default().into_iter().rev().collect()
    }

    /// Reads the bot's own HTTP side, as soon as it is the active one: status and body.
    pub(crate) async fn api(&self, path: &str) -> (u16, Value) {
        let side = {
            let bot = self.bot.lock().await;
            let bot = bot.as_ref().expect("the bot lives");
            bot.listens().await;
            bot.side()
        };
        until("the bot to be the active one", async || {
            let request = self.web.get(format!("http://{side}/api{path}")).bearer_auth(bot::TOKEN);
            let answer = request.send().await.expect("the bot's HTTP side answers");
            let (status, text) = (answer.status().as_u16(), answer.text().await.expect("an answer"));
            if status == 503 && text.contains("stands by") {
                return Err(text);
            }
            Ok((status, serde_json::from_str(&text).unwrap_or_default()))
        })
        .await
    }

    /// The operations of the story's log, the newest first.
    pub(crate) async fn operations(&self) -> Vec<Value> {
        let (status, body) = self.api("/operations").await;
        assert_eq!(status, 200, "{body}");
        body.as_array().cloned().expect("a list")
    }

    /// Everything that was ever said where the operator could hear it, as text.
    pub(crate) fn said(&self) -> String {
        self.eye.log().iter().map(|heard| heard.data.to_string()).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
