//! What an operation's thread is told: a line for each turn that matters.

use time::OffsetDateTime;

use super::text::{plain, roles, span};
use super::{checklist, emergency};
use crate::event::{Effect, Event, Proof, Recorded};
use crate::operation::{Operation, State};
use crate::plan::{Answer, Purpose, When};
use crate::ports::Call;
use crate::votes::Difference;

/// What became of a card's votes while the bot was away: since then, where that is known.
pub fn away(since: Option<OffsetDateTime>, until: OffsetDateTime, difference: &Difference) -> String {
    let Difference { votes, new, valid, invalid } = *difference;
    let when = since.map_or_else(|| "The bot was away".to_owned(), |since| format!("Away {}", span(since, until)));
    let read = format!("{when}; {votes} vote{} read again", if votes == 1 { "" } else { "s" });
    let changes = [(new, "new"), (valid, "now valid"), (invalid, "no longer valid")].into_iter();
    let changes = changes.filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    std::iter::once(read).chain(changes).collect::<Vec<_>>().join(", ")
}

/// The line of an event, and whom it calls; none for what the card alone shows.
pub fn line(operation: &Operation, recorded: &Recorded) -> Option<(String, Vec<Call>)> {
    let opening = matches!(recorded.event, Event::Filed { .. }).then(|| emergency::opening(operation)).flatten();
    let (text, calls) = opening.or_else(|| words(operation, recorded))?;
    Some((emergency::timed(operation, recorded.at, text), calls))
}

fn words(operation: &Operation, recorded: &Recorded) -> Option<(String, Vec<Call>)> {
    let step = |place: &usize| named(operation, *place);
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
        Event::Cancelled { person } => {
            format!("🚫 {} took it back. {}", who(person), super::operation::undone(operation))
        }
        Event::TakenOff { tenant, person } => format!("➖ {} took `{tenant}` off the list.", who(person)),
        Event::NoticeGiven { until, note } => {
            format!("✉️ {}. Nothing is touched before <t:{}:f>.", plain(note), until.unix_timestamp())
        }
        Event::StartDelayed { why } => format!("⏸️ Approved, but nothing runs yet: {}. It is tried again.", plain(why)),
        Event::Started { approvals, account } => {
            let by: Vec<String> =
                approvals.iter().map(|(role, person)| format!("{} ({})", who(person), role.title())).collect();
            let by = if by.is_empty() {
                "No approval needed".to_owned()
            } else {
                format!("Approved by {}", super::text::list(&by))
            };
            let seal = if account.contains(" and ") {
                format!("accounts {account} answer")
            } else {
                format!("account {account} answers")
            };
            format!("▶️ {by}; {seal}. Running.{}", checklist::answered_for(operation))
        }
        Event::StepDone { step: place, effect, note, proofs } => {
            return Some((done(operation, *place, *effect, note, proofs)?, Vec::new()));
        }
        Event::StepFailed { step: place, error, .. } if operation.state == State::Unwinding => {
            format!("🔁 undoing {} · {} · trying again", step(place), plain(error))
        }
        Event::StepFailed { step: place, error, .. } => format!("🔁 {} · {} · trying again", step(place), plain(error)),
        Event::Held { diagnosis, .. } => return Some(stopped("⚠️ **On hold.**", operation, diagnosis)),
        Event::TurnedBack { diagnosis, .. } => {
            return Some(stopped("↩️ **Taken back by itself.**", operation, diagnosis));
        }
        Event::Overruled { by, person } => {
            format!(
                "⏹️ {} ordered an emergency (`{by}`), which took precedence: this ends where it stands.",
                who(person)
            )
        }
        Event::Retried { person } => format!("🔁 {} ordered it to be tried again.", who(person)),
        Event::Forced { step: place, person } => format!("❗ {} ordered {} by force.", who(person), step(place)),
        Event::Skipped { step: place, person } => format!("⏭️ {} left out {}.", who(person), step(place)),
        Event::UnwindOrdered { person } => format!("↩️ {} ordered the roll back.", who(person)),
        Event::StepUndone { step: place, note, .. } => format!("↩️ {} · {}", step(place), plain(note)),
        Event::Succeeded | Event::Unwound | Event::Abandoned { .. } | Event::Validated { .. } => {
            return Some((ended(operation, &recorded.event)?, Vec::new()));
        }
        Event::Tried { tenancy, person } => {
            format!("✅ {} validated `{}` in {}.", who(person), tenancy.tenant, tenancy.environment.title())
        }
        Event::CardPosted { .. }
        | Event::ThreadOpened { .. }
        | Event::VoteCast { .. }
        | Event::VoteWithdrawn { .. }
        | Event::OwnerTold { .. }
        | Event::StepStarted { .. }
        | Event::Told { .. } => return None,
    };
    Some((text, Vec::new()))
}

