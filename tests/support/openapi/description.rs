//! Discord's description as a whole: finds the operation a request belongs to and has every part of it checked.

use std::path::Path;
use std::sync::OnceLock;

use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::finding::{Complaint, Finding, Side, Verdict};
use super::multipart;
use super::node::shown;
use super::route::{self, Operation, Unrouted};
use super::rules;
use super::walk::{Found, Unknown, Walker};

/// Where the paths of the description begin on a server.
const PREFIX: &str = "/api/v10";

/// Discord's OpenAPI description, ready to check with. Read once a process; copies are free.
#[derive(Clone, Copy)]
pub(crate) struct Description(&'static Loaded);

struct Loaded {
    walker: Walker,
    operations: Vec<Operation>,
}

impl Description {
    /// Reads `../shared/discord/openapi.json` beside the repository. Where a clone has none beside it, says that the check is
    /// skipped and answers `None`.
    ///
    /// # Panics
    /// When the file is there but is not the description.
    pub(crate) fn load() -> Option<Self> {
        static LOADED: OnceLock<Option<Loaded>> = OnceLock::new();
        LOADED.get_or_init(read).as_ref().map(Self)
    }

    /// Checks one request: the method, the path with its prefix and query, the headers and the body. Empty is good.
    pub(crate) fn check_request(self, method: &Method, path: &str, headers: &HeaderMap, body: &[u8]) -> Vec<Complaint> {
        let mut found = Found::default();
        match self.find(method, path) {
            Err(finding) => found.complaints.push(finding),
            Ok((operation, plain)) => {
                self.check_path(operation, plain, &mut found);
                self.check_query(operation, path, &mut found);
                check_token(operation, headers, &mut found);
                self.check_body(operation, headers, body, &mut found);
            }
        }
        found.complaints.into_iter().map(|finding| finding.of(Side::Request, method.as_str(), path)).collect()
    }

    /// Checks the answer to a request: whether the status is declared, and the body against its schema.
    pub(crate) fn check_response(self, method: &Method, path: &str, status: StatusCode, body: &[u8]) -> Verdict {
        let mut found = Found::default();
        match self.find(method, path) {
            // A request that the description does not know is the request's fault; it deserves an error of the usual form.
            Err(finding) if status.is_success() => found.complaints.push(finding),
            Err(_) => {
                self.check_answer(&self.document()["components"]["responses"]["ClientErrorResponse"], body, &mut found);
            }
            Ok(_) if status.is_server_error() => {
                found.notes.push(Finding::new("", format!("the description is silent about {status}")));
            }
            Ok((operation, _)) => {
                let declared = &operation.node["responses"];
                let fallback = declared.get("4XX").filter(|_| status.is_client_error());
                match declared.get(status.as_str()).or(fallback) {
                    Some(answer) => self.check_answer(answer, body, &mut found),
                    None => {
                        found.complaints.push(Finding::new("", format!("the description declares no {status} here")));
                    }
                }
            }
        }
        let tied = |findings: Vec<Finding>| {
            findings.into_iter().map(|finding| finding.of(Side::Answer, method.as_str(), path)).collect()
        };
        Verdict { complaints: tied(found.complaints), notes: tied(found.notes) }
    }

    fn document(self) -> &'static Value {
        self.0.walker.document()
    }

    fn find<'p>(self, method: &Method, path: &'p str) -> Result<(&'static Operation, &'p str), Finding> {
        let plain = path.split('?').next().unwrap_or_default();
        let plain =
            plain.strip_prefix(PREFIX).ok_or_else(|| Finding::new("", format!("the path is not below {PREFIX}")))?;
        route::find(&self.0.operations, method.as_str(), plain).map(|operation| (operation, plain)).map_err(
            |unrouted| match unrouted {
                Unrouted::Path => Finding::new("", "the description knows no such path"),
                Unrouted::Method(template) => {
                    Finding::new("", format!("the description knows no {method} on {template}"))
                }
            },
        )
    }

    fn check_path(self, operation: &'static Operation, plain: &str, found: &mut Found) {
        for (name, value) in operation.captures(plain) {
            let declared =
                operation.parameters().find(|parameter| parameter["in"] == "path" && parameter["name"] == name);
            if let Some(parameter) = declared {
                self.check_parameter(parameter, value, &format!("{{{name}}}"), found);
            }
        }
    }

    fn check_query(self, operation: &'static Operation, path: &str, found: &mut Found) {
        let declared: Vec<_> = operation.parameters().filter(|parameter| parameter["in"] == "query").collect();
        let query = path.split_once('?').map_or("", |(_, query)| query);
        let mut seen: Vec<String> = Vec::new();
        for piece in query.split('&').filter(|piece| !piece.is_empty()) {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let at = format!("?{name}");
            match declared.iter().find(|parameter| parameter["name"] == name) {
                None => found.complaints.push(Finding::new(&at, "the description knows no such parameter")),
                Some(parameter) => {
                    let many = self.0.walker.resolve(&parameter["schema"])["type"] == "array";
                    if !many && seen.iter().any(|earlier| earlier == name) {
                        found.complaints.push(Finding::new(&at, "given twice"));
                    }
                    self.check_parameter(parameter, value, &at, found);
                }
            }
            seen.push(name.to_owned());
        }
        for parameter in declared.iter().filter(|parameter| parameter["required"] == true) {
            let name = parameter["name"].as_str().unwrap_or_default();
            if !seen.iter().any(|given| given == name) {
                found.complaints.push(Finding::new(format!("?{name}"), "required, and not given"));
            }
        }
    }

    /// Checks a parameter's text, read as the type that its schema asks for.
    fn check_parameter(self, parameter: &'static Value, text: &str, at: &str, found: &mut Found) {
        let walker = &self.0.walker;
        let mut schema = walker.resolve(&parameter["schema"]);
        if schema["type"] == "array" {
            schema = walker.resolve(&schema["items"]);
        }
        let value = match schema["type"].as_str() {
            Some("integer") => text.parse::<i64>().map(Value::from),
            Some("boolean") => Ok(text.parse::<bool>().map_or(json!(text), Value::from)),
            _ => Ok(json!(text)),
        };
        walker.check(schema, &value.unwrap_or(json!(text)), at, Unknown::Refused, found);
    }

    fn check_body(self, operation: &'static Operation, headers: &HeaderMap, body: &[u8], found: &mut Found) {
        let Some(declared) = operation.node.get("requestBody") else {
            if !body.is_empty() {
                found.complaints.push(Finding::new("", "a body where none belongs"));
            }
            return;
        };
        if body.is_empty() {
            if declared["required"] == true {
                found.complaints.push(Finding::new("", "the body is missing"));
            }
            return;
        }
        let media = multipart::media_type(headers).unwrap_or_default();
        if declared["content"].get(&media).is_none() {
            found.complaints.push(Finding::new("", format!("the description knows no body of type {media:?} here")));
            return;
        }
        let (payload, files) = match content(&media, headers, body) {
            Ok(read) => read,
            Err(message) => return found.complaints.push(Finding::new("", message)),
        };
        let payload = as_discord_reads(payload);
        // The multipart schema is the JSON one plus names of files, which `content` has looked at.
        let schema = declared["content"].get("application/json").unwrap_or(&declared["content"][&media]);
        let schema = &schema["schema"];
        self.0.walker.check(schema, &payload, "", Unknown::Refused, found);
        if found.complaints.is_empty() {
            found.complaints = rules::broken(operation.template(), &payload, &files);
        }
    }

    fn check_answer(self, answer: &'static Value, body: &[u8], found: &mut Found) {
        let Some(content) = self.0.walker.resolve(answer).get("content") else {
            if !body.is_empty() {
                found.complaints.push(Finding::new("", "a body where none is declared"));
            }
            return;
        };
        let Some(schema) = content["application/json"].get("schema") else { return };
        match serde_json::from_slice::<Value>(body) {
            Ok(value) => self.0.walker.check(schema, &value, "", Unknown::Noted, found),
            Err(error) => found.complaints.push(Finding::new("", format!("the answer is no JSON: {error}"))),
        }
    }
}

