//! What an error of an AWS call means: worth repeating, not worth repeating, or no credentials.
//!
//! Whether an error means "not there" stands beside the call that can raise it, not here.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use landlord_core::ports::CloudError;

/// The longest piece of a provider's message that is passed on, in characters.
const MESSAGE_MAX: usize = 300;

/// What the error means. `doing` says what was tried, as the beginning of a sentence: `Looking at the service dev-acme`.
pub(crate) fn classify<E>(doing: &str, error: &SdkError<E, HttpResponse>) -> CloudError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let Some(cause) = credentials_cause(doing, error) {
        return cause;
    }
    match error {
        SdkError::TimeoutError(_) => CloudError::Transient(format!("{doing}: AWS did not answer in time.")),
        SdkError::DispatchFailure(_) => {
            CloudError::Transient(format!("{doing}: AWS cannot be reached ({}).", innermost(error)))
        }
        SdkError::ServiceError(_) | SdkError::ResponseError(_) => {
            let status = error.raw_response().map_or(0, |raw| raw.status().as_u16());
            match error.code() {
                Some(code) => by_code(doing, code, error.message().unwrap_or("no message"), status),
                None => unreadable(doing, status),
            }
        }
        _ => CloudError::Permanent(format!("{doing}: the request could not be made ({}).", innermost(error))),
    }
}

/// What AWS's error code means.
fn by_code(doing: &str, code: &str, message: &str, status: u16) -> CloudError {
    let said = format!("{doing}: {code}: {}", short(message));
    match code {
        "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "AuthFailure"
        | "IncompleteSignature"
        | "MissingAuthenticationToken" => {
            CloudError::Credentials(format!("{said} Log in again (`aws sso login`) or renew the credentials."))
        }
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "NotAuthorized" => {
            CloudError::Permanent(format!("{said} The bot's role lacks the permission for this call; grant it."))
        }
        // Route 53's own word for "another change is under way", with status 400.
        "PriorRequestNotComplete" | "RequestLimitExceeded" | "SlowDown" | "TransactionInProgressException" => {
            CloudError::Transient(said)
        }
        code if code.starts_with("Throttl") || code.starts_with("TooManyRequests") => CloudError::Transient(said),
        "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "InternalFailure"
        | "InternalError"
        | "ServerException" => CloudError::Transient(said),
        _ if status == 429 || status >= 500 => CloudError::Transient(said),
        _ => CloudError::Permanent(said),
    }
}

/// An answer that is not in AWS's format: a proxy's page, or an endpoint that does not know the call.
fn unreadable(doing: &str, status: u16) -> CloudError {
    let said = format!("{doing}: the answer, status {status}, is not in AWS's format");
    if status == 429 || status >= 500 {
        return CloudError::Transient(format!("{said}."));
    }
    CloudError::Permanent(format!("{said}. Does the endpoint know this call?"))
}

/// The seal's own verdict where it stands behind the error, or a failure to get credentials at all.
fn credentials_cause(doing: &str, error: &(dyn Error + 'static)) -> Option<CloudError> {
    let mut missing = None;
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(sealed) = cause.downcast_ref::<CloudError>() {
            return Some(sealed.clone());
        }
        if cause.downcast_ref::<CredentialsError>().is_some() {
            missing = Some(CloudError::Credentials(format!("{doing}: no credentials ({}).", innermost(cause))));
        }
        next = cause.source();
    }
    missing
}

/// The text of the error that the others only wrap.
pub(crate) fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    short(&cause.to_string())
}

/// One line of bearable length.
fn short(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    line.join(" ").chars().take(MESSAGE_MAX).collect()
}

#[cfg(test)]
mod tests {
    use landlord_core::ports::CloudError;

    use super::{by_code, short, unreadable};

    fn kind(error: &CloudError) -> &'static str {
        match error {
            CloudError::Transient(_) => "transient",
            CloudError::Permanent(_) => "permanent",
            CloudError::Credentials(_) => "credentials",
            CloudError::Foreign { .. } => "foreign",
        }
    }

    #[test]
    fn codes_say_whether_to_try_again() {
        for (code, status, expected) in [
            ("ThrottlingException", 400, "transient"),
            ("Throttling", 400, "transient"),
            ("TooManyRequestsException", 429, "transient"),
            ("PriorRequestNotComplete", 400, "transient"),
            ("ServiceUnavailable", 503, "transient"),
            ("SomethingNew", 500, "transient"),
            ("AccessDeniedException", 400, "permanent"),
            ("ClusterNotFoundException", 400, "permanent"),
            ("TooManyTargetGroups", 400, "permanent"),
            ("ExpiredTokenException", 400, "credentials"),
            ("InvalidClientTokenId", 403, "credentials"),
        ] {
            assert_eq!(kind(&by_code("Looking", code, "m", status)), expected, "{code}");
        }
    }

    #[test]
    fn a_page_instead_of_an_answer_is_said_to_be_one() {
        assert_eq!(
            unreadable("Looking", 404).to_string(),
            "Looking: the answer, status 404, is not in AWS's format. Does the endpoint know this call?"
        );
        assert_eq!(kind(&unreadable("Looking", 502)), "transient");
    }

    #[test]
    fn long_and_broken_messages_become_one_bearable_line() {
        assert_eq!(short("a\n  b"), "a b");
        assert_eq!(short(&"x".repeat(1_000)).len(), 300);
    }
}
