//! What pressing a button means. Whether it still may be pressed is asked again at the press.

use super::answers::filter_of;
use super::{Desk, Invocation, Refusal, Reply, allowed};
use crate::card::{self, Card, Tone};
use crate::event::Event;
use crate::operation::{Operation, State};
use crate::plan::OperationId;
use crate::role::{Member, Person};
use crate::spec::{Command, Who};
use crate::tenant::TenantId;

impl Desk {
    /// A person pressed a button. `channel` is where it stands.
    pub async fn pressed(&self, button: &str, member: &Member, channel: &str) -> Reply {
        if let Some((command, options)) = card::used(button) {
            let (member, channel) = (member.clone(), channel.to_owned());
            return self.command(&Invocation { command, options, member, channel }).await;
        }
        let outcome = match button.split_once(':') {
            Some(("page", rest)) => self.page(rest, member).await.map(Reply::Update),
            Some(("list", id)) => self.list_of(&OperationId(id.to_owned()), member, 0).await.map(Reply::Private),
            Some(("off", rest)) => self.take_off(rest, member).await.map(Reply::Private),
            Some(("revision", rest)) => self.chosen(rest, member).await,
            Some(("incident", rest)) => self.incident_pressed(rest, member, channel).await,
            Some(("orphan", which)) => self.orphan(which, member).await.map(Reply::Private),
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
            Some(("help", "")) => {
                allowed(member, self.who("help")?)?;
                Ok(card::help(&self.catalogue, page))
            }
            Some(("orphans", environment)) => {
                allowed(member, self.who("tenant orphans")?)?;
                let environment = (!environment.is_empty()).then(|| environment.parse()).transpose()?;
                self.orphans(environment, page).await
            }
            Some(("incidents", "")) => {
                allowed(member, self.who("incident list")?)?;
                self.list_incidents(page).await
            }
            Some(("off", id)) => self.list_of(&OperationId(id.to_owned()), member, page).await,
            Some(("audit", id)) => {
                allowed(member, self.who("tenant audit")?)?;
                self.audit_page(id, page)
            }
            _ => Err(gone()),
        }
    }

    pub(super) fn who(&self, command: &str) -> Result<&Who, Refusal> {
        self.catalogue
            .command(command)
            .map(|Command { who, .. }| who)
            .ok_or_else(|| Refusal::new("There is no such command any more."))
    }

    /// The tenants that can be taken off a bulk operation, for one person's eyes.
    async fn list_of(&self, id: &OperationId, member: &Member, page: u32) -> Result<Card, Refusal> {
        let operation = self.ledger.get(id).await?;
        allowed(member, self.who(&operation.plan.command)?)?;
        if operation.listed() { Ok(card::list_of(&operation, page)) } else { Err(too_late(&operation)) }
    }

    /// Takes a tenant off a bulk operation before it runs.
    async fn take_off(&self, rest: &str, member: &Member) -> Result<Card, Refusal> {
        let (id, tenant) = rest.split_once(':').ok_or_else(|| Refusal::new("This list is of an older version."))?;
        let (id, tenant) = (OperationId(id.to_owned()), tenant.parse::<TenantId>()?);
        let operation = self.ledger.get(&id).await?;
        allowed(member, self.who(&operation.plan.command)?)?;
        let left = operation.plan.lanes().filter(|lane| !operation.off.contains(*lane)).count();
        if operation.listed() && left == 1 && !operation.off.contains(&tenant) {
            return Err(Refusal::new("It is the last tenant on the list. Cancel the request instead."));
        }
        let event = Event::TakenOff { tenant: tenant.clone(), person: member.person.clone() };
        let after = self
            .ledger
            .record(&id, |op| (op.listed() && !op.off.contains(&tenant) && on(op, &tenant)).then_some(event))
            .await?;
        self.runner.wake(&id);
        if after.off.contains(&tenant) {
            let what = format!("`{tenant}` is taken off the list of {}. Nothing is done to it.", card::title(&after));
            Ok(Card::note(Tone::Neutral, "Taken off", what))
        } else if after.listed() {
            Err(Refusal(format!("`{tenant}` is not on the list.")))
        } else {
            Err(too_late(&after))
        }
    }

    /// What is decided about a held operation.
    async fn decide(&self, verb: &str, id: &OperationId, member: &Member) -> Result<Card, Refusal> {
        let operation = self.ledger.get(id).await?;
        allowed(member, self.who(&operation.plan.command)?)?;
        let person = member.person.clone();
        let before = operation.seq;
        if operation.state == State::Holding && operation.busy() {
            return Err(Refusal(format!(
                "{} still brings to its end what is under way. Decide when that is done.",
                card::title(&operation)
            )));
        }
        let after = self.ledger.record(id, |op| decision(op, verb, person)).await?;
        if after.seq == before && after.state == State::Holding {
            return Err(Refusal(format!(
                "{} offers no such choice. Its card shows those there are.",
                card::title(&after)
            )));
        }
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
    if operation.state != State::Holding || operation.busy() {
        return None;
    }
    let held = card::held_step(operation).zip(operation.held_step);
    match verb {
        "retry" => Some(Event::Retried { person }),
        "unwind" if operation.plan.purpose.unwinds() => Some(Event::UnwindOrdered { person }),
        "leave" => Some(Event::Abandoned { person }),
        "skip" => held.filter(|(step, _)| step.harmless()).map(|(_, step)| Event::Skipped { step, person }),
        "force" => held.filter(|(step, _)| step.forcible()).map(|(_, step)| Event::Forced { step, person }),
        "told" if card::owes_notice(operation) => operation.owner_to_tell().map(|details| Event::OwnerTold {
            tenant: details.tenant.clone(),
            note: match &details.email {
                Some(owner) => format!("{person} told {owner} by hand"),
                None => format!("{person} told the owner of {} by hand", details.tenant),
            },
            person: Some(person),
        }),
        _ => None,
    }
}

fn on(operation: &Operation, tenant: &TenantId) -> bool {
    operation.plan.lanes().any(|lane| lane == tenant)
}

fn too_late(operation: &Operation) -> Refusal {
    Refusal(format!(
        "{} is {}: nobody can be taken off its list any more.",
        card::title(operation),
        operation.state.words()
    ))
}
