//! Application commands: the bot registers them, members' clients read them.

use super::{Call, command_rules};
use crate::discord::error::{Answer, ApiError, Form, created, done, found};
use crate::discord::permissions as may;
use crate::discord::render;
use crate::discord::seed;
use crate::discord::snowflake::Id;
use crate::discord::world::{Touched, World};
use serde_json::{Map, Value, json};

/// Slash commands of one scope (Discord: 100).
const MOST: usize = 100;

/// Whether a command belongs to a guild, or with `None` to all.
fn within(command: &Value, scope: Option<Id>) -> bool {
    match scope {
        Some(guild) => command["guild_id"] == guild.to_string().as_str(),
        None => command["guild_id"].is_null(),
    }
}

pub(crate) fn list(world: &World, scope: Option<Id>) -> Value {
    world.commands.iter().filter(|command| within(command, scope)).cloned().collect()
}

/// The command as it is kept: with ids. It keeps its id when one of the same name and type is there, and its version
/// when nothing changed.
fn kept(world: &mut World, scope: Option<Id>, tidy: Map<String, Value>) -> Value {
    let same = |old: &&Value| within(old, scope) && old["name"] == tidy["name"] && old["type"] == tidy["type"];
    let old = world.commands.iter().find(same).cloned();
    let mut command = json!({
        "id": old.as_ref().map_or_else(|| json!(world.next_id()), |old| old["id"].clone()),
        "application_id": world.application_id,
    });
    if let Some(guild) = scope {
        command["guild_id"] = json!(guild);
    } else {
        command["dm_permission"] = json!(true);
    }
    for (key, value) in tidy {
        command[key] = value;
    }
    let unchanged = old.filter(|old| {
        command["version"] = old["version"].clone();
        *old == command
    });
    unchanged.unwrap_or_else(|| {
        command["version"] = json!(world.next_id());
        command
    })
}

pub(crate) fn overwrite(world: &mut World, call: &Call, scope: Option<Id>) -> Answer {
    let Some(given) = call.body.as_array() else {
        let mut form = Form::default();
        form.fail("", "BASE_TYPE_LIST", "Only iterables may be used in a ListType");
        form.finish()?;
        return done();
    };
    if given.len() > MOST {
        return Err(ApiError::known(30032));
    }
    let mut form = Form::default();
    let tidy: Vec<_> = given
        .iter()
        .enumerate()
        .map(|(n, command)| command_rules::command(&mut form, &n.to_string(), command))
        .collect();
    for (index, command) in tidy.iter().enumerate() {
        let repeated = tidy[..index].iter().any(|old| old["name"] == command["name"] && old["type"] == command["type"]);
        if repeated {
            let message = "Application command names must be unique";
            form.fail(&index.to_string(), "APPLICATION_COMMANDS_DUPLICATE_NAME", message);
        }
    }
    form.finish()?;
    let commands: Vec<Value> = tidy.into_iter().map(|tidy| kept(world, scope, tidy)).collect();
    world.commands.retain(|command| !within(command, scope));
    world.commands.extend(commands.iter().cloned());
    world.touch(Touched::Commands);
    found(Value::Array(commands))
}

pub(crate) fn create(world: &mut World, call: &Call, scope: Option<Id>) -> Answer {
    let mut form = Form::default();
    let tidy = command_rules::command(&mut form, "", &call.body);
    form.finish()?;
    let command = kept(world, scope, tidy);
    let before = world.commands.len();
    world.commands.retain(|old| old["id"] != command["id"]);
    let replaced = world.commands.len() < before;
    if !replaced && world.commands.iter().filter(|old| within(old, scope)).count() >= MOST {
        return Err(ApiError::known(30032));
    }
    world.commands.push(command.clone());
    world.touch(Touched::Commands);
    if replaced { found(command) } else { created(command) }
}

fn position(world: &World, scope: Option<Id>, id: Id) -> Result<usize, ApiError> {
    let id = id.to_string();
    let place = world.commands.iter().position(|command| within(command, scope) && command["id"] == id.as_str());
    place.ok_or_else(|| ApiError::known(10063))
}

pub(crate) fn get(world: &World, scope: Option<Id>, id: Id) -> Answer {
    found(world.commands[position(world, scope, id)?].clone())
}

pub(crate) fn edit(world: &mut World, call: &Call, scope: Option<Id>, id: Id) -> Answer {
    let place = position(world, scope, id)?;
    let mut wanted = world.commands[place].clone();
    for (key, value) in call.body.as_object().into_iter().flatten() {
        wanted[key] = value.clone();
    }
    let mut form = Form::default();
    let tidy = command_rules::command(&mut form, "", &wanted);
    form.finish()?;
    let version = world.next_id();
    let command = &mut world.commands[place];
    if !tidy.contains_key("options")
        && let Some(command) = command.as_object_mut()
    {
        command.shift_remove("options");
    }
    for (key, value) in tidy {
        command[key] = value;
    }
    command["version"] = json!(version);
    let command = command.clone();
    world.touch(Touched::Commands);
    found(command)
}

pub(crate) fn delete(world: &mut World, scope: Option<Id>, id: Id) -> Answer {
    let place = position(world, scope, id)?;
    world.commands.remove(place);
    world.touch(Touched::Commands);
    done()
}

/// Whether a member may use a command at all.
pub(crate) fn allowed(world: &World, who: Id, command: &Value) -> bool {
    let Some(member) = world.members.get(&who) else { return false };
    let needed = command["default_member_permissions"].as_str().and_then(|bits| bits.parse::<u64>().ok());
    let held = may::of_member(world, member);
    match needed {
        None => true,
        // "0" closes a command to all but administrators.
        Some(0) => held == may::ALL,
        Some(needed) => held & needed == needed,
    }
}

/// The commands that a member may use here, as Discord's own client reads them.
pub(crate) fn index(world: &World, call: &Call) -> Answer {
    let commands = world.commands.iter().filter(|command| allowed(world, call.who, command));
    found(json!({
        "applications": [{
            "id": world.application_id, "name": seed::BOT, "description": "", "icon": null,
            "bot": render::user_of(world, world.bot()),
        }],
        "application_commands": commands.cloned().collect::<Vec<_>>(),
    }))
}
