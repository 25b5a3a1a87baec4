//! How the things of the guild look on the wire, field for field as Discord's `OpenAPI` description and its gateway
//! documentation name them. Reads the world and changes nothing.

use super::model::{Attachment, Channel, Member, Message, Origin, Reaction, Role, Thread, ThreadMember, User, flags};
use super::permissions;
use super::seed;
use super::snowflake::Id;
use super::world::World;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

/// A moment as Discord writes it: UTC, in microseconds.
pub(crate) fn moment(at: OffsetDateTime) -> Value {
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]+00:00");
    at.format(&form).map_or(Value::Null, Value::String)
}

pub(crate) fn user(user: &User) -> Value {
    let mut value = json!({
        "id": user.id, "username": user.username, "global_name": null, "discriminator": "0", "avatar": null,
        "avatar_decoration_data": null, "banner": null, "accent_color": null, "collectibles": null,
        "primary_guild": null, "public_flags": 0, "flags": 0,
    });
    if user.bot {
        value["bot"] = json!(true);
    }
    value
}

/// A user by id, also one who is gone.
pub(crate) fn user_of(world: &World, id: Id) -> Value {
    world.members.get(&id).map_or_else(
        || user(&User { id, username: "deleted-user".to_owned(), bot: false, token: String::new() }),
        |member| user(&member.user),
    )
}

/// A member without the user, as messages carry it.
pub(crate) fn partial_member(member: &Member) -> Value {
    json!({
        "roles": member.roles, "nick": null, "avatar": null, "banner": null, "premium_since": null,
        "joined_at": moment(member.joined_at), "pending": false, "deaf": false, "mute": false, "flags": 0,
        "communication_disabled_until": null,
    })
}

pub(crate) fn member(member: &Member) -> Value {
    let mut value = partial_member(member);
    value["user"] = user(&member.user);
    value
}

/// A member with the permissions they have where an interaction began.
pub(crate) fn member_in(world: &World, who: &Member, channel: &Channel) -> Value {
    let mut value = member(who);
    value["permissions"] = json!(permissions::in_channel(world, who, channel).to_string());
    value
}

pub(crate) fn role(world: &World, role: &Role) -> Value {
    let mut value = json!({
        "id": role.id, "name": role.name, "permissions": role.permissions.to_string(), "position": role.position,
        "color": role.color,
        "colors": { "primary_color": role.color, "secondary_color": null, "tertiary_color": null },
        "hoist": role.color != 0, "managed": role.managed, "mentionable": false, "icon": null,
        "unicode_emoji": null, "description": null, "flags": 0,
    });
    if role.managed {
        value["tags"] = json!({ "bot_id": world.bot() });
    }
    value
}

pub(crate) fn channel(world: &World, channel: &Channel) -> Value {
    if let Some(thread) = &channel.thread {
        return thread_channel(world, channel, thread);
    }
    let overwrites = channel.overwrites.iter().map(|overwrite| {
        json!({
            "id": overwrite.id, "type": overwrite.kind, "allow": overwrite.allow.to_string(),
            "deny": overwrite.deny.to_string(),
        })
    });
    json!({
        "id": channel.id, "type": channel.kind, "guild_id": world.guild_id, "name": channel.name,
        "topic": channel.topic, "position": channel.position, "parent_id": channel.parent_id,
        "last_message_id": channel.last_message_id, "last_pin_timestamp": null, "nsfw": false,
        "rate_limit_per_user": channel.rate_limit_per_user, "flags": 0,
        "permission_overwrites": overwrites.collect::<Vec<_>>(),
    })
}

fn thread_channel(world: &World, channel: &Channel, thread: &Thread) -> Value {
    json!({
        "id": channel.id, "type": channel.kind, "guild_id": world.guild_id, "parent_id": channel.parent_id,
        "owner_id": thread.owner, "name": channel.name, "last_message_id": channel.last_message_id,
        "last_pin_timestamp": null, "rate_limit_per_user": channel.rate_limit_per_user, "flags": 0,
        "message_count": thread.message_count, "total_message_sent": thread.total_message_sent,
        "member_count": thread.members.len().min(50),
        "thread_metadata": {
            "archived": thread.archived, "locked": thread.locked,
            "auto_archive_duration": thread.auto_archive_duration,
            "archive_timestamp": moment(thread.archive_timestamp),
            "create_timestamp": moment(thread.create_timestamp),
        },
    })
}

pub(crate) fn thread_member(thread: Id, who: &ThreadMember) -> Value {
    json!({ "id": thread, "user_id": who.user, "join_timestamp": moment(who.joined), "flags": 0 })
}

