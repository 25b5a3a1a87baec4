//! Cuts a tenant off in an emergency: its service wants no task, and no rule leads to it (playbook 4.1).

use std::time::Duration;

use async_trait::async_trait;
use futures::future::join;

use super::{Context, Outcome, Step, StepError};
use crate::engine::BACKOFF;
use crate::event::Proof;
use crate::kind::Kind;
use crate::plan::{Plan, Site};
use crate::ports::{CloudError, Rule};

/// Scales to zero and takes the rules away, side by side: neither waits for the other, nor is kept from being tried by it.
#[derive(Debug)]
pub struct CutOff;

/// How often one attempt asks for each of the two before its failure is told; the engine's attempts come on top.
const ASKS: usize = 5;

#[async_trait]
impl Step for CutOff {
    fn name(&self) -> String {
        "cut off".into()
    }

    fn resource(&self, plan: &Plan, site: &Site) -> String {
        let service = site.tenancy.name(Kind::Service);
        match plan.change.as_ref().map(|change| &change.before) {
            Some(before) if before.keeps_rules().is_none() => format!("{service} and {}", counted(before.rules.len())),
            _ => service,
        }
    }

    fn after(&self) -> Vec<String> {
        Vec::new()
    }

    fn deadline(&self) -> Duration {
        Duration::from_mins(1)
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        cut(cx, ASKS).await?;
        // What the plan saw, and not what this attempt did: a second attempt finds nothing to do.
        let Some(before) = cx.plan.change.as_ref().map(|change| &change.before) else {
            return Ok(Outcome::done("no task is wanted and no rule leads there"));
        };
        let kept = before.keeps_rules();
        let rules = before.rules.iter().map(|rule| Proof {
            item: if kept.is_none() { "rule taken away" } else { "rule left" }.into(),
            proof: format!("priority {}: {}", rule.priority, rule.words),
        });
        let wanted = Proof { item: "tasks wanted".into(), proof: format!("0 instead of {}", before.desired) };
        let became = kept.map_or_else(|| format!("{} taken away", counted(before.rules.len())), left);
        let note = format!("wants 0 tasks instead of {}; {became}", before.desired);
        Ok(Outcome::proven(note, std::iter::once(wanted).chain(rules).collect()))
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        vec![format!(
            "Playbook 4.1: until this works, scale `{}` to 0 and delete the rules for {} at the console. A rule that is somebody \
                 else's is never touched: take it away by hand. Then press Retry, and the rest is done.",
            cx.site.tenancy.name(Kind::Service),
            cx.site.host
        )]
    }
}

/// Does both at once. Trouble that may pass is waited out `asks` times; what is left is told of both together, as passing where
/// that of either may pass.
pub(super) async fn cut(cx: Context<'_>, asks: usize) -> Result<(), StepError> {
    let subject = &cx.site.subject();
    let down = insist(cx, asks, || cx.workload.scale(subject, 0));
    let closed = insist(cx, asks, || async {
        if keeps_rules(cx.plan) {
            return Ok(());
        }
        cx.cloud.remove(Kind::ListenerRule, subject).await.map(drop)
    });
    let (down, closed) = join(down, closed).await;
    let failed = |what: &str, outcome: Result<(), CloudError>| {
        let error = outcome.err()?;
        Some((matches!(error, CloudError::Transient(_)), format!("{what}: {error}")))
    };
    let troubles = [failed("scaling to 0", down), failed("taking the rules away", closed)];
    let troubles: Vec<(bool, String)> = troubles.into_iter().flatten().collect();
    if troubles.is_empty() {
        return Ok(());
    }
    let passes = troubles.iter().any(|(passes, _)| *passes);
    let why = troubles.into_iter().map(|(_, why)| why).collect::<Vec<_>>().join("; ");
    Err(if passes { StepError::Transient(why) } else { StepError::Permanent(why) })
}

async fn insist<F>(cx: Context<'_>, asks: usize, ask: impl Fn() -> F + Send) -> Result<(), CloudError>
where
    F: Future<Output = Result<(), CloudError>> + Send,
{
    let mut pauses = BACKOFF.into_iter().take(asks.saturating_sub(1));
    loop {
        match (ask().await, pauses.next()) {
            (Err(CloudError::Transient(_)), Some(pause)) => {
                cx.clock.sleep_until(cx.clock.now() + cx.clock.work(pause)).await;
            }
            (outcome, _) => return outcome,
        }
    }
}

/// Whether the rules are left where they are.
pub(super) fn keeps_rules(plan: &Plan) -> bool {
    plan.change.as_ref().is_some_and(|change| change.before.keeps_rules().is_some())
}

/// Why the rules were left, and what that means.
fn left(rule: &Rule) -> String {
    format!(
        "the rules were left, since that of priority {} could not be put back as it is ({}). Without a task they answer visitors \
         with an error; take them away at the console if that must not be",
        rule.priority,
        rule.lost.as_deref().unwrap_or("it is not understood")
    )
}

fn counted(rules: usize) -> String {
    if rules == 1 { "1 rule".to_owned() } else { format!("{rules} rules") }
}
