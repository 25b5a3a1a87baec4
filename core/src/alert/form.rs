//! An alert in one form, whoever told it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::alertmanager::Notification;
use super::cloudwatch::Alarm;
use super::eventbridge::Event;
use super::{Labels, Malformed, Status, Text, alertmanager, wrong};

/// How much of a sentence is kept.
const SENTENCE: usize = 500;

/// Who told an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// An alarm of CloudWatch.
    CloudWatch,
    /// An event of EventBridge.
    EventBridge,
    /// Prometheus' Alertmanager.
    Alertmanager,
    /// A look of the bot's own.
    Monitor,
}

impl Source {
    /// As people read it.
    pub fn title(self) -> &'static str {
        match self {
            Self::CloudWatch => "CloudWatch",
            Self::EventBridge => "EventBridge",
            Self::Alertmanager => "Alertmanager",
            Self::Monitor => "landlord's own look",
        }
    }
}

/// The metric that an alert watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// Such as `AWS/ApplicationELB`.
    pub namespace: Text,
    /// Such as `HTTPCode_Target_5XX_Count`.
    pub name: Text,
    /// Over how many seconds a value is taken.
    pub period: u32,
    /// How values of a period become one, in CloudWatch's words: `Sum`.
    pub statistic: Text,
    /// Its dimensions: all of them, since a metric is another one with fewer.
    pub dimensions: Labels,
}

/// That something is wrong, or is no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// The same for as long as it is the same alert: what makes two messages tell of one.
    pub key: String,
    /// Who told it.
    pub source: Source,
    /// What it is called.
    pub name: Text,
    /// Whether it fires.
    pub status: Status,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// When it ended; none while it fires.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub until: Option<OffsetDateTime>,
    /// What is said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Text>,
    /// The value that was measured, as it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Text>,
    /// What the value was held against, as it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Text>,
    /// What tells what it is about: labels or dimensions.
    pub labels: Labels,
    /// The metric, where it is one of CloudWatch's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<Watched>,
    /// The AWS account that it is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

impl Alert {
    /// What was published to a topic: an alarm of CloudWatch or an event of EventBridge.
    ///
    /// # Errors
    /// [`Malformed`] where it is neither.
    pub fn published(message: &str) -> Result<Self, Malformed> {
        match (Alarm::read(message), Event::read(message)) {
            (Ok(alarm), _) => Ok(alarm.into()),
            (Err(_), Ok(event)) => Ok(event.into()),
            (Err(no_alarm), Err(_)) if message.contains("\"AlarmName\"") => Err(no_alarm),
            (Err(_), Err(no_event)) if message.contains("\"detail-type\"") => Err(no_event),
            _ => wrong("Message", "it is neither an alarm of CloudWatch nor an event of EventBridge"),
        }
    }

    /// The alerts of a notification of Alertmanager.
    pub fn notified(notification: Notification) -> Vec<Self> {
        notification.alerts.into_iter().map(Self::from).collect()
    }

    /// How long it has lasted.
    pub fn lasted(&self, now: OffsetDateTime) -> Duration {
        (self.until.unwrap_or(now) - self.since).try_into().unwrap_or_default()
    }
}

impl From<Alarm> for Alert {
    fn from(alarm: Alarm) -> Self {
        let status = alarm.state.status();
        let trigger = alarm.trigger;
        let threshold = trigger.as_ref().and_then(|trigger| {
            let comparison = trigger.comparison.as_ref().map_or("", |comparison| in_words(comparison.raw()));
            trigger.threshold.map(|threshold| Text::cut(format!("{comparison} {threshold}").trim(), SENTENCE))
        });
        let metric = trigger.as_ref().and_then(|trigger| {
            let metric = trigger.metric.clone()?;
            let statistic = trigger.statistic.clone().unwrap_or_else(|| Text::cut("Average", SENTENCE));
            Some(Watched {
                namespace: metric.namespace,
                name: metric.name,
                period: trigger.period.unwrap_or(60).clamp(60, 86_400),
                statistic,
                dimensions: trigger.dimensions.clone(),
            })
        });
        Self {
            key: format!("cloudwatch {}", alarm.arn.raw()),
            source: Source::CloudWatch,
            name: alarm.name,
            status,
            since: alarm.at,
            until: (status == Status::Resolved).then_some(alarm.at),
            value: datapoint(alarm.reason.raw()).map(|value| Text::cut(value, SENTENCE)),
            summary: Some(Text::cut(alarm.description.as_ref().unwrap_or(&alarm.reason).raw(), SENTENCE)),
            threshold,
            labels: trigger.map(|trigger| trigger.dimensions).unwrap_or_default(),
            metric,
            account: Some(alarm.account),
        }
    }
}

