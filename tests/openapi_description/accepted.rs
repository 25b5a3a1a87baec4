//! Requests as they should be.

use super::*;

#[test]
fn a_message_with_embed_buttons_mentions_and_nonce() {
    good(&Method::POST, MESSAGES, &card());
}

#[test]
fn an_edit() {
    let edit = json!({ "content": null, "embeds": [], "components": [], "allowed_mentions": { "parse": [] } });
    good(&Method::PATCH, MESSAGE, &edit);
}

#[test]
fn reading_with_a_query() {
    good(&Method::GET, &format!("{MESSAGES}?&limit=100&before=1100000000000000002"), &Value::Null);
    good(&Method::GET, "/api/v10/guilds/1100000000000000004?with_counts=true", &Value::Null);
    good(&Method::GET, "/api/v10/users/@me", &Value::Null);
    good(&Method::GET, "/api/v10/oauth2/applications/@me", &Value::Null);
    good(&Method::GET, "/api/v10/gateway/bot", &Value::Null);
}

#[test]
fn reactions() {
    good(&Method::PUT, &format!("{MESSAGE}/reactions/%E2%9C%85/@me"), &Value::Null);
    good(&Method::GET, &format!("{MESSAGE}/reactions/%E2%9C%85?limit=100&type=0"), &Value::Null);
    good(&Method::DELETE, &format!("{MESSAGE}/reactions/%E2%9C%85/1100000000000000009"), &Value::Null);
}

#[test]
fn a_thread_from_a_message_and_its_archiving() {
    let thread = json!({ "name": "Provision acme in SIT", "auto_archive_duration": 10080, "invitable": false });
    good(&Method::POST, &format!("{MESSAGE}/threads"), &thread);
    good(&Method::PATCH, "/api/v10/channels/1100000000000000002", &json!({ "archived": true, "locked": false }));
}

#[test]
fn a_bulk_overwrite_of_nested_commands() {
    good(&Method::PUT, COMMANDS, &json!([command()]));
}

#[test]
fn every_callback() {
    let input =
        json!({ "type": 4, "custom_id": "name", "style": 1, "label": "Type the tenant's name", "required": true });
    for callback in [
        json!({ "type": 4, "data": { "content": "Not you", "flags": 64, "allowed_mentions": { "parse": [] } } }),
        json!({ "type": 4, "data": card_as_answer() }),
        json!({ "type": 5, "data": { "flags": 64 } }),
        json!({ "type": 5 }),
        json!({ "type": 6 }),
        json!({ "type": 7, "data": { "components": [] } }),
        json!({ "type": 8, "data": { "choices": [{ "name": "Acme", "value": "acme" }] } }),
        json!({ "type": 8, "data": { "choices": [{ "name": "1 vCPU", "value": 1024 }] } }),
        json!({ "type": 8, "data": { "choices": [] } }),
        json!({ "type": 9, "data": { "custom_id": "confirm:1", "title": "Delete acme",
            "components": [{ "type": 1, "components": [input] }] } }),
        json!({ "type": 9, "data": { "custom_id": "confirm:1", "title": "Delete acme", "components": [
            { "type": 18, "label": "Name", "component": { "type": 4, "custom_id": "name", "style": 1 } }] } }),
    ] {
        good(&Method::POST, CALLBACK, &callback);
    }
}

fn card_as_answer() -> Value {
    let mut card = card();
    for key in ["nonce", "enforce_nonce"] {
        card.as_object_mut().unwrap().remove(key);
    }
    card
}

#[test]
fn editing_and_following_up_an_answer_without_a_bot_token() {
    let Some(discord) = Description::load() else { return };
    let mut anybody = headers("application/json");
    anybody.remove("authorization");
    let body = json!({ "content": "Done" }).to_string();
    assert_eq!(lines(discord.check_request(&Method::PATCH, ORIGINAL, &anybody, body.as_bytes())), [""; 0]);
    good(
        &Method::POST,
        "/api/v10/webhooks/1100000000000000003/aW50ZXJhY3Rpb24?wait=true",
        &json!({ "content": "More" }),
    );
}

#[test]
fn a_file_with_its_payload() {
    let payload = json!({ "content": "The plan", "attachments": [{ "id": 0, "filename": "plan.txt" }] });
    if let Some(found) = form(MESSAGES, &payload.to_string(), "files[0]") {
        assert_eq!(found, [""; 0]);
    }
    let answer = json!({ "type": 4, "data": { "attachments": [{ "id": "0", "filename": "plan.txt" }] } });
    if let Some(found) = form(CALLBACK, &answer.to_string(), "files[0]") {
        assert_eq!(found, [""; 0]);
    }
}
