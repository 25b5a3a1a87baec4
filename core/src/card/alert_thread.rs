//! What the thread of an incident is told.

use super::alert::{LABEL, NAME, SENTENCE};
use super::text::{capitalised, plain, shorten};
use crate::incident::{Event, Recorded};
use crate::ports::Call;
use crate::role::{Person, Role};

/// The lines of events for the thread, and whom each calls. What the card alone shows has none, and that it fires still is one
/// line however often it was told in a row.
pub fn incident_lines(events: &[Recorded]) -> Vec<(String, Vec<Call>)> {
    let fired = |recorded: &Recorded| matches!(recorded.event, Event::Fired { .. });
    let runs = events.chunk_by(|one, next| fired(one) && fired(next));
    runs.filter_map(|run| run.last().and_then(|last| line(last, run.len()))).collect()
}

/// The line of an event that happened so many times in a row.
fn line(recorded: &Recorded, in_a_row: usize) -> Option<(String, Vec<Call>)> {
    let who = |person: &Person| plain(&person.to_string());
    let text = match &recorded.event {
        Event::Raised { alert, about, .. } => {
            // A storm calls nobody for each of its alerts, and neither does what hits no tenant.
            let calls = if about.tenancy.is_some() { vec![Call::Role(Role::OnCall)] } else { Vec::new() };
            return Some((timed(recorded, &format!("🔥 It fires: {}", alert.name.shown(NAME))), calls));
        }
        Event::Fired { alert } => {
            let value = alert.value.as_ref().map_or_else(String::new, |value| format!(", at {}", value.shown(LABEL)));
            let times = if in_a_row > 1 { format!(" (told {in_a_row} times)") } else { String::new() };
            format!("🔁 It still fires{value}{times}.")
        }
        Event::Recovered { .. } => "✅ It fires no longer.".to_owned(),
        Event::Acknowledged { by } => format!("👀 {} took it.", who(by)),
        Event::Silenced { by, until } => format!("🔕 {} silenced it until <t:{}:t>.", who(by), until.unix_timestamp()),
        Event::Decided { by, command, operation } => {
            let by = by.as_ref().map_or_else(|| "The rule".to_owned(), who);
            let operation = operation.as_ref().map_or_else(String::new, |id| format!(": operation `{id}`"));
            format!("▶️ {by} chose `/{command}`{operation}.")
        }
        Event::Refused { command, why } => {
            format!("⚠️ The rule wanted `/{command}`, which was not possible: {}", plain(&shorten(why, SENTENCE)))
        }
        Event::Escalated { to } => format!("📣 Told {}.", plain(to)),
        Event::Unheard { to, why } => format!("⚠️ {} cannot be told: {}", plain(to), plain(&shorten(why, SENTENCE))),
        Event::LogsKept { what } => format!("🗄️ {}", plain(&capitalised(what))),
        Event::Over => "✅ It stayed well for 15 minutes: over.".to_owned(),
        Event::Closed { by, summary } => format!("📕 {} closed it: {}", who(by), plain(&shorten(summary, 1_000))),
        Event::Folded { .. }
        | Event::CardPosted { .. }
        | Event::ThreadOpened { .. }
        | Event::Told { .. }
        | Event::Tried { .. } => {
            return None;
        }
    };
    Some((timed(recorded, &text), Vec::new()))
}

fn timed(recorded: &Recorded, line: &str) -> String {
    format!("<t:{}:T> {line}", recorded.at.unix_timestamp())
}
