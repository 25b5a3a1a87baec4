//! The envelope in which Amazon SNS posts to an HTTP endpoint (SNS: "Parsing Amazon SNS message formats").
//!
//! That it has the right form says nothing about who sent it: signature, certificate and topic are for its receiver to check,
//! which is why everything that is signed is kept to the letter.

use serde::Deserialize;
use time::OffsetDateTime;

use super::{Malformed, bounded, json, moment, wrong};

/// What SNS posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The same when SNS posts a message again.
    pub message_id: String,
    /// `arn:aws:sns:REGION:ACCOUNT:NAME`.
    pub topic: String,
    /// When SNS took the message.
    pub at: OffsetDateTime,
    /// The time as it was written, which the signature is over.
    pub timestamp: String,
    /// What was published, or what SNS says of a subscription.
    pub message: String,
    /// What it is.
    pub kind: Kind,
    /// The signature's version: 1 is SHA-1, 2 is SHA-256.
    pub signature_version: u8,
    /// The signature in base 64, unchecked.
    pub signature: String,
    /// Where the certificate is said to be, unchecked.
    pub certificate_url: String,
}

/// What an envelope is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A message to the topic.
    Notification {
        /// Its subject, where it has one.
        subject: Option<String>,
    },
    /// Somebody wants the topic to be posted here. Asking for the address makes it so.
    SubscriptionConfirmation(Confirmation),
    /// The topic is posted here no longer. Asking for the address takes that back.
    UnsubscribeConfirmation(Confirmation),
}

/// How a subscription is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// What SNS wants to hear.
    pub token: String,
    /// The address that says it, unchecked.
    pub subscribe_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawEnvelope {
    r#type: String,
    message_id: String,
    topic_arn: String,
    message: String,
    timestamp: String,
    subject: Option<String>,
    token: Option<String>,
    #[serde(rename = "SubscribeURL")]
    subscribe_url: Option<String>,
    signature_version: String,
    signature: String,
    #[serde(rename = "SigningCertURL")]
    signing_cert_url: String,
}

impl Envelope {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// [`Malformed`] where it is larger than [`super::BODY_MAX`] or has not the form of one of the three kinds.
    pub fn read(body: &[u8]) -> Result<Self, Malformed> {
        let raw: RawEnvelope = json(body)?;
        bounded("MessageId", &raw.message_id, 100)?;
        if !raw.message_id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return wrong("MessageId", "it has other characters than letters, digits and hyphens");
        }
        if !is_topic(&raw.topic_arn) {
            return wrong("TopicArn", "it is not of the form arn:aws:sns:REGION:ACCOUNT:NAME");
        }
        let signature_version = match raw.signature_version.as_str() {
            "1" => 1,
            "2" => 2,
            _ => return wrong("SignatureVersion", "it is neither \"1\" nor \"2\""),
        };
        bounded("Signature", &raw.signature, 4_096)?;
        let confirmation = || confirmation(raw.token.as_deref(), raw.subscribe_url.as_deref());
        let kind = match raw.r#type.as_str() {
            "Notification" => Kind::Notification { subject: raw.subject },
            "SubscriptionConfirmation" => Kind::SubscriptionConfirmation(confirmation()?),
            "UnsubscribeConfirmation" => Kind::UnsubscribeConfirmation(confirmation()?),
            _ => return wrong("Type", "it is none of the three that SNS posts"),
        };
        Ok(Self {
            at: moment("Timestamp", &raw.timestamp)?,
            certificate_url: address("SigningCertURL", &raw.signing_cert_url)?,
            message_id: raw.message_id,
            topic: raw.topic_arn,
            timestamp: raw.timestamp,
            message: raw.message,
            kind,
            signature_version,
            signature: raw.signature,
        })
    }
}

fn confirmation(token: Option<&str>, url: Option<&str>) -> Result<Confirmation, Malformed> {
    let token = bounded("Token", token.unwrap_or_default(), 1_024)?.to_owned();
    Ok(Confirmation { token, subscribe_url: address("SubscribeURL", url.unwrap_or_default())? })
}

