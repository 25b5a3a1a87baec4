//! What an operation's thread is told: a line for each turn that matters.

use super::text::{plain, roles};
use crate::event::{Effect, Event, Recorded};
use crate::operation::Operation;
use crate::ports::Call;

/// The line of an event, and whom it calls; none for what the card alone shows.
pub fn line(operation: &Operation, recorded: &Recorded) -> Option<(String, Vec<Call>)> {
    let step = |place: &usize| operation.plan.steps.get(*place).map_or("?", |planned| planned.step.as_str());
    let who = |person: &crate::role::Person| plain(&person.to_string());
    let text = match &recorded.event {
        Event::Filed { requester, .. } => format!("📝 {} asked for it.", who(requester)),
        Event::CaughtUp { summary } => format!("🔎 {summary}"),
        Event::RolesRead { members } => {
            let names: Vec<String> = members.iter().map(|member| who(&member.person)).collect();
            format!("🔎 The roles of {} have changed; the votes were judged again.", super::text::list(&names))
        }
        Event::Rejected { person } => format!("❌ {} rejected it. Nothing was done.", who(person)),
        Event::Reminded { roles: missing } => {
            let calls = missing.iter().map(|role| Call::Role(*role)).collect();
            return Some((format!("⏰ Still needs {}.", roles(missing)), calls));
        }
        Event::Expired => "⌛ The approvals did not come in time. Nothing was done.".into(),
        Event::Cancelled { person } => format!("🚫 {} took it back. Nothing was done.", who(person)),
        Event::StartDelayed { why } => format!("⏸️ Approved, but nothing runs yet: {}. It is tried again.", plain(why)),
        Event::Started { approvals, account } => {
            let by: Vec<String> =
                approvals.iter().map(|(role, person)| format!("{} ({})", who(person), role.title())).collect();
            let by = if by.is_empty() {
                "No approval needed".to_owned()
            } else {
                format!("Approved by {}", super::text::list(&by))
            };
            format!("▶️ {by}; account {account} answers. Running.")
        }
        Event::StepDone { step: place, effect, note } => {
            let resource = operation.plan.steps.get(*place).map_or("?", |planned| planned.resource.as_str());
            let what = match effect {
                Effect::Created => format!("created `{resource}`"),
                Effect::Existed => format!("`{resource}` stood already"),
                Effect::Done => plain(note),
            };
            format!("✅ {} · {what}", step(place))
        }
        Event::StepFailed { step: place, error, .. } => format!("🔁 {} · {} · trying again", step(place), plain(error)),
        Event::Held { diagnosis } => {
            let lines: Vec<String> = diagnosis.iter().map(|line| plain(line)).collect();
            let calls = vec![Call::Person(operation.requester.clone())];
            return Some((format!("⚠️ **On hold.** {}", lines.join("\n› ")), calls));
        }
        Event::Retried { person } => format!("🔁 {} ordered it to be tried again.", who(person)),
        Event::Skipped { step: place, person } => format!("⏭️ {} left out {}.", who(person), step(place)),
        Event::UnwindOrdered { person } => format!("↩️ {} ordered the roll back.", who(person)),
        Event::StepUndone { step: place, note } => format!("↩️ {} · {}", step(place), plain(note)),
        Event::Succeeded => format!("🎉 Done: https://{} stands.", operation.plan.host),
        Event::Unwound => "↩️ Rolled back: nothing that this run created is left.".into(),
        Event::Abandoned { person } => format!("⏹️ {} left it as it stands.", who(person)),
        Event::Validated { person } => format!("✅ {} validated it.", who(person)),
        Event::CardPosted { .. }
        | Event::ThreadOpened { .. }
        | Event::VoteCast { .. }
        | Event::VoteWithdrawn { .. }
        | Event::StepStarted { .. }
        | Event::Told { .. } => return None,
    };
    Some((text, Vec::new()))
}
