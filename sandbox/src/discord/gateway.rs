//! Discord's gateway: the WebSocket over which the bot and members' clients hear what happens (Discord: "Gateway").
//! Speaks opcodes, compresses and keeps time; what there is to hear is decided elsewhere.

use super::dispatch::intents;
use super::faults::GatewayFault;
use super::http::own_user;
use super::render;
use super::server::{Server, State};
use super::sessions::{Line, QUEUE, Resume};
use super::snowflake::Id;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use flate2::{Compress, Compression, FlushCompress};
use futures::SinkExt;
use rand::Rng;
use rand::distr::Alphanumeric;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc};

/// Events above this many bytes are compressed for a client that asked for compressed payloads.
const WORTH_COMPRESSING: usize = 1_024;
/// What a client may send within a minute.
const COMMANDS_A_MINUTE: u32 = 120;

/// Takes a connection.
pub(crate) async fn connect(
    Shared(server): Shared<Arc<Server>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if server.faults.is_down() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let stream = query.get("compress").is_some_and(|kind| kind == "zlib-stream");
    let version = query.get("v").is_none_or(|version| version == "10" || version == "9");
    upgrade.max_message_size(1 << 16).on_upgrade(move |socket| async move {
        let faults = server.faults.listen();
        let packer = Packer { stream: stream.then(|| Compress::new(Compression::fast(), true)), payloads: false };
        let (line, events) = mpsc::channel(QUEUE);
        let open = Some(line.clone());
        let mut talk = Talk {
            server,
            socket,
            packer,
            open,
            line: line.downgrade(),
            events,
            faults,
            session: None,
            user: None,
            sent: 0,
        };
        drop(line);
        let code = if version { talk.run().await } else { Some((4012, "Invalid API version")) };
        talk.leave(code).await;
    })
}

/// How texts become frames: plain, each compressed by itself, or one stream over the whole connection.
struct Packer {
    stream: Option<Compress>,
    payloads: bool,
}

impl Packer {
    fn pack(&mut self, text: &str) -> Message {
        if let Some(stream) = &mut self.stream {
            return Message::Binary(squeeze(stream, text, FlushCompress::Sync).into());
        }
        if self.payloads && text.len() > WORTH_COMPRESSING {
            let mut own = Compress::new(Compression::fast(), true);
            return Message::Binary(squeeze(&mut own, text, FlushCompress::Finish).into());
        }
        Message::Text(text.into())
    }
}

/// Compresses a whole text; with `Sync` the output ends in 00 00 FF FF, by which clients know a message is complete.
fn squeeze(stream: &mut Compress, text: &str, flush: FlushCompress) -> Vec<u8> {
    let mut packed = Vec::with_capacity(text.len() / 2 + 64);
    let before = stream.total_in();
    loop {
        let done = usize::try_from(stream.total_in() - before).unwrap_or(text.len());
        // Compressing from memory to memory fails only on a broken state, which a fresh or flushed stream has not.
        if stream.compress_vec(&text.as_bytes()[done..], &mut packed, flush).is_err() {
            return packed;
        }
        let read = usize::try_from(stream.total_in() - before).unwrap_or(text.len());
        if read == text.len() && packed.len() < packed.capacity() {
            return packed;
        }
        packed.reserve(packed.capacity().max(256));
    }
}

