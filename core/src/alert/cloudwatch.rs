//! What CloudWatch publishes to a topic when an alarm changes its state: alarms of one metric, of an expression over several,
//! and composite ones (CloudWatch: "Notifying users on alarm changes").

use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::{Labels, Malformed, Status, Text, bounded, json, labels, moment, wrong};

/// `2026-03-02T09:00:00.000+0000`, as CloudWatch writes it.
const TIME: &[BorrowedFormatItem<'_>] = format_description!(
    "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond][offset_hour sign:mandatory][offset_minute]"
);

/// The state of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// Nothing is wrong.
    Ok,
    /// The threshold is crossed.
    Alarm,
    /// Nobody knows.
    InsufficientData,
}

impl State {
    /// Whether it counts as firing. Not to know is not to be well, so only `OK` ends an alert.
    pub fn status(self) -> Status {
        if self == Self::Ok { Status::Resolved } else { Status::Firing }
    }
}

/// An alarm that changed its state.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// Its name, unique in account and region.
    pub name: Text,
    /// What its owner says about it.
    pub description: Option<Text>,
    /// The account, 12 digits.
    pub account: String,
    /// Its ARN.
    pub arn: Text,
    /// What it is now.
    pub state: State,
    /// What it was before.
    pub before: Option<State>,
    /// Why it changed, in CloudWatch's words.
    pub reason: Text,
    /// When it changed.
    pub at: OffsetDateTime,
    /// What it watches; none for a composite alarm.
    pub trigger: Option<Trigger>,
}

/// What an alarm watches.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// The metric; none where it is an expression over several.
    pub metric: Option<Metric>,
    /// The dimensions of the metric, or of all metrics of the expression; the first to name one counts.
    pub dimensions: Labels,
    /// What is compared with; none for a band.
    pub threshold: Option<f64>,
    /// How it is compared, in CloudWatch's words.
    pub comparison: Option<Text>,
    /// Over how many seconds a value is taken.
    pub period: Option<u32>,
    /// How the values of a period become one, in CloudWatch's words: `SUM`, `p99`.
    pub statistic: Option<Text>,
}

