//! A resource of the simulated cloud: whose it is, what it is called, and what can be seen of it.

use std::fmt;

use rand::Rng;
use rand::distr::Alphanumeric;

use super::Settings;
use crate::kind::Kind;
use crate::ports::{Found, Owner, Subject};
use crate::tenant::{Environment, TenantId};

/// Something that stands.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    pub(super) id: String,
    pub(super) holder: Holder,
    pub(super) state: State,
}

/// Whose a resource is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holder {
    /// A tenant's.
    Tenant(TenantId),
    /// Nobody's that landlord knows; the text says how it shows.
    Stranger(String),
}

/// What a resource is besides being there.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// Nothing that matters.
    Plain,
    /// A rule or target group: the load balancer that it takes room on.
    On(String),
    /// A secret, or the user that was made with it.
    With(Password),
    /// A log group: whether anything was ever written into it.
    Lines(bool),
    /// A service.
    Tasks(Tasks),
}

/// What a service's tasks are doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tasks {
    /// Starting: this many looks still find them so.
    Starting(u32),
    /// Running.
    Running,
    /// Scaled to zero: this many removals still find them draining.
    Draining(u32),
}

impl Resource {
    /// The resource as the subject sees it.
    pub(super) fn seen_by(&self, subject: &Subject) -> Found {
        let owner = match &self.holder {
            Holder::Tenant(tenant) if *tenant == subject.tenancy.tenant => Owner::Own,
            Holder::Tenant(tenant) => Owner::Foreign(format!("it belongs to the tenant {tenant}")),
            Holder::Stranger(why) => Owner::Foreign(why.clone()),
        };
        Found { id: self.id.clone(), owner }
    }

    pub(super) fn belongs_to(&self, tenant: &TenantId) -> bool {
        matches!(&self.holder, Holder::Tenant(holder) if holder == tenant)
    }
}

/// A database password. There is no way to read it: it can only be compared.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Password(String);

impl Password {
    pub(super) fn generate() -> Self {
        Self(rand::rng().sample_iter(Alphanumeric).take(32).map(char::from).collect())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// An id as the provider would give it; the serial number keeps apart what AWS keeps apart.
pub(super) fn id(settings: &Settings, environment: Environment, kind: Kind, name: &str, serial: u64) -> String {
    let place = settings.place(environment);
    let arn = |service: &str, rest: String| format!("arn:aws:{service}:{}:{}:{rest}", place.region, place.account);
    match kind {
        Kind::Service => arn("ecs", format!("service/{environment}-cluster/{name}")),
        Kind::ListenerRule => arn("elasticloadbalancing", format!("listener-rule/app/{environment}-alb/{serial:016x}")),
        Kind::TargetGroup => arn("elasticloadbalancing", format!("targetgroup/{name}/{serial:016x}")),
        Kind::TaskDefinition => arn("ecs", format!("task-definition/{name}:{serial}")),
        Kind::AccessPoint => format!("fsap-{serial:017x}"),
        Kind::Secret => arn("secretsmanager", format!("secret:{name}-{serial:06}")),
        Kind::LogGroup => arn("logs", format!("log-group:{name}")),
        Kind::DnsRecord | Kind::DatabaseUser | Kind::Database => name.to_owned(),
    }
}
