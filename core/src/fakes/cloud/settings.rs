//! Where the simulated cloud stands and how quick it is.

use crate::kind::Kind;
use crate::ports::Subject;
use crate::tenant::{Environment, Tenancy};

/// How the simulated cloud is built. The default is the playbook's world (6.3), small and quick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The environments in the order of promotion.
    pub places: [Place; 3],
    /// How many target groups or rules a load balancer takes.
    pub capacity: u32,
    /// How many names a page of an inventory holds.
    pub page_size: usize,
    /// How many looks at a new service find it still starting.
    pub looks_to_start: u32,
    /// How many removals of a running service find it still draining.
    pub looks_to_drain: u32,
    /// How many looks at a backup find its task still running.
    pub looks_to_back_up: u32,
}

/// One environment: its account and the shared things in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The account that its configuration names.
    pub account: String,
    /// AWS region.
    pub region: String,
    /// AWS profile.
    pub profile: String,
    /// Domain under which tenants have their host names.
    pub domain: String,
    /// Load balancers, in the order in which they are filled.
    pub load_balancers: Vec<String>,
}

impl Settings {
    /// The environment's place.
    pub fn place(&self, environment: Environment) -> &Place {
        &self.places[environment as usize]
    }

    /// The environment's place, to be changed.
    pub fn place_mut(&mut self, environment: Environment) -> &mut Place {
        &mut self.places[environment as usize]
    }

    /// The subject's host name.
    pub fn host(&self, subject: &Subject) -> String {
        Tenancy::host(&subject.subdomain, &self.place(subject.tenancy.environment).domain)
    }

    /// What the subject's resource of the kind is called: its host name for rules and records, else playbook 6.1.
    pub fn name(&self, kind: Kind, subject: &Subject) -> String {
        match kind {
            Kind::ListenerRule | Kind::DnsRecord => self.host(subject),
            _ => subject.tenancy.name(kind),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        let place = |environment: Environment, account: &str, region: &str, domain: &str| Place {
            account: account.into(),
            region: region.into(),
            profile: format!("Tebogo-{environment}"),
            domain: domain.into(),
            load_balancers: vec![format!("{environment}-alb")],
        };
        Self {
            places: [
                place(Environment::Dev, "536580886816", "eu-west-1", "wpdev.kimmyai.io"),
                place(Environment::Sit, "815856636111", "eu-west-1", "wpsit.kimmyai.io"),
                place(Environment::Prod, "093646564004", "af-south-1", "wp.kimmyai.io"),
            ],
            capacity: 100,
            page_size: 4,
            looks_to_start: 2,
            looks_to_drain: 2,
            looks_to_back_up: 2,
        }
    }
}
