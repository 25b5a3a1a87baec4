//! What people type, press and hand in, given to the desk; its answers, handed back in time.
//!
//! Discord wants a first answer within 3 seconds. The desk asks AWS before it answers a request, so whatever is not there
//! after half of that is announced first and follows when it is. A form never follows an announcement, so the desk answers
//! with one without asking anybody.
//!
//! Architecture invariant: what people wrote passes through here to the letter.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use landlord_core::card::{Card, Form, Tone};
use landlord_core::desk::{Desk, Invocation, Reply};
use serenity::all::{
    ActionRow, ActionRowComponent, AutocompleteChoice, CommandInteraction, ComponentInteraction,
    ComponentInteractionData, ComponentInteractionDataKind, CreateAutocompleteResponse, CreateInteractionResponse,
    CreateInteractionResponseMessage, EditInteractionResponse, InteractionId, ModalInteraction, ResolvedOption,
    ResolvedValue,
};
use serenity::builder::Builder as _;

use super::measured::Call;
use super::{Place, outgoing, render};

/// Half of Discord's three seconds.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// The first answer to an interaction.
const ANSWER: Call = Call("POST", "interactions");
/// What follows an announced answer.
const FOLLOW: Call = Call("PATCH", "interactions");

type Outcome = Result<(), serenity::Error>;

/// An interaction that wants an answer.
struct Asked<'a> {
    id: InteractionId,
    token: &'a str,
    kind: Kind,
}

/// What was done, as far as it matters to the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Command,
    Component,
    /// Discord opens no form after a form.
    Form,
}

/// A slash command.
pub(super) async fn command(place: &Place, desk: Arc<Desk>, interaction: &CommandInteraction) -> Outcome {
    let Some(member) = interaction.member.as_ref().map(|m| place.roles.member(&m.user, &m.roles)) else {
        return Ok(());
    };
    let (command, options, _) = words(&interaction.data.name, &interaction.data.options());
    let invocation = Invocation { command, options, member, channel: interaction.channel_id.to_string() };
    let asked = Asked { id: interaction.id, token: &interaction.token, kind: Kind::Command };
    answer(place, &asked, async move { desk.command(&invocation).await }).await
}

/// A form that was handed in.
pub(super) async fn form(place: &Place, desk: Arc<Desk>, interaction: &ModalInteraction) -> Outcome {
    let Some(member) = interaction.member.as_ref().map(|m| place.roles.member(&m.user, &m.roles)) else {
        return Ok(());
    };
    let (id, inputs) = (interaction.data.custom_id.clone(), written(&interaction.data.components));
    let channel = interaction.channel_id.to_string();
    let asked = Asked { id: interaction.id, token: &interaction.token, kind: Kind::Form };
    answer(place, &asked, async move { desk.submitted(&id, &inputs, &member, &channel).await }).await
}

/// A button, or a choice from a menu.
pub(super) async fn component(place: &Place, desk: Arc<Desk>, interaction: &ComponentInteraction) -> Outcome {
    let Some(member) = interaction.member.as_ref().map(|m| place.roles.member(&m.user, &m.roles)) else {
        return Ok(());
    };
    let (pressed, channel) = (pressed(&interaction.data), interaction.channel_id.to_string());
    let asked = Asked { id: interaction.id, token: &interaction.token, kind: Kind::Component };
    answer(place, &asked, async move { desk.pressed(&pressed, &member, &channel).await }).await
}

