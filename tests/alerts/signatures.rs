//! What SNS signed is believed, and nothing that differs from it by a letter.

use landlord::sns::{Rejected, Sns};
use landlord_core::alert::sns::Envelope;
use serde_json::{Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::sns::{Kind, LocalSns, Signer};

pub(crate) const NOW: OffsetDateTime = datetime!(2026-03-02 09:00 UTC);
pub(crate) const TOPIC: &str = "arn:aws:sns:eu-west-1:536580886816:dev-alarms";
/// Allowed too, so that a message can be moved to it.
const OTHER: &str = "arn:aws:sns:eu-west-1:536580886816:dev-events";
const KINDS: [Kind<'_>; 4] =
    [Kind::Notification(None), Kind::Notification(Some("ALARM: \"dev\"")), Kind::Subscription, Kind::Unsubscription];

pub(crate) fn trusting(local: &LocalSns) -> Sns {
    Sns::over(vec![TOPIC.into(), OTHER.into()], local.client()).unwrap()
}

pub(crate) async fn verify(sns: &Sns, body: &Value) -> Result<(), Rejected> {
    verify_at(sns, body, NOW).await
}

pub(crate) async fn verify_at(sns: &Sns, body: &Value, now: OffsetDateTime) -> Result<(), Rejected> {
    sns.verify(&Envelope::read(body.to_string().as_bytes()).unwrap(), now).await
}

#[tokio::test]
async fn every_kind_is_believed_under_both_versions() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    for version in [1, 2] {
        for kind in KINDS {
            let signer = Signer::new("eu-west-1").version(version);
            for message in ["{\"AlarmName\":\"dev\"}", "two\nlines, é and \\n", ""] {
                let body = signer.sign(TOPIC, kind, message, NOW);
                assert_eq!(verify(&sns, &body).await, Ok(()), "{body}");
            }
        }
    }
}

#[tokio::test]
async fn no_signed_field_can_be_changed() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    for version in [1, 2] {
        for kind in KINDS {
            let right = Signer::new("eu-west-1").version(version).sign(TOPIC, kind, "{}", NOW);
            assert_eq!(verify(&sns, &right).await, Ok(()));
            let mut tried = 0;
            for (field, value) in changes(&right) {
                let mut body = right.clone();
                body[field] = value;
                let refused = verify(&sns, &body).await;
                assert!(matches!(refused, Err(Rejected::Signature(_))), "{field} of {body}: {refused:?}");
                tried += 1;
            }
            assert!(tried >= 9, "{tried}");
        }
    }
}

/// Each field of a body with what it does not say, near enough to what it says to get as far as the signature.
fn changes(body: &Value) -> Vec<(&'static str, Value)> {
    let mut changes = vec![
        ("Message", json!("{} ")),
        ("MessageId", json!("22b80b92-fdea-4c2c-8f9d-000000000000")),
        ("TopicArn", json!(OTHER)),
        ("Timestamp", json!("2026-03-02T09:00:00.001Z")),
        // The same moment: the signature is over what was written.
        ("Timestamp", json!("2026-03-02T09:00:00Z")),
        ("SignatureVersion", json!(if body["SignatureVersion"] == "1" { "2" } else { "1" })),
        ("Signature", json!("c2lnbmF0dXJl")),
        ("Signature", json!("not base 64")),
    ];
    match body["Type"].as_str().unwrap() {
        "Notification" => {
            changes.push(("Subject", json!("OK: \"dev\"")));
            changes.push(("Subject", if body["Subject"].is_null() { json!("") } else { json!(null) }));
        }
        kind => {
            let other =
                ["SubscriptionConfirmation", "UnsubscribeConfirmation"].into_iter().find(|it| *it != kind).unwrap();
            changes.push(("Type", json!(other)));
            changes.push(("Type", json!("Notification")));
            changes.push(("Token", json!("2336412f37")));
            let url = body["SubscribeURL"].as_str().unwrap().replace("ConfirmSubscription", "Unsubscribe");
            changes.push(("SubscribeURL", json!(url)));
        }
    }
    changes
}

#[tokio::test]
async fn another_key_is_not_believed() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    for version in [1, 2] {
        for kind in KINDS {
            let body = Signer::new("eu-west-1").version(version).forger().sign(TOPIC, kind, "{}", NOW);
            let refused = verify(&sns, &body).await.unwrap_err();
            assert_eq!((refused.result(), refused.status()), ("signature", 401), "{refused}");
        }
    }
}

#[tokio::test]
async fn a_signed_text_cannot_be_cut_into_other_fields() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    // What the message says reads like the fields after it, so that the same signed text can be told in another way.
    let message = "{}\nMessageId\n22b80b92-other\nSubject\nsaid by nobody";
    let right = Signer::new("eu-west-1").sign(TOPIC, Kind::Notification(None), message, NOW);
    assert_eq!(verify(&sns, &right).await, Ok(()));
    let mut other = right.clone();
    other["Message"] = json!("{}");
    other["MessageId"] = json!("22b80b92-other");
    other["Subject"] = json!(format!("said by nobody\nMessageId\n{}", right["MessageId"].as_str().unwrap()));
    let refused = verify(&sns, &other).await;
    assert!(matches!(refused, Err(Rejected::Signature(_))), "{refused:?}");
}

#[tokio::test]
async fn only_what_is_near_in_time_is_believed() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    let signed = |at| Signer::new("eu-west-1").sign(TOPIC, Kind::Notification(None), "{}", at);
    for old in [Duration::HOUR + Duration::MILLISECOND, Duration::DAY, -Duration::minutes(5) - Duration::MILLISECOND] {
        let refused = verify(&sns, &signed(NOW - old)).await.unwrap_err();
        assert_eq!((refused.result(), refused.status()), ("timestamp", 403), "{refused}");
    }
    assert_eq!(local.asked(), Vec::<String>::new());
    for old in [Duration::HOUR, Duration::minutes(-5)] {
        assert_eq!(verify(&sns, &signed(NOW - old)).await, Ok(()));
    }
}

#[tokio::test]
async fn a_replay_is_not_believed_once_it_is_old() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    let body = Signer::new("eu-west-1").sign(TOPIC, Kind::Notification(None), "{}", NOW);
    assert_eq!(verify(&sns, &body).await, Ok(()));
    let later = verify_at(&sns, &body, NOW + Duration::minutes(61)).await;
    assert!(matches!(later, Err(Rejected::Timestamp(_))), "{later:?}");
}

#[tokio::test]
async fn only_topics_of_the_list_are_believed() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    for topic in [
        "arn:aws:sns:eu-west-1:536580886816:dev-alarms-2",
        "arn:aws:sns:eu-west-1:815856636111:dev-alarms",
        "arn:aws:sns:eu-west-2:536580886816:dev-alarms",
        "arn:aws:sns:eu-west-1:536580886816:Dev-alarms",
    ] {
        let body = Signer::new("eu-west-1").sign(topic, Kind::Notification(None), "{}", NOW);
        let refused = verify(&sns, &body).await.unwrap_err();
        assert_eq!((refused.result(), refused.status()), ("topic", 403), "{refused}");
    }
    let nobody = Sns::over(Vec::new(), local.client()).unwrap();
    let body = Signer::new("eu-west-1").sign(TOPIC, Kind::Notification(None), "{}", NOW);
    assert!(matches!(verify(&nobody, &body).await, Err(Rejected::Topic(_))));
    assert_eq!(local.asked(), Vec::<String>::new());
}
