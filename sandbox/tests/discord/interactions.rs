//! Commands, buttons, modals and texts being typed: from a member to the bot and back, within Discord's limits.

use crate::harness::World;
use serde_json::{Value, json};
use std::time::Duration;

fn dev() -> Value {
    json!([{ "type": 3, "name": "environment", "value": "dev" }])
}

#[tokio::test]
async fn a_command_reaches_the_bot_with_everything_it_needs() {
    let world = World::start().await;
    let (mut bot, mut operator) = (world.bot().await, world.hears("operator").await);
    let options = json!([
        { "type": 3, "name": "environment", "value": "dev" },
        { "type": 6, "name": "owner", "value": world.id("security") },
    ]);
    assert_eq!(world.runs("operator", "tenant", options).await.status, 204);
    let heard = bot.next("INTERACTION_CREATE").await;
    assert_eq!(heard["type"], 2);
    assert_eq!(heard["member"]["user"]["username"], "operator");
    assert!(heard["member"]["permissions"].as_str().unwrap().parse::<u64>().unwrap() > 0);
    assert_eq!(heard["data"]["options"][0]["options"][0]["value"], "dev");
    assert_eq!(heard["data"]["resolved"]["users"][world.id("security")]["username"], "security");

    let answer = world.reply(&heard, json!({ "type": 4, "data": { "content": "on it" } })).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["resource"]["message"]["content"], "on it");
    let (before, told) = operator.until("INTERACTION_CREATE").await;
    assert!(before.is_empty(), "{before:?}");
    assert_eq!(told, json!({ "id": heard["id"], "nonce": "7" }));
    let shown = operator.next("MESSAGE_CREATE").await;
    assert_eq!(shown["interaction_metadata"]["user"]["username"], "operator");
    assert_eq!((&shown["type"], &shown["interaction"]["name"]), (&json!(20), &json!("tenant provision")));
    assert_eq!(operator.next("INTERACTION_SUCCESS").await["nonce"], "7");
}

#[tokio::test]
async fn a_command_is_held_against_its_registration() {
    let world = World::start().await;
    let _bot = world.bot().await;
    let missing = world.runs("operator", "tenant", json!([])).await;
    assert_eq!(missing.code(), 50035);
    let at = &missing.body["errors"]["data"]["options"]["0"]["options"];
    assert_eq!(at["environment"]["_errors"][0]["code"], "BASE_TYPE_REQUIRED");
    let moon = json!([{ "type": 3, "name": "environment", "value": "moon" }]);
    assert_eq!(world.runs("operator", "tenant", moon).await.code(), 50035);
    let data = json!({ "id": "1", "name": "tenant", "type": 1 });
    assert_eq!(world.interact("operator", 2, data, Value::Null).await.code(), 10063);
}

#[tokio::test]
async fn after_three_seconds_the_interaction_is_unknown_and_the_member_hears_the_failure() {
    let world = World::start().await;
    let (mut bot, mut operator) = (world.bot().await, world.hears("operator").await);
    world.runs("operator", "tenant", dev()).await;
    let heard = bot.next("INTERACTION_CREATE").await;
    world.clock.advance(Duration::from_millis(3_001));
    let failed = operator.next("INTERACTION_FAILURE").await;
    assert_eq!((&failed["id"], &failed["nonce"]), (&heard["id"], &json!("7")));
    let late = world.reply(&heard, json!({ "type": 4, "data": { "content": "late" } })).await;
    assert_eq!((late.status, late.code()), (404, 10062));
}

#[tokio::test]
async fn a_second_answer_is_refused_and_an_answer_in_time_is_not_a_failure() {
    let world = World::start().await;
    let (mut bot, mut operator) = (world.bot().await, world.hears("operator").await);
    world.runs("operator", "tenant", dev()).await;
    let heard = bot.next("INTERACTION_CREATE").await;
    world.reply(&heard, json!({ "type": 5 })).await;
    let second = world.reply(&heard, json!({ "type": 4, "data": { "content": "again" } })).await;
    assert_eq!((second.status, second.code()), (400, 40060));
    world.clock.advance(Duration::from_secs(10));
    world.call("", "PATCH", &world.webhook(&heard, "/messages/@original"), json!({ "content": "done" })).await;
    let (passed, _) = operator.until("MESSAGE_UPDATE").await;
    assert!(!passed.contains(&"INTERACTION_FAILURE".to_owned()), "{passed:?}");
}

