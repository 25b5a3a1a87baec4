//! What an error of an AWS call means: worth repeating, not worth repeating, or no session.
//!
//! Whether an error means "not there" stands beside the call that can raise it, not here; what to do where there is no
//! session, in `session`.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use landlord_core::ports::CloudError;

use super::session::{Cause, Session, Source};

/// The longest piece of a provider's message that is passed on, in characters.
const MESSAGE_MAX: usize = 300;

/// What the error means. `doing` says what was tried, as the beginning of a sentence: `Looking at the service dev-acme`.
pub(super) fn classify<E>(session: &Session, doing: &str, error: &SdkError<E, HttpResponse>) -> CloudError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let Some(cause) = credentials_cause(session, doing, error) {
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
                Some(code) => by_code(session, doing, code, error.message().unwrap_or("no message"), status),
                None => unreadable(doing, status),
            }
        }
        _ => CloudError::Permanent(format!("{doing}: the request could not be made ({}).", innermost(error))),
    }
}

/// Why a session is over, where AWS's error code says so.
fn refusal(code: &str, message: &str) -> Option<Cause> {
    match code {
        "RequestExpired" | "RequestTimeTooSkewed" => Some(Cause::Clock),
        "InvalidSignatureException" | "SignatureDoesNotMatch"
            if message.contains("Signature expired") || message.contains("Signature not yet current") =>
        {
            Some(Cause::Clock)
        }
        "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidToken"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "AuthFailure"
        | "IncompleteSignature"
        | "MissingAuthenticationToken" => Some(Cause::Refused),
        _ => None,
    }
}

/// What AWS's error code means.
fn by_code(session: &Session, doing: &str, code: &str, message: &str, status: u16) -> CloudError {
    let said = format!("{doing}: {code}: {}", short(message));
    if let Some(cause) = refusal(code, message) {
        return CloudError::Credentials(session.said(&cause, &said));
    }
    match code {
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "NotAuthorized" => {
            CloudError::Permanent(format!("{said} The bot's role lacks the permission for this call; grant it."))
        }
        _ if passing(code, status) => CloudError::Transient(said),
        _ => CloudError::Permanent(said),
    }
}

