//! What is posted by those who may not, or is spoilt, comes no further than the door: it is refused and counted, and nobody is
//! told in the chat.

use landlord_core::incident::State;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::watched;
use crate::sns::{Answer, Kind, Signer, named, self_signed};
use crate::world::{Alarm, TOPIC, World, alert, signed, webhook};

/// A message, how it is answered, and as what it is counted.
type Case = (String, u16, &'static str);

/// Posts each, and asserts that it is refused so, is counted, and that nobody hears of it.
async fn are_refused(world: &World, door: &str, token: Option<&str>, cases: Vec<Case>) {
    for (body, status, why) in cases {
        let result = format!("refused: {why}");
        let before = world.counted(door, &result).await;
        let start: String = body.chars().take(600).collect();
        let (answered, text) = world.posts(door, token, body).await;
        assert_eq!(answered, status, "{text} to {start}");
        assert_eq!(world.counted(door, &result).await, before + 1, "{result}, of {start}");
        assert!(text.len() < 600, "not much is said to strangers: {text}");
    }
    assert_eq!(world.incidents().await, []);
    assert_eq!(world.messages(&world.channel_named("incidents")).await, Vec::<Value>::new());
}

/// The message with another value in a field.
fn with(message: &Value, field: &str, value: &str) -> String {
    let mut changed = message.clone();
    changed[field] = json!(value);
    changed.to_string()
}

#[tokio::test]
async fn what_sns_did_not_send_is_refused_and_counted() {
    let world = watched().await;
    let golden = world.tenant();
    let alarm = Alarm::on(&golden.id);
    let (now, fires) = (OffsetDateTime::now_utc(), alarm.is("ALARM"));
    let right = signed(TOPIC, &fires);
    let sign = |signer: Signer, at| signer.sign(TOPIC, Kind::Notification(None), &fires, at).to_string();
    let south = || Signer::new("af-south-1");
    let path = "/SimpleNotificationService-self.pem";
    let own = format!("https://sns.af-south-1.amazonaws.com{path}");
    world.monitoring().sns.answers(path, Answer::ok(self_signed(&named(&["sns.amazonaws.com"]), None)));
    let elsewhere = "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem";
    let certificate = right["SigningCertURL"].as_str().unwrap();
    let mut cases = vec![
        (sign(south().forger(), now), 401, "signature"),
        (sign(south().forger().version(1), now), 401, "signature"),
        (sign(south(), now - Duration::hours(2)), 403, "timestamp"),
        (sign(south(), now + Duration::hours(2)), 403, "timestamp"),
        (signed("arn:aws:sns:af-south-1:093646564004:others", &fires).to_string(), 403, "topic"),
        (with(&right, "SigningCertURL", elsewhere), 401, "certificate"),
        (with(&right, "SigningCertURL", &certificate.replace("https:", "http:")), 400, "malformed"),
        (with(&right, "SigningCertURL", &own), 401, "certificate"),
        ("{".to_owned(), 400, "malformed"),
        (String::new(), 400, "malformed"),
        (signed(TOPIC, "You have been chosen").to_string(), 400, "malformed"),
        (with(&right, "Message", &" ".repeat(257 * 1024)), 413, "too large"),
    ];
    for (field, value) in [
        ("Message", alarm.is("OK").as_str()),
        ("MessageId", "22b80b92-fdea-4c2c-8f9d-000000000000"),
        ("Subject", "OK"),
        ("Timestamp", "2026-03-02T09:00:00.000Z"),
        ("TopicArn", "arn:aws:sns:af-south-1:093646564004:prod-alarms-2"),
        ("Type", "UnsubscribeConfirmation"),
        ("SignatureVersion", "1"),
        ("Signature", "c2lnbmF0dXJl"),
    ] {
        let (status, why) = match field {
            "Timestamp" => (403, "timestamp"),
            "TopicArn" => (403, "topic"),
            "Type" => (400, "malformed"),
            _ => (401, "signature"),
        };
        cases.push((with(&right, field, value), status, why));
    }
    are_refused(&world, "sns", None, cases).await;
    let asked = world.monitoring().sns.asked();
    assert!(asked.iter().all(|asked| asked.starts_with("sns.af-south-1.amazonaws.com/")), "{asked:?}");

    for (taken, fired) in [("taken", 1), ("again", 1), ("again", 1)] {
        assert_eq!(world.posts("sns", None, right.to_string()).await, (200, format!("{taken}\n")));
        let incidents = world.incidents().await;
        assert_eq!((incidents.len(), incidents[0].fired, incidents[0].state), (1, fired, State::Firing));
    }
    assert_eq!((world.counted("sns", "taken").await, world.counted("sns", "again").await), (1, 2));
    let incident = world.incident(&alarm.name).await;
    incident.card().await.hides("fired 2 times");
    incident.stands_once().await;
    world.end().await;
}

#[tokio::test]
async fn a_subscription_to_an_allowed_topic_is_confirmed_and_no_other() {
    let world = watched().await;
    let asks = |topic: &str| {
        let signer = Signer::new("af-south-1");
        signer.sign(topic, Kind::Subscription, "You have chosen to subscribe", OffsetDateTime::now_utc())
    };
    let other = asks("arn:aws:sns:af-south-1:093646564004:others").to_string();
    are_refused(&world, "sns", None, vec![(other, 403, "topic")]).await;
    assert_eq!(world.monitoring().sns.asked(), Vec::<String>::new());
    let right = asks(TOPIC);
    assert_eq!(world.posts("sns", None, right.to_string()).await, (200, "confirmed\n".to_owned()));
    let asked = world.monitoring().sns.asked().pop().map(|asked| format!("https://{asked}"));
    assert_eq!(asked.as_deref(), right["SubscribeURL"].as_str());
    world.end().await;
}

#[tokio::test]
async fn what_alertmanager_did_not_send_is_refused_and_counted() {
    let world = watched().await;
    let right = webhook(&[alert("firing", &[("alertname", "TenantDown")])]).to_string();
    for token in [None, Some("storie"), Some("storiesx"), Some("")] {
        are_refused(&world, "alertmanager", token, vec![(right.clone(), 401, "token")]).await;
    }
    let names: Vec<String> = (0..10_000).map(|number| format!("l{number}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "v")).collect();
    let cases = vec![
        (webhook(&[alert("firing", &many)]).to_string(), 400, "malformed"),
        (right.replace("\"version\":\"4\"", "\"version\":\"3\""), 400, "malformed"),
        (right[..right.len() - 1].to_owned(), 400, "malformed"),
        ("[]".to_owned(), 400, "malformed"),
        (format!("{right}{}", " ".repeat(257 * 1024)), 413, "too large"),
    ];
    are_refused(&world, "alertmanager", Some("stories"), cases).await;
    // Whoever has no token is not listened to for long.
    are_refused(&world, "alertmanager", None, vec![(" ".repeat(257 * 1024), 401, "token")]).await;
    assert_eq!(world.posts("alertmanager", Some("stories"), right).await, (200, "taken\n".to_owned()));
    world.incident("TenantDown").await;
    world.end().await;
}
