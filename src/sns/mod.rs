//! Whether what was posted as Amazon SNS's is (SNS: "Verifying the signatures of Amazon SNS messages"), and the answer to SNS when
//! it asks whether a subscription is wanted.
//!
//! Asks nobody but the topic's own SNS host. What a message means is not in here, and nothing of it is believed before
//! [`Sns::verify`] says so.

mod address;
mod certificate;
mod confirm;
mod rejected;
mod signature;

use std::error::Error;
use std::time::Duration as Span;

use landlord_core::alert::sns::Envelope;
use reqwest::redirect;
use time::{Duration, OffsetDateTime};

use address::Host;
use certificate::Certificates;

pub use confirm::Unconfirmed;
pub use rejected::Rejected;

/// The oldest that a message may be. SNS keeps a message's time when it posts it again, which it does for at most 3,600 s (SNS:
/// "Message delivery retries"), so that what is older is no retry but a replay.
pub const AGE_MAX: Duration = Duration::HOUR;
/// How far ahead of the clock a message may be: clocks differ.
pub const AHEAD_MAX: Duration = Duration::minutes(5);
/// How long SNS may take to answer.
const PATIENCE: Span = Span::from_secs(5);

/// Knows SNS's messages from others.
#[derive(Debug)]
pub struct Sns {
    topics: Vec<String>,
    client: reqwest::Client,
    certificates: Certificates,
}

impl Sns {
    /// Believes messages of these topics, by ARN.
    ///
    /// # Errors
    /// A client that cannot be built, in words.
    pub fn new(topics: Vec<String>) -> Result<Self, String> {
        Self::over(topics, reqwest::Client::builder())
    }

    /// The same over a client with other roots and another way to SNS's hosts; redirects, time-outs and TLS are set here.
    ///
    /// # Errors
    /// A client that cannot be built, in words.
    pub fn over(topics: Vec<String>, client: reqwest::ClientBuilder) -> Result<Self, String> {
        let client = client
            .https_only(true)
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE)
            .user_agent("landlord")
            .build()
            .map_err(|error| format!("no HTTP client for SNS: {error}"))?;
        Ok(Self { topics, certificates: Certificates::new(client.clone()), client })
    }

    /// Whether SNS sent this, for a topic that is allowed, and lately: topic, time and the certificate's address are looked at
    /// before anything is asked for.
    ///
    /// # Errors
    /// Why it is not believed. [`Rejected::Unavailable`] alone is no judgement: SNS may post it again.
    pub async fn verify(&self, envelope: &Envelope, now: OffsetDateTime) -> Result<(), Rejected> {
        self.allowed(envelope)?;
        if now - envelope.at > AGE_MAX {
            return Err(Rejected::Timestamp(format!("{} is more than an hour ago", envelope.timestamp)));
        }
        if envelope.at - now > AHEAD_MAX {
            return Err(Rejected::Timestamp(format!("{} is yet to come", envelope.timestamp)));
        }
        let host = Host::of(&envelope.topic)?;
        host.holds_certificate(&envelope.certificate_url)?;
        let signature = signature::Signature::of(envelope)?;
        let certificate = self.certificates.at(&envelope.certificate_url, &host, now).await?;
        signature.check(&certificate.key)
    }

    fn allowed(&self, envelope: &Envelope) -> Result<(), Rejected> {
        if self.topics.contains(&envelope.topic) {
            return Ok(());
        }
        Err(Rejected::Topic(format!("{} is not in `sns_topics` of [http]", envelope.topic)))
    }
}

/// The last cause of an error, which says most and has no address in it.
fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Why a request got no answer.
fn unanswered(host: &str, error: reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("{host} did not answer within {} s", PATIENCE.as_secs());
    }
    format!("{host} could not be asked ({})", innermost(&error.without_url()))
}
