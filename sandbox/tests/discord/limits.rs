//! Rate limits and failures on demand.

use crate::harness::World;
use landlord_sandbox::discord::Fault;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn the_sixth_message_in_five_seconds_is_refused_until_the_bucket_is_fresh() {
    let world = World::start().await;
    let path = format!("/channels/{}/messages", world.channel("tenant-ops"));
    for left in (0..5).rev() {
        let answer = world.call("bot", "POST", &path, json!({ "content": "go" })).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["x-ratelimit-remaining"], left.to_string().as_str());
        assert_eq!(answer.headers["x-ratelimit-limit"], "5");
    }
    let refused = world.call("bot", "POST", &path, json!({ "content": "go" })).await;
    assert_eq!((refused.status, &refused.body["global"]), (429, &json!(false)));
    assert_eq!(refused.body["retry_after"], 5.0);
    assert_eq!(
        (&refused.headers["retry-after"], &refused.headers["x-ratelimit-scope"]),
        (&"5".parse().unwrap(), &"user".parse().unwrap())
    );
    let elsewhere = format!("/channels/{}/messages", world.channel("incidents"));
    assert_eq!(world.call("bot", "POST", &elsewhere, json!({ "content": "go" })).await.status, 200);
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(world.call("bot", "POST", &path, json!({ "content": "go" })).await.status, 200);
}

#[tokio::test]
async fn one_reaction_a_quarter_second_for_the_bot_but_not_for_people() {
    let world = World::start().await;
    let card = world.post("operator", "tenant-ops", "card").await;
    let at = format!("/channels/{}/messages/{}/reactions", world.channel("tenant-ops"), card["id"].as_str().unwrap());
    assert_eq!(world.call("bot", "PUT", &format!("{at}/✅/@me"), Value::Null).await.status, 204);
    assert_eq!(world.call("bot", "PUT", &format!("{at}/❌/@me"), Value::Null).await.status, 429);
    world.clock.advance(Duration::from_millis(250));
    assert_eq!(world.call("bot", "PUT", &format!("{at}/❌/@me"), Value::Null).await.status, 204);
    for emoji in ["✅", "❌", "👍"] {
        assert_eq!(world.call("operator", "PUT", &format!("{at}/{emoji}/@me"), Value::Null).await.status, 204);
    }
}

#[tokio::test]
async fn fifty_requests_a_second_over_all_routes() {
    let world = World::start().await;
    for n in 0..50_u64 {
        // Different channels, so that no single route's bucket is the one that fills.
        let path = format!("/users/{n}");
        assert_eq!(world.call("bot", "GET", &path, Value::Null).await.status, 404);
    }
    let refused = world.call("bot", "GET", "/users/@me", Value::Null).await;
    assert_eq!((refused.status, &refused.body["global"]), (429, &json!(true)));
    assert_eq!(refused.headers["x-ratelimit-global"], "true");
    assert_eq!(refused.headers["x-ratelimit-scope"], "global");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.call("bot", "GET", "/users/@me", Value::Null).await.status, 200);
}

#[tokio::test]
async fn requests_fail_as_often_as_was_asked() {
    let world = World::start().await;
    let faults = world.discord.faults();
    faults.answer("GET", "/api/v10/users/", 1, Fault::Status(500));
    faults.answer("GET", "/api/v10/users/", 1, Fault::RateLimited { retry_after: 1.5, global: false });
    assert_eq!(world.call("operator", "GET", "/users/@me", Value::Null).await.status, 200, "it is the bot that fails");
    assert_eq!(world.call("bot", "GET", "/users/@me", Value::Null).await.status, 500);
    let limited = world.call("bot", "GET", "/users/@me", Value::Null).await;
    assert_eq!((limited.status, &limited.body["retry_after"]), (429, &json!(1.5)));
    assert_eq!(limited.headers["retry-after"], "2");
    assert_eq!(world.call("bot", "GET", "/users/@me", Value::Null).await.status, 200);
    faults.answer("GET", "/api/v10/users/", 9, Fault::Status(500));
    faults.clear();
    assert_eq!(world.call("bot", "GET", "/users/@me", Value::Null).await.status, 200);
}
