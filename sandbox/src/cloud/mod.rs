//! The simulated cloud as the page sees it: one picture of everything, its changes live, and orders to fail.
//!
//! Architecture invariant: nothing here decides anything about the cloud. It reads a picture and hands orders on.

mod snapshot;
#[cfg(test)]
mod tests;
mod troubles;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::{Stream, stream};
use landlord_core::fakes::{ByHand, Fault, SimulatedCloud, Trouble, Verb};
use landlord_core::tenant::Invalid;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::Instant;

use snapshot::Snapshot;

/// The least time between two pictures on one stream of events.
const BETWEEN_EVENTS: Duration = Duration::from_millis(100);

/// The page's routes to the cloud.
///
/// - `GET /sandbox/cloud`: the picture: what every tenant has, the faults that are still to strike, and what can be ordered.
/// - `GET /sandbox/cloud/events`: the picture at once and after every change, at most ten a second, as server-sent events.
/// - `POST /sandbox/cloud/faults`: orders a fault; 201 with the fault, or 400 with `{"error"}`.
/// - `POST /sandbox/cloud/troubles`: everybody in an environment has a trouble from now on; 201 with it, or 400.
/// - `POST /sandbox/cloud/hand`: somebody changes something at the console, without the bot; 201 with it, or 400.
/// - `DELETE /sandbox/cloud/faults`: takes all orders and troubles back; 204.
pub fn routes(cloud: SimulatedCloud) -> Router {
    Router::new()
        .route("/sandbox/cloud", get(picture))
        .route("/sandbox/cloud/events", get(events))
        .route("/sandbox/cloud/faults", post(order_fault).delete(clear_faults))
        .route("/sandbox/cloud/troubles", post(order_trouble))
        .route("/sandbox/cloud/hand", post(change_by_hand))
        .with_state(cloud)
}

/// The cloud at a pace that people can follow: what changes something takes that long, a check half as long, and a
/// question no time.
pub fn unhurried(cloud: SimulatedCloud, pace: Duration) -> SimulatedCloud {
    cloud.with_pause(Arc::new(move |verb| {
        Box::pin(async move {
            match verb {
                Verb::Ensure | Verb::Remove => tokio::time::sleep(pace).await,
                Verb::Check => tokio::time::sleep(pace / 2).await,
                _ => {}
            }
        })
    }))
}

async fn picture(State(cloud): State<SimulatedCloud>) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], Json(Snapshot::of(&cloud)))
}

async fn events(State(cloud): State<SimulatedCloud>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = cloud.changes();
    let pictures = stream::unfold((cloud, changes, None), async |(cloud, mut changes, last)| {
        if let Some(last) = last {
            changes.changed().await.ok()?;
            tokio::time::sleep_until(last + BETWEEN_EVENTS).await;
        }
        // Marked as seen before looking, so that what changes meanwhile is another event.
        changes.mark_unchanged();
        let event = Event::default().json_data(Snapshot::of(&cloud)).ok()?;
        Some((Ok(event), (cloud, changes, Some(Instant::now()))))
    });
    Sse::new(pictures).keep_alive(KeepAlive::default())
}

async fn order_fault(State(cloud): State<SimulatedCloud>, body: Result<Json<Value>, JsonRejection>) -> Response {
    order(body, |fault: &Fault| {
        cloud.fail(fault.clone());
        Ok(())
    })
}

async fn order_trouble(State(cloud): State<SimulatedCloud>, body: Result<Json<Value>, JsonRejection>) -> Response {
    order(body, |trouble: &Trouble| {
        cloud.trouble(*trouble);
        Ok(())
    })
}

async fn change_by_hand(State(cloud): State<SimulatedCloud>, body: Result<Json<Value>, JsonRejection>) -> Response {
    order(body, |hand: &ByHand| cloud.change_by_hand(hand))
}

/// Only JSON is taken, so that no other site's page can send an order through the browser of someone who plays here.
fn order<T: Serialize + DeserializeOwned>(
    body: Result<Json<Value>, JsonRejection>,
    obey: impl FnOnce(&T) -> Result<(), Invalid>,
) -> Response {
    let read = match body {
        Ok(Json(value)) => serde_json::from_value::<T>(value).map_err(|error| error.to_string()),
        Err(rejection) => Err(rejection.body_text()),
    };
    match read.and_then(|order| obey(&order).map(|()| order).map_err(|error| error.to_string())) {
        Ok(order) => (StatusCode::CREATED, Json(order)).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response(),
    }
}

async fn clear_faults(State(cloud): State<SimulatedCloud>) -> StatusCode {
    cloud.clear_faults();
    cloud.clear_troubles();
    StatusCode::NO_CONTENT
}
