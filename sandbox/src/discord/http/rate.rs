//! Rate limits (Discord: "Rate Limits"): buckets by route and main resource, a global one for bots, the headers that
//! tell how full they are, and the 429. Counts; does not answer.

use super::Call;
use crate::discord::snowflake::Id;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use std::collections::HashMap;
use time::{Duration, OffsetDateTime};

/// Requests a second for a bot over all routes (Discord: 50).
const GLOBAL: u32 = 50;
/// People's clients may do this many times what a bot may: the page is not what is being measured.
const GENEROUS: u32 = 20;

/// One bucket: how many are left until when.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    used: u32,
    reset: OffsetDateTime,
}

/// What a route allows.
struct Rule {
    name: &'static str,
    limit: u32,
    window: Duration,
}

/// All buckets.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    buckets: HashMap<(Id, &'static str, String), Bucket>,
}

fn rule(method: &str, path: &[&str]) -> Rule {
    let (name, limit, window) = match (method, path) {
        ("POST", ["channels", _, "messages"]) => ("message-create", 5, Duration::seconds(5)),
        ("PATCH", ["channels", _, "messages", _]) => ("message-edit", 5, Duration::seconds(5)),
        ("DELETE", ["channels", _, "messages", _]) => ("message-delete", 5, Duration::seconds(1)),
        ("PUT" | "DELETE", ["channels", _, "messages", _, "reactions", ..]) => {
            ("reaction", 1, Duration::milliseconds(250))
        }
        ("POST" | "PATCH" | "DELETE", ["webhooks", ..]) => ("webhook", 5, Duration::seconds(2)),
        ("GET", _) => ("read", 50, Duration::seconds(5)),
        _ => ("write", 20, Duration::seconds(5)),
    };
    Rule { name, limit, window }
}

/// The answer to one too many: headers and body. `retry_after` in seconds.
pub(crate) fn limited(retry_after: f64, global: bool) -> (HeaderMap, Value) {
    let mut headers = HeaderMap::new();
    put(&mut headers, "retry-after", &format!("{:.0}", retry_after.ceil()));
    put(&mut headers, "x-ratelimit-scope", if global { "global" } else { "user" });
    put(&mut headers, "x-ratelimit-reset-after", &format!("{retry_after:.3}"));
    if global {
        put(&mut headers, "x-ratelimit-global", "true");
    }
    (
        headers,
        json!({ "code": 0, "message": "You are being rate limited.", "retry_after": retry_after, "global": global }),
    )
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

fn seconds(moment: OffsetDateTime) -> f64 {
    (moment - OffsetDateTime::UNIX_EPOCH).as_seconds_f64()
}

impl Limiter {
    /// Counts a call. Answers the headers and, when it is one too many, the body of the 429.
    pub(crate) fn take(&mut self, now: OffsetDateTime, call: &Call, bot: bool) -> (HeaderMap, Option<Value>) {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        // Discord counts callbacks nowhere, and nothing that carries an interaction's token counts globally.
        if matches!(path.as_slice(), ["interactions", _, _, "callback"]) {
            return (HeaderMap::new(), None);
        }
        let webhook = path.first() == Some(&"webhooks");
        if bot && !webhook {
            let (used, reset) = self.count(now, (call.who, "global", String::new()), GLOBAL, Duration::seconds(1));
            if used > GLOBAL {
                let (headers, body) = limited((reset - now).as_seconds_f64().max(0.001), true);
                return (headers, Some(body));
            }
        }
        let rule = rule(call.method.as_str(), &path);
        let limit = if bot || webhook { rule.limit } else { rule.limit * GENEROUS };
        let major = path.iter().take(if webhook { 3 } else { 2 }).copied().collect::<Vec<_>>().join("/");
        let (used, reset) = self.count(now, (call.who, rule.name, major), limit, rule.window);
        let after = (reset - now).as_seconds_f64().max(0.001);
        let (mut headers, body) = limited(after, false);
        if used <= limit {
            headers.clear();
        }
        put(&mut headers, "x-ratelimit-bucket", rule.name);
        put(&mut headers, "x-ratelimit-limit", &limit.to_string());
        put(&mut headers, "x-ratelimit-remaining", &limit.saturating_sub(used).to_string());
        put(&mut headers, "x-ratelimit-reset", &format!("{:.3}", seconds(reset)));
        put(&mut headers, "x-ratelimit-reset-after", &format!("{after:.3}"));
        (headers, Some(body).filter(|_| used > limit))
    }

    fn count(
        &mut self,
        now: OffsetDateTime,
        key: (Id, &'static str, String),
        limit: u32,
        window: Duration,
    ) -> (u32, OffsetDateTime) {
        if self.buckets.len() > 4_096 {
            self.buckets.retain(|_, bucket| bucket.reset > now);
        }
        let bucket = self.buckets.entry(key).or_insert(Bucket { used: 0, reset: now + window });
        if bucket.reset <= now {
            *bucket = Bucket { used: 0, reset: now + window };
        }
        bucket.used = (bucket.used + 1).min(limit + 1);
        (bucket.used, bucket.reset)
    }
}
