//! What listener rules say: for which host names they are, where they lead, and whose they are.

use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::{ForwardActionConfig, HostHeaderConditionConfig, Rule};
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Found, Owner};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::quota::Quota;
use super::{arn, elb_tags, tags};

/// The highest priority that a rule may have (Elastic Load Balancing).
const PRIORITY_MAX: u32 = 50_000;

/// A rule that has something to do with a tenant.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) found: Found,
    /// The listener that it stands on.
    pub(super) listener: String,
    /// What it says.
    pub(super) rule: Rule,
    /// Its tags, where it may be the tenant's own.
    pub(super) tags: Vec<(String, String)>,
    /// Whether it is for the tenant's present host name, on the listener of tenants' rules.
    pub(super) for_host: bool,
}

/// The rules that forward to the tenant's target group, on every listener of every load balancer, the defaults among them;
/// and those of the tenants' listeners that lead the host name elsewhere.
pub(super) async fn look(
    account: &Account,
    tenancy: &Tenancy,
    host: Option<&str>,
) -> Result<Vec<Standing>, CloudError> {
    let group = tenancy.name(Kind::TargetGroup);
    let mut standing = Vec::new();
    for lb in account.load_balancers().await?.iter() {
        for listener in &lb.listeners {
            let host = host.filter(|_| *listener == lb.listener);
            let rules = rules(account, &lb.name, listener).await?;
            standing.extend(rules.into_iter().filter_map(|rule| {
                let (owner, for_host) = read(&rule, &group, host)?;
                let found = Found { id: rule.rule_arn().unwrap_or_default().to_owned(), owner };
                Some(Standing { found, listener: listener.clone(), rule, tags: Vec::new(), for_host })
            }));
        }
    }
    let own = standing.iter().filter(|rule| rule.found.owner == Owner::Own);
    let own: Vec<String> = own.map(|rule| rule.found.id.clone()).collect();
    if !own.is_empty() {
        let mut tags = elb_tags::tags_of(account, &own).await?;
        for rule in standing.iter_mut().filter(|rule| rule.found.owner == Owner::Own) {
            if let Some(tags) = tags.remove(&rule.found.id) {
                rule.found.owner = tags::owner(tenancy, elb_tags::borrowed(&tags));
                rule.tags = tags;
            }
        }
    }
    Ok(standing)
}

/// What a rule is to the tenant of this target group and host name: whose, and whether it is for the host name; none where it is
/// nothing. Its tags are not read yet.
fn read(rule: &Rule, group: &str, host: Option<&str>) -> Option<(Owner, bool)> {
    let for_host = host.is_some_and(|host| hosts(rule).any(|one| one.eq_ignore_ascii_case(host)));
    let forwards = leads_to(rule).any(|to| arn::target_group(to) == Some(group));
    if !for_host && !forwards {
        return None;
    }
    let others: Vec<&str> = leads_to(rule).filter_map(arn::target_group).filter(|one| *one != group).collect();
    let owner = if !forwards {
        Owner::Foreign(elsewhere(rule))
    } else if rule.is_default() == Some(true) {
        Owner::Foreign(format!("it is its listener's default, and forwards to {group}"))
    } else if let Some(other) = others.first() {
        Owner::Foreign(format!("it also forwards to {other}"))
    } else {
        Owner::Own
    };
    Some((owner, for_host))
}

/// All rules of a listener, its default among them.
pub(super) async fn rules(account: &Account, lb: &str, listener: &str) -> Result<Vec<Rule>, CloudError> {
    let mut all = Vec::new();
    let mut marker = None;
    loop {
        let (page, next) = page(account, lb, listener, marker).await?;
        all.extend(page);
        marker = next;
        if marker.is_none() {
            return Ok(all);
        }
    }
}

/// A rule's priority; a listener's default has none.
pub(super) fn priority(rule: &Rule) -> Option<u32> {
    rule.priority()?.parse().ok()
}

/// The first priority that none of a listener's rules has; none where all are taken.
pub(super) fn free(rules: &[Rule]) -> Option<u32> {
    let taken: BTreeSet<u32> = rules.iter().filter_map(priority).collect();
    (1..=PRIORITY_MAX).find(|priority| !taken.contains(priority))
}

/// One page of a listener's rules, and where to go on.
pub(super) async fn page(
    account: &Account,
    lb: &str,
    listener: &str,
    marker: Option<String>,
) -> Result<(Vec<Rule>, Option<String>), CloudError> {
    let call =
        account.elb(Quota::ElbRead).await.describe_rules().listener_arn(listener).set_marker(marker).send().await;
    let answer = call.map_err(|error| account.failed(&format!("Looking at the rules of {lb}"), &error))?;
    Ok((answer.rules.unwrap_or_default(), answer.next_marker))
}

/// The host names that a rule is for.
pub(super) fn hosts(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.conditions().iter().filter(|condition| condition.field() == Some("host-header")).flat_map(|condition| {
        let values = condition.host_header_config().map_or(condition.values(), HostHeaderConditionConfig::values);
        values.iter().map(String::as_str)
    })
}

/// The ARNs of the target groups that a rule forwards to.
pub(super) fn leads_to(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.actions().iter().flat_map(|action| {
        let weighted = action.forward_config().map(ForwardActionConfig::target_groups).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::{
        Action, ForwardActionConfig, HostHeaderConditionConfig, Rule, RuleCondition, TargetGroupTuple,
    };

    use landlord_core::ports::Owner;

    use super::{elsewhere, hosts, leads_to, read};

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

    fn forwarding(groups: &[&str]) -> Rule {
        let tuple = |group: &&str| TargetGroupTuple::builder().target_group_arn(*group).build();
        let config = ForwardActionConfig::builder().set_target_groups(Some(groups.iter().map(tuple).collect())).build();
        Rule::builder().actions(Action::builder().forward_config(config).build()).build()
    }

    #[test]
    fn a_rule_is_own_where_it_forwards_to_the_own_group_alone() {
        let other = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/dev-acme-2-tg/1";
        let owner = |rule: &Rule| read(rule, "dev-acme-tg", None).map(|(owner, _)| owner);
        assert_eq!(owner(&forwarding(&[GROUP])), Some(Owner::Own));
        assert_eq!(owner(&forwarding(&[other])), None);
        let shared = Owner::Foreign("it also forwards to dev-acme-2-tg".to_owned());
        assert_eq!(owner(&forwarding(&[GROUP, other])), Some(shared));
        let mut default = forwarding(&[GROUP]);
        default.is_default = Some(true);
        assert!(matches!(owner(&default), Some(Owner::Foreign(why)) if why.contains("default")));
    }

    #[test]
    fn a_rule_says_where_it_leads() {
        let forwarding = Rule::builder().actions(Action::builder().target_group_arn(GROUP).build()).build();
        assert_eq!(elsewhere(&forwarding), "it forwards the host name to dev-acme-tg");
        assert_eq!(elsewhere(&Rule::builder().build()), "it answers the host name without forwarding");
    }
}