#[tokio::test]
async fn a_token_lives_fifteen_minutes_and_is_unknown_before_the_first_answer() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    world.runs("operator", "tenant", dev()).await;
    let heard = bot.next("INTERACTION_CREATE").await;
    let followup = world.webhook(&heard, "");
    assert_eq!(world.call("", "POST", &followup, json!({ "content": "early" })).await.code(), 10015);
    world.reply(&heard, json!({ "type": 4, "data": { "content": "first" } })).await;
    world.clock.advance(Duration::from_mins(14));
    assert_eq!(world.call("", "POST", &followup, json!({ "content": "more" })).await.status, 200);
    world.clock.advance(Duration::from_mins(2));
    let late = world.call("", "POST", &followup, json!({ "content": "too late" })).await;
    assert_eq!((late.status, late.code()), (401, 50027));
}

#[tokio::test]
async fn the_first_followup_takes_the_place_of_thinking() {
    let world = World::start().await;
    let (mut bot, mut operator) = (world.bot().await, world.hears("operator").await);
    world.runs("operator", "tenant", dev()).await;
    let heard = bot.next("INTERACTION_CREATE").await;
    world.reply(&heard, json!({ "type": 5 })).await;
    let thinking = operator.next("MESSAGE_CREATE").await;
    assert_eq!(thinking["flags"], 128);
    let answer = world.call("", "POST", &world.webhook(&heard, ""), json!({ "content": "thought" })).await;
    assert_eq!(answer.body["id"], thinking["id"]);
    let update = operator.next("MESSAGE_UPDATE").await;
    assert_eq!((&update["content"], &update["flags"]), (&json!("thought"), &json!(0)));
}

#[tokio::test]
async fn an_ephemeral_answer_is_seen_by_one_member_and_kept_in_no_history() {
    let world = World::start().await;
    let (mut bot, mut operator) = (world.bot().await, world.hears("operator").await);
    let mut other = world.hears("team-lead").await;
    world.runs("operator", "tenant", dev()).await;
    let heard = bot.next("INTERACTION_CREATE").await;
    let button = json!([{ "type": 1, "components": [{ "type": 2, "style": 1, "label": "Go", "custom_id": "go" }] }]);
    let data = json!({ "content": "secret", "flags": 64, "components": button });
    world.reply(&heard, json!({ "type": 4, "data": data })).await;
    let shown = operator.next("MESSAGE_CREATE").await;
    assert_eq!((&shown["content"], &shown["flags"]), (&json!("secret"), &json!(64)));

    let marker = world.post("operator", "tenant-ops", "marker").await;
    assert_eq!(other.next("MESSAGE_CREATE").await["id"], marker["id"]);
    let path = format!("/channels/{}/messages", world.channel("tenant-ops"));
    let history = world.call("operator", "GET", &path, Value::Null).await.body;
    assert_eq!(history.as_array().unwrap().len(), 1);

    let press = json!({ "component_type": 2, "custom_id": "go" });
    let on = json!({ "message_id": shown["id"], "message_flags": 64 });
    assert_eq!(world.interact("team-lead", 3, press.clone(), on.clone()).await.code(), 10008);
    assert_eq!(world.interact("operator", 3, press, on).await.status, 204);
    let pressed = bot.next("INTERACTION_CREATE").await;
    world.reply(&pressed, json!({ "type": 7, "data": { "content": "changed", "components": [] } })).await;
    assert_eq!(operator.next("MESSAGE_UPDATE").await["content"], "changed");
}

