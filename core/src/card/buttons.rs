//! The buttons of an operation's card: what can be decided about it as it stands.

use super::{Button, ButtonStyle};
use crate::operation::{Operation, State};
use crate::steps::{self, Step};

/// What can be pressed now.
pub(super) fn of(operation: &Operation) -> Vec<Button> {
    if operation.state == State::Holding && !operation.busy() {
        return on_hold(operation);
    }
    let cancel = operation.revocable().then(|| button(operation, "Cancel request", "cancel", ButtonStyle::Secondary));
    let off = operation.listed().then(|| button(operation, "Take a tenant off", "list", ButtonStyle::Secondary));
    off.into_iter().chain(cancel).collect()
}

fn on_hold(operation: &Operation) -> Vec<Button> {
    let step = held_step(operation);
    let offered = [
        (true, "Retry", "retry", ButtonStyle::Primary),
        (step.as_ref().is_some_and(|step| step.harmless()), "Skip", "skip", ButtonStyle::Secondary),
        (step.as_ref().is_some_and(|step| step.forcible()), "Force", "force", ButtonStyle::Danger),
        (operation.listed(), "Take a tenant off", "list", ButtonStyle::Secondary),
        (owes_notice(operation), "Told by hand", "told", ButtonStyle::Secondary),
        (operation.plan.purpose.unwinds(), "Roll back", "unwind", ButtonStyle::Danger),
        (true, "Leave", "leave", ButtonStyle::Secondary),
    ];
    let offered = offered.into_iter().filter(|(offered, ..)| *offered);
    offered.map(|(_, label, verb, style)| button(operation, label, verb, style)).collect()
}

/// The step at which a run holds.
pub(crate) fn held_step(operation: &Operation) -> Option<Box<dyn Step>> {
    let place = operation.held_step.filter(|_| operation.held_from == Some(State::Running))?;
    steps::named(&operation.plan.steps.get(place)?.step)
}

/// Whether it holds because an owner could not be told.
pub(crate) fn owes_notice(operation: &Operation) -> bool {
    operation.held_from == Some(State::AwaitingApproval) && operation.owner_to_tell().is_some()
}

fn button(operation: &Operation, label: &str, verb: &str, style: ButtonStyle) -> Button {
    Button {
        label: label.to_owned(),
        style,
        id: format!("{verb}:{}", operation.id),
        enabled: true,
        ..Button::default()
    }
}
