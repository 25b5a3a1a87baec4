//! A running local Discord, callers with their tokens, and ears on its gateway.

use flate2::{Decompress, FlushDecompress};
use futures::{SinkExt, StreamExt};
use landlord_sandbox::discord::{Clock, LocalDiscord, Options};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Guilds, members, messages, reactions; not the content of other people's messages.
pub(crate) const INTENTS: u64 = 1 | 1 << 1 | 1 << 9 | 1 << 10;

/// How long a story waits for an event before it is taken to be missing.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct World {
    pub(crate) discord: LocalDiscord,
    pub(crate) clock: Clock,
    pub(crate) about: Value,
    web: Client,
}

/// An answer of the API.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) headers: reqwest::header::HeaderMap,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// Starts with a clock that the story moves by hand.
    pub(crate) async fn with(options: Options) -> Self {
        let clock = Clock::manual();
        let discord = LocalDiscord::start(Options { clock: clock.clone(), ..options }).await.unwrap();
        let about = discord.description();
        Self { discord, clock, about, web: Client::new() }
    }

    pub(crate) fn channel(&self, name: &str) -> String {
        self.about["channels"][name].as_str().unwrap().to_owned()
    }

    pub(crate) fn id(&self, member: &str) -> String {
        self.about["members"][member]["id"].as_str().unwrap().to_owned()
    }

    /// The `Authorization` of `bot` or of a member.
    pub(crate) fn token(&self, who: &str) -> String {
        match who {
            "bot" => format!("Bot {}", self.about["bot_token"].as_str().unwrap()),
            member => self.about["members"][member]["token"].as_str().unwrap().to_owned(),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.discord.address())
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.web.request(Method::from_bytes(method.as_bytes()).unwrap(), self.url(path))
    }

    /// Calls the API as somebody; a null body sends none.
    pub(crate) async fn call(&self, who: &str, method: &str, path: &str, body: Value) -> Answer {
        let mut request = self.request(method, &format!("/api/v10{path}"));
        if !who.is_empty() {
            request = request.header("authorization", self.token(who));
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// Posts a plain message and answers it.
    pub(crate) async fn post(&self, who: &str, channel: &str, content: &str) -> Value {
        let path = format!("/channels/{}/messages", self.channel(channel));
        let answer = self.call(who, "POST", &path, json!({ "content": content })).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        answer.body
    }

    /// A member's ear on the gateway, past READY and the guild.
    pub(crate) async fn hears(&self, who: &str) -> Ear {
        let mut ear = Ear::connect(self, "").await;
        ear.identify(self, who, INTENTS).await;
        ear.next("GUILD_CREATE").await;
        ear
    }

    /// The bot, connected and with its commands registered.
    pub(crate) async fn bot(&self) -> Ear {
        let ear = self.hears("bot").await;
        let path = format!(
            "/applications/{}/guilds/{}/commands",
            self.about["application_id"].as_str().unwrap(),
            self.about["guild_id"].as_str().unwrap()
        );
        let commands = json!([
            { "name": "tenant", "description": "Tenants", "options": [
                { "type": 1, "name": "provision", "description": "Makes one", "options": [
                    { "type": 3, "name": "environment", "description": "Where", "required": true,
                      "choices": [{ "name": "dev", "value": "dev" }, { "name": "prod", "value": "prod" }] },
                    { "type": 3, "name": "tenant", "description": "Which", "autocomplete": true },
                    { "type": 6, "name": "owner", "description": "Whose" }] }] },
            { "name": "ask", "description": "Asks" },
        ]);
        let answer = self.call("bot", "PUT", &path, commands).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        ear
    }

    /// A registered command by name, as a member's client finds it.
    pub(crate) async fn command(&self, name: &str) -> Value {
        let path = format!("/guilds/{}/application-command-index", self.about["guild_id"].as_str().unwrap());
        let index = self.call("operator", "GET", &path, Value::Null).await.body;
        let commands = index["application_commands"].as_array().unwrap();
        commands.iter().find(|command| command["name"] == name).unwrap().clone()
    }

    /// A member begins an interaction in tenant-ops; `more` is laid over the usual fields.
    pub(crate) async fn interact(&self, who: &str, kind: u8, data: Value, more: Value) -> Answer {
        let mut body = json!({
            "type": kind, "application_id": self.about["application_id"], "guild_id": self.about["guild_id"],
            "channel_id": self.channel("tenant-ops"), "session_id": "none", "nonce": "7", "data": data,
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        self.call(who, "POST", "/interactions", body).await
    }

    /// A member runs a command; `options` are those of `/tenant provision` or none for the others.
    pub(crate) async fn runs(&self, who: &str, name: &str, options: Value) -> Answer {
        let command = self.command(name).await;
        let options = match name {
            "tenant" => json!([{ "type": 1, "name": "provision", "options": options }]),
            _ => options,
        };
        let data = json!({
            "id": command["id"], "version": command["version"], "name": name, "type": 1, "options": options,
        });
        self.interact(who, 2, data, Value::Null).await
    }

    /// The bot answers an interaction for the first time.
    pub(crate) async fn reply(&self, interaction: &Value, body: Value) -> Answer {
        let (id, token) = (interaction["id"].as_str().unwrap(), interaction["token"].as_str().unwrap());
        self.call("", "POST", &format!("/interactions/{id}/{token}/callback?with_response=true"), body).await
    }

    /// The path of an interaction's webhook, with `rest` behind it.
    pub(crate) fn webhook(&self, interaction: &Value, rest: &str) -> String {
        let app = self.about["application_id"].as_str().unwrap();
        format!("/webhooks/{app}/{}{rest}", interaction["token"].as_str().unwrap())
    }
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
        Self { status, body, headers }
    }

    /// Discord's numeric error code.
    pub(crate) fn code(&self) -> u64 {
        self.body["code"].as_u64().unwrap_or_else(|| panic!("no error: {} {}", self.status, self.body))
    }
}

/// A gateway connection.
pub(crate) struct Ear {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    inflate: Option<Decompress>,
    pub(crate) session: String,
    pub(crate) seq: u64,
}

impl Ear {
    /// Connects and hears HELLO; `query` such as `&compress=zlib-stream`.
    pub(crate) async fn connect(world: &World, query: &str) -> Self {
        let mut ear = Self::reach(world, &format!("v=10&encoding=json{query}")).await;
        assert_eq!(ear.frame().await["op"], 10);
        ear
    }

    /// Connects with a query of its own and has heard nothing yet.
    pub(crate) async fn reach(world: &World, query: &str) -> Self {
        let url = format!("ws://{}/gateway?{query}", world.discord.address());
        let (socket, _) = connect_async(url).await.unwrap();
        let inflate = query.contains("zlib-stream").then(|| Decompress::new(true));
        Self { socket, inflate, session: String::new(), seq: 0 }
    }

    pub(crate) async fn say(&mut self, op: u8, data: Value) {
        self.utter(&json!({ "op": op, "d": data }).to_string()).await;
    }

    /// Sends any text at all.
    pub(crate) async fn utter(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn identify(&mut self, world: &World, who: &str, intents: u64) {
        let token = world.token(who).replace("Bot ", "");
        let data = json!({ "token": token, "intents": intents, "properties": {}, "shard": [0, 1] });
        self.say(2, data).await;
    }

    pub(crate) async fn resume(&mut self, world: &World, who: &str, session: &str, seq: u64) {
        let token = world.token(who).replace("Bot ", "");
        self.say(6, json!({ "token": token, "session_id": session, "seq": seq })).await;
    }

    /// The next payload, or the close code as `{"close": code}`.
    pub(crate) async fn frame(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("nothing was heard");
            let text = match message {
                Some(Ok(Message::Text(text))) => text.to_string(),
                Some(Ok(Message::Binary(bytes))) => self.unpack(&bytes),
                Some(Ok(Message::Close(frame))) => return json!({ "close": frame.map(|frame| u16::from(frame.code)) }),
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return json!({ "close": null }),
            };
            let value: Value = serde_json::from_str(&text).unwrap();
            self.seq = value["s"].as_u64().unwrap_or(self.seq);
            if value["t"] == "READY" {
                value["d"]["session_id"].as_str().unwrap().clone_into(&mut self.session);
            }
            return value;
        }
    }

    fn unpack(&mut self, bytes: &[u8]) -> String {
        assert_eq!(bytes[bytes.len() - 4..], [0, 0, 255, 255], "a message ends with a full flush");
        let mut text = Vec::with_capacity(1 << 20);
        let inflate = self.inflate.as_mut().expect("nobody asked for compression");
        inflate.decompress_vec(bytes, &mut text, FlushDecompress::Sync).unwrap();
        String::from_utf8(text).unwrap()
    }

    /// The data of the next event of this name; others are passed over.
    pub(crate) async fn next(&mut self, name: &str) -> Value {
        self.until(name).await.1
    }

    /// The names of the events passed over until one of this name, and that one's data.
    pub(crate) async fn until(&mut self, name: &str) -> (Vec<String>, Value) {
        let mut passed = Vec::new();
        loop {
            let frame = self.frame().await;
            assert!(frame.get("close").is_none(), "closed with {frame} while waiting for {name}");
            if frame["t"] == name {
                return (passed, frame["d"].clone());
            }
            passed.push(frame["t"].as_str().unwrap_or_default().to_owned());
        }
    }
}
