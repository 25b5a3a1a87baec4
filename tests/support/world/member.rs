//! What people do, as Discord's own client does it: type, complete, react, press, choose, fill in. The answers come over their own gateway
//! session.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::ear::Heard;
use super::{CHANNEL, Request, Shown, World, text};

/// Discord: the message is not there yet, the bot "thinks".
const LOADING: u64 = 128;

/// Discord's kinds of interactions.
const COMMAND: u8 = 2;
const COMPONENT: u8 = 3;
const AUTOCOMPLETE: u8 = 4;
const FORM: u8 = 5;

/// Someone in the guild, about to do something.
#[derive(Clone, Copy)]
pub(crate) struct Member<'w> {
    world: &'w World,
    name: &'w str,
}

/// A form that somebody has before them.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    shown: Value,
}

impl Form {
    /// Everything that it says, as Discord's API has it.
    pub(crate) fn says(&self) -> String {
        self.shown.to_string()
    }
}

/// What a person was answered, for their eyes only.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The message.
    pub(crate) shown: Shown,
    /// Whether it had to be announced first, because it was not there at once.
    pub(crate) announced: bool,
}

impl<'w> Member<'w> {
    pub(super) fn new(world: &'w World, name: &'w str) -> Self {
        Self { world, name }
    }

    /// Types a slash command; what follows a name and a colon belongs to it until the next name of an option.
    pub(crate) async fn types(&self, line: &str) -> Request<'w> {
        let (words, options) = self.parse(line).await;
        let options: Vec<_> = options.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.uses(&words, &options).await
    }

    /// Uses a command with options to the letter.
    pub(crate) async fn uses(&self, words: &str, options: &[(&str, &str)]) -> Request<'w> {
        let data = self.command(words, options, None).await;
        let answer = self.interacts(COMMAND, data, json!({})).await;
        Request::answered(self.world, answer)
    }

    /// Types a slash command that is answered with a form.
    pub(crate) async fn is_asked(&self, line: &str) -> Form {
        let (words, options) = self.parse(line).await;
        let options: Vec<_> = options.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let data = self.command(&words, &options, None).await;
        let ear = self.world.ear(self.name).await;
        let (mark, nonce) = (ear.mark(), self.sends(COMMAND, data, json!({})).await);
        let heard = |heard: &Heard| heard.name == "INTERACTION_MODAL_CREATE" && heard.data["nonce"] == nonce.as_str();
        Form { shown: ear.next(mark, "a form", heard).await }
    }

    /// Presses a button of any message that is answered with a form.
    pub(crate) async fn is_asked_on(&self, shown: &Shown, label: &str) -> Form {
        let ear = self.world.ear(self.name).await;
        let data = json!({ "component_type": 2, "custom_id": shown.button(label) });
        let (mark, nonce) = (ear.mark(), self.sends(COMPONENT, data, place(shown)).await);
        let heard = |heard: &Heard| heard.name == "INTERACTION_MODAL_CREATE" && heard.data["nonce"] == nonce.as_str();
        Form { shown: ear.next(mark, "a form", heard).await }
    }

    /// Hands in a form with these texts, by the inputs' ids and to the letter.
    pub(crate) async fn hands_in(&self, form: &Form, written: &[(&str, &str)]) -> Request<'w> {
        let rows: Vec<Value> = written
            .iter()
            .map(|(id, text)| json!({ "type": 1, "components": [{ "type": 4, "custom_id": id, "value": text }] }))
            .collect();
        let data = json!({ "id": form.shown["id"], "custom_id": form.shown["custom_id"], "components": rows });
        let answer = self.interacts(FORM, data, json!({})).await;
        Request::answered(self.world, answer)
    }

    /// What is offered while the last option of a line is being typed: the values and how they read.
    pub(crate) async fn is_offered(&self, line: &str) -> Vec<(String, Value)> {
        let (words, options) = self.parse(line).await;
        let last = line.rsplit(' ').find_map(|word| Some(word.split_once(':')?.0)).expect("an option");
        let options: Vec<_> = options.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let data = self.command(&words, &options, Some(last)).await;
        let ear = self.world.ear(self.name).await;
        let (mark, nonce) = (ear.mark(), self.sends(AUTOCOMPLETE, data, json!({})).await);
        let heard = |heard: &Heard| {
            heard.name == "APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE" && heard.data["nonce"] == nonce.as_str()
        };
        let answer = ear.next(mark, "what could be typed", heard).await;
        let choices = answer["choices"].as_array().cloned().unwrap_or_default();
        choices.iter().map(|choice| (text(&choice["name"]), choice["value"].clone())).collect()
    }

    /// Reacts under a request's card.
    pub(crate) async fn reacts(&self, request: &Request<'_>, emoji: &str) {
        self.reaction(Method::PUT, &request.place().await, emoji).await;
    }

    /// Takes a reaction back.
    pub(crate) async fn unreacts(&self, request: &Request<'_>, emoji: &str) {
        self.reaction(Method::DELETE, &request.place().await, emoji).await;
    }

    /// Reacts under the card at a place, whether or not the bot is there.
    pub(crate) async fn reacts_at(&self, place: &(String, String), emoji: &str) {
        self.reaction(Method::PUT, place, emoji).await;
    }

    async fn reaction(&self, method: Method, (channel, message): &(String, String), emoji: &str) {
        let emoji = emoji.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        let path = format!("/channels/{channel}/messages/{message}/reactions/{emoji}/@me");
        let (status, body) = self.world.call(self.name, method, &path, None).await;
        assert_eq!(status, 204, "{body}");
    }

    /// Presses a button of a request's card; answers what they are told.
    pub(crate) async fn presses(&self, request: &Request<'_>, label: &str) -> Shown {
        self.presses_on(&request.card().await, label).await
    }

    /// Presses a button of any message; answers what they are told, or what the message says now.
    pub(crate) async fn presses_on(&self, shown: &Shown, label: &str) -> Shown {
        let data = json!({ "component_type": 2, "custom_id": shown.button(label) });
        self.interacts(COMPONENT, data, place(shown)).await.shown
    }

    /// Presses a button that files something, on any message; what comes of it, as if it had been typed.
    pub(crate) async fn files_with(&self, shown: &Shown, label: &str) -> Request<'w> {
        let told = self.presses_on(shown, label).await;
        Request::answered(self.world, Answer { shown: told, announced: false })
    }

    /// Chooses from the menu of any message; answers what they are told.
    pub(crate) async fn chooses_on(&self, shown: &Shown, label: &str) -> Shown {
        let (menu, value) = shown.choice(label);
        let data = json!({ "component_type": 3, "custom_id": menu, "values": [value] });
        self.interacts(COMPONENT, data, place(shown)).await.shown
    }

    /// Chooses from a menu what files a request.
    pub(crate) async fn files_by(&self, shown: &Shown, label: &str) -> Request<'w> {
        let shown = self.chooses_on(shown, label).await;
        Request::answered(self.world, Answer { shown, announced: false })
    }

    /// Begins an interaction and waits for what comes of it.
    async fn interacts(&self, kind: u8, data: Value, more: Value) -> Answer {
        let ear = self.world.ear(self.name).await;
        let pressed = more["message_id"].clone();
        let (mark, nonce) = (ear.mark(), self.sends(kind, data, more).await);
        let answers = |heard: &Heard| match heard.name.as_str() {
            "INTERACTION_FAILURE" | "MESSAGE_CREATE" => heard.data["nonce"] == nonce.as_str(),
            "MESSAGE_UPDATE" => pressed.is_string() && heard.data["id"] == pressed && private(&heard.data),
            _ => false,
        };
        let first = ear.next(mark, "the answer to an interaction", answers).await;
        assert!(first.get("channel_id").is_some(), "{} was not answered within three seconds", self.name);
        if !loading(&first) {
            return Answer { shown: Shown::new(first), announced: false };
        }
        let follows =
            |heard: &Heard| heard.name == "MESSAGE_UPDATE" && heard.data["id"] == first["id"] && !loading(&heard.data);
        let second = ear.next(mark, "the answer that was announced", follows).await;
        Answer { shown: Shown::new(second), announced: true }
    }

    /// Sends an interaction off; answers its nonce.
    async fn sends(&self, kind: u8, data: Value, more: Value) -> String {
        let ear = self.world.ear(self.name).await;
        let nonce = format!("{}", rand::random::<u64>() >> 1);
        let about = &self.world.about;
        let mut body = json!({
            "type": kind, "application_id": about["application_id"], "guild_id": about["guild_id"],
            "channel_id": about["channels"][CHANNEL], "session_id": ear.session(), "nonce": nonce, "data": data,
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        let (status, answer) = self.world.call(self.name, Method::POST, "/interactions", Some(&body)).await;
        assert_eq!(status, 204, "Discord takes the interaction: {answer}");
        nonce
    }

    /// The guild's command of these words: the whole, and the definition of its subcommand; of one word it has none and is its own.
    async fn find(&self, words: &str) -> (Value, Value) {
        let guild = text(&self.world.about["guild_id"]);
        let index = self.world.read(&format!("/guilds/{guild}/application-command-index")).await;
        let named = |list: &Value, name: &str| {
            let found = list.as_array().into_iter().flatten().find(|entry| entry["name"] == name).cloned();
            found.unwrap_or_else(|| panic!("there is no command /{words}"))
        };
        let (first, second) = words.split_once(' ').unwrap_or((words, ""));
        let command = named(&index["application_commands"], first);
        let sub = if second.is_empty() { command.clone() } else { named(&command["options"], second) };
        (command, sub)
    }

    async fn command(&self, words: &str, options: &[(&str, &str)], focused: Option<&str>) -> Value {
        let (command, sub) = self.find(words).await;
        let known = sub["options"].as_array().cloned().unwrap_or_default();
        let given = options.iter().map(|(name, value)| {
            let kind = known.iter().find(|option| option["name"] == *name).map_or(3, |option| whole(&option["type"]));
            let number = value.parse::<i64>().ok().filter(|_| kind == 4 && focused != Some(*name));
            let value = number.map_or_else(|| json!(value), |number| json!(number));
            let mut option = json!({ "type": kind, "name": name, "value": value });
            if focused == Some(*name) {
                option["focused"] = json!(true);
            }
            option
        });
        let given: Vec<_> = given.collect();
        let options = match words.split_once(' ') {
            Some((_, sub)) => json!([{ "type": 1, "name": sub, "options": given }]),
            None => json!(given),
        };
        json!({
            "id": command["id"], "version": command["version"], "name": command["name"], "type": 1, "options": options,
        })
    }

    async fn parse(&self, line: &str) -> (String, BTreeMap<String, String>) {
        let mut words = line.trim_start_matches('/').split(' ').peekable();
        let mut command = words.next().unwrap_or_default().to_owned();
        if let Some(second) = words.next_if(|word| !word.contains(':')) {
            command = format!("{command} {second}");
        }
        let (_, sub) = self.find(&command).await;
        let known: Vec<String> =
            sub["options"].as_array().into_iter().flatten().map(|option| text(&option["name"])).collect();
        let mut options: BTreeMap<String, String> = BTreeMap::new();
        let mut current: Option<String> = None;
        for word in words {
            match word.split_once(':').filter(|(name, _)| known.iter().any(|option| option == name)) {
                Some((name, value)) => {
                    options.insert(name.to_owned(), value.to_owned());
                    current = Some(name.to_owned());
                }
                None => match current.as_ref().and_then(|name| options.get_mut(name)) {
                    Some(value) => *value = format!("{value} {word}"),
                    None => panic!("/{command} has no option for {word:?}"),
                },
            }
        }
        (command, options)
    }
}

/// Where a message is, as an interaction with it says.
fn place(Shown { message }: &Shown) -> Value {
    json!({ "message_id": message["id"], "message_flags": message["flags"], "channel_id": message["channel_id"] })
}

fn whole(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

fn private(message: &Value) -> bool {
    whole(&message["flags"]) & 64 != 0
}

fn loading(message: &Value) -> bool {
    whole(&message["flags"]) & LOADING != 0
}
