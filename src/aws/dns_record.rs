//! Route 53 records of tenants' host names: an alias to the tenant's load balancer.

use aws_sdk_route53::types::{AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecordSet, RrType};
use landlord_core::ports::{CloudError, Ensured, Found, Owner, Subject};
use landlord_core::tenant::Tenancy;

use super::accounts::Account;
use super::facts::LoadBalancer;

/// The types of records that lead a host name somewhere.
const LEADING: [RrType; 3] = [RrType::A, RrType::Aaaa, RrType::Cname];

/// One page of the zone's host names, with where to go on.
#[derive(Debug)]
pub(crate) struct Hosts {
    /// Host names without the last dot, the zone's own among them.
    pub(crate) names: Vec<String>,
    /// The name to go on with.
    pub(crate) next: Option<String>,
}

/// A record as it was read, and where it leads.
#[derive(Debug)]
pub(crate) struct Record {
    set: ResourceRecordSet,
    pub(crate) found: Found,
}

/// The records that lead the subject's exact host name somewhere.
pub(crate) async fn find(account: &Account, subject: &Subject) -> Result<Vec<Record>, CloudError> {
    let host = host(account, subject);
    let doing = format!("Looking for the record of {host}");
    let zone = account.zone().await?;
    let load_balancers = account.load_balancers().await?;
    let mut sets: Vec<ResourceRecordSet> = Vec::new();
    let (mut start_type, mut start_set) = (None, None);
    loop {
        let call = account
            .route53()
            .await
            .list_resource_record_sets()
            .hosted_zone_id(&zone)
            .start_record_name(&host)
            .set_start_record_type(start_type)
            .set_start_record_identifier(start_set)
            .send()
            .await;
        let page = call.map_err(|error| account.failed(&doing, &error))?;
        let goes_on = page.is_truncated && page.next_record_name.as_deref().is_some_and(|next| same(next, &host));
        sets.extend(page.resource_record_sets.into_iter().filter(|set| same(set.name(), &host)));
        if !goes_on {
            break;
        }
        (start_type, start_set) = (page.next_record_type, page.next_record_identifier);
    }
    Ok(sets
        .into_iter()
        .filter(|set| LEADING.contains(set.r#type()))
        .map(|set| {
            let id = format!("{host} {}", set.r#type().as_str());
            let owner = whose(&set, &load_balancers);
            Record { set, found: Found { id, owner } }
        })
        .collect())
}

/// The load balancer that the subject's own record leads to; none where there is no record of its own.
pub(crate) async fn placed(account: &Account, subject: &Subject) -> Result<Option<String>, CloudError> {
    let (load_balancers, records) = futures::try_join!(account.load_balancers(), find(account, subject))?;
    Ok(records.iter().find_map(|record| leads_to(&record.set, &load_balancers)).map(|lb| lb.name.clone()))
}

/// Which of the load balancers a record leads to.
fn leads_to<'a>(set: &ResourceRecordSet, load_balancers: &'a [LoadBalancer]) -> Option<&'a LoadBalancer> {
    let to = match (set.alias_target(), set.resource_records()) {
        (Some(alias), _) => target(alias.dns_name()),
        (None, [value]) => value.value(),
        (None, _) => return None,
    };
    load_balancers.iter().find(|lb| same(to, &lb.dns_name))
}

/// Own where it is an alias to one of the environment's load balancers.
fn whose(set: &ResourceRecordSet, load_balancers: &[LoadBalancer]) -> Owner {
    if let Some(alias) = set.alias_target() {
        if load_balancers.iter().any(|lb| same(target(alias.dns_name()), &lb.dns_name)) {
            return Owner::Own;
        }
        return Owner::Foreign(format!("it leads to {}", alias.dns_name().trim_end_matches('.')));
    }
    let values: Vec<&str> = set.resource_records().iter().map(aws_sdk_route53::types::ResourceRecord::value).collect();
    if let [value] = values.as_slice()
        && load_balancers.iter().any(|lb| same(value, &lb.dns_name))
    {
        return Owner::Own;
    }
    Owner::Foreign(format!("it leads to {}", values.join(", ")))
}

/// The console and some tools write `dualstack.` before a load balancer's name.
fn target(dns_name: &str) -> &str {
    dns_name.strip_prefix("dualstack.").unwrap_or(dns_name)
}

/// Names are the same whatever their case and last dot.
fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
}

/// Creates the record, after a look that found none.
pub(crate) async fn create(account: &Account, subject: &Subject, lb: &LoadBalancer) -> Result<Ensured, CloudError> {
    let host = host(account, subject);
    let doing = format!("Creating the record of {host}");
    let invalid = |error: aws_sdk_route53::error::BuildError| CloudError::Permanent(format!("{doing}: {error}."));
    let alias = AliasTarget::builder().hosted_zone_id(&lb.zone).dns_name(&lb.dns_name).evaluate_target_health(false);
    let set = ResourceRecordSet::builder()
        .name(&host)
        .r#type(RrType::A)
        .alias_target(alias.build().map_err(invalid)?)
        .build()
        .map_err(invalid)?;
    // UPSERT makes a repetition after a lost answer harmless.
    change(account, ChangeAction::Upsert, set, &doing).await?;
    Ok(Ensured::Created(Found { id: format!("{host} A"), owner: Owner::Own }))
}

