//! Orphans: what the join of inventories and registry leaves over (playbook 4.3). Pure.
//!
//! Architecture invariant: whose a resource is, is `inventory`'s to say, name by name; nothing here looks into names but to tell
//! those that bear a pattern from those that do not.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::inventory::Inventory;
use crate::kind::Kind;
use crate::ports::Tenant;
use crate::tenant::{Environment, Subdomain, Tenancy, TenantId};

/// Why nobody owns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The registry knows no tenant of this id.
    Unknown,
    /// The tenant lives, and does not stand in this environment.
    Elsewhere,
    /// The tenant is deleted for ever, since then.
    Deleted(OffsetDateTime),
}

/// What bears a tenant's name in an environment in which there is no such tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// Whose name, and where.
    pub tenancy: Tenancy,
    /// Why nobody owns it.
    pub why: Why,
    /// The names that it is listed by, by kind, or the labels of its host names; never empty.
    pub names: BTreeMap<Kind, Vec<String>>,
}

impl Orphan {
    /// Whether it may be what a deletion has kept on purpose: nothing but the logs of a tenant that the registry knows.
    pub fn only_logs(&self) -> bool {
        self.why != Why::Unknown && self.names.keys().all(|kind| *kind == Kind::LogGroup)
    }

    /// Whether there is a tenant in it that could be adopted: a service, and an id that may still be given.
    pub fn adoptable(&self) -> bool {
        self.names.contains_key(&Kind::Service) && !matches!(self.why, Why::Deleted(_))
    }
}

/// What an environment has of orphans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leftovers {
    /// By tenant, in the order of their ids.
    pub orphans: Vec<Orphan>,
    /// Host names under the environment's domain that no known tenant has, and whose label is no orphan's id.
    pub hosts: Vec<(Kind, Subdomain)>,
    /// Names that bear the pattern of a kind, and the id in them is none.
    pub misnamed: Vec<(Kind, String)>,
}

/// What the join leaves over. Nothing where the inventory was not read.
pub fn leftovers(inventory: &Inventory, known: &BTreeMap<TenantId, Tenant>) -> Leftovers {
    let place = inventory.environment;
    let orphan = |(id, names): (&TenantId, &BTreeMap<Kind, Vec<String>>)| {
        let why = match known.get(id) {
            Some(tenant) if tenant.standing(place).is_some() => return None,
            Some(Tenant { deleted: Some(at), .. }) => Why::Deleted(*at),
            Some(_) => Why::Elsewhere,
            None => Why::Unknown,
        };
        Some(Orphan { tenancy: Tenancy::new(id.clone(), place), why, names: names.clone() })
    };
    let strangers = inventory.strangers.iter();
    let mut orphans: Vec<Orphan> = inventory.tenants.iter().filter_map(orphan).collect();
    let mut hosts = Vec::new();
    for (kind, label) in &inventory.unclaimed {
        // Of a tenant that nobody knows the host label is taken to be the id.
        let its = |orphan: &&mut Orphan| orphan.why == Why::Unknown && orphan.tenancy.tenant.as_str() == label.as_str();
        match orphans.iter_mut().find(its) {
            Some(orphan) => orphan.names.entry(*kind).or_default().push(label.to_string()),
            None => hosts.push((*kind, label.clone())),
        }
    }
    Leftovers {
        orphans,
        hosts,
        misnamed: strangers.filter(|(kind, name)| bears_pattern(place, *kind, name)).cloned().collect(),
    }
}

/// Whether a name is playbook 6.1's but for the id in it.
fn bears_pattern(environment: Environment, kind: Kind, name: &str) -> bool {
    // No name has an `x` but for the tenant's.
    let Ok(x) = "x".parse::<TenantId>() else { return false };
    let pattern = Tenancy::new(x, environment).name(kind);
    let Some((before, after)) = pattern.split_once('x') else { return false };
    name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).is_some_and(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::store::samples;
    use crate::inventory::Seal;
    use crate::ports::Standing;

    fn id(tenant: &str) -> TenantId {
        tenant.parse().expect("valid")
    }

    fn known(tenant: &str, standings: &[(Environment, Standing)], deleted: bool) -> (TenantId, Tenant) {
        let deleted = deleted.then_some(samples::BEGINNING);
        (id(tenant), Tenant { details: samples::details(tenant), standings: standings.to_vec(), deleted })
    }

    #[test]
    fn what_a_tenant_has_where_it_stands_is_no_orphan_and_all_else_is() {
        let mut inventory = Inventory::unread(Environment::Dev, Seal::Holds("1".into()));
        for tenant in ["acme", "acme-2", "gone", "lost", "sits"] {
            let names = BTreeMap::from([(Kind::LogGroup, vec![format!("/ecs/dev-{tenant}")])]);
            inventory.tenants.insert(id(tenant), names);
        }
        let label = |label: &str| label.parse::<Subdomain>().expect("valid");
        let labels = [(Kind::DnsRecord, "lost"), (Kind::DnsRecord, "gone"), (Kind::ListenerRule, "free")];
        inventory.unclaimed = labels.map(|(kind, name)| (kind, label(name))).to_vec();
        inventory.strangers = vec![
            (Kind::TargetGroup, "dev-Acme_Foo-tg".into()),
            (Kind::TargetGroup, "dev--tg".into()),
            (Kind::TargetGroup, "platform-tg".into()),
            (Kind::Secret, "dev-acme-tg".into()),
        ];
        let standing = |at| [(at, Standing::Active)];
        let registry = BTreeMap::from([
            known("acme", &standing(Environment::Dev), false),
            known("gone", &[], true),
            known("sits", &standing(Environment::Sit), false),
            known("asked", &[], false),
        ]);
        let left = leftovers(&inventory, &registry);
        let found: Vec<_> = left.orphans.iter().map(|one| (one.tenancy.tenant.as_str(), one.why)).collect();
        let deleted = Why::Deleted(samples::BEGINNING);
        assert_eq!(
            found,
            [("acme-2", Why::Unknown), ("gone", deleted), ("lost", Why::Unknown), ("sits", Why::Elsewhere)]
        );
        assert_eq!(left.misnamed, [(Kind::TargetGroup, "dev-Acme_Foo-tg".to_owned())]);
        assert_eq!(left.hosts, [(Kind::DnsRecord, label("gone")), (Kind::ListenerRule, label("free"))]);
        assert_eq!(left.orphans[2].names[&Kind::DnsRecord], ["lost"]);
        let logs: Vec<bool> = left.orphans.iter().map(Orphan::only_logs).collect();
        assert_eq!(logs, [false, true, false, true]);
        assert!(left.orphans.iter().all(|orphan| !orphan.adoptable()), "there is no service");
    }
}
