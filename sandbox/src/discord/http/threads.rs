//! Threads: opening, following, archiving (Discord: "Threads"). A thread is a channel whose parent's permissions hold.

use super::{Call, messages};
use crate::discord::dispatch::Audience;
use crate::discord::error::{Answer, ApiError, Form, created, done, found};
use crate::discord::model::{Channel, Message, Reference, Thread, ThreadMember, flags, kinds};
use crate::discord::permissions::{self as may, demand};
use crate::discord::render;
use crate::discord::snowflake::Id;
use crate::discord::world::{Touched, World};
use serde_json::{Value, json};

/// Minutes after which a silent thread may be archived.
const DURATIONS: [u64; 4] = [60, 1_440, 4_320, 10_080];

/// Checks the fields that opening and changing a thread share.
pub(crate) fn check(form: &mut Form, body: &Value) {
    if let Some(name) = body["name"].as_str() {
        form.length("name", name, 1, 100);
    }
    if body["auto_archive_duration"].as_u64().is_some_and(|minutes| !DURATIONS.contains(&minutes)) {
        form.choice("auto_archive_duration", "60, 1440, 4320, 10080");
    }
    if body["rate_limit_per_user"].as_u64().is_some_and(|seconds| seconds > 21_600) {
        form.fail("rate_limit_per_user", "NUMBER_TYPE_MAX", "int value should be less than or equal to 21600.");
    }
}

pub(crate) fn from_message(world: &mut World, call: &Call, place: Id, id: Id) -> Answer {
    demand(world, call.who, place, may::CREATE_PUBLIC_THREADS | may::READ_MESSAGE_HISTORY)?;
    if world.channel(place)?.thread.is_some() {
        return Err(ApiError::known(50024));
    }
    let message = world.message(place, id)?;
    if message.flags & flags::HAS_THREAD != 0 {
        return Err(ApiError::known(160_004));
    }
    if !matches!(message.kind, kinds::REGULAR | kinds::REPLY | kinds::COMMAND) {
        return Err(ApiError::known(50021));
    }
    // A thread on a message has that message's id.
    open(world, call, place, id)?;
    world.message_mut(place, id)?.flags |= flags::HAS_THREAD;
    let reference = Reference { message_id: Some(id), channel_id: place };
    let starter = system_message(world, id, call.who, kinds::THREAD_STARTER, String::new(), reference);
    let told = render::message_event(world, &starter);
    world.keep(starter);
    world.emit("MESSAGE_CREATE", told, Audience::Channel(id));
    messages::tell_changed(world, place, id);
    created(render::thread_seen(world, world.channel(id)?, call.who))
}

pub(crate) fn create(world: &mut World, call: &Call, place: Id) -> Answer {
    demand(world, call.who, place, may::CREATE_PUBLIC_THREADS)?;
    if world.channel(place)?.thread.is_some() {
        return Err(ApiError::known(50024));
    }
    if call.body["type"].as_u64().is_some_and(|kind| kind != 11) {
        let mut form = Form::default();
        form.choice("type", "11");
        form.finish()?;
    }
    let id = world.next_id();
    open(world, call, place, id)?;
    let name = world.channel(id)?.name.clone();
    let reference = Reference { message_id: None, channel_id: id };
    let notice = system_message(world, place, call.who, kinds::THREAD_CREATED, name, reference);
    let told = render::message_event(world, &notice);
    world.keep(notice);
    world.emit("MESSAGE_CREATE", told, Audience::Channel(place));
    created(render::thread_seen(world, world.channel(id)?, call.who))
}

/// Opens a thread below `place` with its creator in it.
fn open(world: &mut World, call: &Call, place: Id, id: Id) -> Result<(), ApiError> {
    let mut form = Form::default();
    check(&mut form, &call.body);
    let name = call.body["name"].as_str().unwrap_or_default().to_owned();
    if call.body["name"].is_null() {
        form.required("name");
    }
    form.finish()?;
    let minutes = call.body["auto_archive_duration"].as_u64().and_then(|it| it.try_into().ok()).unwrap_or(4_320);
    let thread = Thread {
        owner: call.who,
        archived: false,
        locked: false,
        auto_archive_duration: minutes,
        archive_timestamp: world.now,
        create_timestamp: world.now,
        message_count: 0,
        total_message_sent: 0,
        members: vec![ThreadMember { user: call.who, joined: world.now }],
    };
    let channel = Channel {
        id,
        kind: 11,
        name,
        topic: None,
        position: 0,
        parent_id: Some(place),
        overwrites: Vec::new(),
        last_message_id: None,
        rate_limit_per_user: 0,
        thread: Some(thread),
    };
    let mut told = render::channel(world, &channel);
    told["newly_created"] = json!(true);
    world.channels.insert(id, channel);
    world.touch(Touched::Channel(id));
    world.emit("THREAD_CREATE", told, Audience::Channel(place));
    tell_joined(world, id, call.who);
    Ok(())
}

fn system_message(
    world: &mut World,
    channel: Id,
    author: Id,
    kind: u8,
    content: String,
    reference: Reference,
) -> Message {
    Message { content, reference: Some(reference), ..Message::blank(world.next_id(), channel, author, kind, world.now) }
}

/// Refuses what an archived thread does not allow: editing, reacting, deleting, using components (50083).
pub(crate) fn refuse_archived(world: &World, place: Id) -> Result<(), ApiError> {
    let archived = world.channel(place)?.thread.as_ref().is_some_and(|thread| thread.archived);
    if archived { Err(ApiError::known(50083)) } else { Ok(()) }
}

