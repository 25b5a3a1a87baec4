//! What a deletion's file says besides: the owner's notice, how long logs are kept, and what must never be missing.

use std::collections::BTreeMap;

use super::check::{DAY, Page, seconds};
use super::raw::RawCommand;
use super::{DeletionSpec, EnvironmentPolicy};
use crate::plan::{Purpose, Reason};
use crate::ports::RETENTIONS;
use crate::steps::{CertifyAbsence, Remove, Step as _};
use crate::tenant::Environment;

/// Reads what only deletions have; it is an error elsewhere.
pub(super) fn read(
    page: &mut Page<'_>,
    raw: &RawCommand,
    purpose: Purpose,
    policy: &BTreeMap<Environment, EnvironmentPolicy>,
) -> Option<DeletionSpec> {
    if !purpose.deletes() {
        let notice = raw.notice.values().next().map(toml::Spanned::span);
        let typed = raw.policy.values().find(|policy| policy.get_ref().r#type.is_some()).map(toml::Spanned::span);
        let kept = raw.keep_logs.as_ref().map(toml::Spanned::span);
        for at in [notice, typed, kept].into_iter().flatten() {
            page.wrong(at, "only what deletes has a notice, keeps logs, or asks for a name to be typed; remove it");
        }
        return None;
    }
    complete(page, raw);
    if purpose != Purpose::BulkDelete && policy.get(&Environment::Prod).is_some_and(|prod| prod.typed.is_none()) {
        page.wrong(raw.name.span(), "a deletion in PROD asks for the name; write type = \"tenant\" into [policy.prod]");
    }
    let notice = notice(page, raw);
    if purpose == Purpose::Sweep && notice.values().any(|notice| *notice > 0) {
        page.wrong(raw.name.span(), "orphans have no owner who could be told; write default = \"none\" into [notice]");
    }
    Some(DeletionSpec { notice, keep_logs: keep_logs(page, raw) })
}

/// A deletion that leaves a kind out, or does not look whether all is gone, is none.
fn complete(page: &mut Page<'_>, raw: &RawCommand) {
    let Some(steps) = &raw.steps else { return };
    let needed = Remove::KINDS.into_iter().map(|kind| Remove(kind).name()).chain([CertifyAbsence.name()]);
    for name in needed {
        if steps.get_ref().iter().all(|step| *step.get_ref() != name) {
            page.wrong(steps.span(), format!("a deletion needs the step \"{name}\" (playbook 6.2, 5.4)"));
        }
    }
}

fn notice(page: &mut Page<'_>, raw: &RawCommand) -> BTreeMap<Reason, u64> {
    let mut by_reason = BTreeMap::new();
    let mut default = DAY;
    for (reason, text) in &raw.notice {
        let time = match text.get_ref().as_str() {
            "none" => Some(0),
            text => seconds(text),
        };
        let Some(time) = time else {
            page.wrong(text.span(), "a notice is \"none\" or a whole number with s, m, h or d, such as \"24h\"");
            continue;
        };
        match reason.parse::<Reason>() {
            Ok(reason) => drop(by_reason.insert(reason, time)),
            Err(_) if reason == "default" => default = time,
            Err(_) => {
                page.wrong(
                    text.span(),
                    format!("there is no reason `{reason}`; give default, cancellation, poc or other"),
                );
            }
        }
    }
    Reason::ALL.into_iter().map(|reason| (reason, by_reason.get(&reason).copied().unwrap_or(default))).collect()
}

fn keep_logs(page: &mut Page<'_>, raw: &RawCommand) -> u32 {
    const DEFAULT: u32 = 365;
    let Some(text) = &raw.keep_logs else { return DEFAULT };
    let days = text.get_ref().strip_suffix('d').and_then(|days| days.parse().ok());
    days.filter(|days| RETENTIONS.contains(days)).unwrap_or_else(|| {
        page.wrong(
            text.span(),
            format!("logs are kept for as many days as CloudWatch knows, such as \"365d\": {RETENTIONS:?}"),
        );
        DEFAULT
    })
}
