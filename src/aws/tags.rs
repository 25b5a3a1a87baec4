//! The tags that everything taggable bears, and what they say about whose it is.

use landlord_core::ports::Owner;
use landlord_core::tenant::Tenancy;

/// The tag that names the tenant.
pub(crate) const TENANT: &str = "tenant_id";
/// The tag that says who made it.
pub(crate) const MANAGED_BY: &str = "managed-by";
/// What [`MANAGED_BY`] says of what is made here.
pub(crate) const MANAGER: &str = "landlord";

/// The tags of a tenant's resource.
pub(crate) fn of(tenancy: &Tenancy) -> [(&'static str, String); 3] {
    [
        (TENANT, tenancy.tenant.to_string()),
        ("environment", tenancy.environment.to_string()),
        (MANAGED_BY, MANAGER.to_owned()),
    ]
}

/// Whose a resource of the tenant's name is by its tags: the tenant's own, unless they name another.
pub(crate) fn owner<'a>(tenancy: &Tenancy, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> Owner {
    for (key, value) in tags {
        if key == TENANT && value != tenancy.tenant.as_str() {
            return Owner::Foreign(format!("its tag `{TENANT}` is `{value}`"));
        }
    }
    Owner::Own
}

#[cfg(test)]
mod tests {
    use landlord_core::ports::Owner;
    use landlord_core::tenant::{Environment, Tenancy};

    use super::{of, owner};

    fn acme() -> Tenancy {
        Tenancy::new("acme".parse().expect("valid"), Environment::Dev)
    }

    #[test]
    fn what_is_tagged_here_is_the_tenants_own() {
        let tags = of(&acme());
        assert_eq!(owner(&acme(), tags.iter().map(|(k, v)| (*k, v.as_str()))), Owner::Own);
    }

    #[test]
    fn untagged_is_own_and_another_tenant_is_foreign() {
        assert_eq!(owner(&acme(), [("Name", "dev-acme-ap")]), Owner::Own);
        assert_eq!(
            owner(&acme(), [("tenant_id", "acme-2")]),
            Owner::Foreign("its tag `tenant_id` is `acme-2`".to_owned())
        );
    }
}