/// A channel as interactions carry it, with the permissions of whoever acts.
pub(crate) fn partial_channel(world: &World, place: &Channel, who: &Member) -> Value {
    let mut value = channel(world, place);
    value["permissions"] = json!(permissions::in_channel(world, who, place).to_string());
    value
}

pub(crate) fn attachment(world: &World, place: Id, file: &Attachment) -> Value {
    let url = format!("{}/attachments/{place}/{}/{}", world.base, file.id, file.filename);
    let mut value = json!({
        "id": file.id, "filename": file.filename, "size": file.size, "url": url, "proxy_url": url,
        "content_type": file.content_type,
    });
    if let Some(description) = &file.description {
        value["description"] = json!(description);
    }
    value
}

/// An emoji of a reaction; the guild has none of its own, so it is always a character.
pub(crate) fn emoji(name: &str) -> Value {
    json!({ "id": null, "name": name })
}

fn reaction(reaction: &Reaction, viewer: Id) -> Value {
    let count = reaction.users.len();
    json!({
        "emoji": emoji(&reaction.emoji), "count": count, "count_details": { "normal": count, "burst": 0 },
        "burst_colors": [], "me": reaction.users.contains(&viewer), "me_burst": false, "burst_me": false,
        "burst_count": 0,
    })
}

fn origin_of(world: &World, origin: &Origin) -> Value {
    let mut value = json!({
        "id": origin.interaction, "type": origin.kind, "user": user_of(world, origin.user),
        "authorizing_integration_owners": { "0": world.guild_id },
    });
    if origin.kind == 2 {
        value["name"] = json!(origin.name);
        value["command_type"] = json!(1);
    }
    if let Some(message) = origin.interacted {
        value["interacted_message_id"] = json!(message);
    }
    if let Some(message) = origin.original {
        value["original_response_message_id"] = json!(message);
    }
    if let Some(trigger) = &origin.trigger {
        value["triggering_interaction_metadata"] = origin_of(world, trigger);
    }
    value
}

/// A message as the gateway tells it to everybody: without reactions, which look different to each viewer.
pub(crate) fn message(world: &World, message: &Message) -> Value {
    let files = message.attachments.iter().map(|file| attachment(world, message.channel_id, file));
    let embeds = if message.flags & flags::SUPPRESS_EMBEDS == 0 { message.embeds.as_slice() } else { &[] };
    let mut value = json!({
        "id": message.id, "channel_id": message.channel_id, "type": message.kind, "content": message.content,
        "author": user_of(world, message.author), "timestamp": moment(message.timestamp),
        "edited_timestamp": message.edited.map(moment), "tts": message.tts,
        "mention_everyone": message.mention_everyone,
        "mentions": message.mentions.iter().map(|id| user_of(world, *id)).collect::<Vec<_>>(),
        "mention_roles": message.mention_roles, "attachments": files.collect::<Vec<_>>(), "embeds": embeds,
        "components": message.components, "pinned": message.pinned, "flags": message.flags,
    });
    if let Some(nonce) = &message.nonce {
        value["nonce"] = nonce.clone();
    }
    if let Some(from) = &message.origin {
        value["application_id"] = json!(world.application_id);
        value["webhook_id"] = json!(world.application_id);
        value["interaction_metadata"] = origin_of(world, from);
        if from.kind == 2 {
            value["interaction"] =
                json!({ "id": from.interaction, "type": 2, "name": from.name, "user": user_of(world, from.user) });
        }
    }
    if let Some(reference) = &message.reference {
        value["message_reference"] =
            json!({ "type": 0, "channel_id": reference.channel_id, "guild_id": world.guild_id });
        if let Some(id) = reference.message_id {
            value["message_reference"]["message_id"] = json!(id);
            let referenced = world.history.get(&reference.channel_id).and_then(|history| history.get(&id));
            // One step deep, as Discord does: what the referenced message refers to is left out.
            value["referenced_message"] = referenced
                .map_or(Value::Null, |other| self::message(world, &Message { reference: None, ..other.clone() }));
        }
    }
    if message.flags & flags::HAS_THREAD != 0
        && let Some(thread) = world.channels.get(&message.id)
    {
        value["thread"] = channel(world, thread);
    }
    value
}

/// A message as the HTTP API answers it to one viewer: with reactions.
pub(crate) fn message_for(world: &World, it: &Message, viewer: Id) -> Value {
    let mut value = message(world, it);
    if !it.reactions.is_empty() {
        value["reactions"] = it.reactions.iter().map(|entry| reaction(entry, viewer)).collect();
    }
    value
}

