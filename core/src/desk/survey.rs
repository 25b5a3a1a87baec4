//! What registry and cloud say before a plan is made. Whatever is uncertain is a refusal.

use futures::future::{join_all, try_join};

use super::planner::Ground;
use super::{Desk, Refusal};
use crate::card::text;
use crate::kind::Kind;
use crate::ports::{CloudError, Owner, Subject};
use crate::tenant::Environment;

/// What the cloud says when a plan is made.
pub(super) struct Survey {
    pub(super) load_balancer: String,
    pub(super) adopts: Vec<String>,
    pub(super) in_the_way: Vec<String>,
}

impl Desk {
    /// Registry, open requests, listener rules and zone; where it is taken, free ones are offered.
    pub(super) async fn subdomain_free(&self, subject: &Subject) -> Result<(), Refusal> {
        let Some(taken) = self.taken(subject).await? else { return Ok(()) };
        let mut free = Vec::new();
        for alternative in subject.subdomain.alternatives() {
            let other = Subject { tenancy: subject.tenancy.clone(), subdomain: alternative };
            if self.taken(&other).await?.is_none() {
                free.push(format!("`{}`", other.subdomain));
            }
            if free.len() == 3 {
                break;
            }
        }
        let offer =
            if free.is_empty() { "Choose another.".to_owned() } else { format!("Free are {}.", text::list(&free)) };
        Err(Refusal(format!("The subdomain `{}` is taken: {taken}. {offer}", subject.subdomain)))
    }

    async fn taken(&self, subject: &Subject) -> Result<Option<String>, Refusal> {
        let Subject { tenancy, subdomain } = subject;
        let store = self.ledger.store();
        if let Some(owner) = store.tenant_of_subdomain(subdomain).await?.filter(|owner| *owner != tenancy.tenant) {
            return Ok(Some(format!("tenant `{owner}` has it")));
        }
        if let Some(holder) = store.holder(&format!("subdomain/{subdomain}")).await? {
            return Ok(Some(format!("the open operation `{holder}` is about it")));
        }
        let answer = self.cloud.host_taken(subject).await;
        answer.map(|taken| taken.map(|who| text::plain(&who))).map_err(|error| unreachable(tenancy.environment, &error))
    }

    /// The account that answers, which must be the one that the configuration names (playbook 3.3).
    pub(super) async fn sealed(&self, environment: Environment, ground: &Ground) -> Result<String, Refusal> {
        let account = self.cloud.account(environment).await.map_err(|error| unreachable(environment, &error))?;
        self.sealed_by(environment, ground, account)
    }

    /// The account that answered, if it is the one that the configuration names.
    pub(super) fn sealed_by(
        &self,
        environment: Environment,
        ground: &Ground,
        account: String,
    ) -> Result<String, Refusal> {
        if account == ground.account {
            return Ok(account);
        }
        Err(Refusal(format!(
            "The account seal does not match: {account} answers for {}, but the configuration names {}. Nothing runs until that \
             is mended (playbook 3.3). {}",
            environment.title(),
            ground.account,
            self.cloud.remedy(environment, &account)
        )))
    }

    /// Room on a load balancer, and what stands already.
    pub(super) async fn survey(&self, subject: &Subject) -> Result<Survey, Refusal> {
        let environment = subject.tenancy.environment;
        let finds = async {
            let all =
                Kind::provisioning_order().map(|kind| async move { (kind, self.cloud.find(kind, subject).await) });
            join_all(all)
                .await
                .into_iter()
                .map(|(kind, found)| found.map(|found| (kind, found)))
                .collect::<Result<Vec<_>, _>>()
        };
        let (rooms, found) =
            try_join(self.cloud.room(environment), finds).await.map_err(|error| unreachable(environment, &error))?;
        let Some(room) = rooms.into_iter().find(|room| room.free > 0) else {
            return Err(Refusal(format!(
                "No load balancer of {} has room: each takes at most 100 target groups. Add one to `load_balancers`.",
                environment.title()
            )));
        };
        let (mut adopts, mut in_the_way) = (Vec::new(), Vec::new());
        for (kind, resource) in found.iter().flat_map(|(kind, found)| found.iter().map(move |one| (kind, one))) {
            match &resource.owner {
                Owner::Own => adopts.push(format!("{kind} `{}`: the tenant's own, taken over as it is", resource.id)),
                Owner::Foreign(why) => in_the_way.push(format!(
                    "⚠️ {kind} `{}` is not this tenant's ({}): the run will hold there",
                    resource.id,
                    text::plain(why)
                )),
            }
        }
        Ok(Survey { load_balancer: room.load_balancer, adopts, in_the_way })
    }
}

/// Uncertain means: do not run.
pub(super) fn unreachable(environment: Environment, error: &CloudError) -> Refusal {
    let what = match error {
        CloudError::Transient(_) => "does not answer",
        CloudError::Credentials(_) => "cannot be used with these credentials",
        CloudError::Permanent(_) | CloudError::Foreign { .. } => "refuses",
    };
    Refusal(format!(
        "{} {what}, so nothing was planned and nothing was done: {}",
        environment.title(),
        text::plain(&error.to_string())
    ))
}