#[tokio::test]
async fn a_modal_is_filled_in_within_its_bounds_and_never_follows_a_modal() {
    let world = World::start().await;
    let (mut bot, mut operator) = (world.bot().await, world.hears("operator").await);
    world.runs("operator", "ask", json!([])).await;
    let heard = bot.next("INTERACTION_CREATE").await;
    let input = json!({ "type": 4, "custom_id": "name", "label": "Name", "style": 1, "max_length": 6 });
    let rows = json!([{ "type": 1, "components": [input] }]);
    let modal = json!({ "type": 9, "data": { "custom_id": "typed", "title": "Type it", "components": rows } });
    assert_eq!(world.reply(&heard, modal.clone()).await.status, 200);
    let shown = operator.next("INTERACTION_MODAL_CREATE").await;
    assert_eq!((&shown["title"], &shown["custom_id"]), (&json!("Type it"), &json!("typed")));

    let filled = |value: &str| {
        let input = json!({ "type": 4, "custom_id": "name", "value": value });
        json!({ "id": shown["id"], "custom_id": "typed", "components": [{ "type": 1, "components": [input] }] })
    };
    assert_eq!(world.interact("operator", 5, filled(""), Value::Null).await.code(), 50035);
    assert_eq!(world.interact("operator", 5, filled("seventh"), Value::Null).await.code(), 50035);
    assert_eq!(world.interact("team-lead", 5, filled("acme"), Value::Null).await.code(), 10062);
    assert_eq!(world.interact("operator", 5, filled("acme"), Value::Null).await.status, 204);
    assert_eq!(world.interact("operator", 5, filled("acme"), Value::Null).await.code(), 10062);

    let submitted = bot.next("INTERACTION_CREATE").await;
    assert_eq!(submitted["data"]["components"][0]["components"][0]["value"], "acme");
    assert_eq!(world.reply(&submitted, modal).await.code(), 50035);
    let thanks = world.reply(&submitted, json!({ "type": 4, "data": { "content": "thanks" } })).await;
    let metadata = &thanks.body["resource"]["message"]["interaction_metadata"];
    assert_eq!(metadata["triggering_interaction_metadata"]["type"], 2);
}

#[tokio::test]
async fn a_modal_lives_as_long_as_the_token_of_what_opened_it() {
    let world = World::start().await;
    let (mut bot, mut operator) = (world.bot().await, world.hears("operator").await);
    let input = json!({ "type": 4, "custom_id": "name", "label": "Name", "style": 1 });
    let rows = json!([{ "type": 1, "components": [input] }]);
    let modal = json!({ "type": 9, "data": { "custom_id": "typed", "title": "Type it", "components": rows } });
    let filled = |shown: &Value, value: &str| {
        let input = json!({ "type": 4, "custom_id": "name", "value": value });
        json!({ "id": shown["id"], "custom_id": "typed", "components": [{ "type": 1, "components": [input] }] })
    };

    for (open, status) in [(Duration::from_mins(15), 204), (Duration::from_mins(15) + Duration::from_secs(1), 404)] {
        world.runs("operator", "ask", json!([])).await;
        let heard = bot.next("INTERACTION_CREATE").await;
        world.reply(&heard, modal.clone()).await;
        let shown = operator.next("INTERACTION_MODAL_CREATE").await;
        world.clock.advance(open);
        let sent = world.interact("operator", 5, filled(&shown, " Acme "), Value::Null).await;
        assert_eq!(sent.status, status);
        if status == 404 {
            assert_eq!(sent.code(), 10062);
        } else {
            let submitted = bot.next("INTERACTION_CREATE").await;
            assert_eq!(submitted["data"]["components"][0]["components"][0]["value"], " Acme ", "nothing is trimmed");
            world.reply(&submitted, json!({ "type": 4, "data": { "content": "filed" } })).await;
        }
    }
    // What was refused never reached the bot: the next that it hears of is the next command.
    world.runs("operator", "ask", json!([])).await;
    assert_eq!(bot.next("INTERACTION_CREATE").await["type"], 2);
}

#[tokio::test]
async fn a_modal_after_a_defer_is_refused() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    world.runs("operator", "ask", json!([])).await;
    let heard = bot.next("INTERACTION_CREATE").await;
    world.reply(&heard, json!({ "type": 5 })).await;
    let input = json!({ "type": 4, "custom_id": "name", "label": "Name", "style": 1 });
    let rows = json!([{ "type": 1, "components": [input] }]);
    let modal = json!({ "type": 9, "data": { "custom_id": "m", "title": "T", "components": rows } });
    assert_eq!(world.reply(&heard, modal).await.code(), 40060);
}

