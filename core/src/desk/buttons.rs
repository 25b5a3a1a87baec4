//! What pressing a button means. Whether it still may be pressed is asked again at the press.

use super::answers::filter_of;
use super::{Desk, Refusal, Reply, allowed};
use crate::card::{self, Card, Tone};
use crate::event::Event;
use crate::operation::{Operation, State};
use crate::plan::OperationId;
use crate::role::{Member, Person};
use crate::spec::Command;
use crate::steps;

impl Desk {
    /// A person pressed a button.
    pub async fn pressed(&self, button: &str, member: &Member) -> Reply {
        let outcome = match button.split_once(':') {
            Some(("page", rest)) => self.page(rest, member).await.map(Reply::Update),
            Some(("cancel", id)) => self.cancel(&OperationId(id.to_owned()), member).await.map(Reply::Private),
            Some((verb, id)) => self.decide(verb, &OperationId(id.to_owned()), member).await.map(Reply::Private),
            None => Err(Refusal::new("This button is of an older version. Use the command instead.")),
        };
        outcome.unwrap_or_else(|refusal| {
            tracing::info!(button, member = member.person.id, %refusal, "refused");
            Reply::Private(refusal.card())
        })
    }

    async fn page(&self, rest: &str, member: &Member) -> Result<Card, Refusal> {
        let gone = || Refusal::new("This list is of an older version. Use the command again.");
        let (page, view) = rest.split_once(':').ok_or_else(gone)?;
        let page: u32 = page.parse().map_err(|_| gone())?;
        match view.split_once(':') {
            Some(("tenants", search)) => {
                allowed(member, self.who("tenant list")?)?;
                self.list_tenants(search, page).await
            }
            Some(("operations", filter)) => {
                allowed(member, self.who("operation list")?)?;
                self.operations_page(&filter_of(filter).ok_or_else(gone)?, page).await
            }
            _ => Err(gone()),
        }
    }

    fn who(&self, command: &str) -> Result<&[crate::role::Role], Refusal> {
        self.catalogue
            .command(command)
            .map(|Command { who, .. }| who.as_slice())
            .ok_or_else(|| Refusal::new("There is no such command any more."))
    }

    /// Retry, Skip, Roll back or Leave on a held operation.
    async fn decide(&self, verb: &str, id: &OperationId, member: &Member) -> Result<Card, Refusal> {
        let operation = self.ledger.get(id).await?;
        allowed(member, self.who(&operation.plan.command)?)?;
        let person = member.person.clone();
        let before = operation.seq;
        let after = self.ledger.record(id, |op| decision(op, verb, person)).await?;
        if after.seq == before {
            return Err(Refusal(format!(
                "{} is not on hold any more: it is {}. Look at its card.",
                card::title(&after),
                after.state.words()
            )));
        }
        self.runner.wake(id);
        Ok(Card::note(Tone::Neutral, card::title(&after), card::status(&after)))
    }
}

/// The event of a decision about a held operation; none where it does not hold, or may not be decided so.
fn decision(operation: &Operation, verb: &str, person: Person) -> Option<Event> {
    if operation.state != State::Holding {
        return None;
    }
    match verb {
        "retry" => Some(Event::Retried { person }),
        "unwind" => Some(Event::UnwindOrdered { person }),
        "leave" => Some(Event::Abandoned { person }),
        "skip" if operation.held_from == Some(State::Running) => {
            let step = operation.current_step()?;
            let harmless = steps::named(&operation.plan.steps[step].step)?.harmless();
            harmless.then_some(Event::Skipped { step, person })
        }
        _ => None,
    }
}
