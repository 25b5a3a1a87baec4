//! Where monitoring systems tell of alerts. Whoever is not known to be one of them is turned away and nothing is done; what is taken is
//! stored before it is answered, and posted by others later.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use landlord_core::alert::alertmanager::Notification;
use landlord_core::alert::sns::{Envelope, Kind};
use landlord_core::alert::{Alert, Malformed};
use landlord_core::desk::Desk;
use ring::digest::{SHA256, digest};
use time::OffsetDateTime;

use super::{Side, bearer_of, same};
use crate::config::secret::Secret;
use crate::sns::{Sns, Unconfirmed};

/// Alertmanager gives its messages no id. The same body within this many seconds is the same message, sent again because its
/// answer was lost; later it is told anew that the alert fires.
const SAME: i64 = 240;
/// So soon what got no answer is sent again, if the next such time has begun meanwhile.
const RETRY: time::Duration = time::Duration::seconds(30);

/// Who may tell of alerts.
#[derive(Debug, Default)]
pub struct Doors {
    /// Knows SNS's messages; none where no topic is allowed.
    pub sns: Option<Sns>,
    /// The bearer token of Alertmanager; without one its door is closed.
    pub alertmanager: Option<Secret>,
}

/// What was posted, or why it could not be read: a message that is too large is counted as any other that is turned away.
type Body = Result<Bytes, BytesRejection>;

/// A message that is turned away: a short word for what was wrong, and what its sender is told.
struct Away(StatusCode, &'static str, String);

/// `POST /alerts/sns`: alarms of CloudWatch and events of EventBridge, and what SNS asks of a new subscription.
pub(super) async fn sns(State(side): State<Side>, body: Body) -> Response {
    answered(&side, "sns", of_sns(&side, body).await)
}

/// `POST /alerts/alertmanager`: the webhook of Prometheus' Alertmanager, version 4.
pub(super) async fn alertmanager(State(side): State<Side>, headers: HeaderMap, body: Body) -> Response {
    answered(&side, "alertmanager", of_alertmanager(&side, &headers, body).await)
}

/// Counts what became of a message, and answers its sender.
fn answered(side: &Side, source: &'static str, outcome: Result<&'static str, Away>) -> Response {
    let Away(status, result, why) = match outcome {
        Ok(result) => {
            side.metrics.alert(source, result);
            return format!("{result}\n").into_response();
        }
        Err(away) => away,
    };
    tracing::warn!(source, result, why, "an alert was turned away");
    if status.is_server_error() {
        side.metrics.alert(source, result);
    } else {
        side.metrics.alert_refused(source, result);
    }
    let mut answer = (status, format!("{why}\n")).into_response();
    if status == StatusCode::UNAUTHORIZED {
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    }
    answer
}

async fn of_sns(side: &Side, body: Body) -> Result<&'static str, Away> {
    let closed = || Away(StatusCode::FORBIDDEN, "closed", "[http] sns_topics names no topic".into());
    let sns = side.doors.sns.as_ref().ok_or_else(closed)?;
    let envelope = Envelope::read(&read(body)?).map_err(|error| malformed(&error))?;
    sns.verify(&envelope, OffsetDateTime::now_utc()).await.map_err(|rejected| {
        let status = StatusCode::from_u16(rejected.status()).unwrap_or(StatusCode::FORBIDDEN);
        Away(status, rejected.result(), rejected.to_string())
    })?;
    match &envelope.kind {
        Kind::SubscriptionConfirmation(_) => {
            sns.confirm(&envelope).await.map_err(|why| match why {
                Unconfirmed::Refused(why) => Away(StatusCode::FORBIDDEN, "unconfirmed", why),
                Unconfirmed::Transient(why) => Away(StatusCode::SERVICE_UNAVAILABLE, "unconfirmed", why),
            })?;
            tracing::info!(topic = envelope.topic, "the subscription is confirmed");
            Ok("confirmed")
        }
        Kind::UnsubscribeConfirmation(_) => {
            tracing::warn!(topic = envelope.topic, "the topic tells nothing any more: somebody has unsubscribed it");
            Ok("unsubscribed")
        }
        Kind::Notification { .. } => {
            let alert = Alert::published(&envelope.message).map_err(|error| malformed(&error))?;
            take(side, &format!("sns {}", envelope.message_id), vec![alert]).await
        }
    }
}

async fn of_alertmanager(side: &Side, headers: &HeaderMap, body: Body) -> Result<&'static str, Away> {
    let known = |token: &Secret| same(token.expose().as_bytes(), bearer_of(headers).as_bytes());
    match &side.doors.alertmanager {
        None => {
            let why = "[http] alertmanager_token is not configured";
            return Err(Away(StatusCode::UNAUTHORIZED, "closed", why.into()));
        }
        Some(token) if !known(token) => {
            return Err(Away(StatusCode::UNAUTHORIZED, "token", "a valid bearer token is needed".into()));
        }
        Some(_) => {}
    }
    let body = read(body)?;
    let notification = Notification::read(&body).map_err(|error| malformed(&error))?;
    let now = OffsetDateTime::now_utc();
    let (message, earlier) = (message_id(&body, now), message_id(&body, now - RETRY));
    let desk = desk(side)?;
    if earlier != message && desk.book.store().arrived(&earlier).await.map_err(|error| unkept(&earlier, &error))? {
        return Ok("again");
    }
    take(side, &message, Alert::notified(notification)).await
}

fn message_id(body: &[u8], now: OffsetDateTime) -> String {
    let body = STANDARD.encode(digest(&SHA256, body));
    format!("alertmanager {} {body}", now.unix_timestamp().div_euclid(SAME))
}

fn read(body: Body) -> Result<Bytes, Away> {
    body.map_err(|rejected| {
        let status = rejected.status();
        let why = if status == StatusCode::PAYLOAD_TOO_LARGE { "too large" } else { "malformed" };
        Away(status, why, rejected.body_text())
    })
}

fn malformed(error: &Malformed) -> Away {
    Away(StatusCode::BAD_REQUEST, "malformed", error.to_string())
}

fn desk(side: &Side) -> Result<Arc<Desk>, Away> {
    side.desk().ok_or_else(|| Away(StatusCode::SERVICE_UNAVAILABLE, "standby", super::STANDBY.into()))
}

/// What is answered without an error is kept.
async fn take(side: &Side, message: &str, alerts: Vec<Alert>) -> Result<&'static str, Away> {
    let taken = desk(side)?.alerted(message, alerts).await.map_err(|error| unkept(message, &error))?;
    tracing::info!(message, ?taken, "alerts are taken");
    Ok(if taken.again { "again" } else { "taken" })
}

fn unkept(message: &str, error: &impl std::fmt::Display) -> Away {
    tracing::error!(message, %error, "alerts could not be kept");
    Away(StatusCode::SERVICE_UNAVAILABLE, "store", "they could not be kept; send them again".into())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_same_body_is_the_same_message_for_a_while() {
        let at = datetime!(2026-03-02 09:00 UTC);
        let id = |body: &[u8], at| message_id(body, at);
        assert_eq!(id(b"a", at), id(b"a", at + time::Duration::seconds(200)));
        assert_ne!(id(b"a", at), id(b"b", at));
        assert_ne!(id(b"a", at), id(b"a", at + time::Duration::seconds(SAME)));
        // What is sent again just after such a time has begun is found under its earlier id, and what is told anew is not.
        let after = at + time::Duration::seconds(SAME) + RETRY;
        assert_eq!(id(b"a", at), id(b"a", after - time::Duration::SECOND - RETRY));
        assert_ne!(id(b"a", at), id(b"a", after - RETRY));
    }
}
