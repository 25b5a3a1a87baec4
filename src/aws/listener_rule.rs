//! Listener rules: host name to target group, on the environment's load balancers. What a rule says is read in `rule_look`.

use aws_sdk_elasticloadbalancingv2::error::ProvideErrorMetadata;
use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum, HostHeaderConditionConfig, RuleCondition};
use landlord_core::ports::{CloudError, Ensured, Found, InventoryPage, Owner};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::facts::LoadBalancer;
use super::quota::Quota;
use super::rule_look::{free, hosts, leads_to, look, page, rules};
use super::{arn, elb_tags};

/// How often a priority that somebody else took meanwhile is replaced by another.
const TRIES: usize = 5;

/// The rules that forward to the tenant's target group, on every listener, and those that lead the host name elsewhere.
pub(crate) async fn find(account: &Account, tenancy: &Tenancy, host: &str) -> Result<Vec<Found>, CloudError> {
    Ok(look(account, tenancy, Some(host)).await?.into_iter().map(|standing| standing.found).collect())
}

/// The tenant's own rule for its host name where it stands already; none where it is to be created.
pub(crate) async fn existing(account: &Account, tenancy: &Tenancy, host: &str) -> Result<Option<Ensured>, CloudError> {
    let mut standing = look(account, tenancy, Some(host)).await?;
    if let Some(place) = standing.iter().position(|rule| rule.found.owner != Owner::Own) {
        return super::existing(&format!("the rule for {host}"), standing.swap_remove(place).found).map(Some);
    }
    Ok(standing.into_iter().find(|rule| rule.for_host).map(|rule| Ensured::Existed(rule.found)))
}

/// Creates the rule with a free priority, after a look that found none.
pub(crate) async fn create(
    account: &Account,
    tenancy: &Tenancy,
    host: &str,
    lb: &LoadBalancer,
    target_group: &str,
) -> Result<Ensured, CloudError> {
    let doing = format!("Creating the rule for {host} on {}", lb.name);
    // Two tenants that take the same free priority at once would only find out from AWS: one at a time here.
    let _one_at_a_time = account.priorities().await;
    for _ in 0..TRIES {
        let Some(priority) = free(&rules(account, &lb.name, &lb.listener).await?) else {
            return Err(CloudError::Permanent(format!("{doing}: every priority is taken.")));
        };
        let call = account
            .elb(Quota::ElbWrite)
            .await
            .create_rule()
            .listener_arn(&lb.listener)
            .priority(i32::try_from(priority).unwrap_or(i32::MAX))
            .conditions(
                RuleCondition::builder()
                    .field("host-header")
                    .host_header_config(HostHeaderConditionConfig::builder().values(host).build())
                    .build(),
            )
            .actions(Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(target_group).build())
            .set_tags(Some(elb_tags::tags_for(tenancy)))
            .send()
            .await;
        match call {
            Ok(answer) => {
                let id = answer.rules.into_iter().flatten().next().and_then(|rule| rule.rule_arn);
                let id = id.ok_or_else(|| CloudError::Transient(format!("{doing}: the answer names no ARN.")))?;
                return Ok(Ensured::Created(Found { id, owner: Owner::Own }));
            }
            Err(error) if error.code() == Some("PriorityInUse") => {}
            Err(error) if matches!(error.code(), Some("TooManyRules" | "TooManyTargetGroups")) => {
                return Err(CloudError::Permanent(format!(
                    "{doing}: the load balancer is full. Add another to `load_balancers`, then plan again."
                )));
            }
            Err(error) => return Err(account.failed(&doing, &error)),
        }
    }
    Err(CloudError::Transient(format!("{doing}: others took {TRIES} free priorities meanwhile.")))
}

pub(crate) async fn remove(account: &Account, tenancy: &Tenancy, host: &str) -> Result<Vec<Found>, CloudError> {
    let found = super::all_own(&format!("the rule for {host}"), find(account, tenancy, host).await?)?;
    delete(account, &found).await?;
    Ok(found)
}

/// Removes the rules that still forward to the tenant's target group, whatever they are for: all of them, or none where one
/// is somebody else's (playbook 3.2).
pub(crate) async fn remove_forwarding(account: &Account, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    let forwarding = look(account, tenancy, None).await?.into_iter().map(|standing| standing.found).collect();
    let found = super::all_own("a rule to its target group", forwarding)?;
    delete(account, &found).await?;
    Ok(found)
}