/// Whether many tenants are worked on, so that not each step of each is told.
fn in_bulk(operation: &Operation) -> bool {
    let adopts = operation.plan.purpose == Purpose::Adopt && operation.plan.tenants.len() > 1;
    operation.plan.purpose == Purpose::BulkDelete || adopts
}

/// A step by its name, with where and whose it is where there are several.
fn named(operation: &Operation, place: usize) -> String {
    match operation.plan.steps.get(place) {
        Some(planned) if operation.plan.sites.len() > 1 => {
            let site = operation.plan.site_of(place);
            let whose = if in_bulk(operation) { format!("`{}` ", site.tenancy.tenant) } else { String::new() };
            format!("{whose}{} · {}", site.tenancy.environment.title(), planned.step)
        }
        Some(planned) => planned.step.clone(),
        None => "?".into(),
    }
}

/// What a step has come to; of many tenants, only what the last of each has.
fn done(operation: &Operation, place: usize, effect: Effect, note: &str, proofs: &[Proof]) -> Option<String> {
    let plan = &operation.plan;
    if in_bulk(operation) {
        let told = operation.lane_over(plan.lane(place)) && last_of_lane(operation, place);
        return match plan.purpose {
            // Of more than this nobody reads each; the card counts them, and the file has them all.
            Purpose::Adopt if plan.tenants.len() > 20 => None,
            Purpose::Adopt => told.then(|| super::adoption::known(operation, place)),
            _ => told.then(|| format!("✅ `{}` is gone.", plan.lane(place))),
        };
    }
    let resource = plan.steps.get(place).map_or("?", |planned| planned.resource.as_str());
    let what = match effect {
        Effect::Created if matches!(plan.purpose, Purpose::Provision | Purpose::Heal) => {
            format!("created `{resource}`")
        }
        Effect::Existed => format!("`{resource}` stood already"),
        // Of what is no resource, the note says what has become of it.
        Effect::Created | Effect::Done => plain(note),
    };
    // What the operation's own list tells in the end is not told twice.
    let listed = plan.checklist.iter().any(|line| line.when == When::After);
    let proven = if listed { String::new() } else { proven(proofs) };
    Some(format!("✅ {} · {what}{}{proven}", named(operation, place), emergency::begun(operation, place)))
}

/// What became of it in the end, with the checklist after the run; none for what is no end.
fn ended(operation: &Operation, event: &Event) -> Option<String> {
    let changes = super::change::of(&operation.plan).is_some();
    let after = || checklist::outcome(operation);
    Some(match event {
        Event::Succeeded if operation.plan.purpose.deletes() => {
            let done = super::deletion::succeeded(operation);
            let done = done.replace("The certificate is in the thread.", "This is the certificate:");
            format!("{done}{}", after())
        }
        Event::Succeeded if emergency::closing(operation).is_some() => {
            format!("{}{}", emergency::closing(operation)?, after())
        }
        Event::Succeeded if operation.plan.purpose == Purpose::Adopt => {
            super::adoption::succeeded(operation).replace("**Done** ·", "🎉 Done:")
        }
        Event::Succeeded if changes => format!("🎉 {}{}", super::change::succeeded(operation), after()),
        Event::Succeeded => format!("🎉 Done: https://{} stands.{}", operation.plan.site().host, after()),
        Event::Unwound => {
            let what = if changes { "Taken back" } else { "Rolled back" };
            format!("↩️ {what}: {}.{}", super::operation::unwound(operation), checklist::void(operation))
        }
        Event::Abandoned { person } => format!("⏹️ {} left it as it stands.{}", plain(&person.to_string()), after()),
        Event::Validated { person } => {
            let mut vouched = operation.plan.checklist.iter();
            let vouched = vouched.any(|line| line.when == When::After && line.answer == Answer::Attested);
            let vouched = if vouched { after() } else { String::new() };
            format!("✅ {} validated it.{vouched}", plain(&person.to_string()))
        }
        _ => return None,
    })
}

/// What it cannot go on for, with a call to who asked for it.
fn stopped(what: &str, operation: &Operation, diagnosis: &[String]) -> (String, Vec<Call>) {
    let lines: Vec<String> = diagnosis.iter().map(|line| plain(line)).collect();
    (format!("{what} {}", lines.join("\n› ")), vec![Call::Person(operation.requester.clone())])
}

/// Whether the step is the last of its tenant's.
fn last_of_lane(operation: &Operation, place: usize) -> bool {
    let lane = operation.plan.lane(place);
    (place + 1..operation.plan.steps.len()).all(|later| operation.plan.lane(later) != lane)
}

/// The lines that a step proves, where they are several.
fn proven(proofs: &[Proof]) -> String {
    if proofs.len() < 2 {
        return String::new();
    }
    let lines = proofs.iter().take(30).map(|proof| format!("\n☑ {} · {}", plain(&proof.item), plain(&proof.proof)));
    lines.collect()
}
