//! What follows the first answer to an interaction: reading, changing and removing it, and further messages, for fifteen
//! minutes, authorized by the interaction's token alone.

use super::{Call, callback, messages};
use crate::discord::compose;
use crate::discord::dispatch::Audience;
use crate::discord::error::{Answer, ApiError, found};
use crate::discord::interactions::{Interaction, Progress};
use crate::discord::model::{Message, flags};
use crate::discord::render;
use crate::discord::snowflake::Id;
use crate::discord::world::World;
use serde_json::json;

/// An interaction that has been answered; before that its webhook is unknown (10015).
fn answered(world: &World, token: &str) -> Result<Interaction, ApiError> {
    let interaction = world.interactions.by_token(token, world.now)?;
    match interaction.progress {
        Progress::Waiting | Progress::Failed => Err(ApiError::known(10015)),
        Progress::Thinking | Progress::Answered => Ok(interaction.clone()),
    }
}

/// The message that `@original` or an id names, if it came from this interaction.
pub(crate) fn named(world: &World, token: &str, text: &str) -> Result<Message, ApiError> {
    let interaction = answered(world, token)?;
    let unknown = || ApiError::known(10008);
    let id = if text == "@original" { interaction.original } else { text.parse().ok() };
    let id = id.ok_or_else(unknown)?;
    let own = |message: &&Message| {
        let from = message.origin.as_ref().map(|origin| origin.interaction);
        Some(message.id) == interaction.original || from == Some(interaction.id)
    };
    let private = world.interactions.private(id).map(|private| &private.message);
    let message = private.or_else(|| world.message(interaction.channel, id).ok());
    message.filter(own).cloned().ok_or_else(unknown)
}

pub(crate) fn create(world: &mut World, call: &Call, token: &str) -> Answer {
    let interaction = answered(world, token)?;
    if interaction.progress == Progress::Thinking
        && let Some(original) = interaction.original
    {
        // Discord puts the first follow-up in the place of the "thinking" one.
        return settle(world, call, &interaction, original);
    }
    let asked = call.body["flags"].as_u64().unwrap_or(0) & flags::EPHEMERAL;
    let place = callback::place(world, &interaction, asked, interaction.original);
    let message = compose::fresh(world, call, &call.body, "", place)?;
    let id = message.id;
    callback::show(world, interaction.user, message);
    found(seen(world, token, id)?)
}

fn seen(world: &World, token: &str, id: Id) -> Result<serde_json::Value, ApiError> {
    let message = named(world, token, &id.to_string())?;
    Ok(render::message_for(world, &message, world.bot()))
}

fn settle(world: &mut World, call: &Call, interaction: &Interaction, id: Id) -> Answer {
    callback::change(world, call, &call.body, "", id)?;
    world.interactions.advance(interaction.id, Progress::Answered, None);
    found(seen(world, &interaction.token, id)?)
}

pub(crate) fn edit(world: &mut World, call: &Call, token: &str, message: &Message) -> Answer {
    let interaction = answered(world, token)?;
    settle(world, call, &interaction, message.id)
}

pub(crate) fn delete(world: &mut World, message: &Message) -> Result<(), ApiError> {
    let Some(private) = world.interactions.forget_private(message.id) else {
        return messages::remove(world, message.channel_id, message.id);
    };
    let told = json!({ "id": message.id, "channel_id": message.channel_id, "guild_id": world.guild_id });
    world.emit("MESSAGE_DELETE", told, Audience::Member(private.viewer, None));
    Ok(())
}
