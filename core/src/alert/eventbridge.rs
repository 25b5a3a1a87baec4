//! An event of EventBridge, as a rule publishes it to a topic (EventBridge: "Events in Amazon EventBridge").

use serde::Deserialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::{LABEL_MAX, LABELS_MAX, Labels, Malformed, Status, Text, bounded, json, moment, wrong};

/// Names of ECS' events that say that all is well again (ECS: "Service action events", "Deployment state change events").
const WELL: [&str; 2] = ["SERVICE_STEADY_STATE", "SERVICE_DEPLOYMENT_COMPLETED"];

/// What happened somewhere in an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What sort of thing: `ECS Deployment State Change`.
    pub sort: Text,
    /// Who tells it: `aws.ecs`.
    pub source: Text,
    /// The account, 12 digits.
    pub account: String,
    /// When.
    pub at: OffsetDateTime,
    /// What it is about, by ARN.
    pub resources: Vec<Text>,
    /// What is told besides, as far as it is text or a number and not inside something else.
    pub detail: Labels,
}

#[derive(Deserialize)]
struct RawEvent {
    #[serde(rename = "detail-type")]
    sort: String,
    source: Text,
    account: String,
    time: String,
    #[serde(default)]
    resources: Vec<Text>,
    #[serde(default)]
    detail: Map<String, Value>,
}

impl Event {
    /// Reads the message of a notification.
    ///
    /// # Errors
    /// [`Malformed`] where it is no event's, or larger or longer than the limits of this room allow.
    pub fn read(message: &str) -> Result<Self, Malformed> {
        let raw: RawEvent = json(message.as_bytes())?;
        if raw.account.len() != 12 || !raw.account.bytes().all(|b| b.is_ascii_digit()) {
            return wrong("account", "it is not 12 digits");
        }
        if raw.resources.len() > LABELS_MAX {
            return wrong("resources", format!("there are {}, more than {LABELS_MAX}", raw.resources.len()));
        }
        let detail = raw.detail.into_iter().filter_map(|(name, value)| Some((name, plain(&value)?)));
        Ok(Self {
            sort: Text(bounded("detail-type", &raw.sort, 128)?.to_owned()),
            source: raw.source,
            account: raw.account,
            at: moment("time", &raw.time)?,
            resources: raw.resources.iter().map(|arn| Text::cut(arn.raw(), 1_600)).collect(),
            detail: detail.filter(|(name, _)| name.chars().count() <= LABEL_MAX.0).take(LABELS_MAX).collect(),
        })
    }

    /// Whether it tells that something is wrong. Only what is known to tell that all is well ends an alert.
    pub fn status(&self) -> Status {
        let name = self.detail.get("eventName").map(Text::raw);
        if name.is_some_and(|name| WELL.contains(&name)) { Status::Resolved } else { Status::Firing }
    }
}

/// A value that stands in one line.
fn plain(value: &Value) -> Option<Text> {
    match value {
        Value::String(text) => Some(Text::cut(text, LABEL_MAX.1)),
        Value::Number(number) => Some(Text(number.to_string())),
        Value::Bool(is) => Some(Text(is.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message() -> Value {
        json!({
            "version": "0", "id": "ddca6449-b258-46c0-8653-e0e3aEXAMPLE", "detail-type": "ECS Deployment State Change",
            "source": "aws.ecs", "account": "536580886816", "time": "2026-03-02T09:00:00Z", "region": "eu-west-1",
            "resources": ["arn:aws:ecs:eu-west-1:536580886816:service/dev-cluster/dev-goldencrust-service"],
            "detail": { "eventType": "ERROR", "eventName": "SERVICE_DEPLOYMENT_FAILED", "deploymentId": "ecs-svc/123",
                        "updatedAt": "2026-03-02T09:00:00Z", "reason": "tasks failed to start.", "nested": { "a": 1 } },
        })
    }

    #[test]
    fn an_event_is_read_as_it_was_meant() {
        let event = Event::read(&message().to_string()).expect("valid");
        assert_eq!((event.sort.raw(), event.status()), ("ECS Deployment State Change", Status::Firing));
        assert_eq!(event.detail["reason"].raw(), "tasks failed to start.");
        assert!(!event.detail.contains_key("nested"));
        let mut well = message();
        well["detail"]["eventName"] = json!("SERVICE_DEPLOYMENT_COMPLETED");
        assert_eq!(Event::read(&well.to_string()).expect("valid").status(), Status::Resolved);
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_place() {
        for (field, value) in [
            ("account", json!("5365")),
            ("time", json!("soon")),
            ("detail-type", json!("")),
            ("resources", json!(vec!["arn"; 65])),
        ] {
            let mut message = message();
            message[field] = value;
            let refusal = Event::read(&message.to_string()).expect_err(field).to_string();
            assert!(refusal.contains(&format!("`{field}`")), "{refusal}");
        }
        assert!(Event::read("{}").is_err());
    }
}
