//! What Slack and PagerDuty answer, as what is to be done about it.

use std::error::Error;

use landlord_core::card::text;
use landlord_core::ports::EscalationError;
use reqwest::header::RETRY_AFTER;
use reqwest::{RequestBuilder, Response, StatusCode, redirect};

/// The most bytes of an answer that are read.
const BYTES_MAX: usize = 4 * 1024;
/// The most characters of an answer that are repeated.
const SAID_MAX: usize = 200;

/// A client that waits so long for an answer, and does not follow it anywhere else.
pub(super) fn client(patience: std::time::Duration) -> Result<reqwest::Client, String> {
    reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .timeout(patience)
        .user_agent("landlord")
        .build()
        .map_err(|error| format!("no HTTP client for escalations: {error}"))
}

/// Sends a request to `whom`, and answers what was said where it was taken. `advice` is what to do where it never will be.
///
/// Errors: limited, away or late (transient), or refused (permanent). Neither says the request's address.
pub(super) async fn ask(
    request: RequestBuilder,
    whom: &str,
    advice: &str,
) -> Result<(StatusCode, String), EscalationError> {
    let response = request.send().await.map_err(|error| away(whom, error))?;
    let status = response.status();
    let pause =
        response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|it| it.parse().ok());
    let said = said(response).await.map_err(|error| away(whom, error))?;
    if status.is_success() {
        return Ok((status, said));
    }
    let words = if said.is_empty() { String::new() } else { format!(" ({said})") };
    if status == StatusCode::TOO_MANY_REQUESTS {
        let pause =
            pause.map(|seconds: u32| format!(" It wants to be left alone for {seconds} s.")).unwrap_or_default();
        return Err(EscalationError::Transient(format!("{whom} is asked too often{words}.{pause}")));
    }
    let answered = format!("{whom} answered {}{words}.", status.as_u16());
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        let pause = pause.map(|seconds: u32| format!(" It will be back in {seconds} s.")).unwrap_or_default();
        return Err(EscalationError::Transient(format!("{answered}{pause}")));
    }
    Err(EscalationError::Permanent(format!("{answered} {advice}")))
}

/// The answer's beginning in one line, without what cannot be seen.
async fn said(mut response: Response) -> Result<String, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = BYTES_MAX - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == BYTES_MAX {
            break;
        }
    }
    let line = String::from_utf8_lossy(&body).split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(text::shorten(&text::visible(&line), SAID_MAX))
}

/// No answer, without the address that was asked.
fn away(whom: &str, error: reqwest::Error) -> EscalationError {
    if error.is_timeout() {
        return EscalationError::Transient(format!("{whom} did not answer in time."));
    }
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    EscalationError::Transient(format!("{whom} could not be asked ({cause})."))
}
