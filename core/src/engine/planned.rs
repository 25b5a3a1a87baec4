//! Whether a site that is to be changed is still what it was when its approvers saw it: another hand's work is never
//! overwritten.

use super::Engine;
use super::start::{Obstacle, seen};
use crate::operation::Operation;
use crate::plan::Purpose;

impl Engine {
    /// Of a change: the revision that runs and the number of tasks are what the plan goes out from, and the revision that it
    /// goes to is active.
    pub(super) async fn as_planned(&self, operation: &Operation) -> Result<(), Obstacle> {
        let plan = &operation.plan;
        let Some(change) = plan.change.as_ref().filter(|_| plan.purpose == Purpose::Change) else { return Ok(()) };
        let subject = plan.site().subject();
        let at = subject.tenancy.environment;
        let tasks = seen(at, self.workload.tasks(&subject).await)?;
        let revisions = seen(at, self.workload.revisions(&subject).await)?;
        let runs = revisions.iter().find(|revision| revision.runs).map(|revision| revision.number);
        let mut surprises = Vec::new();
        match (runs, tasks) {
            (Some(runs), Some(tasks)) => {
                let before = (change.before.revision, change.before.desired);
                if (runs, tasks.desired) != before {
                    surprises.push(format!(
                        "Another hand has changed the service since this was planned: it wants revision {runs} with {} now, and \
                         wanted revision {} with {} then.",
                        counted(tasks.desired),
                        before.0,
                        counted(before.1)
                    ));
                }
            }
            _ => surprises.push("The service, or its task definition, is gone since this was planned.".to_owned()),
        }
        if let Some(number) = change.revision
            && revisions.iter().all(|revision| revision.number != number)
        {
            surprises
                .push(format!("Revision {number} is not active any more: it was deregistered since this was planned."));
        }
        if surprises.is_empty() {
            return Ok(());
        }
        surprises.push(
            "Nothing was touched. Press Leave and use the command again, so that it is planned by what is there now; or put it \
             right by hand and press Retry."
                .into(),
        );
        Err(Obstacle::Hold(surprises))
    }
}

fn counted(tasks: u32) -> String {
    format!("{tasks} task{}", if tasks == 1 { "" } else { "s" })
}
