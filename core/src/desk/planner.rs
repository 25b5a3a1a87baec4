//! From a request to a frozen plan, by what registry and cloud say now (playbook 1.1, 1.3, 5.1).

use super::request::{self, ProvisionRequest};
use super::{Desk, Invocation, Refusal, draft};
use crate::card::{self, Card, text};
use crate::event::Event;
use crate::ledger::LedgerError;
use crate::plan::{Details, Engagement, OperationId, Plan, Site};
use crate::ports::{Standing, StoreError, Subject, Tenant};
use crate::spec::{Command, OperationSpec};
use crate::tenant::{Environment, Label, Tenancy, TenantId};

/// What the configuration says of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// The account that must answer: the seal.
    pub account: String,
    /// The domain under which tenants have their host names.
    pub domain: String,
}

impl Desk {
    /// `/tenant provision`.
    pub(super) async fn provision(
        &self,
        command: &Command,
        spec: &OperationSpec,
        invocation: &Invocation,
    ) -> Result<Card, Refusal> {
        let request = request::provision(invocation)?;
        let environment = request.environment;
        let (details, known) = self.identify(request).await?;
        self.file_provisioning(command, spec, invocation, details, known.as_ref(), environment).await
    }

    /// `/tenant promote`: the next environment, with the same details.
    pub(super) async fn promote(&self, invocation: &Invocation) -> Result<Card, Refusal> {
        let id: TenantId = request::required(invocation, "tenant")?;
        let tenant = self.known(&id).await?;
        if tenant.deleted.is_some() {
            return Err(Refusal(format!(
                "`{id}` is deleted. Its id is never given again; `/tenant provision` makes a new one."
            )));
        }
        let stands = |(environment, standing): &(Environment, Standing)| {
            (*standing != Standing::Incomplete).then_some(*environment)
        };
        let Some(highest) = tenant.standings.iter().filter_map(stands).max() else {
            return Err(Refusal(format!("`{id}` does not stand anywhere yet. `/tenant provision` begins in DEV.")));
        };
        let Some(next) = highest.next() else {
            return Err(Refusal(format!("`{id}` is in PROD already: there is nothing after it.")));
        };
        let (command, spec) = self
            .catalogue
            .operation("tenant provision")
            .ok_or_else(|| Refusal::new("The catalogue has no `tenant provision`, which promoting files."))?;
        self.file_provisioning(command, spec, invocation, tenant.details.clone(), Some(&tenant), next).await
    }

    pub(super) async fn known(&self, id: &TenantId) -> Result<Tenant, Refusal> {
        self.ledger
            .store()
            .tenant(id)
            .await?
            .ok_or_else(|| Refusal::new(format!("There is no tenant `{id}`. `/tenant list` shows those there are.")))
    }

    /// Which tenant is meant: a known one whose details agree, a new one by its given id, or a generated one.
    async fn identify(&self, request: ProvisionRequest) -> Result<(Details, Option<Tenant>), Refusal> {
        let details = |tenant| Details {
            tenant,
            company: request.company.clone(),
            subdomain: request.subdomain.clone(),
            email: Some(request.email.clone()),
            organisation: request.organisation.clone(),
            size: request.size,
            engagement: request.engagement,
        };
        let Some(id) = request.tenant.clone() else {
            for _ in 0..8 {
                let id = TenantId::generate(&mut rand::rng());
                if self.ledger.store().tenant(&id).await?.is_none() {
                    return Ok((details(id), None));
                }
            }
            return Err(Refusal::new("No free tenant id was found. Try again, or give one with `tenant`."));
        };
        let known = self.ledger.store().tenant(&id).await?;
        if known.as_ref().is_some_and(|tenant| tenant.deleted.is_some()) {
            return Err(Refusal(format!(
                "The tenant `{id}` was deleted, and its id is never given again. Leave `tenant` out, and an id is generated."
            )));
        }
        if let Some(tenant) = &known {
            let registered = &tenant.details;
            if registered.subdomain != request.subdomain
                || registered.company != request.company
                || registered.email.as_ref() != Some(&request.email)
            {
                return Err(Refusal::new(format!(
                    "The tenant id `{id}` is taken: it is registered for {} with the subdomain `{}`. For that tenant's next \
                     environment use `/tenant promote`; for a new tenant leave `tenant` out, and an id is generated.",
                    text::plain(registered.company.as_str()),
                    registered.subdomain
                )));
            }
        }
        let details = details(id);
        match &known {
            Some(Tenant { details: registered, .. }) if *registered != details => Err(Refusal(format!(
                "`{}` is registered with other details: {}. Give the same ones, or none.",
                registered.tenant,
                more(registered)
            ))),
            _ => Ok((details, known)),
        }
    }

