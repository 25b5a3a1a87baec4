//! Mishaps: what goes wrong, at which step.

use landlord_core::fakes::{Fault, FaultError, Verb, When, World};
use landlord_core::kind::Kind;
use landlord_core::operation::Operation;
use landlord_core::plan::Logs;
use landlord_core::ports::CloudError;

/// On which side of its effect a step fails for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Nothing happened.
    Before,
    /// It happened, and the answer is an error.
    After,
}

/// Both sides.
pub(crate) const SIDES: [Side; 2] = [Side::Before, Side::After];

/// What the step of this name asks of the world, as far as it can be made to fail.
fn asked(step: &str) -> Option<(Verb, Option<Kind>)> {
    let named = |words: &str| Kind::DELETION_ORDER.into_iter().find(|kind| kind.words() == words);
    for (verb, word) in [(Verb::Ensure, "ensure "), (Verb::Remove, "remove ")] {
        if let Some(words) = step.strip_prefix(word) {
            return named(words).map(|kind| (verb, Some(kind)));
        }
    }
    let kind = match step {
        "back up" => return Some((Verb::BackUp, None)),
        "adopt" => return Some((Verb::Tasks, Some(Kind::Service))),
        "drain service" => return Some((Verb::Scale, Some(Kind::Service))),
        "settle log group" => return Some((Verb::RetainLogs, Some(Kind::LogGroup))),
        // Its looks are like those of every other step; only it reads whole inventories.
        "certify absence" => return Some((Verb::Inventory, None)),
        "verify service running" => Kind::Service,
        "verify target healthy" => Kind::TargetGroup,
        "verify dns resolves" => Kind::DnsRecord,
        "verify site answers" => Kind::ListenerRule,
        "verify database reachable" => Kind::Database,
        "verify secret stored" => Kind::Secret,
        "verify logs appearing" => Kind::LogGroup,
        _ => return None,
    };
    Some((Verb::Check, Some(kind)))
}

/// Makes a step of an operation fail for good, once. `calm` is the operation as it went without any mishap.
pub(crate) fn strikes(world: &World, calm: &Operation, place: usize, side: Side) {
    let step = calm.plan.steps[place].step.as_str();
    let refusal = CloudError::Permanent("MessageRejected".into());
    // What becomes of the logs is the plan's to say.
    let deletes_logs = calm.plan.deletion.as_ref().is_some_and(|deletion| deletion.logs == Logs::Delete);
    let asked = match step {
        "settle log group" if deletes_logs => Some((Verb::Remove, Some(Kind::LogGroup))),
        step => asked(step),
    };
    let Some((verb, kind)) = asked else {
        assert!(step.ends_with(" owner"), "the harness does not know how to make the step {step:?} fail; teach it");
        world.notifier.spare(mails_before(calm, place));
        match side {
            Side::Before => world.notifier.fail_next(1, &refusal),
            Side::After => world.notifier.lose_answers(1, &refusal),
        }
        return;
    };
    let when = if side == Side::Before { When::Before } else { When::After };
    let at = &calm.plan.site_of(place).tenancy;
    let mut fault = Fault::new(FaultError::Denied).in_environment(at.environment).on(verb).when(when);
    if verb != Verb::Inventory {
        fault = fault.about(&at.tenant);
    }
    world.cloud.fail(Fault { kind, ..fault });
}

/// The same, however often the step is tried.
pub(crate) fn strikes_always(world: &World, calm: &Operation, place: usize) {
    // More often than anybody tries it.
    for _ in 0..20 {
        strikes(world, calm, place, Side::Before);
    }
}

/// How many mails are sent before the step's own.
fn mails_before(calm: &Operation, place: usize) -> usize {
    let ended = calm.steps[place].ended;
    let mails = |step: &&usize| calm.plan.steps[**step].step.ends_with(" owner");
    let places: Vec<usize> = (0..calm.steps.len()).collect();
    let earlier = places.iter().filter(mails).filter(|step| calm.steps[**step].ended < ended).count();
    calm.owners_told.len() + earlier
}

/// The kind that the step makes, where it makes one.
pub(crate) fn makes(step: &str) -> Option<Kind> {
    asked(step).filter(|(verb, _)| *verb == Verb::Ensure).and_then(|(_, kind)| kind)
}
