//! A Slack channel and a PagerDuty on this machine: they take what those take, refuse what those refuse, and remember it. They can
//! be told to be limited, away, or never to answer.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What the next request is answered with instead.
#[derive(Debug, Clone)]
pub(crate) enum Trouble {
    /// This status, `Retry-After` and body.
    Answer(StatusCode, Option<u32>, String),
    /// Go to the same address once more, with the same request.
    Redirect,
    /// Nothing, for as long as anybody waits.
    Silence,
}

#[derive(Debug, Default)]
struct Heard {
    slack: Vec<Value>,
    pages: Vec<Value>,
    troubles: VecDeque<Trouble>,
    down: bool,
    requests: usize,
}

/// Both of them, at one address.
#[derive(Debug)]
pub(crate) struct Receiver {
    address: SocketAddr,
    heard: Arc<Mutex<Heard>>,
    serving: JoinHandle<()>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let heard: Arc<Mutex<Heard>> = Arc::default();
        let routes = Router::new()
            .route("/services/T0/B0/x", post(slack))
            .route("/v2/enqueue", post(page))
            .with_state(heard.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { address, heard, serving }
    }

    /// The webhook's address.
    pub(crate) fn webhook(&self) -> String {
        format!("http://{}/services/T0/B0/x", self.address)
    }

    /// Where the Events API is.
    pub(crate) fn api(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The messages that were taken.
    pub(crate) fn slack(&self) -> Vec<Value> {
        lock(&self.heard).slack.clone()
    }

    /// The events that were taken.
    pub(crate) fn pages(&self) -> Vec<Value> {
        lock(&self.heard).pages.clone()
    }

    /// How many requests came, taken or not.
    pub(crate) fn requests(&self) -> usize {
        lock(&self.heard).requests
    }

    /// Goes away: nobody listens at the address any more.
    pub(crate) async fn stop(mut self) {
        self.serving.abort();
        drop((&mut self.serving).await);
    }

    /// From here on every request is answered 503, or none any more.
    pub(crate) fn is_down(&self, down: bool) {
        lock(&self.heard).down = down;
    }

    /// Each of the next requests meets one of these.
    pub(crate) fn troubles(&self, troubles: impl IntoIterator<Item = Trouble>) {
        lock(&self.heard).troubles.extend(troubles);
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The answer that trouble gives, if there is any.
async fn trouble(heard: &Mutex<Heard>) -> Option<Response> {
    let trouble = {
        let mut heard = lock(heard);
        heard.requests += 1;
        let down = Trouble::Answer(StatusCode::SERVICE_UNAVAILABLE, None, "away".to_owned());
        heard.troubles.pop_front().or_else(|| heard.down.then_some(down))
    };
    match trouble? {
        Trouble::Redirect => Some((StatusCode::TEMPORARY_REDIRECT, [("location", "")]).into_response()),
        Trouble::Silence => std::future::pending().await,
        Trouble::Answer(status, Some(seconds), body) => {
            Some((status, [("retry-after", seconds.to_string())], body).into_response())
        }
        Trouble::Answer(status, None, body) => Some((status, body).into_response()),
    }
}

async fn slack(State(heard): State<Arc<Mutex<Heard>>>, Json(message): Json<Value>) -> Response {
    if let Some(answer) = trouble(&heard).await {
        return answer;
    }
    if message["text"].as_str().is_none_or(str::is_empty) {
        return (StatusCode::BAD_REQUEST, "no_text").into_response();
    }
    lock(&heard).slack.push(message);
    "ok".into_response()
}

async fn page(State(heard): State<Arc<Mutex<Heard>>>, Json(event): Json<Value>) -> Response {
    if let Some(answer) = trouble(&heard).await {
        return answer;
    }
    let wrong = wrong(&event);
    if !wrong.is_empty() {
        let answer = json!({ "status": "invalid event", "message": "Event object is invalid", "errors": wrong });
        return (StatusCode::BAD_REQUEST, Json(answer)).into_response();
    }
    let answer = json!({ "status": "success", "message": "Event processed", "dedup_key": event["dedup_key"] });
    lock(&heard).pages.push(event);
    (StatusCode::ACCEPTED, Json(answer)).into_response()
}

/// What PagerDuty finds wrong with an event.
fn wrong(event: &Value) -> Vec<String> {
    let text = |value: &Value, most: usize| value.as_str().is_some_and(|it| (1..=most).contains(&it.chars().count()));
    let mut wrong = Vec::new();
    let mut must = |well: bool, what: &str| {
        if !well {
            wrong.push(format!("'{what}' is missing or wrong"));
        }
    };
    must(event["routing_key"].as_str().is_some_and(|key| key.len() == 32), "routing_key");
    must(["trigger", "acknowledge", "resolve"].iter().any(|action| event["event_action"] == *action), "event_action");
    must(text(&event["dedup_key"], 255), "dedup_key");
    if event["event_action"] == "trigger" {
        let payload = &event["payload"];
        must(text(&payload["summary"], 1_024), "payload.summary");
        must(text(&payload["source"], 255), "payload.source");
        must(["critical", "error", "warning", "info"].iter().any(|it| payload["severity"] == *it), "payload.severity");
    }
    wrong
}
