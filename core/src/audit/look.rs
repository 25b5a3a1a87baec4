//! A close look at one tenant in an environment: all kinds side by side, and what its service does.

use std::collections::BTreeMap;

use futures::future::{join, join_all, join3};

use crate::kind::Kind;
use crate::ports::{Blueprint, Check, Cloud, CloudError, Found, Revision, Subject, Tasks, Verdict, Workload};
use crate::size::Size;

/// What was seen of a tenant in an environment.
#[derive(Debug, Clone)]
pub struct Sight {
    /// What bears its name, by kind.
    pub found: BTreeMap<Kind, Result<Vec<Found>, CloudError>>,
    /// The tasks of its service.
    pub tasks: Result<Option<Tasks>, CloudError>,
    /// The revisions of its task definition.
    pub revisions: Result<Vec<Revision>, CloudError>,
    /// Whether its secret is whole.
    pub secret: Result<Verdict, CloudError>,
}

/// Looks at everything that a tenant has in an environment whose account seal holds.
pub async fn look(cloud: &dyn Cloud, workload: &dyn Workload, subject: &Subject) -> Sight {
    let finds = Kind::DELETION_ORDER.map(|kind| async move { (kind, cloud.find(kind, subject).await) });
    // A look at the secret needs neither size nor place.
    let blueprint = Blueprint { subject: subject.clone(), size: Size::DEFAULT, load_balancer: String::new() };
    let work =
        join3(workload.tasks(subject), workload.revisions(subject), cloud.check(Check::SecretStored, &blueprint));
    let (found, (tasks, revisions, secret)) = join(join_all(finds), work).await;
    Sight { found: found.into_iter().collect(), tasks, revisions, secret }
}