async fn delete(account: &Account, rules: &[Found]) -> Result<(), CloudError> {
    for rule in rules {
        match account.elb(Quota::ElbWrite).await.delete_rule().rule_arn(&rule.id).send().await {
            Ok(_) => {}
            Err(error) if error.code() == Some("RuleNotFound") => {}
            Err(error) => return Err(account.failed(&format!("Deleting the rule {}", rule.id), &error)),
        }
    }
    Ok(())
}

/// Who else answers under the host name, or none. Whoever leads another name to the tenant's tasks does not answer under it.
pub(crate) async fn taken(account: &Account, tenancy: &Tenancy, host: &str) -> Result<Option<String>, CloudError> {
    let rules = look(account, tenancy, Some(host)).await?;
    Ok(rules.into_iter().filter(|rule| rule.for_host).find_map(|rule| match rule.found.owner {
        Owner::Foreign(why) => Some(format!("a listener rule stands for {host}: {why}")),
        Owner::Own => None,
    }))
}

/// The load balancer that the tenant's own rule is on; none where there is no rule of its own.
pub(crate) async fn placed(account: &Account, tenancy: &Tenancy, host: &str) -> Result<Option<String>, CloudError> {
    let rules = find(account, tenancy, host).await?;
    let mut own = rules.iter().filter(|rule| rule.owner == Owner::Own);
    Ok(own.find_map(|rule| arn::balancer_of_rule(&rule.id)).map(str::to_owned))
}

/// Rules are listed by the service that they belong to ([`Tenancy::name`]): that of the target group they forward to;
/// others by their host name. A page is one of a listener's.
pub(crate) async fn inventory(account: &Account, page_token: Option<&str>) -> Result<InventoryPage, CloudError> {
    let load_balancers = account.load_balancers().await?;
    let listeners: Vec<(&str, &str)> = load_balancers.iter().flat_map(every_listener).collect();
    let (place, marker) = match page_token.and_then(|token| token.split_once(' ')) {
        Some((place, marker)) => (place.parse().unwrap_or(0), Some(marker.to_owned()).filter(|m| !m.is_empty())),
        None => (0_usize, None),
    };
    let Some((name, listener)) = listeners.get(place) else {
        return Ok(InventoryPage { names: Vec::new(), next: None });
    };
    let (rules, marker) = page(account, name, listener, marker).await?;
    let names = rules.iter().filter(|rule| rule.is_default() != Some(true)).flat_map(|rule| {
        let owner =
            leads_to(rule).filter_map(arn::target_group).find_map(|name| name.strip_suffix("-tg")).map(str::to_owned);
        owner.map_or_else(|| hosts(rule).map(str::to_owned).collect(), |owner| vec![owner])
    });
    let next = match marker {
        Some(marker) => Some(format!("{place} {marker}")),
        None if place + 1 < listeners.len() => Some(format!("{} ", place + 1)),
        None => None,
    };
    Ok(InventoryPage { names: names.collect(), next })
}

/// A load balancer's listeners, each with the load balancer's name.
fn every_listener(lb: &LoadBalancer) -> impl Iterator<Item = (&str, &str)> {
    lb.listeners.iter().map(|listener| (lb.name.as_str(), listener.as_str()))
}

/// Host names with the service that they belong to, over all of the environment's load balancers.
pub(crate) async fn services_by_host(account: &Account) -> Result<Vec<(String, String)>, CloudError> {
    let mut pairs = Vec::new();
    for lb in account.load_balancers().await?.iter() {
        for rule in rules(account, &lb.name, &lb.listener).await? {
            let Some(owner) = leads_to(&rule).filter_map(arn::target_group).find_map(|name| name.strip_suffix("-tg"))
            else {
                continue;
            };
            pairs.extend(hosts(&rule).map(|host| (host.to_ascii_lowercase(), owner.to_owned())));
        }
    }
    Ok(pairs)
}

/// How many rules a load balancer has, the defaults of its listeners not counted, as its quota does not.
pub(crate) async fn count(account: &Account, lb: &LoadBalancer) -> Result<usize, CloudError> {
    let mut count = 0;
    for (name, listener) in every_listener(lb) {
        let rules = rules(account, name, listener).await?;
        count += rules.iter().filter(|rule| rule.is_default() != Some(true)).count();
    }
    Ok(count)
}
