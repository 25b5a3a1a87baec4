//! A Slack channel, through an incoming webhook (Slack: "Sending messages using incoming webhooks").

use std::time::Duration;

use landlord_core::card::text;
use landlord_core::ports::EscalationError;
use serde_json::json;

use super::answer;
use crate::config::secret::Secret;

/// The most characters of a message (Slack: 4,000 are advised, 40,000 are cut).
const TEXT_MAX: usize = 4_000;
/// What to do where Slack will not have it.
const ADVICE: &str = "Look at the app's incoming webhooks in Slack, and give one that stands as `webhook` in [slack].";

/// Posts to the channel of a webhook.
#[derive(Debug, Clone)]
pub struct Slack {
    webhook: Secret,
    client: reqwest::Client,
}

impl Slack {
    /// Posts to this webhook, and waits so long for an answer.
    ///
    /// # Errors
    /// A client that cannot be built, in words.
    pub fn new(webhook: Secret, patience: Duration) -> Result<Self, String> {
        Ok(Self { webhook, client: answer::client(patience)? })
    }

    /// Posts a plain text. A repeated call posts it again.
    ///
    /// # Errors
    /// Slack limits, is away or is late (transient), or refuses (permanent).
    pub async fn post(&self, text: &str) -> Result<(), EscalationError> {
        let body = json!({
            "text": escaped(&text::shorten(text, TEXT_MAX)),
            // What people wrote may stand in it: no markup, and no pictures of addresses.
            "mrkdwn": false, "unfurl_links": false, "unfurl_media": false,
        });
        let request = self.client.post(self.webhook.expose()).json(&body);
        let (_, said) = answer::ask(request, "Slack", ADVICE).await?;
        if said == "ok" {
            return Ok(());
        }
        Err(EscalationError::Permanent(format!("What answers at the webhook is not Slack (it says: {said}). {ADVICE}")))
    }
}

/// Slack's three escapes, without which a text can call a channel (Slack: "Formatting text", "Escaping text").
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_calls_anybody() {
        assert_eq!(escaped("<!channel> &lt; <@U1|x>"), "&lt;!channel&gt; &amp;lt; &lt;@U1|x&gt;");
    }
}