impl From<Event> for Alert {
    fn from(event: Event) -> Self {
        let status = event.status();
        let about = event.resources.first().map_or("", Text::raw);
        let mut labels = event.detail;
        let summary = ["reason", "stoppedReason", "eventName"].iter().find_map(|name| labels.get(*name)).cloned();
        for (place, resource) in event.resources.iter().enumerate().take(8) {
            labels.insert(format!("resource {}", place + 1), resource.clone());
        }
        Self {
            key: format!("eventbridge {} {about}", event.sort.raw()),
            source: Source::EventBridge,
            name: event.sort,
            status,
            since: event.at,
            until: (status == Status::Resolved).then_some(event.at),
            summary,
            value: None,
            threshold: None,
            labels,
            metric: None,
            account: Some(event.account),
        }
    }
}

impl From<alertmanager::Alert> for Alert {
    fn from(alert: alertmanager::Alert) -> Self {
        let said = |name: &str| alert.annotations.get(name).map(|text| Text::cut(text.raw(), SENTENCE));
        Self {
            key: format!("alertmanager {}", alert.fingerprint),
            source: Source::Alertmanager,
            name: alert.name().cloned().unwrap_or_else(|| Text::cut("an alert without a name", SENTENCE)),
            status: alert.status,
            since: alert.since,
            until: match alert.status {
                Status::Firing => None,
                Status::Resolved => Some(alert.until.unwrap_or(alert.since)),
            },
            summary: said("summary").or_else(|| said("description")).or_else(|| said("message")),
            value: said("value"),
            threshold: said("threshold"),
            labels: alert.labels,
            metric: None,
            account: None,
        }
    }
}

/// The first value in CloudWatch's sentence: `1 datapoint [12.0 (02/03/26 09:00:00)] was greater than …`.
fn datapoint(reason: &str) -> Option<&str> {
    let value = reason.split_once('[')?.1.split([' ', ',', ']']).next()?;
    value.parse::<f64>().is_ok().then_some(value)
}

fn in_words(comparison: &str) -> &str {
    match comparison {
        "GreaterThanThreshold" => ">",
        "GreaterThanOrEqualToThreshold" => "≥",
        "LessThanThreshold" => "<",
        "LessThanOrEqualToThreshold" => "≤",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_alarm_says_value_and_threshold() {
        let message = json!({
            "AlarmName": "prod-goldencrust-5xx", "AWSAccountId": "093646564004", "NewStateValue": "ALARM",
            "NewStateReason": "Threshold Crossed: 1 datapoint [12.0 (02/03/26 09:00:00)] was greater than the threshold (10.0).",
            "StateChangeTime": "2026-03-02T09:00:00.000+0000", "AlarmArn": "arn:aws:cloudwatch:af-south-1:093646564004:alarm:x",
            "Trigger": { "MetricName": "HTTPCode_Target_5XX_Count", "Namespace": "AWS/ApplicationELB", "Statistic": "SUM",
                         "Dimensions": [{ "value": "targetgroup/prod-goldencrust-tg/0123", "name": "TargetGroup" }],
                         "Period": 60, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 10.0 },
        });
        let alert = Alert::published(&message.to_string()).expect("an alarm");
        let said = |text: &Option<Text>| text.as_ref().map(|text| text.raw().to_owned());
        assert_eq!((said(&alert.value), said(&alert.threshold)), (Some("12.0".into()), Some("> 10".into())));
        let metric = alert.metric.expect("a metric");
        assert_eq!((metric.statistic.raw(), metric.period), ("SUM", 60));
    }

    #[test]
    fn an_event_and_its_end_have_one_key() {
        let event = |name: &str| {
            json!({ "detail-type": "ECS Deployment State Change", "source": "aws.ecs", "account": "536580886816",
                    "time": "2026-03-02T09:00:00Z", "resources": ["arn:aws:ecs:eu-west-1:536580886816:service/c/dev-a-service"],
                    "detail": { "eventName": name } })
            .to_string()
        };
        let bad = Alert::published(&event("SERVICE_DEPLOYMENT_FAILED")).expect("an event");
        let well = Alert::published(&event("SERVICE_DEPLOYMENT_COMPLETED")).expect("an event");
        assert_eq!((bad.key == well.key, bad.status, well.status), (true, Status::Firing, Status::Resolved));
    }

    #[test]
    fn what_is_neither_is_refused_with_what_is_wrong() {
        let said = |message: &str| Alert::published(message).expect_err("neither").to_string();
        assert!(said("You have chosen to subscribe").contains("neither an alarm of CloudWatch nor an event"));
        assert!(said("{\"AlarmName\":\"a\"}").contains("missing field"));
        assert!(said("{\"detail-type\":\"\"}").contains("missing field"));
    }
}
