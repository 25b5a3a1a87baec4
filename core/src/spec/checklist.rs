//! The checklists of a command's file (playbook 5): `[[before]]`, what is known before the run, and `[[after]]`, what the run
//! has shown. Each line says who answers for it; none is silently skipped.

use std::collections::BTreeSet;

use toml::Spanned;

use super::check::Page;
use super::raw::{Look, RawCommand, RawLine};
use crate::plan::{Purpose, When};
use crate::steps;
use crate::tenant::hidden;

/// A line of a checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecklistSpec {
    /// The playbook's line.
    pub item: String,
    /// Whether it is about what is so before the run, or about what the run has come to.
    pub when: When,
    /// Who answers for it.
    pub by: By,
}

/// Who answers for a line of a checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The bot, by what it sees when the plan is made.
    Look(Look),
    /// The bot, by what this step has come to.
    Step(String),
    /// People: before a run whoever approves it, afterwards whoever validates what it made.
    Attested,
    /// Nobody can, and this is why.
    Unverifiable(String),
}

/// The lines of both lists, those before the run first.
pub(super) fn read(page: &mut Page<'_>, raw: &RawCommand, purpose: Purpose) -> Vec<ChecklistSpec> {
    let mut lines = Vec::new();
    for (when, list) in [(When::Before, &raw.before), (When::After, &raw.after)] {
        let mut seen = BTreeSet::new();
        for spanned in list {
            let line = spanned.get_ref();
            item(page, spanned);
            if !seen.insert(&line.item) {
                page.wrong(spanned.span(), format!("the line \"{}\" stands twice in its list", line.item));
            }
            if let Some(by) = by(page, spanned) {
                fits(page, spanned, raw, (when, purpose), &by);
                lines.push(ChecklistSpec { item: line.item.clone(), when, by });
            }
        }
    }
    lines
}

fn item(page: &mut Page<'_>, spanned: &Spanned<RawLine>) {
    let RawLine { item, unverifiable, .. } = spanned.get_ref();
    for text in [Some(item), unverifiable.as_ref()].into_iter().flatten() {
        if !(1..=200).contains(&text.trim().chars().count()) || text.chars().any(hidden) {
            page.wrong(spanned.span(), "a text of a checklist is one line of 1 to 200 characters that can be seen");
        }
    }
}

/// Exactly one answers.
fn by(page: &mut Page<'_>, spanned: &Spanned<RawLine>) -> Option<By> {
    let RawLine { look, step, attested, unverifiable, .. } = spanned.get_ref();
    let all = [
        look.map(By::Look),
        step.clone().map(By::Step),
        attested.then_some(By::Attested),
        unverifiable.clone().map(By::Unverifiable),
    ];
    let mut given = all.into_iter().flatten();
    if let (Some(by), None) = (given.next(), given.next()) {
        return Some(by);
    }
    page.wrong(
        spanned.span(),
        "a line of a checklist has exactly one of `look`, `step`, `attested = true` and `unverifiable`",
    );
    None
}

/// Whoever answers for the line can do so at that time.
fn fits(page: &mut Page<'_>, spanned: &Spanned<RawLine>, raw: &RawCommand, (when, purpose): (When, Purpose), by: &By) {
    match (by, when) {
        (By::Look(_), When::After) => {
            page.wrong(
                spanned.span(),
                "`look` sees what is so before the run; in [[after]] name the `step` that shows it",
            );
        }
        (By::Step(_), When::Before) => {
            page.wrong(spanned.span(), "no step has run before the run; use `look`, or move the line to [[after]]");
        }
        (By::Step(step), When::After) => shown(page, spanned, raw, step),
        (By::Attested, When::After) if purpose.deletes() => {
            page.wrong(
                spanned.span(),
                "what is gone cannot be tried, so nobody vouches for it afterwards; name a `step`, or say why it is `unverifiable`",
            );
        }
        _ => {}
    }
}

/// The step is one of the command's, and shows this line.
fn shown(page: &mut Page<'_>, spanned: &Spanned<RawLine>, raw: &RawCommand, step: &str) {
    let names = raw.steps.iter().flat_map(toml::Spanned::get_ref).map(|name| name.get_ref().as_str());
    let names: Vec<&str> = names.collect();
    if !names.contains(&step) {
        page.wrong(
            spanned.span(),
            format!("the command has no step \"{step}\" that could show it; its steps are: {}", names.join(", ")),
        );
        return;
    }
    let proves = steps::named(step).map_or_else(Vec::new, |step| step.proves());
    if !proves.is_empty() && !proves.contains(&spanned.get_ref().item.as_str()) {
        page.wrong(spanned.span(), format!("\"{step}\" does not show this; it shows: {}", proves.join(", ")));
    }
}
