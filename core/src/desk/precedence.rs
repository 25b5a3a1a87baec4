//! Precedence: what is open and in the way of an emergency ends where it stands. Who may order an emergency is the catalogue's to
//! say, and what must not be ended is the fold's.

use super::{Desk, Refusal};
use crate::card;
use crate::event::Event;
use crate::ledger::LedgerError;
use crate::operation::Operation;
use crate::plan::OperationId;
use crate::role::Person;
use crate::tenant::Tenancy;

impl Desk {
    /// The open operation that works on a tenant in an environment, or is to.
    pub(super) async fn at_work_on(&self, tenancy: &Tenancy) -> Result<Option<Operation>, Refusal> {
        let Some(holder) = self.ledger.store().holder(&tenancy.to_string()).await? else { return Ok(None) };
        Ok(Some(self.ledger.get(&holder).await?))
    }

    /// Ends the operation for the emergency `by`. Whether it may be ended is asked again while nobody else writes.
    ///
    /// A deletion of several tenants or environments ends as a whole: it holds its locks as a whole, and what is left of it can be
    /// asked for anew at any time, while who is under attack cannot wait.
    pub(super) async fn overrule(
        &self,
        operation: &Operation,
        tenancy: &Tenancy,
        by: &OperationId,
        person: &Person,
    ) -> Result<(), Refusal> {
        let event = Event::Overruled { by: by.clone(), person: person.clone() };
        let ended = self.ledger.record(&operation.id, |op| op.yields_at(tenancy).then_some(event)).await;
        // Its card and its thread say so.
        self.runner.wake(&operation.id);
        match ended {
            Ok(after) if after.state.open() => Err(self.unyielding(&after, tenancy)),
            Ok(_) => Ok(()),
            Err(LedgerError::Illegal(_)) => Err(self.unyielding(operation, tenancy)),
            Err(error) => Err(error.into()),
        }
    }

    /// Why an emergency does not take precedence over an operation, with a link to it.
    pub(super) fn unyielding(&self, operation: &Operation, tenancy: &Tenancy) -> Refusal {
        self.runner.wake(&operation.id);
        let (title, link) = (card::title(operation), self.link_to(operation));
        if operation.plan.purpose.deletes() {
            return Refusal(format!(
                "{title} (`{}`) has begun to remove `{}` in {}, and takes the site down itself{link}. If it is on hold, press Leave on \
                 its card and ask again.",
                operation.id,
                tenancy.tenant,
                tenancy.environment.title()
            ));
        }
        Refusal(format!(
            "{title} (`{}`) is an emergency already, {}{link}. What it still needs can be decided on its card.",
            operation.id,
            operation.state.words()
        ))
    }

    /// A link to the operation's card, where it stands, to be put behind a sentence.
    pub(super) fn link_to(&self, operation: &Operation) -> String {
        operation.card.as_ref().map_or_else(String::new, |card| format!(": {}", self.chat.link(card)))
    }
}
