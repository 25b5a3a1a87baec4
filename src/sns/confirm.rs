//! The answer to SNS when it asks whether a subscription is wanted.

use landlord_core::alert::sns::{Envelope, Kind};
use reqwest::StatusCode;

use super::address::Host;
use super::{Rejected, Sns, unanswered};

/// Why a subscription was not confirmed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unconfirmed {
    /// It is none that may be confirmed, or SNS does not want to.
    #[error("the subscription was not confirmed: {0}")]
    Refused(String),
    /// SNS was away: it may be asked again, within the three days that a token holds (SNS: `ConfirmSubscription`).
    #[error("the subscription could not be confirmed: {0}")]
    Transient(String),
}

impl Sns {
    /// Tells SNS that a subscription is wanted. The envelope must have been verified: what is asked here is what it says. Whoever
    /// confirms twice has confirmed once.
    ///
    /// # Errors
    /// It is no confirmation of a subscription to an allowed topic, its address does something else, or SNS refuses or is away.
    pub async fn confirm(&self, envelope: &Envelope) -> Result<(), Unconfirmed> {
        let refused = |why: Rejected| Unconfirmed::Refused(why.to_string());
        self.allowed(envelope).map_err(refused)?;
        let Kind::SubscriptionConfirmation(wanted) = &envelope.kind else {
            return Err(Unconfirmed::Refused("the message asks for no confirmation of a subscription".into()));
        };
        let host = Host::of(&envelope.topic).map_err(refused)?;
        if !host.confirms(&wanted.subscribe_url, &envelope.topic, &wanted.token) {
            return Err(Unconfirmed::Refused(format!(
                "its address is not the one at which {} confirms this",
                host.name()
            )));
        }
        let answer = self.client.get(&wanted.subscribe_url).send().await;
        let status = answer.map_err(|error| Unconfirmed::Transient(unanswered(&host.name(), error)))?.status();
        let answered = format!("{} answered {}", host.name(), status.as_u16());
        match status {
            StatusCode::OK => Ok(()),
            StatusCode::TOO_MANY_REQUESTS => Err(Unconfirmed::Transient(answered)),
            _ if status.is_server_error() => Err(Unconfirmed::Transient(answered)),
            _ => Err(Unconfirmed::Refused(answered)),
        }
    }
}
