//! Errors as Discord tells them: an HTTP status, a numeric code, a message and, for a form that is wrong, a tree of
//! field paths (Discord: "Error Messages"). No error here is made of anything but what the client may read.

use serde_json::{Map, Value, json};

/// An answer that refuses.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// What a handler answers: a status and a body, or a refusal.
pub(crate) type Answer = Result<Reply, ApiError>;

/// A successful answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}

/// 200 with a body.
#[allow(clippy::unnecessary_wraps)] // the last expression of every handler
pub(crate) fn found(body: Value) -> Answer {
    Ok(Reply { status: 200, body: Some(body) })
}

/// 201 with a body.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn created(body: Value) -> Answer {
    Ok(Reply { status: 201, body: Some(body) })
}

/// 204.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn done() -> Answer {
    Ok(Reply { status: 204, body: None })
}

impl ApiError {
    pub(crate) fn new(status: u16, code: u32, message: &str) -> Self {
        Self { status, body: json!({ "message": message, "code": code }) }
    }

    /// One of Discord's numbered errors.
    pub(crate) fn known(code: u32) -> Self {
        let (status, message) = match code {
            10002 => (404, "Unknown Application"),
            10003 => (404, "Unknown Channel"),
            10004 => (404, "Unknown Guild"),
            10007 => (404, "Unknown Member"),
            10008 => (404, "Unknown Message"),
            10011 => (404, "Unknown Role"),
            10013 => (404, "Unknown User"),
            10014 => (400, "Unknown Emoji"),
            10015 => (404, "Unknown Webhook"),
            10062 => (404, "Unknown interaction"),
            10063 => (404, "Unknown application command"),
            30003 => (400, "Maximum number of pins reached for the channel (50)"),
            30010 => (400, "Maximum number of reactions reached (20)"),
            30032 => (400, "Maximum number of application commands reached (100)"),
            40005 => (413, "Request entity too large"),
            40060 => (400, "Interaction has already been acknowledged."),
            50001 => (403, "Missing Access"),
            50005 => (403, "Cannot edit a message authored by another user"),
            50006 => (400, "Cannot send an empty message"),
            50007 => (403, "Cannot send messages to this user"),
            50013 => (403, "Missing Permissions"),
            50021 => (403, "Cannot execute action on a system message"),
            50024 => (400, "Cannot execute action on this channel type"),
            50027 => (401, "Invalid Webhook Token"),
            50083 => (400, "Thread is archived"),
            50109 => (400, "The request body contains invalid JSON."),
            160_004 => (400, "A thread has already been created for this message"),
            160_005 => (403, "This thread is locked"),
            _ => (400, "Invalid request"),
        };
        Self::new(status, code, message)
    }

    /// 401, for a token that nobody holds.
    pub(crate) fn unauthorized() -> Self {
        Self::new(401, 0, "401: Unauthorized")
    }

    /// 404, for a path that leads nowhere.
    pub(crate) fn not_found() -> Self {
        Self::new(404, 0, "404: Not Found")
    }

    /// 405, for a path that knows other methods only.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(405, 0, "405: Method Not Allowed")
    }
}

/// Gathers what is wrong with a form, by field path, and answers it all at once as 50035.
#[derive(Debug, Default)]
pub(crate) struct Form {
    errors: Map<String, Value>,
}

impl Form {
    /// Notes that the field at `path` (segments parted by dots, indices included) is wrong.
    pub(crate) fn fail(&mut self, path: &str, code: &str, message: impl Into<String>) {
        let mut node = &mut self.errors;
        for segment in path.split('.').filter(|segment| !segment.is_empty()) {
            let child = node.entry(segment.to_owned()).or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(next) = child else { return };
            node = next;
        }
        let list = node.entry("_errors").or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(json!({ "code": code, "message": message.into() }));
        }
    }

    /// A required field is missing.
    pub(crate) fn required(&mut self, path: &str) {
        self.fail(path, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// A field is none of the values it may have.
    pub(crate) fn choice(&mut self, path: &str, allowed: &str) {
        self.fail(path, "BASE_TYPE_CHOICES", format!("Value must be one of {{{allowed}}}."));
    }

    /// Checks a text's length in characters; `min` 0 lets it be empty.
    pub(crate) fn length(&mut self, path: &str, text: &str, min: usize, max: usize) {
        let length = text.chars().count();
        if length > max && min == 0 {
            self.fail(path, "BASE_TYPE_MAX_LENGTH", format!("Must be {max} or fewer in length."));
        } else if length < min || length > max {
            self.fail(path, "BASE_TYPE_BAD_LENGTH", format!("Must be between {min} and {max} in length."));
        }
    }

    /// Checks how many entries a list has.
    pub(crate) fn count(&mut self, path: &str, count: usize, max: usize) {
        if count > max {
            self.fail(path, "BASE_TYPE_MAX_LENGTH", format!("Must be {max} or fewer in length."));
        }
    }

    /// The refusal, if anything was wrong.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let mut error = ApiError::new(400, 50035, "Invalid Form Body");
        error.body["errors"] = Value::Object(self.errors);
        Err(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_tells_every_field_by_its_path() {
        let mut form = Form::default();
        form.length("embeds.0.title", &"x".repeat(257), 0, 256);
        form.required("content");
        let error = form.finish().unwrap_err();
        assert_eq!(error.status, 400);
        assert_eq!(error.body["code"], 50035);
        assert_eq!(error.body["errors"]["embeds"]["0"]["title"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
        assert_eq!(error.body["errors"]["content"]["_errors"][0]["code"], "BASE_TYPE_REQUIRED");
    }
}