/// Hands back what the desk says: at once, or announced and then followed up.
async fn answer(place: &Place, asked: &Asked<'_>, work: impl Future<Output = Reply> + Send + 'static) -> Outcome {
    let first = (asked.id, asked.token);
    let mut work = tokio::spawn(work);
    match tokio::time::timeout(PATIENCE, &mut work).await {
        Ok(Ok(reply)) => place.counted(ANSWER, now(reply, asked.kind).execute(&place.http, first)).await,
        Ok(Err(panic)) => Err(broken(&panic)),
        Err(_) => {
            let thinking = CreateInteractionResponseMessage::new().ephemeral(true);
            let announcement = CreateInteractionResponse::Defer(thinking);
            place.counted(ANSWER, announcement.execute(&place.http, first)).await?;
            let reply = work.await.map_err(|panic| broken(&panic))?;
            place.counted(FOLLOW, later(reply).execute(&place.http, asked.token)).await.map(|_| ())
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
    let answer = CreateInteractionResponse::Autocomplete(answer);
    place.counted(ANSWER, interaction.create_response(&place.http, answer)).await
}

/// What the desk is told of a button, or of a choice from a menu.
fn pressed(data: &ComponentInteractionData) -> String {
    match &data.kind {
        ComponentInteractionDataKind::StringSelect { values } => {
            format!("{}:{}", data.custom_id, values.first().map_or("", String::as_str))
        }
        _ => data.custom_id.clone(),
    }
}

/// What was written into a form, by the inputs' ids and to the letter: the desk compares it with names.
fn written(rows: &[ActionRow]) -> BTreeMap<String, String> {
    let parts = rows.iter().flat_map(|row| &row.components);
    let inputs = parts.filter_map(|part| match part {
        ActionRowComponent::InputText(input) => {
            Some((input.custom_id.clone(), input.value.clone().unwrap_or_default()))
        }
        _ => None,
    });
    inputs.collect()
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

fn now(reply: Reply, kind: Kind) -> CreateInteractionResponse {
    let (card, update) = match reply {
        Reply::Form(form) if kind != Kind::Form => return CreateInteractionResponse::Modal(render::form(&form)),
        Reply::Form(form) => (unopened(&form), false),
        Reply::Private(card) => (card, false),
        // Only a component has a message that could change.
        Reply::Update(card) => (card, kind == Kind::Component),
    };
    let (files, left_out) = outgoing::beside(&card);
    let message = CreateInteractionResponseMessage::new()
        .content(left_out)
        .embed(render::embed(&card))
        .components(render::rows(&card))
        .add_files(files)
        .allowed_mentions(render::nobody());
    if update {
        CreateInteractionResponse::UpdateMessage(message)
    } else {
        CreateInteractionResponse::Message(message.ephemeral(true))
    }
}

/// What follows an announced answer: a message, whatever it is.
fn later(reply: Reply) -> EditInteractionResponse {
    let card = match reply {
        Reply::Private(card) | Reply::Update(card) => card,
        Reply::Form(form) => unopened(&form),
    };
    let (files, left_out) = outgoing::beside(&card);
    let message = EditInteractionResponse::new()
        .content(left_out)
        .embed(render::embed(&card))
        .components(render::rows(&card))
        .allowed_mentions(render::nobody());
    files.into_iter().fold(message, EditInteractionResponse::new_attachment)
}

/// Discord opens a form only as the first answer to a command or a component.
fn unopened(form: &Form) -> Card {
    tracing::warn!(form = form.id, "a form could not be opened");
    let why = "The form could not be opened, and nothing was done. Use the command again.";
    Card::note(Tone::Attention, form.title.clone(), why)
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

#[cfg(test)]
mod tests {
    use landlord_core::card::Input;
    use serde_json::{Value, json};

    use super::*;

    /// Every way in which a name can be nearly right.
    const NEARLY: [&str; 8] =
        [" acme", "acme ", "ACME", "\tacme\n", "a\u{0441}me", "acme\u{200b}", "cafe\u{0301}", "  "];

    fn rows(written: &[&str]) -> Vec<ActionRow> {
        let row = |(index, text): (usize, &&str)| json!({ "type": 1, "components": [{ "type": 4, "custom_id": format!("i{index}"), "value": text }] });
        let rows: Vec<Value> = written.iter().enumerate().map(row).collect();
        serde_json::from_value(json!(rows)).expect("rows as Discord sends them")
    }

    #[test]
    fn what_was_written_into_a_form_reaches_the_desk_to_the_letter() {
        let inputs = written(&rows(&NEARLY));
        assert_eq!(inputs.len(), NEARLY.len());
        for (index, text) in NEARLY.iter().enumerate() {
            assert_eq!(inputs[&format!("i{index}")].as_bytes(), text.as_bytes());
        }
    }

    #[test]
    fn a_choice_from_a_menu_is_told_with_its_value_to_the_letter() {
        let data = |value: Value| serde_json::from_value(value).expect("data as Discord sends it");
        let menu = data(json!({ "custom_id": "off:01J", "component_type": 3, "values": [" a:b "] }));
        assert_eq!(pressed(&menu), "off:01J: a:b ");
        let button = data(json!({ "custom_id": "retry:01J", "component_type": 2 }));
        assert_eq!(pressed(&button), "retry:01J");
    }

    #[test]
    fn a_form_is_opened_by_a_command_or_a_component_and_never_later_or_after_a_form() {
        let input = Input { id: "name".into(), label: "Name".into(), min: 1, max: 32, ..Input::default() };
        let form = Form { id: "f".into(), title: "Delete".into(), inputs: vec![input] };
        let answer = |kind| serde_json::to_value(now(Reply::Form(form.clone()), kind)).expect("JSON");
        for kind in [Kind::Command, Kind::Component] {
            let modal = answer(kind);
            assert_eq!((&modal["type"], &modal["data"]["custom_id"]), (&json!(9), &json!("f")));
            assert_eq!(modal["data"]["components"][0]["components"][0]["custom_id"], "name");
        }
        let told = answer(Kind::Form);
        assert_eq!((&told["type"], &told["data"]["flags"]), (&json!(4), &json!(64)));
        let late = serde_json::to_value(later(Reply::Form(form.clone()))).expect("JSON");
        for embed in [&told["data"]["embeds"][0], &late["embeds"][0]] {
            assert!(
                embed["description"].as_str().is_some_and(|text| text.contains("Use the command again")),
                "{embed}"
            );
        }
    }
}
