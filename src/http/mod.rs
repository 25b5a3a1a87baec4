//! The bot's own HTTP side: health, metrics, operations to read, and the door for alerts. It decides nothing.

mod alerts;
mod measured;
mod operations;

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use landlord_core::alert::BODY_MAX;
use landlord_core::desk::Desk;
use landlord_core::ledger::Ledger;
use tokio::net::TcpListener;

use crate::config::secret::Secret;
use crate::health::Health;
use crate::metrics::{self, Metrics};

pub use alerts::Doors;

/// What is there while this process is the active one.
#[derive(Debug)]
struct Active {
    ledger: Arc<Ledger>,
    desk: Option<Arc<Desk>>,
}

/// What the answers are made of. Clones are the same side.
#[derive(Debug, Clone, Default)]
pub struct Side {
    active: Arc<RwLock<Option<Active>>>,
    /// What is known of the connections.
    pub health: Arc<Health>,
    /// What was counted since the process began.
    pub metrics: Metrics,
    /// The bearer token of `/api`; without one it is closed.
    pub token: Option<Secret>,
    /// Who may tell of alerts.
    pub doors: Arc<Doors>,
}

impl Side {
    /// The side of a process that stands by.
    pub fn new(token: Option<Secret>, doors: Doors) -> Self {
        Self { token, doors: Arc::new(doors), ..Self::default() }
    }

    /// From now on it answers from this log, and alerts go to this desk.
    pub fn active(&self, ledger: Arc<Ledger>, desk: Option<Arc<Desk>>) {
        *self.active.write().unwrap_or_else(PoisonError::into_inner) = Some(Active { ledger, desk });
    }

    /// From now on another process is the active one, or none.
    pub fn standby(&self) {
        self.health.connected(false);
        self.health.registered(false);
        *self.active.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn ledger(&self) -> Option<Arc<Ledger>> {
        let active = self.active.read().unwrap_or_else(PoisonError::into_inner);
        active.as_ref().map(|active| Arc::clone(&active.ledger))
    }

    fn desk(&self) -> Option<Arc<Desk>> {
        self.active.read().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(|active| active.desk.clone())
    }
}

/// What is said where another process is the active one.
const STANDBY: &str = "this process stands by; ask the active one";

/// Binds the address, so that a port that is taken is known before anything else starts.
pub async fn bind(listen: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(listen).await
}

/// Serves until the process ends.
pub async fn serve(listener: TcpListener, side: Side) -> std::io::Result<()> {
    axum::serve(listener, router(side)).await
}

fn router(side: Side) -> Router {
    let api = Router::new()
        .route("/operations", get(operations::list))
        .route("/operations/{id}", get(operations::show))
        .route_layer(middleware::from_fn_with_state(side.clone(), bearer));
    let alerts = Router::new()
        .route("/sns", post(alerts::sns))
        .route("/alertmanager", post(alerts::alertmanager))
        .layer(DefaultBodyLimit::max(BODY_MAX));
    Router::new()
        .nest("/api", api)
        .nest("/alerts", alerts)
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(side)
}

/// Lets only those through who have the token. Compared without leaking where two texts differ.
async fn bearer(State(side): State<Side>, request: Request, next: Next) -> Response {
    let given = bearer_of(request.headers());
    if side.token.as_ref().is_some_and(|token| same(token.expose().as_bytes(), given.as_bytes())) {
        return next.run(request).await;
    }
    let what =
        if side.token.is_some() { "a valid bearer token is needed\n" } else { "[http] token is not configured\n" };
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], what).into_response()
}

/// The bearer token that came with a request; empty where none did.
fn bearer_of(headers: &HeaderMap) -> &str {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default()
}

/// Whether two texts are the same and not empty, in a time that does not depend on where they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    let differing = one.iter().zip(other).fold(0, |differing, (a, b)| differing | (a ^ b));
    !one.is_empty() && one.len() == other.len() && differing == 0
}

/// A log that can be read but not written, on a full disk, is not enough. Standing by is being ready: so that a rolling upgrade
/// goes on.
async fn ready(State(side): State<Side>) -> Response {
    let Some(ledger) = side.ledger() else { return "standby\n".into_response() };
    match (ledger.store().writable().await, side.health.ready()) {
        (Ok(()), true) => "ready\n".into_response(),
        (Err(error), _) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
        (Ok(()), false) => (StatusCode::SERVICE_UNAVAILABLE, "not connected to Discord yet\n").into_response(),
    }
}

/// What was counted, and what is so now, for Prometheus.
async fn metrics(State(side): State<Side>) -> Response {
    let now = measured::now(&side).await;
    ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], side.metrics.text(&now)).into_response()
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn only_the_whole_token_is_the_token() {
        assert!(same(b"sandbox", b"sandbox"));
        for other in ["", "sandbo", "sandboxx", "Sandbox"] {
            assert!(!same(b"sandbox", other.as_bytes()), "{other}");
        }
        assert!(!same(b"", b""));
    }
}
