//! Reactions under messages: adding, withdrawing, listing, clearing.

use super::{Call, threads};
use crate::discord::dispatch::Audience;
use crate::discord::error::{Answer, ApiError, done, found};
use crate::discord::model::Reaction;
use crate::discord::permissions::{self as may, demand};
use crate::discord::render;
use crate::discord::snowflake::Id;
use crate::discord::world::World;
use serde_json::{Value, json};

/// Different emoji under one message (Discord: 20).
const MOST: usize = 20;

/// Refuses what is no emoji: the guild has none of its own, so letters and `name:id` are unknown.
fn emoji(text: &str) -> Result<&str, ApiError> {
    let keycap = text.ends_with('\u{20E3}');
    // A few emoji are drawn letters, such as ℹ and 🅰.
    let letterlike = |c: char| matches!(c, '\u{2100}'..='\u{24FF}' | '\u{1F000}'..);
    let drawn = text.chars().all(|c| !c.is_ascii() && (!c.is_alphabetic() || letterlike(c)));
    if !text.is_empty() && text.chars().count() <= 16 && (keycap || drawn) {
        Ok(text)
    } else {
        Err(ApiError::known(10014))
    }
}

fn event(world: &World, at: (Id, Id), who: Id, emoji: &str) -> Value {
    json!({
        "user_id": who, "channel_id": at.0, "message_id": at.1, "guild_id": world.guild_id, "type": 0, "burst": false,
        "emoji": render::emoji(emoji),
    })
}

pub(crate) fn add(world: &mut World, call: &Call, at: (Id, Id), text: &str) -> Answer {
    let emoji = emoji(text)?;
    demand(world, call.who, at.0, may::READ_MESSAGE_HISTORY)?;
    let message = world.message(at.0, at.1)?;
    let known = message.reactions.iter().find(|reaction| reaction.emoji == emoji);
    if known.is_some_and(|reaction| reaction.users.contains(&call.who)) {
        return done();
    }
    if known.is_none() {
        // Joining a reaction that is there needs no permission to add one.
        demand(world, call.who, at.0, may::ADD_REACTIONS)?;
        if message.reactions.len() >= MOST {
            return Err(ApiError::known(30010));
        }
    }
    threads::refuse_archived(world, at.0)?;
    let mut told = event(world, at, call.who, emoji);
    told["member"] = render::member(world.member(call.who)?);
    told["message_author_id"] = json!(message.author);
    let message = world.message_mut(at.0, at.1)?;
    match message.reactions.iter_mut().find(|reaction| reaction.emoji == emoji) {
        Some(reaction) => reaction.users.push(call.who),
        None => message.reactions.push(Reaction { emoji: emoji.to_owned(), users: vec![call.who] }),
    }
    world.emit("MESSAGE_REACTION_ADD", told, Audience::Channel(at.0));
    done()
}

pub(crate) fn remove(world: &mut World, call: &Call, at: (Id, Id), text: &str, who: Id) -> Answer {
    let emoji = emoji(text)?;
    demand(world, call.who, at.0, if who == call.who { 0 } else { may::MANAGE_MESSAGES })?;
    threads::refuse_archived(world, at.0)?;
    let message = world.message_mut(at.0, at.1)?;
    let reaction = message.reactions.iter_mut().find(|reaction| reaction.emoji == emoji);
    let reaction = reaction.ok_or_else(|| ApiError::known(10014))?;
    let Some(place) = reaction.users.iter().position(|user| *user == who) else { return done() };
    reaction.users.remove(place);
    message.reactions.retain(|reaction| !reaction.users.is_empty());
    let told = event(world, at, who, emoji);
    world.emit("MESSAGE_REACTION_REMOVE", told, Audience::Channel(at.0));
    done()
}

pub(crate) fn users(world: &World, call: &Call, at: (Id, Id), text: &str) -> Answer {
    let emoji = emoji(text)?;
    demand(world, call.who, at.0, may::READ_MESSAGE_HISTORY)?;
    let limit = call.number("limit", 25, 1, 100)?;
    let after = call.id("after").unwrap_or_default();
    let message = world.message(at.0, at.1)?;
    let reaction = message.reactions.iter().find(|reaction| reaction.emoji == emoji);
    let mut users = reaction.map(|reaction| reaction.users.clone()).unwrap_or_default();
    users.sort_unstable();
    let page = users.into_iter().filter(|user| *user > after).take(limit);
    found(page.map(|user| render::user_of(world, user)).collect())
}

/// Clears all reactions, or those of one emoji.
pub(crate) fn clear(world: &mut World, call: &Call, at: (Id, Id), text: Option<&str>) -> Answer {
    demand(world, call.who, at.0, may::MANAGE_MESSAGES)?;
    threads::refuse_archived(world, at.0)?;
    let mut told = json!({ "channel_id": at.0, "message_id": at.1, "guild_id": world.guild_id });
    let message = world.message_mut(at.0, at.1)?;
    if let Some(text) = text {
        let emoji = emoji(text)?;
        message.reactions.retain(|reaction| reaction.emoji != emoji);
        // The reference client reads this event with the fields of a single reaction.
        told["emoji"] = render::emoji(emoji);
        told["burst"] = json!(false);
        told["type"] = json!(0);
        world.emit("MESSAGE_REACTION_REMOVE_EMOJI", told, Audience::Channel(at.0));
    } else {
        message.reactions.clear();
        world.emit("MESSAGE_REACTION_REMOVE_ALL", told, Audience::Channel(at.0));
    }
    done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_custom_emoji_are_unknown() {
        for text in ["a", "é", "山", "name:123", "", "✅✅✅✅✅✅✅✅✅✅✅✅✅✅✅✅✅"] {
            assert!(emoji(text).is_err(), "{text} passed for an emoji");
        }
        for text in ["✅", "❌", "👍🏽", "1️⃣", "👨‍👩‍👧", "ℹ️", "🅰️", "🇩🇪"] {
            assert!(emoji(text).is_ok(), "{text} was refused");
        }
    }
}
