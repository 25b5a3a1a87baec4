//! The guild, its members and roles, and the users behind them.

use super::Call;
use crate::discord::dispatch::Audience;
use crate::discord::error::{Answer, ApiError, done, found};
use crate::discord::permissions as may;
use crate::discord::render;
use crate::discord::seed;
use crate::discord::snowflake::Id;
use crate::discord::world::{Touched, World};
use serde_json::{Value, json};

pub(crate) fn get(world: &World, call: &Call) -> Answer {
    let mut guild = render::guild(world);
    if call.query.get("with_counts").is_some_and(|asked| asked == "true" || asked == "1") {
        guild["approximate_member_count"] = json!(world.members.len());
        guild["approximate_presence_count"] = json!(world.members.len());
    }
    found(guild)
}

/// The guild's channels that the viewer sees, threads left out as Discord does.
pub(crate) fn channels(world: &World, call: &Call) -> Answer {
    let listed = world.channels.values().filter(|place| place.thread.is_none());
    let listed = listed.filter(|place| may::sees(world, call.who, place.id));
    found(listed.map(|place| render::channel(world, place)).collect())
}

pub(crate) fn members(world: &World, call: &Call) -> Answer {
    let limit = call.number("limit", 1, 1, 1_000)?;
    let after = call.id("after").unwrap_or_default();
    found(world.members.range(Id(after.0 + 1)..).take(limit).map(|(_, member)| render::member(member)).collect())
}

pub(crate) fn search(world: &World, call: &Call) -> Answer {
    let limit = call.number("limit", 1, 1, 1_000)?;
    let query = call.query.get("query").map(|query| query.to_lowercase()).unwrap_or_default();
    let fitting = world.members.values().filter(|member| member.user.username.starts_with(&query));
    found(fitting.take(limit).map(render::member).collect())
}

pub(crate) fn member(world: &World, who: Id) -> Answer {
    found(render::member(world.member(who)?))
}

/// Gives or takes a role. Asks for `MANAGE_ROLES` and, as Discord does, for a role above the one in question.
pub(crate) fn set_role(world: &mut World, call: &Call, who: Id, role: Id, held: bool) -> Answer {
    let asking = world.member(call.who)?;
    let wanted = world.roles.iter().find(|entry| entry.id == role).ok_or_else(|| ApiError::known(10011))?;
    let own = world.roles.iter().filter(|entry| asking.roles.contains(&entry.id));
    let highest = own.map(|entry| entry.position).max().unwrap_or(0);
    let allowed = may::of_member(world, asking) & may::MANAGE_ROLES != 0;
    if !allowed || wanted.managed || wanted.position >= highest || role == world.guild_id {
        return Err(ApiError::known(50013));
    }
    let member = world.members.get_mut(&who).ok_or_else(|| ApiError::known(10007))?;
    if member.roles.contains(&role) == held {
        return done();
    }
    member.roles.retain(|entry| *entry != role);
    if held {
        member.roles.push(role);
    }
    let mut told = render::member(member);
    told["guild_id"] = json!(world.guild_id);
    world.touch(Touched::Member(who));
    world.emit("GUILD_MEMBER_UPDATE", told, Audience::Guild);
    done()
}

pub(crate) fn users(world: &World, call: &Call, path: &[&str]) -> Answer {
    match (call.method.as_str(), path) {
        ("GET", ["@me"]) => found(own_user(world, call.who)),
        ("GET", ["@me", "guilds"]) => {
            let mut guild =
                json!({ "id": world.guild_id, "name": seed::GUILD, "icon": null, "banner": null, "features": [] });
            guild["owner"] = json!(call.who == world.owner_id);
            guild["permissions"] = json!(may::of_member(world, world.member(call.who)?).to_string());
            found(json!([guild]))
        }
        ("GET", ["@me", "guilds", _, "member"]) => member(world, call.who),
        // People here have no direct messages; as on Discord, one may have closed them.
        ("POST", ["@me", "channels"]) => Err(ApiError::known(50007)),
        ("GET", [who]) => {
            let who = who.parse().map_err(|_| ApiError::known(10013))?;
            let user = world.members.get(&who).map(|member| render::user(&member.user));
            found(user.ok_or_else(|| ApiError::known(10013))?)
        }
        _ => Err(ApiError::not_found()),
    }
}

/// A user as they see themselves.
pub(crate) fn own_user(world: &World, who: Id) -> Value {
    let mut user = render::user_of(world, who);
    user["mfa_enabled"] = json!(true);
    user["verified"] = json!(true);
    user["locale"] = json!("en-US");
    user["email"] = Value::Null;
    user["bio"] = json!("");
    user
}
