//! Listener rules: host name to target group, on the environment's load balancers.

use std::collections::HashSet;

use aws_sdk_elasticloadbalancingv2::error::ProvideErrorMetadata;
use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum, HostHeaderConditionConfig, Rule, RuleCondition};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Ensured, Found, InventoryPage, Owner};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::facts::LoadBalancer;
use super::quota::Quota;
use super::{arn, elb_tags, tags};

/// The highest priority that a rule may have (Elastic Load Balancing).
const PRIORITY_MAX: i32 = 50_000;
/// How often a priority that somebody else took meanwhile is replaced by another.
const TRIES: usize = 5;

/// A rule that has something to do with a tenant.
#[derive(Debug)]
struct Standing {
    found: Found,
    /// Whether it is for the tenant's present host name.
    for_host: bool,
}

/// The rules that forward to the tenant's target group, and those that lead the host name elsewhere.
pub(crate) async fn find(account: &Account, tenancy: &Tenancy, host: &str) -> Result<Vec<Found>, CloudError> {
    Ok(look(account, tenancy, host).await?.into_iter().map(|standing| standing.found).collect())
}

async fn look(account: &Account, tenancy: &Tenancy, host: &str) -> Result<Vec<Standing>, CloudError> {
    let group = tenancy.name(Kind::TargetGroup);
    let mut standing = Vec::new();
    let mut own = Vec::new();
    for lb in account.load_balancers().await?.iter() {
        for rule in rules(account, lb).await? {
            let for_host = hosts(&rule).any(|h| h.eq_ignore_ascii_case(host));
            let forwards = leads_to(&rule).any(|to| arn::target_group(to) == Some(&group));
            if !for_host && !forwards {
                continue;
            }
            let id = rule.rule_arn().unwrap_or_default().to_owned();
            if forwards {
                own.push(id.clone());
            }
            let owner = if forwards { Owner::Own } else { Owner::Foreign(elsewhere(&rule)) };
            standing.push(Standing { found: Found { id, owner }, for_host });
        }
    }
    if !own.is_empty() {
        let tags = elb_tags::tags_of(account, &own).await?;
        for rule in standing.iter_mut().filter(|rule| rule.found.owner == Owner::Own) {
            if let Some(tags) = tags.get(&rule.found.id) {
                rule.found.owner = tags::owner(tenancy, elb_tags::borrowed(tags));
            }
        }
    }
    Ok(standing)
}

/// All rules of the tenants' listener but its default.
async fn rules(account: &Account, lb: &LoadBalancer) -> Result<Vec<Rule>, CloudError> {
    let mut all = Vec::new();
    let mut marker = None;
    loop {
        let (page, next) = page(account, lb, marker).await?;
        all.extend(page);
        marker = next;
        if marker.is_none() {
            return Ok(all);
        }
    }
}

async fn page(
    account: &Account,
    lb: &LoadBalancer,
    marker: Option<String>,
) -> Result<(Vec<Rule>, Option<String>), CloudError> {
    let call =
        account.elb(Quota::ElbRead).await.describe_rules().listener_arn(&lb.listener).set_marker(marker).send().await;
    let answer = call.map_err(|error| account.failed(&format!("Looking at the rules of {}", lb.name), &error))?;
    let rules = answer.rules.into_iter().flatten().filter(|rule| rule.is_default() != Some(true));
    Ok((rules.collect(), answer.next_marker))
}

/// The host names that a rule is for.
fn hosts(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.conditions().iter().filter(|condition| condition.field() == Some("host-header")).flat_map(|condition| {
        let values = condition.host_header_config().map_or(condition.values(), HostHeaderConditionConfig::values);
        values.iter().map(String::as_str)
    })
}

/// The ARNs of the target groups that a rule forwards to.
fn leads_to(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.actions().iter().flat_map(|action| {
        let weighted = action
            .forward_config()
            .map(aws_sdk_elasticloadbalancingv2::types::ForwardActionConfig::target_groups)
            .unwrap_or_default();
        action.target_group_arn().into_iter().chain(weighted.iter().filter_map(|group| group.target_group_arn()))
    })
}

/// Where a rule leads, for people.
fn elsewhere(rule: &Rule) -> String {
    let names: Vec<&str> = leads_to(rule).filter_map(arn::target_group).collect();
    match names.first() {
        Some(name) => format!("it forwards the host name to {name}"),
        None => "it answers the host name without forwarding".to_owned(),
    }
}

