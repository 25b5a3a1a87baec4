//! Who sees and may do what, and how roles are given and taken.

use crate::harness::World;
use serde_json::{Value, json};

#[tokio::test]
async fn audit_is_for_operators_and_the_bot() {
    let world = World::start().await;
    let (mut operator, mut newcomer) = (world.hears("operator").await, world.hears("newcomer").await);
    let path = format!("/channels/{}/messages", world.channel("audit"));
    assert_eq!(world.call("newcomer", "GET", &path, Value::Null).await.code(), 50001);
    assert_eq!(world.call("newcomer", "POST", &path, json!({ "content": "hello" })).await.code(), 50001);
    let entry = world.post("bot", "audit", "provisioned").await;
    let marker = world.post("bot", "tenant-ops", "marker").await;
    assert_eq!(operator.next("MESSAGE_CREATE").await["id"], entry["id"]);
    assert_eq!(newcomer.next("MESSAGE_CREATE").await["id"], marker["id"]);
    let guild = world.about["guild_id"].as_str().unwrap();
    let channels = world.call("newcomer", "GET", &format!("/guilds/{guild}/channels"), Value::Null).await.body;
    assert_eq!(channels.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_role_can_be_taken_by_the_bot_and_not_by_a_lead() {
    let world = World::start().await;
    let mut ear = world.hears("bot").await;
    let (guild, role) = (world.about["guild_id"].as_str().unwrap(), world.about["roles"]["operator"].as_str().unwrap());
    let path = format!("/guilds/{guild}/members/{}/roles/{role}", world.id("security"));
    assert_eq!(world.call("devops-lead", "DELETE", &path, Value::Null).await.code(), 50013);
    assert_eq!(world.call("bot", "DELETE", &path, Value::Null).await.status, 204);
    let told = ear.next("GUILD_MEMBER_UPDATE").await;
    assert_eq!(told["user"]["username"], "security");
    assert!(!told["roles"].as_array().unwrap().contains(&json!(role)));
    let audit = format!("/channels/{}/messages", world.channel("audit"));
    assert_eq!(world.call("security", "GET", &audit, Value::Null).await.code(), 50001);
    assert_eq!(world.call("bot", "PUT", &path, Value::Null).await.status, 204);
    assert_eq!(world.call("security", "GET", &audit, Value::Null).await.status, 200);
}

#[tokio::test]
async fn unknown_tokens_places_and_things_have_their_codes() {
    let world = World::start().await;
    let nobody = world.request("GET", "/api/v10/users/@me").header("authorization", "Bot nobody").send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    let raw = world.about["bot_token"].as_str().unwrap();
    let unmarked = world.request("GET", "/api/v10/users/@me").header("authorization", raw).send().await.unwrap();
    assert_eq!(unmarked.status(), 401, "a bot's token needs its prefix");
    let code = async |path: &str| world.call("bot", "GET", path, Value::Null).await.code();
    assert_eq!(code("/channels/1").await, 10003);
    assert_eq!(code(&format!("/channels/{}/messages/1", world.channel("audit"))).await, 10008);
    assert_eq!(code("/guilds/1").await, 10004);
    assert_eq!(code(&format!("/guilds/{}/members/1", world.about["guild_id"].as_str().unwrap())).await, 10007);
    assert_eq!(code("/users/1").await, 10013);
    assert_eq!(code("/channels/what").await, 50035);
    assert_eq!(world.call("operator", "GET", "/applications/1/commands", Value::Null).await.code(), 50001);
}

#[tokio::test]
async fn everybody_is_who_the_description_says() {
    let world = World::start().await;
    let members = world.about["members"].as_object().unwrap();
    assert_eq!(members.len(), 9);
    for (name, about) in members {
        let me = world.call(name, "GET", "/users/@me", Value::Null).await.body;
        assert_eq!((&me["username"], &me["id"]), (&json!(name), &about["id"]));
    }
    assert_eq!(members["double-hat"]["roles"], json!(["operator", "devops-lead", "product-owner"]));
    assert_eq!(members["newcomer"]["roles"], json!([]));
    let me = world.call("bot", "GET", "/users/@me", Value::Null).await.body;
    assert_eq!((&me["id"], &me["bot"]), (&world.about["application_id"], &json!(true)));
}