#[tokio::test]
async fn choices_come_back_while_typing_at_most_twenty_five() {
    let world = World::start().await;
    let (mut bot, mut operator) = (world.bot().await, world.hears("operator").await);
    let command = world.command("tenant").await;
    let typing = json!([{ "type": 3, "name": "tenant", "value": "ac", "focused": true }]);
    let data = json!({ "id": command["id"], "name": "tenant", "type": 1,
        "options": [{ "type": 1, "name": "provision", "options": typing }] });
    assert_eq!(world.interact("operator", 4, data, Value::Null).await.status, 204);
    let heard = bot.next("INTERACTION_CREATE").await;
    let many: Vec<_> = (0..26).map(|n| json!({ "name": format!("t{n}"), "value": "v" })).collect();
    assert_eq!(world.reply(&heard, json!({ "type": 8, "data": { "choices": many } })).await.code(), 50035);
    let few = json!({ "type": 8, "data": { "choices": [{ "name": "acme", "value": "acme" }] } });
    assert_eq!(world.reply(&heard, few).await.status, 200);
    let choices = operator.next("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE").await;
    assert_eq!(choices, json!({ "choices": [{ "name": "acme", "value": "acme" }], "nonce": "7" }));
}

#[tokio::test]
async fn only_live_buttons_and_offered_values_count() {
    let world = World::start().await;
    let mut bot = world.bot().await;
    let options = json!([{ "label": "A", "value": "a" }, { "label": "B", "value": "b" }]);
    let rows = json!([
        { "type": 1, "components": [{ "type": 2, "style": 4, "label": "Off", "custom_id": "off", "disabled": true }] },
        { "type": 1, "components": [{ "type": 3, "custom_id": "pick", "options": options }] },
    ]);
    let path = format!("/channels/{}/messages", world.channel("tenant-ops"));
    let card = world.call("bot", "POST", &path, json!({ "content": "card", "components": rows })).await.body;
    let on = json!({ "message_id": card["id"] });
    let press =
        |kind: u8, id: &str, values: Value| json!({ "component_type": kind, "custom_id": id, "values": values });
    for wrong in [press(2, "off", Value::Null), press(2, "none", Value::Null), press(3, "pick", json!(["c"]))] {
        assert_eq!(world.interact("operator", 3, wrong, on.clone()).await.code(), 50035);
    }
    assert_eq!(world.interact("operator", 3, press(3, "pick", json!(["b"])), on).await.status, 204);
    let heard = bot.next("INTERACTION_CREATE").await;
    assert_eq!(heard["data"]["values"], json!(["b"]));
    assert_eq!(heard["message"]["id"], card["id"]);
}

#[tokio::test]
async fn a_deferred_update_leaves_the_card_until_it_is_edited() {
    let world = World::start().await;
    let (mut bot, mut operator) = (world.bot().await, world.hears("operator").await);
    let rows = json!([{ "type": 1, "components": [{ "type": 2, "style": 3, "label": "Go", "custom_id": "go" }] }]);
    let path = format!("/channels/{}/messages", world.channel("tenant-ops"));
    let card = world.call("bot", "POST", &path, json!({ "content": "card", "components": rows })).await.body;
    let press = json!({ "component_type": 2, "custom_id": "go" });
    world.interact("operator", 3, press, json!({ "message_id": card["id"] })).await;
    let heard = bot.next("INTERACTION_CREATE").await;
    assert_eq!(world.reply(&heard, json!({ "type": 6 })).await.body["resource"]["message"]["id"], card["id"]);
    let original = world.webhook(&heard, "/messages/@original");
    let edited = world.call("", "PATCH", &original, json!({ "content": "settled" })).await;
    assert_eq!((&edited.body["id"], &edited.body["content"]), (&card["id"], &json!("settled")));
    let (passed, update) = operator.until("MESSAGE_UPDATE").await;
    assert_eq!(update["content"], "settled");
    assert_eq!(passed.iter().filter(|name| *name == "MESSAGE_CREATE").count(), 1, "only the card itself");
}

