//! The page's files, and who may ask for anything at all.

use crate::harness::World;
use landlord_sandbox::discord::{LocalDiscord, Options, Pace};
use serde_json::{Value, json};
use time::OffsetDateTime;

#[tokio::test]
async fn the_page_is_served_with_a_strict_policy_and_asked_again_each_time() {
    let world = World::start().await;
    let first = world.request("GET", "/").send().await.unwrap();
    assert_eq!(first.status(), 200);
    assert_eq!(first.headers()["content-type"], "text/html; charset=utf-8");
    assert!(first.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'self'"));
    let tag = first.headers()["etag"].clone();
    let second = world.request("GET", "/index.html").header("if-none-match", tag).send().await.unwrap();
    assert_eq!(second.status(), 304);
    assert_eq!(world.request("GET", "/no/such/file").send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn other_sites_in_the_same_browser_are_turned_away() {
    let world = World::start().await;
    let from = async |origin: &str| {
        let request = world.request("GET", "/sandbox.json").header("origin", origin);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(from("http://evil.example").await, 403);
    assert_eq!(from(&world.url("")).await, 503, "the page itself is let in");
    let rebound = world.request("GET", "/sandbox.json").header("host", "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), 403);
}

#[tokio::test]
async fn the_page_is_told_what_time_it_is_and_how_it_passes() {
    let world = World::start().await;
    let told: Value = world.request("GET", "/clock.json").send().await.unwrap().json().await.unwrap();
    let now = world.clock.now().unix_timestamp_nanos() / 1_000_000;
    assert_eq!(told, json!({ "now": i64::try_from(now).unwrap(), "origin": 0, "factor": 1 }));

    let origin = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let options = Options { pace: Pace { origin, factor: 3600 }, ..Options::default() };
    let discord = LocalDiscord::start(options).await.unwrap();
    let url = format!("http://{}/clock.json", discord.address());
    let told: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    assert_eq!((&told["origin"], &told["factor"]), (&json!(1_800_000_000_000_i64), &json!(3600)));
    discord.stop().await;
}
