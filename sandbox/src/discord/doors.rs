//! Which path leads where, and who is let in: loopback names only, and pages of this very address only, so that no other
//! site in the same browser can act with a member's token. Answers nothing itself but files, `/sandbox.json` and
//! `/clock.json`.

use super::clock::Pace;
use super::server::Server;
use super::snowflake::Id;
use super::{gateway, http};
use crate::page;
use axum::Json;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use serde_json::json;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use time::OffsetDateTime;

/// What the page may load: its own files, its own server, nothing else.
const POLICY: &str = "default-src 'self'; connect-src 'self' ws:; img-src 'self' data: blob:; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";
/// What an attachment may do when opened: be seen.
const INERT: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// All routes of the local Discord.
pub(crate) fn router(server: Arc<Server>, pace: Pace) -> Router {
    Router::new()
        .route("/clock.json", get(move |State(server): State<Arc<Server>>| async move { told(&server, pace) }))
        .route("/sandbox.json", get(description))
        .route("/gateway", any(gateway::connect))
        .route("/gateway/", any(gateway::connect))
        .route("/api/{*path}", any(http::serve))
        .route("/attachments/{channel}/{id}/{name}", get(attachment))
        .fallback(page::serve)
        .layer(DefaultBodyLimit::max(http::BODY))
        .with_state(server)
}

/// Puts the guard before every route.
pub(crate) fn guarded(router: Router, address: SocketAddr) -> Router {
    router.layer(middleware::from_fn(move |request: Request, next: Next| async move {
        if !admitted(request.headers(), address.ip()) {
            return (StatusCode::FORBIDDEN, "This address is for pages and programs of this machine.").into_response();
        }
        let api = request.uri().path().starts_with("/api/");
        let mut response = next.run(request).await;
        let headers = response.headers_mut();
        let policy = HeaderValue::from_static(POLICY);
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if api {
            // Discord's front puts it on every answer; discord.py takes a 429 without it for a ban.
            headers.insert(header::VIA, HeaderValue::from_static("1.1 google"));
        }
        response
    }))
}

/// Whether a request names this server by a name of this machine and comes from no other site.
fn admitted(headers: &HeaderMap, listening: IpAddr) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let Some(host) = text(header::HOST) else { return false };
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|c| c.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name);
    let ip: Option<IpAddr> = name.trim_matches(['[', ']']).parse().ok();
    let ours = match ip {
        Some(ip) => ip.is_loopback() || ip == listening || listening.is_unspecified(),
        None => name == "localhost",
    };
    let same_site = text(header::ORIGIN).is_none_or(|origin| origin.strip_prefix("http://") == Some(host));
    ours && same_site
}

/// Who is who; 503 with the same body until the bot is there.
async fn description(State(server): State<Arc<Server>>) -> Response {
    let status = if server.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(server.description())).into_response()
}

/// What time it is here, and how time passes for people; in milliseconds since 1970.
fn told(server: &Server, pace: Pace) -> Response {
    let milliseconds = |at: OffsetDateTime| i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX);
    let body = json!({
        "now": milliseconds(server.clock.now()), "origin": milliseconds(pace.origin), "factor": pace.factor,
    });
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

async fn attachment(
    State(server): State<Arc<Server>>,
    Path((_channel, id, name)): Path<(String, String, String)>,
) -> Response {
    let bytes = id.parse::<Id>().ok().and_then(|id| server.read(|state| state.store.file(id)));
    let Some(bytes) = bytes else { return StatusCode::NOT_FOUND.into_response() };
    let kind = mime_guess::from_path(&name).first_or_octet_stream();
    let shown =
        kind.type_() == "image" || kind.essence_str() == "text/plain" || kind.essence_str() == "application/json";
    let disposition = if shown { "inline" } else { "attachment" };
    let kind = if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    let fixed = [
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
        (header::CONTENT_SECURITY_POLICY, INERT),
    ];
    (fixed, [(header::CONTENT_TYPE, kind)], bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn let_in(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        admitted(&headers, IpAddr::from([127, 0, 0, 1]))
    }

    #[test]
    fn only_this_machine_and_its_own_page_come_in() {
        assert!(let_in("127.0.0.1:8080", None));
        assert!(let_in("localhost:8080", Some("http://localhost:8080")));
        assert!(let_in("[::1]:8080", None));
        assert!(!let_in("rebound.example:8080", None));
        assert!(!let_in("127.0.0.1:8080", Some("http://evil.example")));
        assert!(!let_in("127.0.0.1:8080", Some("http://127.0.0.1:9090")));
        assert!(!let_in("127.0.0.1:8080", Some("null")));
    }
}