    async fn file_provisioning(
        &self,
        command: &Command,
        spec: &OperationSpec,
        invocation: &Invocation,
        details: Details,
        known: Option<&Tenant>,
        environment: Environment,
    ) -> Result<Card, Refusal> {
        let demands = draft::demands(spec, environment)?;
        promotion(&details, known, environment, demands.validated_in)?;
        let ground = self.ground(environment)?;
        let tenancy = Tenancy::new(details.tenant.clone(), environment);
        let subject = Subject { tenancy: tenancy.clone(), subdomain: details.subdomain.clone() };
        self.nothing_open(&tenancy.to_string(), "is being worked on").await?;
        if known.is_some() {
            // Its own host label: whatever is about it is about this tenant, in whichever environment.
            self.nothing_open(&format!("subdomain/{}", details.subdomain), "is being worked on").await?;
        }
        // The seal comes first: with somebody else's credentials the other answers mean nothing.
        let account = self.sealed(environment, ground).await?;
        self.subdomain_free(&subject).await?;
        let survey = self.survey(&subject).await?;
        let site = Site {
            load_balancer: survey.load_balancer,
            adopts: survey.adopts,
            in_the_way: survey.in_the_way,
            ..Site::of(tenancy, details.subdomain.clone(), &ground.domain, account)
        };
        let sites = vec![site];
        let plan = draft::complete(spec, draft::begin(command, spec, demands.policy.clone(), vec![details], sites))?;
        self.file(plan, invocation, None).await
    }

    /// What the configuration says of an environment.
    pub(super) fn ground(&self, environment: Environment) -> Result<&Ground, Refusal> {
        self.ground.get(&environment).ok_or_else(|| {
            Refusal::new(format!(
                "{} is not configured. Add [environments.{environment}] to the configuration.",
                environment.title()
            ))
        })
    }

    /// Files a plan: from here on it waits for its approvals.
    pub(super) async fn file(
        &self,
        plan: Plan,
        invocation: &Invocation,
        reason: Option<Label>,
    ) -> Result<Card, Refusal> {
        let id = plan.operation.clone();
        let event = filing(plan, invocation, reason);
        match self.ledger.file(&id, event).await {
            Ok(operation) => {
                self.runner.wake(&id);
                Ok(card::filed(&operation))
            }
            Err(LedgerError::Store(StoreError::Locked { operation, .. })) => {
                Err(self.held_by(&operation, "is being worked on").await)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// One operation per tenant and environment at a time: the answer leads to it.
    pub(super) async fn nothing_open(&self, key: &str, what: &str) -> Result<(), Refusal> {
        match self.ledger.store().holder(key).await? {
            None => Ok(()),
            Some(holder) => Err(self.held_by(&holder, what).await),
        }
    }

    pub(super) async fn held_by(&self, holder: &OperationId, what: &str) -> Refusal {
        let Ok(operation) = self.ledger.get(holder).await else {
            return Refusal(format!("Another operation (`{holder}`) holds it. Wait until that has ended."));
        };
        // Whoever comes upon an open operation sees to it that it is looked after.
        self.runner.wake(holder);
        let link = operation.card.as_ref().map_or(String::new(), |card| format!(": {}", self.chat.link(card)));
        Refusal(format!(
            "`{}` {what} in {} by operation `{holder}` ({}){link}. Wait until it has ended, or cancel it.",
            text::list(&operation.plan.lanes().map(ToString::to_string).collect::<Vec<_>>()),
            operation.plan.places(),
            operation.state.words(),
        ))
    }
}

/// The event by which a plan is filed.
pub(super) fn filing(plan: Plan, invocation: &Invocation, reason: Option<Label>) -> Event {
    Event::Filed {
        digest: plan.digest(),
        requester: invocation.member.person.clone(),
        channel: invocation.channel.clone(),
        reason: reason
            .map(|reason| reason.to_string())
            .or_else(|| plan.deletion.as_ref().map(|deletion| deletion.reason.to_string())),
        plan: Box::new(plan),
    }
}

/// The details that a request may leave out.
fn more(details: &Details) -> String {
    let organisation =
        details.organisation.as_ref().map(|name| format!(", organisation {}", text::plain(name.as_str())));
    let engagement = match details.engagement {
        Engagement::Client => "client",
        Engagement::Poc => "poc",
    };
    format!("size {}, {engagement}{}", details.size, organisation.unwrap_or_default())
}

/// Playbook 1.3: DEV before SIT before PROD, each tried before the next.
fn promotion(
    details: &Details,
    known: Option<&Tenant>,
    environment: Environment,
    validated_in: Option<Environment>,
) -> Result<(), Refusal> {
    let id = &details.tenant;
    match known.and_then(|tenant| tenant.standing(environment)) {
        Some(Standing::Active | Standing::Validated) => {
            return Err(Refusal(format!("`{id}` stands in {} already. `/tenant show` shows it.", environment.title())));
        }
        Some(Standing::Shut) => {
            return Err(Refusal(format!(
                "`{id}` is shut down in {}. `/tenant reopen` puts it back.",
                environment.title()
            )));
        }
        Some(Standing::Incomplete) | None => {}
    }
    let Some(earlier) = validated_in else { return Ok(()) };
    match known.and_then(|tenant| tenant.standing(earlier)) {
        Some(Standing::Validated) => Ok(()),
        Some(Standing::Shut) => {
            Err(Refusal(format!("`{id}` is shut down in {}. `/tenant reopen` puts it back first.", earlier.title())))
        }
        Some(Standing::Active) => Err(Refusal(format!(
            "{} wants `{id}` validated in {} first. Try it there, then use `/tenant validate` or react with ✅ on its finished card.",
            environment.title(),
            earlier.title()
        ))),
        _ => Err(Refusal(format!(
            "{} wants the tenant provisioned and validated in {} first. Start there.",
            environment.title(),
            earlier.title()
        ))),
    }
}
