//! A witness between a bot and a Discord: passes everything on unchanged and checks it against the description.
//!
//! Only what a bot sends is checked; members' clients use ways that the description does not cover. The gateway does not
//! pass here: its address is whatever the upstream answers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::description::Description;
use super::finding::{Complaint, Verdict};

/// More than any message with its files.
const LARGEST_BODY: usize = 64 << 20;

/// Headers that belong to one connection, not to the message.
const OF_THE_CONNECTION: [HeaderName; 4] =
    [header::CONNECTION, header::TRANSFER_ENCODING, header::HOST, header::CONTENT_LENGTH];

/// One request of the bot and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exchange {
    /// HTTP method.
    pub(crate) method: String,
    /// Path with its query.
    pub(crate) path: String,
    /// The body as JSON, `Null` where there was none; of a form its `payload_json`.
    pub(crate) request: Value,
    /// Status of the answer.
    pub(crate) status: u16,
    /// Body of the answer as JSON, `Null` where it was empty.
    pub(crate) answer: Value,
}

/// A running witness; stops when dropped.
pub(crate) struct Witness {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    upstream: SocketAddr,
    client: reqwest::Client,
    description: Option<Description>,
    record: Mutex<Record>,
}

#[derive(Default)]
struct Record {
    exchanges: Vec<Exchange>,
    verdict: Verdict,
}

impl Witness {
    /// Listens on a free port of 127.0.0.1 and passes everything on to `upstream`. Where the description is not there
    /// ([`Description::load`] says so) everything still passes, unchecked.
    ///
    /// # Panics
    /// When no port can be had.
    pub(crate) async fn start(upstream: SocketAddr) -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("an HTTP client can be built");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port of 127.0.0.1 is free");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared { upstream, client, description: Description::load(), record: Mutex::default() });
        let routes = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("a witness serves until it is dropped");
        });
        Self { address, shared, serving }
    }

    /// Where the bot is to send its requests, as `http://{address}`.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was wrong with the bot's requests and the Discord's answers so far. Empty is good.
    pub(crate) fn complaints(&self) -> Vec<Complaint> {
        self.record(|record| record.verdict.complaints.clone())
    }

    /// Where answers said more than the description.
    pub(crate) fn notes(&self) -> Vec<Complaint> {
        self.record(|record| record.verdict.notes.clone())
    }

    /// Everything the bot sent, in the order in which the answers came.
    pub(crate) fn requests(&self) -> Vec<Exchange> {
        self.record(|record| record.exchanges.clone())
    }

    fn record<T>(&self, read: impl FnOnce(&Record) -> T) -> T {
        read(&self.shared.record.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What came in, kept until the answer is there.
struct Incoming {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

async fn pass(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let incoming = Incoming { method: parts.method, path, headers: parts.headers, body };
    match shared.forward(&incoming).await {
        Ok((status, headers, body)) => {
            shared.note(&incoming, status, &body);
            (status, headers, Body::from(body)).into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

impl Shared {
    async fn forward(&self, incoming: &Incoming) -> reqwest::Result<(StatusCode, HeaderMap, Bytes)> {
        let url = format!("http://{}{}", self.upstream, incoming.path);
        let request = self.client.request(incoming.method.clone(), url).headers(without_connection(&incoming.headers));
        let answer = request.body(incoming.body.clone()).send().await?;
        let (status, headers) = (answer.status(), without_connection(answer.headers()));
        Ok((status, headers, answer.bytes().await?))
    }

    /// Judges and keeps one exchange, unless a member's client made it.
    fn note(&self, incoming: &Incoming, status: StatusCode, answer: &[u8]) {
        let Incoming { method, path, headers, body } = incoming;
        let token = headers.get(header::AUTHORIZATION).and_then(|token| token.to_str().ok());
        if token.is_some_and(|token| !token.starts_with("Bot ")) || !path.starts_with("/api/") {
            return;
        }
        let mut verdict = Verdict::default();
        if let Some(description) = self.description {
            verdict.complaints = description.check_request(method, path, headers, body);
            let answered = description.check_response(method, path, status, answer);
            verdict.complaints.extend(answered.complaints);
            verdict.notes = answered.notes;
        }
        let exchange = Exchange {
            method: method.to_string(),
            path: path.clone(),
            request: super::description::payload(headers, body),
            status: status.as_u16(),
            answer: serde_json::from_slice(answer).unwrap_or_default(),
        };
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.exchanges.push(exchange);
        record.verdict.complaints.extend(verdict.complaints);
        record.verdict.notes.extend(verdict.notes);
    }
}

fn without_connection(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in OF_THE_CONNECTION {
        kept.remove(name);
    }
    kept
}
