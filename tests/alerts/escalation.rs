//! Slack and PagerDuty are told what they take, and what they answer becomes what is to be done.

use std::time::Duration;

use axum::http::StatusCode;
use landlord::config::escalation::{PagerDutyConfig, SlackConfig};
use landlord::config::secret::Secret;
use landlord::notify::escalations::{Escalations, PATIENCE};
use landlord_core::ports::{Escalation, EscalationError, Page, PageAction, Severity};
use serde_json::json;
use time::macros::datetime;

use crate::receiver::{Receiver, Trouble};

const KEY: &str = "R0123456789abcdef0123456789abcde";

fn configured(receiver: &Receiver, patience: Duration) -> Escalations {
    let slack = SlackConfig { webhook: Some(Secret::new(receiver.webhook())), webhook_file: None };
    let pagerduty =
        PagerDutyConfig { routing_key: Some(Secret::new(KEY)), routing_key_file: None, api: receiver.api() };
    Escalations::new(&slack, &pagerduty, patience).unwrap()
}

fn page(action: PageAction) -> Page {
    Page {
        key: "incident-7".into(),
        action,
        summary: "goldencrust does not answer".into(),
        source: "goldencrust.wp.kimmyai.io".into(),
        severity: Severity::Critical,
        at: datetime!(2026-03-02 09:00 UTC),
    }
}

/// Both calls, one after the other.
async fn both(escalations: &Escalations) -> [Result<(), EscalationError>; 2] {
    [escalations.slack("Three failures").await, escalations.page(&page(PageAction::Trigger)).await]
}

/// No words about what went wrong may hold what lets others post.
fn hides(error: &EscalationError) {
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("/services/") && !shown.contains(KEY) && !shown.contains("127.0.0.1:"), "{shown}");
}

#[tokio::test]
async fn slack_is_told_a_text_that_calls_nobody() {
    let receiver = Receiver::start().await;
    let escalations = configured(&receiver, PATIENCE);
    escalations.slack("*3* failures of <!channel> & <@U1>").await.unwrap();
    escalations.slack(&"x".repeat(5_000)).await.unwrap();
    let [first, second] = receiver.slack().try_into().unwrap();
    assert_eq!(
        first,
        json!({ "text": "*3* failures of &lt;!channel&gt; &amp; &lt;@U1&gt;", "mrkdwn": false, "unfurl_links": false,
            "unfurl_media": false })
    );
    let text = second["text"].as_str().unwrap();
    assert_eq!((text.chars().count(), text.ends_with('…')), (4_000, true));
}

#[tokio::test]
async fn pagerduty_is_told_what_begins_and_what_ends() {
    let receiver = Receiver::start().await;
    let escalations = configured(&receiver, PATIENCE);
    for action in [PageAction::Trigger, PageAction::Resolve] {
        escalations.page(&page(action)).await.unwrap();
    }
    assert_eq!(
        receiver.pages(),
        [
            json!({ "routing_key": KEY, "event_action": "trigger", "dedup_key": "incident-7", "payload": {
                "summary": "goldencrust does not answer", "source": "goldencrust.wp.kimmyai.io", "severity": "critical",
                "timestamp": "2026-03-02T09:00:00Z" } }),
            json!({ "routing_key": KEY, "event_action": "resolve", "dedup_key": "incident-7" }),
        ]
    );
}

#[tokio::test]
async fn long_texts_are_shortened_and_a_long_key_is_refused() {
    let receiver = Receiver::start().await;
    let escalations = configured(&receiver, PATIENCE);
    for severity in [Severity::Critical, Severity::Error, Severity::Warning, Severity::Info] {
        let long = Page {
            summary: "é".repeat(2_000),
            source: "s".repeat(300),
            key: "k".repeat(255),
            severity,
            ..page(PageAction::Trigger)
        };
        escalations.page(&long).await.unwrap();
    }
    let lengths = |event: &serde_json::Value, field: &str| event["payload"][field].as_str().unwrap().chars().count();
    let pages = receiver.pages();
    assert_eq!((lengths(&pages[0], "summary"), lengths(&pages[0], "source")), (1_024, 255));
    let severities: Vec<_> = pages.iter().map(|event| event["payload"]["severity"].clone()).collect();
    assert_eq!(severities, ["critical", "error", "warning", "info"]);
    // Shortened it would be another incident's.
    for key in [String::new(), "k".repeat(256)] {
        let refused = escalations.page(&Page { key, ..page(PageAction::Resolve) }).await;
        assert!(matches!(refused, Err(EscalationError::Permanent(_))), "{refused:?}");
    }
    assert_eq!(receiver.requests(), 4);
}

