//! Each call of Discord, told to the metrics as it ends. Routes are told by what they are about, and never by their ids.

use std::sync::Arc;

use serenity::all::HttpError;

use super::Place;
use crate::metrics::{Answer, Metrics};

/// A call: its method, and what its route is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call(pub(super) &'static str, pub(super) &'static str);

/// What routes are about, by what is in them; the first that fits.
const ROUTES: [(&str, &str); 9] = [
    ("/callback", "interactions"),
    ("/webhooks/", "interactions"),
    ("/commands", "commands"),
    ("/reactions", "reactions"),
    ("/threads", "threads"),
    ("/messages", "messages"),
    ("/members/", "members"),
    ("/users/", "users"),
    ("/gateway", "gateway"),
];

/// What HTTP calls too many requests.
const TOO_MANY: u16 = 429;

/// What all other routes are about.
const OTHER: &str = "other";

impl Place {
    /// The same place, whose calls are counted there. Before anything else shares it.
    #[must_use]
    pub fn measured_by(mut self, metrics: &Metrics) -> Self {
        self.metrics = metrics.clone();
        let limited = metrics.clone();
        if let Some(http) = Arc::get_mut(&mut self.http) {
            if let Some(limiter) = &mut http.ratelimiter {
                limiter.set_ratelimit_callback(Box::new(move |info| limited.discord_limited(about(&info.path))));
            }
        } else {
            tracing::warn!("Discord's rate limits are not counted");
        }
        self
    }

    /// The answer of a call, which is counted.
    pub(super) async fn counted<T>(
        &self,
        Call(method, route): Call,
        call: impl Future<Output = Result<T, serenity::Error>>,
    ) -> Result<T, serenity::Error> {
        let outcome = call.await;
        let answer = match &outcome {
            Ok(_) => Answer::Done,
            Err(serenity::Error::Http(HttpError::UnsuccessfulRequest(answer))) => {
                Answer::Refused(answer.status_code.as_u16())
            }
            Err(serenity::Error::Http(_) | serenity::Error::Json(_)) => Answer::Nothing,
            // serenity did not send it.
            Err(_) => return outcome,
        };
        self.metrics.discord(method, route, answer);
        if answer == Answer::Refused(TOO_MANY) {
            self.metrics.discord_limited(route);
        }
        outcome
    }
}

fn about(path: &str) -> &'static str {
    ROUTES.iter().find(|(part, _)| path.contains(part)).map_or(OTHER, |(_, about)| about)
}

#[cfg(test)]
mod tests {
    use super::about;

    #[test]
    fn a_route_is_told_without_its_ids() {
        for (path, expected) in [
            ("/channels/1/messages/2", "messages"),
            ("/channels/1/messages/2/reactions/%E2%9C%85/@me", "reactions"),
            ("/channels/1/messages/2/threads", "threads"),
            ("/guilds/1/members/2", "members"),
            ("/applications/1/guilds/2/commands", "commands"),
            ("/interactions/1/token/callback", "interactions"),
            ("/webhooks/1/token/messages/@original", "interactions"),
            ("/guilds/1/roles", "other"),
        ] {
            assert_eq!(about(path), expected, "{path}");
        }
    }
}
