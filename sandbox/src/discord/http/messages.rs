//! Messages of a channel: listing, posting, changing and deleting them.

use super::{Call, threads};
use crate::discord::compose::{self, Place};
use crate::discord::dispatch::Audience;
use crate::discord::error::{Answer, ApiError, Form, done, found};
use crate::discord::model::{Message, Reference, flags, kinds};
use crate::discord::permissions::{self as may, demand};
use crate::discord::render;
use crate::discord::snowflake::Id;
use crate::discord::world::World;
use serde_json::{Value, json};
use time::Duration;

/// How long a nonce keeps a message from being posted twice (Discord: "a few minutes").
const NONCE: Duration = Duration::minutes(5);

pub(crate) fn list(world: &World, call: &Call, place: Id) -> Answer {
    demand(world, call.who, place, may::READ_MESSAGE_HISTORY)?;
    let limit = call.number("limit", 50, 1, 100)?;
    let empty = std::collections::BTreeMap::new();
    let history = world.history.get(&place).unwrap_or(&empty);
    let mut chosen: Vec<&Message> = if let Some(around) = call.id("around") {
        let older = history.range(..around).rev().take(limit / 2).map(|(_, message)| message);
        let newer = history.range(around..).take(limit - limit / 2).map(|(_, message)| message);
        older.chain(newer).collect()
    } else if let Some(after) = call.id("after") {
        history.range(Id(after.0 + 1)..).take(limit).map(|(_, message)| message).collect()
    } else {
        let before = call.id("before").unwrap_or(Id(u64::MAX));
        history.range(..before).rev().take(limit).map(|(_, message)| message).collect()
    };
    chosen.sort_by_key(|message| std::cmp::Reverse(message.id));
    found(chosen.into_iter().map(|message| render::message_for(world, message, call.who)).collect())
}

pub(crate) fn get(world: &World, call: &Call, place: Id, id: Id) -> Answer {
    demand(world, call.who, place, may::READ_MESSAGE_HISTORY)?;
    let message = world.message(place, id)?;
    found(render::message_for(world, message, call.who))
}

pub(crate) fn create(world: &mut World, call: &Call, place: Id) -> Answer {
    let channel = world.channel(place)?;
    demand(world, call.who, place, may::to_post_in(channel))?;
    if let Some(earlier) = posted_already(world, call, place) {
        return found(render::message_for(world, earlier, call.who));
    }
    let reference = reference(world, place, &call.body["message_reference"])?;
    let kind = if reference.is_some() { kinds::REPLY } else { kinds::REGULAR };
    let spot = Place { channel: place, author: call.who, kind, flags: 0, reference, origin: None };
    let message = compose::fresh(world, call, &call.body, "", spot)?;
    threads::wake(world, place, call.who)?;
    let id = message.id;
    publish(world, message);
    found(render::message_for(world, world.message(place, id)?, call.who))
}

/// The message that the same author posted with the same nonce, when the nonce is to be enforced.
fn posted_already<'a>(world: &'a World, call: &Call, place: Id) -> Option<&'a Message> {
    let nonce = Some(&call.body["nonce"]).filter(|nonce| !nonce.is_null())?;
    if call.body["enforce_nonce"] != true {
        return None;
    }
    let recent = world.history.get(&place)?.values().rev();
    let mut recent = recent.take_while(|message| world.now - message.timestamp <= NONCE);
    recent.find(|message| message.author == call.who && message.nonce.as_ref() == Some(nonce))
}

/// What a reply answers; it must be there unless `fail_if_not_exists` is false.
fn reference(world: &World, place: Id, asked: &Value) -> Result<Option<Reference>, ApiError> {
    let Some(id) = asked["message_id"].as_str().and_then(|text| text.parse().ok()) else { return Ok(None) };
    if world.message(place, id).is_ok() {
        return Ok(Some(Reference { message_id: Some(id), channel_id: place }));
    }
    if asked["fail_if_not_exists"] == false {
        return Ok(None);
    }
    let mut form = Form::default();
    form.fail("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message");
    form.finish()?;
    Ok(None)
}

/// Puts a message into its channel and tells everybody who sees it; whoever posts in a thread or is named there joins it.
pub(crate) fn publish(world: &mut World, message: Message) {
    let (channel, author, named) = (message.channel_id, message.author, message.mentions.clone());
    if world.channels.get(&channel).is_some_and(|place| place.thread.is_some()) {
        for who in std::iter::once(author).chain(named) {
            threads::add_member(world, channel, who);
        }
    }
    let event = render::message_event(world, &message);
    world.keep(message);
    world.emit("MESSAGE_CREATE", event, Audience::Channel(channel));
}

/// Tells that a message has changed.
pub(crate) fn tell_changed(world: &mut World, channel: Id, id: Id) {
    let event = world.message(channel, id).map(|message| render::message_event(world, message));
    if let Ok(event) = event {
        world.emit("MESSAGE_UPDATE", event, Audience::Channel(channel));
    }
}

pub(crate) fn edit(world: &mut World, call: &Call, place: Id, id: Id) -> Answer {
    demand(world, call.who, place, 0)?;
    let message = world.message(place, id)?;
    let only_flags = call.body.as_object().is_some_and(|body| body.keys().all(|key| key == "flags"));
    if message.author != call.who {
        if !only_flags {
            return Err(ApiError::known(50005));
        }
        demand(world, call.who, place, may::MANAGE_MESSAGES)?;
    }
    if !matches!(message.kind, kinds::REGULAR | kinds::REPLY | kinds::COMMAND) {
        return Err(ApiError::known(50021));
    }
    threads::refuse_archived(world, place)?;
    change(world, call, &call.body, "", place, id)?;
    found(render::message_for(world, world.message(place, id)?, call.who))
}

/// Changes a message as a form says and tells it; the fields stand below `at` in the client's form.
pub(crate) fn change(
    world: &mut World,
    call: &Call,
    body: &Value,
    at: &str,
    place: Id,
    id: Id,
) -> Result<(), ApiError> {
    let mut message = world.message(place, id)?.clone();
    compose::amend(world, call, body, at, &mut message)?;
    message.edited = Some(world.now).filter(|_| message.flags & flags::LOADING == 0);
    message.flags &= !flags::LOADING;
    *world.message_mut(place, id)? = message;
    tell_changed(world, place, id);
    Ok(())
}

pub(crate) fn delete(world: &mut World, call: &Call, place: Id, id: Id) -> Answer {
    demand(world, call.who, place, 0)?;
    let message = world.message(place, id)?;
    if message.author != call.who {
        demand(world, call.who, place, may::MANAGE_MESSAGES)?;
    }
    if message.kind == kinds::THREAD_STARTER {
        return Err(ApiError::known(50021));
    }
    threads::refuse_archived(world, place)?;
    remove(world, place, id)?;
    done()
}

/// Takes a message out of its channel and tells it.
pub(crate) fn remove(world: &mut World, place: Id, id: Id) -> Result<(), ApiError> {
    world.forget(place, id)?;
    let event = json!({ "id": id, "channel_id": place, "guild_id": world.guild_id });
    world.emit("MESSAGE_DELETE", event, Audience::Channel(place));
    Ok(())
}
