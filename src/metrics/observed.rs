//! What the core does, read off the events as they are written: the core knows nothing of metrics.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use landlord_core::event::{Effect, Event};
use landlord_core::ledger::Observer;
use landlord_core::operation::Operation;
use landlord_core::role::Person;
use landlord_core::steps;

use super::Metrics;

/// The names of all steps that there are. A log of an earlier version may have others.
static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| steps::names().into_iter().collect());

/// A step that this version does not know.
const OTHER: &str = "other";

impl Observer for Metrics {
    fn written(&self, before: Option<&Operation>, after: &Operation, event: &Event) {
        match event {
            Event::StepDone { step, effect, .. } => {
                let outcome = match effect {
                    Effect::Created => "created",
                    Effect::Existed => "existed",
                    Effect::Done => "done",
                };
                self.step(name(after, *step), outcome);
                let progress = after.steps.get(*step);
                let times = progress.and_then(|progress| Some((progress.started?, progress.ended?)));
                if let Some((started, ended)) = times {
                    self.step_took(name(after, *step), (ended - started).as_seconds_f64());
                }
            }
            Event::StepFailed { step, .. } => self.step(name(after, *step), "failed"),
            Event::Held { step: Some(step), .. } => self.step(name(after, *step), "held"),
            Event::TurnedBack { step, .. } => self.step(name(after, *step), "turned back"),
            Event::StepUndone { step, left, .. } => {
                self.step(name(after, *step), if *left { "left" } else { "undone" });
            }
            Event::Skipped { step, .. } => self.step(name(after, *step), "skipped"),
            Event::VoteCast { member } => self.vote("approve", counts(after, &member.person)),
            Event::VoteWithdrawn { person } => {
                self.vote("withdraw", before.is_some_and(|before| counts(before, person)));
            }
            // Who may not reject is not in the log.
            Event::Rejected { .. } => self.vote("reject", true),
            _ => {}
        }
    }
}

/// Whether the person's vote fills a role.
fn counts(operation: &Operation, person: &Person) -> bool {
    operation.decision().standing(person).is_ok()
}

fn name(operation: &Operation, step: usize) -> Cow<'static, str> {
    let known = operation.plan.steps.get(step).and_then(|planned| NAMES.get(&planned.step));
    known.map_or(OTHER, String::as_str).into()
}