/// Before a post: an archived thread opens again by itself, unless it is locked for whoever posts (50083).
pub(crate) fn wake(world: &mut World, place: Id, who: Id) -> Result<(), ApiError> {
    let Some(thread) = &world.channel(place)?.thread else { return Ok(()) };
    let keeps_order = demand(world, who, place, may::MANAGE_THREADS).is_ok();
    if thread.locked && !keeps_order {
        return Err(ApiError::known(if thread.archived { 50083 } else { 160_005 }));
    }
    if thread.archived {
        let now = world.now;
        if let Some(thread) = &mut world.channel_mut(place)?.thread {
            thread.archived = false;
            thread.archive_timestamp = now;
        }
        tell_updated(world, place);
    }
    Ok(())
}

pub(crate) fn tell_updated(world: &mut World, id: Id) {
    if let Some(told) = world.channels.get(&id).map(|channel| render::channel(world, channel)) {
        world.emit("THREAD_UPDATE", told, Audience::Channel(id));
    }
}

/// Lets somebody follow a thread, if they see it and do not yet.
pub(crate) fn add_member(world: &mut World, id: Id, who: Id) {
    let now = world.now;
    if !may::sees(world, who, id) {
        return;
    }
    let Some(thread) = world.channels.get_mut(&id).and_then(|channel| channel.thread.as_mut()) else { return };
    if thread.members.iter().any(|member| member.user == who) {
        return;
    }
    thread.members.push(ThreadMember { user: who, joined: now });
    world.touch(Touched::Channel(id));
    tell_joined(world, id, who);
}

fn tell_joined(world: &mut World, id: Id, who: Id) {
    let Some(thread) = world.channels.get(&id).and_then(|channel| channel.thread.as_ref()) else { return };
    let Some(own) = thread.members.iter().find(|member| member.user == who) else { return };
    let mut added = render::thread_member(id, own);
    let mut own = added.clone();
    own["guild_id"] = json!(world.guild_id);
    if let Some(member) = world.members.get(&who) {
        added["member"] = render::member(member);
        added["presence"] = Value::Null;
    }
    let told = json!({
        "id": id, "guild_id": world.guild_id, "member_count": thread.members.len().min(50), "added_members": [added],
    });
    world.emit("THREAD_MEMBER_UPDATE", own, Audience::Member(who, None));
    world.emit("THREAD_MEMBERS_UPDATE", told, Audience::Channel(id));
}

pub(crate) fn join(world: &mut World, call: &Call, id: Id, who: Id) -> Answer {
    demand(world, call.who, id, if who == call.who { 0 } else { may::SEND_MESSAGES_IN_THREADS })?;
    thread(world, id)?;
    refuse_archived(world, id)?;
    add_member(world, id, who);
    done()
}

pub(crate) fn leave(world: &mut World, call: &Call, id: Id, who: Id) -> Answer {
    demand(world, call.who, id, if who == call.who { 0 } else { may::MANAGE_THREADS })?;
    thread(world, id)?;
    refuse_archived(world, id)?;
    let guild = world.guild_id;
    let Some(thread) = &mut world.channel_mut(id)?.thread else { return done() };
    thread.members.retain(|member| member.user != who);
    let count = thread.members.len().min(50);
    let told = json!({ "id": id, "guild_id": guild, "member_count": count, "removed_member_ids": [who] });
    world.emit("THREAD_MEMBERS_UPDATE", told, Audience::Channel(id));
    done()
}

fn thread(world: &World, id: Id) -> Result<&Thread, ApiError> {
    world.channel(id)?.thread.as_ref().ok_or_else(|| ApiError::known(50024))
}

pub(crate) fn members(world: &World, call: &Call, id: Id) -> Answer {
    demand(world, call.who, id, 0)?;
    found(thread(world, id)?.members.iter().map(|who| render::thread_member(id, who)).collect())
}

pub(crate) fn member(world: &World, call: &Call, id: Id, who: Id) -> Answer {
    demand(world, call.who, id, 0)?;
    let member = thread(world, id)?.members.iter().find(|member| member.user == who);
    found(render::thread_member(id, member.ok_or_else(|| ApiError::known(10007))?))
}

fn listing(world: &World, viewer: Id, threads: &[&Channel]) -> Value {
    let own = threads.iter().filter_map(|channel| {
        let member = channel.thread.as_ref()?.members.iter().find(|member| member.user == viewer)?;
        Some(render::thread_member(channel.id, member))
    });
    json!({
        "threads": threads.iter().map(|channel| render::thread_seen(world, channel, viewer)).collect::<Vec<_>>(),
        "members": own.collect::<Vec<_>>(), "has_more": false,
    })
}

pub(crate) fn active(world: &World, call: &Call) -> Answer {
    let open = |channel: &&Channel| channel.thread.as_ref().is_some_and(|thread| !thread.archived);
    let seen = |channel: &&Channel| may::sees(world, call.who, channel.id);
    let threads: Vec<_> = world.channels.values().rev().filter(open).filter(seen).collect();
    let mut answer = listing(world, call.who, &threads);
    answer["has_more"] = json!(false);
    found(answer)
}

pub(crate) fn archived(world: &World, call: &Call, place: Id) -> Answer {
    demand(world, call.who, place, may::READ_MESSAGE_HISTORY)?;
    let limit = call.number("limit", 50, 2, 100)?;
    let below = |channel: &&Channel| {
        channel.parent_id == Some(place) && channel.thread.as_ref().is_some_and(|thread| thread.archived)
    };
    let mut threads: Vec<_> = world.channels.values().filter(below).collect();
    threads.sort_by_key(|channel| std::cmp::Reverse(channel.thread.as_ref().map(|thread| thread.archive_timestamp)));
    let more = threads.len() > limit;
    threads.truncate(limit);
    let mut answer = listing(world, call.who, &threads);
    answer["has_more"] = json!(more);
    found(answer)
}
