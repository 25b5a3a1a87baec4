//! Identify, resume, compression, intents, and how connections end.

use crate::harness::{Ear, INTENTS, World};
use landlord_sandbox::discord::Options;
use serde_json::{Value, json};

#[tokio::test]
async fn a_bot_hears_ready_and_then_the_guild() {
    let world = World::start().await;
    let mut ear = Ear::connect(&world, "").await;
    ear.identify(&world, "bot", INTENTS).await;
    let ready = ear.next("READY").await;
    assert_eq!(ready["guilds"][0], json!({ "id": world.about["guild_id"], "unavailable": true }));
    assert_eq!(ready["application"]["id"], world.about["application_id"]);
    let guild = ear.next("GUILD_CREATE").await;
    assert_eq!(guild["name"], "Platform");
    assert_eq!(guild["channels"].as_array().unwrap().len(), 4);
    assert_eq!(guild["members"].as_array().unwrap().len(), 10);
    ear.say(1, json!(ear.seq)).await;
    assert_eq!(ear.frame().await["op"], 11);
}

#[tokio::test]
async fn a_resumed_session_hears_what_it_missed_and_nothing_twice() {
    let world = World::start().await;
    let mut ear = world.hears("bot").await;
    world.post("operator", "tenant-ops", "heard").await;
    ear.next("MESSAGE_CREATE").await;
    let (session, seq) = (ear.session.clone(), ear.seq);
    world.discord.faults().drop_gateway();
    assert_eq!(ear.frame().await["close"], Value::Null);

    let missed = world.post("operator", "tenant-ops", "missed").await;
    let mut again = Ear::connect(&world, "").await;
    again.resume(&world, "bot", &session, seq).await;
    let (before, event) = again.until("MESSAGE_CREATE").await;
    assert_eq!(event["id"], missed["id"]);
    assert!(before.is_empty(), "{before:?} came before what was missed");
    again.next("RESUMED").await;
}

#[tokio::test]
async fn a_session_that_is_gone_is_invalid_and_the_bot_may_identify_on_the_same_connection() {
    let world = World::start().await;
    let mut ear = Ear::connect(&world, "").await;
    ear.resume(&world, "bot", "no-such-session", 4).await;
    assert_eq!(ear.frame().await, json!({ "op": 9, "d": false }));
    ear.identify(&world, "bot", INTENTS).await;
    ear.next("READY").await;
}

#[tokio::test]
async fn another_members_session_cannot_be_resumed() {
    let world = World::start().await;
    let ear = world.hears("team-lead").await;
    let mut thief = Ear::connect(&world, "").await;
    thief.resume(&world, "newcomer", &ear.session, ear.seq).await;
    assert_eq!(thief.frame().await["op"], 9);
}

#[tokio::test]
async fn reconnect_and_invalid_session_are_sent_on_demand() {
    let world = World::start().await;
    let mut ear = world.hears("bot").await;
    world.discord.faults().reconnect();
    assert_eq!(ear.frame().await["op"], 7);
    world.discord.faults().invalidate_sessions();
    assert_eq!(ear.frame().await, json!({ "op": 9, "d": false }));
}

#[tokio::test]
async fn a_zlib_stream_is_one_context_over_the_whole_connection() {
    let world = World::start().await;
    let mut ear = Ear::connect(&world, "&compress=zlib-stream").await;
    ear.identify(&world, "bot", INTENTS).await;
    ear.next("GUILD_CREATE").await;
    for _ in 0..3 {
        let posted = world.post("operator", "tenant-ops", "over and over and over").await;
        assert_eq!(ear.next("MESSAGE_CREATE").await["id"], posted["id"]);
    }
}

#[tokio::test]
async fn wrong_tokens_intents_shards_and_opcodes_close_with_their_codes() {
    let world = World::with(Options { refused_intents: 1 << 15, ..Options::default() }).await;
    let token = world.about["bot_token"].clone();
    let cases = [
        (2, json!({ "token": "wrong", "intents": 1 }), 4004),
        (2, json!({ "token": token }), 4013),
        (2, json!({ "token": token, "intents": 1_u64 << 60 }), 4013),
        (2, json!({ "token": token, "intents": 1 << 15 }), 4014),
        (2, json!({ "token": token, "intents": 1, "shard": [3, 1] }), 4010),
        (8, json!({}), 4003),
    ];
    for (op, data, code) in cases {
        let mut ear = Ear::connect(&world, "").await;
        ear.say(op, data.clone()).await;
        assert_eq!(ear.frame().await["close"], code, "after {data}");
    }
    let mut ear = world.hears("bot").await;
    ear.identify(&world, "bot", INTENTS).await;
    assert_eq!(ear.frame().await["close"], 4005);
}

