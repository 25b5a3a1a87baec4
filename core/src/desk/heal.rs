//! From a request to heal to a frozen plan: what stands stays, and what is missing is made (playbook 3.3).

use futures::future::join_all;

use super::survey::unreachable;
use super::{Desk, Invocation, Refusal, draft, request};
use crate::audit::Past;
use crate::card::{Card, text};
use crate::kind::Kind;
use crate::plan::{Details, Healing, Resource, Site};
use crate::ports::{Found, Owner, Standing, Subject, Tenant};
use crate::spec::{Command, OperationSpec};
use crate::tenant::{Environment, Tenancy, TenantId};

/// What was found of a tenant that is to be healed.
struct Looked {
    makes: Vec<Kind>,
    adopts: Vec<String>,
    in_the_way: Vec<String>,
}

impl Desk {
    /// `/tenant heal`.
    pub(super) async fn heal(
        &self,
        command: &Command,
        spec: &OperationSpec,
        invocation: &Invocation,
    ) -> Result<Card, Refusal> {
        let id: TenantId = request::required(invocation, "tenant")?;
        let environment: Environment = request::required(invocation, "environment")?;
        let demands = draft::demands(spec, environment)?;
        let tenant = self.known(&id).await?;
        let standing = stands(&tenant, environment)?;
        let tenancy = Tenancy::new(id, environment);
        self.nothing_open(&tenancy.to_string(), "is being worked on").await?;
        self.nothing_open(&format!("subdomain/{}", tenant.details.subdomain), "is being worked on").await?;
        let ground = self.ground(environment)?;
        // The seal comes first: with somebody else's credentials the other answers mean nothing.
        let account = self.sealed(environment, ground).await?;
        let subject = Subject { tenancy: tenancy.clone(), subdomain: tenant.details.subdomain.clone() };
        let looked = self.what_is_missing(&subject, standing).await?;
        let load_balancer = self.balancer(&subject).await?;
        let mut site = Site {
            load_balancer,
            adopts: looked.adopts,
            in_the_way: looked.in_the_way,
            ..Site::of(tenancy, tenant.details.subdomain.clone(), &ground.domain, account)
        };
        let made = looked.makes.iter().map(|kind| Resource { kind: *kind, id: site.name(*kind) });
        site.heals = Some(Healing { standing, makes: made.collect() });
        let Past { size, .. } = self.past(&site.tenancy).await?;
        let details = Details { size: size.unwrap_or(tenant.details.size), ..tenant.details };
        let sites = vec![site];
        let plan = draft::complete(spec, draft::begin(command, spec, demands.policy.clone(), vec![details], sites))?;
        self.file(plan, invocation, None).await
    }

    async fn what_is_missing(&self, subject: &Subject, standing: Standing) -> Result<Looked, Refusal> {
        let environment = subject.tenancy.environment;
        let looks = Kind::provisioning_order().map(|kind| async move { (kind, self.cloud.find(kind, subject).await) });
        let mut found: Vec<(Kind, Vec<Found>)> = Vec::new();
        for (kind, look) in join_all(looks).await {
            found.push((kind, look.map_err(|error| unreachable(environment, &error))?));
        }
        let (mut adopts, mut in_the_way) = (Vec::new(), Vec::new());
        for (kind, one) in found.iter().flat_map(|(kind, found)| found.iter().map(move |one| (kind, one))) {
            match &one.owner {
                Owner::Own => adopts.push(format!("{kind} `{}`", one.id)),
                Owner::Foreign(why) => in_the_way.push(format!(
                    "⚠️ {kind} `{}` is not this tenant's ({}): the run will hold there",
                    one.id,
                    text::plain(why)
                )),
            }
        }
        let makes: Vec<Kind> = found.iter().filter(|(_, found)| found.is_empty()).map(|(kind, _)| *kind).collect();
        if makes.is_empty() {
            return Err(nothing_missing(&subject.tenancy, standing, &in_the_way));
        }
        in_the_way.extend(consequences(&subject.tenancy, &makes));
        Ok(Looked { makes, adopts, in_the_way })
    }

