//! What SNS signs of a message, and whether a signature is over it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use landlord_core::alert::sns::{Envelope, Kind};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaParameters, UnparsedPublicKey,
};

use super::Rejected;

/// A message's signature and what it is said to be over.
pub(super) struct Signature {
    over: String,
    bytes: Vec<u8>,
    by: &'static RsaParameters,
}

impl Signature {
    /// Errors: the signature is no base 64, or what it would be over can be read in two ways.
    pub(super) fn of(envelope: &Envelope) -> Result<Self, Rejected> {
        let bytes =
            STANDARD.decode(&envelope.signature).map_err(|_| Rejected::Signature("it is no base 64".to_owned()))?;
        // Version 1 is what SNS uses where a topic does not ask for version 2. A stranger would need a second preimage.
        let by = match envelope.signature_version {
            1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            _ => &RSA_PKCS1_2048_8192_SHA256,
        };
        Ok(Self { over: canonical(envelope)?, bytes, by })
    }

    /// Whether the key, as DER of an `RSAPublicKey`, signed it.
    pub(super) fn check(&self, key: &[u8]) -> Result<(), Rejected> {
        UnparsedPublicKey::new(self.by, key)
            .verify(self.over.as_bytes(), &self.bytes)
            .map_err(|_| Rejected::Signature("it is not over this message by this certificate's key".to_owned()))
    }
}

/// Names and values, a line each, in the order of the names (SNS: "Verifying the signatures of Amazon SNS messages").
///
/// Only the first value may have lines of its own. Were there a second, one signed text could be cut into fields in two ways.
fn canonical(envelope: &Envelope) -> Result<String, Rejected> {
    let id = [("Message", envelope.message.as_str()), ("MessageId", envelope.message_id.as_str())];
    let (kind, subject, confirmation) = match &envelope.kind {
        Kind::Notification { subject } => ("Notification", subject.as_deref(), None),
        Kind::SubscriptionConfirmation(it) => ("SubscriptionConfirmation", None, Some(it)),
        Kind::UnsubscribeConfirmation(it) => ("UnsubscribeConfirmation", None, Some(it)),
    };
    let fields = id
        .into_iter()
        .chain(subject.map(|subject| ("Subject", subject)))
        .chain(confirmation.map(|it| ("SubscribeURL", it.subscribe_url.as_str())))
        .chain([("Timestamp", envelope.timestamp.as_str())])
        .chain(confirmation.map(|it| ("Token", it.token.as_str())))
        .chain([("TopicArn", envelope.topic.as_str()), ("Type", kind)]);
    let mut text = String::new();
    for (name, value) in fields {
        if name != "Message" && value.contains(['\n', '\r']) {
            return Err(Rejected::Signature(format!("`{name}` has more than one line")));
        }
        for part in [name, "\n", value, "\n"] {
            text.push_str(part);
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use landlord_core::alert::sns::Confirmation;
    use time::OffsetDateTime;

    fn envelope(kind: Kind) -> Envelope {
        Envelope {
            message_id: "22b80b92".into(),
            topic: "arn:aws:sns:eu-west-1:536580886816:dev-alarms".into(),
            at: OffsetDateTime::UNIX_EPOCH,
            timestamp: "1970-01-01T00:00:00.000Z".into(),
            message: "two\nlines".into(),
            kind,
            signature_version: 2,
            signature: "c2lnbmF0dXJl".into(),
            certificate_url: String::new(),
        }
    }

    fn confirmation(token: &str) -> Confirmation {
        Confirmation { token: token.into(), subscribe_url: "https://sns.eu-west-1.amazonaws.com/?x".into() }
    }

    #[test]
    fn each_kind_is_signed_over_its_own_fields() {
        let of = |kind| canonical(&envelope(kind)).unwrap();
        let end = "Timestamp\n1970-01-01T00:00:00.000Z\nTopicArn\narn:aws:sns:eu-west-1:536580886816:dev-alarms\nType\nNotification\n";
        let begin = "Message\ntwo\nlines\nMessageId\n22b80b92\n";
        assert_eq!(of(Kind::Notification { subject: None }), format!("{begin}{end}"));
        let subject = Some("ALARM".to_owned());
        assert_eq!(of(Kind::Notification { subject }), format!("{begin}Subject\nALARM\n{end}"));
        let confirming = |kind| {
            format!(
                "{begin}SubscribeURL\nhttps://sns.eu-west-1.amazonaws.com/?x\nTimestamp\n1970-01-01T00:00:00.000Z\nToken\n2336\n\
                 TopicArn\narn:aws:sns:eu-west-1:536580886816:dev-alarms\nType\n{kind}\n"
            )
        };
        let subscribe = of(Kind::SubscriptionConfirmation(confirmation("2336")));
        assert_eq!(subscribe, confirming("SubscriptionConfirmation"));
        let unsubscribe = of(Kind::UnsubscribeConfirmation(confirmation("2336")));
        assert_eq!(unsubscribe, confirming("UnsubscribeConfirmation"));
    }

    #[test]
    fn a_signed_text_is_not_cut_in_two_ways() {
        for kind in [
            Kind::Notification { subject: Some("a\nTimestamp\nb".into()) },
            Kind::SubscriptionConfirmation(confirmation("a\nTopicArn\nb")),
        ] {
            assert!(matches!(canonical(&envelope(kind)), Err(Rejected::Signature(_))));
        }
    }

    #[test]
    fn what_is_no_base_64_is_no_signature() {
        for signature in ["é", "a b", "abc", "c2ln-_=="] {
            let envelope = Envelope { signature: signature.into(), ..envelope(Kind::Notification { subject: None }) };
            assert!(matches!(Signature::of(&envelope), Err(Rejected::Signature(_))), "{signature}");
        }
    }
}
