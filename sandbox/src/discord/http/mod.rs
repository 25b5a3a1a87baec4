//! Discord's HTTP API v10 as the bot and the members use it. This file takes a request apart, finds out who asks, and
//! gives the answer its form; `route` says which handler has which path. Handlers are plain functions over the world.

mod callback;
mod channels;
mod command_rules;
mod commands;
mod followup;
mod guild;
mod interact;
mod invoke;
pub(crate) mod messages;
pub(crate) mod rate;
mod reactions;
mod route;
pub(crate) mod threads;

pub(crate) use callback::expire;
pub(crate) use guild::own_user;
pub(crate) use route::{answer, is_open};

use super::error::{ApiError, Reply};
use super::faults::Fault;
use super::server::Server;
use super::snowflake::Id;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// The largest request body: ten files of the largest size and the form around them.
pub(crate) const BODY: usize = 110 * 1024 * 1024;

/// One file of a multipart request.
#[derive(Debug)]
pub(crate) struct Part {
    /// The number in `files[n]`.
    pub(crate) number: Option<u64>,
    pub(crate) filename: String,
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

/// A request taken apart.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Below `/api/v10`, percent-decoded, without the leading slash.
    pub(crate) path: Vec<String>,
    pub(crate) query: HashMap<String, String>,
    /// The JSON body, or the `payload_json` of a multipart one; null when there is none.
    pub(crate) body: Value,
    pub(crate) files: Vec<Part>,
    /// Who asks; `Id(0)` on the paths that carry their own token.
    pub(crate) who: Id,
}

impl Call {
    /// A number from the query, held between `least` and `most`.
    pub(crate) fn number(&self, key: &str, default: usize, least: usize, most: usize) -> Result<usize, ApiError> {
        let Some(text) = self.query.get(key) else { return Ok(default) };
        match text.parse() {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => {
                let mut form = super::error::Form::default();
                let message = format!("int value should be between {least} and {most}.");
                form.fail(key, "NUMBER_TYPE_RANGE", message);
                form.finish()?;
                Ok(default)
            }
        }
    }

    /// A snowflake from the query.
    pub(crate) fn id(&self, key: &str) -> Option<Id> {
        self.query.get(key)?.parse().ok()
    }
}

/// Answers one request to the API.
pub(crate) async fn serve(State(server): State<Arc<Server>>, request: Request) -> Response {
    let method = request.method().clone();
    let full_path = request.uri().path().to_owned();
    let authorization = header_text(request.headers(), header::AUTHORIZATION.as_str()).to_owned();
    let call = match take_apart(request).await {
        Ok(call) => call,
        Err(error) => return refusal(&error, &HeaderMap::new()),
    };
    let sent = call.body.clone();
    // A member's client is not what is being tested: only the bot meets the failures that were asked for.
    let by_member = !authorization.is_empty() && !authorization.starts_with("Bot ");
    let fault = if by_member { None } else { server.faults.take(&method, &full_path) };
    let (status, headers, body) = match fault {
        Some(Fault::Status(429)) => (429, HeaderMap::new(), rate::limited(1.0, false).1),
        Some(Fault::Status(status)) => {
            (status, HeaderMap::new(), json!({ "message": "Internal Server Error", "code": 0 }))
        }
        Some(Fault::RateLimited { retry_after, global }) => {
            let limited = rate::limited(retry_after, global);
            (429, limited.0, limited.1)
        }
        Some(Fault::AfterEffect(status)) => {
            // What came of it is what the client is not to learn.
            let _ = server.answer(call, &authorization);
            (status, HeaderMap::new(), json!({ "message": "Internal Server Error", "code": 0 }))
        }
        None => {
            let (headers, answer) = server.answer(call, &authorization);
            match answer {
                Ok(Reply { status, body }) => (status, headers, body.unwrap_or(Value::Null)),
                Err(error) => (error.status, headers, error.body),
            }
        }
    };
    server.record(&method, &full_path, &authorization, sent, status, &body);
    respond(status, headers, &body)
}

fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn refusal(error: &ApiError, headers: &HeaderMap) -> Response {
    respond(error.status, headers.clone(), &error.body)
}

fn respond(status: u16, headers: HeaderMap, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = if body.is_null() {
        status.into_response()
    } else {
        (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
    };
    response.headers_mut().extend(headers);
    response
}

async fn take_apart(request: Request) -> Result<Call, ApiError> {
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let method = request.method().clone();
    let path = request.uri().path();
    let path = path.strip_prefix("/api/").unwrap_or(path);
    // Versions are one path segment: v10 here, others answered alike.
    let path = match path.split_once('/') {
        Some((version, rest)) if version.starts_with('v') && version[1..].bytes().all(|c| c.is_ascii_digit()) => rest,
        _ => path,
    };
    let path = path.split('/').filter(|part| !part.is_empty()).map(decode).collect();
    let pairs = request.uri().query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let query = pairs.map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key), decode(&value.replace('+', " ")))
    });
    let query = query.collect();
    let mut call = Call { method, path, query, body: Value::Null, files: Vec::new(), who: Id(0) };
    let content_type = header_text(request.headers(), header::CONTENT_TYPE.as_str()).to_owned();
    if content_type.starts_with("multipart/form-data") {
        let form = Multipart::from_request(request, &()).await.map_err(|_| ApiError::known(50109))?;
        read_parts(&mut call, form).await?;
    } else {
        let bytes = read_body(request.into_body()).await?;
        if !bytes.is_empty() {
            call.body = serde_json::from_slice(&bytes).map_err(|_| ApiError::known(50109))?;
        }
    }
    Ok(call)
}

async fn read_body(body: Body) -> Result<Bytes, ApiError> {
    axum::body::to_bytes(body, BODY).await.map_err(|_| ApiError::known(40005))
}

async fn read_parts(call: &mut Call, mut form: Multipart) -> Result<(), ApiError> {
    let broken = |_| ApiError::known(50109);
    while let Some(part) = form.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "payload_json" {
            let text = part.bytes().await.map_err(broken)?;
            call.body = serde_json::from_slice(&text).map_err(|_| ApiError::known(50109))?;
            continue;
        }
        let Some(filename) = part.file_name().map(str::to_owned) else { continue };
        let guessed = mime_guess::from_path(&filename).first_or_octet_stream().to_string();
        let content_type = part.content_type().map_or(guessed, str::to_owned);
        let bytes = part.bytes().await.map_err(broken)?;
        let number = name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']')?.parse().ok());
        call.files.push(Part { number, filename, content_type, bytes });
    }
    Ok(())
}
