//! A member begins an interaction, as Discord's own client does: a command, a button or select, a text being typed, a
//! modal sent off. It is checked here and handed to the bot over the gateway; the answer comes through `callback`.

use super::{Call, commands, invoke, threads};
use crate::discord::dispatch::Audience;
use crate::discord::error::{Answer, ApiError, Form, done};
use crate::discord::interactions::{Interaction, Progress, kind};
use crate::discord::model::{Message, Origin};
use crate::discord::permissions::{self as may, demand};
use crate::discord::render;
use crate::discord::snowflake::Id;
use crate::discord::world::World;
use rand::Rng;
use rand::distr::Alphanumeric;
use serde_json::{Value, json};

/// What the checks of one kind found.
#[derive(Default)]
struct Begun {
    data: Value,
    command: String,
    message: Option<Message>,
    trigger: Option<Box<Origin>>,
}

pub(crate) fn begin(world: &mut World, call: &Call) -> Answer {
    let body = &call.body;
    let mut form = Form::default();
    let id_of = |key: &str| body[key].as_str().and_then(|text| text.parse::<Id>().ok());
    for (key, right) in [("application_id", world.application_id), ("guild_id", world.guild_id)] {
        if id_of(key) != Some(right) {
            form.fail(key, "INTERACTION_UNKNOWN", "Unknown application or guild");
        }
    }
    form.finish()?;
    let place = id_of("channel_id").ok_or_else(|| ApiError::known(10003))?;
    demand(world, call.who, place, 0)?;
    threads::refuse_archived(world, place)?;
    let asked = u8::try_from(body["type"].as_u64().unwrap_or(0)).unwrap_or(0);
    let begun = match asked {
        kind::COMMAND | kind::AUTOCOMPLETE => command(world, call, place, asked == kind::COMMAND)?,
        kind::COMPONENT => component(world, call, place)?,
        kind::MODAL => modal(world, call)?,
        _ => {
            let mut form = Form::default();
            form.choice("type", "2, 3, 4, 5");
            form.finish()?;
            return done();
        }
    };
    let session = body["session_id"].as_str().map(str::to_owned);
    let interaction = Interaction {
        id: world.next_id(),
        token: rand::rng().sample_iter(&Alphanumeric).take(120).map(char::from).collect(),
        kind: asked,
        user: call.who,
        channel: place,
        session: session.clone(),
        nonce: body["nonce"].clone(),
        made: world.now,
        command: begun.command,
        message: begun.message.as_ref().map(|message| message.id),
        trigger: begun.trigger,
        progress: Progress::Waiting,
        original: None,
    };
    let told = event(world, &interaction, &begun.data, begun.message.as_ref())?;
    let heard = json!({ "id": interaction.id, "nonce": interaction.nonce });
    if asked != kind::AUTOCOMPLETE {
        world.emit("INTERACTION_CREATE", heard, Audience::Member(call.who, session));
    }
    world.interactions.begin(interaction);
    world.emit("INTERACTION_CREATE", told, Audience::Bot);
    done()
}

/// The interaction as the bot hears it.
fn event(world: &World, it: &Interaction, data: &Value, message: Option<&Message>) -> Result<Value, ApiError> {
    let member = world.member(it.user)?;
    let channel = world.channel(it.channel)?;
    let app = may::in_channel(world, world.member(world.bot())?, channel);
    let mut event = json!({
        "id": it.id, "application_id": world.application_id, "type": it.kind, "token": it.token, "version": 1,
        "guild_id": world.guild_id, "guild": { "id": world.guild_id, "locale": "en-US", "features": [] },
        "channel_id": it.channel, "channel": render::partial_channel(world, channel, member),
        "member": render::member_in(world, member, channel), "app_permissions": app.to_string(),
        "locale": "en-US", "guild_locale": "en-US", "entitlements": [], "entitlement_sku_ids": [],
        "authorizing_integration_owners": { "0": world.guild_id }, "context": 0,
        "attachment_size_limit": crate::discord::limits::FILE, "data": data,
    });
    if let Some(message) = message {
        event["message"] = render::message_for(world, message, world.bot());
    }
    Ok(event)
}

fn command(world: &World, call: &Call, place: Id, complete: bool) -> Result<Begun, ApiError> {
    demand(world, call.who, place, may::USE_APPLICATION_COMMANDS)?;
    let data = &call.body["data"];
    let id = data["id"].as_str().and_then(|text| text.parse().ok());
    let command = id.and_then(|id| world.command(id)).ok_or_else(|| ApiError::known(10063))?;
    if !commands::allowed(world, call.who, command) {
        return Err(ApiError::known(50013));
    }
    let mut form = Form::default();
    if data["version"].as_str().is_some_and(|version| command["version"] != version) {
        // Discord tells its client to read the commands again.
        let message = "This command is outdated, please try again in a few minutes";
        form.fail("data.version", "INTERACTION_APPLICATION_COMMAND_INVALID_VERSION", message);
    }
    let invoked = invoke::check(world, &mut form, call.who, command, data, complete);
    form.finish()?;
    let mut told = json!({ "id": command["id"], "name": command["name"], "type": command["type"] });
    if !command["guild_id"].is_null() {
        told["guild_id"] = command["guild_id"].clone();
    }
    if !invoked.options.is_empty() {
        told["options"] = Value::Array(invoked.options);
    }
    if !invoked.resolved.is_empty() {
        told["resolved"] = Value::Object(invoked.resolved);
    }
    let own = command["name"].as_str().unwrap_or_default().to_owned();
    let command = std::iter::once(own).chain(invoked.path).collect::<Vec<_>>().join(" ");
    Ok(Begun { data: told, command, ..Begun::default() })
}

