//! Who tells of alerts: an Amazon SNS that signs what CloudWatch publishes, and an Alertmanager with its token. Who is told
//! outside the chat is here too: Slack and PagerDuty. What becomes of an alert is in `incidents`.

use landlord::sns::Sns;
use landlord_core::tenant::Environment;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use super::{World, bot};
use crate::receiver::Receiver;
use crate::sns::{Kind, LocalSns, Signer};

/// The region of the topic, which is PROD's.
const REGION: &str = "af-south-1";
/// The topic that may tell of alarms.
pub(crate) const TOPIC: &str = "arn:aws:sns:af-south-1:093646564004:prod-alarms";
/// The load balancer in PROD, as CloudWatch names it.
const LOAD_BALANCER: &str = "app/prod-alb/50dc6c495c0c9188";
/// An integration key of PagerDuty's form, worth nothing.
const KEY: &str = "R0123456789abcdef0123456789abcde";

/// The systems around a story.
pub(crate) struct Monitoring {
    /// Amazon SNS.
    pub(crate) sns: LocalSns,
    /// Slack and PagerDuty.
    pub(crate) receiver: Receiver,
    /// The queue that the bot watches in DEV.
    pub(crate) queue: String,
}

impl Monitoring {
    pub(super) async fn start() -> Self {
        let sns = LocalSns::start(&[REGION, "eu-west-1"]).await;
        let queue = format!("dead-{:08x}", rand::random::<u32>());
        Self { sns, receiver: Receiver::start().await, queue }
    }

    /// What goes over the configuration's file.
    pub(super) fn variables(&self) -> Vec<(String, String)> {
        let said = [
            ("SLACK__WEBHOOK", self.receiver.webhook()),
            ("PAGERDUTY__API", self.receiver.api()),
            ("PAGERDUTY__ROUTING_KEY", KEY.to_owned()),
            ("ENVIRONMENTS__DEV__DEAD_LETTER_QUEUE", self.queue.clone()),
        ];
        said.into_iter().map(|(key, value)| (format!("LANDLORD_{key}"), value)).collect()
    }

    /// What knows this SNS's messages from others.
    pub(super) fn trusted(&self) -> Result<Sns, String> {
        Sns::over(vec![TOPIC.to_owned()], self.sns.client())
    }
}

/// An alarm of CloudWatch on a tenant's errors in PROD.
pub(crate) struct Alarm {
    /// What it is called.
    pub(crate) name: String,
    /// The target group that it watches.
    pub(crate) group: String,
}

impl Alarm {
    /// The alarm on a tenant, by id.
    pub(crate) fn on(tenant: &str) -> Self {
        Self { name: format!("prod-{tenant}-5xx"), group: format!("targetgroup/prod-{tenant}-tg/73e2d6bc24d8a067") }
    }

    /// What its metric has measured until now, for `measures_metric`.
    pub(crate) fn measured(&self) -> Value {
        let from = OffsetDateTime::now_utc().unix_timestamp() - 1_800;
        let values = [vec![2; 25], vec![48; 10]].concat();
        json!({
            "environment": "prod", "namespace": "AWS/ApplicationELB", "metric": "HTTPCode_Target_5XX_Count",
            "dimensions": { "TargetGroup": self.group, "LoadBalancer": LOAD_BALANCER },
            "from": from - from.rem_euclid(60), "period": 60, "values": values,
        })
    }

    /// What CloudWatch publishes when it comes to be in this state.
    pub(crate) fn is(&self, state: &str) -> String {
        let now = OffsetDateTime::now_utc();
        let written = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+0000");
        let value = if state == "OK" { "0.0" } else { "48.0" };
        json!({
            "AlarmName": self.name, "AlarmDescription": "The site answers with errors.",
            "AWSAccountId": "093646564004", "NewStateValue": state,
            "NewStateReason": format!("Threshold Crossed: 1 datapoint [{value} (02/03/26 09:00:00)] was held against 10.0."),
            "StateChangeTime": now.format(written).expect("a time"), "Region": "Africa (Cape Town)",
            "AlarmArn": format!("arn:aws:cloudwatch:{REGION}:093646564004:alarm:{}", self.name),
            "OldStateValue": "INSUFFICIENT_DATA",
            "Trigger": {
                "MetricName": "HTTPCode_Target_5XX_Count", "Namespace": "AWS/ApplicationELB", "Statistic": "SUM",
                "Dimensions": [{ "name": "TargetGroup", "value": self.group },
                               { "name": "LoadBalancer", "value": LOAD_BALANCER }],
                "Period": 60, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 10.0,
            },
        })
        .to_string()
    }
}

