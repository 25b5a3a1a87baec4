//! What the gateway tells: an event, its data and who is to hear it, with the intents a bot needs for it (Discord:
//! "Gateway Intents", "Message Content Intent"). Decides; sends nothing itself.

use super::permissions;
use super::snowflake::Id;
use super::world::World;
use serde_json::{Value, json};

/// Gateway intents that matter here.
pub(crate) mod intents {
    pub(crate) const GUILDS: u64 = 1;
    pub(crate) const GUILD_MEMBERS: u64 = 1 << 1;
    pub(crate) const GUILD_MESSAGES: u64 = 1 << 9;
    pub(crate) const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
    pub(crate) const GUILD_MESSAGE_TYPING: u64 = 1 << 11;
    pub(crate) const MESSAGE_CONTENT: u64 = 1 << 15;
    /// Every bit that Discord gives a meaning.
    pub(crate) const ALL: u64 = 0x0331_FFFF;
}

/// Who hears an event.
#[derive(Clone, Debug)]
pub(crate) enum Audience {
    /// Everybody in the guild.
    Guild,
    /// Everybody who sees a channel.
    Channel(Id),
    /// The bot alone.
    Bot,
    /// One member alone: on the named session if it is there, else on all of theirs.
    Member(Id, Option<String>),
}

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Dispatch {
    pub(crate) name: &'static str,
    pub(crate) data: Value,
    pub(crate) audience: Audience,
}

/// The intent that a bot must have asked for to hear an event; 0 when none is needed.
fn needed(name: &str) -> u64 {
    match name {
        "MESSAGE_CREATE" | "MESSAGE_UPDATE" | "MESSAGE_DELETE" => intents::GUILD_MESSAGES,
        "GUILD_MEMBER_UPDATE" => intents::GUILD_MEMBERS,
        "TYPING_START" => intents::GUILD_MESSAGE_TYPING,
        "INTERACTION_CREATE" | "GUILD_MEMBERS_CHUNK" => 0,
        reaction if reaction.starts_with("MESSAGE_REACTION") => intents::GUILD_MESSAGE_REACTIONS,
        _ => intents::GUILDS,
    }
}

impl Dispatch {
    /// Whether the holder of a session hears this event. `wanted` are a bot's intents; people hear everything.
    pub(crate) fn reaches(&self, world: &World, user: Id, wanted: Option<u64>) -> bool {
        if let Some(wanted) = wanted {
            let needed = needed(self.name);
            // A bot always hears of changes to its own membership.
            let own = self.name == "GUILD_MEMBER_UPDATE" && self.data["user"]["id"] == user.to_string().as_str();
            if wanted & needed != needed && !own {
                return false;
            }
        }
        match &self.audience {
            Audience::Guild => world.members.contains_key(&user),
            Audience::Channel(channel) => permissions::sees(world, user, *channel),
            Audience::Bot => user == world.bot(),
            Audience::Member(member, _) => user == *member,
        }
    }

    /// The data as a session hears it: without the message content intent a bot reads only what is its own or names it.
    pub(crate) fn seen_by(&self, user: Id, wanted: Option<u64>) -> Option<Value> {
        let wanted = wanted?;
        if wanted & intents::MESSAGE_CONTENT != 0 || !matches!(self.name, "MESSAGE_CREATE" | "MESSAGE_UPDATE") {
            return None;
        }
        let id = user.to_string();
        let named = |person: &Value| person["id"] == id.as_str();
        let mentioned = self.data["mentions"].as_array().is_some_and(|mentions| mentions.iter().any(named));
        if named(&self.data["author"]) || mentioned {
            return None;
        }
        let mut blank = self.data.clone();
        blank["content"] = json!("");
        for list in ["embeds", "attachments", "components"] {
            blank[list] = json!([]);
        }
        Some(blank)
    }
}