    /// The load balancer that the tenant is on, or, where it is on none any more, one with room.
    async fn balancer(&self, subject: &Subject) -> Result<String, Refusal> {
        let environment = subject.tenancy.environment;
        let told = |error| unreachable(environment, &error);
        if let Some(placed) = self.cloud.placed(subject).await.map_err(told)? {
            return Ok(placed);
        }
        let rooms = self.cloud.room(environment).await.map_err(told)?;
        let room = rooms.into_iter().find(|room| room.free > 0).ok_or_else(|| {
            Refusal(format!(
                "No load balancer of {} has room for it: each takes at most 100 target groups. Add one to `load_balancers`.",
                environment.title()
            ))
        })?;
        Ok(room.load_balancer)
    }
}

/// How it stands where it is to be healed.
fn stands(tenant: &Tenant, environment: Environment) -> Result<Standing, Refusal> {
    let (id, place) = (&tenant.details.tenant, environment.title());
    if tenant.deleted.is_some() {
        return Err(Refusal(format!("`{id}` is deleted: there is nothing to heal.")));
    }
    match tenant.standing(environment) {
        Some(Standing::Shut) => Err(Refusal(format!(
            "`{id}` is shut down in {place}: what is missing is missing by intent. `/tenant reopen` puts it back."
        ))),
        Some(standing) => Ok(standing),
        None => Err(Refusal(format!(
            "`{id}` does not stand in {place}, so there is nothing to heal. `/tenant provision` creates a tenant in DEV, and \
             `/tenant promote` brings it to the next environment."
        ))),
    }
}

fn nothing_missing(tenancy: &Tenancy, standing: Standing, in_the_way: &[String]) -> Refusal {
    let (id, place) = (&tenancy.tenant, tenancy.environment.title());
    if !in_the_way.is_empty() {
        return Refusal(format!(
            "Nothing of `{id}` can be made in {place}, for there is something in the way. Move it away, then heal:\n{}",
            in_the_way.join("\n")
        ));
    }
    let next = match standing {
        Standing::Incomplete => " It is incomplete by the registry: ask for it again, and what stands is taken over.",
        _ => "",
    };
    Refusal(format!("Nothing of `{id}` is missing in {place}, so nothing was filed.{next}"))
}

/// What making these anew does not bring back, or what stands may not take up.
fn consequences(tenancy: &Tenancy, makes: &[Kind]) -> Vec<String> {
    let gone = |kind: Kind| makes.contains(&kind);
    let stands = |kind: Kind| !gone(kind);
    let name = |kind: Kind| tenancy.name(kind);
    let mut lines = Vec::new();
    if gone(Kind::Database) {
        lines.push(format!(
            "⚠️ database `{}` is made anew and empty: what was in it is only in a backup",
            name(Kind::Database)
        ));
    }
    if gone(Kind::Secret) && stands(Kind::DatabaseUser) {
        let user = name(Kind::DatabaseUser);
        lines.push(format!(
            "⚠️ the password of the database user `{user}` is lost with its secret, and the new one does not open it: the run will \
             hold at `ensure database user`. Drop the user then (the database stays) and press Retry, which makes it anew"
        ));
    }
    if gone(Kind::AccessPoint) {
        lines.push(format!(
            "⚠️ access point `{}` is made anew: whether it leads to the files of before is the file system's to say",
            name(Kind::AccessPoint)
        ));
    }
    let referred: Vec<String> =
        [Kind::Secret, Kind::AccessPoint].into_iter().filter(|kind| gone(*kind)).map(|kind| kind.to_string()).collect();
    if !referred.is_empty() && stands(Kind::TaskDefinition) && stands(Kind::Service) {
        lines.push(format!(
            "⚠️ service `{}` goes on with a revision that refers to the {} that is gone: once it is healed, `/tenant rollback` \
             runs the newest revision",
            name(Kind::Service),
            text::list(&referred)
        ));
    }
    if gone(Kind::LogGroup) && stands(Kind::Service) {
        lines.push(format!(
            "⚠️ log group `{}` is made anew: tasks that run already may not write into it before they are restarted, so it is not \
             waited for lines",
            name(Kind::LogGroup)
        ));
    }
    if gone(Kind::TargetGroup) && stands(Kind::Service) {
        lines.push(format!(
            "⚠️ service `{}` was made with the target group that is gone, and may not take up the new one: then the run holds at \
             `verify target healthy`. Press Leave, delete the service, and heal again",
            name(Kind::Service)
        ));
    }
    lines
}