#[tokio::test]
async fn without_the_message_content_intent_a_bot_reads_only_what_names_it() {
    let world = World::start().await;
    let mut ear = world.hears("bot").await;
    let mut person = world.hears("team-lead").await;
    world.post("operator", "tenant-ops", "not for bots").await;
    assert_eq!(ear.next("MESSAGE_CREATE").await["content"], "");
    assert_eq!(person.next("MESSAGE_CREATE").await["content"], "not for bots");
    let call = format!("<@{}> look", world.about["application_id"].as_str().unwrap());
    world.post("operator", "tenant-ops", &call).await;
    assert_eq!(ear.next("MESSAGE_CREATE").await["content"], call.as_str());
}

#[tokio::test]
async fn intents_decide_what_a_bot_hears() {
    let world = World::start().await;
    let mut ear = Ear::connect(&world, "").await;
    ear.identify(&world, "bot", 1).await;
    let guild = ear.next("GUILD_CREATE").await;
    assert_eq!(guild["members"].as_array().unwrap().len(), 1, "without the members intent only itself");
    world.post("operator", "tenant-ops", "unheard").await;
    let path = format!("/channels/{}/threads", world.channel("tenant-ops"));
    world.call("operator", "POST", &path, json!({ "name": "heard", "type": 11 })).await;
    let (passed, _) = ear.until("THREAD_CREATE").await;
    assert!(passed.is_empty(), "{passed:?} needs an intent that was not asked for");
}

#[tokio::test]
async fn members_are_found_by_id_and_by_name() {
    let world = World::start().await;
    let mut ear = world.hears("bot").await;
    let ids = json!([world.id("security"), "1"]);
    ear.say(8, json!({ "guild_id": world.about["guild_id"], "user_ids": ids, "nonce": "n" })).await;
    let chunk = ear.next("GUILD_MEMBERS_CHUNK").await;
    assert_eq!(chunk["members"][0]["user"]["username"], "security");
    assert_eq!((&chunk["not_found"], &chunk["nonce"]), (&json!(["1"]), &json!("n")));
    ear.say(8, json!({ "guild_id": world.about["guild_id"], "query": "devops", "limit": 0 })).await;
    assert_eq!(ear.next("GUILD_MEMBERS_CHUNK").await["members"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn while_the_gateway_is_down_nobody_gets_in() {
    let world = World::start().await;
    let mut ear = world.hears("bot").await;
    world.discord.faults().gateway_down(true);
    assert_eq!(ear.frame().await["close"], Value::Null);
    let url = format!("ws://{}/gateway?v=10", world.discord.address());
    assert!(tokio_tungstenite::connect_async(url).await.is_err());
    world.discord.faults().clear();
    world.hears("bot").await;
}

#[tokio::test]
async fn a_session_taken_up_elsewhere_ends_the_old_connection() {
    let world = World::start().await;
    let mut old = world.hears("bot").await;
    let mut new = Ear::connect(&world, "").await;
    new.resume(&world, "bot", &old.session, old.seq).await;
    new.next("RESUMED").await;
    assert_eq!(old.frame().await["close"], 4000);
    let posted = world.post("operator", "tenant-ops", "still here").await;
    assert_eq!(new.next("MESSAGE_CREATE").await["id"], posted["id"]);
}

#[tokio::test]
async fn a_client_that_never_beats_is_cut_off_and_may_resume() {
    let heartbeat = std::time::Duration::from_millis(500);
    let world = World::with(Options { heartbeat, ..Options::default() }).await;
    let mut ear = world.hears("bot").await;
    let (session, seq) = (ear.session.clone(), ear.seq);
    assert_eq!(ear.frame().await["close"], 4009);
    let mut again = Ear::connect(&world, "").await;
    again.resume(&world, "bot", &session, seq).await;
    again.next("RESUMED").await;
}

#[tokio::test]
async fn broken_payloads_and_unknown_opcodes_close() {
    let world = World::start().await;
    let mut ear = world.hears("bot").await;
    ear.say(99, json!({})).await;
    assert_eq!(ear.frame().await["close"], 4001);
    let mut ear = world.hears("bot").await;
    ear.utter("not json").await;
    assert_eq!(ear.frame().await["close"], 4002);
    let mut ear = Ear::reach(&world, "v=3").await;
    assert_eq!(ear.frame().await["close"], 4012);
}
