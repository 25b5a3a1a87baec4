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
mod tests;
