//! What alerts propose, as `commands/alerts.toml` says it, and each way of saying it wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use landlord_core::alert::{About, Alert, Text};
use landlord_core::spec::{AlertRule, Catalogue, Topic, Way, When};
use landlord_core::tenant::Environment;

const ALERTS: &str = include_str!("../../commands/alerts.toml");
const SHUTDOWN: &str = include_str!("../../commands/tenant-shutdown.toml");
const ROLLBACK: &str = include_str!("../../commands/tenant-rollback.toml");
const DIAGNOSE: &str = include_str!("../../commands/tenant-diagnose.toml");
const LIST: &str = include_str!("../../commands/tenant-list.toml");

fn parse(alerts: &str) -> Result<Catalogue, String> {
    let files = [
        ("commands/alerts.toml", alerts),
        ("commands/tenant-diagnose.toml", DIAGNOSE),
        ("commands/tenant-list.toml", LIST),
        ("commands/tenant-rollback.toml", ROLLBACK),
        ("commands/tenant-shutdown.toml", SHUTDOWN),
    ];
    let files: Vec<_> = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Catalogue::parse(&files).map_err(|errors| errors.to_string())
}

/// What is said where one thing in the file is another.
fn refused(from: &str, to: &str) -> String {
    assert!(ALERTS.contains(from), "{from}");
    let refusal = parse(&ALERTS.replacen(from, to, 1)).unwrap_err();
    assert!(refusal.starts_with("commands/alerts.toml:"), "{refusal}");
    refusal
}

fn alert(name: &str, labels: &[(&str, &str)]) -> Alert {
    let labels: serde_json::Map<_, _> =
        labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let body = serde_json::json!({
        "version": "4", "groupKey": "g", "status": "firing", "receiver": "landlord", "alerts": [{
            "status": "firing", "labels": labels, "startsAt": "2026-03-02T09:00:00Z", "fingerprint": "1a30" }],
    });
    let read = landlord_core::alert::alertmanager::Notification::read(body.to_string().as_bytes()).unwrap();
    Alert { name: Text::cut(name, 100), ..Alert::notified(read).remove(0) }
}

fn rule(alert: &Alert, at: Option<Environment>) -> Option<AlertRule> {
    let about = About { environment: at, ..About::default() };
    Catalogue::built_in().unwrap().alerts().rule(alert, &about).cloned()
}

#[test]
fn the_first_rule_that_fits_counts() {
    let critical = alert("Defaced", &[("category", "security"), ("severity", "critical")]);
    let dev = rule(&critical, Some(Environment::Dev)).unwrap();
    assert_eq!(
        (dev.proposes.as_deref(), dev.automatic, dev.topic),
        (Some("tenant shutdown"), true, Some(Topic::Security))
    );
    for elsewhere in [Some(Environment::Prod), None] {
        let rule = rule(&critical, elsewhere).unwrap();
        assert_eq!((rule.proposes.as_deref(), rule.automatic), (Some("tenant shutdown"), false), "{elsewhere:?}");
    }
    let deployment = rule(&alert("ECS Deployment State Change", &[]), None).unwrap();
    assert_eq!(
        (deployment.proposes.as_deref(), deployment.with["reason"].as_str()),
        (Some("tenant rollback"), "the deployment failed")
    );
    assert_eq!(rule(&alert("prod-goldencrust-5xx", &[]), None).unwrap().proposes.as_deref(), Some("tenant diagnose"));
    assert_eq!(rule(&alert("5xx-prod", &[("categories", "security")]), None), None);
}

#[test]
fn who_hears_of_it_is_as_the_runbook_says() {
    let catalogue = Catalogue::built_in().unwrap();
    let said: Vec<_> = catalogue.alerts().escalations.iter().map(|one| (one.to.as_str(), one.by, one.when)).collect();
    assert_eq!(
        said,
        [
            ("Engineering Lead", Way::Slack, When::Failures(3)),
            ("Finance", Way::Email, When::Topic(Topic::Payment)),
            ("Security", Way::Email, When::Topic(Topic::Security)),
            ("On-call Manager", Way::PagerDuty, When::Unresolved(3_600)),
        ]
    );
}

