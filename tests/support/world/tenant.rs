//! A tenant of a story, and what is typed for it.

use landlord_core::ports::Subject;
use landlord_core::tenant::{Environment, Tenancy};

/// A tenant of this story's own.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    /// Its id.
    pub(crate) id: String,
    /// Its subdomain.
    pub(crate) subdomain: String,
}

impl Tenant {
    /// A right request for an environment.
    pub(crate) fn provision(&self, environment: &str) -> String {
        format!(
            "/tenant provision environment:{environment} tenant:{} company:Golden Crust subdomain:{} email:{}",
            self.id,
            self.subdomain,
            self.email()
        )
    }

    /// The owner's address.
    pub(crate) fn email(&self) -> String {
        format!("owner@{}.example", self.subdomain)
    }

    /// The tenant in an environment.
    pub(crate) fn subject(&self, environment: Environment) -> Subject {
        let tenancy = Tenancy::new(self.id.parse().expect("a valid id"), environment);
        Subject { tenancy, subdomain: self.subdomain.parse().expect("a valid subdomain") }
    }
}
