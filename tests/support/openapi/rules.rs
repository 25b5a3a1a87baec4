//! What Discord enforces and its description leaves unsaid, from its documentation: rules over several fields, and limits
//! that are stricter for bots. Limits of a single field that the description states are not repeated here.

mod commands;
mod messages;

use serde_json::Value;

use super::finding::{Finding, below};

/// The rules that a request body breaks. `files` are the names of the files that came with it.
pub(super) fn broken(template: &str, body: &Value, files: &[String]) -> Vec<Finding> {
    let mut broken = Vec::new();
    match template {
        "/channels/{channel_id}/messages" | "/webhooks/{webhook_id}/{webhook_token}" => {
            messages::says_something(body, "", files, &mut broken);
            messages::message(body, "", files, &mut broken);
        }
        "/channels/{channel_id}/messages/{message_id}"
        | "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
        | "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}" => {
            messages::message(body, "", files, &mut broken);
        }
        "/interactions/{interaction_id}/{interaction_token}/callback" => callback(body, files, &mut broken),
        "/applications/{application_id}/commands" | "/applications/{application_id}/guilds/{guild_id}/commands" => {
            match body {
                Value::Array(all) => commands::overwrite(all, &mut broken),
                one => commands::command(one, "", &mut broken),
            }
        }
        _ => {}
    }
    broken
}

fn callback(body: &Value, files: &[String], broken: &mut Vec<Finding>) {
    let data = &body["data"];
    match body["type"].as_u64() {
        Some(4) => {
            messages::says_something(data, "/data", files, broken);
            messages::message(data, "/data", files, broken);
        }
        Some(7) => messages::message(data, "/data", files, broken),
        Some(9) => messages::modal(data, "/data", broken),
        _ => {}
    }
}

/// A list inside `value`, empty where there is none.
fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[][..], Vec::as_slice)
}

/// Complains about every text that comes twice.
fn unique<'v>(texts: impl Iterator<Item = (String, &'v str)>, what: &str, broken: &mut Vec<Finding>) {
    let mut seen = std::collections::HashSet::new();
    for (at, text) in texts {
        if !seen.insert(text) {
            broken.push(Finding::new(at, format!("{what} {text:?} is there twice")));
        }
    }
}

/// The pointer of an item of a list.
fn item(at: &str, key: &str, index: usize) -> String {
    below(&below(at, key), &index.to_string())
}
