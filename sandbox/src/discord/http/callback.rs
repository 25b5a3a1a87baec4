//! The bot's first answer to an interaction, and what happens when none comes (Discord: "Interaction Callback"): three
//! seconds, once, and only in the forms that suit the kind.

use super::{Call, messages};
use crate::discord::compose::{self, Place};
use crate::discord::dispatch::Audience;
use crate::discord::error::{Answer, ApiError, Form, done, found};
use crate::discord::interactions::{FIRST_ANSWER, Interaction, Progress, kind};
use crate::discord::limits;
use crate::discord::model::{Message, Reference, flags, kinds};
use crate::discord::render;
use crate::discord::seed;
use crate::discord::snowflake::Id;
use crate::discord::world::World;
use serde_json::{Value, json};

/// Kinds of answers (Discord: "Interaction Callback Type").
mod reply {
    pub(super) const MESSAGE: u64 = 4;
    pub(super) const DEFERRED_MESSAGE: u64 = 5;
    pub(super) const DEFERRED_UPDATE: u64 = 6;
    pub(super) const UPDATE: u64 = 7;
    pub(super) const CHOICES: u64 = 8;
    pub(super) const MODAL: u64 = 9;
}

pub(crate) fn answer(world: &mut World, call: &Call, id: Id, token: &str) -> Answer {
    let now = world.now;
    let interaction = world.interactions.get_mut(id, token).ok_or_else(|| ApiError::known(10062))?.clone();
    match interaction.progress {
        Progress::Failed => return Err(ApiError::known(10062)),
        Progress::Thinking | Progress::Answered => return Err(ApiError::known(40060)),
        Progress::Waiting if now - interaction.made > FIRST_ANSWER => return Err(ApiError::known(10062)),
        Progress::Waiting => {}
    }
    let asked = call.body["type"].as_u64().unwrap_or(0);
    suits(&interaction, asked)?;
    match asked {
        reply::MESSAGE | reply::DEFERRED_MESSAGE => speak(world, call, &interaction, asked == reply::DEFERRED_MESSAGE)?,
        reply::DEFERRED_UPDATE => world.interactions.advance(id, Progress::Answered, interaction.message),
        reply::UPDATE => {
            if let Some(message) = interaction.message {
                change(world, call, &call.body["data"], "data", message)?;
                world.interactions.advance(id, Progress::Answered, Some(message));
            }
        }
        reply::CHOICES => choices(world, &interaction, &call.body["data"]["choices"])?,
        _ => modal(world, &interaction, &call.body["data"])?,
    }
    if asked != reply::CHOICES {
        let told = json!({ "id": id, "nonce": interaction.nonce });
        world.emit("INTERACTION_SUCCESS", told, Audience::Member(interaction.user, interaction.session.clone()));
    }
    if call.query.get("with_response").is_some_and(|asked| asked == "true" || asked == "1") {
        return found(resource(world, id, asked));
    }
    done()
}

/// A modal never follows a modal, an update needs a message, choices belong to a text being typed.
fn suits(interaction: &Interaction, asked: u64) -> Result<(), ApiError> {
    let with_message = interaction.message.is_some();
    let fits = match asked {
        reply::MESSAGE | reply::DEFERRED_MESSAGE => interaction.kind != kind::AUTOCOMPLETE,
        reply::DEFERRED_UPDATE | reply::UPDATE => with_message,
        reply::CHOICES => interaction.kind == kind::AUTOCOMPLETE,
        reply::MODAL => interaction.may_open_modal(),
        _ => false,
    };
    let mut form = Form::default();
    if !fits {
        let allowed = match (interaction.kind, with_message) {
            (kind::AUTOCOMPLETE, _) => "8",
            (kind::COMMAND, _) => "4, 5, 9",
            (kind::COMPONENT, _) => "4, 5, 6, 7, 9",
            (_, true) => "4, 5, 6, 7",
            (_, false) => "4, 5",
        };
        form.choice("type", allowed);
    }
    form.finish()
}

/// Answers with a message, or with the promise of one.
fn speak(world: &mut World, call: &Call, interaction: &Interaction, deferred: bool) -> Result<(), ApiError> {
    let data = &call.body["data"];
    let asked = data["flags"].as_u64().unwrap_or(0) & flags::EPHEMERAL;
    let place = place(world, interaction, asked, None);
    let mut message = if deferred { thinking(world, place) } else { compose::fresh(world, call, data, "data", place)? };
    message.nonce = Some(interaction.nonce.clone()).filter(|nonce| !nonce.is_null());
    let progress = if deferred { Progress::Thinking } else { Progress::Answered };
    world.interactions.advance(interaction.id, progress, Some(message.id));
    show(world, interaction.user, message);
    Ok(())
}

/// Where an interaction's messages go and what they refer to: a command's answer stands alone, a button's answers its
/// message, a follow-up the first answer.
pub(crate) fn place(world: &World, interaction: &Interaction, flags: u64, original: Option<Id>) -> Place {
    let refers = original.or(interaction.message);
    let kind = match (refers, interaction.kind) {
        (Some(_), _) => kinds::REPLY,
        (None, kind::COMMAND) => kinds::COMMAND,
        (None, _) => kinds::REGULAR,
    };
    let mut origin = interaction.origin();
    origin.original = original;
    Place {
        channel: interaction.channel,
        author: world.bot(),
        kind,
        flags,
        reference: refers.map(|id| Reference { message_id: Some(id), channel_id: interaction.channel }),
        origin: Some(origin),
    }
}

