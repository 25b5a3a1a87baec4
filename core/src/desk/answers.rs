//! Answers to questions, validation, and taking requests back.

use super::{Desk, Invocation, Refusal, request};
use crate::card::{self, Card, PAGE, Tone};
use crate::event::Event;
use crate::operation::{Operation, State};
use crate::plan::{OperationId, Purpose};
use crate::ports::{OperationFilter, Standing, TenantFilter};
use crate::role::Member;
use crate::tenant::{Environment, Tenancy, TenantId};
use crate::votes::may_stop;

impl Desk {
    pub(super) async fn show_tenant(&self, invocation: &Invocation) -> Result<Card, Refusal> {
        let id: TenantId = request::required(invocation, "tenant")?;
        let domains = self.ground.iter().map(|(environment, ground)| (*environment, ground.domain.clone())).collect();
        Ok(card::tenant(&self.known(&id).await?, &domains))
    }

    pub(super) async fn list_tenants(&self, search: &str, page: u32) -> Result<Card, Refusal> {
        let search: String = search.chars().take(40).collect();
        let listing = self.ledger.store().tenants(&TenantFilter::search(&search), page, PAGE).await?;
        Ok(card::tenant_list(&listing, page, &search))
    }

    pub(super) async fn list_operations(&self, invocation: &Invocation) -> Result<Card, Refusal> {
        let filter = OperationFilter {
            tenant: request::optional(invocation, "tenant")?,
            environment: request::optional(invocation, "environment")?,
            state: request::optional(invocation, "state")?,
            open: false,
        };
        self.operations_page(&filter, 0).await
    }

    pub(super) async fn operations_page(&self, filter: &OperationFilter, page: u32) -> Result<Card, Refusal> {
        let listing = self.ledger.store().operations(filter, page, PAGE).await?;
        let mut rows = Vec::with_capacity(listing.rows.len());
        for id in &listing.rows {
            let operation = self.ledger.get(id).await?;
            let link = operation.card.as_ref().map(|message| self.chat.link(message));
            rows.push((operation, link));
        }
        Ok(card::operation_list(&rows, listing.total, page, &filter_text(filter)))
    }

    pub(super) async fn show_operation(&self, invocation: &Invocation) -> Result<Card, Refusal> {
        let operation = self.ledger.get(&request::operation(invocation)?).await?;
        let mut card = card::operation(&operation);
        // Deciding happens where everybody sees it: on the card itself.
        card.buttons.clear();
        if let Some(message) = &operation.card {
            card.body = format!("{}\n\n{}", self.chat.link(message), card.body);
        }
        Ok(card.fit())
    }

    /// `/tenant validate`: the same as ✅ on the finished card.
    pub(super) async fn validate(&self, invocation: &Invocation) -> Result<Card, Refusal> {
        let id: TenantId = request::required(invocation, "tenant")?;
        let environment: Environment = request::required(invocation, "environment")?;
        let tenant = self.known(&id).await?;
        match tenant.standing(environment) {
            Some(Standing::Active) => {}
            Some(Standing::Validated) => {
                return Err(Refusal(format!("`{id}` is validated in {} already.", environment.title())));
            }
            Some(Standing::Shut) => {
                return Err(Refusal(format!(
                    "`{id}` is shut down in {}: nothing can be tried there. `/tenant reopen` puts it back.",
                    environment.title()
                )));
            }
            _ => {
                return Err(Refusal(format!(
                    "`{id}` does not stand in {}: there is nothing to validate.",
                    environment.title()
                )));
            }
        }
        let Some(operation) = &self.made_by(&id, environment).await? else {
            return Err(Refusal(format!(
                "No operation of the log has provisioned or adopted `{id}` in {}.",
                environment.title()
            )));
        };
        let person = invocation.member.person.clone();
        let tenancy = Tenancy::new(id.clone(), environment);
        let good = |op: &Operation| match op.plan.purpose {
            Purpose::Adopt => op.to_be_tried(&tenancy).then_some(Event::Tried { tenancy, person }),
            _ => op.validated_by.is_none().then_some(Event::Validated { person }),
        };
        self.ledger.record(operation, good).await?;
        self.runner.wake(operation);
        let next = environment
            .next()
            .map_or(String::new(), |next| format!(" `/tenant promote` brings it to {}.", next.title()));
        Ok(Card::note(Tone::Good, "Validated", format!("`{id}` is validated in {}.{next}", environment.title())))
    }

    /// The newest operation that has provisioned, healed or adopted the tenant in the environment. A deletion may have succeeded
    /// since that the
    /// tenant was taken off.
    async fn made_by(&self, tenant: &TenantId, environment: Environment) -> Result<Option<OperationId>, Refusal> {
        let done = OperationFilter {
            tenant: Some(tenant.clone()),
            environment: Some(environment),
            state: Some(State::Succeeded),
            open: false,
        };
        for page in 0.. {
            let listing = self.ledger.store().operations(&done, page, PAGE).await?;
            if listing.rows.is_empty() {
                break;
            }
            for id in listing.rows {
                if matches!(
                    self.ledger.get(&id).await?.plan.purpose,
                    Purpose::Provision | Purpose::Heal | Purpose::Adopt
                ) {
                    return Ok(Some(id));
                }
            }
        }
        Ok(None)
    }

    /// Takes a request back that does not run yet.
    pub(super) async fn cancel(&self, id: &OperationId, member: &Member) -> Result<Card, Refusal> {
        let operation = self.ledger.get(id).await?;
        let title = card::title(&operation);
        if !operation.revocable() {
            return Err(Refusal(too_late(&operation)));
        }
        if operation.requester.id != member.person.id && !may_stop(&operation, member) {
            return Err(Refusal::new(
                "Only the requester, those who may approve it, or a DevOps Lead can take it back.",
            ));
        }
        let person = member.person.clone();
        let after = self.ledger.record(id, |op| op.revocable().then_some(Event::Cancelled { person })).await?;
        self.runner.wake(id);
        if after.state == State::Cancelled {
            let what = card::undone(&after);
            Ok(Card::note(Tone::Neutral, "Cancelled", format!("{title} is taken back. {what}")))
        } else {
            Err(Refusal(too_late(&after)))
        }
    }
}

fn too_late(operation: &Operation) -> String {
    let what = match operation.state {
        State::Running | State::Unwinding => {
            "It runs already, and has begun what cannot be taken back. If a step fails, it holds, and its card offers what can be done."
        }
        State::Holding => "It is on hold: its card offers what can be done.",
        _ => "It has ended.",
    };
    format!("{} cannot be taken back. {what}", card::title(operation))
}

/// A filter as text for a button, and back.
pub(super) fn filter_text(filter: &OperationFilter) -> String {
    format!(
        "{}/{}/{}",
        filter.tenant.as_ref().map_or("", TenantId::as_str),
        filter.environment.map_or("", Environment::as_str),
        filter.state.map_or("", State::as_str)
    )
}

/// What [`filter_text`] wrote; none where it is anything else.
pub(super) fn filter_of(text: &str) -> Option<OperationFilter> {
    let mut parts = text.split('/');
    let (tenant, environment, state) = (parts.next()?, parts.next()?, parts.next()?);
    let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Some(OperationFilter {
        tenant: part(tenant).map(|t| t.parse()).transpose().ok()?,
        environment: part(environment).map(|t| t.parse()).transpose().ok()?,
        state: part(state).map(|t| t.parse()).transpose().ok()?,
        open: false,
    })
}
