//! Operations, tenants and events to write into a store.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use crate::event::{Effect, Event, MessageRef, Proof, Recorded};
use crate::operation::Operation;
use crate::plan::{
    Answer, ChecklistItem, Deletion, Details, Engagement, Logs, OperationId, Plan, PlannedStep, Purpose, Reason, Scope,
    Site, When,
};
use crate::policy::Policy;
use crate::ports::{RegistryChange, Store, StoreError};
use crate::role::{Member, Person, Role};
use crate::size::Size;
use crate::tenant::{Environment, Tenancy};

/// The time of the first event of an operation; each later one is a second later.
pub const BEGINNING: OffsetDateTime = time::macros::datetime!(2026-03-01 08:00:00.123456789 UTC);

/// A person named after a role.
pub fn person(name: &str) -> Person {
    Person { id: format!("id-of-{name}"), name: name.into() }
}

/// What is known of a tenant whose host label is like its id.
pub fn details(tenant: &str) -> Details {
    Details {
        tenant: tenant.parse().expect("a tenant id"),
        company: "Golden Crust Bäckerei & Søn".parse().expect("a company"),
        subdomain: tenant.parse().expect("a host label"),
        email: "owner@golden.example".parse().ok(),
        organisation: None,
        size: Size::DEFAULT,
        engagement: Engagement::Client,
    }
}

/// A plan of one step.
pub fn plan(operation: &OperationId, details: &Details, environment: Environment) -> Plan {
    Plan {
        operation: operation.clone(),
        command: "tenant provision".into(),
        purpose: Purpose::Provision,
        tenants: vec![details.clone()],
        sites: vec![site(details, environment)],
        steps: vec![step("ensure service", "dev-service")],
        change: None,
        deletion: None,
        policy: Policy {
            approve: vec![Role::TeamLead],
            expires_after: 3600,
            remind_after: 600,
            at_once: false,
            barred: vec![],
        },
        checklist: vec![
            line(When::Before, "DNS is delegated", Answer::Verified("it is".into())),
            line(When::Before, "Costs are approved", Answer::Attested),
            line(When::Before, "The client is glad", Answer::Unverifiable("nobody can see that".into())),
            line(When::After, "ECS service running", Answer::Step("ensure service".into())),
        ],
    }
}

/// A line of a checklist.
fn line(when: When, item: &str, answer: Answer) -> ChecklistItem {
    ChecklistItem { item: item.into(), when, answer }
}

/// A tenant in an environment.
pub fn site(details: &Details, environment: Environment) -> Site {
    Site {
        tenancy: Tenancy::new(details.tenant.clone(), environment),
        subdomain: details.subdomain.clone(),
        host: Tenancy::host(&details.subdomain, "wp.example"),
        account: "536580886816".into(),
        load_balancer: "alb".into(),
        adopts: vec!["dev-ap".into()],
        goes: Vec::new(),
        in_the_way: Vec::new(),
        heals: None,
    }
}

/// A plan that deletes tenants where they are said to be, in that order.
pub fn deletion<'a>(operation: &OperationId, places: impl IntoIterator<Item = (&'a str, Environment)>) -> Plan {
    let (mut tenants, mut sites) = (Vec::new(), Vec::new());
    for (tenant, environment) in places {
        let details = details(tenant);
        sites.push(Site { load_balancer: String::new(), adopts: Vec::new(), ..site(&details, environment) });
        if !tenants.contains(&details) {
            tenants.push(details);
        }
    }
    let bulk = tenants.len() > 1;
    let steps = (0..sites.len()).map(|site| PlannedStep { site, ..step("remove service", "service") }).collect();
    Plan {
        command: if bulk { "tenant bulk-delete" } else { "tenant delete" }.into(),
        purpose: if bulk { Purpose::BulkDelete } else { Purpose::Delete },
        steps,
        sites,
        tenants: tenants.clone(),
        deletion: Some(Deletion {
            scope: if bulk { Scope::NOT_PROD } else { Scope::EVERYWHERE },
            reason: Reason::Other,
            backup: true,
            logs: Logs::Delete,
            notice: 60,
            absent: Vec::new(),
            typed: None,
        }),
        ..plan(operation, &tenants[0], Environment::Dev)
    }
}