/// Why a conversation ends: a close code and reason, or `None` to cut it without a word.
type End = Option<(u16, &'static str)>;

/// One conversation.
struct Talk {
    server: Arc<Server>,
    socket: WebSocket,
    packer: Packer,
    /// The writing end, until a session takes it over; after that only the session keeps the line open.
    open: Option<Line>,
    line: mpsc::WeakSender<Arc<str>>,
    events: mpsc::Receiver<Arc<str>>,
    faults: broadcast::Receiver<GatewayFault>,
    session: Option<String>,
    user: Option<Id>,
    sent: u32,
}

impl Talk {
    async fn run(&mut self) -> End {
        let interval = self.server.heartbeat;
        let hello = json!({ "op": 10, "d": { "heartbeat_interval": interval.as_millis(), "_trace": ["local"] } });
        if self.say(&hello.to_string()).await.is_err() {
            return None;
        }
        // A client that misses a beat is taken for dead with the next; browsers delay those of hidden pages.
        let patience = interval * 2;
        let mut minute = tokio::time::interval(std::time::Duration::from_mins(1));
        let mut silence = Box::pin(tokio::time::sleep(patience));
        loop {
            tokio::select! {
                event = self.events.recv() => {
                    // The session let the line go: another connection took it over, or this one reads too slowly.
                    let Some(event) = event else { return Some((4000, "Session continues elsewhere")) };
                    if self.say(&event).await.is_err() { return None; }
                }
                message = self.socket.recv() => {
                    let Some(Ok(message)) = message else { return None };
                    let text = match message {
                        Message::Text(text) => text.to_string(),
                        Message::Binary(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                        Message::Close(frame) => {
                            self.closed(frame.as_ref());
                            // The answering close frame waits in the socket; a client may insist on it.
                            let _ = self.socket.flush().await;
                            return None;
                        }
                        Message::Ping(_) | Message::Pong(_) => continue,
                    };
                    self.sent += 1;
                    if self.sent > COMMANDS_A_MINUTE {
                        return Some((4008, "Rate limited"));
                    }
                    let Ok(heard) = serde_json::from_str::<Value>(&text) else {
                        return Some((4002, "Error while decoding payload."));
                    };
                    if heard["op"] == 1 {
                        silence.as_mut().reset(tokio::time::Instant::now() + patience);
                    }
                    if let Err(end) = self.heed(&heard).await { return end; }
                }
                fault = self.faults.recv() => {
                    if let Ok(fault) = fault && let Err(end) = self.suffer(fault).await { return end; }
                }
                _ = minute.tick() => self.sent = 0,
                () = &mut silence => return Some((4009, "Session timed out")),
            }
        }
    }

    async fn say(&mut self, text: &str) -> Result<(), axum::Error> {
        let frame = self.packer.pack(text);
        self.socket.send(frame).await
    }

    async fn tell(&mut self, value: Value) -> Result<(), End> {
        self.say(&value.to_string()).await.map_err(|_| None)
    }

    /// The client closed: with 1000 or 1001 the session is over, else it may be resumed.
    fn closed(&mut self, frame: Option<&CloseFrame>) {
        let finished = frame.is_some_and(|frame| matches!(frame.code, 1000 | 1001));
        if let Some(session) = self.session.take_if(|_| finished) {
            self.server.act(|state| state.sessions.end(&session));
        }
    }

    async fn leave(mut self, end: End) {
        if let Some((code, reason)) = end {
            // The client may be gone already; then there is nobody left to tell.
            let _ = self.socket.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
        }
        if let Some(session) = self.session.take() {
            let line = self.line.upgrade();
            self.server.act(|state| state.sessions.detach(&session, line.as_ref(), state.world.now));
        }
    }

    async fn suffer(&mut self, fault: GatewayFault) -> Result<(), End> {
        let bot = self.server.read(|state| state.world.bot());
        if fault == GatewayFault::Stop {
            return Err(Some((1001, "Going away")));
        }
        if self.user != Some(bot) {
            return Ok(());
        }
        match fault {
            GatewayFault::Drop => Err(None),
            GatewayFault::Reconnect => self.tell(json!({ "op": 7, "d": null })).await,
            GatewayFault::Invalidate => self.invalidate().await,
            GatewayFault::Close(code) => {
                if matches!(code, 4007 | 4009)
                    && let Some(session) = self.session.take()
                {
                    self.server.act(|state| state.sessions.end(&session));
                }
                Err(Some((code, "As asked")))
            }
            GatewayFault::Stop => Ok(()),
        }
    }

    async fn invalidate(&mut self) -> Result<(), End> {
        if let Some(session) = self.session.take() {
            self.server.act(|state| state.sessions.end(&session));
        }
        self.user = None;
        let (line, events) = mpsc::channel(QUEUE);
        self.line = line.downgrade();
        self.open = Some(line);
        self.events = events;
        self.tell(json!({ "op": 9, "d": false })).await
    }

    async fn heed(&mut self, heard: &Value) -> Result<(), End> {
        let data = &heard["d"];
        match heard["op"].as_u64() {
            Some(1) => self.tell(json!({ "op": 11, "d": null })).await,
            Some(2) if self.session.is_some() => Err(Some((4005, "Already authenticated."))),
            Some(2) => self.identify(data),
            Some(6) => self.resume(data).await,
            Some(_) if self.session.is_none() => Err(Some((4003, "Not authenticated."))),
            // Presence, voice state and sounds change nothing here.
            Some(3 | 4 | 31) => Ok(()),
            Some(8) => {
                self.members(data);
                Ok(())
            }
            // People's clients have opcodes of their own, which ask for nothing that is missing here.
            Some(12..=43) if self.user.is_some_and(|user| user != self.server.read(|state| state.world.bot())) => {
                Ok(())
            }
            _ => Err(Some((4001, "Unknown opcode."))),
        }
    }

    fn holder(&self, data: &Value) -> Result<Id, End> {
        let token = data["token"].as_str().unwrap_or_default();
        let token = token.strip_prefix("Bot ").unwrap_or(token);
        let holder = self.server.read(|state| {
            state.world.members.values().find(|member| member.user.token == token).map(|member| member.user.id)
        });
        holder.ok_or(Some((4004, "Authentication failed.")))
    }

    fn identify(&mut self, data: &Value) -> Result<(), End> {
        let user = self.holder(data)?;
        let bot = self.server.read(|state| state.world.bot()) == user;
        let wanted = data["intents"].as_u64();
        if bot && wanted.is_none_or(|wanted| wanted & !intents::ALL != 0) {
            return Err(Some((4013, "Invalid intent(s).")));
        }
        if bot && wanted.is_some_and(|wanted| wanted & self.server.refused_intents != 0) {
            return Err(Some((4014, "Disallowed intent(s).")));
        }
        let shard = data["shard"].as_array().map(|shard| (shard.first().cloned(), shard.get(1).cloned()));
        if shard.as_ref().is_some_and(|shard| *shard != (Some(json!(0)), Some(json!(1)))) {
            return Err(Some((4010, "Invalid shard.")));
        }
        self.packer.payloads = data["compress"] == true;
        let id: String = rand::rng().sample_iter(&Alphanumeric).take(32).map(char::from).collect();
        let wanted = wanted.filter(|_| bot);
        let Some(line) = self.open.take() else { return Err(Some((4005, "Already authenticated."))) };
        self.server.act(|state| {
            state.sessions.open(&id, user, wanted, line, state.world.now);
            greet(state, &id, user, wanted);
        });
        self.session = Some(id);
        self.user = Some(user);
        Ok(())
    }

    async fn resume(&mut self, data: &Value) -> Result<(), End> {
        let user = self.holder(data)?;
        let id = data["session_id"].as_str().unwrap_or_default().to_owned();
        let seq = data["seq"].as_u64().unwrap_or(0);
        let Some(line) = self.open.take() else { return Err(Some((4005, "Already authenticated."))) };
        match self.server.act(|state| state.sessions.resume(&id, user, seq, line)) {
            Resume::Replayed => {
                self.session = Some(id);
                self.user = Some(user);
                Ok(())
            }
            Resume::Gone => self.invalidate().await,
            Resume::BadSequence => Err(Some((4007, "Invalid seq."))),
        }
    }

    /// Answers a request for members: by ids, or by the beginning of their names.
    fn members(&mut self, data: &Value) {
        let Some(session) = &self.session else { return };
        let listed = match &data["user_ids"] {
            Value::Array(ids) => Some(ids.clone()),
            Value::String(id) => Some(vec![json!(id)]),
            _ => None,
        };
        let query = data["query"].as_str().unwrap_or_default();
        let limit = data["limit"].as_u64().filter(|limit| *limit > 0).and_then(|limit| usize::try_from(limit).ok());
        self.server.act(|state| {
            let world = &state.world;
            let fits = |id: &Id, name: &str| match &listed {
                Some(ids) => ids.iter().any(|entry| *entry == id.to_string().as_str()),
                None => name.starts_with(query),
            };
            let fitting = world.members.values().filter(|member| fits(&member.user.id, &member.user.username));
            let members: Vec<_> = fitting.take(limit.unwrap_or(usize::MAX)).map(render::member).collect();
            let known = |id: &&Value| world.members.keys().any(|own| **id == own.to_string().as_str());
            let missing: Vec<_> = listed.iter().flatten().filter(|id| !known(id)).cloned().collect();
            let mut chunk = json!({
                "guild_id": world.guild_id, "members": members, "chunk_index": 0, "chunk_count": 1, "not_found": missing,
            });
            if !data["nonce"].is_null() {
                chunk["nonce"] = data["nonce"].clone();
            }
            state.sessions.send(session, "GUILD_MEMBERS_CHUNK", &chunk);
        });
    }
}

/// READY and the guild, the first things a session hears.
fn greet(state: &mut State, session: &str, user: Id, wanted: Option<u64>) {
    let world = &state.world;
    let ready = json!({
        "v": 10, "user": own_user(world, user), "guilds": [{ "id": world.guild_id, "unavailable": true }],
        "session_id": session, "session_type": "normal", "resume_gateway_url": gateway_url(&world.base),
        "shard": [0, 1], "application": { "id": world.application_id, "flags": render::APPLICATION_FLAGS },
        "private_channels": [], "relationships": [], "presences": [], "guild_join_requests": [],
        "geo_ordered_rtc_regions": [], "user_settings": {}, "auth": {}, "_trace": ["local"],
    });
    let guild = render::guild_create(world, user, wanted.is_none_or(|it| it & intents::GUILD_MEMBERS != 0));
    state.sessions.send(session, "READY", &ready);
    if wanted.is_none_or(|wanted| wanted & intents::GUILDS != 0) {
        state.sessions.send(session, "GUILD_CREATE", &guild);
    }
}

fn gateway_url(base: &str) -> String {
    format!("{}/gateway", base.replacen("http", "ws", 1))
}
