//! What the file of a change of a site that stands says besides: its verb, and whether it is an emergency.

use super::ChangeSpec;
use super::check::Page;
use super::raw::RawCommand;
use crate::plan::Purpose;
use crate::role::Role;
use crate::steps::{CutOff, Step as _};

/// Reads what only changes have; it is an error elsewhere.
pub(super) fn read(page: &mut Page<'_>, raw: &RawCommand, purpose: Purpose) -> Option<ChangeSpec> {
    let at_once = raw.at_once.as_ref().is_some_and(|at_once| *at_once.get_ref());
    if !matches!(purpose, Purpose::Change | Purpose::Shutdown | Purpose::Reopen) {
        let verb = raw.verb.as_ref().map(toml::Spanned::span);
        let calls = raw.calls.as_ref().map(toml::Spanned::span);
        for at in [verb, calls, raw.at_once.as_ref().map(toml::Spanned::span)].into_iter().flatten() {
            page.wrong(at, "only what changes a site that stands has a verb, calls roles, or runs at once; remove it");
        }
        return None;
    }
    let Some(verb) = raw.verb.as_ref().filter(|verb| (1..=30).contains(&verb.get_ref().chars().count())) else {
        page.wrong(
            raw.name.span(),
            "a change needs `verb`, 1 to 30 characters that headlines begin with, such as \"Scale\"",
        );
        return None;
    };
    let roles = raw.who.get_ref().roles();
    if at_once && (roles.is_empty() || roles.contains(&Role::Operator)) {
        page.wrong(raw.who.span(), "what runs at once is not for every operator; name the roles that decide in `who`");
    }
    emergency(page, raw, purpose, at_once);
    let calls = raw.calls.as_ref().map_or_else(Vec::new, |calls| calls.get_ref().clone());
    Some(ChangeSpec { verb: verb.get_ref().clone(), at_once, calls })
}

/// What cuts a tenant off does so first and at once; what puts it back waits for somebody.
fn emergency(page: &mut Page<'_>, raw: &RawCommand, purpose: Purpose, at_once: bool) {
    let steps = raw.steps.as_ref();
    let first = steps.and_then(|steps| steps.get_ref().first()).map(|step| step.get_ref().clone());
    if purpose == Purpose::Shutdown && first != Some(CutOff.name()) {
        page.wrong(raw.name.span(), format!("a shutdown begins with the step \"{}\"", CutOff.name()));
    }
    if purpose == Purpose::Shutdown && !at_once {
        page.wrong(raw.name.span(), "a shutdown is an emergency; write `at_once = true`");
    }
    if purpose != Purpose::Reopen {
        return;
    }
    if at_once {
        page.wrong(raw.name.span(), "what was cut off is not put back at once; remove `at_once`");
    }
    for (environment, policy) in raw.policy.iter().filter(|(_, policy)| policy.get_ref().approve.is_empty()) {
        page.wrong(
            policy.span(),
            format!("somebody else must approve a reopening in {environment}; name the roles in `approve`"),
        );
    }
}