async fn change(
    account: &Account,
    action: ChangeAction,
    set: ResourceRecordSet,
    doing: &str,
) -> Result<(), CloudError> {
    let invalid = |error: aws_sdk_route53::error::BuildError| CloudError::Permanent(format!("{doing}: {error}."));
    let change = Change::builder().action(action).resource_record_set(set).build().map_err(invalid)?;
    let batch = ChangeBatch::builder().changes(change).comment("landlord").build().map_err(invalid)?;
    let zone = account.zone().await?;
    let call =
        account.route53().await.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch).send().await;
    call.map(drop).map_err(|error| match error.as_service_error() {
        // What was read a moment ago is not what is there any more: the next look says what is.
        Some(e) if e.is_invalid_change_batch() && e.to_string().contains("not found") => {
            CloudError::Transient(format!("{doing}: the record changed meanwhile."))
        }
        _ => account.failed(doing, &error),
    })
}

/// Deletes exactly what was read.
pub(crate) async fn delete(account: &Account, records: Vec<Record>) -> Result<Vec<Found>, CloudError> {
    let mut deleted = Vec::with_capacity(records.len());
    for Record { set, found } in records {
        change(account, ChangeAction::Delete, set, &format!("Deleting the record {}", found.id)).await?;
        deleted.push(found);
    }
    Ok(deleted)
}

/// The zone's host names by pages.
pub(crate) async fn hosts(account: &Account, page: Option<&str>) -> Result<Hosts, CloudError> {
    let zone = account.zone().await?;
    let (name, kind) = page.and_then(|page| page.split_once(' ')).unzip();
    let call = account
        .route53()
        .await
        .list_resource_record_sets()
        .hosted_zone_id(zone)
        .set_start_record_name(name.map(str::to_owned))
        .set_start_record_type(kind.map(RrType::from))
        .send()
        .await;
    let answer = call.map_err(|error| account.failed("Listing the zone's records", &error))?;
    let next = answer
        .next_record_name()
        .filter(|_| answer.is_truncated())
        .map(|name| format!("{name} {}", answer.next_record_type().map_or("A", RrType::as_str)));
    let mut names: Vec<String> = answer
        .resource_record_sets()
        .iter()
        .filter(|set| LEADING.contains(set.r#type()))
        .map(|set| set.name().trim_end_matches('.').to_owned())
        .collect();
    names.dedup();
    Ok(Hosts { names, next })
}

/// The subject's host name in this environment.
pub(crate) fn host(account: &Account, subject: &Subject) -> String {
    Tenancy::host(&subject.subdomain, &account.config.domain)
}

#[cfg(test)]
mod tests {
    use aws_sdk_route53::types::{AliasTarget, ResourceRecord, ResourceRecordSet, RrType};
    use landlord_core::ports::Owner;

    use super::{same, whose};
    use crate::aws::facts::LoadBalancer;

    fn load_balancer() -> LoadBalancer {
        LoadBalancer {
            name: "dev-alb".into(),
            arn: "arn".into(),
            listener: "listener".into(),
            listeners: vec!["listener".into()],
            dns_name: "dev-alb-1.eu-west-1.elb.amazonaws.com".into(),
            zone: "Z1".into(),
            vpc: "vpc-1".into(),
            subnets: vec![],
            security_groups: vec![],
        }
    }

    fn alias(to: &str) -> ResourceRecordSet {
        let target = AliasTarget::builder().hosted_zone_id("Z1").dns_name(to).evaluate_target_health(false).build();
        let set = ResourceRecordSet::builder().name("golden.example.").r#type(RrType::A);
        set.alias_target(target.expect("target")).build().expect("set")
    }

    fn plain(kind: RrType, value: &str) -> ResourceRecordSet {
        let record = ResourceRecord::builder().value(value).build().expect("record");
        let set = ResourceRecordSet::builder().name("golden.example.").r#type(kind);
        set.resource_records(record).build().expect("set")
    }

    #[test]
    fn a_record_is_own_where_it_leads_to_the_environments_load_balancer() {
        let known = [load_balancer()];
        for set in [
            alias("dev-alb-1.eu-west-1.elb.amazonaws.com."),
            alias("dualstack.Dev-ALB-1.eu-west-1.elb.amazonaws.com."),
            plain(RrType::Cname, "dev-alb-1.eu-west-1.elb.amazonaws.com"),
        ] {
            assert_eq!(whose(&set, &known), Owner::Own, "{set:?}");
        }
    }

    #[test]
    fn elsewhere_is_foreign_and_says_where() {
        let known = [load_balancer()];
        assert_eq!(whose(&alias("other.example."), &known), Owner::Foreign("it leads to other.example".into()));
        assert_eq!(whose(&plain(RrType::A, "192.0.2.1"), &known), Owner::Foreign("it leads to 192.0.2.1".into()));
    }

    #[test]
    fn names_are_compared_whole() {
        assert!(same("Golden.example.", "golden.example"));
        assert!(!same("golden.example.com", "golden.example"));
        assert!(!same("a.golden.example", "golden.example"));
    }
}