/// An address as it was written: printable ASCII, so that no two readers of it see different hosts.
fn address(field: &str, text: &str) -> Result<String, Malformed> {
    bounded(field, text, 2_048)?;
    if !text.starts_with("https://") || !text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
        return wrong(field, "it is no https:// address");
    }
    Ok(text.to_owned())
}

fn is_topic(arn: &str) -> bool {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", partition, "sns", region, account, name] = parts.as_slice() else { return false };
    let word = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    let account_ok = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    partition.starts_with("aws") && word(partition, 20) && word(region, 30) && account_ok && word(name, 256)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn notification() -> Value {
        json!({
            "Type": "Notification", "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": "arn:aws:sns:af-south-1:093646564004:prod-alarms", "Subject": "ALARM: \"prod-goldencrust\"",
            "Message": "{}", "Timestamp": "2026-03-02T09:00:00.000Z", "SignatureVersion": "1", "Signature": "c2lnbmF0dXJl",
            "SigningCertURL": "https://sns.af-south-1.amazonaws.com/SimpleNotificationService-1.pem",
            "UnsubscribeURL": "https://sns.af-south-1.amazonaws.com/?Action=Unsubscribe",
        })
    }

    fn confirmation_of(kind: &str) -> Value {
        let mut body = notification();
        body["Type"] = json!(kind);
        body["Token"] = json!("2336412f37");
        body["SubscribeURL"] = json!("https://sns.af-south-1.amazonaws.com/?Action=ConfirmSubscription");
        body
    }

    fn read(body: &Value) -> Result<Envelope, Malformed> {
        Envelope::read(body.to_string().as_bytes())
    }

    #[test]
    fn the_three_kinds_are_told_apart() {
        let envelope = read(&notification()).expect("valid");
        let subject = Some("ALARM: \"prod-goldencrust\"".to_owned());
        assert_eq!(envelope.kind, Kind::Notification { subject });
        assert_eq!((envelope.signature_version, envelope.timestamp.as_str()), (1, "2026-03-02T09:00:00.000Z"));
        let subscribe = read(&confirmation_of("SubscriptionConfirmation")).expect("valid").kind;
        assert!(matches!(subscribe, Kind::SubscriptionConfirmation(it) if it.token == "2336412f37"));
        let unsubscribe = read(&confirmation_of("UnsubscribeConfirmation")).expect("valid").kind;
        assert!(matches!(unsubscribe, Kind::UnsubscribeConfirmation(_)));
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_place() {
        for (field, value) in [
            ("Type", json!("Rumour")),
            ("MessageId", json!("")),
            ("MessageId", json!("a b")),
            ("TopicArn", json!("arn:aws:sqs:af-south-1:093646564004:prod-alarms")),
            ("TopicArn", json!("arn:aws:sns:af-south-1:0936:prod-alarms")),
            ("TopicArn", json!("arn:aws:sns:af-south-1:093646564004:prod-alarms:more")),
            ("Timestamp", json!("2026-03-02")),
            ("SignatureVersion", json!("3")),
            ("Signature", json!("")),
            ("SigningCertURL", json!("http://sns.af-south-1.amazonaws.com/x.pem")),
            ("SigningCertURL", json!("https://evil.example\\@sns.af-south-1.amazonaws.com/x.pem")),
            ("Token", json!(null)),
            ("SubscribeURL", json!("https://sns.af-south-1.amazonaws.com/\u{202E}")),
        ] {
            let mut body = confirmation_of("SubscriptionConfirmation");
            body[field] = value.clone();
            let refusal = read(&body).expect_err(field).to_string();
            assert!(refusal.contains(&format!("`{field}`")), "{value}: {refusal}");
        }
    }

    #[test]
    fn a_field_that_stands_twice_is_refused() {
        let twice = notification().to_string().replace("\"Message\":", "\"Message\":\"other\",\"Message\":");
        let refusal = Envelope::read(twice.as_bytes()).expect_err("twice").to_string();
        assert!(refusal.contains("duplicate field `Message`"), "{refusal}");
    }
}
