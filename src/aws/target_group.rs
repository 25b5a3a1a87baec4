//! Target groups of tenants' tasks.

use aws_sdk_elasticloadbalancingv2::error::ProvideErrorMetadata;
use aws_sdk_elasticloadbalancingv2::types::{
    Matcher, ProtocolEnum, TargetGroup, TargetHealth, TargetHealthStateEnum, TargetTypeEnum,
};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Ensured, Found, InventoryPage, Owner, Verdict};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::facts::LoadBalancer;
use super::quota::Quota;
use super::{CONTAINER_PORT, elb_tags, tags};

/// What the load balancer asks of a task to see whether it lives (playbook 3.1).
const HEALTH_PATH: &str = "/wp-admin/install.php";

/// The group of this name; a load balancer need not forward to it yet.
pub(crate) struct Standing {
    pub(crate) found: Found,
    /// Whether a rule forwards to it.
    pub(crate) in_use: bool,
}

pub(crate) async fn find(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    let standing = look(account, tenancy).await?;
    Ok(standing.map(|group| group.found).into_iter().collect())
}

/// The tenant's target group with its owner.
pub(crate) async fn look(account: &Account, tenancy: &Tenancy) -> Result<Option<Standing>, CloudError> {
    let name = tenancy.name(Kind::TargetGroup);
    let Some(group) = named(account, &name).await? else {
        return Ok(None);
    };
    let arn = group.target_group_arn.unwrap_or_default();
    let tags = elb_tags::tags_of(account, std::slice::from_ref(&arn)).await?;
    let owner = tags.get(&arn).map_or(Owner::Own, |tags| tags::owner(tenancy, elb_tags::borrowed(tags)));
    let in_use = group.load_balancer_arns.is_some_and(|arns| !arns.is_empty());
    Ok(Some(Standing { found: Found { id: arn, owner }, in_use }))
}

async fn named(account: &Account, name: &str) -> Result<Option<TargetGroup>, CloudError> {
    match account.elb(Quota::ElbRead).await.describe_target_groups().names(name).send().await {
        Ok(answer) => Ok(answer.target_groups.into_iter().flatten().find(|tg| tg.target_group_name() == Some(name))),
        Err(error) if error.code() == Some("TargetGroupNotFound") => Ok(None),
        Err(error) => Err(account.failed(&format!("Looking at the target group {name}"), &error)),
    }
}

pub(crate) async fn ensure(account: &Account, tenancy: &Tenancy, lb: &LoadBalancer) -> Result<Ensured, CloudError> {
    let name = tenancy.name(Kind::TargetGroup);
    if let Some(group) = look(account, tenancy).await? {
        return super::existing(&name, group.found);
    }
    let doing = format!("Creating the target group {name}");
    let call = account
        .elb(Quota::ElbWrite)
        .await
        .create_target_group()
        .name(&name)
        .protocol(ProtocolEnum::Http)
        .port(CONTAINER_PORT)
        .vpc_id(&lb.vpc)
        .target_type(TargetTypeEnum::Ip)
        .health_check_path(HEALTH_PATH)
        .matcher(Matcher::builder().http_code("200-399").build())
        .set_tags(Some(elb_tags::tags_for(tenancy)))
        .send()
        .await;
    match call {
        Ok(answer) => {
            let created = answer.target_groups.into_iter().flatten().next();
            let id = created.and_then(|group| group.target_group_arn);
            let id = id.ok_or_else(|| CloudError::Transient(format!("{doing}: the answer names no ARN.")))?;
            Ok(Ensured::Created(Found { id, owner: Owner::Own }))
        }
        // Somebody was quicker, with other settings: the next look says who.
        Err(error) if error.code() == Some("DuplicateTargetGroupName") => {
            Err(CloudError::Transient(format!("{doing}: it appeared meanwhile.")))
        }
        Err(error) => Err(account.failed(&doing, &error)),
    }
}

pub(crate) async fn remove(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    let name = tenancy.name(Kind::TargetGroup);
    let found = super::all_own(&name, find(account, tenancy).await?)?;
    for group in &found {
        let doing = format!("Deleting the target group {name}");
        match account.elb(Quota::ElbWrite).await.delete_target_group().target_group_arn(&group.id).send().await {
            Ok(_) => {}
            Err(error) if error.code() == Some("TargetGroupNotFound") => {}
            Err(error) if error.code() == Some("ResourceInUse") => return Err(in_use(account, &name, &doing).await?),
            Err(error) => return Err(account.failed(&doing, &error)),
        }
    }
    Ok(found)
}

/// Why a group is in use after the rules that the bot may remove are gone: a load balancer that is not configured, or AWS has
/// not let go of it yet.
async fn in_use(account: &Account, name: &str, doing: &str) -> Result<CloudError, CloudError> {
    let group = named(account, name).await?;
    let by = group.and_then(|group| group.load_balancer_arns).unwrap_or_default();
    let configured = account.load_balancers().await?;
    let elsewhere = by.iter().find(|arn| configured.iter().all(|lb| lb.arn != **arn));
    Ok(match elsewhere {
        Some(arn) => CloudError::Permanent(format!(
            "{doing}: Target group is in use by {arn}, which is not one of `load_balancers`. Delete its rule there, then \
             retry."
        )),
        None => CloudError::Transient(format!("{doing}: Target group is still in use by a listener rule.")),
    })
}

