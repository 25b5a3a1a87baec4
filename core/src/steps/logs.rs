//! Keeps a tenant's logs for a while, or deletes them, as was asked for (playbook 1.2, 6.2).

use std::time::Duration;

use async_trait::async_trait;

use super::remove::{going, hint, only_planned, sweep};
use super::{Context, Outcome, Remove, Step, StepError};
use crate::event::Proof;
use crate::kind::Kind;
use crate::plan::{Logs, Plan, Site};

/// Sets the log group's retention, or removes it.
#[derive(Debug)]
pub struct SettleLogGroup;

/// What becomes of the log groups of a plan; they go where it does not say.
pub(super) fn logs(plan: &Plan) -> Logs {
    plan.deletion.as_ref().map_or(Logs::Delete, |deletion| deletion.logs)
}

#[async_trait]
impl Step for SettleLogGroup {
    fn name(&self) -> String {
        "settle log group".into()
    }

    fn resource(&self, plan: &Plan, site: &Site) -> String {
        let group = going(site, Kind::LogGroup);
        match logs(plan) {
            Logs::Keep { days } if site.going(Kind::LogGroup).next().is_some() => format!("{group}, kept {days} days"),
            _ => group,
        }
    }

    fn after(&self) -> Vec<String> {
        vec![Remove(Kind::Service).name(), Remove(Kind::TaskDefinition).name()]
    }

    fn deadline(&self) -> Duration {
        Duration::from_mins(1)
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let Logs::Keep { days } = logs(cx.plan) else { return sweep(cx, Kind::LogGroup).await };
        only_planned(cx, Kind::LogGroup, "nothing was touched").await?;
        let Some(kept) = cx.cloud.retain_logs(&cx.site.subject(), days).await? else {
            return Ok(Outcome::done("was not there"));
        };
        let proof = format!("kept {}, its events expire after {days} days", kept.id);
        Ok(Outcome::proven(proof.clone(), vec![Proof { item: Kind::LogGroup.to_string(), proof }]))
    }

    async fn diagnose(&self, _cx: Context<'_>) -> Vec<String> {
        vec![hint(Kind::LogGroup)]
    }
}
