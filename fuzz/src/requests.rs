//! Requests to the local Discord's API: `WHO METHOD PATH` with the body below, parted by lines `===`. WHO is a member, `bot` or
//! nobody. A path that ends in a blank and a word has that word as its content type.
//!
//! Each is answered in Discord's form and none with a 500, and the bot hears nothing but JSON. `{…}` stands for what the
//! guild and earlier answers say: see [`crate::guild`]; `{last}` is the last answer's id, `{interaction}` and `{token}` those of
//! the last interaction that the bot heard of.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::guild::{Guild, alone};

/// Requests beyond these are left out.
const REQUESTS: usize = 12;

/// Takes one input.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    alone(async {
        let guild = Guild::new().await;
        let mut bot = guild.converse("v=10&encoding=json").await.expect("the gateway is there");
        let hello = json!({ "op": 2, "d": { "token": guild.token("bot"), "intents": 1, "properties": {} } });
        bot.says(&hello.to_string()).await;
        let mut known = Known::default();
        for block in text.split("\n===\n").take(REQUESTS) {
            let Some(request) = request(&guild, &known.expand(&guild.expand(block))) else { continue };
            let (status, body) = guild.answer(request).await;
            known.answered(status, &body);
            bot.says("{\"op\":3}").await;
            bot.heard.drain(..).for_each(|event| known.heard(&event));
        }
    });
}

/// What earlier answers said.
#[derive(Default)]
struct Known {
    last: String,
    interaction: String,
    token: String,
}

impl Known {
    fn expand(&self, text: &str) -> String {
        text.replace("{last}", &self.last).replace("{interaction}", &self.interaction).replace("{token}", &self.token)
    }

    fn answered(&mut self, status: StatusCode, body: &[u8]) {
        assert!(!status.is_server_error(), "answered {status}");
        let Ok(answer) = serde_json::from_slice::<Value>(body) else { return };
        if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
            assert!(answer["message"].is_string() && answer["code"].is_u64(), "not Discord's form: {answer}");
        }
        let id = answer["id"].as_str().or_else(|| answer[0]["id"].as_str());
        id.unwrap_or(&self.last).to_owned().clone_into(&mut self.last);
    }

    fn heard(&mut self, event: &Value) {
        if event["t"] == "INTERACTION_CREATE" {
            let text = |key: &str| event["d"][key].as_str().unwrap_or_default().to_owned();
            (self.interaction, self.token) = (text("id"), text("token"));
        }
    }
}

/// The request that a block stands for; none where HTTP knows no such request.
fn request(guild: &Guild, block: &str) -> Option<Request<Body>> {
    let (head, body) = block.split_once('\n').unwrap_or((block, ""));
    let mut words = head.split(' ');
    let (who, method, path) = (words.next()?, words.next()?, words.next()?);
    let mut request = Request::builder().method(method).uri(format!("http://localhost/api/v10/{path}"));
    request = request.header("host", "localhost").header("content-type", words.next().unwrap_or("application/json"));
    if let Some(token) = guild.token(who) {
        let scheme = if who == "bot" { "Bot " } else { "" };
        request = request.header("authorization", format!("{scheme}{token}"));
    }
    request.body(Body::from(body.to_owned())).ok()
}