#[tokio::test]
async fn answers_and_followups_are_read_and_removed_by_their_own_token_only() {
    let world = World::start().await;
    let (mut bot, mut operator) = (world.bot().await, world.hears("operator").await);
    let mut begun = Vec::new();
    for content in ["one", "two"] {
        world.runs("operator", "tenant", dev()).await;
        let heard = bot.next("INTERACTION_CREATE").await;
        world.reply(&heard, json!({ "type": 4, "data": { "content": content } })).await;
        begun.push(heard);
    }
    let whisper = json!({ "content": "aside", "flags": 64 });
    let aside = world.call("", "POST", &world.webhook(&begun[0], ""), whisper).await.body;
    assert_eq!((&aside["flags"], &aside["type"]), (&json!(64), &json!(19)));
    let named = format!("/messages/{}", aside["id"].as_str().unwrap());
    assert_eq!(world.call("", "GET", &world.webhook(&begun[1], &named), Value::Null).await.code(), 10008);
    assert_eq!(world.call("", "GET", &world.webhook(&begun[0], &named), Value::Null).await.body["content"], "aside");
    assert_eq!(world.call("", "DELETE", &world.webhook(&begun[0], &named), Value::Null).await.status, 204);
    assert_eq!(operator.next("MESSAGE_DELETE").await["id"], aside["id"]);
    let original = world.webhook(&begun[0], "/messages/@original");
    assert_eq!(world.call("", "DELETE", &original, Value::Null).await.status, 204);
    assert_eq!(world.call("", "GET", &original, Value::Null).await.code(), 10008);
    let forged = format!("/webhooks/{}/forged", world.about["application_id"].as_str().unwrap());
    assert_eq!(world.call("", "POST", &forged, json!({ "content": "x" })).await.code(), 10015);
}

#[tokio::test]
async fn what_is_for_one_session_reaches_that_one_only() {
    let world = World::start().await;
    let (mut bot, mut first) = (world.bot().await, world.hears("operator").await);
    let mut second = world.hears("operator").await;
    let command = world.command("ask").await;
    let data = json!({ "id": command["id"], "name": "ask", "type": 1 });
    world.interact("operator", 2, data, json!({ "session_id": second.session })).await;
    let heard = bot.next("INTERACTION_CREATE").await;
    world.reply(&heard, json!({ "type": 4, "data": { "content": "hello" } })).await;
    assert_eq!(second.next("INTERACTION_CREATE").await["id"], heard["id"]);
    let (passed, _) = first.until("MESSAGE_CREATE").await;
    assert!(passed.is_empty(), "{passed:?}");
}

#[tokio::test]
async fn nobody_acts_in_an_archived_thread_or_a_hidden_channel_or_for_another_application() {
    let world = World::start().await;
    let _bot = world.bot().await;
    let command = world.command("ask").await;
    let data = json!({ "id": command["id"], "name": "ask", "type": 1 });
    let audit = json!({ "channel_id": world.channel("audit") });
    assert_eq!(world.interact("newcomer", 2, data.clone(), audit).await.code(), 50001);
    let other = json!({ "application_id": "1" });
    assert_eq!(world.interact("operator", 2, data.clone(), other).await.code(), 50035);
    let path = format!("/channels/{}/threads", world.channel("tenant-ops"));
    let thread = world.call("bot", "POST", &path, json!({ "name": "op", "type": 11 })).await.body;
    let id = thread["id"].as_str().unwrap();
    world.call("bot", "PATCH", &format!("/channels/{id}"), json!({ "archived": true })).await;
    assert_eq!(world.interact("operator", 2, data, json!({ "channel_id": id })).await.code(), 50083);
}

#[tokio::test]
async fn an_outdated_command_is_refused_so_that_the_client_reads_it_again() {
    let world = World::start().await;
    let _bot = world.bot().await;
    let command = world.command("ask").await;
    let data = json!({ "id": command["id"], "name": "ask", "type": 1, "version": "1" });
    let answer = world.interact("operator", 2, data, Value::Null).await;
    let code = &answer.body["errors"]["data"]["version"]["_errors"][0]["code"];
    assert_eq!(code, "INTERACTION_APPLICATION_COMMAND_INVALID_VERSION");
}
