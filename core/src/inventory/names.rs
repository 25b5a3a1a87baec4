//! From the names of resources to tenants: the inverse of playbook 6.1.

use std::collections::BTreeMap;

use crate::kind::Kind;
use crate::plan::Details;
use crate::tenant::{Environment, Subdomain, Tenancy, TenantId};

/// What names mean in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    environment: Environment,
    domain: String,
    labels: BTreeMap<Subdomain, TenantId>,
}

/// Whose name a resource bears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// That of a tenant of this id. Whether there is one is the registry's to say.
    Tenant(TenantId),
    /// A host name under the environment's domain, whose label no known tenant has.
    Label(Subdomain),
    /// No tenant's.
    Nobody,
}

impl Names {
    /// In an environment of this domain, where these tenants have their host labels. Of two with the same label it is the first's:
    /// the living come before those that are deleted.
    pub fn new<'a>(
        environment: Environment,
        domain: impl Into<String>,
        tenants: impl IntoIterator<Item = &'a Details>,
    ) -> Self {
        let mut labels = BTreeMap::new();
        for Details { tenant, subdomain, .. } in tenants {
            labels.entry(subdomain.clone()).or_insert_with(|| tenant.clone());
        }
        Self { environment, domain: domain.into().to_ascii_lowercase(), labels }
    }

    /// The environment that they are about.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// Whose a resource of the kind is by the name that the inventory lists it by: playbook 6.1's, or, of rules and records, that
    /// or the host name.
    pub fn bearer(&self, kind: Kind, name: &str) -> Bearer {
        if let Some(tenancy) = Tenancy::named(self.environment, kind, name) {
            return Bearer::Tenant(tenancy.tenant);
        }
        match kind {
            Kind::ListenerRule | Kind::DnsRecord => self.of_host(name),
            _ => Bearer::Nobody,
        }
    }

    fn of_host(&self, host: &str) -> Bearer {
        // Names are the same whatever their case and last dot.
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let label = host.strip_suffix(&self.domain).and_then(|label| label.strip_suffix('.'));
        let Some(label) = label.and_then(|label| label.parse::<Subdomain>().ok()) else { return Bearer::Nobody };
        match self.labels.get(&label) {
            Some(tenant) => Bearer::Tenant(tenant.clone()),
            None => Bearer::Label(label),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::contract::store::samples;

    const DOMAIN: &str = "wpdev.kimmyai.io";

    fn any_tenant() -> impl Strategy<Value = TenantId> {
        // Names that could be taken for parts of a pattern are as likely as others.
        let word = prop_oneof![
            "[a-z][a-z0-9-]{0,10}[a-z0-9]",
            "[1-9][0-9]{11}",
            proptest::sample::select(vec![
                "acme",
                "acme-2",
                "acme-tg",
                "acme-service",
                "dev-acme",
                "tg",
                "service",
                "ap",
                "db"
            ])
            .prop_map(str::to_owned),
        ];
        word.prop_map(|word| word.parse().expect("valid"))
    }

    fn any_kind() -> impl Strategy<Value = Kind> {
        proptest::sample::select(&Kind::DELETION_ORDER)
    }

    fn any_environment() -> impl Strategy<Value = Environment> {
        proptest::sample::select(&Environment::ALL)
    }

    proptest! {
        #[test]
        fn a_name_leads_back_to_its_tenant_and_to_no_other(
            tenant in any_tenant(),
            other in any_tenant(),
            kind in any_kind(),
            environment in any_environment(),
        ) {
            let names = Names::new(environment, DOMAIN, []);
            let own = Tenancy::new(tenant.clone(), environment).name(kind);
            prop_assert_eq!(names.bearer(kind, &own), Bearer::Tenant(tenant.clone()));
            let theirs = Tenancy::new(other.clone(), environment).name(kind);
            prop_assert_eq!(own == theirs, tenant == other);
            let about = Tenancy::new(tenant.clone(), environment);
            prop_assert_eq!(about.other_in_name(kind, &theirs), (tenant != other).then_some(other));
        }

        #[test]
        fn what_leads_to_a_tenant_is_named_after_it_to_the_letter(
            name in "(/ecs/)?(dev-|sit-|Dev-|-)?[a-zA-Z0-9_./-]{0,14}(-service|-tg|-ap|_db|_user|-db-credentials)?",
            kind in any_kind(),
            environment in any_environment(),
        ) {
            if let Bearer::Tenant(tenant) = Names::new(environment, DOMAIN, []).bearer(kind, &name) {
                prop_assert_eq!(Tenancy::new(tenant, environment).name(kind), name);
            }
        }

        #[test]
        fn a_name_of_another_environment_is_nobodys(tenant in any_tenant(), kind in any_kind()) {
            let elsewhere = Tenancy::new(tenant, Environment::Sit).name(kind);
            let found = Names::new(Environment::Prod, DOMAIN, []).bearer(kind, &elsewhere);
            let nowhere = matches!(kind, Kind::Database | Kind::DatabaseUser);
            prop_assert_eq!(found == Bearer::Nobody, !nowhere);
        }
    }

    #[test]
    fn of_names_that_begin_or_end_alike_each_is_its_own() {
        let names = Names::new(Environment::Dev, DOMAIN, []);
        let bearer = |kind, name| match names.bearer(kind, name) {
            Bearer::Tenant(tenant) => Some(tenant.to_string()),
            _ => None,
        };
        assert_eq!(bearer(Kind::TargetGroup, "dev-acme-tg").as_deref(), Some("acme"));
        assert_eq!(bearer(Kind::TargetGroup, "dev-acme-2-tg").as_deref(), Some("acme-2"));
        assert_eq!(bearer(Kind::TaskDefinition, "dev-acme-service").as_deref(), Some("acme-service"));
        assert_eq!(bearer(Kind::TaskDefinition, "dev-acme-tg").as_deref(), Some("acme-tg"));
        for name in ["dev-acme", "acme-tg", "dev--tg", "dev-tg", "xdev-acme-tg", "dev-acme-tg2", "dev-Acme-tg", ""] {
            assert_eq!(bearer(Kind::TargetGroup, name), None, "{name}");
        }
        assert_eq!(bearer(Kind::DatabaseUser, "root"), None);
        assert_eq!(bearer(Kind::Database, "performance_schema"), None);
    }

    #[test]
    fn hosts_are_whose_label_it_is() {
        let tenants = [("acme", "golden"), ("silver", "silver"), ("late", "golden")];
        let tenants =
            tenants.map(|(id, label)| Details { subdomain: label.parse().expect("valid"), ..samples::details(id) });
        let names = Names::new(Environment::Dev, DOMAIN, &tenants);
        let acme = Bearer::Tenant("acme".parse().expect("valid"));
        for kind in [Kind::ListenerRule, Kind::DnsRecord] {
            for name in ["golden.wpdev.kimmyai.io", "Golden.WPdev.kimmyai.io.", "dev-acme"] {
                assert_eq!(names.bearer(kind, name), acme, "{name}");
            }
            let unclaimed = Bearer::Label("acme".parse().expect("valid"));
            assert_eq!(names.bearer(kind, "acme.wpdev.kimmyai.io"), unclaimed, "an id is no label");
            for name in [
                "golden.wp.kimmyai.io",
                "a.golden.wpdev.kimmyai.io",
                "*.wpdev.kimmyai.io",
                "www.wpdev.kimmyai.io",
                "wpdev.kimmyai.io",
                "goldenwpdev.kimmyai.io",
                "golden",
            ] {
                assert_eq!(names.bearer(kind, name), Bearer::Nobody, "{name}");
            }
        }
        assert_eq!(names.bearer(Kind::TargetGroup, "golden.wpdev.kimmyai.io"), Bearer::Nobody);
    }
}
