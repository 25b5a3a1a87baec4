//! Cards: what people read in each state, and that nothing breaks the chat's limits or speaks its markup.

use std::collections::BTreeSet;

use landlord_core::card::text::plain;
use landlord_core::card::{Button, Card, Field, Form, Input, Menu, Tone};
use landlord_core::fakes::{Fault, FaultError, Request, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use proptest::prelude::*;
use time::Duration;

const DEV: &str = "/tenant provision environment:dev tenant:goldencrust company:Golden Crust subdomain:golden email:owner@golden.example";

async fn waits_in_sit(world: &World) -> Request<'_> {
    let operator = world.member("operator");
    operator.types(DEV).await.is(State::Succeeded);
    operator.types("/tenant validate tenant:goldencrust environment:dev").await;
    operator.types("/tenant promote tenant:goldencrust").await
}

/// The text of a card, without what differs from run to run, and without what no text should have.
#[track_caller]
fn text(request: &Request<'_>) -> String {
    let card = request.card().card;
    for text in card.fields.iter().map(|field| &field.value).chain([&card.title, &card.body, &card.footer]) {
        for slip in ["  ", " .", " ,", "..", "1 reactions", "()", "None", "Some("] {
            assert!(!text.contains(slip), "{slip:?} in {text}");
        }
    }
    let operation = request.operation();
    request.card().text().replace(&operation.id.0, "OPERATION").replace(&operation.digest[..12], "DIGEST")
}

fn denied(world: &World, kind: Kind, verb: Verb) {
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(kind).on(verb));
}

#[tokio::test]
async fn awaiting_approval() {
    let world = World::start();
    let sit = waits_in_sit(&world).await;
    world.member("team-lead").reacts(&sit, "✅").await;
    world.member("operator").types("/tenant validate tenant:goldencrust environment:sit").await;
    let request = world.member("operator").types("/tenant promote tenant:goldencrust").await;
    for name in ["operator", "newcomer", "double-hat"] {
        world.member(name).reacts(&request, "✅").await;
    }
    insta::assert_snapshot!(text(&request));
}

#[tokio::test]
async fn running_with_a_step_that_is_tried_again() {
    let world = World::start();
    world.cloud.fail(Fault::new(FaultError::Throttled).of_kind(Kind::Database).on(Verb::Ensure));
    let request = world.member("operator").types(DEV).await;
    request.is(State::Running);
    insta::assert_snapshot!(text(&request));
}

#[tokio::test]
async fn on_hold_then_rolled_back() {
    let world = World::start();
    denied(&world, Kind::TargetGroup, Verb::Ensure);
    let request = world.member("operator").types(DEV).await;
    insta::assert_snapshot!("on_hold", text(&request));
    world.member("operator").presses(&request, "Roll back").await;
    request.is(State::Unwound);
    insta::assert_snapshot!("rolled_back", text(&request));
    insta::assert_snapshot!("thread_of_a_roll_back", request.thread());
}

#[tokio::test]
async fn left_as_it_stands_then_taken_over() {
    let world = World::start();
    denied(&world, Kind::Database, Verb::Ensure);
    let request = world.member("operator").types(DEV).await;
    world.member("operator").presses(&request, "Leave").await;
    insta::assert_snapshot!("left", text(&request));
    let again = world.member("operator").types(DEV).await;
    insta::assert_snapshot!("taken_over", text(&again));
}

#[tokio::test]
async fn done_then_validated() {
    let world = World::start();
    let request = world.member("operator").types(DEV).await;
    insta::assert_snapshot!("done", text(&request));
    world.member("operator").reacts(&request, "✅").await;
    insta::assert_snapshot!("validated", text(&request));
}

#[tokio::test]
async fn ended_before_it_ran() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.member("team-lead").reacts(&request, "❌").await;
    insta::assert_snapshot!("rejected", text(&request));
    let request = world.member("operator").types("/tenant promote tenant:goldencrust").await;
    world.member("operator").presses(&request, "Cancel request").await;
    insta::assert_snapshot!("cancelled", text(&request));
    let request = world.member("operator").types("/tenant promote tenant:goldencrust").await;
    world.passes(Duration::hours(25)).await;
    insta::assert_snapshot!("expired", text(&request));
}

#[tokio::test]
async fn a_hostile_name_is_only_a_name() {
    let world = World::start();
    let name = "# **Big** [click](https://evil.example) ||x|| > - <b> \\* ~~y~~ __z__";
    let line = DEV.replace("Golden Crust", name);
    let request = world.member("operator").types(&line).await;
    request.is(State::Succeeded);
    let shown = request.card();
    let company = shown.card.fields[0].value.lines().next().unwrap();
    assert_eq!(read(company), Ok(name.to_owned()));
    let listed = world.member("operator").types("/tenant list").await;
    listed.answer().shows(&plain(name));
}

