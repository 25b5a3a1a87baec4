//! The local Discord without sockets: requests are handed to it, and conversations with its gateway go through memory.

use std::io;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::serve::Listener;
use futures::{SinkExt, StreamExt};
use landlord_sandbox::discord::{Clock, LocalDiscord, Options};
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tower::ServiceExt;

/// A new guild.
pub(crate) struct Guild {
    router: Router,
    lines: mpsc::UnboundedSender<DuplexStream>,
    /// What `/sandbox.json` says of it.
    about: Value,
}

/// Hands the other ends of conversations to the server.
struct Lines(mpsc::UnboundedReceiver<DuplexStream>);

impl Listener for Lines {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.0.recv().await {
            Some(line) => (line, ()),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(())
    }
}

impl Guild {
    /// Must be called on a runtime, with which it ends.
    pub(crate) async fn new() -> Self {
        let router = LocalDiscord::router(Options { clock: Clock::manual(), ..Options::default() });
        let (lines, ends) = mpsc::unbounded_channel();
        tokio::spawn(axum::serve(Lines(ends), router.clone()).into_future());
        let mut guild = Self { router, lines, about: Value::Null };
        let about = Request::get("/sandbox.json").header("host", "localhost").body(Body::empty()).expect("a request");
        guild.about = serde_json::from_slice(&guild.answer(about).await.1).expect("it says who is who");
        guild
    }

    /// What a request is answered.
    pub(crate) async fn answer(&self, request: Request<Body>) -> (StatusCode, Vec<u8>) {
        let response = self.router.clone().oneshot(request).await.expect("a router always answers");
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("its own body");
        (status, body.to_vec())
    }

    /// The token of a member, or of the bot.
    pub(crate) fn token(&self, who: &str) -> Option<&str> {
        match who {
            "bot" => self.about["bot_token"].as_str(),
            name => self.about["members"][name]["token"].as_str(),
        }
    }

    /// Puts the guild's own ids and tokens in their places.
    pub(crate) fn expand(&self, text: &str) -> String {
        let about = &self.about;
        [
            ("{guild}", &about["guild_id"]),
            ("{application}", &about["application_id"]),
            ("{operations}", &about["channels"]["tenant-ops"]),
            ("{audit}", &about["channels"]["audit"]),
            ("{operator}", &about["members"]["operator"]["id"]),
            ("{role}", &about["roles"]["operator"]),
            ("{bot}", &about["bot_token"]),
            ("{member}", &about["members"]["operator"]["token"]),
        ]
        .into_iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(name, value.as_str().unwrap_or_default()))
    }

    /// A conversation with the gateway; none where the server does not want one.
    pub(crate) async fn converse(&self, query: &str) -> Option<Talk> {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        self.lines.send(theirs).ok()?;
        let address = format!("ws://localhost/gateway?{query}");
        let (socket, _) = tokio_tungstenite::client_async(address, ours).await.ok()?;
        Some(Talk { socket, heard: Vec::new() })
    }
}

/// One conversation with the gateway.
pub(crate) struct Talk {
    socket: WebSocketStream<DuplexStream>,
    /// What was heard and not yet taken.
    pub(crate) heard: Vec<Value>,
}

impl Talk {
    /// Says something, and listens until it has been dealt with. Answers false where the conversation is over.
    pub(crate) async fn says(&mut self, text: &str) -> bool {
        // A beat is answered after all that came before it.
        let beat = json!({ "op": 1, "d": null }).to_string();
        for text in [text, &beat] {
            if self.socket.send(Message::text(text)).await.is_err() {
                return false;
            }
        }
        let own = serde_json::from_str::<Value>(text).is_ok_and(|said| said["op"] == 1);
        let mut beats = if own { 2 } else { 1 };
        while let Some(Ok(message)) = self.socket.next().await {
            let Message::Text(text) = message else { continue };
            let heard: Value = serde_json::from_str(&text).expect("the gateway speaks JSON");
            assert!(heard["op"].is_u64(), "no opcode: {heard}");
            beats -= i32::from(heard["op"] == 11);
            self.heard.push(heard);
            if beats == 0 {
                return true;
            }
        }
        false
    }
}

/// A runtime for one input: whatever an input leaves waiting ends with it.
pub(crate) fn alone(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(work);
}
