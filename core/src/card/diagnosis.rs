//! The answer to why a tenant does not work: the causes that fit, the likeliest first, what speaks for them, and what mends them.

use super::operation::field;
use super::text::{capitalised, list, plain, shorten};
use super::{Button, ButtonStyle, Card, Field, Tone};
use crate::diagnosis::{Cause, Diagnosis, Known, Likely, Mend, Section, When};
use crate::ports::Symptom;
use crate::size::Size;
use crate::spec::OptionKind;
use crate::tenant::Tenancy;

/// How many causes are shown; what speaks for more is in the rest.
const CAUSES_SHOWN: usize = 5;
/// How many lines of evidence a cause is shown with.
const LINES: usize = 4;
/// The length of a line of the provider's words.
const LINE: usize = 260;
/// The length of all that is said of a cause.
const ROOM: usize = 1_000;

/// The card, for one person's eyes. `open` says which operation works there.
pub fn diagnosis(
    tenancy: &Tenancy,
    known: Known,
    diagnosis: &Diagnosis,
    open: Option<&str>,
    buttons: Vec<Button>,
) -> Card {
    let place = format!("{} in {}", tenancy.tenant, tenancy.environment.title());
    let (title, tone) = match diagnosis.likely.first() {
        Some(first) if first.cause.section == Section::Session => (capitalised(first.cause.name), Tone::Bad),
        Some(first) => (format!("Likely: {}", first.cause.name), Tone::Bad),
        None if diagnosis.well => ("Nothing is wrong that can be seen".to_owned(), Tone::Good),
        None => ("No known cause fits".to_owned(), Tone::Attention),
    };
    let mut body = vec![registered(known).to_owned()];
    body.extend(open.map(|open| format!("⏳ {open}")));
    if diagnosis.likely.is_empty() && !diagnosis.well {
        body.push("What was seen is below; the playbook has no cause for it.".to_owned());
    }
    let mut fields: Vec<Field> = diagnosis.likely.iter().take(CAUSES_SHOWN).map(cause).collect();
    if !diagnosis.besides.is_empty() {
        fields.push(field("Seen besides", lines(&diagnosis.besides), false));
    }
    if !diagnosis.sound.is_empty() {
        let sound: Vec<String> = diagnosis.sound.iter().map(|place| place.words().to_owned()).collect();
        fields.push(field("Looked at and sound", list(&sound), false));
    }
    if !diagnosis.unseen.is_empty() {
        fields.push(field("Not seen", unseen(&diagnosis.unseen), false));
    }
    Card { title: format!("{title} · {place}"), tone, body: body.join("\n"), fields, buttons, ..Card::default() }.fit()
}

/// What the registry says, where that matters.
fn registered(known: Known) -> &'static str {
    use crate::ports::Standing;
    match known {
        Known::Here(Standing::Active) => "The registry has it there as active.",
        Known::Here(Standing::Validated) => "The registry has it there as validated.",
        Known::Here(Standing::Incomplete) => "The registry has it there as incomplete: it was not brought to its end.",
        Known::Here(Standing::Shut) => "The registry has it there as shut down.",
        Known::Elsewhere => "The registry has the tenant, and not in this environment.",
        Known::Deleted => "The tenant is deleted.",
        Known::Nowhere => "The registry has no such tenant.",
    }
}

fn cause(likely: &Likely) -> Field {
    let cause = likely.cause;
    // What is to be done about a session is said to the letter.
    let longest = if cause.when == When::NoSession { ROOM } else { LINE };
    let mut value: Vec<String> =
        likely.evidence.iter().take(LINES).map(|line| format!("› {}", at_most(line, longest))).collect();
    if let Some(more) = likely.evidence.len().checked_sub(LINES).filter(|more| *more > 0) {
        value.push(format!("› and {more} more"));
    }
    // The advice must not be what is cut off.
    let room = ROOM.saturating_sub(cause.advice.chars().count());
    let evidence = shorten(&value.join("\n"), room);
    field(&format!("{} ({})", capitalised(cause.name), cause.section), format!("{evidence}\n{}", cause.advice), false)
}

fn lines(symptoms: &[Symptom]) -> String {
    let lines = symptoms.iter().map(|symptom| line_of(&format!("{}: {}", symptom.place.words(), symptom.said)));
    lines.collect::<Vec<_>>().join("\n")
}

/// What could not be looked at; places of which the same is said stand in one line.
fn unseen(symptoms: &[Symptom]) -> String {
    let mut said: Vec<(&str, Vec<String>)> = Vec::new();
    for symptom in symptoms {
        let place = symptom.place.words().to_owned();
        match said.iter_mut().find(|(why, _)| *why == symptom.said) {
            Some((_, places)) => places.push(place),
            None => said.push((&symptom.said, vec![place])),
        }
    }
    let lines = said.into_iter().map(|(why, places)| line_of(&format!("{}: {why}", list(&places))));
    lines.collect::<Vec<_>>().join("\n")
}

/// A line of the provider's words, as one line that means nothing to the chat.
fn line_of(said: &str) -> String {
    at_most(said, LINE)
}

fn at_most(said: &str, longest: usize) -> String {
    plain(&shorten(&said.split_whitespace().collect::<Vec<_>>().join(" "), longest))
}

/// The button that uses the command that mends a cause. `options` are those that the command has; none where it cannot be used by
/// a press: it needs what is not known here.
pub fn advised(
    cause: &Cause,
    mend: Mend,
    tenancy: &Tenancy,
    size: Option<Size>,
    options: &[(&str, OptionKind)],
) -> Option<Button> {
    let mut label = mend.label().to_owned();
    let mut given: Vec<(&str, String)> = Vec::new();
    let larger = if mend == Mend::Enlarge { Some(size?.larger()?) } else { None };
    if let Some(size) = larger {
        label = format!("{label} to {} cpu · {} MiB", size.cpu(), size.memory());
    }
    for (name, kind) in options {
        let value = match (kind, larger) {
            (OptionKind::Tenant, _) => tenancy.tenant.to_string(),
            (OptionKind::Environment, _) => tenancy.environment.to_string(),
            (OptionKind::Cpu, Some(size)) => size.cpu().to_string(),
            (OptionKind::Memory, Some(size)) => size.memory().to_string(),
            (OptionKind::Count, _) if mend == Mend::RunOne => "1".to_owned(),
            (OptionKind::Why, _) => cause.name.to_owned(),
            _ => continue,
        };
        given.push((name, value));
    }
    let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let style = if mend == Mend::Orphans { ButtonStyle::Secondary } else { ButtonStyle::Primary };
    Some(Button::uses(label, style, mend.command(), &given))
}
