//! A certificate is believed only where SNS's are, and only if it is one of them.

use axum::http::StatusCode;
use landlord::sns::{Rejected, Sns};
use rcgen::CertificateParams;
use serde_json::json;
use time::Duration;

use crate::signatures::{NOW, TOPIC, trusting, verify, verify_at};
use crate::sns::{Answer, CERTIFICATE, Kind, LocalSns, Signer, named, params, self_signed};

fn signed() -> serde_json::Value {
    Signer::new("eu-west-1").sign(TOPIC, Kind::Notification(None), "{}", NOW)
}

fn valid(mut params: CertificateParams, from: Duration, to: Duration) -> CertificateParams {
    params.not_before = NOW + from;
    params.not_after = NOW + to;
    params
}

/// What becomes of a message where this is served as the certificate.
async fn with(certificate: impl FnOnce(&LocalSns) -> Answer) -> Result<(), Rejected> {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let answer = certificate(&local);
    local.answers(CERTIFICATE, answer);
    let verdict = verify(&trusting(&local), &signed()).await;
    assert_eq!(local.asked().len(), 1, "{:?}", local.asked());
    verdict
}

#[tokio::test]
async fn a_look_alike_host_is_never_asked() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    for host in [
        "https://sns.eu-west-1.amazonaws.com.evil.example",
        "https://sns.eu-west-1.amazonaws.com@evil.example",
        "https://SNS.eu-west-1.amazonaws.com",
        "https://sns.eu-west-1.amazonaws.com:8443",
        "https://sns.us-east-1.amazonaws.com",
        "https://sns-evil.amazonaws.com",
        "https://sns.eu-west-1.amazonaws.com.cn",
        "https://evil.example",
    ] {
        let mut body = signed();
        body["SigningCertURL"] = json!(format!("{host}{CERTIFICATE}"));
        let refused = verify(&sns, &body).await.unwrap_err();
        assert_eq!((refused.result(), refused.status()), ("certificate", 401), "{host}: {refused}");
    }
    assert_eq!(local.asked(), Vec::<String>::new());
    assert_eq!(verify(&sns, &signed()).await, Ok(()));
    assert_eq!(local.asked(), [format!("sns.eu-west-1.amazonaws.com{CERTIFICATE}")]);
}

#[tokio::test]
async fn sns_has_several_names() {
    for names in [["sns.amazonaws.com"], ["sns.eu-west-1.amazonaws.com"], ["sns-signing.eu-west-1.amazonaws.com"]] {
        assert_eq!(with(|local| Answer::ok(local.authority().certificate(&names))).await, Ok(()), "{names:?}");
    }
    assert_eq!(with(|local| Answer::ok(local.authority().certify(&params("sns.amazonaws.com")))).await, Ok(()));
}

#[tokio::test]
async fn each_region_has_its_own_host() {
    let local = LocalSns::start(&["eu-west-1", "af-south-1"]).await;
    let african = "arn:aws:sns:af-south-1:093646564004:prod-alarms";
    let sns = Sns::over(vec![TOPIC.into(), african.into()], local.client()).unwrap();
    let signer = Signer::new("af-south-1");
    local.serves(&local.authority().certificate(&["sns-signing.af-south-1.amazonaws.com"]));
    assert_eq!(verify(&sns, &signer.sign(african, Kind::Notification(None), "{}", NOW)).await, Ok(()));
    assert_eq!(local.asked(), [format!("sns.af-south-1.amazonaws.com{CERTIFICATE}")]);
    // The same certificate is not one of the other region's.
    assert!(matches!(verify(&sns, &signed()).await, Err(Rejected::Certificate(_))));
    // And a topic's messages come from its own region.
    let elsewhere = signer.sign(TOPIC, Kind::Notification(None), "{}", NOW);
    assert!(matches!(verify(&sns, &elsewhere).await, Err(Rejected::Certificate(_))));
}

