//! Shows that the check against Discord's description accepts what is right and finds what is wrong.

#[path = "support/openapi/mod.rs"]
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

mod accepted {
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

mod refused {
    use super::*;

    #[test]
    fn an_unknown_key() {
        let mut card = card();
        card["colour"] = json!("red");
        bad(&Method::POST, MESSAGES, &card, "/colour: the description knows no such key");
    }

    #[test]
    fn an_unknown_key_deep_in_the_components() {
        let button = json!({ "type": 2, "style": 3, "label": "Retry", "custom_id": "retry:1", "emoji": { "name": "✅", "hue": 1 } });
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
        bad(
            &Method::POST,
            MESSAGES,
            &card_with("/enforce_nonce", json!("yes")),
            "/enforce_nonce: \"yes\" is not of types",
        );
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
        bad(
            &Method::POST,
            MESSAGES,
            &card_with("/allowed_mentions/users/0", json!("007")),
            "/allowed_mentions/users/0: ",
        );
        bad(&Method::POST, MESSAGES, &card_with("/allowed_mentions/users/0", json!(7)), "/allowed_mentions/users/0: ");
    }

    #[test]
    fn a_bad_format() {
        bad(&Method::POST, MESSAGES, &card_with("/embeds/0/timestamp", json!("yesterday")), "/embeds/0/timestamp: ");
        bad(&Method::POST, MESSAGES, &card_with("/embeds/0/image/url", json!("a picture")), "/embeds/0/image/url: ");
        let thread = json!({ "name": "x", "rate_limit_per_user": 4_294_967_296_u64 });
        let found = request(&Method::POST, &format!("{MESSAGE}/threads"), &thread);
        assert!(
            found.is_none_or(
                |found| found.iter().all(|line| line.starts_with("/rate_limit_per_user")) && !found.is_empty()
            )
        );
    }

    #[test]
    fn a_query_that_is_not_known_or_not_right() {
        bad(
            &Method::GET,
            &format!("{MESSAGES}?count=5"),
            &Value::Null,
            "?count: the description knows no such parameter",
        );
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
        bad(
            &Method::PUT,
            COMMANDS,
            &with("/options/1/options/2/max_value", json!(1)),
            "min_value: more than max_value",
        );
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
            assert!(
                found.as_ref().is_none_or(|found| found.len() == 1 && found[0].contains(words)),
                "{words}: {found:#?}"
            );
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
}

mod answers {
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
        let limited =
            json!({ "message": "You are being rate limited.", "code": 0, "retry_after": 0.3, "global": false });
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
}
