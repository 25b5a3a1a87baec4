//! Where SNS's certificates and confirmations are: at the host of the topic's own region, and nowhere else.
//!
//! Addresses are compared as they were written, letter by letter, so that no two readers of one see different hosts.

use landlord_core::card::text;
use reqwest::Url;

use super::Rejected;

/// The host of SNS in one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    region: String,
    /// What follows the region: `amazonaws.com`.
    domain: &'static str,
}

impl Host {
    /// The host that a topic is at. Error: the ARN names no region of a partition whose hosts are known.
    pub(super) fn of(topic: &str) -> Result<Self, Rejected> {
        let mut parts = topic.split(':').skip(1);
        let (partition, _, region) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
        let domain = match partition {
            Some("aws" | "aws-us-gov") => "amazonaws.com",
            Some("aws-cn") => "amazonaws.com.cn",
            _ => {
                return Err(Rejected::Certificate(format!(
                    "it is not known where the partition of {topic} has its own"
                )));
            }
        };
        if !is_region(region) {
            return Err(Rejected::Certificate(format!("{topic} is in no region")));
        }
        Ok(Self { region: region.to_owned(), domain })
    }

    /// `sns.eu-west-1.amazonaws.com`.
    pub(super) fn name(&self) -> String {
        format!("sns.{}.{}", self.region, self.domain)
    }

    /// Whom a certificate of this host's may be issued to. SNS has one name for most regions, and others for those that came
    /// later, for China and for GovCloud (AWS SDK for Java: `SnsHostProvider`). All are AWS's own.
    pub(super) fn signers(&self) -> Vec<String> {
        let Self { region, domain } = self;
        let mut names = vec![
            format!("sns.{domain}"),
            self.name(),
            format!("sns-signing.{region}.{domain}"),
            format!("sns-{region}.{domain}"),
        ];
        if region.starts_with("us-gov-") {
            names.push(format!("sns-us-gov-west-1.{domain}"));
        }
        names
    }

    /// Whether an address is that of a certificate here: `https://HOST/SimpleNotificationService-….pem`.
    pub(super) fn holds_certificate(&self, url: &str) -> Result<(), Rejected> {
        let named =
            self.path(url).and_then(|path| path.strip_prefix("SimpleNotificationService-")?.strip_suffix(".pem"));
        let word = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if named.is_some_and(word) {
            return Ok(());
        }
        let (shown, host) = (text::shorten(&text::visible(url), 200), self.name());
        Err(Rejected::Certificate(format!("{shown} is no certificate of {host}")))
    }

    /// Whether an address confirms the subscription of this topic with this token, and does nothing else.
    pub(super) fn confirms(&self, url: &str, topic: &str, token: &str) -> bool {
        let asked = self.path(url).filter(|path| path.starts_with('?')).and_then(|_| Url::parse(url).ok());
        let Some(asked) = asked else { return false };
        let mut pairs: Vec<_> = asked.query_pairs().collect();
        pairs.sort();
        let wanted = [("Action", "ConfirmSubscription"), ("Token", token), ("TopicArn", topic)];
        asked.fragment().is_none() && pairs.iter().map(|(key, value)| (&**key, &**value)).eq(wanted)
    }

    /// What follows the host and its `/`, where the address is at this host.
    fn path<'a>(&self, url: &'a str) -> Option<&'a str> {
        let rest = url.strip_prefix("https://")?.strip_prefix(self.name().as_str())?;
        rest.strip_prefix(":443").unwrap_or(rest).strip_prefix('/')
    }
}

/// `eu-west-1`, `us-gov-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [area, middle @ .., number] = parts.as_slice() else { return false };
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let numbered = (1..=2).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    area.len() == 2 && word(area) && (1..=2).contains(&middle.len()) && middle.iter().all(word) && numbered
}

#[cfg(test)]
mod tests {
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
}
