//! Mishaps: what goes wrong, at which step.

use landlord_core::fakes::{Fault, FaultError, Verb, When, World};
use landlord_core::kind::Kind;
use landlord_core::operation::Operation;
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
        "drain service" | "cut off" | "restore count" => return Some((Verb::Scale, Some(Kind::Service))),
        "preserve logs" => return Some((Verb::PreserveLogs, Some(Kind::LogGroup))),
        // Only it looks for rules by their kind.
        "verify down" => return Some((Verb::Find, Some(Kind::ListenerRule))),
        "put rules back" => return Some((Verb::PutBack, Some(Kind::ListenerRule))),
        "settle log group" | "restore retention" => return Some((Verb::RetainLogs, Some(Kind::LogGroup))),
        // Its looks are like those of every other step; only it reads whole inventories.
        "register revision" => return Some((Verb::Resize, Some(Kind::TaskDefinition))),
        "deploy revision" => return Some((Verb::Deploy, Some(Kind::Service))),
        "await stable" | "await stable or turn back" => return Some((Verb::Rollout, Some(Kind::Service))),
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
    let Some((verb, kind)) = asked(step) else {
        assert!(mails(step), "the harness does not know how to make the step {step:?} fail; teach it");
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

/// Whether the step of this name sends an e-mail.
pub(crate) fn mails(step: &str) -> bool {
    step.ends_with(" owner") || step == "tell security"
}

/// How many mails are sent before the step's own.
fn mails_before(calm: &Operation, place: usize) -> usize {
    let ended = calm.steps[place].ended;
    let mails = |step: &&usize| mails(&calm.plan.steps[**step].step);
    let places: Vec<usize> = (0..calm.steps.len()).collect();
    let earlier = places.iter().filter(mails).filter(|step| calm.steps[**step].ended < ended).count();
    calm.owners_told.len() + earlier
}

/// The kind that the step makes, where it makes one.
pub(crate) fn makes(step: &str) -> Option<Kind> {
    asked(step).filter(|(verb, _)| *verb == Verb::Ensure).and_then(|(_, kind)| kind)
}

/// What undoing the step of this name asks of the world, where it asks for something.
pub(crate) fn undoes(step: &str) -> Option<(Verb, Kind)> {
    match step {
        "register revision" => Some((Verb::Retire, Kind::TaskDefinition)),
        "deploy revision" => Some((Verb::Deploy, Kind::Service)),
        "put rules back" => Some((Verb::Remove, Kind::ListenerRule)),
        "restore count" => Some((Verb::Scale, Kind::Service)),
        "restore retention" => Some((Verb::PreserveLogs, Kind::LogGroup)),
        _ => makes(step).map(|kind| (Verb::Remove, kind)),
    }
}