/// The tenant's own rule for its host name where it stands already; none where it is to be created.
pub(crate) async fn existing(account: &Account, tenancy: &Tenancy, host: &str) -> Result<Option<Ensured>, CloudError> {
    let mut standing = look(account, tenancy, host).await?;
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
        let taken: HashSet<i32> = rules(account, lb).await?.iter().filter_map(|r| r.priority()?.parse().ok()).collect();
        let Some(priority) = (1..=PRIORITY_MAX).find(|priority| !taken.contains(priority)) else {
            return Err(CloudError::Permanent(format!("{doing}: every priority is taken.")));
        };
        let call = account
            .elb(Quota::ElbWrite)
            .await
            .create_rule()
            .listener_arn(&lb.listener)
            .priority(priority)
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
    for rule in &found {
        match account.elb(Quota::ElbWrite).await.delete_rule().rule_arn(&rule.id).send().await {
            Ok(_) => {}
            Err(error) if error.code() == Some("RuleNotFound") => {}
            Err(error) => return Err(account.failed(&format!("Deleting the rule for {host}"), &error)),
        }
    }
    Ok(found)
}

/// Who else answers under the host name, or none.
pub(crate) async fn taken(account: &Account, tenancy: &Tenancy, host: &str) -> Result<Option<String>, CloudError> {
    let rules = find(account, tenancy, host).await?;
    Ok(rules.into_iter().find_map(|rule| match rule.owner {
        Owner::Foreign(why) => Some(format!("a listener rule stands for {host}: {why}")),
        Owner::Own => None,
    }))
}

/// Rules are listed by the service that they belong to ([`Tenancy::name`]): that of the target group they forward to;
/// others by their host name.
pub(crate) async fn inventory(account: &Account, page_token: Option<&str>) -> Result<InventoryPage, CloudError> {
    let load_balancers = account.load_balancers().await?;
    let (place, marker) = match page_token.and_then(|token| token.split_once(' ')) {
        Some((place, marker)) => (place.parse().unwrap_or(0), Some(marker.to_owned()).filter(|m| !m.is_empty())),
        None => (0_usize, None),
    };
    let Some(lb) = load_balancers.get(place) else {
        return Ok(InventoryPage { names: Vec::new(), next: None });
    };
    let (rules, marker) = page(account, lb, marker).await?;
    let names = rules.iter().flat_map(|rule| {
        let owner =
            leads_to(rule).filter_map(arn::target_group).find_map(|name| name.strip_suffix("-tg")).map(str::to_owned);
        owner.map_or_else(|| hosts(rule).map(str::to_owned).collect(), |owner| vec![owner])
    });
    let next = match marker {
        Some(marker) => Some(format!("{place} {marker}")),
        None if place + 1 < load_balancers.len() => Some(format!("{} ", place + 1)),
        None => None,
    };
    Ok(InventoryPage { names: names.collect(), next })
}

/// Host names with the service that they belong to, over all of the environment's load balancers.
pub(crate) async fn services_by_host(account: &Account) -> Result<Vec<(String, String)>, CloudError> {
    let mut pairs = Vec::new();
    for lb in account.load_balancers().await?.iter() {
        for rule in rules(account, lb).await? {
            let Some(owner) = leads_to(&rule).filter_map(arn::target_group).find_map(|name| name.strip_suffix("-tg"))
            else {
                continue;
            };
            pairs.extend(hosts(&rule).map(|host| (host.to_ascii_lowercase(), owner.to_owned())));
        }
    }
    Ok(pairs)
}

/// How many rules the tenants' listener has.
pub(crate) async fn count(account: &Account, lb: &LoadBalancer) -> Result<usize, CloudError> {
    rules(account, lb).await.map(|rules| rules.len())
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::{
        Action, ForwardActionConfig, HostHeaderConditionConfig, Rule, RuleCondition, TargetGroupTuple,
    };

    use super::{elsewhere, hosts, leads_to};

    const GROUP: &str = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/dev-acme-tg/1";

    #[test]
    fn both_forms_of_conditions_and_of_forwarding_are_understood() {
        let old = Rule::builder()
            .conditions(RuleCondition::builder().field("host-header").values("a.example").build())
            .actions(Action::builder().target_group_arn(GROUP).build())
            .build();
        let group = TargetGroupTuple::builder().target_group_arn(GROUP).build();
        let new = Rule::builder()
            .conditions(
                RuleCondition::builder()
                    .field("host-header")
                    .host_header_config(HostHeaderConditionConfig::builder().values("a.example").build())
                    .build(),
            )
            .conditions(RuleCondition::builder().field("path-pattern").values("/x").build())
            .actions(
                Action::builder().forward_config(ForwardActionConfig::builder().target_groups(group).build()).build(),
            )
            .build();
        for rule in [old, new] {
            assert_eq!(hosts(&rule).collect::<Vec<_>>(), ["a.example"]);
            assert_eq!(leads_to(&rule).collect::<Vec<_>>(), [GROUP]);
        }
    }

    #[test]
    fn a_rule_says_where_it_leads() {
        let forwarding = Rule::builder().actions(Action::builder().target_group_arn(GROUP).build()).build();
        assert_eq!(elsewhere(&forwarding), "it forwards the host name to dev-acme-tg");
        assert_eq!(elsewhere(&Rule::builder().build()), "it answers the host name without forwarding");
    }
}
