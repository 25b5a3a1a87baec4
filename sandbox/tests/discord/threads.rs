//! Threads: opened on a message or alone, joined by writing, archived and opened again.

use crate::harness::World;
use serde_json::{Value, json};

async fn thread(world: &World) -> (Value, Value) {
    let card = world.post("bot", "tenant-ops", "card").await;
    let path = format!("/channels/{}/messages/{}/threads", world.channel("tenant-ops"), card["id"].as_str().unwrap());
    let answer =
        world.call("bot", "POST", &path, json!({ "name": "provision acme", "auto_archive_duration": 1440 })).await;
    assert_eq!(answer.status, 201, "{:?}", answer.body);
    (card, answer.body)
}

#[tokio::test]
async fn a_thread_on_a_message_has_its_id_and_begins_with_it() {
    let world = World::start().await;
    let mut ear = world.hears("team-lead").await;
    let (card, opened) = thread(&world).await;
    assert_eq!((&opened["id"], &opened["type"]), (&card["id"], &json!(11)));
    let told = ear.next("THREAD_CREATE").await;
    assert_eq!((&told["name"], &told["newly_created"]), (&json!("provision acme"), &json!(true)));
    let starter = ear.next("MESSAGE_CREATE").await;
    assert_eq!((&starter["type"], &starter["referenced_message"]["content"]), (&json!(21), &json!("card")));
    let changed = ear.next("MESSAGE_UPDATE").await;
    assert_eq!(changed["thread"]["id"], card["id"]);
    assert_eq!(changed["flags"].as_u64().unwrap() & 32, 32);
    let path = format!("/channels/{}/messages/{}/threads", world.channel("tenant-ops"), card["id"].as_str().unwrap());
    assert_eq!(world.call("bot", "POST", &path, json!({ "name": "twice" })).await.code(), 160_004);
}

#[tokio::test]
async fn a_thread_of_its_own_is_announced_in_the_channel() {
    let world = World::start().await;
    let mut ear = world.hears("bot").await;
    let path = format!("/channels/{}/threads", world.channel("incidents"));
    let opened = world.call("operator", "POST", &path, json!({ "name": "odd", "type": 11 })).await;
    assert_eq!(opened.status, 201);
    let notice = ear.next("MESSAGE_CREATE").await;
    assert_eq!(notice["type"], 18);
    assert_eq!(notice["message_reference"]["channel_id"], opened.body["id"]);
    let bad = world.call("operator", "POST", &path, json!({ "name": "x".repeat(101), "type": 11 })).await;
    assert_eq!(bad.code(), 50035);
}

#[tokio::test]
async fn whoever_writes_joins_and_the_messages_are_counted() {
    let world = World::start().await;
    let mut ear = world.hears("bot").await;
    let (_, opened) = thread(&world).await;
    let id = opened["id"].as_str().unwrap();
    ear.next("THREAD_MEMBERS_UPDATE").await;
    world.call("operator", "POST", &format!("/channels/{id}/messages"), json!({ "content": "hm" })).await;
    let joined = ear.next("THREAD_MEMBERS_UPDATE").await;
    assert_eq!(joined["added_members"][0]["user_id"], world.id("operator"));
    assert_eq!(joined["member_count"], 2);
    let seen = world.call("operator", "GET", &format!("/channels/{id}"), Value::Null).await.body;
    assert_eq!((&seen["message_count"], &seen["member"]["user_id"]), (&json!(1), &json!(world.id("operator"))));
    assert_eq!(
        world.call("operator", "DELETE", &format!("/channels/{id}/thread-members/@me"), Value::Null).await.status,
        204
    );
    let members = world.call("bot", "GET", &format!("/channels/{id}/thread-members"), Value::Null).await.body;
    assert_eq!(members.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_archived_thread_refuses_changes_opens_on_a_post_and_stays_shut_when_locked() {
    let world = World::start().await;
    let mut ear = world.hears("team-lead").await;
    let (_, opened) = thread(&world).await;
    let path = format!("/channels/{}", opened["id"].as_str().unwrap());
    let messages = format!("{path}/messages");
    let note = world.call("operator", "POST", &messages, json!({ "content": "note" })).await.body;
    let note = format!("{messages}/{}", note["id"].as_str().unwrap());

    assert_eq!(world.call("newcomer", "PATCH", &path, json!({ "archived": true })).await.code(), 50013);
    assert_eq!(world.call("bot", "PATCH", &path, json!({ "archived": true })).await.status, 200);
    assert_eq!(ear.next("THREAD_UPDATE").await["thread_metadata"]["archived"], true);
    assert_eq!(world.call("operator", "PATCH", &note, json!({ "content": "changed" })).await.code(), 50083);
    assert_eq!(world.call("operator", "PUT", &format!("{note}/reactions/✅/@me"), Value::Null).await.code(), 50083);
    let guild = world.about["guild_id"].as_str().unwrap();
    let active = world.call("bot", "GET", &format!("/guilds/{guild}/threads/active"), Value::Null).await.body;
    assert_eq!(active["threads"], json!([]));
    let archived = format!("/channels/{}/threads/archived/public", world.channel("tenant-ops"));
    let archived = world.call("bot", "GET", &archived, Value::Null).await.body;
    assert_eq!(archived["threads"][0]["id"], opened["id"]);

    assert_eq!(world.call("operator", "POST", &messages, json!({ "content": "back" })).await.status, 200);
    assert_eq!(ear.next("THREAD_UPDATE").await["thread_metadata"]["archived"], false);
    let shut = json!({ "archived": true, "locked": true });
    assert_eq!(world.call("bot", "PATCH", &path, shut).await.status, 200);
    assert_eq!(world.call("operator", "POST", &messages, json!({ "content": "let me in" })).await.code(), 50083);
    assert_eq!(world.call("operator", "PATCH", &path, json!({ "archived": false })).await.code(), 50013);
}

#[tokio::test]
async fn a_deleted_thread_is_gone_with_its_messages() {
    let world = World::start().await;
    let mut ear = world.hears("operator").await;
    let (_, opened) = thread(&world).await;
    let path = format!("/channels/{}", opened["id"].as_str().unwrap());
    assert_eq!(world.call("operator", "DELETE", &path, Value::Null).await.code(), 50013);
    assert_eq!(world.call("bot", "DELETE", &path, Value::Null).await.status, 200);
    assert_eq!(ear.next("THREAD_DELETE").await["id"], opened["id"]);
    assert_eq!(world.call("operator", "GET", &path, Value::Null).await.code(), 10003);
}