/// A step of the only site.
pub fn step(name: &str, resource: &str) -> PlannedStep {
    PlannedStep { step: name.into(), resource: resource.into(), site: 0, commits: true }
}

/// An operation as the one who writes it sees it: its fold, and the store.
#[derive(Debug, Clone)]
pub struct Writer {
    /// Where it writes.
    pub store: Arc<dyn Store>,
    /// The fold of what it has written.
    pub operation: Operation,
    /// Its filing.
    pub first: Recorded,
}

impl Writer {
    /// An operation that is not filed yet.
    pub fn new(store: &Arc<dyn Store>, id: &str, tenant: &str, environment: Environment) -> Self {
        Self::with(store, id, &details(tenant), environment)
    }

    /// The same about a tenant with these details.
    pub fn with(store: &Arc<dyn Store>, id: &str, details: &Details, environment: Environment) -> Self {
        let id = OperationId(id.into());
        Self::of(store, plan(&id, details, environment))
    }

    /// An operation with this plan.
    pub fn of(store: &Arc<dyn Store>, plan: Plan) -> Self {
        let id = plan.operation.clone();
        let digest = plan.digest();
        let event = Event::Filed {
            plan: Box::new(plan),
            digest,
            requester: person("operator"),
            channel: "tenant-ops".into(),
            reason: Some("because".into()),
        };
        let first = Recorded { operation: id, seq: 1, at: BEGINNING, event };
        let operation = Operation::filed(&first).expect("a filing");
        Self { store: Arc::clone(store), operation, first }
    }

    /// Files it.
    pub async fn file(&self) -> Result<(), StoreError> {
        self.file_with(&[]).await
    }

    /// Files it with changes of the registry.
    pub async fn file_with(&self, changes: &[RegistryChange]) -> Result<(), StoreError> {
        self.store.file(&self.first, &self.operation, &self.operation.plan.locks(), changes).await
    }

    /// Files it with locks other than its plan's.
    pub async fn file_locking(&self, locks: &[String]) -> Result<(), StoreError> {
        self.store.file(&self.first, &self.operation, locks, &[]).await
    }

    /// The event in the place that this writer believes to be the next.
    pub fn next(&self, event: Event) -> Recorded {
        let seq = self.operation.seq + 1;
        let at = BEGINNING + Duration::seconds(seq.cast_signed());
        Recorded { operation: self.operation.id.clone(), seq, at, event }
    }

    /// Appends an event that is legal now.
    pub async fn append(&mut self, event: Event) -> Result<(), StoreError> {
        self.append_with(event, &[]).await
    }

    /// The same with changes of the registry.
    pub async fn append_with(&mut self, event: Event, changes: &[RegistryChange]) -> Result<(), StoreError> {
        let next = self.next(event);
        let mut operation = self.operation.clone();
        operation.apply(&next).expect("a legal event");
        self.store.append(&next, &operation, changes).await?;
        self.operation = operation;
        Ok(())
    }

    /// Appends an event whether it is legal now or not: stores do not judge. The fold stays as it was but for its place.
    pub async fn append_any(&mut self, event: Event) -> Result<(), StoreError> {
        let next = self.next(event);
        self.operation.seq = next.seq;
        self.store.append(&next, &self.operation, &[]).await
    }

    /// Posts its card.
    pub async fn post_card(&mut self, message: &str) -> Result<(), StoreError> {
        self.append(Event::CardPosted { card: card(message) }).await
    }
}

/// A card in the channel of requests.
pub fn card(message: &str) -> MessageRef {
    MessageRef { channel: "tenant-ops".into(), message: message.into() }
}

