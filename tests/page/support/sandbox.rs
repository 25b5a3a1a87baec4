//! The sandbox as people start it: a process of its own on a free pair of ports, ended with the story.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::until::until;

/// How often another pair of ports is tried, should somebody else have taken one in between.
const ATTEMPTS: usize = 5;

/// A running sandbox whose bot is ready.
pub(crate) struct Sandbox {
    child: Child,
    http: reqwest::Client,
    /// The page's address, without a slash at the end.
    pub(crate) address: String,
    side: String,
    /// `/sandbox.json`: ids, names, tokens.
    pub(crate) description: Value,
}

impl Sandbox {
    /// Starts one that keeps its files in `folder`, in which people's waiting passes `time_scale` times as fast.
    pub(crate) async fn start(folder: &Path, time_scale: u32) -> Self {
        let log = folder.join("sandbox.log");
        for _ in 0..ATTEMPTS {
            let port = free_pair();
            let child = spawn(port, folder, &log, time_scale);
            let mut sandbox = Self {
                child,
                http: reqwest::Client::builder().no_proxy().build().unwrap(),
                address: format!("http://127.0.0.1:{port}"),
                side: format!("http://127.0.0.1:{}", port + 1),
                description: Value::Null,
            };
            if sandbox.ready().await {
                return sandbox;
            }
        }
        panic!("the sandbox does not start:\n{}", std::fs::read_to_string(&log).unwrap_or_default());
    }

    /// Whether the bot came to be ready; not when the process ended.
    async fn ready(&mut self) -> bool {
        let address = format!("{}/sandbox.json", self.address);
        let (child, http) = (&mut self.child, &self.http);
        let description = until("the bot to be ready", async || {
            if child.try_wait().unwrap().is_some() {
                return Ok(None);
            }
            let answer = http.get(&address).send().await.map_err(|error| error.to_string())?;
            if answer.status() != 200 {
                return Err(answer.status().to_string());
            }
            Ok(Some(answer.json().await.map_err(|error| error.to_string())?))
        })
        .await;
        self.description = description.unwrap_or_default();
        !self.description.is_null()
    }

    /// The operations as the bot's own HTTP side tells them, newest first.
    pub(crate) async fn operations(&self) -> Vec<Value> {
        let request = self.http.get(format!("{}/api/operations", self.side)).bearer_auth("sandbox");
        request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    /// Waits until so many operations are filed.
    pub(crate) async fn has_operations(&self, count: usize) {
        until(format!("{count} operations"), async || match self.operations().await.len() {
            found if found == count => Ok(()),
            found => Err(found),
        })
        .await;
    }

    /// Waits until one of the ten newest operations has its card in the channel.
    pub(crate) async fn has_a_recent_card(&self) {
        until("a card", async || {
            let recent = self.operations().await.into_iter().take(10);
            let posted = recent.filter(|operation| operation["card"].is_object()).count();
            if posted > 0 { Ok(()) } else { Err("none") }
        })
        .await;
    }

    /// A member's request to the local Discord, as the page would make it.
    async fn member(&self, name: &str, request: reqwest::RequestBuilder) -> Value {
        let token = self.description["members"][name]["token"].as_str().expect("a member of the sandbox");
        let answer = request.header("Authorization", token).send().await.unwrap();
        let answer = answer.error_for_status().unwrap().text().await.unwrap();
        if answer.is_empty() { Value::Null } else { serde_json::from_str(&answer).unwrap() }
    }

    /// Posts a message with a file as the bot; answers it.
    pub(crate) async fn posts(&self, message: &Value, name: &'static str, file: &'static str) -> Value {
        // Multipart by hand: the client is built without it, and nothing else of the tests wants it.
        let described = json!([{"id": 0, "filename": name}]);
        let mut message = message.clone();
        message["attachments"] = described;
        let body = format!(
            "--part\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{message}\r\n\
             --part\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"{name}\"\r\n\
             Content-Type: application/json\r\n\r\n{file}\r\n--part--\r\n"
        );
        let path = format!("/channels/{}/messages", self.text(&["channels", "tenant-ops"]));
        let request = self.http.post(format!("{}/api/v10{path}", self.address)).body(body);
        self.bot(request.header("Content-Type", "multipart/form-data; boundary=part")).await
    }

    /// Edits a message of the bot's.
    pub(crate) async fn edits(&self, message: &Value, to: &Value) {
        let (channel, id) = (message["channel_id"].as_str().unwrap(), message["id"].as_str().unwrap());
        let path = format!("{}/api/v10/channels/{channel}/messages/{id}", self.address);
        self.bot(self.http.patch(path).json(to)).await;
    }

    async fn bot(&self, request: reqwest::RequestBuilder) -> Value {
        let request = request.header("Authorization", format!("Bot {}", self.text(&["bot_token"])));
        request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    /// What time it is for people, in seconds since 1970.
    pub(crate) async fn time(&self) -> i64 {
        let request = self.http.get(format!("{}/clock.json", self.address));
        let clock: Value = request.send().await.unwrap().json().await.unwrap();
        let [now, origin, factor] = ["now", "origin", "factor"].map(|key| clock[key].as_i64().expect("a number"));
        (origin + (now - origin) * factor) / 1_000
    }

    /// Uses a command of `/tenant` as a member's client does, without the page.
    pub(super) async fn uses(&self, name: &str, command: &str, options: &[(&str, &str)]) {
        let guild = self.text(&["guild_id"]);
        let index = format!("{}/api/v10/guilds/{guild}/application-command-index", self.address);
        let index = self.member(name, self.http.get(index)).await;
        let commands = index["application_commands"].as_array().expect("commands");
        let tenant = commands.iter().find(|command| command["name"] == "tenant").expect("/tenant");
        let options: Vec<Value> =
            options.iter().map(|(name, value)| json!({"type": 3, "name": name, "value": value})).collect();
        let body = json!({
            "type": 2, "application_id": self.text(&["application_id"]), "guild_id": guild,
            "channel_id": self.text(&["channels", "tenant-ops"]), "session_id": "a client of its own",
            "data": {"type": 1, "id": tenant["id"], "name": "tenant", "version": tenant["version"],
                     "options": [{"type": 1, "name": command, "options": options}]},
        });
        self.member(name, self.http.post(format!("{}/api/v10/interactions", self.address)).json(&body)).await;
    }

    /// Reacts to an operation's card as a member's client does.
    pub(super) async fn reacts(&self, name: &str, card: &Value, emoji: &str) {
        let (channel, message) = (card["channel_id"].as_str().unwrap(), card["message_id"].as_str().unwrap());
        let path = format!("channels/{channel}/messages/{message}/reactions/{emoji}/@me");
        self.member(name, self.http.put(format!("{}/api/v10/{path}", self.address))).await;
    }

    fn text(&self, path: &[&str]) -> &str {
        path.iter().fold(&self.description, |value, key| &value[key]).as_str().expect("named in /sandbox.json")
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A port of which the next one is free too.
fn free_pair() -> u16 {
    loop {
        let first = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = first.local_addr().expect("its address").port();
        if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return port;
        }
    }
}

fn spawn(port: u16, folder: &Path, log: &PathBuf, time_scale: u32) -> Child {
    Command::new(env!("CARGO_BIN_EXE_landlord"))
        .args(["sandbox", "--listen", &format!("127.0.0.1:{port}"), "--time-scale", &time_scale.to_string()])
        .env("TMPDIR", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(log).expect("a log file"))
        .spawn()
        .expect("landlord starts")
}