/// Whether the same call may succeed later.
fn passing(code: &str, status: u16) -> bool {
    match code {
        // Route 53's own word for "another change is under way", with status 400.
        "PriorRequestNotComplete"
        | "RequestLimitExceeded"
        | "SlowDown"
        | "TransactionInProgressException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "InternalFailure"
        | "InternalError"
        | "ServerException" => true,
        code if code.starts_with("Throttl") || code.starts_with("TooManyRequests") => true,
        _ => status == 429 || status >= 500,
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
fn credentials_cause(session: &Session, doing: &str, error: &(dyn Error + 'static)) -> Option<CloudError> {
    for cause in chain(error) {
        if let Some(sealed) = cause.downcast_ref::<CloudError>() {
            return Some(sealed.clone());
        }
        if let Some(missing) = cause.downcast_ref::<CredentialsError>() {
            return Some(no_credentials(session, doing, missing));
        }
    }
    None
}

/// Why there are no credentials. The SDK keeps most of the types of its reasons to itself, so that its words have to do.
pub(super) fn no_credentials(session: &Session, doing: &str, error: &CredentialsError) -> CloudError {
    let said = format!("{doing}: {}", innermost(error));
    if let CredentialsError::ProviderTimedOut(_) = error {
        return CloudError::Transient(format!("{said}."));
    }
    for cause in chain(error) {
        let unreached = cause.downcast_ref::<ConnectorError>().is_some_and(|error| error.is_io() || error.is_timeout());
        if unreached || cause.to_string() == "request has timed out" {
            return CloudError::Transient(format!("{said}."));
        }
        let assuming =
            cause.downcast_ref::<SdkError<aws_sdk_sts::operation::assume_role::AssumeRoleError, HttpResponse>>();
        if let Some(assuming) = assuming {
            return not_assumed(session, doing, assuming);
        }
    }
    let words: Vec<String> = chain(error).map(ToString::to_string).collect();
    let words = words.join(": ");
    if ["TooManyRequestsException", "InternalServerException"].iter().any(|code| words.contains(code)) {
        return CloudError::Transient(format!("{said}."));
    }
    CloudError::Credentials(session.said(&by_words(&words), &said))
}

/// What the SDK's words mean.
fn by_words(words: &str) -> Cause {
    let says = |any: &[&str]| any.iter().any(|part| words.contains(part));
    if says(&["failed to load the cached SSO token", ".aws/sso/cache"]) {
        Cause::NeverLoggedIn
    } else if says(&[
        "SSO token has expired",
        "UnauthorizedException",
        "InvalidGrantException",
        "ExpiredTokenException",
    ]) {
        Cause::LoggedOut
    } else if says(&["ForbiddenException", "ResourceNotFoundException"]) {
        Cause::NoAccess
    } else {
        Cause::Nothing
    }
}

/// What STS means when it does not let a role be assumed.
fn not_assumed<E>(session: &Session, doing: &str, error: &SdkError<E, HttpResponse>) -> CloudError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let (code, message) = (error.code().unwrap_or_default(), error.message().unwrap_or("no message"));
    let status = error.raw_response().map_or(0, |raw| raw.status().as_u16());
    let said = format!("{doing}: {code}: {}", short(message));
    match refusal(code, message) {
        Some(Cause::Clock) => CloudError::Credentials(session.said(&Cause::Clock, &said)),
        // It is the credentials before the role that are refused.
        Some(_) if matches!(session.source, Source::Role { .. }) => {
            CloudError::Credentials(session.said(&Cause::Nothing, &said))
        }
        Some(cause) => CloudError::Credentials(session.said(&cause, &said)),
        None if code.starts_with("AccessDenied") => CloudError::Credentials(session.said(&Cause::RoleRefused, &said)),
        None if passing(code, status) => CloudError::Transient(said),
        None => credentials_cause(session, doing, error)
            .unwrap_or_else(|| CloudError::Credentials(session.said(&Cause::RoleRefused, &said))),
    }
}

/// The error and those that it wraps.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn Error + 'static) = *error;
        error.source()
    })
}

/// The text of the error that the others only wrap.
pub(crate) fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(|error| short(&error.to_string())).unwrap_or_default()
}

/// One line of bearable length.
fn short(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    line.join(" ").chars().take(MESSAGE_MAX).collect()
}

#[cfg(test)]
mod tests {
    use landlord_core::ports::CloudError;

    use super::super::session::{Cause, tests::session};
    use super::{by_code, by_words, refusal, short, unreadable};

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
            ("InvalidAccessKeyId", 403, "credentials"),
        ] {
            let met = by_code(&session("profile = \"Tebogo-dev\""), "Looking", code, "m", status);
            assert_eq!(kind(&met), expected, "{code}");
        }
    }

    #[test]
    fn a_wrong_clock_is_told_from_wrong_keys() {
        let late =
            "Signature expired: 20260301T100000Z is now earlier than 20260301T110000Z (20260301T111500Z - 15 min.)";
        assert_eq!(refusal("InvalidSignatureException", late), Some(Cause::Clock));
        assert_eq!(refusal("SignatureDoesNotMatch", "The request signature we calculated"), Some(Cause::Refused));
        assert_eq!(refusal("RequestTimeTooSkewed", ""), Some(Cause::Clock));
        assert_eq!(refusal("AccessDenied", ""), None);
    }

    #[test]
    fn the_sdks_words_say_what_became_of_a_login() {
        for (words, expected) in [
            ("an error occurred: the SSO token has expired and cannot be refreshed", Cause::LoggedOut),
            ("service error: UnauthorizedException: Session token not found or invalid", Cause::LoggedOut),
            ("an error occurred: failed to load the cached SSO token", Cause::NeverLoggedIn),
            ("failed to read `~/.aws/sso/cache/ab.json`: No such file or directory", Cause::NeverLoggedIn),
            ("service error: ForbiddenException: No access", Cause::NoAccess),
            ("no providers in chain provided credentials", Cause::Nothing),
        ] {
            assert_eq!(by_words(words), expected, "{words}");
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
