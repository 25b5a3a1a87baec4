//! Messages and reactions: posting once, changing, listing, files, mentions.

use crate::harness::{Answer, World};
use serde_json::{Value, json};

fn messages(world: &World) -> String {
    format!("/channels/{}/messages", world.channel("tenant-ops"))
}

#[tokio::test]
async fn a_nonce_keeps_a_message_from_being_posted_twice() {
    let world = World::start().await;
    let post = json!({ "content": "card", "nonce": "op-1", "enforce_nonce": true });
    let first = world.call("bot", "POST", &messages(&world), post.clone()).await.body;
    let second = world.call("bot", "POST", &messages(&world), post.clone()).await.body;
    assert_eq!(first["id"], second["id"]);
    let loose = json!({ "content": "card", "nonce": "op-1" });
    let third = world.call("bot", "POST", &messages(&world), loose).await.body;
    assert_ne!(first["id"], third["id"], "without enforce_nonce a nonce is only an echo");
    world.clock.advance(std::time::Duration::from_mins(6));
    let late = world.call("bot", "POST", &messages(&world), post).await.body;
    assert_ne!(first["id"], late["id"], "after a few minutes the nonce is forgotten");
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_found_again_by_its_nonce() {
    let world = World::start().await;
    let fault = landlord_sandbox::discord::Fault::AfterEffect(500);
    world.discord.faults().answer("POST", "/api/v10/channels/", 1, fault);
    let post = json!({ "content": "card", "nonce": "op-2", "enforce_nonce": true });
    assert_eq!(world.call("bot", "POST", &messages(&world), post.clone()).await.status, 500);
    assert_eq!(world.call("bot", "POST", &messages(&world), post).await.status, 200);
    let history = world.call("bot", "GET", &messages(&world), Value::Null).await.body;
    assert_eq!(history.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn history_is_paged_before_after_and_around() {
    let world = World::start().await;
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(world.post("operator", "tenant-ops", &n.to_string()).await["id"].as_str().unwrap().to_owned());
    }
    let page = async |query: &str| {
        let answer = world.call("operator", "GET", &format!("{}?{query}", messages(&world)), Value::Null).await.body;
        let contents = answer.as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap().to_owned());
        contents.collect::<String>()
    };
    assert_eq!(page("limit=2").await, "54");
    assert_eq!(page(&format!("limit=2&before={}", ids[4])).await, "32");
    assert_eq!(page(&format!("limit=2&after={}", ids[1])).await, "32");
    assert_eq!(page(&format!("limit=3&around={}", ids[3])).await, "432");
    let wrong = world.call("operator", "GET", &format!("{}?limit=101", messages(&world)), Value::Null).await;
    assert_eq!(wrong.code(), 50035);
}

#[tokio::test]
async fn only_its_author_changes_a_message_and_an_empty_one_is_refused() {
    let world = World::start().await;
    let mut ear = world.hears("newcomer").await;
    let posted = world.post("operator", "tenant-ops", "mine").await;
    let path = format!("{}/{}", messages(&world), posted["id"].as_str().unwrap());
    assert_eq!(world.call("bot", "PATCH", &path, json!({ "content": "theirs" })).await.code(), 50005);
    assert_eq!(world.call("operator", "PATCH", &path, json!({ "content": " " })).await.code(), 50006);
    let changed = world.call("operator", "PATCH", &path, json!({ "content": "better" })).await;
    assert!(changed.body["edited_timestamp"].is_string());
    assert_eq!(ear.next("MESSAGE_UPDATE").await["content"], "better");
    assert_eq!(world.call("newcomer", "DELETE", &path, Value::Null).await.code(), 50013);
    assert_eq!(world.call("operator", "DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(ear.next("MESSAGE_DELETE").await["id"], posted["id"]);
    assert_eq!(world.call("operator", "GET", &path, Value::Null).await.code(), 10008);
}

#[tokio::test]
async fn what_breaks_a_limit_is_told_by_its_field() {
    let world = World::start().await;
    let long = json!({ "content": "x".repeat(2_001), "embeds": [{ "title": "x".repeat(257) }] });
    let answer = world.call("bot", "POST", &messages(&world), long).await;
    assert_eq!((answer.status, answer.code()), (400, 50035));
    assert_eq!(answer.body["errors"]["content"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
    assert_eq!(answer.body["errors"]["embeds"]["0"]["title"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
    let text = world.request("POST", &format!("/api/v10{}", messages(&world)));
    let broken = text.header("authorization", world.token("bot")).body("{").send().await.unwrap();
    assert_eq!(Answer::of(broken).await.code(), 50109);
}

#[tokio::test]
async fn mentions_count_only_as_far_as_they_are_allowed() {
    let world = World::start().await;
    let role = world.about["roles"]["team-lead"].as_str().unwrap();
    let content = format!("<@{}> <@&{role}> @everyone", world.id("security"));
    let silent = json!({ "content": content, "allowed_mentions": { "parse": [] } });
    let silent = world.call("bot", "POST", &messages(&world), silent).await.body;
    assert_eq!((&silent["mentions"], &silent["mention_roles"]), (&json!([]), &json!([])));
    assert_eq!(silent["mention_everyone"], false);
    let one = json!({ "content": content, "allowed_mentions": { "users": [world.id("security")] } });
    let one = world.call("bot", "POST", &messages(&world), one).await.body;
    assert_eq!(one["mentions"][0]["username"], "security");
    assert_eq!(one["mention_everyone"], false);
    let person = world.post("operator", "tenant-ops", &content).await;
    assert_eq!(person["mention_everyone"], false, "an operator may not call everyone");
    assert_eq!(person["mention_roles"], json!([]));
}

#[tokio::test]
async fn files_are_served_back_and_kept_through_an_edit() {
    let world = World::start().await;
    let entry = json!({ "id": 0, "filename": "plan of record.txt", "description": "the plan" });
    let form = json!({ "content": "see", "attachments": [entry] });
    let file = reqwest::multipart::Part::bytes(b"ten resources".to_vec()).file_name("plan of record.txt");
    let form = reqwest::multipart::Form::new().text("payload_json", form.to_string()).part("files[0]", file);
    let request = world.request("POST", &format!("/api/v10{}", messages(&world)));
    let sent = request.header("authorization", world.token("bot")).multipart(form).send().await.unwrap();
    let message = Answer::of(sent).await.body;
    let attachment = &message["attachments"][0];
    assert_eq!(attachment["filename"], "plan_of_record.txt");
    assert_eq!((&attachment["size"], &attachment["description"]), (&json!(13), &json!("the plan")));
    let url = attachment["url"].as_str().unwrap();
    let fetched = reqwest::get(url).await.unwrap();
    assert_eq!(fetched.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(fetched.text().await.unwrap(), "ten resources");

    let path = format!("{}/{}", messages(&world), message["id"].as_str().unwrap());
    let kept = world.call("bot", "PATCH", &path, json!({ "content": "changed" })).await.body;
    assert_eq!(kept["attachments"].as_array().unwrap().len(), 1);
    let gone = world.call("bot", "PATCH", &path, json!({ "attachments": [] })).await.body;
    assert_eq!(gone["attachments"], json!([]));
}

#[tokio::test]
async fn reactions_are_counted_listed_and_told_with_the_member() {
    let world = World::start().await;
    let mut bot = world.hears("bot").await;
    let card = world.post("bot", "tenant-ops", "approve?").await;
    let at = format!("{}/{}", messages(&world), card["id"].as_str().unwrap());
    let tick = format!("{at}/reactions/%E2%9C%85");
    for who in ["team-lead", "security"] {
        assert_eq!(world.call(who, "PUT", &format!("{tick}/@me"), Value::Null).await.status, 204);
        let told = bot.next("MESSAGE_REACTION_ADD").await;
        assert_eq!(told["member"]["user"]["username"], who);
        assert_eq!((&told["emoji"]["name"], &told["burst"]), (&json!("✅"), &json!(false)));
    }
    world.call("security", "PUT", &format!("{tick}/@me"), Value::Null).await;
    let seen = world.call("security", "GET", &at, Value::Null).await.body;
    assert_eq!((&seen["reactions"][0]["count"], &seen["reactions"][0]["me"]), (&json!(2), &json!(true)));
    let first = world.call("bot", "GET", &format!("{tick}?limit=1"), Value::Null).await.body;
    let after = first[0]["id"].as_str().unwrap();
    let second = world.call("bot", "GET", &format!("{tick}?limit=1&after={after}"), Value::Null).await.body;
    assert_eq!((&first[0]["username"], &second[0]["username"]), (&json!("team-lead"), &json!("security")));

    world.call("security", "DELETE", &format!("{tick}/@me"), Value::Null).await;
    let (passed, gone) = bot.until("MESSAGE_REACTION_REMOVE").await;
    assert!(passed.is_empty(), "reacting twice is one reaction: {passed:?}");
    assert_eq!(gone["user_id"], world.id("security"));
    let theirs = format!("{tick}/{}", world.id("team-lead"));
    assert_eq!(world.call("operator", "DELETE", &theirs, Value::Null).await.code(), 50013);
    assert_eq!(world.call("bot", "DELETE", &theirs, Value::Null).await.status, 204);
}

#[tokio::test]
async fn a_message_bears_twenty_kinds_of_reactions() {
    let world = World::start().await;
    let card = world.post("operator", "tenant-ops", "many").await;
    let at = format!("{}/{}/reactions", messages(&world), card["id"].as_str().unwrap());
    for n in 0..20_u32 {
        let emoji = char::from_u32(0x1F600 + n).unwrap();
        world.clock.advance(std::time::Duration::from_millis(250));
        assert_eq!(world.call("operator", "PUT", &format!("{at}/{emoji}/@me"), Value::Null).await.status, 204);
    }
    world.clock.advance(std::time::Duration::from_millis(250));
    assert_eq!(world.call("operator", "PUT", &format!("{at}/✅/@me"), Value::Null).await.code(), 30010);
    assert_eq!(world.call("operator", "PUT", &format!("{at}/name:1/@me"), Value::Null).await.code(), 10014);
}

#[tokio::test]
async fn a_reply_names_what_it_answers() {
    let world = World::start().await;
    let asked = world.post("operator", "tenant-ops", "anybody?").await;
    let reply = json!({ "content": "here", "message_reference": { "message_id": asked["id"] } });
    let reply = world.call("team-lead", "POST", &messages(&world), reply).await.body;
    assert_eq!((&reply["type"], &reply["referenced_message"]["content"]), (&json!(19), &json!("anybody?")));
    assert_eq!(reply["mentions"][0]["username"], "operator");
    let lost = json!({ "content": "here", "message_reference": { "message_id": "1" } });
    assert_eq!(world.call("team-lead", "POST", &messages(&world), lost).await.code(), 50035);
}

#[tokio::test]
async fn pins_typing_and_lookups_answer_as_discord_does() {
    let world = World::start().await;
    let mut ear = world.hears("team-lead").await;
    let posted = world.post("operator", "tenant-ops", "keep").await;
    let pins = format!("/channels/{}/pins", world.channel("tenant-ops"));
    let pin = format!("{pins}/{}", posted["id"].as_str().unwrap());
    assert_eq!(world.call("operator", "PUT", &pin, Value::Null).await.code(), 50013);
    assert_eq!(world.call("bot", "PUT", &pin, Value::Null).await.status, 204);
    ear.next("CHANNEL_PINS_UPDATE").await;
    assert_eq!(ear.next("MESSAGE_CREATE").await["type"], 6);
    assert_eq!(world.call("operator", "GET", &pins, Value::Null).await.body[0]["id"], posted["id"]);
    let typing = format!("/channels/{}/typing", world.channel("tenant-ops"));
    assert_eq!(world.call("operator", "POST", &typing, Value::Null).await.status, 204);
    assert_eq!(ear.next("TYPING_START").await["user_id"], world.id("operator"));

    let guild = world.about["guild_id"].as_str().unwrap();
    let counted = world.call("bot", "GET", &format!("/guilds/{guild}?with_counts=true"), Value::Null).await.body;
    assert_eq!((&counted["name"], &counted["approximate_member_count"]), (&json!("Platform"), &json!(10)));
    let found = format!("/guilds/{guild}/members/search?query=devops&limit=5");
    assert_eq!(world.call("bot", "GET", &found, Value::Null).await.body.as_array().unwrap().len(), 2);
    let dm = json!({ "recipient_id": world.id("operator") });
    assert_eq!(world.call("bot", "POST", "/users/@me/channels", dm).await.code(), 50007);
    assert_eq!(world.call("bot", "GET", "/no/such/path", Value::Null).await.status, 404);
    let versionless = world.request("GET", "/api/v9/gateway").send().await.unwrap();
    assert!(versionless.text().await.unwrap().contains("ws://127.0.0.1:"));
}

#[tokio::test]
async fn a_picture_in_an_embed_is_the_messages_own_file() {
    let world = World::start().await;
    let form = json!({ "embeds": [{ "title": "t", "image": { "url": "attachment://graph.png" } }] });
    let file = reqwest::multipart::Part::bytes(vec![1, 2, 3]).file_name("graph.png");
    let form = reqwest::multipart::Form::new().text("payload_json", form.to_string()).part("files[0]", file);
    let request = world.request("POST", &format!("/api/v10{}", messages(&world)));
    let sent = request.header("authorization", world.token("bot")).multipart(form).send().await.unwrap();
    let message = Answer::of(sent).await.body;
    assert_eq!(message["embeds"][0]["image"]["url"], message["attachments"][0]["url"]);
    let fetched = reqwest::get(message["attachments"][0]["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(fetched.headers()["content-type"], "image/png");
    assert!(fetched.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
}
