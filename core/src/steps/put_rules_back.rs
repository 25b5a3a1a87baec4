//! Puts the rules back that led to a tenant before it was cut off: exactly those.

use std::time::Duration;

use async_trait::async_trait;

use super::{Context, Outcome, Step, StepError, Undone};
use crate::event::{Effect, Proof};
use crate::kind::Kind;
use crate::plan::{Plan, Site};
use crate::ports::{PutBack, Rule};

/// Where nothing is to be put back.
const NONE: &str = "no rule was taken away";

/// Puts each rule back as it was: conditions, priority and actions. By force, at the next free priority where its own is taken.
#[derive(Debug)]
pub struct PutRulesBack;

/// The rules that were taken away: none where one of them kept them all standing.
fn rules(plan: &Plan) -> &[Rule] {
    let before = plan.change.as_ref().map(|change| &change.before);
    before.filter(|before| before.keeps_rules().is_none()).map_or(&[], |before| &before.rules)
}

#[async_trait]
impl Step for PutRulesBack {
    fn name(&self) -> String {
        "put rules back".into()
    }

    fn resource(&self, plan: &Plan, _site: &Site) -> String {
        let words = |rule: &Rule| format!("priority {}: {}", rule.priority, rule.words);
        match rules(plan) {
            [] => NONE.to_owned(),
            rules => rules.iter().map(words).collect::<Vec<_>>().join("; "),
        }
    }

    fn after(&self) -> Vec<String> {
        Vec::new()
    }

    fn deadline(&self) -> Duration {
        Duration::from_mins(1)
    }

    fn forcible(&self) -> bool {
        true
    }

    async fn look(&self, cx: Context<'_>) -> Result<bool, StepError> {
        Ok(stand(cx).await?)
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let effect = if stand(cx).await? { Effect::Existed } else { Effect::Created };
        let mut proofs = Vec::new();
        for rule in rules(cx.plan) {
            match cx.workload.put_back(&cx.site.subject(), rule, cx.forced).await? {
                PutBack::Stands(_) => proofs.push(Proof { item: "rule".into(), proof: rule.words.clone() }),
                PutBack::Taken(other) => {
                    return Err(StepError::Permanent(format!(
                        "priority {} is another rule's now ({other}), which was not touched",
                        rule.priority
                    )));
                }
            }
        }
        Ok(Outcome { effect, ..Outcome::proven(led(proofs.len()), proofs) })
    }

    async fn undo(&self, cx: Context<'_>) -> Result<Undone, StepError> {
        let removed = cx.cloud.remove(Kind::ListenerRule, &cx.site.subject()).await?;
        if removed.is_empty() {
            return Ok(Undone::removed("was not there"));
        }
        let ids: Vec<&str> = removed.iter().map(|found| found.id.as_str()).collect();
        Ok(Undone::removed(format!("removed {}", ids.join(", "))))
    }

    async fn diagnose(&self, _cx: Context<'_>) -> Vec<String> {
        vec![
            "A rule that has the place is never moved. Free the place by hand and press Retry; or press Force to put the tenant's \
             rule at the next free priority, where it may be asked later than others."
                .into(),
        ]
    }
}

fn led(rules: usize) -> String {
    match rules {
        0 => NONE.to_owned(),
        1 => "1 rule leads there again".to_owned(),
        several => format!("{several} rules lead there again"),
    }
}

/// Whether all of them stand as they were.
async fn stand(cx: Context<'_>) -> Result<bool, StepError> {
    let now = cx.workload.rules(&cx.site.subject()).await?;
    let as_it_was = |rule: &Rule| now.iter().any(|one| one.is_as(rule));
    Ok(rules(cx.plan).iter().all(as_it_was))
}
