//! Registering commands, and when the sandbox counts as ready.

use crate::harness::World;
use serde_json::{Value, json};

fn commands(world: &World) -> String {
    let (app, guild) = (world.about["application_id"].as_str().unwrap(), world.about["guild_id"].as_str().unwrap());
    format!("/applications/{app}/guilds/{guild}/commands")
}

#[tokio::test]
async fn the_sandbox_is_ready_once_the_bot_listens_and_has_commands() {
    let world = World::start().await;
    let status = async || world.request("GET", "/sandbox.json").send().await.unwrap();
    assert_eq!(status().await.status(), 503);
    let early: Value = status().await.json().await.unwrap();
    let bot = world.bot().await;
    world.discord.ready().await;
    let answer = status().await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap(), early);
    assert_eq!(early, world.about);
    drop(bot);
}

#[tokio::test]
async fn overwriting_keeps_ids_and_changes_versions_only_where_something_changed() {
    let world = World::start().await;
    let command = |about: &str| json!({ "name": "tenant", "description": about });
    let put = async |list: Value| world.call("bot", "PUT", &commands(&world), list).await.body;
    let first = put(json!([command("one"), { "name": "site", "description": "s" }])).await;
    let same = put(json!([command("one")])).await;
    assert_eq!(same[0], first[0]);
    let changed = put(json!([command("two")])).await;
    assert_eq!(changed[0]["id"], first[0]["id"]);
    assert_ne!(changed[0]["version"], first[0]["version"]);
    let list = world.call("bot", "GET", &commands(&world), Value::Null).await.body;
    assert_eq!(list.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_bad_catalogue_is_refused_whole_with_every_path() {
    let world = World::start().await;
    let bad = json!([{ "name": "good", "description": "d" }, { "name": "Bad", "description": "" }]);
    let answer = world.call("bot", "PUT", &commands(&world), bad).await;
    assert_eq!(answer.code(), 50035);
    assert_eq!(answer.body["errors"]["1"]["name"]["_errors"][0]["code"], "STRING_TYPE_REGEX");
    assert_eq!(answer.body["errors"]["1"]["description"]["_errors"][0]["code"], "BASE_TYPE_BAD_LENGTH");
    assert_eq!(world.call("bot", "GET", &commands(&world), Value::Null).await.body, json!([]));
}

#[tokio::test]
async fn single_commands_are_created_edited_and_deleted() {
    let world = World::start().await;
    let one = json!({ "name": "site", "description": "Sites" });
    let made = world.call("bot", "POST", &commands(&world), one.clone()).await;
    assert_eq!(made.status, 201);
    let again = world.call("bot", "POST", &commands(&world), one).await;
    assert_eq!((again.status, &again.body["id"]), (200, &made.body["id"]));
    let path = format!("{}/{}", commands(&world), made.body["id"].as_str().unwrap());
    let edited = world.call("bot", "PATCH", &path, json!({ "description": "All sites" })).await.body;
    assert_eq!((&edited["description"], &edited["name"]), (&json!("All sites"), &json!("site")));
    assert_eq!(world.call("bot", "DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(world.call("bot", "GET", &path, Value::Null).await.code(), 10063);
}

#[tokio::test]
async fn a_member_is_offered_only_the_commands_they_may_use() {
    let world = World::start().await;
    let closed = json!([
        { "name": "open", "description": "d" },
        { "name": "closed", "description": "d", "default_member_permissions": "0" },
    ]);
    world.call("bot", "PUT", &commands(&world), closed).await;
    let path = format!("/guilds/{}/application-command-index", world.about["guild_id"].as_str().unwrap());
    let index = world.call("operator", "GET", &path, Value::Null).await.body;
    let names: Vec<_> = index["application_commands"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["open"]);
    assert_eq!(index["applications"][0]["id"], world.about["application_id"]);
}

#[tokio::test]
async fn a_hundred_commands_are_the_most() {
    let world = World::start().await;
    let many = (0..101).map(|n| json!({ "name": format!("c{n}"), "description": "d" })).collect::<Vec<_>>();
    assert_eq!(world.call("bot", "PUT", &commands(&world), json!(many)).await.code(), 30032);
    assert_eq!(world.call("bot", "PUT", &commands(&world), json!(many[..100])).await.status, 200);
    let one = json!({ "name": "another", "description": "d" });
    assert_eq!(world.call("bot", "POST", &commands(&world), one).await.code(), 30032);
}