/// A metric by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    /// Such as `AWS/ApplicationELB`.
    pub namespace: Text,
    /// Such as `HTTPCode_Target_5XX_Count`.
    pub name: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawAlarm {
    alarm_name: String,
    alarm_description: Option<Text>,
    #[serde(rename = "AWSAccountId")]
    account: String,
    alarm_arn: String,
    new_state_value: State,
    old_state_value: Option<State>,
    new_state_reason: Text,
    state_change_time: String,
    trigger: Option<RawTrigger>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawTrigger {
    #[serde(flatten)]
    metric: RawMetric,
    threshold: Option<f64>,
    comparison_operator: Option<Text>,
    period: Option<u32>,
    statistic: Option<Text>,
    extended_statistic: Option<Text>,
    #[serde(default)]
    metrics: Vec<RawQuery>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawMetric {
    namespace: Option<Text>,
    metric_name: Option<Text>,
    #[serde(default)]
    dimensions: Vec<RawDimension>,
}

#[derive(Deserialize)]
struct RawDimension {
    #[serde(alias = "Name")]
    name: String,
    #[serde(alias = "Value")]
    value: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawQuery {
    metric_stat: Option<RawStat>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawStat {
    metric: RawMetric,
}

impl Alarm {
    /// Reads the message of a notification.
    ///
    /// # Errors
    /// [`Malformed`] where it is no alarm's, or larger or longer than the limits of this room allow.
    pub fn read(message: &str) -> Result<Self, Malformed> {
        let raw: RawAlarm = json(message.as_bytes())?;
        if raw.account.len() != 12 || !raw.account.bytes().all(|b| b.is_ascii_digit()) {
            return wrong("AWSAccountId", "it is not 12 digits");
        }
        let at = OffsetDateTime::parse(&raw.state_change_time, TIME)
            .or_else(|_| moment("StateChangeTime", &raw.state_change_time))?;
        Ok(Self {
            name: Text(bounded("AlarmName", &raw.alarm_name, 255)?.to_owned()),
            description: raw.alarm_description,
            account: raw.account,
            arn: Text(bounded("AlarmArn", &raw.alarm_arn, 1_600)?.to_owned()),
            state: raw.new_state_value,
            before: raw.old_state_value,
            reason: raw.new_state_reason,
            at,
            trigger: raw.trigger.map(Trigger::of).transpose()?,
        })
    }
}

impl Trigger {
    fn of(raw: RawTrigger) -> Result<Self, Malformed> {
        let RawMetric { namespace, metric_name, dimensions } = raw.metric;
        let of_expression = raw.metrics.into_iter().filter_map(|query| query.metric_stat);
        let all = dimensions.into_iter().chain(of_expression.flat_map(|stat| stat.metric.dimensions));
        let mut by_name = Labels::new();
        for RawDimension { name, value } in all {
            by_name.entry(name).or_insert(value);
        }
        Ok(Self {
            metric: namespace.zip(metric_name).map(|(namespace, name)| Metric { namespace, name }),
            dimensions: labels("Trigger.Dimensions", by_name)?,
            threshold: raw.threshold,
            comparison: raw.comparison_operator,
            period: raw.period,
            statistic: raw.statistic.or(raw.extended_statistic),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn message() -> Value {
        json!({
            "AlarmName": "prod-goldencrust-5xx", "AlarmDescription": null, "AWSAccountId": "093646564004",
            "AlarmConfigurationUpdatedTimestamp": "2026-01-01T00:00:00.000+0000", "NewStateValue": "ALARM",
            "NewStateReason": "Threshold Crossed: 1 datapoint [12.0] was greater than the threshold (10.0).",
            "StateChangeTime": "2026-03-02T09:00:00.000+0000", "Region": "Africa (Cape Town)",
            "AlarmArn": "arn:aws:cloudwatch:af-south-1:093646564004:alarm:prod-goldencrust-5xx", "OldStateValue": "OK",
            "OKActions": [], "AlarmActions": [], "InsufficientDataActions": [],
            "Trigger": {
                "MetricName": "HTTPCode_Target_5XX_Count", "Namespace": "AWS/ApplicationELB", "StatisticType": "Statistic",
                "Statistic": "SUM", "Unit": null,
                "Dimensions": [{ "value": "targetgroup/prod-goldencrust-tg/0123", "name": "TargetGroup" }],
                "Period": 60, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 10.0,
                "TreatMissingData": "", "EvaluateLowSampleCountPercentile": "",
            },
        })
    }

    fn read(message: &Value) -> Result<Alarm, Malformed> {
        Alarm::read(&message.to_string())
    }

    #[test]
    fn an_alarm_of_one_metric_is_read_as_it_was_meant() {
        let alarm = read(&message()).expect("valid");
        assert_eq!((alarm.state, alarm.before, alarm.state.status()), (State::Alarm, Some(State::Ok), Status::Firing));
        assert_eq!((alarm.name.raw(), alarm.at.unix_timestamp()), ("prod-goldencrust-5xx", 1_772_442_000));
        let trigger = alarm.trigger.expect("a metric");
        assert_eq!(trigger.dimensions["TargetGroup"].raw(), "targetgroup/prod-goldencrust-tg/0123");
        assert_eq!((trigger.threshold, trigger.period), (Some(10.0), Some(60)));
        assert_eq!(trigger.metric.expect("named").name.raw(), "HTTPCode_Target_5XX_Count");
    }

    #[test]
    fn an_expression_gives_the_dimensions_of_its_metrics() {
        let mut message = message();
        let metric = json!({ "MetricName": "Errors", "Namespace": "AWS/Lambda",
                             "Dimensions": [{ "value": "provision", "name": "FunctionName" }] });
        message["Trigger"] = json!({ "Period": 60, "Threshold": 0.5, "Metrics": [
            { "Id": "e", "Expression": "a/b", "ReturnData": true },
            { "Id": "a", "MetricStat": { "Metric": metric, "Period": 60, "Stat": "Sum" }, "ReturnData": false },
        ] });
        let trigger = read(&message).expect("valid").trigger.expect("an expression");
        assert_eq!((trigger.metric, trigger.dimensions["FunctionName"].raw()), (None, "provision"));
    }

    #[test]
    fn a_composite_alarm_watches_no_metric() {
        let mut message = message();
        message.as_object_mut().expect("an object").remove("Trigger");
        message["AlarmRule"] = json!("ALARM(a) OR ALARM(b)");
        assert_eq!(read(&message).expect("valid").trigger, None);
    }

    #[test]
    fn only_ok_ends_an_alert() {
        assert_eq!(
            [State::Ok, State::Alarm, State::InsufficientData].map(State::status),
            [Status::Resolved, Status::Firing, Status::Firing]
        );
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_place() {
        let many: Vec<_> = (0..65).map(|n| json!({ "name": format!("d{n}"), "value": "v" })).collect();
        for (pointer, value, said) in [
            ("/AlarmName", json!(""), "`AlarmName`"),
            ("/AlarmName", json!("x".repeat(256)), "`AlarmName`"),
            ("/AWSAccountId", json!("0936"), "`AWSAccountId`"),
            ("/StateChangeTime", json!("soon"), "`StateChangeTime`"),
            ("/NewStateValue", json!("FINE"), "FINE"),
            ("/Trigger/Dimensions", json!(many), "`Trigger.Dimensions`"),
            ("/Trigger/Threshold", json!("high"), "expected f64"),
        ] {
            let mut message = message();
            *message.pointer_mut(pointer).expect("a place in the message") = value;
            let refusal = read(&message).expect_err(pointer).to_string();
            assert!(refusal.contains(said), "{pointer}: {refusal}");
        }
        assert!(Alarm::read("You have chosen to subscribe to the topic.").is_err());
    }
}
