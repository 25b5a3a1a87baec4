//! Channels themselves: reading one, changing or removing a thread, typing, pins.

use super::{Call, messages, threads};
use crate::discord::dispatch::Audience;
use crate::discord::error::{Answer, ApiError, Form, done, found};
use crate::discord::model::{Message, Reference, kinds};
use crate::discord::permissions::{self as may, demand};
use crate::discord::render;
use crate::discord::snowflake::Id;
use crate::discord::world::{Touched, World};
use serde_json::{Value, json};

pub(crate) fn get(world: &World, call: &Call, place: Id) -> Answer {
    demand(world, call.who, place, 0)?;
    found(render::thread_seen(world, world.channel(place)?, call.who))
}

pub(crate) fn edit(world: &mut World, call: &Call, place: Id) -> Answer {
    demand(world, call.who, place, 0)?;
    if world.channel(place)?.thread.is_some() {
        return edit_thread(world, call, place);
    }
    demand(world, call.who, place, may::MANAGE_CHANNELS)?;
    let mut form = Form::default();
    let name = call.body["name"].as_str();
    form.length("name", name.unwrap_or("unchanged"), 1, 100);
    form.length("topic", call.body["topic"].as_str().unwrap_or_default(), 0, 1_024);
    form.finish()?;
    let channel = world.channel_mut(place)?;
    name.unwrap_or(&channel.name.clone()).clone_into(&mut channel.name);
    if let Some(topic) = call.body.get("topic") {
        channel.topic = topic.as_str().map(str::to_owned);
    }
    let told = render::channel(world, world.channel(place)?);
    world.emit("CHANNEL_UPDATE", told.clone(), Audience::Channel(place));
    found(told)
}

/// Its owner may rename and archive a thread, anybody who may write there opens an unlocked one again; the rest is for
/// those who manage threads. An archived thread can only be opened or locked.
fn edit_thread(world: &mut World, call: &Call, place: Id) -> Answer {
    let body = &call.body;
    let mut form = Form::default();
    threads::check(&mut form, body);
    form.finish()?;
    let now = world.now;
    let manages = demand(world, call.who, place, may::MANAGE_THREADS).is_ok();
    let channel = world.channel(place)?;
    let Some(thread) = &channel.thread else { return Err(ApiError::known(50024)) };
    let opens = body["archived"] == false;
    let only_opens = opens && body.as_object().is_some_and(|body| body.len() == 1);
    let anybody = only_opens && !thread.locked && demand(world, call.who, place, may::SEND_MESSAGES_IN_THREADS).is_ok();
    let owns = thread.owner == call.who && !thread.locked && body["locked"].is_null();
    if !(manages || owns || anybody) {
        return Err(ApiError::known(50013));
    }
    let touches_more = body.as_object().is_some_and(|body| body.keys().any(|key| key != "archived" && key != "locked"));
    if thread.archived && !opens && touches_more {
        return Err(ApiError::known(50083));
    }
    let channel = world.channel_mut(place)?;
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut channel.name);
    }
    if let Some(seconds) = body["rate_limit_per_user"].as_u64() {
        channel.rate_limit_per_user = seconds.try_into().unwrap_or(0);
    }
    if let Some(thread) = &mut channel.thread {
        if let Some(archived) = body["archived"].as_bool().filter(|archived| *archived != thread.archived) {
            thread.archived = archived;
            thread.archive_timestamp = now;
        }
        thread.locked = body["locked"].as_bool().unwrap_or(thread.locked);
        let minutes = body["auto_archive_duration"].as_u64().and_then(|minutes| minutes.try_into().ok());
        thread.auto_archive_duration = minutes.unwrap_or(thread.auto_archive_duration);
    }
    threads::tell_updated(world, place);
    found(render::thread_seen(world, world.channel(place)?, call.who))
}

/// Removes a thread with all its messages. The guild's own channels stay: their names are public interface.
pub(crate) fn delete(world: &mut World, call: &Call, place: Id) -> Answer {
    demand(world, call.who, place, may::MANAGE_THREADS)?;
    let channel = world.channel(place)?.clone();
    if channel.thread.is_none() {
        return Err(ApiError::known(50013));
    }
    let answer = render::channel(world, &channel);
    let told = json!({ "id": place, "guild_id": world.guild_id, "parent_id": channel.parent_id, "type": channel.kind });
    for id in world.history.remove(&place).unwrap_or_default().into_keys() {
        world.touch(Touched::Message(place, id));
    }
    world.channels.remove(&place);
    world.touch(Touched::Channel(place));
    let audience = channel.parent_id.map_or(Audience::Guild, Audience::Channel);
    world.emit("THREAD_DELETE", told, audience);
    found(answer)
}

pub(crate) fn typing(world: &mut World, call: &Call, place: Id) -> Answer {
    demand(world, call.who, place, may::to_post_in(world.channel(place)?))?;
    let told = json!({
        "channel_id": place, "guild_id": world.guild_id, "user_id": call.who, "timestamp": world.now.unix_timestamp(),
        "member": render::member(world.member(call.who)?),
    });
    world.emit("TYPING_START", told, Audience::Channel(place));
    done()
}

/// Pinned messages, newest first; `paged` is the newer form with the time of each pin.
pub(crate) fn pins(world: &World, call: &Call, place: Id, paged: bool) -> Answer {
    demand(world, call.who, place, may::READ_MESSAGE_HISTORY)?;
    let history = world.history.get(&place);
    let pinned: Vec<&Message> = history.into_iter().flat_map(|it| it.values().rev()).filter(|it| it.pinned).collect();
    if !paged {
        return found(pinned.into_iter().map(|message| render::message_for(world, message, call.who)).collect());
    }
    let item = |message: &Message| json!({ "pinned_at": render::moment(message.timestamp), "message": render::message_for(world, message, call.who) });
    found(json!({ "items": pinned.into_iter().map(item).collect::<Vec<_>>(), "has_more": false }))
}

pub(crate) fn pin(world: &mut World, call: &Call, place: Id, id: Id, pinned: bool) -> Answer {
    demand(world, call.who, place, may::MANAGE_MESSAGES)?;
    threads::refuse_archived(world, place)?;
    let count = world.history.get(&place).map_or(0, |history| history.values().filter(|it| it.pinned).count());
    if pinned && count >= 50 {
        return Err(ApiError::known(30003));
    }
    world.message_mut(place, id)?.pinned = pinned;
    messages::tell_changed(world, place, id);
    let told = json!({ "guild_id": world.guild_id, "channel_id": place, "last_pin_timestamp": Value::Null });
    world.emit("CHANNEL_PINS_UPDATE", told, Audience::Channel(place));
    if pinned {
        let mut notice = world.message(place, id)?.clone();
        notice.id = world.next_id();
        notice.kind = kinds::PINS_ADD;
        notice.author = call.who;
        notice.timestamp = world.now;
        notice.reference = Some(Reference { message_id: Some(id), channel_id: place });
        let notice = Message {
            content: String::new(),
            edited: None,
            attachments: Vec::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            reactions: Vec::new(),
            nonce: None,
            pinned: false,
            flags: 0,
            origin: None,
            ..notice
        };
        messages::publish(world, notice);
    }
    done()
}
