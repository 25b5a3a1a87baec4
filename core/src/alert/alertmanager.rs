//! The webhook of Prometheus Alertmanager, version 4 (Alertmanager: `webhook_config`). Fields that are not read may be there.

use serde::Deserialize;
use time::OffsetDateTime;

use super::{Labels, Malformed, Status, Text, bounded, few, json, labels, moment, wrong};

/// One notification: the alerts of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// What identifies the group, the same from notification to notification.
    pub group: Text,
    /// Firing as long as any of its alerts is.
    pub status: Status,
    /// Which of Alertmanager's receivers it was for.
    pub receiver: Text,
    /// Where Alertmanager is, for people.
    pub external_url: Text,
    /// The alerts.
    pub alerts: Vec<Alert>,
    /// How many more there are, which Alertmanager left out.
    pub truncated: u64,
}

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The same for as long as the labels are: what makes two notifications tell of one alert.
    pub fingerprint: String,
    /// Whether it fires.
    pub status: Status,
    /// What identifies it; `alertname` among them.
    pub labels: Labels,
    /// What is said about it.
    pub annotations: Labels,
    /// Since when it fires.
    pub since: OffsetDateTime,
    /// When it ended; none while it fires.
    pub until: Option<OffsetDateTime>,
    /// What it was computed from, for people.
    pub generator: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawNotification {
    version: String,
    group_key: String,
    status: Status,
    receiver: Text,
    #[serde(rename = "externalURL", default = "nothing")]
    external_url: Text,
    alerts: Vec<RawAlert>,
    #[serde(default)]
    truncated_alerts: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawAlert {
    status: Status,
    labels: Labels,
    #[serde(default)]
    annotations: Labels,
    starts_at: String,
    #[serde(default)]
    ends_at: String,
    #[serde(rename = "generatorURL", default = "nothing")]
    generator: Text,
    fingerprint: String,
}

fn nothing() -> Text {
    Text(String::new())
}

impl Notification {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// [`Malformed`] where it is larger than [`super::BODY_MAX`], of another version or form, without an alert, or has more
    /// or longer labels than [`super::LABELS_MAX`] and [`super::LABEL_MAX`] allow.
    pub fn read(body: &[u8]) -> Result<Self, Malformed> {
        let raw: RawNotification = json(body)?;
        if raw.version != "4" {
            return wrong("version", "it is not \"4\", the only one that is known");
        }
        if raw.alerts.is_empty() {
            return wrong("alerts", "there is none");
        }
        let alerts = raw.alerts.into_iter().enumerate().map(|(place, alert)| Alert::of(place, alert));
        Ok(Self {
            group: Text(bounded("groupKey", &raw.group_key, 4_096)?.to_owned()),
            status: raw.status,
            receiver: raw.receiver,
            external_url: raw.external_url,
            alerts: alerts.collect::<Result<_, _>>()?,
            truncated: raw.truncated_alerts,
        })
    }
}

impl Alert {
    /// The name of the rule that fires; none where the label is missing.
    pub fn name(&self) -> Option<&Text> {
        self.labels.get("alertname")
    }

    fn of(place: usize, raw: RawAlert) -> Result<Self, Malformed> {
        let field = |name: &str| format!("alerts[{place}].{name}");
        if !(1..=64).contains(&raw.fingerprint.len()) || !raw.fingerprint.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return wrong(field("fingerprint"), "it is not 1 to 64 letters and digits");
        }
        let until = match raw.ends_at.as_str() {
            // Go's zero time: it has not ended.
            "" | "0001-01-01T00:00:00Z" => None,
            text => Some(moment(&field("endsAt"), text)?),
        };
        Ok(Self {
            fingerprint: raw.fingerprint,
            status: raw.status,
            labels: labels(&field("labels"), raw.labels)?,
            annotations: few(&field("annotations"), raw.annotations)?,
            since: moment(&field("startsAt"), &raw.starts_at)?,
            until: until.filter(|_| raw.status == Status::Resolved),
            generator: raw.generator,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn body() -> Value {
        json!({
            "version": "4", "groupKey": "{}:{alertname=\"TenantDown\"}", "truncatedAlerts": 2, "status": "firing",
            "receiver": "landlord", "groupLabels": { "alertname": "TenantDown" }, "commonLabels": {},
            "commonAnnotations": {}, "externalURL": "http://alertmanager.example:9093",
            "alerts": [{
                "status": "firing", "labels": { "alertname": "TenantDown", "tenant": "goldencrust", "empty": "" },
                "annotations": { "summary": "nobody answers" }, "startsAt": "2026-03-02T09:00:00.123+02:00",
                "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://prometheus.example/graph",
                "fingerprint": "1a30ba71cca2921f",
            }],
        })
    }

    fn read(body: &Value) -> Result<Notification, Malformed> {
        Notification::read(body.to_string().as_bytes())
    }

    /// What is said where one value of the body is another.
    fn refused(pointer: &str, value: Value) -> String {
        let mut body = body();
        *body.pointer_mut(pointer).expect("a place in the body") = value;
        read(&body).expect_err(pointer).to_string()
    }

    #[test]
    fn a_notification_is_read_as_it_was_meant() {
        let notification = read(&body()).expect("valid");
        assert_eq!((notification.status, notification.truncated), (Status::Firing, 2));
        let alert = &notification.alerts[0];
        assert_eq!(alert.name().map(Text::raw), Some("TenantDown"));
        assert_eq!(alert.labels["tenant"].raw(), "goldencrust");
        assert_eq!((alert.since.unix_timestamp(), alert.until), (1_772_434_800, None));
        assert_eq!(alert.fingerprint, "1a30ba71cca2921f");
    }

    #[test]
    fn an_alert_that_ended_says_when() {
        let mut body = body();
        body["alerts"][0]["status"] = json!("resolved");
        body["alerts"][0]["endsAt"] = json!("2026-03-02T10:00:00Z");
        let alert = read(&body).expect("valid").alerts.remove(0);
        assert_eq!(alert.until.map(OffsetDateTime::unix_timestamp), Some(1_772_445_600));
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_place() {
        for (pointer, value, said) in [
            ("/version", json!("3"), "`version`"),
            ("/version", json!(4), "invalid type: integer `4`"),
            ("/status", json!("on fire"), "on fire"),
            ("/groupKey", json!(""), "`groupKey`: it is empty"),
            ("/alerts", json!([]), "`alerts`: there is none"),
            ("/alerts/0/startsAt", json!("yesterday"), "`alerts[0].startsAt`"),
            ("/alerts/0/endsAt", json!("tomorrow"), "`alerts[0].endsAt`"),
            ("/alerts/0/fingerprint", json!("a b"), "`alerts[0].fingerprint`"),
            ("/alerts/0/fingerprint", json!("a".repeat(65)), "`alerts[0].fingerprint`"),
            ("/alerts/0/labels", json!({ "": "x" }), "`alerts[0].labels (name)`"),
            ("/alerts/0/labels", json!({ "x": "y".repeat(1_025) }), "`alerts[0].labels`"),
            ("/alerts/0/labels", json!({ "x": 1 }), "expected a string"),
        ] {
            let refusal = refused(pointer, value);
            assert!(refusal.contains(said), "{pointer}: {refusal}");
        }
    }

    #[test]
    fn ten_thousand_labels_are_refused() {
        let many = |count: usize| (0..count).map(|n| (format!("l{n}"), json!("v"))).collect::<serde_json::Map<_, _>>();
        assert!(refused("/alerts/0/labels", json!(many(10_000))).contains("10000, more than 64"));
        assert!(refused("/alerts/0/annotations", json!(many(65))).contains("65, more than 64"));
        let mut body = body();
        body["alerts"][0]["labels"] = json!(many(64));
        assert!(read(&body).is_ok());
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for body in ["", "{", "[1]", "null", "{\"version\":\"4\"}", "\u{feff}{}"] {
            assert!(matches!(Notification::read(body.as_bytes()), Err(Malformed::Form(_))), "{body}");
        }
        let deep = "[".repeat(100_000);
        assert!(Notification::read(deep.as_bytes()).is_err());
    }
}
