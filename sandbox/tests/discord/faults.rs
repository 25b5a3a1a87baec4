//! Events that do not reach the bot as they happened, and connections that are closed with a code.

use crate::harness::{Ear, INTENTS, World};
use serde_json::{Value, json};

/// The operator posts something; the path of a ✅ under it.
async fn tick(world: &World) -> String {
    let message = world.post("operator", "tenant-ops", "a card").await;
    let channel = world.channel("tenant-ops");
    format!("/channels/{channel}/messages/{}/reactions/%E2%9C%85/@me", message["id"].as_str().unwrap())
}

async fn reacts(world: &World, who: &str, method: &str, tick: &str) {
    assert_eq!(world.call(who, method, tick, Value::Null).await.status, 204);
}

/// The next reactions that somebody hears: what and whose.
async fn reactions(world: &World, ear: &mut Ear, count: usize) -> Vec<String> {
    let mut heard = Vec::new();
    while heard.len() < count {
        let frame = ear.frame().await;
        let Some(what) = frame["t"].as_str().and_then(|name| name.strip_prefix("MESSAGE_REACTION_")) else { continue };
        let own = |name: &&&str| frame["d"]["user_id"] == world.id(name).as_str();
        let whose = ["operator", "team-lead", "devops-lead"].iter().find(own).unwrap();
        heard.push(format!("{what} {whose}"));
    }
    heard
}

#[tokio::test]
async fn the_bot_hears_an_event_twice_and_people_hear_it_once() {
    let world = World::start().await;
    let (mut bot, mut person) = (world.hears("bot").await, world.hears("operator").await);
    let tick = tick(&world).await;
    world.discord.faults().repeat("MESSAGE_REACTION_ADD", 1);
    reacts(&world, "team-lead", "PUT", &tick).await;
    reacts(&world, "devops-lead", "PUT", &tick).await;
    assert_eq!(reactions(&world, &mut bot, 3).await, ["ADD team-lead", "ADD team-lead", "ADD devops-lead"]);
    assert_eq!(reactions(&world, &mut person, 2).await, ["ADD team-lead", "ADD devops-lead"]);
}

#[tokio::test]
async fn the_bot_hears_what_happened_first_after_what_happened_second() {
    let world = World::start().await;
    let (mut bot, mut person) = (world.hears("bot").await, world.hears("operator").await);
    let tick = tick(&world).await;
    world.discord.faults().reorder("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE");
    reacts(&world, "team-lead", "PUT", &tick).await;
    reacts(&world, "devops-lead", "PUT", &tick).await;
    reacts(&world, "team-lead", "DELETE", &tick).await;
    assert_eq!(reactions(&world, &mut bot, 3).await, ["ADD devops-lead", "REMOVE team-lead", "ADD team-lead"]);
    assert_eq!(reactions(&world, &mut person, 3).await, ["ADD team-lead", "ADD devops-lead", "REMOVE team-lead"]);
}

#[tokio::test]
async fn what_is_lost_is_not_told_when_the_bot_resumes_either() {
    let world = World::start().await;
    let mut bot = world.hears("bot").await;
    let tick = tick(&world).await;
    let (session, seq) = (bot.session.clone(), bot.seq);
    world.discord.faults().lose("MESSAGE_REACTION_ADD", 1);
    reacts(&world, "team-lead", "PUT", &tick).await;
    reacts(&world, "devops-lead", "PUT", &tick).await;
    assert_eq!(reactions(&world, &mut bot, 1).await, ["ADD devops-lead"]);
    let mut again = Ear::connect(&world, "").await;
    again.resume(&world, "bot", &session, seq).await;
    assert_eq!(reactions(&world, &mut again, 1).await, ["ADD devops-lead"]);
    let listed = tick.trim_end_matches("/@me");
    let users = world.call("operator", "GET", listed, Value::Null).await.body;
    assert_eq!(users.as_array().unwrap().len(), 2, "it stands all the same: {users}");
}

#[tokio::test]
async fn what_the_bot_did_itself_is_not_twisted() {
    let world = World::start().await;
    let mut bot = world.hears("bot").await;
    let tick = tick(&world).await;
    world.discord.faults().lose("MESSAGE_REACTION_ADD", 1);
    reacts(&world, "bot", "PUT", &tick).await;
    let own = bot.next("MESSAGE_REACTION_ADD").await;
    assert_ne!(own["user_id"], world.id("team-lead").as_str());
    reacts(&world, "team-lead", "PUT", &tick).await;
    reacts(&world, "devops-lead", "PUT", &tick).await;
    assert_eq!(reactions(&world, &mut bot, 1).await, ["ADD devops-lead"]);
}

#[tokio::test]
async fn after_a_close_the_session_can_be_resumed_unless_its_code_ends_it() {
    let world = World::start().await;
    for (code, resumable) in [(1000, true), (4000, true), (4009, false), (4007, false)] {
        let mut ear = world.hears("bot").await;
        let (session, seq) = (ear.session.clone(), ear.seq);
        world.discord.faults().close_gateway(code);
        let (_, closed) = (ear.seq, ear.frame().await);
        assert_eq!(closed, json!({ "close": code }));
        let mut again = Ear::connect(&world, "").await;
        again.resume(&world, "bot", &session, seq).await;
        if resumable {
            again.next("RESUMED").await;
        } else {
            assert_eq!(again.frame().await, json!({ "op": 9, "d": false }), "after {code}");
            again.identify(&world, "bot", INTENTS).await;
            again.next("READY").await;
        }
    }
}
