//! Keys that a test makes for itself, and messages signed with them as Amazon SNS signs its own.
//!
//! What is signed is written down here a second time, apart from what checks it.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::rand_core::{CryptoRng, Error, RngCore, impls};
use rsa::sha2::Sha256;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use time::OffsetDateTime;
use time::macros::format_description;

/// SNS's key, and another that is not. Making one takes a while, so all tests share them.
pub(super) static KEYS: LazyLock<[RsaPrivateKey; 2]> =
    LazyLock::new(|| [1, 2].map(|seed| RsaPrivateKey::new(&mut Seeded(seed), 2_048).unwrap()));

/// The same numbers each time, so that the keys are too. Nothing that they protect is worth anything.
struct Seeded(u64);

impl RngCore for Seeded {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        impls::fill_bytes_via_next(self, dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for Seeded {}

/// Where the certificate is, at the host of each region.
pub(crate) const CERTIFICATE: &str = "/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem";

/// What SNS posts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind<'a> {
    /// A message to the topic, with or without a subject.
    Notification(Option<&'a str>),
    /// The question whether a subscription is wanted.
    Subscription,
    /// The news that there is none any more.
    Unsubscription,
}

/// Signs messages as SNS in a region does.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    region: String,
    key: usize,
    version: u8,
}

impl Signer {
    pub(crate) fn new(region: &str) -> Self {
        Self { region: region.to_owned(), key: 0, version: 2 }
    }

    /// The same with the signature's version, 1 or 2.
    pub(crate) fn version(self, version: u8) -> Self {
        Self { version, ..self }
    }

    /// The same with a key that no certificate is for.
    pub(crate) fn forger(self) -> Self {
        Self { key: 1, ..self }
    }

    /// The body of a request.
    pub(crate) fn sign(&self, topic: &str, kind: Kind<'_>, message: &str, at: OffsetDateTime) -> Value {
        static POSTED: AtomicU64 = AtomicU64::new(1);
        let host = format!("https://sns.{}.amazonaws.com", self.region);
        let written = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        let mut body = json!({
            "Type": "Notification",
            "MessageId": format!("22b80b92-fdea-4c2c-8f9d-{:012x}", POSTED.fetch_add(1, Ordering::Relaxed)),
            "TopicArn": topic,
            "Message": message,
            "Timestamp": at.format(written).unwrap(),
            "SignatureVersion": self.version.to_string(),
            "SigningCertURL": format!("{host}{CERTIFICATE}"),
        });
        let mut confirms = |kind: &str| {
            let token = "2336412f37fb687f5d51e6e241d59b68";
            body["Type"] = json!(kind);
            body["Token"] = json!(token);
            body["SubscribeURL"] = json!(format!("{host}/?Action=ConfirmSubscription&TopicArn={topic}&Token={token}"));
        };
        match kind {
            Kind::Subscription => confirms("SubscriptionConfirmation"),
            Kind::Unsubscription => confirms("UnsubscribeConfirmation"),
            Kind::Notification(subject) => {
                if let Some(subject) = subject {
                    body["Subject"] = json!(subject);
                }
                body["UnsubscribeURL"] = json!(format!("{host}/?Action=Unsubscribe&SubscriptionArn={topic}:1"));
            }
        }
        self.seal(&mut body);
        body
    }

    /// Signs what a body says now.
    pub(crate) fn seal(&self, body: &mut Value) {
        let names: &[&str] = if body["Type"] == "Notification" {
            &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
        } else {
            &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
        };
        let line = |name: &&str| body[*name].as_str().map(|value| format!("{name}\n{value}\n"));
        let text: String = names.iter().filter_map(line).collect();
        let key = &KEYS[self.key];
        let signature = if self.version == 1 {
            key.sign(Pkcs1v15Sign::new::<Sha1>(), &Sha1::digest(&text))
        } else {
            key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(&text))
        };
        body["Signature"] = json!(STANDARD.encode(signature.unwrap()));
    }
}
