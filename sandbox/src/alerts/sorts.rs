//! The alerts that the page offers, in people's words and under what they are about, and how Alertmanager would write them.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use landlord_core::tenant::{Environment, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How many alerts a storm has.
const STORM: u32 = 100;
/// What the alerts of a storm are called, in turn.
const OF_A_STORM: [&str; 4] = ["TargetDown", "TargetDown", "HighLatency", "DiskAlmostFull"];
/// The headings of the list, in its order.
const TOPICS: [&str; 4] = ["The site", "Security", "Money", "Many at once"];
/// Go's zero time: how Alertmanager writes that an alert has not ended.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// What can be let fire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Sort {
    Errors,
    Silence,
    Deployment,
    Abuse,
    Passwords,
    Payment,
    Storm,
}

impl Sort {
    pub(super) const ALL: [Self; 7] =
        [Self::Errors, Self::Silence, Self::Deployment, Self::Abuse, Self::Passwords, Self::Payment, Self::Storm];

    /// What it is about, and what goes wrong.
    fn described(self) -> (&'static str, &'static str) {
        let [site, security, money, many] = TOPICS;
        match self {
            Self::Errors => (site, "answers with errors"),
            Self::Silence => (site, "does not answer"),
            Self::Deployment => (site, "its deployment failed"),
            Self::Abuse => (security, "sends spam"),
            Self::Passwords => (security, "somebody tries passwords"),
            Self::Payment => (money, "payments fail"),
            Self::Storm => (many, "a storm of 100 alerts"),
        }
    }
}

/// Every alert as `{"alert","topic","words","everybody"}`, topic by topic; `everybody` where no tenant can be named.
pub(super) fn offered() -> Vec<Value> {
    let of = |topic: &'static str| {
        Sort::ALL.into_iter().filter(move |sort| sort.described().0 == topic).map(|sort| {
            let (topic, words) = sort.described();
            json!({ "alert": sort, "topic": topic, "words": words, "everybody": sort == Sort::Storm })
        })
    };
    TOPICS.into_iter().flat_map(of).collect()
}

/// What is to fire, and where. It is also what makes two of them the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub(super) alert: Sort,
    /// None where the alert names nobody.
    pub(super) tenant: Option<TenantId>,
    pub(super) environment: Environment,
}

/// What an alert says.
struct Said {
    name: String,
    summary: String,
    value: Option<(String, &'static str)>,
    labels: &'static [(&'static str, &'static str)],
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenant = self.tenant.as_ref().map_or("", TenantId::as_str);
        write!(f, "alert=\"{:?}\", environment=\"{}\", tenant=\"{tenant}\"", self.alert, self.environment)
    }
}

impl Order {
    /// A storm is about nobody.
    pub(super) fn settled(self) -> Self {
        let tenant = self.tenant.filter(|_| self.alert != Sort::Storm);
        Self { tenant, ..self }
    }

    /// As people read it: `goldencrust in PROD: answers with errors`.
    pub(super) fn words(&self) -> String {
        let (_, words) = self.alert.described();
        let at = self.environment.title();
        match &self.tenant {
            Some(tenant) => format!("{tenant} in {at}: {words}"),
            None if self.alert == Sort::Storm => format!("{words} in {at}"),
            None => format!("no tenant in {at}: {words}"),
        }
    }

    /// The alerts as Alertmanager writes them, told for the so-manieth time. They fire since then, and until then if they ended.
    pub(super) fn alerts(&self, since: OffsetDateTime, told: u32, until: Option<OffsetDateTime>) -> Vec<Value> {
        let written = |at: OffsetDateTime| at.format(&Rfc3339).unwrap_or_default();
        let count = if self.alert == Sort::Storm { STORM } else { 1 };
        let one = |number: u32| {
            let said = self.said(number, told);
            let mut labels = json!({ "alertname": said.name, "environment": self.environment });
            if let Some(tenant) = &self.tenant {
                labels["tenant"] = json!(tenant);
            }
            if self.alert == Sort::Storm {
                labels["instance"] = format!("10.0.{}.{}:9100", number / 50, 10 + number % 50).into();
            }
            for (name, value) in said.labels {
                labels[*name] = json!(value);
            }
            let mut annotations = json!({ "summary": said.summary });
            if let Some((value, threshold)) = said.value {
                annotations["value"] = value.into();
                annotations["threshold"] = threshold.into();
            }
            let status = if until.is_some() { "resolved" } else { "firing" };
            json!({
                "status": status, "labels": labels, "annotations": annotations, "startsAt": written(since),
                "endsAt": until.map_or_else(|| NEVER.to_owned(), written), "fingerprint": self.fingerprint(number),
                "generatorURL": "http://prometheus.example:9090/graph",
            })
        };
        (0..count).map(one).collect()
    }

    /// The same as long as the labels are.
    fn fingerprint(&self, number: u32) -> String {
        let mut hasher = DefaultHasher::new();
        (self, number).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    fn said(&self, number: u32, told: u32) -> Said {
        const CRITICAL: (&str, &str) = ("severity", "critical");
        const WARNING: (&str, &str) = ("severity", "warning");
        const SECURITY: (&str, &str) = ("category", "security");
        // It gets worse from one time to the next, as it does: an Alertmanager that repeats itself tells the newest value.
        let worse = told.saturating_sub(1);
        let at = self.environment;
        let who = self.tenant.as_ref().map_or("a site that is not named", TenantId::as_str);
        let short = self.tenant.as_ref().map_or("alb", TenantId::as_str);
        let said = |name: &str, summary: String, value: Option<(String, &'static str)>, labels| Said {
            name: name.to_owned(),
            summary,
            value,
            labels,
        };
        match self.alert {
            Sort::Errors => said(
                &format!("{at}-{short}-5xx"),
                format!("Too many answers of {who} are errors."),
                Some((format!("{} % of the answers", 12 + 3 * worse), "5 %")),
                &[CRITICAL],
            ),
            Sort::Silence => said(
                "SiteDown",
                format!("Nobody answers at {who}, seen from outside."),
                Some((format!("{} checks in a row failed", 3 + worse), "2")),
                &[CRITICAL],
            ),
            Sort::Deployment => said(
                "ECS Deployment State Change",
                format!("A deployment of {who} failed: its tasks do not start."),
                None,
                &[WARNING],
            ),
            Sort::Abuse => said(
                "SpamSent",
                format!("Spam is sent from {who}, to addresses that nobody has."),
                Some((format!("{} e-mails in 5 minutes", 340 + 120 * worse), "50")),
                &[SECURITY, CRITICAL],
            ),
            Sort::Passwords => said(
                "PasswordsTried",
                format!("Somebody tries one password after another at the log-in of {who}."),
                Some((format!("{} attempts a minute", 90 + 40 * worse), "20")),
                &[SECURITY, WARNING],
            ),
            Sort::Payment => said(
                "PaymentsFail",
                format!("Customers of {who} cannot pay."),
                Some((format!("{} of the last 10 failed", (4 + worse).min(10)), "1")),
                &[("category", "payment"), CRITICAL],
            ),
            Sort::Storm => said(
                OF_A_STORM[number as usize % OF_A_STORM.len()],
                "It went away together with much else.".to_owned(),
                None,
                &[WARNING],
            ),
        }
    }
}