#[tokio::test]
async fn a_certificate_that_is_not_snss_is_refused() {
    type Make = fn(&LocalSns) -> Answer;
    let sns = named(&["sns.amazonaws.com"]);
    let cases: [(&str, Make, &str); 14] = [
        ("self-signed", |_| Answer::ok(self_signed(&named(&["sns.amazonaws.com"]), None)), "self-signed"),
        (
            "self-signed under another's name",
            |_| Answer::ok(self_signed(&named(&["sns.amazonaws.com"]), Some(params("Amazon RSA 2048 M01")))),
            "self-signed",
        ),
        (
            "issued by whom it is issued to",
            |local| {
                let mut params = params("Amazon RSA 2048 M01");
                params.subject_alt_names = named(&["sns.amazonaws.com"]).subject_alt_names;
                Answer::ok(local.authority().certify(&params))
            },
            "self-signed",
        ),
        ("another name", |local| Answer::ok(local.authority().certificate(&["sns.evil.example"])), "somebody else"),
        (
            "a longer name",
            |local| Answer::ok(local.authority().certificate(&["sns.amazonaws.com.evil.example"])),
            "somebody else",
        ),
        (
            "another common name",
            |local| Answer::ok(local.authority().certify(&params("evil.example"))),
            "somebody else",
        ),
        (
            "a common name that the names contradict",
            |local| {
                let mut params = params("sns.amazonaws.com");
                params.subject_alt_names = named(&["evil.example"]).subject_alt_names;
                Answer::ok(local.authority().certify(&params))
            },
            "somebody else",
        ),
        ("no name", |local| Answer::ok(local.authority().certificate(&[])), "somebody else"),
        (
            "expired",
            |local| {
                let params = valid(named(&["sns.amazonaws.com"]), Duration::days(-365), Duration::seconds(-1));
                Answer::ok(local.authority().certify(&params))
            },
            "valid from",
        ),
        (
            "not valid yet",
            |local| {
                let params = valid(named(&["sns.amazonaws.com"]), Duration::seconds(1), Duration::days(365));
                Answer::ok(local.authority().certify(&params))
            },
            "valid from",
        ),
        ("no certificate", |_| Answer::ok("<html/>"), "no PEM"),
        (
            "something else",
            |_| Answer::ok("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
            "another kind",
        ),
        ("damaged", |_| Answer::ok("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "no X.509"),
        (
            "too large",
            |local| Answer::ok(local.authority().certificate(&["sns.amazonaws.com"]) + &" ".repeat(16 * 1024)),
            "bytes",
        ),
    ];
    for (what, certificate, said) in cases {
        let refused = with(certificate).await.expect_err(what);
        assert_eq!((refused.result(), refused.status()), ("certificate", 401), "{what}: {refused}");
        assert!(refused.to_string().contains(said), "{what}: {refused}");
    }
    assert_eq!(with(|local| Answer::ok(local.authority().certify(&sns))).await, Ok(()));
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let refused = with(|local| {
        local.answers("/other.pem", Answer::ok(local.authority().certificate(&["sns.amazonaws.com"])));
        Answer::redirect("https://sns.eu-west-1.amazonaws.com/other.pem")
    })
    .await;
    assert!(matches!(&refused, Err(Rejected::Certificate(why)) if why.contains("302")), "{refused:?}");
}

#[tokio::test]
async fn a_certificate_that_is_not_there_is_refused() {
    for status in [404, 403, 204] {
        let refused = with(|_| Answer::status(status)).await;
        assert!(matches!(refused, Err(Rejected::Certificate(_))), "{status}: {refused:?}");
    }
}

#[tokio::test]
async fn while_sns_is_away_nothing_is_judged() {
    for status in [429, 500, 503] {
        let refused = with(|_| Answer::status(status)).await.unwrap_err();
        assert_eq!((refused.result(), refused.status()), ("unavailable", 503), "{refused}");
    }
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    let certificate = local.authority().certificate(&["sns.amazonaws.com"]);
    local.answers(CERTIFICATE, Answer::status(500));
    assert!(matches!(verify(&sns, &signed()).await, Err(Rejected::Unavailable(_))));
    local.answers(CERTIFICATE, Answer { status: StatusCode::OK, location: None, body: certificate });
    assert_eq!(verify(&sns, &signed()).await, Ok(()), "nothing bad was kept");
}

#[tokio::test]
async fn a_host_that_nobody_vouches_for_is_not_believed() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = Sns::over(vec![TOPIC.into()], local.stranger()).unwrap();
    let refused = verify(&sns, &signed()).await.unwrap_err();
    assert_eq!(refused.result(), "unavailable", "{refused}");
    // The true host, but its server's certificate is another region's.
    let other = LocalSns::start(&["eu-west-2"]).await;
    let refused = verify(&trusting(&other), &signed()).await.unwrap_err();
    assert_eq!(refused.result(), "unavailable", "{refused}");
    assert_eq!((local.asked(), other.asked()), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn a_certificate_is_fetched_once_while_it_is_valid() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    let until = Duration::minutes(10);
    local.serves(&local.authority().certify(&valid(named(&["sns.amazonaws.com"]), Duration::days(-1), until)));
    for _ in 0..3 {
        assert_eq!(verify(&sns, &signed()).await, Ok(()));
    }
    assert_eq!(local.asked().len(), 1);
    let late = verify_at(&sns, &signed(), NOW + until + Duration::SECOND).await;
    assert!(matches!(late, Err(Rejected::Certificate(_))), "{late:?}");
    assert_eq!(local.asked().len(), 2);
}

#[tokio::test]
async fn a_storm_asks_for_the_certificate_a_few_times_at_most() {
    let local = LocalSns::start(&["eu-west-1"]).await;
    let sns = trusting(&local);
    let bodies: Vec<_> = (0..100).map(|_| signed()).collect();
    let verdicts = futures::future::join_all(bodies.iter().map(|body| verify(&sns, body))).await;
    assert!(verdicts.iter().all(Result::is_ok), "{verdicts:?}");
    assert!(local.asked().len() <= 4, "{:?}", local.asked());
}
