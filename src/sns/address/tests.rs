//! Addresses that are SNS's, and those that only look so.

use super::*;

const TOPIC: &str = "arn:aws:sns:eu-west-1:536580886816:dev-alarms";

#[test]
fn the_host_is_that_of_the_topics_region() {
    for (topic, host) in [
        (TOPIC, "sns.eu-west-1.amazonaws.com"),
        ("arn:aws:sns:af-south-1:093646564004:prod-alarms", "sns.af-south-1.amazonaws.com"),
        ("arn:aws-us-gov:sns:us-gov-east-1:093646564004:alarms", "sns.us-gov-east-1.amazonaws.com"),
        ("arn:aws-cn:sns:cn-north-1:093646564004:alarms", "sns.cn-north-1.amazonaws.com.cn"),
    ] {
        assert_eq!(Host::of(topic).map(|host| host.name()), Ok(host.to_owned()));
    }
    for topic in [
        "arn:aws-iso:sns:us-iso-east-1:093646564004:alarms",
        "arn:aws:sns:evil.example/:093646564004:alarms",
        "arn:aws:sns:eu-west-1.evil:093646564004:alarms",
        "arn:aws:sns:EU-WEST-1:093646564004:alarms",
        "arn:aws:sns:eu-west:093646564004:alarms",
        "arn:aws:sns:eu--1:093646564004:alarms",
        "arn:aws:sns::093646564004:alarms",
        "sns",
    ] {
        assert!(matches!(Host::of(topic), Err(Rejected::Certificate(_))), "{topic}");
    }
}

#[test]
fn signers_are_those_of_the_region() {
    let signers = |topic| Host::of(topic).unwrap().signers();
    let african = signers("arn:aws:sns:af-south-1:093646564004:prod-alarms");
    assert!(african.contains(&"sns-signing.af-south-1.amazonaws.com".to_owned()), "{african:?}");
    assert!(signers(TOPIC).contains(&"sns.amazonaws.com".to_owned()));
    assert!(!signers(TOPIC).iter().any(|name| name.contains("af-south-1")));
    let chinese = signers("arn:aws-cn:sns:cn-north-1:093646564004:alarms");
    assert!(chinese.contains(&"sns-cn-north-1.amazonaws.com.cn".to_owned()), "{chinese:?}");
    let government = signers("arn:aws-us-gov:sns:us-gov-east-1:093646564004:alarms");
    assert!(government.contains(&"sns-us-gov-west-1.amazonaws.com".to_owned()), "{government:?}");
}

#[test]
fn a_certificate_is_at_the_host_of_the_topic_and_nowhere_else() {
    let host = Host::of(TOPIC).unwrap();
    for url in [
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem",
        "https://sns.eu-west-1.amazonaws.com:443/SimpleNotificationService-1.pem",
    ] {
        assert_eq!(host.holds_certificate(url), Ok(()), "{url}");
    }
    for at in [
        "http://sns.eu-west-1.amazonaws.com",
        "HTTPS://sns.eu-west-1.amazonaws.com",
        "https://SNS.eu-west-1.amazonaws.com",
        "https://sns.eu-west-1.amazonaws.com.",
        "https://sns.eu-west-1.amazonaws.com.evil.example",
        "https://sns.eu-west-1.amazonaws.com@evil.example",
        "https://evil.example@sns.eu-west-1.amazonaws.com",
        "https://@sns.eu-west-1.amazonaws.com",
        "https://sns.eu-west-1.amazonaws.com:8443",
        "https://sns.eu-west-1.amazonaws.com:4430",
        "https://sns.eu-west-1.amazonaws.com:443@evil.example",
        "https://sns.eu-west-1.amazonaws.com.cn",
        "https://sns.eu-west-2.amazonaws.com",
        "https://sns-evil.amazonaws.com",
        "https://sns.amazonaws.com",
        "https://evil.example/sns.eu-west-1.amazonaws.com",
        "https://s3.eu-west-1.amazonaws.com/bucket",
        "https://sns.eu-west-1.amazonaws.com/bucket",
        "https://sns.eu-west-1.amazonaws.com/..",
        "https://sns.eu-west-1.amazonaws.com/?",
        "//sns.eu-west-1.amazonaws.com",
        "",
    ] {
        let url = format!("{at}/SimpleNotificationService-1.pem");
        let refused = host.holds_certificate(&url);
        assert!(matches!(refused, Err(Rejected::Certificate(_))), "{url}: {refused:?}");
    }
    for name in [
        "SimpleNotificationService.pem",
        "SimpleNotificationService-.pem",
        "SimpleNotificationService-1.pem?x=1",
        "SimpleNotificationService-1.pem#x",
        "SimpleNotificationService-1/../x.pem",
        "SimpleNotificationService-%2e.pem",
        "other.pem",
        "",
    ] {
        let url = format!("https://sns.eu-west-1.amazonaws.com/{name}");
        assert!(host.holds_certificate(&url).is_err(), "{url}");
    }
}

#[test]
fn a_subscription_is_confirmed_by_one_address_only() {
    let host = Host::of(TOPIC).unwrap();
    let at = |host: &str, query: &str| format!("https://{host}/?{query}");
    let right = format!("Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37");
    let escaped = right.replace(':', "%3A");
    for query in [&right, &escaped] {
        assert!(host.confirms(&at("sns.eu-west-1.amazonaws.com", query), TOPIC, "2336412f37"), "{query}");
    }
    for query in [
        right.replace("ConfirmSubscription", "DeleteTopic"),
        right.replace("dev-alarms", "other"),
        right.replace("2336412f37", "other"),
        format!("{right}&Action=DeleteTopic"),
        format!("{right}&AuthenticateOnUnsubscribe=true"),
        format!("{right}#x"),
        "Action=ConfirmSubscription".into(),
        String::new(),
    ] {
        assert!(!host.confirms(&at("sns.eu-west-1.amazonaws.com", &query), TOPIC, "2336412f37"), "{query}");
    }
    for elsewhere in [
        "sns.eu-west-2.amazonaws.com",
        "sns.eu-west-1.amazonaws.com.evil.example",
        "evil.example",
        "sns.eu-west-1.amazonaws.com/x",
    ] {
        assert!(!host.confirms(&at(elsewhere, &right), TOPIC, "2336412f37"), "{elsewhere}");
    }
}
