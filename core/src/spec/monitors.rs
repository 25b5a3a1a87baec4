//! `commands/monitors.toml`: what is looked at, when, and from where on it is not well (RB-001 section 7).

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use super::SpecError;
use super::check::{DAY, Page, seconds};
use crate::monitor::{Calendar, Cron, Job, Look, REPORT, Threshold};
use crate::tenant::hidden;

/// The name of the file.
pub(super) const FILE: &str = "monitors.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    report: Spanned<String>,
    #[serde(default)]
    monitor: Vec<Spanned<RawMonitor>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMonitor {
    name: Spanned<String>,
    title: Spanned<String>,
    cron: Spanned<String>,
    look: Spanned<RawLook>,
    above: Option<Spanned<f64>>,
    over: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawLook {
    LambdaErrors,
    QueueDepth,
    FailedProvisionings,
    AuditAll,
}

/// Reads and validates the file.
pub(super) fn calendar(file: &str, text: &str) -> Result<Calendar, Vec<SpecError>> {
    let mut page = Page::new(file, text);
    let raw: RawFile = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            page.wrong(error.span().unwrap_or(0..0), error.message());
            return Err(page.errors());
        }
    };
    let report = cron(&mut page, &raw.report);
    let mut names = BTreeSet::new();
    let mut jobs = Vec::new();
    for spanned in &raw.monitor {
        let raw = spanned.get_ref();
        if !names.insert(raw.name.get_ref()) {
            page.wrong(raw.name.span(), format!("there are two monitors `{}`; rename one", raw.name.get_ref()));
        }
        jobs.extend(job(&mut page, raw));
    }
    let errors = page.errors();
    if errors.is_empty() { Ok(Calendar { jobs, report }) } else { Err(errors) }
}

fn job(page: &mut Page<'_>, raw: &RawMonitor) -> Option<Job> {
    let name = raw.name.get_ref();
    let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-');
    if !(1..=32).contains(&name.len()) || !name.bytes().all(plain) {
        page.wrong(raw.name.span(), "a monitor's name has 1 to 32 lower-case letters, digits or -");
    }
    if name == REPORT {
        page.wrong(raw.name.span(), format!("`{REPORT}` is what is said of them all; name the monitor otherwise"));
    }
    let title = raw.title.get_ref();
    if !(1..=100).contains(&title.chars().count()) || title.chars().any(hidden) {
        page.wrong(raw.title.span(), "it must be one line of 1 to 100 characters");
    }
    let cron = cron(page, &raw.cron);
    let look = look(page, raw);
    Some(Job { name: name.clone(), title: title.clone(), cron: cron?, look: look? })
}

fn cron(page: &mut Page<'_>, pattern: &Spanned<String>) -> Option<Cron> {
    Cron::parse(pattern.get_ref()).map_err(|what| page.wrong(pattern.span(), what)).ok()
}

fn look(page: &mut Page<'_>, raw: &RawMonitor) -> Option<Look> {
    let most = match raw.look.get_ref() {
        RawLook::LambdaErrors => 1.0,
        RawLook::QueueDepth => f64::from(u32::MAX),
        plain @ (RawLook::FailedProvisionings | RawLook::AuditAll) => {
            let threshold = raw.above.as_ref().map(Spanned::span).or_else(|| raw.over.as_ref().map(Spanned::span));
            if let Some(at) = threshold {
                page.wrong(at, "nothing is measured here; leave `above` and `over` out");
            }
            return Some(match plain {
                RawLook::FailedProvisionings => Look::FailedProvisionings,
                _ => Look::AuditAll,
            });
        }
    };
    let (Some(above), Some(over)) = (&raw.above, &raw.over) else {
        page.wrong(
            raw.look.span(),
            "say from where on it is not well: `above`, measured `over` a duration such as \"5m\"",
        );
        return None;
    };
    if !(0.0..=most).contains(above.get_ref()) {
        page.wrong(above.span(), format!("it must be a number from 0 to {most}"));
    }
    let whole = seconds(over.get_ref()).filter(|seconds| seconds.is_multiple_of(60) && *seconds <= DAY);
    let Some(over) = whole.and_then(|seconds| u32::try_from(seconds).ok()) else {
        page.wrong(over.span(), "a duration here is whole minutes, at most a day, such as \"5m\"");
        return None;
    };
    let threshold = Threshold { above: *above.get_ref(), over };
    Some(match raw.look.get_ref() {
        RawLook::LambdaErrors => Look::LambdaErrors(threshold),
        _ => Look::QueueDepth(threshold),
    })
}