#[tokio::test]
async fn limits_and_outages_pass() {
    let receiver = Receiver::start().await;
    let escalations = configured(&receiver, PATIENCE);
    for (status, pause, said) in [
        (429, Some(30), "left alone for 30 s"),
        (429, None, "too often"),
        (503, Some(5), "back in 5 s"),
        (500, None, "answered 500 (rollup_error)"),
        (408, None, "answered 408"),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let trouble = Trouble::Answer(status, pause, "rollup_error".into());
        receiver.troubles([trouble.clone(), trouble]);
        for refused in both(&escalations).await {
            let refused = refused.unwrap_err();
            assert!(matches!(refused, EscalationError::Transient(_)), "{refused:?}");
            assert!(refused.to_string().contains(said), "{refused}");
            hides(&refused);
        }
    }
    assert_eq!(both(&escalations).await, [Ok(()), Ok(())]);
}

#[tokio::test]
async fn a_refusal_stays_one_and_says_what_to_do() {
    let receiver = Receiver::start().await;
    let escalations = configured(&receiver, PATIENCE);
    for (status, body) in [(400, "invalid_payload"), (403, "action_prohibited"), (404, "no_service"), (200, "<html>")] {
        let trouble = Trouble::Answer(StatusCode::from_u16(status).unwrap(), None, body.into());
        receiver.troubles([trouble.clone(), trouble]);
        for (refused, key) in both(&escalations).await.into_iter().zip(["`webhook`", "`routing_key`"]) {
            let refused = refused.unwrap_err();
            assert!(matches!(refused, EscalationError::Permanent(_)), "{refused:?}");
            assert!(refused.to_string().contains(body) && refused.to_string().contains(key), "{refused}");
            hides(&refused);
        }
    }
    // What is sent goes to nobody but whom it was meant for.
    receiver.troubles([Trouble::Redirect, Trouble::Redirect]);
    for refused in both(&escalations).await {
        assert!(matches!(refused, Err(EscalationError::Permanent(_))), "{refused:?}");
    }
    assert_eq!((receiver.slack(), receiver.pages()), (Vec::new(), Vec::new()));
    // A wall of text is not repeated, and nothing of it that cannot be seen.
    let wall = Trouble::Answer(StatusCode::BAD_REQUEST, None, "\u{202E}no ".repeat(10_000));
    receiver.troubles([wall]);
    let refused = escalations.slack("x").await.unwrap_err().to_string();
    assert!(refused.chars().count() < 500 && !refused.contains('\u{202E}'), "{refused}");
}

#[tokio::test]
async fn pagerduty_says_what_is_wrong_with_a_key() {
    let receiver = Receiver::start().await;
    let pagerduty =
        PagerDutyConfig { routing_key: Some(Secret::new("short")), routing_key_file: None, api: receiver.api() };
    let escalations = Escalations::new(&SlackConfig::default(), &pagerduty, PATIENCE).unwrap();
    let refused = escalations.page(&page(PageAction::Trigger)).await.unwrap_err().to_string();
    assert!(refused.contains("answered 400") && refused.contains("'routing_key'"), "{refused}");
    assert_eq!((receiver.pages(), receiver.requests()), (Vec::new(), 1));
}

#[tokio::test]
async fn whoever_does_not_answer_is_not_waited_for() {
    let receiver = Receiver::start().await;
    let escalations = configured(&receiver, Duration::from_millis(200));
    receiver.troubles([Trouble::Silence, Trouble::Silence]);
    for refused in both(&escalations).await {
        let refused = refused.unwrap_err();
        assert!(matches!(&refused, EscalationError::Transient(why) if why.contains("in time")), "{refused:?}");
        hides(&refused);
    }
}

#[tokio::test]
async fn whoever_is_away_is_asked_again_later() {
    let receiver = Receiver::start().await;
    let escalations = configured(&receiver, PATIENCE);
    receiver.stop().await;
    for refused in both(&escalations).await {
        let refused = refused.unwrap_err();
        assert!(
            matches!(&refused, EscalationError::Transient(why) if why.contains("could not be asked")),
            "{refused:?}"
        );
        hides(&refused);
    }
}

#[tokio::test]
async fn without_configuration_nobody_is_told() {
    let escalations = Escalations::new(&SlackConfig::default(), &PagerDutyConfig::default(), PATIENCE).unwrap();
    let [slack, paged] = both(&escalations).await;
    assert!(matches!(slack, Err(EscalationError::Unconfigured(why)) if why.contains("`webhook` in [slack]")));
    assert!(matches!(paged, Err(EscalationError::Unconfigured(why)) if why.contains("`routing_key` in [pagerduty]")));
}

#[tokio::test]
async fn what_lets_others_post_does_not_show() {
    let receiver = Receiver::start().await;
    let shown = format!("{:?}", configured(&receiver, PATIENCE));
    assert!(!shown.contains("/services/") && !shown.contains(KEY), "{shown}");
}
