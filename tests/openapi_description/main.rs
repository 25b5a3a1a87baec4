//! Shows that the check against Discord's description accepts what is right and finds what is wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accepted;
mod answers;
mod refused;

#[path = "../support/openapi/mod.rs"]
mod openapi;

use axum::http::{HeaderMap, Method, StatusCode};
use openapi::Description;
use serde_json::{Value, json};

const MESSAGES: &str = "/api/v10/channels/1100000000000000001/messages";
const MESSAGE: &str = "/api/v10/channels/1100000000000000001/messages/1100000000000000002";
const COMMANDS: &str = "/api/v10/applications/1100000000000000003/guilds/1100000000000000004/commands";
const CALLBACK: &str = "/api/v10/interactions/1100000000000000005/aW50ZXJhY3Rpb24/callback";
const ORIGINAL: &str = "/api/v10/webhooks/1100000000000000003/aW50ZXJhY3Rpb24/messages/@original";

fn headers(media: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", "Bot MTE.abc.def".parse().unwrap());
    if !media.is_empty() {
        headers.insert("content-type", media.parse().unwrap());
    }
    headers
}

/// Complaints about a request as `pointer: message`, `None` where the description is not there.
fn request(method: &Method, path: &str, body: &Value) -> Option<Vec<String>> {
    let discord = Description::load()?;
    let (headers, bytes) = if body.is_null() {
        (headers(""), Vec::new())
    } else {
        (headers("application/json"), body.to_string().into_bytes())
    };
    Some(lines(discord.check_request(method, path, &headers, &bytes)))
}

fn lines(complaints: Vec<openapi::Complaint>) -> Vec<String> {
    complaints.into_iter().map(|complaint| format!("{}: {}", complaint.pointer, complaint.message)).collect()
}

#[track_caller]
fn good(method: &Method, path: &str, body: &Value) {
    if let Some(found) = request(method, path, body) {
        assert!(found.is_empty(), "{method} {path} was refused: {found:#?}");
    }
}

/// The request draws exactly one complaint, and it holds these words.
#[track_caller]
fn bad(method: &Method, path: &str, body: &Value, words: &str) {
    if let Some(found) = request(method, path, body) {
        assert!(found.len() == 1 && found[0].contains(words), "expected one complaint with {words:?}: {found:#?}");
    }
}

fn card() -> Value {
    json!({
        "content": "A request of <@1100000000000000009>",
        "tts": false,
        "nonce": "operation-000000000000001",
        "enforce_nonce": true,
        "allowed_mentions": { "parse": [], "users": ["1100000000000000009"] },
        "embeds": [{
            "title": "Provision acme in SIT", "color": 3_447_003, "timestamp": "2026-01-02T03:04:05Z",
            "fields": [{ "name": "Subdomain", "value": "acme.example.org", "inline": true }],
            "footer": { "text": "digest 0011223344" }, "image": { "url": "attachment://plan.png" }
        }],
        "components": [{ "type": 1, "components": [
            { "type": 2, "style": 3, "label": "Retry", "custom_id": "retry:1" },
            { "type": 2, "style": 5, "label": "Runbook", "url": "https://example.org/runbook" }
        ]}]
    })
}

/// `card()` with one place changed.
fn card_with(pointer: &str, value: Value) -> Value {
    let mut card = card();
    *card.pointer_mut(pointer).unwrap() = value;
    card
}

fn command() -> Value {
    json!({
        "name": "tenant", "description": "Everything about one tenant", "type": 1, "nsfw": false, "contexts": [0],
        "options": [
            { "type": 2, "name": "data", "description": "Its data", "options": [
                { "type": 1, "name": "export", "description": "Writes it out", "options": [
                    { "type": 5, "name": "logs", "description": "Logs too" }
                ]}
            ]},
            { "type": 1, "name": "provision", "description": "Sets one up", "options": [
                { "type": 3, "name": "environment", "description": "Where", "required": true,
                  "choices": [{ "name": "DEV", "value": "dev" }], "min_value": null, "channel_types": [] },
                { "type": 3, "name": "company", "description": "For whom", "required": true, "min_length": 1, "max_length": 80 },
                { "type": 4, "name": "cpu", "description": "CPU units", "min_value": 256, "max_value": 4096, "autocomplete": true }
            ]}
        ]
    })
}

/// Complaints about a form of a payload and one file.
fn form(path: &str, payload: &str, file: &str) -> Option<Vec<String>> {
    let body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{payload}\r\n--edge\r\n\
         Content-Disposition: form-data; name=\"{file}\"; filename=\"plan.txt\"\r\nContent-Type: text/plain\r\n\r\none\r\n\r\ntwo\r\n\
         --edge--\r\n"
    );
    let headers = headers("multipart/form-data; boundary=edge");
    Some(lines(Description::load()?.check_request(&Method::POST, path, &headers, body.as_bytes())))
}
