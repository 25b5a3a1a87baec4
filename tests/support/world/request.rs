//! A request in a story: what its person was answered, and what became of it, as Discord and the bot's HTTP side show it.

use serde_json::Value;

use super::{Answer, Shown, World, text};

/// What came of a command.
pub(crate) struct Request<'w> {
    world: &'w World,
    answer: Answer,
    id: Option<String>,
}

impl<'w> Request<'w> {
    pub(super) fn answered(world: &'w World, answer: Answer) -> Self {
        let filed = answer.shown.body().strip_prefix("Operation `").and_then(|rest| rest.split_once('`'));
        let id = filed.map(|(id, _)| id.to_owned());
        Self { world, answer, id }
    }

    /// An operation whose person was never answered.
    pub(crate) fn unanswered(world: &'w World, id: &str) -> Self {
        let answer = Answer { shown: Shown::new(Value::Null), announced: false };
        Self { world, answer, id: Some(id.to_owned()) }
    }

    pub(super) fn world(&self) -> &'w World {
        self.world
    }

    /// What the person was answered.
    pub(crate) fn answer(&self) -> &Shown {
        &self.answer.shown
    }

    /// Whether the answer had to be announced first, because it was not there at once.
    pub(crate) fn was_announced(&self) -> bool {
        self.answer.announced
    }

    /// Whether an operation was filed.
    pub(crate) fn is_filed(&self) -> bool {
        self.id.is_some()
    }

    /// The operation's id.
    pub(crate) fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_else(|| panic!("nothing was filed; the answer was {}", self.answer()))
    }

    /// The operation as the bot's HTTP side tells it.
    pub(crate) async fn operation(&self) -> Value {
        let (status, body) = self.world.api(&format!("/operations/{}", self.id())).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Where the card stands, as soon as it does: channel and message.
    pub(crate) async fn place(&self) -> (String, String) {
        let posted = async || {
            let card = self.operation().await["card"].clone();
            if card.is_null() { Err("there is no card yet".to_owned()) } else { Ok(card) }
        };
        let card = self.world.until("the card", posted).await;
        (text(&card["channel_id"]), text(&card["message_id"]))
    }

    /// The card as Discord shows it now.
    pub(crate) async fn card(&self) -> Shown {
        let (channel, message) = self.place().await;
        Shown::new(self.world.read(&format!("/channels/{channel}/messages/{message}")).await)
    }

    /// The card comes to say this.
    pub(crate) async fn comes_to_show(&self, words: &str) -> Shown {
        let look = async || {
            let card = self.card().await;
            if card.to_string().contains(words) { Ok(card) } else { Err(card.to_string()) }
        };
        self.world.until(&format!("{words:?} on the card of {}", self.id()), look).await
    }

    /// The thread's texts, a line each.
    pub(crate) async fn thread(&self) -> String {
        let thread = self.operation().await["thread_id"].clone();
        let Some(thread) = thread.as_str() else { return String::new() };
        let messages = self.world.messages(thread).await;
        let texts = messages.iter().filter(|message| message["type"] != 21).map(|message| text(&message["content"]));
        texts.collect::<Vec<_>>().join("\n")
    }

    /// The message of the thread that says this.
    pub(crate) async fn message_saying(&self, words: &str) -> Value {
        let thread = text(&self.operation().await["thread_id"]);
        let messages = self.world.messages(&thread).await;
        let said = messages.into_iter().find(|message| message["content"].to_string().contains(words));
        said.unwrap_or_else(|| panic!("nothing in the thread says {words:?}"))
    }

    /// The thread comes to say this.
    pub(crate) async fn thread_comes_to_say(&self, words: &str) -> String {
        let look = async || {
            let thread = self.thread().await;
            if thread.contains(words) { Ok(thread) } else { Err(thread) }
        };
        self.world.until(&format!("{words:?} in the thread of {}", self.id()), look).await
    }

    /// The operation comes to stand so, and card and thread say so.
    pub(crate) async fn becomes(&self, state: &str) -> Shown {
        let look = async || {
            let operation = self.operation().await;
            let stands = text(&operation["state"]);
            if stands == state {
                return Ok(Ok(()));
            }
            let settled = ["succeeded", "holding", "unwound", "refused", "expired", "cancelled", "abandoned"];
            // What needs a person does not become anything else by itself.
            let stuck = settled.contains(&stands.as_str());
            let seen = format!("{stands}: {}\n{}", operation["diagnosis"], operation["steps"]);
            if stuck && self.told(&operation).await { Ok(Err(seen)) } else { Err(seen) }
        };
        let came = self.world.until(&format!("{} {state}", self.id()), look).await;
        if let Err(seen) = came {
            panic!("{} should be {state} but is {seen}", self.id());
        }
        let (words, line) = match (state, self.verb().await.as_str()) {
            ("succeeded", "delete" | "bulk-delete" | "sweep") => ("**Deleted**", "**Deleted**"),
            ("succeeded", "scale" | "rollback") => ("**Stable**", "🎉 **Stable**"),
            ("succeeded", "shutdown") => ("**Shut down**", "🛑"),
            ("succeeded", "reopen") => ("**Reopened**", "🎉 Reopened"),
            ("succeeded", _) => ("**Done**", "🎉"),
            ("unwound", "scale" | "rollback") => ("**Taken back**", "↩️ Taken back"),
            ("unwound", _) => ("**Rolled back**", "↩️ Rolled back"),
            ("waiting", _) => ("**Notice**", "Nothing is touched before"),
            ("abandoned", _) => ("**Left as it stands**", "left it as it stands"),
            ("holding", _) => ("**On hold**", "**On hold.**"),
            ("refused", _) => ("**Rejected**", "rejected it"),
            ("expired", _) => ("**Expired**", "⌛ The approvals did not come in time"),
            ("cancelled", _) => ("**Cancelled**", "took it back"),
            ("awaiting_approval", _) => ("**Awaiting approval**", "asked for it"),
            (other, _) => panic!("no words are known for {other}"),
        };
        self.thread_comes_to_say(line).await;
        self.comes_to_show(words).await
    }

    /// The command's last word: what is done.
    async fn verb(&self) -> String {
        text(&self.operation().await["command"]).rsplit(' ').next().unwrap_or_default().to_owned()
    }

    /// An emergency has ended it, and card and thread say so.
    pub(crate) async fn is_overruled(&self) -> Shown {
        self.thread_comes_to_say("ordered an emergency").await;
        let card = self.comes_to_show("took precedence").await;
        assert!(card.buttons().is_empty(), "{card}");
        card
    }

    /// The picture on the card, downloaded from where the card shows it.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        self.world.download(&text(&self.card().await.message["embeds"][0]["image"]["url"])).await
    }

    /// Whether the chat shows the state that the operation has.
    async fn told(&self, operation: &Value) -> bool {
        let card = self.card().await.to_string();
        let holding = operation["state"] == "holding";
        holding == card.contains("**On hold**") && !card.contains("**Awaiting approval**")
    }

    /// It is done, and card and thread say so.
    pub(crate) async fn succeeds(&self) -> Shown {
        self.becomes("succeeded").await
    }

    /// It holds, and card and thread say so.
    pub(crate) async fn holds(&self) -> Shown {
        self.becomes("holding").await
    }

    /// One step as the bot's HTTP side tells it.
    pub(crate) async fn step(&self, name: &str) -> Value {
        let operation = self.operation().await;
        let step = operation["steps"].as_array().into_iter().flatten().find(|step| step["name"] == name).cloned();
        step.unwrap_or_else(|| panic!("there is no step {name}"))
    }

    /// Asserts that the chat has one card and one thread for it, and that the thread says nothing twice.
    pub(crate) async fn stands_once(&self) {
        let (channel, _) = self.place().await;
        let own = |message: &&Value| message["embeds"].to_string().contains(&format!("operation {} ", self.id()));
        let messages = self.world.messages(&channel).await;
        assert_eq!(messages.iter().filter(own).count(), 1, "one card for {}", self.id());
        let threads = self.world.eye.log().into_iter().filter(|heard| heard.name == "THREAD_CREATE");
        let opened = threads.filter(|heard| heard.data["name"].to_string().contains(self.id()));
        assert_eq!(opened.count(), 1, "one thread for {}", self.id());
        let thread = self.thread().await;
        // A line of an incident's timeline begins with its time.
        let untimed = thread.lines().map(|line| line.split_once(":T> ").map_or(line, |(_, line)| line));
        let mut lines: Vec<&str> =
            untimed.filter(|line| line.starts_with(['✅', '🎉', '▶', '📝', '🚨', '🛑'])).collect();
        let said = lines.len();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), said, "something is said twice:\n{thread}");
    }
}
