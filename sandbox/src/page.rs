//! Serves the files of the page, which are built into the program. Knows nothing of what is in them.

use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use std::fmt::Write;

#[derive(RustEmbed)]
#[folder = "page/"]
struct Files;

/// Answers a path with its file, `/` with `index.html`. A browser asks again each time and gets 304 for what it has.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let Some(file) = Files::get(path) else { return StatusCode::NOT_FOUND.into_response() };
    let mut tag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..12] {
        // Writing to a string cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    let fixed = [(header::CACHE_CONTROL, "no-cache".to_owned()), (header::ETAG, tag.clone())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str()) {
        return (StatusCode::NOT_MODIFIED, fixed).into_response();
    }
    let kind = file.metadata.mimetype();
    let text = kind.starts_with("text/") || kind == "image/svg+xml" || kind == "application/json";
    let kind = if text { format!("{kind}; charset=utf-8") } else { kind.to_owned() };
    (fixed, [(header::CONTENT_TYPE, kind)], file.data).into_response()
}
