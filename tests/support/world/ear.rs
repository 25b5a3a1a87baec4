//! A member's gateway session: hears what that member's own client would hear, and keeps it. Decides nothing.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

/// How long a story waits for an event before it is taken to be missing.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// One dispatch of the gateway.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    /// The event's name, such as `MESSAGE_CREATE`.
    pub(crate) name: String,
    /// Its data.
    pub(crate) data: Value,
}

/// A session and everything it has heard.
pub(crate) struct Ear {
    session: String,
    log: Arc<Mutex<Vec<Heard>>>,
    heard: watch::Receiver<usize>,
    listening: JoinHandle<()>,
}

impl Ear {
    /// Connects and identifies; returns past READY and the guild.
    pub(crate) async fn open(discord: SocketAddr, token: &str) -> Self {
        let (socket, _) =
            connect_async(format!("ws://{discord}/gateway?v=10&encoding=json")).await.expect("the gateway takes us");
        let (mut out, mut from) = socket.split();
        let identify = json!({ "op": 2, "d": { "token": token, "properties": {} } });
        out.send(Message::text(identify.to_string())).await.expect("the gateway listens");
        let log: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (told, heard) = watch::channel(0);
        let kept = Arc::clone(&log);
        let listening = tokio::spawn(async move {
            let mut beat = tokio::time::interval(Duration::from_secs(20));
            loop {
                let message = tokio::select! {
                    message = from.next() => message,
                    _ = beat.tick() => {
                        if out.send(Message::text(json!({ "op": 1, "d": null }).to_string())).await.is_err() { return; }
                        continue;
                    }
                };
                let Some(Ok(message)) = message else { return };
                let Message::Text(text) = message else { continue };
                let frame: Value = serde_json::from_str(&text).expect("the gateway speaks JSON");
                let Some(name) = frame["t"].as_str() else { continue };
                let mut log = kept.lock().unwrap_or_else(PoisonError::into_inner);
                log.push(Heard { name: name.to_owned(), data: frame["d"].clone() });
                told.send_replace(log.len());
            }
        });
        let mut ear = Self { session: String::new(), log, heard, listening };
        let ready = ear.next(0, "READY", |heard| heard.name == "READY").await;
        ready["session_id"].as_str().expect("READY names the session").clone_into(&mut ear.session);
        ear.next(0, "the guild", |heard| heard.name == "GUILD_CREATE").await;
        ear
    }

    /// The session's id, which interactions name.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    /// How much was heard so far.
    pub(crate) fn mark(&self) -> usize {
        *self.heard.borrow()
    }

    /// Everything heard so far.
    pub(crate) fn log(&self) -> Vec<Heard> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns when something was heard after `mark`.
    ///
    /// # Panics
    /// When the session has ended.
    pub(crate) async fn more_than(&self, mark: usize) {
        let mut heard = self.heard.clone();
        heard.wait_for(|count| *count > mark).await.expect("the gateway session lives on");
    }

    /// The data of the first event after `mark` that is wanted; waits for it.
    ///
    /// # Panics
    /// When it does not come in time.
    pub(crate) async fn next(&self, mark: usize, what: &str, wanted: impl Fn(&Heard) -> bool) -> Value {
        let search = async {
            let mut from = mark;
            loop {
                let log = self.log();
                if let Some(found) = log.iter().skip(from).find(|heard| wanted(heard)) {
                    return found.data.clone();
                }
                from = log.len().max(mark);
                self.more_than(from).await;
            }
        };
        tokio::time::timeout(PATIENCE, search).await.unwrap_or_else(|_| panic!("never heard: {what}"))
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.listening.abort();
    }
}
