//! Mishaps: what goes wrong, at which step.

use landlord_core::fakes::{Fault, FaultError, Verb, When, World};
use landlord_core::kind::Kind;
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
fn asked(step: &str) -> Option<(Verb, Kind)> {
    if let Some(words) = step.strip_prefix("ensure ") {
        let kind = Kind::DELETION_ORDER.into_iter().find(|kind| kind.words() == words)?;
        return Some((Verb::Ensure, kind));
    }
    let kind = match step.strip_prefix("verify ")? {
        "service running" => Kind::Service,
        "target healthy" => Kind::TargetGroup,
        "dns resolves" => Kind::DnsRecord,
        "site answers" => Kind::ListenerRule,
        "database reachable" => Kind::Database,
        "secret stored" => Kind::Secret,
        "logs appearing" => Kind::LogGroup,
        _ => return None,
    };
    Some((Verb::Check, kind))
}

/// Makes the step fail for good, once.
pub(crate) fn strikes(world: &World, step: &str, side: Side) {
    let refusal = CloudError::Permanent("MessageRejected".into());
    match (asked(step), side) {
        (Some((verb, kind)), side) => {
            let when = if side == Side::Before { When::Before } else { When::After };
            world.cloud.fail(Fault::new(FaultError::Denied).of_kind(kind).on(verb).when(when));
        }
        (None, Side::Before) if step == "notify owner" => world.notifier.fail_next(1, &refusal),
        (None, Side::After) if step == "notify owner" => world.notifier.lose_answers(1, &refusal),
        (None, _) => panic!("the harness does not know how to make the step {step:?} fail; teach it"),
    }
}

/// The kind that the step makes, where it makes one.
pub(crate) fn makes(step: &str) -> Option<Kind> {
    asked(step).filter(|(verb, _)| *verb == Verb::Ensure).map(|(_, kind)| kind)
}
