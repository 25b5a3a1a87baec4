//! What outlives the process: everything that was answered, also when the process was killed.

use crate::harness::{Answer, World};
use landlord_sandbox::discord::{LocalDiscord, Options};
use serde_json::{Value, json};
use std::path::Path;

async fn open(folder: &Path) -> World {
    World::with(Options { state: Some(folder.to_owned()), ..Options::default() }).await
}

#[tokio::test]
async fn after_a_restart_everything_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let world = open(folder.path()).await;
    let bot = world.bot().await;
    let file = reqwest::multipart::Part::bytes(b"kept".to_vec()).file_name("report.txt");
    let form = reqwest::multipart::Form::new().text("payload_json", r#"{"content":"card"}"#).part("files[0]", file);
    let messages = format!("/channels/{}/messages", world.channel("tenant-ops"));
    let request = world.request("POST", &format!("/api/v10{messages}")).header("authorization", world.token("bot"));
    let card = Answer::of(request.multipart(form).send().await.unwrap()).await.body;
    let at = format!("{messages}/{}", card["id"].as_str().unwrap());
    world.call("team-lead", "PUT", &format!("{at}/reactions/✅/@me"), Value::Null).await;
    let gone = world.post("operator", "tenant-ops", "gone").await;
    let gone = format!("{messages}/{}", gone["id"].as_str().unwrap());
    world.call("operator", "DELETE", &gone, Value::Null).await;
    let thread = world.call("bot", "POST", &format!("{at}/threads"), json!({ "name": "op" })).await.body;
    let (guild, role) = (world.about["guild_id"].as_str().unwrap(), world.about["roles"]["on-call"].as_str().unwrap());
    let roles = format!("/guilds/{guild}/members/{}/roles/{role}", world.id("on-call"));
    world.call("bot", "DELETE", &roles, Value::Null).await;
    let (before, command) = (world.about.clone(), world.command("tenant").await);
    drop(bot);
    world.discord.stop().await;

    let world = open(folder.path()).await;
    assert_eq!(world.about["bot_token"], before["bot_token"]);
    assert_eq!(world.about["channels"], before["channels"]);
    assert_eq!(world.about["members"]["on-call"]["roles"], json!(["operator"]));
    let kept = world.call("team-lead", "GET", &at, Value::Null).await.body;
    assert_eq!((&kept["reactions"][0]["me"], &kept["thread"]["id"]), (&json!(true), &thread["id"]));
    let url = kept["attachments"][0]["url"].as_str().unwrap();
    assert_eq!(reqwest::get(url).await.unwrap().text().await.unwrap(), "kept");
    assert_eq!(world.call("bot", "GET", &gone, Value::Null).await.code(), 10008);
    assert_eq!(world.command("tenant").await, command);
    let next = world.post("operator", "tenant-ops", "later").await;
    assert!(next["id"].as_str().unwrap() > thread["id"].as_str().unwrap(), "ids go on growing");
}

#[tokio::test]
async fn a_journal_torn_by_a_kill_is_read_as_far_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let world = open(folder.path()).await;
    let kept = world.post("operator", "tenant-ops", "kept").await;
    world.discord.stop().await;
    let journal = folder.path().join("journal.jsonl");
    let mut text = std::fs::read_to_string(&journal).unwrap();
    text.push_str(r#"{"message":{"id":"99","#);
    std::fs::write(&journal, text).unwrap();
    let world = open(folder.path()).await;
    let path = format!("/channels/{}/messages", world.channel("tenant-ops"));
    let history = world.call("operator", "GET", &path, Value::Null).await.body;
    assert_eq!((history.as_array().unwrap().len(), &history[0]["id"]), (1, &kept["id"]));
}

#[tokio::test]
async fn a_folder_in_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let _world = open(folder.path()).await;
    let options = Options { state: Some(folder.path().to_owned()), ..Options::default() };
    let error = LocalDiscord::start(options).await.unwrap_err();
    assert!(error.to_string().contains("in use by another process"), "{error}");
}

#[tokio::test]
async fn what_the_bot_asked_is_remembered_where_that_was_wanted() {
    let world = World::with(Options { record: true, ..Options::default() }).await;
    world.post("operator", "tenant-ops", "not the bot's").await;
    world.post("bot", "tenant-ops", "the bot's").await;
    let exchanges = world.discord.take_exchanges();
    assert_eq!(exchanges.len(), 1);
    assert_eq!((exchanges[0].method.as_str(), exchanges[0].status), ("POST", 200));
    assert_eq!(
        (&exchanges[0].body["content"], &exchanges[0].answer["content"]),
        (&json!("the bot's"), &json!("the bot's"))
    );
    assert!(world.discord.take_exchanges().is_empty());
}
