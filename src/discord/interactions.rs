//! What people type and press, handed to the desk; its answers, handed back in time.
//!
//! Discord wants a first answer within 3 seconds. The desk asks AWS before it answers a request, so whatever is not there
//! after half of that is announced first and follows when it is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use landlord_core::card::{Card, Tone};
use landlord_core::desk::{Desk, Invocation, Reply};
use landlord_core::role::Member;
use serenity::all::{
    AutocompleteChoice, CommandInteraction, ComponentInteraction, CreateAutocompleteResponse,
    CreateInteractionResponse, CreateInteractionResponseMessage, EditInteractionResponse, ResolvedOption,
    ResolvedValue,
};

use super::{Place, render};

/// Half of Discord's three seconds.
const PATIENCE: Duration = Duration::from_millis(1_500);

type Outcome = Result<(), serenity::Error>;

/// A slash command.
pub(super) async fn command(place: &Place, desk: Arc<Desk>, interaction: &CommandInteraction) -> Outcome {
    let Some(member) = interaction.member.as_ref().map(|m| place.roles.member(&m.user, &m.roles)) else {
        return Ok(());
    };
    let (command, options, _) = words(&interaction.data.name, &interaction.data.options());
    let invocation = Invocation { command, options, member, channel: interaction.channel_id.to_string() };
    let mut answer = tokio::spawn(async move { desk.command(&invocation).await });
    match tokio::time::timeout(PATIENCE, &mut answer).await {
        Ok(Ok(reply)) => interaction.create_response(&place.http, now(&reply)).await,
        Ok(Err(panic)) => Err(broken(&panic)),
        Err(_) => {
            let thinking = CreateInteractionResponseMessage::new().ephemeral(true);
            interaction.create_response(&place.http, CreateInteractionResponse::Defer(thinking)).await?;
            let reply = answer.await.map_err(|panic| broken(&panic))?;
            interaction.edit_response(&place.http, later(&reply)).await.map(|_| ())
        }
    }
}

/// Completion while a person types.
pub(super) async fn completion(place: &Place, desk: &Desk, interaction: &CommandInteraction) -> Outcome {
    let Some(member) = interaction.member.as_ref().map(|m| place.roles.member(&m.user, &m.roles)) else {
        return Ok(());
    };
    let (command, options, focused) = words(&interaction.data.name, &interaction.data.options());
    let Some((name, typed)) = focused else { return Ok(()) };
    let invocation = Invocation { command, options, member, channel: interaction.channel_id.to_string() };
    let integer = matches!(name.as_str(), "cpu" | "memory" | "storage");
    let choices = desk.complete(&invocation, &name, &typed).await.into_iter().filter_map(|choice| {
        if integer {
            choice.value.parse::<i64>().ok().map(|value| AutocompleteChoice::new(choice.label, value))
        } else {
            Some(AutocompleteChoice::new(choice.label, choice.value))
        }
    });
    let answer = CreateAutocompleteResponse::new().set_choices(choices.collect());
    interaction.create_response(&place.http, CreateInteractionResponse::Autocomplete(answer)).await
}

/// A button.
pub(super) async fn button(place: &Place, desk: &Desk, interaction: &ComponentInteraction) -> Outcome {
    let Some(member) = interaction.member.as_ref() else { return Ok(()) };
    let member: Member = place.roles.member(&member.user, &member.roles);
    let reply = desk.pressed(&interaction.data.custom_id, &member).await;
    interaction.create_response(&place.http, now(&reply)).await
}

/// The words of the command, the options given, and the one that is being typed.
fn words(name: &str, options: &[ResolvedOption<'_>]) -> (String, BTreeMap<String, String>, Option<(String, String)>) {
    let mut command = name.to_owned();
    let mut level = options;
    let mut nested;
    while let [
        ResolvedOption {
            name, value: ResolvedValue::SubCommand(inner) | ResolvedValue::SubCommandGroup(inner), ..
        },
    ] = level
    {
        command = format!("{command} {name}");
        nested = inner;
        level = nested;
    }
    let mut given = BTreeMap::new();
    let mut focused = None;
    for option in level {
        match &option.value {
            ResolvedValue::String(text) => drop(given.insert(option.name.to_owned(), (*text).to_owned())),
            ResolvedValue::Integer(number) => drop(given.insert(option.name.to_owned(), number.to_string())),
            ResolvedValue::Autocomplete { value, .. } => focused = Some((option.name.to_owned(), (*value).to_owned())),
            _ => {}
        }
    }
    (command, given, focused)
}

fn now(reply: &Reply) -> CreateInteractionResponse {
    let message = |card: &Card| {
        CreateInteractionResponseMessage::new()
            .embed(render::embed(card))
            .components(render::rows(card))
            .add_files(card.file.iter().map(render::file))
            .allowed_mentions(render::nobody())
    };
    match reply {
        Reply::Private(card) => CreateInteractionResponse::Message(message(card).ephemeral(true)),
        Reply::Update(card) => CreateInteractionResponse::UpdateMessage(message(card)),
        Reply::Form(form) => CreateInteractionResponse::Modal(render::form(form)),
    }
}

/// What follows an announced answer: a message, for Discord opens a form only as the first answer.
fn later(reply: &Reply) -> EditInteractionResponse {
    let late;
    let card = match reply {
        Reply::Private(card) | Reply::Update(card) => card,
        Reply::Form(form) => {
            tracing::warn!(form = form.id, "a form came too late to be opened");
            late = Card::note(
                Tone::Attention,
                form.title.clone(),
                "The form could not be opened in time, and nothing was done. Use the command again.",
            );
            &late
        }
    };
    let message = EditInteractionResponse::new()
        .embed(render::embed(card))
        .components(render::rows(card))
        .allowed_mentions(render::nobody());
    card.file.iter().map(render::file).fold(message, EditInteractionResponse::new_attachment)
}

/// The desk must not panic; if it does, the person sees Discord's own failure, and the log says why.
fn broken(panic: &tokio::task::JoinError) -> serenity::Error {
    tracing::error!(%panic, "the desk broke");
    serenity::Error::Other("the desk broke")
}

/// Whether the interaction's time had passed: nobody waits for the answer any more.
pub(super) fn too_late(error: &serenity::Error) -> bool {
    matches!(error, serenity::Error::Http(serenity::all::HttpError::UnsuccessfulRequest(answer)) if answer.error.code == 10_062)
}
