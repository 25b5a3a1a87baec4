//! Answers, right and wrong.

use super::*;

fn user() -> Value {
    json!({ "id": "1100000000000000003", "username": "landlord", "avatar": null, "discriminator": "0000", "public_flags": 0,
        "flags": 0, "global_name": null, "bot": true, "primary_guild": null })
}

fn message() -> Value {
    json!({ "id": "1100000000000000002", "channel_id": "1100000000000000001", "type": 0, "content": "", "author": user(),
        "mentions": [], "mention_roles": [], "mention_everyone": false, "attachments": [], "embeds": [], "components": [],
        "timestamp": "2026-01-02T03:04:05.678000+00:00", "edited_timestamp": null, "flags": 0, "pinned": false, "tts": false })
}

/// Complaints and notes about the answer to a new message.
fn answer(status: u16, body: &Value) -> Option<(Vec<String>, Vec<String>)> {
    let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let status = StatusCode::from_u16(status).unwrap();
    let verdict = Description::load()?.check_response(&Method::POST, MESSAGES, status, &bytes);
    Some((lines(verdict.complaints), lines(verdict.notes)))
}

#[track_caller]
fn complains(status: u16, body: &Value, words: &str) {
    let found = answer(status, body);
    assert!(
        found.as_ref().is_none_or(|(found, _)| found.len() == 1 && found[0].contains(words)),
        "{words}: {found:#?}"
    );
}

#[test]
fn a_message_is_accepted_and_its_unknown_keys_are_noted() {
    let mut message = message();
    message["author"]["moon_phase"] = json!("full");
    if let Some((complaints, notes)) = answer(200, &message) {
        assert_eq!(complaints, [""; 0]);
        assert_eq!(notes, ["/author/moon_phase: the description knows no such key"]);
    }
}

#[test]
fn errors_have_their_form_at_every_depth() {
    let invalid = json!({ "code": 50035, "message": "Invalid Form Body", "errors": { "embeds": { "0": { "title": {
        "_errors": [{ "code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length." }] } } } } });
    let limited = json!({ "message": "You are being rate limited.", "code": 0, "retry_after": 0.3, "global": false });
    for (status, body) in
        [(400, &invalid), (404, &json!({ "code": 10003, "message": "Unknown Channel" })), (429, &limited)]
    {
        if let Some((complaints, notes)) = answer(status, body) {
            assert_eq!((complaints, notes), (vec![], vec![]), "{status}");
        }
    }
    complains(404, &json!({ "message": "Unknown Channel" }), "\"code\" is a required property");
    complains(
        400,
        &json!({ "code": 50035, "message": "x", "errors": { "_errors": [{ "code": 1, "message": "x" }] } }),
        "/errors/",
    );
}

#[test]
fn what_is_wrong_is_found() {
    let mut without_author = message();
    without_author.as_object_mut().unwrap().remove("author");
    complains(200, &without_author, "\"author\" is a required property");
    let mut numeric_id = message();
    numeric_id["id"] = json!(1_100_000_000_000_000_002_u64);
    complains(200, &numeric_id, "/id: ");
    complains(201, &message(), "declares no 201 Created here");
    complains(200, &Value::Null, "no JSON");
}

#[test]
fn an_answer_without_a_body_has_none() {
    let Some(discord) = Description::load() else { return };
    let path = format!("{MESSAGE}/reactions/%E2%9C%85/@me");
    let answer = |body: &[u8]| discord.check_response(&Method::PUT, &path, StatusCode::NO_CONTENT, body);
    assert_eq!(answer(b"").complaints, []);
    assert_eq!(lines(answer(b"{}").complaints), [": a body where none is declared"]);
}

#[test]
fn a_path_that_discord_does_not_have_answers_with_an_error() {
    let Some(discord) = Description::load() else { return };
    let path = "/api/v10/nowhere";
    let answer = |status, body: &[u8]| lines(discord.check_response(&Method::GET, path, status, body).complaints);
    assert_eq!(answer(StatusCode::NOT_FOUND, br#"{"message":"404: Not Found","code":0}"#), [""; 0]);
    assert_eq!(answer(StatusCode::OK, b"{}"), [": the description knows no such path"]);
}