fn thinking(world: &mut World, place: Place) -> Message {
    Message {
        flags: place.flags | flags::LOADING,
        reference: place.reference,
        origin: place.origin,
        ..Message::blank(world.next_id(), place.channel, place.author, place.kind, world.now)
    }
}

/// Shows a message to the channel or, when it is ephemeral, to one member.
pub(crate) fn show(world: &mut World, viewer: Id, message: Message) {
    if message.flags & flags::EPHEMERAL == 0 {
        messages::publish(world, message);
        return;
    }
    let told = render::message_event(world, &message);
    world.interactions.keep_private(viewer, message);
    world.emit("MESSAGE_CREATE", told, Audience::Member(viewer, None));
}

/// Changes a message of the bot's, wherever it is, as a form says.
pub(crate) fn change(world: &mut World, call: &Call, body: &Value, at: &str, id: Id) -> Result<(), ApiError> {
    let Some(private) = world.interactions.private(id).cloned() else {
        let place = world.history.iter().find(|(_, history)| history.contains_key(&id)).map(|(place, _)| *place);
        return messages::change(world, call, body, at, place.ok_or_else(|| ApiError::known(10008))?, id);
    };
    let mut message = private.message;
    compose::amend(world, call, body, at, &mut message)?;
    message.edited = Some(world.now).filter(|_| message.flags & flags::LOADING == 0);
    message.flags &= !flags::LOADING;
    let told = render::message_event(world, &message);
    if let Some(kept) = world.interactions.private_mut(id) {
        kept.message = message;
    }
    world.emit("MESSAGE_UPDATE", told, Audience::Member(private.viewer, None));
    Ok(())
}

fn choices(world: &mut World, interaction: &Interaction, choices: &Value) -> Result<(), ApiError> {
    let mut form = Form::default();
    let list = choices.as_array().map(Vec::as_slice).unwrap_or_default();
    form.count("data.choices", list.len(), 25);
    for (index, choice) in list.iter().enumerate() {
        form.length(&format!("data.choices.{index}.name"), choice["name"].as_str().unwrap_or_default(), 1, 100);
        if choice["value"].is_null() {
            form.required(&format!("data.choices.{index}.value"));
        }
        form.length(&format!("data.choices.{index}.value"), choice["value"].as_str().unwrap_or_default(), 0, 100);
    }
    form.finish()?;
    world.interactions.advance(interaction.id, Progress::Answered, None);
    let told = json!({ "choices": list, "nonce": interaction.nonce });
    let audience = Audience::Member(interaction.user, interaction.session.clone());
    world.emit("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", told, audience);
    Ok(())
}

fn modal(world: &mut World, interaction: &Interaction, data: &Value) -> Result<(), ApiError> {
    let mut form = Form::default();
    limits::modal(&mut form, "data", data);
    form.finish()?;
    let custom_id = data["custom_id"].as_str().unwrap_or_default().to_owned();
    let told = json!({
        "id": interaction.id, "nonce": interaction.nonce, "channel_id": interaction.channel,
        "custom_id": custom_id, "title": data["title"], "components": data["components"],
        "application": { "id": world.application_id, "name": seed::BOT, "icon": null, "description": "",
                         "bot": render::user_of(world, world.bot()) },
    });
    world.interactions.open_modal(interaction, custom_id, data["components"].clone());
    world.interactions.advance(interaction.id, Progress::Answered, None);
    let audience = Audience::Member(interaction.user, interaction.session.clone());
    world.emit("INTERACTION_MODAL_CREATE", told, audience);
    Ok(())
}

/// What `with_response=true` answers.
fn resource(world: &World, id: Id, asked: u64) -> Value {
    let Some(interaction) = world.interactions.get(id) else { return json!({}) };
    let mut told = json!({
        "id": id, "type": interaction.kind, "channel_id": interaction.channel, "guild_id": world.guild_id,
    });
    let private = interaction.original.and_then(|id| world.interactions.private(id)).map(|private| &private.message);
    let public = || world.message(interaction.channel, interaction.original?).ok();
    let message = private.or_else(public).filter(|_| asked != reply::MODAL);
    let Some(message) = message else { return json!({ "interaction": told }) };
    told["response_message_id"] = json!(message.id);
    told["response_message_loading"] = json!(message.flags & flags::LOADING != 0);
    told["response_message_ephemeral"] = json!(message.flags & flags::EPHEMERAL != 0);
    let message = render::message_for(world, message, world.bot());
    // A deferred answer is told as what it will become.
    let becomes = if matches!(asked, reply::DEFERRED_UPDATE | reply::UPDATE) { reply::UPDATE } else { reply::MESSAGE };
    json!({ "interaction": told, "resource": { "type": becomes, "message": message } })
}

/// The three seconds are over: if nobody answered, the member is told so.
pub(crate) fn expire(world: &mut World, id: Id) {
    let Some(interaction) = world.interactions.get(id).cloned() else { return };
    if interaction.progress != Progress::Waiting {
        return;
    }
    world.interactions.advance(id, Progress::Failed, None);
    let told = json!({ "id": id, "nonce": interaction.nonce, "reason_code": 2 });
    let audience = Audience::Member(interaction.user, interaction.session.clone());
    if interaction.kind == kind::AUTOCOMPLETE {
        return;
    }
    world.emit("INTERACTION_FAILURE", told, audience);
}
