//! Waiting for what must come, and, when it does not, telling what there was instead: each operation as the bot's own HTTP
//! side has it, and its card as Discord shows it.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use super::bot::{self, Bot};
use super::{PATIENCE, Shown, World};

/// How long a question may take that is only asked for the testimony.
const TESTIMONY: Duration = Duration::from_secs(10);

/// How many of the bot's calls to Discord are told, the last ones.
const CALLS: usize = 12;

/// How many operations are told of, the newest first.
const OPERATIONS: usize = 4;

impl World {
    /// Looks again with each event that everybody sees until what is looked for is there.
    ///
    /// # Panics
    /// When it is not there in time, or the bot has ended by itself.
    pub(crate) async fn until<T>(&self, what: &str, mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let mark = self.eye.mark();
            let seen = match look().await {
                Ok(found) => return found,
                Err(seen) => seen,
            };
            if tokio::time::timeout_at(deadline, self.eye.more_than(mark)).await.is_err() {
                let ended = self.bot.lock().await.as_ref().and_then(Bot::ended);
                let testimony = self.testimony().await;
                // What is there now, and was told to nobody, is another trouble than what is not there.
                let now = look().await.map_or_else(|now| now, |_| "it is there, but no event told of it".to_owned());
                panic!("not in time: {what}\n{seen}\nnow: {now}\nthe bot ended: {ended:?}\n{testimony}");
            }
        }
    }

    /// Where the bot's HTTP side is.
    pub(super) async fn side(&self) -> Option<SocketAddr> {
        self.bot.lock().await.as_ref().map(Bot::side)
    }

    /// What the bot says of its readiness: status and text.
    pub(crate) async fn readiness(&self) -> (u16, String) {
        let side = self.side().await.expect("the bot lives");
        let answer = self.web.get(format!("http://{side}/readyz")).send().await.expect("the bot's HTTP side answers");
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    }

    /// What can be said of the newest operations: state, steps with attempts and notes, diagnosis, and the card's text.
    /// Whatever does not answer is left out.
    pub(crate) async fn testimony(&self) -> String {
        let told = async {
            let Some(side) = self.side().await else { return "the bot is dead".to_owned() };
            let rows = self.web.get(format!("http://{side}/api/operations")).bearer_auth(bot::TOKEN).send().await;
            let rows: Value = match rows {
                Ok(rows) => rows.json().await.unwrap_or_default(),
                Err(error) => return format!("the bot's HTTP side does not answer: {error}"),
            };
            let mut text = format!("{} events were heard; the bot's last calls to Discord:\n", self.eye.mark());
            let exchanges = self.exchanges();
            for exchange in &exchanges[exchanges.len().saturating_sub(CALLS)..] {
                let _ = writeln!(text, "  {} {}: {}", exchange.method, exchange.path, exchange.status);
            }
            for row in rows.as_array().into_iter().flatten().take(OPERATIONS) {
                text += &row_in_words(row);
                text += &self.card_in_words(row).await;
            }
            text
        };
        tokio::time::timeout(TESTIMONY, told).await.unwrap_or_else(|_| "no testimony in time".to_owned())
    }

    async fn card_in_words(&self, row: &Value) -> String {
        let (Some(channel), Some(message)) = (row["card"]["channel_id"].as_str(), row["card"]["message_id"].as_str())
        else {
            return "  it has no card\n".to_owned();
        };
        let path = format!("/channels/{channel}/messages/{message}");
        let (status, body) = self.call("operator", Method::GET, &path, None).await;
        if status == 200 { format!("{}\n", Shown::new(body)) } else { format!("  its card: {status} {body}\n") }
    }
}

/// An operation of `/api/operations` in a few lines; steps that have not begun are left out.
fn row_in_words(row: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut lines =
        format!("operation {} is {} since {}\n", text(&row["id"]), text(&row["state"]), text(&row["changed"]));
    for step in row["steps"].as_array().into_iter().flatten().filter(|step| step["state"] != "pending") {
        let (name, state) = (text(&step["name"]), text(&step["state"]));
        let _ = writeln!(lines, "  {name}: {state}, {} attempts, note {}", step["attempts"], step["note"]);
    }
    if !row["diagnosis"].is_null() {
        let _ = writeln!(lines, "  diagnosis: {}", row["diagnosis"]);
    }
    lines
}