/// An event of every kind but the filing. Each names the next, so a new kind cannot be forgotten here.
pub fn every_event() -> Vec<Event> {
    let first = Event::CardPosted { card: card("1") };
    std::iter::successors(Some(first), after).collect()
}

fn after(event: &Event) -> Option<Event> {
    let lead = || person("team-lead");
    let member = || Member { person: lead(), roles: [Role::TeamLead, Role::Operator].into() };
    Some(match event {
        Event::Filed { .. } => Event::CardPosted { card: card("1") },
        Event::CardPosted { .. } => Event::ThreadOpened { thread: "thread".into() },
        Event::ThreadOpened { .. } => Event::VoteCast { member: member() },
        Event::VoteCast { .. } => Event::VoteWithdrawn { person: lead() },
        Event::VoteWithdrawn { .. } => Event::RolesRead { members: vec![member()] },
        Event::RolesRead { .. } => Event::CaughtUp { summary: "`'\"; DROP TABLE events; --\u{0}\n🥐".into() },
        Event::CaughtUp { .. } => Event::Rejected { person: lead() },
        Event::Rejected { .. } => Event::Reminded { roles: vec![Role::TeamLead] },
        Event::Reminded { .. } => Event::Expired,
        Event::Expired => Event::Cancelled { person: lead() },
        Event::Cancelled { .. } => Event::TakenOff { tenant: "poc-1".parse().expect("a tenant id"), person: lead() },
        Event::TakenOff { .. } => Event::OwnerTold {
            tenant: "poc-1".parse().expect("a tenant id"),
            note: "told by hand".into(),
            person: Some(lead()),
        },
        Event::OwnerTold { .. } => Event::NoticeGiven { until: BEGINNING + Duration::DAY, note: "sent".into() },
        Event::NoticeGiven { .. } => Event::StartDelayed { why: "the roles cannot be read".into() },
        Event::StartDelayed { .. } => {
            Event::Started { approvals: vec![(Role::TeamLead, lead())], account: "536580886816".into() }
        }
        Event::Started { .. } => Event::StepStarted { step: 0, existed: Some(true) },
        Event::StepStarted { .. } => {
            let proofs = vec![Proof { item: "a line".into(), proof: "seen".into() }];
            Event::StepDone { step: 0, effect: Effect::Existed, note: "seen".into(), proofs }
        }
        Event::StepDone { .. } => {
            Event::StepFailed { step: 0, error: "no answer".into(), retry_at: BEGINNING + Duration::HOUR }
        }
        Event::StepFailed { .. } => Event::Held { step: Some(0), diagnosis: vec!["a line".into(), String::new()] },
        Event::Held { .. } => Event::TurnedBack { step: 0, diagnosis: vec!["not stable".into()] },
        Event::TurnedBack { .. } => Event::Overruled { by: OperationId("ffffffff".into()), person: lead() },
        Event::Overruled { .. } => Event::Retried { person: lead() },
        Event::Retried { .. } => Event::Forced { step: 0, person: lead() },
        Event::Forced { .. } => Event::Skipped { step: 0, person: lead() },
        Event::Skipped { .. } => Event::UnwindOrdered { person: lead() },
        Event::UnwindOrdered { .. } => Event::StepUndone { step: 0, note: "gone".into(), left: true },
        Event::StepUndone { .. } => Event::Succeeded,
        Event::Succeeded => Event::Unwound,
        Event::Unwound => Event::Abandoned { person: lead() },
        Event::Abandoned { .. } => Event::Validated { person: lead() },
        Event::Validated { .. } => {
            let tenancy = Tenancy::new("poc-1".parse().expect("a tenant id"), Environment::Dev);
            Event::Tried { tenancy, person: lead() }
        }
        Event::Tried { .. } => Event::Told { through: 3 },
        Event::Told { .. } => return None,
    })
}
