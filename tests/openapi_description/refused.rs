//! Requests with one thing wrong: one complaint each, at the right place.

use super::*;

#[test]
fn an_unknown_key() {
    let mut card = card();
    card["colour"] = json!("red");
    bad(&Method::POST, MESSAGES, &card, "/colour: the description knows no such key");
}

#[test]
fn an_unknown_key_deep_in_the_components() {
    let button =
        json!({ "type": 2, "style": 3, "label": "Retry", "custom_id": "retry:1", "emoji": { "name": "✅", "hue": 1 } });
    bad(
        &Method::POST,
        MESSAGES,
        &card_with("/components/0/components/0", button),
        "/components/0/components/0/emoji/hue: ",
    );
}

#[test]
fn an_unknown_key_deep_in_the_options() {
    let mut command = command();
    command["options"][0]["options"][0]["options"][0]["placeholder"] = json!("yes");
    bad(&Method::PUT, COMMANDS, &json!([command]), "/0/options/0/options/0/options/0/placeholder: ");
}

#[test]
fn a_wrong_type() {
    bad(&Method::POST, MESSAGES, &card_with("/enforce_nonce", json!("yes")), "/enforce_nonce: \"yes\" is not of types");
    bad(&Method::POST, MESSAGES, &card_with("/embeds", json!({})), "/embeds: {} is not of types");
    bad(&Method::POST, MESSAGES, &json!([card()]), "is not of type \"object\"");
}

#[test]
fn a_kind_that_does_not_exist() {
    let button = json!({ "type": 99, "style": 3, "custom_id": "x" });
    bad(
        &Method::POST,
        MESSAGES,
        &card_with("/components/0/components/0", button),
        "/components/0/components/0/type: 99 ",
    );
    bad(&Method::POST, CALLBACK, &json!({ "type": 3 }), "/type: 3 is not allowed here");
    bad(
        &Method::POST,
        MESSAGES,
        &card_with("/components/0/components/0/style", json!(9)),
        "style: 9 is none of the allowed",
    );
}

#[test]
fn too_long_and_too_many() {
    bad(&Method::POST, MESSAGES, &card_with("/content", json!("x".repeat(2001))), "/content: 2001 characters");
    bad(&Method::POST, MESSAGES, &card_with("/nonce", json!("x".repeat(26))), "/nonce: ");
    bad(&Method::POST, MESSAGES, &card_with("/embeds/0/title", json!("x".repeat(257))), "/embeds/0/title: ");
    let fields: Vec<_> = (0..26).map(|n| json!({ "name": n.to_string(), "value": "x" })).collect();
    bad(&Method::POST, MESSAGES, &card_with("/embeds/0/fields", json!(fields)), "/embeds/0/fields: ");
    let thread = json!({ "name": "x".repeat(101) });
    bad(&Method::POST, &format!("{MESSAGE}/threads"), &thread, "/name: ");
    let choices: Vec<_> = (0..26).map(|n| json!({ "name": n.to_string(), "value": n })).collect();
    bad(&Method::POST, CALLBACK, &json!({ "type": 8, "data": { "choices": choices } }), "/data/choices: ");
}

#[test]
fn embeds_that_are_too_long_together() {
    let embeds = json!([{ "description": "x".repeat(4000) }, { "description": "x".repeat(2001) }]);
    bad(&Method::POST, MESSAGES, &card_with("/embeds", embeds), "/embeds: embeds of 6001 characters");
}

#[test]
fn an_unknown_path_or_method() {
    bad(&Method::GET, "/api/v10/channels/1100000000000000001/message", &Value::Null, "no such path");
    bad(&Method::GET, "/channels/1100000000000000001/messages", &Value::Null, "not below /api/v10");
    bad(&Method::PUT, MESSAGES, &Value::Null, "no PUT on /channels/{channel_id}/messages");
}

#[test]
fn something_required_that_is_missing() {
    bad(&Method::POST, &format!("{MESSAGE}/threads"), &json!({}), "\"name\" is a required property");
    bad(&Method::POST, &format!("{MESSAGE}/threads"), &Value::Null, "the body is missing");
    bad(&Method::POST, CALLBACK, &json!({ "data": {} }), "\"type\" is a required property");
    bad(&Method::POST, CALLBACK, &json!({ "type": 9 }), "\"data\" is a required property");
}

#[test]
fn a_bad_snowflake() {
    bad(&Method::GET, "/api/v10/channels/general/messages", &Value::Null, "{channel_id}: ");
    let too_large = "99999999999999999999";
    bad(&Method::GET, &format!("/api/v10/users/{too_large}"), &Value::Null, "{user_id}: ");
    bad(&Method::POST, MESSAGES, &card_with("/allowed_mentions/users/0", json!("007")), "/allowed_mentions/users/0: ");
    bad(&Method::POST, MESSAGES, &card_with("/allowed_mentions/users/0", json!(7)), "/allowed_mentions/users/0: ");
}

