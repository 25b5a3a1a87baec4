//! What people do: type, react, press.

use std::collections::BTreeMap;

use super::{OPERATIONS, Request, Shown, World};
use crate::desk::Invocation;
use crate::ports::Vote;
use crate::role::{Member, Role};

/// Someone on the chat server, about to do something.
#[derive(Debug, Clone, Copy)]
pub struct Actor<'w> {
    world: &'w World,
    name: &'w str,
}

impl<'w> Actor<'w> {
    pub(super) fn new(world: &'w World, name: &'w str) -> Self {
        Self { world, name }
    }

    fn member(&self) -> Member {
        self.world.chat.member_named(self.name)
    }

    /// Their roles become these.
    pub fn holds(&self, roles: &[Role]) {
        self.world.chat.joins(self.name, roles);
    }

    /// Types a slash command: `/tenant provision environment:dev company:Golden Crust …`. What follows a name and a colon
    /// belongs to it until the next name of one of the command's options.
    pub async fn types(&self, line: &str) -> Request<'w> {
        let (command, options) = self.parse(line);
        self.invokes(&command, options).await
    }

    /// Uses a command with options to the letter.
    pub async fn uses(&self, command: &str, options: &[(&str, &str)]) -> Request<'w> {
        let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.invokes(command, options).await
    }

    async fn invokes(&self, command: &str, options: BTreeMap<String, String>) -> Request<'w> {
        let invocation = self.invocation(command, options);
        let before = self.world.operations().len();
        let reply = self.world.lives(Box::pin(self.world.house().desk.command(&invocation))).await;
        let filed = self.world.operations().get(before).cloned();
        self.world.settles().await;
        Request::new(self.world, filed, reply.map(Shown::of))
    }

    /// Hands in a form that was filled in so. What becomes of it is like what becomes of a command.
    pub async fn submits(&self, form: &Shown, written: &[(&str, &str)]) -> Request<'w> {
        self.hands_in(&form.form().id, written).await
    }

    /// Hands in a form by its id, as it may have stood open for long.
    pub async fn hands_in(&self, form: &str, written: &[(&str, &str)]) -> Request<'w> {
        let written = written.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect();
        let before = self.world.operations().len();
        let (house, member) = (self.world.house(), self.member());
        let reply = self.world.lives(Box::pin(house.desk.submitted(form, &written, &member, OPERATIONS))).await;
        let filed = self.world.operations().get(before).cloned();
        self.world.settles().await;
        Request::new(self.world, filed, reply.map(Shown::of))
    }

    /// The command as the desk hears it.
    pub fn invocation(&self, command: &str, options: BTreeMap<String, String>) -> Invocation {
        Invocation { command: command.to_owned(), options, member: self.member(), channel: OPERATIONS.to_owned() }
    }

    /// A typed line as the desk hears it.
    pub fn line(&self, line: &str) -> Invocation {
        let (command, options) = self.parse(line);
        self.invocation(&command, options)
    }

    fn parse(&self, line: &str) -> (String, BTreeMap<String, String>) {
        let house = self.world.house();
        let all: Vec<&str> = line.trim_start_matches('/').split(' ').collect();
        // A command has one word or two.
        let known = (1..=2).find_map(|count| house.desk.catalogue.command(&all.get(..count)?.join(" ")));
        let known = known.unwrap_or_else(|| panic!("there is no command like {line}"));
        let command = known.name.clone();
        let words = all.into_iter().skip(command.split(' ').count());
        let mut options: BTreeMap<String, String> = BTreeMap::new();
        let mut current = None;
        for word in words {
            match word.split_once(':').filter(|(name, _)| known.options.iter().any(|option| option.name == *name)) {
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

    /// Reacts under a request's card, and the bot hears of it.
    pub async fn reacts(&self, request: &Request<'_>, emoji: &str) {
        let (message, vote) = (request.message(), vote(emoji));
        self.world.chat.react(&message, vote, self.name);
        self.world.lives(Box::pin(self.world.house().desk.reacted(&message, vote, &self.member()))).await;
        self.world.settles().await;
    }

    /// Reacts under a request's card, and the bot does not hear of it.
    pub fn reacts_unheard(&self, request: &Request<'_>, emoji: &str) {
        self.world.chat.react(&request.message(), vote(emoji), self.name);
    }

    /// Takes a reaction back, and the bot hears of it.
    pub async fn unreacts(&self, request: &Request<'_>, emoji: &str) {
        let (message, vote) = (request.message(), vote(emoji));
        self.world.chat.unreact(&message, vote, self.name);
        self.world.lives(Box::pin(self.world.house().desk.unreacted(&message, vote, &self.member().person))).await;
        self.world.settles().await;
    }

    /// Takes a reaction back, and the bot does not hear of it.
    pub fn unreacts_unheard(&self, request: &Request<'_>, emoji: &str) {
        self.world.chat.unreact(&request.message(), vote(emoji), self.name);
    }

    /// Presses a button of a request's card.
    pub async fn presses(&self, request: &Request<'_>, label: &str) -> Shown {
        self.presses_on(&request.card(), label).await
    }

    /// Presses a button of anything that is shown.
    pub async fn presses_on(&self, shown: &Shown, label: &str) -> Shown {
        self.sends(&shown.button(label)).await
    }

    /// Chooses from the menu of anything that is shown.
    pub async fn chooses_on(&self, shown: &Shown, label: &str) -> Shown {
        self.sends(&shown.choice(label)).await
    }

    /// Presses a button by its id, as it may stand on an old message.
    pub async fn sends(&self, button: &str) -> Shown {
        self.tries(button).await.expect("the bot stopped before it answered")
    }

    /// The same, where the bot may stop before it answers.
    pub async fn tries(&self, button: &str) -> Option<Shown> {
        let reply =
            self.world.lives(Box::pin(self.world.house().desk.pressed(button, &self.member(), OPERATIONS))).await;
        self.world.settles().await;
        reply.map(Shown::of)
    }
}

fn vote(emoji: &str) -> Vote {
    Vote::of(emoji).unwrap_or_else(|| panic!("{emoji} is no vote"))
}