/// A message as its viewer finds it: in the channel, or theirs alone.
fn clicked(world: &World, call: &Call, place: Id) -> Result<Message, ApiError> {
    let id = call.body["message_id"].as_str().and_then(|text| text.parse().ok());
    let id = id.ok_or_else(|| ApiError::known(10008))?;
    let private = world.interactions.private(id).filter(|private| private.viewer == call.who);
    if let Some(private) = private {
        return Ok(private.message.clone());
    }
    world.message(place, id).cloned()
}

fn component(world: &World, call: &Call, place: Id) -> Result<Begun, ApiError> {
    let message = clicked(world, call, place)?;
    let data = &call.body["data"];
    let rows = message.components.iter().filter_map(|row| row["components"].as_array()).flatten();
    let mut fitting = rows.filter(|it| it["custom_id"] == data["custom_id"] && it["type"] == data["component_type"]);
    let invalid = |path: &str| {
        let mut form = Form::default();
        form.fail(path, "COMPONENT_VALIDATION_FAILED", "Component validation failed");
        form.finish()
    };
    let found = fitting.next().filter(|it| it["disabled"] != true && it["custom_id"].is_string());
    let Some(found) = found.filter(|_| message.author == world.bot()) else {
        invalid("data.custom_id")?;
        return Ok(Begun::default());
    };
    let mut told = json!({ "custom_id": found["custom_id"], "component_type": found["type"], "id": found["id"] });
    if found["type"] != 2 {
        let values = data["values"].as_array().cloned().unwrap_or_default();
        let count = u64::try_from(values.len()).unwrap_or(u64::MAX);
        let bounds = found["min_values"].as_u64().unwrap_or(1)..=found["max_values"].as_u64().unwrap_or(1);
        let offered = |value: &Value| match found["options"].as_array() {
            Some(options) => options.iter().any(|option| option["value"] == *value),
            None => value.as_str().is_some_and(|text| text.parse::<Id>().is_ok()),
        };
        if !bounds.contains(&count) || !values.iter().all(offered) {
            invalid("data.values")?;
        }
        told["values"] = Value::Array(values);
    }
    Ok(Begun { data: told, message: Some(message), ..Begun::default() })
}

fn modal(world: &mut World, call: &Call) -> Result<Begun, ApiError> {
    let data = &call.body["data"];
    let id: Option<Id> = data["id"].as_str().and_then(|text| text.parse().ok());
    let modal = id.and_then(|id| world.interactions.modal(id, world.now)).filter(|modal| modal.viewer == call.who);
    let modal = modal.filter(|modal| data["custom_id"] == modal.custom_id.as_str());
    let modal = modal.ok_or_else(|| ApiError::known(10062))?.clone();
    let mut sent = Vec::new();
    flatten(&data["components"], &mut sent);
    let mut form = Form::default();
    let parts = modal.components.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut told = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let label = part["type"] == 18;
        let input = if label { &part["component"] } else { &part["components"][0] };
        if input.is_null() {
            continue;
        }
        let path = format!("data.components.{index}.{}", if label { "component" } else { "components.0" });
        let value = sent.iter().find(|entry| entry["custom_id"] == input["custom_id"]);
        let filled = submitted(&mut form, &path, input, value.copied());
        told.push(if label {
            json!({ "type": 18, "id": index * 2 + 1, "component": filled })
        } else {
            json!({ "type": 1, "id": index * 2 + 1, "components": [filled] })
        });
    }
    form.finish()?;
    if let Some(id) = id {
        world.interactions.close_modal(id);
    }
    let private = |id: &Id| world.interactions.private(*id).map(|private| private.message.clone());
    let message = modal.message.and_then(|id| {
        let stored = || world.history.values().find_map(|history| history.get(&id)).cloned();
        private(&id).or_else(stored)
    });
    let data = json!({ "custom_id": modal.custom_id, "components": told });
    Ok(Begun { data, command: String::new(), message, trigger: Some(Box::new(modal.trigger)) })
}

/// Every input in a submitted modal, whatever it is wrapped in.
fn flatten<'a>(components: &'a Value, into: &mut Vec<&'a Value>) {
    for part in components.as_array().into_iter().flatten() {
        match part["type"].as_u64() {
            Some(1) => flatten(&part["components"], into),
            Some(18) => into.push(&part["component"]),
            _ => into.push(part),
        }
    }
}

/// One input as it is told to the bot; text is held to the lengths that the bot asked for.
fn submitted(form: &mut Form, at: &str, input: &Value, sent: Option<&Value>) -> Value {
    let sent = sent.unwrap_or(&Value::Null);
    let required = input["required"].as_bool().unwrap_or(true);
    let mut told = json!({ "type": input["type"], "custom_id": input["custom_id"] });
    if input["type"] != 4 {
        if required && sent["values"].as_array().is_none_or(Vec::is_empty) && input["min_values"] != 0 {
            form.required(&format!("{at}.values"));
        }
        told["values"] = if sent["values"].is_array() { sent["values"].clone() } else { json!([]) };
        return told;
    }
    let value = sent["value"].as_str().unwrap_or_default();
    let bound = |key: &str, default| input[key].as_u64().and_then(|it| usize::try_from(it).ok()).unwrap_or(default);
    if value.is_empty() {
        if required {
            form.required(&format!("{at}.value"));
        }
    } else {
        form.length(&format!("{at}.value"), value, bound("min_length", 0), bound("max_length", 4_000));
    }
    told["value"] = json!(value);
    told
}