fn read() -> Option<Loaded> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/discord/openapi.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: nothing is checked against Discord's description, because {} is not there", path.display());
        return None;
    };
    let mut document: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    // The description has it that the errors of a single field carry a number. Discord answers a name there, as its
    // documentation shows: `{"code": "BASE_TYPE_REQUIRED", "message": "This field is required"}`.
    if let Some(error) = document.pointer_mut("/components/schemas/InnerErrors/properties/_errors/items") {
        let text = json!({ "type": "string" });
        *error = json!({ "type": "object", "properties": { "code": text, "message": text }, "required": ["code", "message"] });
    }
    let document: &'static Value = Box::leak(Box::new(document));
    Some(Loaded { walker: Walker::new(document), operations: route::operations(document) })
}

/// Discord takes most requests from bots only; a few, which carry a token in their path, from anybody.
fn check_token(operation: &Operation, headers: &HeaderMap, found: &mut Found) {
    let ways = operation.node["security"].as_array().map_or(&[][..], Vec::as_slice);
    let anybody = ways.is_empty() || ways.contains(&json!({}));
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bot = token.strip_prefix("Bot ").is_some_and(|token| !token.trim().is_empty());
    let welcome = bot || (anybody && token.is_empty());
    if !welcome {
        found.complaints.push(Finding::new("", "no bot token in the Authorization header"));
    }
}

/// The JSON that a request carries, `Null` where it carries none.
pub(super) fn payload(headers: &HeaderMap, body: &[u8]) -> Value {
    let media = multipart::media_type(headers).unwrap_or_default();
    content(&media, headers, body).map(|(payload, _)| payload).unwrap_or_default()
}

/// The JSON of a body and the names of the files that came with it.
fn content(media: &str, headers: &HeaderMap, body: &[u8]) -> Result<(Value, Vec<String>), String> {
    if media != "multipart/form-data" {
        let value = serde_json::from_slice(body).map_err(|error| format!("the body is no JSON: {error}"))?;
        return Ok((value, Vec::new()));
    }
    let mut fields = Map::new();
    let mut files = Vec::new();
    let mut payload = None;
    for part in multipart::parts(headers, body)? {
        if part.name == "payload_json" {
            let value =
                serde_json::from_slice(part.content).map_err(|error| format!("payload_json is no JSON: {error}"))?;
            payload = Some(value);
        } else if part.is_file {
            let number = part.name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']'));
            if !number.is_some_and(|number| number.parse::<u8>().is_ok_and(|number| number < 10)) {
                return Err(format!("a file called {} where files[0] to files[9] are known", shown(&json!(part.name))));
            }
            files.push(part.name);
        } else {
            fields.insert(part.name, json!(String::from_utf8_lossy(part.content)));
        }
    }
    match payload {
        Some(_) if !fields.is_empty() => Err("payload_json and other fields in one form".to_owned()),
        Some(payload) => Ok((payload, files)),
        None => Ok((Value::Object(fields), files)),
    }
}

/// Ids of new attachments may be written as numbers (serenity does): Discord reads them all the same.
fn as_discord_reads(mut payload: Value) -> Value {
    for at in ["/attachments", "/data/attachments", "/message/attachments"] {
        for attachment in payload.pointer_mut(at).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(number) = attachment["id"].as_u64() {
                attachment["id"] = json!(number.to_string());
            }
        }
    }
    payload
}
