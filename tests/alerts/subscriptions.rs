//! SNS is told that a subscription is wanted, and nobody else is told anything.

use landlord::sns::{Sns, Unconfirmed};
use landlord_core::alert::sns::Envelope;
use serde_json::{Value, json};

use crate::signatures::{NOW, TOPIC, trusting, verify};
use crate::sns::{Answer, Kind, LocalSns, Signer};

async fn confirm(sns: &Sns, body: &Value) -> Result<(), Unconfirmed> {
    sns.confirm(&Envelope::read(body.to_string().as_bytes()).unwrap()).await
}

fn question() -> Value {
    Signer::new("eu-west-1").sign(TOPIC, Kind::Subscription, "You have chosen to subscribe", NOW)
}

#[tokio::test]
async fn a_subscription_is_confirmed_where_the_message_says() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    let body = question();
    assert_eq!(verify(&sns, &body).await, Ok(()));
    assert_eq!(confirm(&sns, &body).await, Ok(()));
    let asked = local.asked().pop().unwrap();
    assert_eq!(format!("https://{asked}"), body["SubscribeURL"].as_str().unwrap());
}

#[tokio::test]
async fn what_is_no_question_is_not_answered() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    // Asking for its address would subscribe again.
    for kind in [Kind::Unsubscription, Kind::Notification(None)] {
        let refused = confirm(&sns, &Signer::new("eu-west-1").sign(TOPIC, kind, "{}", NOW)).await;
        assert!(matches!(refused, Err(Unconfirmed::Refused(_))), "{refused:?}");
    }
    let other = "arn:aws:sns:eu-west-1:815856636111:dev-alarms";
    let refused = confirm(&sns, &Signer::new("eu-west-1").sign(other, Kind::Subscription, "{}", NOW)).await;
    assert!(matches!(refused, Err(Unconfirmed::Refused(_))), "{refused:?}");
    assert_eq!(local.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn no_other_address_is_asked() {
    let local = LocalSns::start(&["eu-west-1", "eu-west-2"]).await;
    let sns = trusting(&local);
    let right = question()["SubscribeURL"].as_str().unwrap().to_owned();
    for wrong in [
        right.replace("sns.eu-west-1.amazonaws.com", "evil.example"),
        right.replace("sns.eu-west-1.amazonaws.com", "sns.eu-west-1.amazonaws.com.evil.example"),
        right.replace("sns.eu-west-1.amazonaws.com", "sns.eu-west-1.amazonaws.com@evil.example"),
        right.replace("sns.eu-west-1", "sns.eu-west-2"),
        right.replace("ConfirmSubscription", "DeleteTopic"),
        right.replace("dev-alarms", "other"),
        right.replace("Token=", "Token=1"),
        format!("{right}&Action=DeleteTopic"),
        "https://sns.eu-west-1.amazonaws.com/".to_owned(),
    ] {
        let mut body = question();
        body["SubscribeURL"] = json!(wrong);
        // Even if SNS itself had signed it.
        Signer::new("eu-west-1").seal(&mut body);
        let refused = confirm(&sns, &body).await;
        assert!(matches!(refused, Err(Unconfirmed::Refused(_))), "{wrong}: {refused:?}");
    }
    assert_eq!(local.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn what_sns_says_to_it_is_heard() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    for (answer, transient) in [
        (Answer::status(429), true),
        (Answer::status(503), true),
        (Answer::status(400), false),
        (Answer::status(404), false),
        (Answer::redirect("https://sns.eu-west-1.amazonaws.com/other"), false),
    ] {
        local.answers("/", answer.clone());
        let refused = confirm(&sns, &question()).await.unwrap_err();
        assert_eq!(matches!(refused, Unconfirmed::Transient(_)), transient, "{answer:?}: {refused}");
    }
    assert!(
        local.asked().iter().all(|asked| asked.starts_with("sns.eu-west-1.amazonaws.com/?")),
        "{:?}",
        local.asked()
    );
}
