//! The sandbox's Alertmanager: alerts that people at the page let fire and end, told to the bot as Alertmanager tells them.
//!
//! Architecture invariant: nothing here reaches the bot but over HTTP, through the door that every Alertmanager uses.

mod sorts;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use landlord_core::ports::Clock;
use landlord_core::tenant::Environment;
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::sync::Mutex;

use sorts::Order;

/// What fires, or fired until now.
#[derive(Debug, Clone, Copy)]
struct Firing {
    since: OffsetDateTime,
    /// How often the bot was told that it fires.
    told: u32,
}

/// Where the bot's door is, and what opens it.
#[derive(Debug)]
struct Door {
    address: String,
    token: String,
}

/// An Alertmanager whose alerts people order. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Alertmanager(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Arc<dyn Clock>,
    http: reqwest::Client,
    door: OnceLock<Door>,
    /// Held while the bot is told, so that what it was told and what is kept here stay the same.
    firing: Mutex<BTreeMap<Order, Firing>>,
}

impl Alertmanager {
    /// One that lives by a clock, and at which nothing fires. Until it knows the bot, it tells nobody.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
        Self(Arc::new(Inner { clock, http, door: OnceLock::new(), firing: Mutex::default() }))
    }

    /// From now on the bot whose HTTP side listens there is told, with its bearer token. Said once; what comes later counts for
    /// nothing.
    pub fn tells(&self, side: SocketAddr, token: &str) {
        let ip = if side.ip().is_unspecified() { [127, 0, 0, 1].into() } else { side.ip() };
        let address = format!("http://{}/alerts/alertmanager", SocketAddr::new(ip, side.port()));
        // A second door is refused by the cell, as is said above.
        let _ = self.0.door.set(Door { address, token: token.to_owned() });
    }

    /// The page's routes to it.
    ///
    /// - `GET /sandbox/alerts`: what can be let fire and where, and what fires.
    /// - `POST /sandbox/alerts`: lets it fire, or fire once more; `{"alert","tenant","environment"}`.
    /// - `POST /sandbox/alerts/over`: it fires no longer; the same body.
    ///
    /// Both answer 200 with what the bot answered (`status`, `answer`) and what fires now, 400 where the order makes no sense, and
    /// 502 with `{"error"}` where the bot did not take it.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/sandbox/alerts", get(picture).post(fire))
            .route("/sandbox/alerts/over", post(end))
            .with_state(self.clone())
    }

    /// Tells the bot about an order and, where it took that, keeps how it stands.
    async fn order(&self, order: Order, fires: bool) -> Result<Value, Response> {
        let now = self.0.clock.now();
        let mut firing = self.0.firing.lock().await;
        let before = firing.get(&order).copied();
        let told = match (before, fires) {
            (Some(before), true) => Firing { told: before.told + 1, ..before },
            (Some(before), false) => before,
            (None, true) => Firing { since: now, told: 1 },
            (None, false) => return Err(refused(StatusCode::BAD_REQUEST, "That does not fire.")),
        };
        let alerts = order.alerts(told.since, told.told, (!fires).then_some(now));
        let answer = self.tell(&order, fires, alerts).await?;
        if fires {
            firing.insert(order, told);
        } else {
            firing.remove(&order);
        }
        let mut answer = answer;
        answer["firing"] = listed(&firing);
        Ok(answer)
    }

    /// Posts the notification as Alertmanager does; answers the bot's status and word.
    async fn tell(&self, order: &Order, fires: bool, alerts: Vec<Value>) -> Result<Value, Response> {
        let unreached = |why: String| refused(StatusCode::BAD_GATEWAY, why);
        let door = self.0.door.get().ok_or_else(|| unreached("The bot is not there yet.".into()))?;
        let group = json!({ "alertname": alerts.first().map(|alert| &alert["labels"]["alertname"]) });
        let notification = json!({
            "version": "4", "groupKey": format!("{{}}:{{{order}}}"), "truncatedAlerts": 0,
            "status": if fires { "firing" } else { "resolved" }, "receiver": "landlord",
            "groupLabels": group, "commonLabels": {}, "commonAnnotations": {},
            "externalURL": "http://alertmanager.example:9093", "alerts": alerts,
        });
        let request = self.0.http.post(&door.address).bearer_auth(&door.token).json(&notification);
        let answer = request.send().await.map_err(|error| unreached(format!("The bot is not reached: {error}.")))?;
        let status = answer.status();
        let said = answer.text().await.unwrap_or_default();
        let said = said.trim();
        if !status.is_success() {
            return Err(unreached(format!("The bot answered {}: {said}", status.as_u16())));
        }
        Ok(json!({ "status": status.as_u16(), "answer": said }))
    }
}

async fn picture(State(alertmanager): State<Alertmanager>) -> Json<Value> {
    let firing = listed(&*alertmanager.0.firing.lock().await);
    Json(json!({ "environments": Environment::ALL, "sorts": sorts::offered(), "firing": firing }))
}

async fn fire(State(alertmanager): State<Alertmanager>, body: Result<Json<Value>, JsonRejection>) -> Response {
    ordered(&alertmanager, body, true).await
}

async fn end(State(alertmanager): State<Alertmanager>, body: Result<Json<Value>, JsonRejection>) -> Response {
    ordered(&alertmanager, body, false).await
}

/// Only JSON is taken, so that no other site's page can send an order through the browser of someone who plays here.
async fn ordered(alertmanager: &Alertmanager, body: Result<Json<Value>, JsonRejection>, fires: bool) -> Response {
    let read = match body {
        Ok(Json(value)) => serde_json::from_value::<Order>(value).map_err(|error| error.to_string()),
        Err(rejection) => Err(rejection.body_text()),
    };
    match read {
        Ok(order) => match alertmanager.order(order.settled(), fires).await {
            Ok(answer) => Json(answer).into_response(),
            Err(refusal) => refusal,
        },
        Err(error) => refused(StatusCode::BAD_REQUEST, error),
    }
}

fn refused(status: StatusCode, error: impl Into<String>) -> Response {
    (status, Json(json!({ "error": error.into() }))).into_response()
}

/// What fires, each as the order that ends it and in words.
fn listed(firing: &BTreeMap<Order, Firing>) -> Value {
    let one = |(order, firing): (&Order, &Firing)| {
        let Order { alert, tenant, environment } = order;
        json!({ "alert": alert, "tenant": tenant, "environment": environment, "words": order.words(), "told": firing.told })
    };
    firing.iter().map(one).collect()
}
