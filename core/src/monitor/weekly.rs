//! The jobs that go through the log and through what stands, and say what somebody should see to.

use time::{Duration, OffsetDateTime};

use super::{Halt, Job, Monitors, Outcome};
use crate::audit::Audit;
use crate::card;
use crate::inventory::{Seal, Unread};
use crate::operation::{Operation, State};
use crate::plan::Purpose;
use crate::ports::OperationFilter;
use crate::tenant::Environment;

/// How many operations are read from the store at a time.
const PAGE: u32 = 200;
/// What was filed this long before the time that is gone through may have ended in it.
const LASTING: Duration = Duration::weeks(4);

impl Monitors {
    /// The provisionings that ended without a tenant since the job ran last, and a week back at least; and all that hold now.
    pub(super) async fn failed_provisionings(
        &self,
        job: &Job,
        at: OffsetDateTime,
        ran: OffsetDateTime,
    ) -> Result<Outcome, Halt> {
        let from = ran.min(at - Duration::WEEK);
        let mut failed = Vec::new();
        for state in [State::Holding, State::Unwound, State::Abandoned] {
            let holds = state == State::Holding;
            let oldest = (!holds).then_some(from - LASTING);
            let all = self.provisionings(state, oldest).await?;
            failed.extend(all.into_iter().filter(|operation| holds || operation.changed_at >= from));
        }
        failed.sort_by_key(|operation| operation.filed_at);
        let rows = failed.iter().map(|operation| {
            let link = operation.card.as_ref().map(|card| self.desk.chat.link(card));
            (operation, link)
        });
        let rows: Vec<_> = rows.collect();
        let post = (!rows.is_empty()).then(|| card::failed_provisionings(&job.title, from, &rows));
        Ok(Outcome { ill: post.is_some(), post, ..Outcome::default() })
    }

    /// The provisionings in a state that were filed since then, the newest first.
    async fn provisionings(&self, state: State, oldest: Option<OffsetDateTime>) -> Result<Vec<Operation>, Halt> {
        let filter = OperationFilter { state: Some(state), ..OperationFilter::default() };
        let mut found = Vec::new();
        for page in 0.. {
            let listing = self.store().operations(&filter, page, PAGE).await?;
            for id in &listing.rows {
                let operation = self.desk.ledger.get(id).await?;
                if oldest.is_some_and(|oldest| operation.filed_at < oldest) {
                    return Ok(found);
                }
                if operation.plan.purpose == Purpose::Provision {
                    found.push(operation);
                }
            }
            if listing.rows.len() < PAGE as usize {
                break;
            }
        }
        Ok(found)
    }

    /// All tenants against what should stand. What is being worked on may be on the way, and is nobody's to see to.
    pub(super) async fn audit_all(&self, job: &Job) -> Result<Outcome, Halt> {
        let audit = self.desk.audit_all(&Environment::ALL).await?;
        let off = audit.rows.iter().any(|row| row.off() && row.worked_on.is_none());
        let ill = off || audit.places.iter().any(|place| place.orphans > 0);
        let post = ill.then(|| card::weekly_audit(&job.title, &audit));
        Ok(Outcome { ill, post, trouble: trouble(&audit), ..Outcome::default() })
    }
}

/// What an audit could not see, and why. What an environment has no list of is no trouble.
fn trouble(audit: &Audit) -> Vec<String> {
    let of = |place: &crate::audit::Place| {
        let title = place.environment.title();
        let account = match &place.seal {
            None | Some(Seal::Holds(_)) => None,
            Some(Seal::Broken { answered, configured }) => {
                Some(format!("{title}: {answered} answers, and {configured} is configured"))
            }
            Some(Seal::Unanswered(error)) => Some(format!("{title}: {error}")),
        };
        let kinds = place.unread.iter().filter_map(move |(kind, why)| match why {
            Unread::Unlisted => None,
            Unread::Failed(error) => Some(format!("{title}: {kind}: {error}")),
        });
        account.into_iter().chain(kinds).collect::<Vec<_>>()
    };
    audit.places.iter().flat_map(of).collect()
}