/// What Discord shows of a text in which nothing is markup; else what is.
fn read(text: &str) -> Result<String, String> {
    let mut shown = String::new();
    let mut chars = text.chars();
    let mut bare = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped = chars.next().ok_or("a backslash at the end")?;
                shown.push(escaped);
                bare.push('\u{0}');
                continue;
            }
            '*' | '_' | '~' | '|' | '[' | '<' | '>' | '#' | '`' => return Err(format!("{c} is markup in {text:?}")),
            c => shown.push(c),
        }
        bare.push(c);
    }
    if bare.contains("://") {
        return Err(format!("there is a link in {text:?}"));
    }
    for line in bare.lines().map(str::trim_start) {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        if line.starts_with('-') || (digits > 0 && line[digits..].starts_with('.')) {
            return Err(format!("there is a list in {text:?}"));
        }
    }
    Ok(shown)
}

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[*_~|<>#`\\[\\]()\\\\@:/.\\- \n0-9a-z]{0,40}",
        Just("https://evil.example".to_owned()),
        Just("1. one\n- two\n# three".to_owned()),
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// A text that is often too long.
fn long_text() -> impl Strategy<Value = String> {
    (any_text(), 0..200_usize).prop_map(|(text, times)| text.repeat(times))
}

fn any_card() -> impl Strategy<Value = Card> {
    let fields = proptest::collection::vec((long_text(), long_text(), any::<bool>()), 0..40);
    let buttons = proptest::collection::vec((any_text(), any::<bool>()), 0..40);
    let menu =
        proptest::option::of((any_text(), long_text(), proptest::collection::vec((long_text(), any_text()), 0..40)));
    let menu = menu.prop_map(|menu| menu.map(|(id, placeholder, choices)| Menu { id, placeholder, choices }));
    let all = (long_text(), long_text(), fields, long_text(), buttons, menu);
    all.prop_map(|(title, body, fields, footer, buttons, menu)| Card {
        title,
        tone: Tone::Neutral,
        body,
        fields: fields.into_iter().map(|(name, value, inline)| Field { name, value, inline }).collect(),
        footer,
        buttons: buttons
            .into_iter()
            .map(|(id, enabled)| Button { label: id.clone(), id, enabled, ..Button::default() })
            .collect(),
        menu,
        ..Card::default()
    })
}

fn any_form() -> impl Strategy<Value = Form> {
    let input = (any_text(), long_text(), long_text(), any::<u16>(), any::<u16>(), any::<bool>());
    let input = input.prop_map(|(id, label, placeholder, min, max, multiline)| Input {
        id,
        label,
        placeholder,
        min,
        max,
        multiline,
    });
    let inputs = proptest::collection::vec(input, 0..8);
    (long_text(), long_text(), inputs).prop_map(|(id, title, inputs)| Form { id, title, inputs })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_people_wrote_is_shown_as_they_wrote_it(text in any_text()) {
        prop_assert_eq!(read(&plain(&text)), Ok(text.replace('`', "'")));
    }

    #[test]
    fn every_card_fits_the_chat(card in any_card()) {
        let length = |text: &str| text.chars().count();
        let fitted = card.clone().fit();
        let Card { title, body, fields, footer, buttons, menu, .. } = &fitted;
        prop_assert!((1..=256).contains(&length(title)));
        prop_assert!(length(body) <= 4_096 && length(footer) <= 2_048 && fields.len() <= 25 && buttons.len() <= 25);
        for field in fields {
            prop_assert!((1..=256).contains(&length(&field.name)));
            prop_assert!((1..=1_024).contains(&length(&field.value)) && !field.value.trim().is_empty());
        }
        let all: usize = fields.iter().map(|field| length(&field.name) + length(&field.value)).sum();
        prop_assert!(length(title) + length(body) + length(footer) + all <= 6_000);
        let mut ids: Vec<&str> = buttons.iter().map(|button| button.id.as_str()).collect();
        prop_assert!(ids.iter().all(|id| (1..=100).contains(&length(id))));
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), buttons.len());
        prop_assert!(buttons.iter().all(|button| (1..=80).contains(&length(&button.label))));
        prop_assert!(buttons.len().div_ceil(5) + usize::from(menu.is_some()) <= 5);
        if let Some(Menu { id, placeholder, choices }) = menu {
            prop_assert!((1..=100).contains(&length(id)) && length(placeholder) <= 150);
            prop_assert!((1..=25).contains(&choices.len()));
            for (label, value) in choices {
                prop_assert!((1..=100).contains(&length(label)) && (1..=100).contains(&length(value)));
            }
            let values: BTreeSet<&String> = choices.iter().map(|(_, value)| value).collect();
            prop_assert_eq!(values.len(), choices.len());
        }
        prop_assert_eq!(fitted.clone().fit(), fitted, "what fits stays as it is");
    }

    #[test]
    fn every_form_fits_the_chat(form in any_form()) {
        let length = |text: &str| text.chars().count();
        let fitted = form.fit();
        prop_assert!(length(&fitted.id) <= 100 && (1..=45).contains(&length(&fitted.title)) && fitted.inputs.len() <= 5);
        for input in &fitted.inputs {
            prop_assert!((1..=100).contains(&length(&input.id)) && (1..=45).contains(&length(&input.label)));
            prop_assert!(length(&input.placeholder) <= 100 && input.min <= input.max && (1..=4_000).contains(&input.max));
        }
        let ids: BTreeSet<&String> = fitted.inputs.iter().map(|input| &input.id).collect();
        prop_assert_eq!(ids.len(), fitted.inputs.len());
        prop_assert_eq!(fitted.clone().fit(), fitted, "what fits stays as it is");
    }

    #[test]
    fn a_card_that_fits_is_not_touched(body in "[a-z ]{1,2000}", value in "[a-z]{1,500}") {
        let field = Field { name: "name".into(), value, inline: false };
        let card = Card { fields: vec![field], ..Card::note(Tone::Good, "title", body) };
        prop_assert_eq!(card.clone().fit(), card);
    }
}
