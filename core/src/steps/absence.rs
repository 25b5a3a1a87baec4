//! Looks for everything again after the last removal, and says line by line that it is gone (playbook 5.4).

use std::time::Duration;

use async_trait::async_trait;

use super::logs::logs;
use super::{Context, Outcome, Step, StepError};
use crate::event::Proof;
use crate::kind::Kind;
use crate::plan::{Logs, Plan, Site};

/// Certifies that nothing of the tenant is left at the site but what was to stay.
#[derive(Debug)]
pub struct CertifyAbsence;

/// What AWS says right after a removal may be a moment old: so long after the first look comes the second.
const PAUSE: Duration = Duration::from_secs(5);

/// The lines of the playbook's checklist 5.4 in its order, each with the kind that it is about.
const CHECKLIST: [(&str, Kind); 10] = [
    ("ECS service deleted", Kind::Service),
    ("ALB listener rule deleted", Kind::ListenerRule),
    ("Target group deleted", Kind::TargetGroup),
    ("Secrets Manager secret deleted", Kind::Secret),
    ("Task definition deregistered", Kind::TaskDefinition),
    ("EFS access point deleted", Kind::AccessPoint),
    ("Database dropped", Kind::Database),
    ("Database user dropped", Kind::DatabaseUser),
    ("CloudWatch logs archived/deleted", Kind::LogGroup),
    ("DNS record removed (if applicable)", Kind::DnsRecord),
];

/// Its last line: that all of this was looked for.
const VERIFIED: &str = "Verification script passed";

#[async_trait]
impl Step for CertifyAbsence {
    fn name(&self) -> String {
        "certify absence".into()
    }

    fn resource(&self, _plan: &Plan, site: &Site) -> String {
        format!("{} in {}", site.tenancy.tenant, site.tenancy.environment.title())
    }

    fn after(&self) -> Vec<String> {
        let removes = super::Remove::KINDS.into_iter().map(|kind| super::Remove(kind).name());
        removes.chain([super::SettleLogGroup.name()]).collect()
    }

    fn proves(&self) -> Vec<&'static str> {
        CHECKLIST.into_iter().map(|(line, _)| line).chain([VERIFIED]).collect()
    }

    fn deadline(&self) -> Duration {
        // Where databases are only reached by a task, each of four looks at them may take minutes.
        Duration::from_mins(20)
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        for kind in Kind::DELETION_ORDER {
            gone(cx, kind).await?;
        }
        cx.clock.sleep_until(cx.clock.now() + cx.clock.work(PAUSE)).await;
        let mut proofs = Vec::with_capacity(CHECKLIST.len() + 1);
        for (line, kind) in CHECKLIST {
            let proof = gone(cx, kind).await?;
            proofs.push(Proof { item: line.to_owned(), proof });
        }
        let proof =
            format!("all ten kinds looked for twice, {} s apart, by name and in the whole inventory", PAUSE.as_secs());
        proofs.push(Proof { item: VERIFIED.to_owned(), proof });
        Ok(Outcome::proven("nothing is left", proofs))
    }

    async fn diagnose(&self, _cx: Context<'_>) -> Vec<String> {
        vec![
            "Something bears the tenant's name although all steps are done. It is not removed without being in an approved \
             plan: look at it, remove it by hand and press Retry, or press Leave and file the deletion anew."
                .into(),
        ]
    }
}

/// Looks by name and through the whole inventory; answers the proof that nothing is there, or that what stays may.
async fn gone(cx: Context<'_>, kind: Kind) -> Result<String, StepError> {
    let found = cx.cloud.find(kind, &cx.site.subject()).await?;
    if kind == Kind::LogGroup
        && let Logs::Keep { days } = logs(cx.plan)
    {
        return Ok(match found.first() {
            Some(kept) => format!("{} is kept, its events expire after {days} days", kept.id),
            None => "there was none".into(),
        });
    }
    if !found.is_empty() {
        let ids: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
        return Err(StepError::Permanent(format!("{kind} is still there: {}", ids.join(", "))));
    }
    let (looked_at, pages) = in_inventory(cx, kind).await?;
    let went = cx.site.going(kind).count();
    let what = match went {
        0 => "there was none".to_owned(),
        1 => "gone".to_owned(),
        several => format!("all {several} gone"),
    };
    let pages = if pages == 1 { "one page".to_owned() } else { format!("{pages} pages") };
    Ok(format!("{what}; not among the {looked_at} that the inventory names on {pages}"))
}

/// Reads the kind's inventory to its last page; answers how many names there were on how many pages.
async fn in_inventory(cx: Context<'_>, kind: Kind) -> Result<(usize, usize), StepError> {
    let environment = cx.site.tenancy.environment;
    let names = [cx.site.tenancy.name(kind), cx.site.name(kind)];
    let (mut looked_at, mut pages, mut page) = (0, 0, None);
    loop {
        let answer = cx.cloud.inventory(kind, environment, page.as_deref()).await?;
        pages += 1;
        looked_at += answer.names.len();
        if let Some(name) = answer.names.iter().find(|name| names.contains(name)) {
            return Err(StepError::Permanent(format!("{kind} is still in the inventory: {name}")));
        }
        match answer.next {
            Some(next) => page = Some(next),
            None => return Ok((looked_at, pages)),
        }
    }
}