/// A message as a dispatch tells it: with the guild and the author's membership.
pub(crate) fn message_event(world: &World, it: &Message) -> Value {
    let mut value = message(world, it);
    value["guild_id"] = json!(world.guild_id);
    if let Some(author) = world.members.get(&it.author) {
        value["member"] = partial_member(author);
    }
    value
}

/// The guild as `GET /guilds/{id}` answers it.
pub(crate) fn guild(world: &World) -> Value {
    json!({
        "id": world.guild_id, "name": seed::GUILD, "icon": null, "icon_hash": null, "description": null,
        "home_header": null, "splash": null, "discovery_splash": null, "features": [], "banner": null,
        "owner_id": world.owner_id, "application_id": null, "region": "deprecated", "afk_channel_id": null,
        "afk_timeout": 300, "system_channel_id": null, "system_channel_flags": 0, "widget_enabled": false,
        "widget_channel_id": null, "verification_level": 0, "default_message_notifications": 1, "mfa_level": 0,
        "explicit_content_filter": 0, "max_presences": null, "max_members": 500_000,
        "max_stage_video_channel_users": 50, "max_video_channel_users": 25, "vanity_url_code": null,
        "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": "en-US", "rules_channel_id": null,
        "safety_alerts_channel_id": null, "public_updates_channel_id": null, "premium_progress_bar_enabled": false,
        "nsfw": false, "nsfw_level": 0, "emojis": [], "stickers": [], "incidents_data": null,
        "roles": world.roles.iter().map(|entry| role(world, entry)).collect::<Vec<_>>(),
    })
}

/// The guild as `GUILD_CREATE` tells it: with channels, and the threads and members that the viewer may know.
pub(crate) fn guild_create(world: &World, viewer: Id, all_members: bool) -> Value {
    let mut value = guild(world);
    let visible = |place: &&Channel| permissions::sees(world, viewer, place.id);
    // Clients are told of all channels and hide what their member may not see; threads come only where they are seen.
    let listed = world.channels.values().filter(|place| place.thread.is_none());
    let active = |place: &&Channel| place.thread.as_ref().is_some_and(|thread| !thread.archived);
    let threads = world.channels.values().filter(active).filter(visible);
    let known = world.members.values().filter(|who| all_members || who.user.id == viewer);
    let joined = world.members.get(&viewer).map_or(world.now, |who| who.joined_at);
    value["channels"] = listed.map(|place| channel(world, place)).collect();
    value["threads"] = threads.map(|place| thread_seen(world, place, viewer)).collect();
    value["members"] = known.map(member).collect();
    value["member_count"] = json!(world.members.len());
    value["joined_at"] = moment(joined);
    for empty in [
        "voice_states",
        "presences",
        "stage_instances",
        "guild_scheduled_events",
        "soundboard_sounds",
        "embedded_activities",
    ] {
        value[empty] = json!([]);
    }
    value["large"] = json!(false);
    value["unavailable"] = json!(false);
    value
}

/// A thread with the viewer's own membership in it, if there is one.
pub(crate) fn thread_seen(world: &World, place: &Channel, viewer: Id) -> Value {
    let mut value = channel(world, place);
    let members = place.thread.as_ref().map(|thread| thread.members.as_slice()).unwrap_or_default();
    if let Some(own) = members.iter().find(|who| who.user == viewer) {
        value["member"] = thread_member(place.id, own);
    }
    value
}

/// The application as `GET /applications/@me` answers it.
pub(crate) fn application(world: &World) -> Value {
    json!({
        "id": world.application_id, "name": seed::BOT, "icon": null, "description": "", "type": null,
        "bot": user_of(world, world.bot()), "bot_public": false, "bot_require_code_grant": false,
        "verify_key": "0".repeat(64), "flags": APPLICATION_FLAGS, "flags_new": APPLICATION_FLAGS.to_string(),
        "redirect_uris": [], "interactions_endpoint_url": null, "role_connections_verification_url": null,
        "owner": user_of(world, world.owner_id), "approximate_guild_count": 1, "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0, "explicit_content_filter": 0, "team": null, "summary": "",
        "eligible_oauth2_scopes": ["applications.commands", "bot"], "rpc_origins": [], "tags": [], "hook": true,
    })
}

/// Presence, members and message content, each in the limited form that small applications have.
pub(crate) const APPLICATION_FLAGS: u64 = 1 << 13 | 1 << 15 | 1 << 19;