#[test]
fn a_bad_format() {
    bad(&Method::POST, MESSAGES, &card_with("/embeds/0/timestamp", json!("yesterday")), "/embeds/0/timestamp: ");
    bad(&Method::POST, MESSAGES, &card_with("/embeds/0/image/url", json!("a picture")), "/embeds/0/image/url: ");
    let thread = json!({ "name": "x", "rate_limit_per_user": 4_294_967_296_u64 });
    let found = request(&Method::POST, &format!("{MESSAGE}/threads"), &thread);
    assert!(
        found
            .is_none_or(|found| found.iter().all(|line| line.starts_with("/rate_limit_per_user")) && !found.is_empty())
    );
}

#[test]
fn a_query_that_is_not_known_or_not_right() {
    bad(&Method::GET, &format!("{MESSAGES}?count=5"), &Value::Null, "?count: the description knows no such parameter");
    bad(&Method::GET, &format!("{MESSAGES}?limit=101"), &Value::Null, "?limit: ");
    bad(&Method::GET, &format!("{MESSAGES}?limit=many"), &Value::Null, "?limit: ");
    bad(&Method::GET, &format!("{MESSAGES}?limit=5&limit=6"), &Value::Null, "?limit: given twice");
}

#[test]
fn buttons_without_what_they_need() {
    let no_id = json!({ "type": 2, "style": 3, "label": "Retry" });
    bad(&Method::POST, MESSAGES, &card_with("/components/0/components/0", no_id), "needs a custom_id");
    let twice = json!({ "type": 2, "style": 3, "label": "Retry", "custom_id": "same" });
    bad(
        &Method::POST,
        MESSAGES,
        &card_with("/components/0/components", json!([twice, twice])),
        "custom_id \"same\" is there twice",
    );
    let blank = json!({ "type": 2, "style": 3, "custom_id": "x" });
    bad(&Method::POST, MESSAGES, &card_with("/components/0/components/0", blank), "needs a label or an emoji");
}

#[test]
fn an_empty_message_but_not_an_empty_edit() {
    bad(&Method::POST, MESSAGES, &json!({ "content": " " }), "an empty message");
    bad(&Method::POST, CALLBACK, &json!({ "type": 4, "data": { "flags": 64 } }), "/data: an empty message");
    good(&Method::PATCH, MESSAGE, &json!({ "components": [] }));
}

#[test]
fn commands_that_discord_does_not_take() {
    let with = |pointer: &str, value: Value| {
        let mut command = command();
        *command.pointer_mut(pointer).unwrap() = value;
        json!([command])
    };
    bad(&Method::PUT, COMMANDS, &json!([command(), command()]), "command \"tenant\" is there twice");
    bad(&Method::PUT, COMMANDS, &with("/name", json!("Tenant")), "/0/name: ");
    bad(&Method::PUT, COMMANDS, &with("/name", json!("of tenants")), "/0/name: ");
    bad(
        &Method::PUT,
        COMMANDS,
        &with("/options/1/options/0/required", json!(false)),
        "a required option after an optional one",
    );
    bad(
        &Method::PUT,
        COMMANDS,
        &with("/options/0", json!({ "type": 3, "name": "id", "description": "x" })),
        "side by side",
    );
    bad(&Method::PUT, COMMANDS, &with("/options/1/description", json!("")), "/0/options/1/description: ");
    bad(&Method::PUT, COMMANDS, &with("/options/1/options/2/max_value", json!(1)), "min_value: more than max_value");
}

#[test]
fn a_modal_with_too_many_inputs() {
    let row = |n: usize| json!({ "type": 1, "components": [{ "type": 4, "custom_id": n.to_string(), "style": 1, "label": "x" }] });
    let rows: Vec<_> = (0..6).map(row).collect();
    let modal = json!({ "type": 9, "data": { "custom_id": "m", "title": "M", "components": rows } });
    bad(&Method::POST, CALLBACK, &modal, "/data/components: 6 inputs");
}

#[test]
fn a_form_that_does_not_hold_together() {
    let payload = json!({ "content": "x", "attachments": [{ "id": 1 }] }).to_string();
    for (payload, file, words) in [
        (payload.as_str(), "files[0]", "/attachments/0: no files[1] came with it"),
        ("{}", "upload", "a file called \"upload\""),
        ("{", "files[0]", "payload_json is no JSON"),
        (r#"{"colour":1}"#, "files[0]", "/colour: "),
    ] {
        let found = form(MESSAGES, payload, file);
        assert!(found.as_ref().is_none_or(|found| found.len() == 1 && found[0].contains(words)), "{words}: {found:#?}");
    }
}

#[test]
fn a_body_where_none_belongs_or_of_a_wrong_type() {
    let Some(discord) = Description::load() else { return };
    let typing = "/api/v10/channels/1100000000000000001/typing";
    let found = discord.check_request(&Method::POST, typing, &headers("application/json"), b"{}");
    assert_eq!(lines(found), [": a body where none belongs"]);
    let found = discord.check_request(&Method::POST, MESSAGES, &headers("text/plain"), b"hello");
    assert_eq!(lines(found), [": the description knows no body of type \"text/plain\" here"]);
}

#[test]
fn a_request_without_a_bot_token() {
    let Some(discord) = Description::load() else { return };
    let found = discord.check_request(&Method::GET, MESSAGES, &HeaderMap::new(), b"");
    assert_eq!(lines(found), [": no bot token in the Authorization header"]);
}