#[test]
fn a_pattern_may_begin_and_end_with_a_star() {
    for (pattern, fits, not) in
        [("*-5xx", "a-5xx", "a-5xx-b"), ("a-*", "a-b", "b-a-b"), ("*a*", "bab", "bb"), ("a", "a", "ab")]
    {
        let catalogue = parse(&ALERTS.replacen("\"*-5xx\"", &format!("\"{pattern}\""), 1)).unwrap();
        let proposes = |name: &str| catalogue.alerts().rule(&alert(name, &[]), &About::default()).is_some();
        assert!(proposes(fits) && !proposes(not), "{pattern}");
    }
}

#[test]
fn only_a_shutdown_in_dev_and_sit_is_automatic() {
    let places = "in        = [\"dev\", \"sit\"]";
    for elsewhere in ["in = [\"dev\", \"prod\"]", "in = []"] {
        assert!(refused(places, elsewhere).contains("nothing is automatic in PROD"), "{elsewhere}");
    }
    let said = refused("proposes  = \"tenant shutdown\"", "proposes  = \"tenant rollback\"");
    assert!(said.contains("only a shutdown may be automatic"), "{said}");
    let said =
        refused("proposes  = \"tenant shutdown\"\nwith      = { reason = \"security alert: cut off by rule\" }\n", "");
    assert!(said.contains("nothing is proposed that could be done"), "{said}");
    let said = refused("with      = { reason = \"security alert: cut off by rule\" }\n", "");
    assert!(said.contains("nobody is there to give `reason`"), "{said}");
}

#[test]
fn what_is_wrong_is_refused_with_its_place() {
    for (from, to, said) in [
        ("{ name = \"*-5xx\" }", "{}", "every alert would fit"),
        ("\"*-5xx\"", "\"*\"", "`name`: a pattern is a text"),
        ("\"*-5xx\"", "\"a*b\"", "`name`: a pattern is a text"),
        ("\"tenant diagnose\"", "\"tenant explode\"", "there is no command `tenant explode`"),
        ("\"tenant diagnose\"", "\"tenant list\"", "only a command with the options `tenant` and `environment`"),
        ("{ reason = \"the deployment failed\" }", "{ tenant = \"acme\" }", "`tenant` is the alert's to say"),
        ("{ reason = \"the deployment failed\" }", "{ cpu = \"256\" }", "`tenant rollback` has no option `cpu`"),
        ("{ reason = \"the deployment failed\" }", "{ reason = \"\" }", "one line of 1 to 100 characters"),
        ("proposes = \"tenant rollback\"\n", "", "arguments of nothing"),
        ("title = \"Something about payment\"", "title = \"\"", "one line of 1 to 100 characters"),
        ("failures = 3", "failures = 3\ntopic = \"payment\"", "exactly one of"),
        ("failures = 3", "", "exactly one of"),
        ("\"1h\"", "\"soon\"", "a duration is a whole number"),
        ("by         = \"pagerduty\"", "by         = \"email\"", "an e-mail goes to the address of a topic"),
        ("by         = \"pagerduty\"", "by         = \"pigeon\"", "unknown variant `pigeon`"),
        ("topic    = \"security\"", "topics   = \"security\"", "unknown field `topics`"),
    ] {
        let refusal = refused(from, to);
        assert!(refusal.contains(said), "{to}: {refusal}");
    }
}

#[test]
fn without_the_file_nothing_is_proposed() {
    let files = [("commands/tenant-list.toml".to_owned(), LIST.to_owned())];
    assert!(Catalogue::parse(&files).unwrap().alerts().rules.is_empty());
}
