//! The subnets and security groups of the tasks, as ECS knows them. What they let through only EC2 knows, which is not asked.

use std::collections::BTreeSet;

use landlord_core::ports::{CloudError, Owner, Place, Sign, Symptom};
use landlord_core::tenant::Tenancy;

use super::super::accounts::Account;
use super::super::service;
use super::plain;

/// Whether the service's tasks run where those of a new tenant would.
pub(crate) async fn network(account: &Account, tenancy: &Tenancy) -> Result<Vec<Symptom>, CloudError> {
    let seen = |sign, said: &str| Symptom::new(Place::Network, sign, plain(said));
    let unseen = seen(Sign::Unseen, "whether security groups and routes let the tasks through: that is EC2's to say");
    let service = service::look(account, tenancy).await?;
    let service = service.filter(|service| service::found(tenancy, service).owner == Owner::Own);
    let Some(vpc) = service.and_then(|service| service.network_configuration?.awsvpc_configuration) else {
        return Ok(vec![unseen]);
    };
    let set = |all: &[String]| all.iter().cloned().collect::<BTreeSet<String>>();
    let (subnets, groups) = (set(vpc.subnets()), set(vpc.security_groups()));
    let mut usual = Vec::new();
    for lb in account.load_balancers().await?.iter() {
        usual.push(account.network(lb).await?);
    }
    let list = |all: &BTreeSet<String>| all.iter().cloned().collect::<Vec<_>>().join(", ");
    let where_now = format!("its tasks run in {} with {}", list(&subnets), list(&groups));
    let as_usual = usual.iter().any(|one| set(&one.subnets) == subnets && set(&one.security_groups) == groups);
    let own = match usual.first() {
        Some(first) if !as_usual => {
            let (subnets, groups) = (list(&set(&first.subnets)), list(&set(&first.security_groups)));
            seen(Sign::Noted, &format!("{where_now}; a new tenant's would run in {subnets} with {groups}"))
        }
        _ => seen(Sign::Sound, &where_now),
    };
    Ok(vec![own, unseen])
}
