//! Looks until a tenant that was cut off is down, and does it again where something has undone it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::cut_off::{cut, keeps_rules};
use super::patience::{self, Look};
use super::{Context, CutOff, Outcome, PreserveLogs, Step, StepError, TellSecurity, evidence};
use crate::kind::Kind;
use crate::plan::{Plan, Site};
use crate::ports::Owner;

/// Sees that no task runs and no rule leads there.
///
/// An operation that was overruled may have had a call on the way to the provider: it can come after everything was cut off. So
/// where there was one, it must stay down for as long as such a call can take.
#[derive(Debug)]
pub struct VerifyDown;

/// How long tasks may drain (playbook 3.2).
const PATIENCE: Duration = Duration::from_mins(6);

/// How late a call can come of an operation that was overruled: longer than the clients of the adapters wait for an answer.
const LATE: Duration = Duration::from_mins(1);

/// What the looks have seen so far.
#[derive(Debug, Default)]
struct Seen {
    down_since: Option<OffsetDateTime>,
    again: usize,
}

#[async_trait]
impl Step for VerifyDown {
    fn name(&self) -> String {
        "verify down".into()
    }

    fn resource(&self, _plan: &Plan, site: &Site) -> String {
        site.host.clone()
    }

    fn after(&self) -> Vec<String> {
        vec![CutOff.name(), PreserveLogs.name(), TellSecurity.name()]
    }

    fn deadline(&self) -> Duration {
        PATIENCE + LATE
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let over = cx.plan.change.as_ref().and_then(|change| change.emergency.as_ref()).map(|it| &it.over);
        let calm = if over.is_some_and(|over| !over.is_empty()) { LATE } else { Duration::ZERO };
        let seen = Mutex::new(Seen::default());
        patience::until(cx, PATIENCE, || look(cx, calm, &seen)).await
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        let hint = "No task is wanted, and no rule of the tenant's leads there. Tasks that do not stop are stopped at the console; a \
                    rule that somebody puts back is taken away again. Press Retry to look again.";
        evidence(cx, Kind::Service, hint).await
    }
}

async fn look(cx: Context<'_>, calm: Duration, seen: &Mutex<Seen>) -> Result<Look<Outcome>, StepError> {
    let subject = cx.site.subject();
    let tasks = cx.workload.tasks(&subject).await?;
    let keeps = keeps_rules(cx.plan);
    let leads = !keeps && {
        let found = cx.cloud.find(Kind::ListenerRule, &subject).await?;
        found.iter().any(|rule| rule.owner == Owner::Own)
    };
    let wanted = tasks.is_some_and(|tasks| tasks.desired > 0);
    if leads || wanted {
        {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            *seen = Seen { down_since: None, again: seen.again + 1 };
        }
        cut(cx, 1).await?;
        return Ok(Look::NotYet("it was up again, and was cut off again".to_owned()));
    }
    let running = tasks.map_or(0, |tasks| tasks.running);
    if running > 0 {
        let are = if running == 1 { "task still runs" } else { "tasks still run" };
        return Ok(Look::NotYet(format!("{running} {are}")));
    }
    let now = cx.clock.now();
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let since = *seen.down_since.get_or_insert(now);
    if now < since + cx.clock.work(calm) {
        return Ok(Look::NotYet("it is down; a call of what was overruled may still come".to_owned()));
    }
    let again = match seen.again {
        0 => String::new(),
        1 => "; it had come up again once, and was cut off again".to_owned(),
        times => format!("; it had come up again {times} times, and was cut off again"),
    };
    let rules = if keeps { "the rules, which were left, lead to nothing" } else { "no rule leads there" };
    Ok(Look::Settled(Outcome::done(format!("no task runs and {rules}{again}"))))
}
