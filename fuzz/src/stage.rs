//! A world with the bot in it, what people do in it, and what must hold afterwards.

use std::collections::BTreeMap;

use landlord_core::chain;
use landlord_core::desk::Reply;
use landlord_core::fakes::{Content, World};
use landlord_core::plan::Plan;

use crate::seen;

/// Who may act: the members of the sandbox's guild.
const MEMBERS: [&str; 9] = [
    "operator",
    "team-lead",
    "devops-lead",
    "devops-lead-2",
    "product-owner",
    "security",
    "on-call",
    "double-hat",
    "newcomer",
];

/// The member that a text names; the operator where it names none.
pub(crate) fn member(name: &str) -> &'static str {
    MEMBERS.into_iter().find(|known| *known == name).unwrap_or("operator")
}

/// `NAME:VALUE` after each line that begins with two hyphens. A value goes on to the next of them, line breaks included.
pub(crate) fn fields(text: &str) -> BTreeMap<String, String> {
    let parts = text.split("\n--").skip(1).filter_map(|part| part.split_once(':'));
    parts.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Whatever the desk answers can be shown.
#[track_caller]
pub(crate) fn answered(reply: &Reply, strangers: &[String]) {
    match reply {
        Reply::Private(card) | Reply::Update(card) => seen::card(card, strangers),
        Reply::Form(form) => seen::form(form),
    }
}

/// All that stands in the chat can stand there, every plan is made of values that are read back as what they are, and the
/// log is one that can be verified.
pub(crate) fn stands(world: &World, strangers: &[String]) {
    for posted in world.chat.all_messages() {
        match posted.content {
            Content::Card(card) => seen::card(&card, strangers),
            Content::Message(message) => seen::harmless(&message.text, strangers),
        }
    }
    for id in world.operations() {
        let plan = &world.operation(&id).plan;
        let json = serde_json::to_string(&**plan).expect("a plan has JSON");
        let again: Plan = serde_json::from_str(&json).expect("what was accepted is accepted again");
        assert_eq!(again, **plan, "a value changes on the way through the log");
    }
    let log = world.store.log();
    chain::verify(&log, &world.store.head()).expect("the log is one chain");
}