/// One alert of Alertmanager; its fingerprint follows its labels, as Alertmanager's does.
pub(crate) fn alert(status: &str, labels: &[(&str, &str)]) -> Value {
    let mix = |sum: u64, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let print = format!("{labels:?}").bytes().fold(0xcbf2_9ce4_8422_2325, mix);
    let labels: serde_json::Map<String, Value> =
        labels.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let now = OffsetDateTime::now_utc().format(&Rfc3339).expect("a time");
    let ends = if status == "resolved" { now.as_str() } else { "0001-01-01T00:00:00Z" };
    json!({
        "status": status, "labels": labels, "annotations": { "summary": "Somebody should look." }, "startsAt": now,
        "endsAt": ends, "generatorURL": "http://prometheus.example/graph", "fingerprint": format!("{print:016x}"),
    })
}

/// A notification of Alertmanager with these alerts.
pub(crate) fn webhook(alerts: &[Value]) -> Value {
    let firing = alerts.iter().any(|alert| alert["status"] == "firing");
    json!({
        "version": "4", "groupKey": "{}:{}", "truncatedAlerts": 0, "status": if firing { "firing" } else { "resolved" },
        "receiver": "landlord", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
        "externalURL": "http://alertmanager.example:9093", "alerts": alerts,
    })
}

/// A message of SNS's to a topic, signed now.
pub(crate) fn signed(topic: &str, message: &str) -> Value {
    Signer::new(REGION).sign(topic, Kind::Notification(Some("ALARM")), message, OffsetDateTime::now_utc())
}

impl World {
    /// The systems around the story.
    ///
    /// # Panics
    /// When its setting asked for none.
    pub(crate) fn monitoring(&self) -> &Monitoring {
        self.monitoring.as_deref().expect("Setting { alerts: true, .. }")
    }

    /// Posts a body to a door of the bot's; answers status and text.
    pub(crate) async fn posts(&self, door: &str, token: Option<&str>, body: String) -> (u16, String) {
        let side = self.side().await.expect("the bot lives");
        let mut request = self.web.post(format!("http://{side}/alerts/{door}")).body(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.expect("the bot's HTTP side answers");
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    }

    /// CloudWatch publishes an alarm, and SNS posts it: the bot takes it.
    pub(crate) async fn alarm(&self, alarm: &Alarm, state: &str) {
        let answer = self.posts("sns", None, signed(TOPIC, &alarm.is(state)).to_string()).await;
        assert_eq!(answer, (200, "taken\n".to_owned()));
    }

    /// Alertmanager tells of these alerts: the bot takes them.
    pub(crate) async fn notifies(&self, alerts: &[Value]) {
        let answer = self.posts("alertmanager", Some(bot::TOKEN), webhook(alerts).to_string()).await;
        assert_eq!(answer, (200, "taken\n".to_owned()));
    }

    /// Alertmanager tells a bot of an alert that may die meanwhile; whether it said that it is taken.
    pub(crate) async fn tries_to_notify(&self, alert: &Value) -> bool {
        let Some(side) = self.side().await else { return false };
        let request = self.web.post(format!("http://{side}/alerts/alertmanager")).bearer_auth(bot::TOKEN);
        let answer = request.body(webhook(std::slice::from_ref(alert)).to_string()).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    }

    /// How many alerts the bot has counted from a source with a result.
    pub(crate) async fn counted(&self, source: &str, result: &str) -> u64 {
        let side = self.side().await.expect("the bot lives");
        let answer = self.web.get(format!("http://{side}/metrics")).send().await.expect("the bot's HTTP side answers");
        let text = answer.text().await.expect("a text");
        let series = format!("landlord_alerts_total{{source=\"{source}\",result=\"{result}\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&series));
        line.map_or(0, |count| count.parse().expect("a number"))
    }

    /// What an environment is called in the name of a service of a tenant's.
    pub(crate) fn service_of(tenant: &str, environment: Environment) -> String {
        format!("{environment}-{tenant}-service")
    }
}