pub(crate) async fn inventory(account: &Account, page: Option<&str>) -> Result<InventoryPage, CloudError> {
    let call =
        account.elb(Quota::ElbRead).await.describe_target_groups().set_marker(page.map(str::to_owned)).send().await;
    let answer = call.map_err(|error| account.failed("Listing target groups", &error))?;
    let names = answer.target_groups.into_iter().flatten().filter_map(|group| group.target_group_name);
    Ok(InventoryPage { names: names.collect(), next: answer.next_marker })
}

/// How many target groups a load balancer forwards to.
pub(crate) async fn count(account: &Account, lb: &LoadBalancer) -> Result<usize, CloudError> {
    let doing = format!("Counting the target groups of {}", lb.name);
    let mut count = 0;
    let mut marker = None;
    loop {
        let call = account
            .elb(Quota::ElbRead)
            .await
            .describe_target_groups()
            .load_balancer_arn(&lb.arn)
            .set_marker(marker)
            .send()
            .await;
        let page = match call {
            Ok(page) => page,
            Err(error) if error.code() == Some("TargetGroupNotFound") => return Ok(count),
            Err(error) => return Err(account.failed(&doing, &error)),
        };
        count += page.target_groups().len();
        marker = page.next_marker;
        if marker.is_none() {
            return Ok(count);
        }
    }
}

/// Whether every target is healthy, and there is one. Those that leave do not count.
pub(crate) async fn healthy(account: &Account, tenancy: &Tenancy) -> Result<Verdict, CloudError> {
    let name = tenancy.name(Kind::TargetGroup);
    let Some(mut targets) = targets(account, &name).await? else {
        return Ok(Verdict::NotYet(format!("the target group {name} is not there")));
    };
    targets.retain(|target| target.health.state() != Some(&TargetHealthStateEnum::Draining));
    let well = |target: &&Target| target.health.state() == Some(&TargetHealthStateEnum::Healthy);
    let (healthy, ailing): (Vec<&Target>, Vec<&Target>) = targets.iter().partition(well);
    Ok(match (healthy.len(), ailing.first()) {
        (0, None) => Verdict::NotYet("no task is registered as a target".to_owned()),
        (n, None) => Verdict::Passed(format!("{n} of {n} targets healthy")),
        (n, Some(first)) => Verdict::NotYet(format!("{n} of {} targets healthy; {}", targets.len(), first.words())),
    })
}

/// A target and what the load balancer thinks of it.
pub(super) struct Target {
    id: String,
    pub(super) health: TargetHealth,
}

impl Target {
    /// Its state, the reason code and the words: `target 10.0.0.4 is unhealthy, Target.Timeout: Request timed out`.
    pub(super) fn words(&self) -> String {
        let state = self.health.state().map_or("in no known state", TargetHealthStateEnum::as_str);
        let code = self.health.reason().map(|reason| format!(", {}", reason.as_str())).unwrap_or_default();
        let words = self.health.description().map(|words| format!(": {words}")).unwrap_or_default();
        format!("target {} is {state}{code}{words}", self.id)
    }
}

/// The targets of the group of this name; none where there is no such group.
pub(super) async fn targets(account: &Account, name: &str) -> Result<Option<Vec<Target>>, CloudError> {
    let Some(arn) = named(account, name).await?.and_then(|group| group.target_group_arn) else {
        return Ok(None);
    };
    let call = account.elb(Quota::ElbRead).await.describe_target_health().target_group_arn(arn).send().await;
    let answer = match call {
        Ok(answer) => answer,
        Err(error) if error.code() == Some("TargetGroupNotFound") => return Ok(None),
        Err(error) => return Err(account.failed(&format!("Looking at the targets of {name}"), &error)),
    };
    let targets = answer.target_health_descriptions.into_iter().flatten().filter_map(|described| {
        let id = described.target.and_then(|target| target.id).unwrap_or_default();
        Some(Target { id, health: described.target_health? })
    });
    Ok(Some(targets.collect()))
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::{TargetHealth, TargetHealthReasonEnum, TargetHealthStateEnum};

    use super::Target;

    #[test]
    fn a_target_says_how_it_is() {
        let health = TargetHealth::builder().state(TargetHealthStateEnum::Unhealthy);
        let health = health.reason(TargetHealthReasonEnum::Timeout).description("Request timed out").build();
        let target = Target { id: "10.0.0.4".to_owned(), health };
        assert_eq!(target.words(), "target 10.0.0.4 is unhealthy, Target.Timeout: Request timed out");
        let health = TargetHealth::builder().state(TargetHealthStateEnum::Healthy).build();
        assert_eq!(Target { id: "10.0.0.4".to_owned(), health }.words(), "target 10.0.0.4 is healthy");
    }
}
