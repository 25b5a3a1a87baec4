//! The table of paths: which function answers which. Paths that Discord has and nobody here needs answer 404.

use super::{Call, callback, channels, commands, followup, guild, interact, messages, reactions, threads};
use crate::discord::error::{Answer, ApiError, done, found};
use crate::discord::render;
use crate::discord::snowflake::Id;
use crate::discord::world::World;
use axum::http::Method;
use serde_json::json;

/// Reads a snowflake from a path.
fn id(text: &str) -> Result<Id, ApiError> {
    text.parse().map_err(|_| {
        let mut error = ApiError::new(400, 50035, "Invalid Form Body");
        let reason = format!("Value \"{text}\" is not snowflake.");
        error.body["errors"] = json!({ "_errors": [{ "code": "NUMBER_TYPE_COERCE", "message": reason }] });
        error
    })
}

/// Whether a path carries its own token and asks for no `Authorization`.
pub(crate) fn is_open(path: &[String]) -> bool {
    match path.first().map(String::as_str) {
        Some("webhooks" | "gateway") => path.get(1).map(String::as_str) != Some("bot"),
        Some("interactions") => path.len() > 1,
        _ => false,
    }
}

/// Answers a call. `call.who` is known unless the path is open.
pub(crate) fn answer(world: &mut World, call: &Call) -> Answer {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let method = call.method.as_str();
    match (method, path.as_slice()) {
        ("GET", ["gateway"]) => found(json!({ "url": gateway(world) })),
        ("GET", ["gateway", "bot"]) => found(json!({
            "url": gateway(world), "shards": 1,
            "session_start_limit": { "total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1 },
        })),
        ("GET", ["oauth2", "applications", "@me"] | ["applications", "@me"]) if call.who == world.bot() => {
            found(render::application(world))
        }
        (_, ["applications", app, rest @ ..]) => {
            if call.who != world.bot() || id(app)? != world.application_id {
                return Err(ApiError::known(50001));
            }
            applications(world, call, rest)
        }
        (_, ["users", ..]) => guild::users(world, call, &path[1..]),
        (_, ["guilds", own, ..]) if id(own)? != world.guild_id => Err(ApiError::known(10004)),
        (_, ["guilds", _, rest @ ..]) => guilds(world, call, rest),
        (_, ["channels", place, rest @ ..]) => in_channel(world, call, id(place)?, rest),
        ("POST", ["interactions"]) => interact::begin(world, call),
        ("POST", ["interactions", which, token, "callback"]) => callback::answer(world, call, id(which)?, token),
        (_, ["webhooks", app, token, rest @ ..]) => {
            if id(app)? != world.application_id {
                return Err(ApiError::known(10015));
            }
            webhooks(world, call, token, rest)
        }
        _ => Err(ApiError::not_found()),
    }
}

fn gateway(world: &World) -> String {
    format!("{}/gateway", world.base.replacen("http", "ws", 1))
}

fn applications(world: &mut World, call: &Call, path: &[&str]) -> Answer {
    let (scope, path) = match path {
        ["guilds", own, rest @ ..] if id(own)? == world.guild_id => (Some(world.guild_id), rest),
        ["guilds", ..] => return Err(ApiError::known(50001)),
        _ => (None, path),
    };
    match (call.method.as_str(), path) {
        ("GET", ["commands"]) => found(commands::list(world, scope)),
        ("PUT", ["commands"]) => commands::overwrite(world, call, scope),
        ("POST", ["commands"]) => commands::create(world, call, scope),
        ("GET", ["commands", which]) => commands::get(world, scope, id(which)?),
        ("PATCH", ["commands", which]) => commands::edit(world, call, scope, id(which)?),
        ("DELETE", ["commands", which]) => commands::delete(world, scope, id(which)?),
        _ => Err(ApiError::not_found()),
    }
}

fn guilds(world: &mut World, call: &Call, path: &[&str]) -> Answer {
    match (call.method.as_str(), path) {
        ("GET", []) => guild::get(world, call),
        ("GET", ["channels"]) => guild::channels(world, call),
        ("GET", ["roles"]) => found(world.roles.iter().map(|role| render::role(world, role)).collect()),
        ("GET", ["members"]) => guild::members(world, call),
        ("GET", ["members", "search"]) => guild::search(world, call),
        ("GET", ["members", "@me"]) => guild::member(world, call.who),
        ("GET", ["members", who]) => guild::member(world, id(who)?),
        ("PUT", ["members", who, "roles", role]) => guild::set_role(world, call, id(who)?, id(role)?, true),
        ("DELETE", ["members", who, "roles", role]) => guild::set_role(world, call, id(who)?, id(role)?, false),
        ("GET", ["threads", "active"]) => threads::active(world, call),
        ("GET", ["application-command-index"]) => commands::index(world, call),
        _ => Err(ApiError::not_found()),
    }
}

fn in_channel(world: &mut World, call: &Call, place: Id, path: &[&str]) -> Answer {
    match (&call.method, path) {
        (&Method::GET, []) => channels::get(world, call, place),
        (&Method::PATCH, []) => channels::edit(world, call, place),
        (&Method::DELETE, []) => channels::delete(world, call, place),
        (&Method::GET, ["messages"]) => messages::list(world, call, place),
        (&Method::POST, ["messages"]) => messages::create(world, call, place),
        (&Method::GET, ["messages", "pins"]) => channels::pins(world, call, place, true),
        (&Method::PUT, ["messages", "pins", it] | ["pins", it]) => channels::pin(world, call, place, id(it)?, true),
        (&Method::DELETE, ["messages", "pins", it] | ["pins", it]) => channels::pin(world, call, place, id(it)?, false),
        (&Method::GET, ["pins"]) => channels::pins(world, call, place, false),
        (&Method::GET, ["messages", it]) => messages::get(world, call, place, id(it)?),
        (&Method::PATCH, ["messages", it]) => messages::edit(world, call, place, id(it)?),
        (&Method::DELETE, ["messages", it]) => messages::delete(world, call, place, id(it)?),
        (&Method::POST, ["messages", it, "threads"]) => threads::from_message(world, call, place, id(it)?),
        (_, ["messages", it, "reactions", rest @ ..]) => reactions(world, call, (place, id(it)?), rest),
        (&Method::POST, ["threads"]) => threads::create(world, call, place),
        (&Method::GET, ["threads", "archived", "public"]) => threads::archived(world, call, place),
        (&Method::GET, ["threads", "archived", "private"]) => {
            found(json!({ "threads": [], "members": [], "has_more": false }))
        }
        (&Method::GET, ["thread-members"]) => threads::members(world, call, place),
        (&Method::GET, ["thread-members", who]) => threads::member(world, call, place, thread_member(call, who)?),
        (&Method::PUT, ["thread-members", who]) => threads::join(world, call, place, thread_member(call, who)?),
        (&Method::DELETE, ["thread-members", who]) => threads::leave(world, call, place, thread_member(call, who)?),
        (&Method::POST, ["typing"]) => channels::typing(world, call, place),
        (_, ["messages" | "pins" | "typing" | "threads" | "thread-members", ..]) => Err(ApiError::method_not_allowed()),
        _ => Err(ApiError::not_found()),
    }
}

fn thread_member(call: &Call, who: &str) -> Result<Id, ApiError> {
    if who == "@me" { Ok(call.who) } else { id(who) }
}

fn reactions(world: &mut World, call: &Call, at: (Id, Id), path: &[&str]) -> Answer {
    match (&call.method, path) {
        (&Method::PUT, [emoji, "@me"]) => reactions::add(world, call, at, emoji),
        (&Method::DELETE, [emoji, "@me"]) => reactions::remove(world, call, at, emoji, call.who),
        (&Method::DELETE, [emoji, who]) => reactions::remove(world, call, at, emoji, id(who)?),
        (&Method::GET, [emoji]) => reactions::users(world, call, at, emoji),
        (&Method::DELETE, []) => reactions::clear(world, call, at, None),
        (&Method::DELETE, [emoji]) => reactions::clear(world, call, at, Some(emoji)),
        _ => Err(ApiError::method_not_allowed()),
    }
}

fn webhooks(world: &mut World, call: &Call, token: &str, path: &[&str]) -> Answer {
    let which = |world: &World, text: &str| followup::named(world, token, text);
    match (&call.method, path) {
        (&Method::POST, []) => followup::create(world, call, token),
        (&Method::GET, ["messages", it]) => {
            let message = which(world, it)?;
            found(render::message_for(world, &message, world.bot()))
        }
        (&Method::PATCH, ["messages", it]) => {
            let message = which(world, it)?;
            followup::edit(world, call, token, &message)
        }
        (&Method::DELETE, ["messages", it]) => {
            let message = which(world, it)?;
            followup::delete(world, &message)?;
            done()
        }
        _ => Err(ApiError::not_found()),
    }
}
