//! Why a message is not believed.

/// Why a message is not believed. Nothing of it may be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// Its topic is not on the list.
    #[error("the topic is not allowed: {0}")]
    Topic(String),
    /// It is too old, or of a time that is yet to come.
    #[error("the time is not near: {0}")]
    Timestamp(String),
    /// Its certificate is not where those of SNS are, or is none of them.
    #[error("the certificate is not SNS's: {0}")]
    Certificate(String),
    /// SNS did not sign this.
    #[error("the signature does not fit: {0}")]
    Signature(String),
    /// SNS could not be asked for the certificate, so that nothing is known of the message.
    #[error("the certificate could not be had: {0}")]
    Unavailable(String),
}

impl Rejected {
    /// What it counts as in metrics.
    pub fn result(&self) -> &'static str {
        match self {
            Self::Topic(_) => "topic",
            Self::Timestamp(_) => "timestamp",
            Self::Certificate(_) => "certificate",
            Self::Signature(_) => "signature",
            Self::Unavailable(_) => "unavailable",
        }
    }

    /// The HTTP status to answer with: 401 where it is not known who sent it, 403 where that does not matter, and 503 where
    /// nothing could be found out. SNS posts again after a 5xx and never after a 4xx (SNS: "Message delivery retries"), and an
    /// alarm must not be lost because a certificate could not be fetched.
    pub fn status(&self) -> u16 {
        match self {
            Self::Certificate(_) | Self::Signature(_) => 401,
            Self::Topic(_) | Self::Timestamp(_) => 403,
            Self::Unavailable(_) => 503,
        }
    }
}
