//! The one place where the guild is changed: one lock, one change at a time, and after each what it leaves to be told,
//! written down and waited for. Everything that comes in, by HTTP or gateway, passes here.

use super::clock::Clock;
use super::error::{Answer, ApiError};
use super::faults::Faults;
use super::http::rate::Limiter;
use super::http::{self, Call};
use super::sessions::{Listeners, Sessions};
use super::snowflake::Id;
use super::store::Store;
use super::world::World;
use super::{Exchange, seed};
use axum::http::{HeaderMap, Method};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Requests of the bot that are remembered.
const EXCHANGES: usize = 5_000;

/// What the lock holds.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) sessions: Sessions,
    pub(crate) store: Store,
    limiter: Limiter,
}

/// The local Discord.
#[derive(Debug)]
pub(crate) struct Server {
    state: Mutex<State>,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) heartbeat: Duration,
    pub(crate) refused_intents: u64,
    ready: watch::Sender<bool>,
    exchanges: Option<Mutex<VecDeque<Exchange>>>,
}

impl Server {
    pub(crate) fn new(world: World, store: Store, clock: Clock, heartbeat: Duration, refused: u64, log: bool) -> Self {
        let state = State { world, sessions: Sessions::default(), store, limiter: Limiter::default() };
        Self {
            state: Mutex::new(state),
            clock,
            faults: Faults::default(),
            heartbeat,
            refused_intents: refused,
            ready: watch::Sender::new(false),
            exchanges: log.then(Mutex::default),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes one change and sees to what follows from it.
    pub(crate) fn act<T>(self: &Arc<Self>, change: impl FnOnce(&mut State) -> T) -> T {
        let mut guard = self.lock();
        let state = &mut *guard;
        state.world.now = self.clock.now();
        let result = change(state);
        state.store.keep(&mut state.world);
        for dispatch in std::mem::take(&mut state.world.outbox) {
            let (sessions, world) = (&mut state.sessions, &state.world);
            match self.faults.retell(&dispatch, world.bot()) {
                None => sessions.deliver(world, &dispatch, Listeners::All),
                Some(retold) => {
                    sessions.deliver(world, &dispatch, Listeners::People);
                    for told in &retold {
                        sessions.deliver(world, told, Listeners::Bot);
                    }
                }
            }
        }
        for (id, due) in state.world.interactions.take_started() {
            self.await_answer(id, due);
        }
        let ready = state.sessions.listens(state.world.bot()) && !state.world.commands.is_empty();
        self.ready.send_if_modified(|known| std::mem::replace(known, ready) != ready);
        result
    }

    /// Reads without changing anything.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    fn await_answer(self: &Arc<Self>, id: Id, due: time::OffsetDateTime) {
        let (server, clock) = (Arc::downgrade(self), self.clock.clone());
        tokio::spawn(async move {
            clock.reaches(due).await;
            if let Some(server) = server.upgrade() {
                server.act(|state| http::expire(&mut state.world, id));
            }
        });
    }

    /// Answers an API call: who asks, whether they ask too often, and what they get.
    pub(crate) fn answer(self: &Arc<Self>, mut call: Call, authorization: &str) -> (HeaderMap, Answer) {
        self.act(|state| {
            if !http::is_open(&call.path) {
                match state.world.holder(authorization) {
                    Some(who) => call.who = who,
                    None => return (HeaderMap::new(), Err(ApiError::unauthorized())),
                }
            }
            let bot = call.who == state.world.bot();
            match state.limiter.take(state.world.now, &call, bot) {
                (headers, Some(body)) => (headers, Err(ApiError { status: 429, body })),
                (headers, None) => (headers, http::answer(&mut state.world, &call)),
            }
        })
    }

    /// Remembers a request of the bot, where that was asked for.
    pub(crate) fn record(&self, method: &Method, path: &str, auth: &str, sent: Value, status: u16, answer: &Value) {
        let Some(exchanges) = &self.exchanges else { return };
        let by_token = path.contains("/webhooks/") || path.ends_with("/callback");
        if !auth.starts_with("Bot ") && !by_token {
            return;
        }
        let mut exchanges = exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        let (method, path) = (method.to_string(), path.to_owned());
        exchanges.push_back(Exchange { method, path, body: sent, status, answer: answer.clone() });
        if exchanges.len() > EXCHANGES {
            exchanges.pop_front();
        }
    }

    /// The remembered requests, taken out.
    pub(crate) fn take_exchanges(&self) -> Vec<Exchange> {
        let Some(exchanges) = &self.exchanges else { return Vec::new() };
        exchanges.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }

    /// Whether the bot listens and has registered its commands; resolves at once if so.
    pub(crate) async fn ready(&self) {
        // The sender lives in `self`, so the channel cannot close while we wait.
        let _ = self.ready.subscribe().wait_for(|ready| *ready).await;
    }

    pub(crate) fn is_ready(&self) -> bool {
        *self.ready.borrow()
    }

    /// What a bot or the page needs to know to begin: ids, names, tokens.
    pub(crate) fn description(&self) -> Value {
        self.read(|State { world, .. }| {
            let named = |id: &Id| world.roles.iter().find(|role| role.id == *id).map(|role| role.name.clone());
            let channels = world.channels.values().filter(|channel| channel.thread.is_none());
            let channels: Map<_, _> = channels.map(|channel| (channel.name.clone(), json!(channel.id))).collect();
            let roles = world.roles.iter().filter(|role| seed::is_named(role));
            let roles: Map<_, _> = roles.map(|role| (role.name.clone(), json!(role.id))).collect();
            let people = world.members.values().filter(|member| !member.user.bot);
            let members: Map<_, _> = people
                .map(|member| {
                    let roles: Vec<_> = member.roles.iter().filter_map(named).collect();
                    let about = json!({ "id": member.user.id, "token": member.user.token, "roles": roles });
                    (member.user.username.clone(), about)
                })
                .collect();
            let bot = world.members.get(&world.bot()).map(|member| member.user.token.clone());
            json!({
                "guild_id": world.guild_id, "application_id": world.application_id, "bot_token": bot,
                "channels": channels, "roles": roles, "members": members,
            })
        })
    }
}
