//! A resource of the simulated cloud: whose it is, what it is called, and what can be seen of it.

use std::fmt;

use rand::Rng;
use rand::distr::Alphanumeric;
use serde_json::Value;
use time::OffsetDateTime;

use super::Settings;
use crate::kind::Kind;
use crate::ports::{Found, Owner, Subject};
use crate::size::Size;
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
    /// A target group: the load balancer that it takes room on.
    On(String),
    /// A rule: the load balancer that it takes room on, and the target groups that it forwards to.
    Rule {
        /// The load balancer.
        on: String,
        /// The target groups' names.
        to: Vec<String>,
        /// Its priority: no two rules of a load balancer share one.
        priority: u32,
        /// Its conditions, as whoever made it wrote them.
        conditions: Value,
    },
    /// A secret, or the user that was made with it.
    With(Password),
    /// A secret that is scheduled for deletion.
    Scheduled,
    /// A log group.
    Logs(Logs),
    /// A revision of a task definition.
    Revision(Registered),
    /// A service.
    Work(Work),
}

/// A revision as it was registered, and whether it has ever come up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Registered {
    pub(super) number: u32,
    pub(super) at: Option<OffsetDateTime>,
    pub(super) image: String,
    pub(super) size: Option<Size>,
    /// The run that registered it, where one of ours did.
    pub(super) run: Option<String>,
    pub(super) proven: bool,
}

/// What a log group is besides being there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Logs {
    /// Whether anything was ever written into it.
    pub(super) lines: bool,
    /// How many days its lines are kept, where somebody said so.
    pub(super) days: Option<u32>,
}

/// What a service's tasks are doing: as many run as are desired, but for a few looks after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) desired: u32,
    pub(super) running: u32,
    /// The revision that is wanted; 0 where there was none to want.
    pub(super) wants: u32,
    /// The revision whose tasks run.
    pub(super) serves: u32,
    /// How many looks still find it on the way.
    looks: u32,
}

impl Work {
    /// A new service, whose one task of a revision starts within so many looks.
    pub(super) fn starting(wants: u32, looks: u32) -> Self {
        Self { desired: 1, running: 0, wants, serves: 0, looks }
    }

    /// Wants another revision and number of tasks, which comes about within so many looks. Whether that is a change.
    pub(super) fn deploy(&mut self, wants: u32, desired: u32, looks: u32) -> bool {
        let changed = (self.wants, self.desired) != (wants, desired);
        if changed {
            (self.wants, self.desired, self.looks) = (wants, desired, looks);
        }
        changed
    }

    pub(super) fn settled(self) -> bool {
        self.running == self.desired && self.serves == self.wants
    }

    /// Wants another number of tasks, which comes about within so many looks.
    pub(super) fn scale(&mut self, desired: u32, looks: u32) {
        if self.desired != desired {
            (self.desired, self.looks) = (desired, looks);
        }
    }

    /// Its tasks stop, and come up again within so many looks.
    pub(super) fn stop(&mut self, looks: u32) {
        (self.running, self.looks) = (0, looks);
    }

    /// Lets a look pass. Whether it was settled by it.
    pub(super) fn pass(&mut self) -> bool {
        if self.settled() {
            return false;
        }
        if self.looks > 0 {
            self.looks -= 1;
        } else {
            (self.running, self.serves) = (self.desired, self.wants);
        }
        self.settled()
    }

    pub(super) fn runs(self) -> bool {
        self.desired > 0 && self.running >= self.desired
    }

    pub(super) fn drains(self) -> bool {
        self.desired == 0 && self.running > 0
    }
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
