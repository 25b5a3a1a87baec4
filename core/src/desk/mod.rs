//! The one inbound door: everything that a person can say to the bot comes through here.
//!
//! The desk checks who speaks and what is said, and answers at once. It never works on an operation itself: it writes to the
//! log and wakes the runner.

mod adoption;
mod alerts;
mod answers;
mod audit;
mod buttons;
mod catch_up;
mod change;
mod checklist;
mod complete;
mod deletion;
mod diagnose;
mod draft;
mod forms;
mod heal;
mod incident_record;
mod incidents;
mod layout;
mod orphans;
mod planner;
mod precedence;
mod presence;
mod reopening;
mod request;
mod resize;
mod rollback;
mod shelf;
mod shutdown;
mod stock;
mod survey;
mod sweep;
mod usage;

use std::collections::BTreeMap;
use std::iter::repeat_n;
use std::sync::Arc;

use crate::card::{self, AuditPages, Card, Form, Tone, text};
use crate::engine::BACKOFF;
use crate::event::MessageRef;
use crate::incident::Book;
use crate::ledger::{Ledger, LedgerError};
use crate::plan::{OperationId, Purpose};
use crate::ports::{Call, Chat, Clock, Cloud, Message, Runner, StoreError, Vote, Workload};
use crate::role::{Member, Person};
use crate::spec::{Answers, Catalogue, Command, Does, Who};
use crate::tenant::{Email, Environment, Invalid};
use crate::votes::Votes;

pub use adoption::{Entry, MOST_ADOPTED, adoption_plan};
pub use complete::Choice;
pub use planner::Ground;
pub use presence::Presence;
pub use shelf::Shelf;

/// How often a reaction that waits for the store is tried again at the longest pause: a day in all, in which every request
/// that needs reactions expires.
const PATIENCE: usize = 3 * 60 * 24;

/// A command as a person typed it.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Its words: `tenant provision`.
    pub command: String,
    /// The options that were given, by name.
    pub options: BTreeMap<String, String>,
    /// Who typed it.
    pub member: Member,
    /// The channel it was typed in.
    pub channel: String,
}

/// What a person is answered, for their eyes only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A new private message.
    Private(Card),
    /// The private message whose button was pressed now shows this.
    Update(Card),
    /// A form to fill in, which comes back through [`Desk::submitted`]. Only a first answer can be one, so whoever answers
    /// with it must not have asked anybody before, and nothing that was handed in is answered with it.
    Form(Form),
}

/// Why a person is told no, and what to do. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl Refusal {
    fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }

    fn card(&self) -> Card {
        Card::note(Tone::Bad, "Not possible", self.0.clone())
    }
}

impl From<Invalid> for Refusal {
    fn from(Invalid(why): Invalid) -> Self {
        Self(why)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        if let StoreError::Buried { tenant } = error {
            return Self(format!(
                "The tenant `{tenant}` was deleted, and its id is never given again. Nothing was filed."
            ));
        }
        tracing::error!(%error, "the store failed");
        Self("The bot cannot reach its own database, so nothing was done. Try again in a minute.".into())
    }
}

impl From<LedgerError> for Refusal {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Store(error) => error.into(),
            LedgerError::Illegal(illegal) => Self(format!("That is not possible any more: {illegal}.")),
            LedgerError::Unknown(id) => Self(format!("There is no operation `{}`.", text::plain(&id.0))),
        }
    }
}

/// A reaction, given or taken back.
#[derive(Debug, Clone, Copy)]
enum Heard<'a> {
    Cast(Vote, &'a Member),
    Withdrawn(&'a Person),
}

/// Who is told of what happens, besides those who asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contacts {
    /// The channel in which incidents are worked on; where there is none, they go where they were asked for.
    pub incidents: Option<String>,
    /// The security team's address.
    pub security: Option<Email>,
    /// The finance team's address.
    pub finance: Option<Email>,
}

/// The desk.
#[derive(Debug)]
pub struct Desk {
    /// All commands.
    pub catalogue: Arc<Catalogue>,
    /// The log.
    pub ledger: Arc<Ledger>,
    /// The cloud, to plan by what is there.
    pub cloud: Arc<dyn Cloud>,
    /// The tenants' services at work, to plan by what they do.
    pub workload: Arc<dyn Workload>,
    /// The chat.
    pub chat: Arc<dyn Chat>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What is woken when something was written.
    pub runner: Arc<dyn Runner>,
    /// What reactions mean.
    pub votes: Arc<Votes>,
    /// What the configuration says of each environment.
    pub ground: BTreeMap<Environment, Ground>,
    /// Who is told besides those who asked.
    pub contacts: Contacts,
    /// What waits for a choice.
    pub asked: Shelf<Invocation>,
    /// The audits whose pages are being turned.
    pub audits: Shelf<AuditPages>,
    /// When the bot was last in the chat.
    pub presence: Presence,
    /// The incidents.
    pub book: Arc<Book>,
}

impl Desk {
    /// A person typed a command.
    pub async fn command(&self, invocation: &Invocation) -> Reply {
        let outcome = match self.catalogue.command(&invocation.command) {
            Some(command) => self.serve(command, invocation).await,
            None => Err(Refusal::new("There is no such command any more. Reload the chat.")),
        };
        outcome.unwrap_or_else(|refusal| {
            tracing::info!(command = invocation.command, member = invocation.member.person.id, %refusal, "refused");
            Reply::Private(refusal.card())
        })
    }

    async fn serve(&self, command: &Command, invocation: &Invocation) -> Result<Reply, Refusal> {
        allowed(&invocation.member, &command.who)?;
        match &command.does {
            Does::Operation(spec) => match spec.purpose {
                Purpose::Provision => self.provision(command, spec, invocation).await.map(Reply::Private),
                Purpose::Delete => self.delete(command, spec, invocation).await,
                Purpose::BulkDelete => self.bulk_delete(command, spec, invocation).await.map(Reply::Private),
                Purpose::Change => self.change(command, spec, invocation).await.map(Reply::Private),
                Purpose::Shutdown => self.shut_down(command, spec, invocation).await.map(Reply::Private),
                Purpose::Reopen => self.reopen(command, spec, invocation).await.map(Reply::Private),
                Purpose::Heal => self.heal(command, spec, invocation).await.map(Reply::Private),
                Purpose::Sweep => self.sweep(command, spec, invocation).await,
                Purpose::Adopt => self.adopt(command, spec, invocation).await.map(Reply::Private),
            },
            Does::Answer(Answers::IncidentClose) => self.close_incident(invocation).await,
            Does::Answer(answers) => self.answer(*answers, invocation).await.map(Reply::Private),
        }
    }

    async fn answer(&self, answers: Answers, invocation: &Invocation) -> Result<Card, Refusal> {
        match answers {
            Answers::TenantPromote => self.promote(invocation).await,
            Answers::TenantValidate => self.validate(invocation).await,
            Answers::TenantDiagnose => self.diagnose(invocation).await,
            Answers::TenantShow => self.show_tenant(invocation).await,
            Answers::TenantList => {
                self.list_tenants(invocation.options.get("tenant").map_or("", String::as_str), 0).await
            }
            Answers::TenantAudit => self.audit(invocation).await,
            Answers::TenantOrphans => self.orphans(request::optional(invocation, "environment")?, 0).await,
            Answers::OperationList => self.list_operations(invocation).await,
            Answers::OperationShow => self.show_operation(invocation).await,
            Answers::Help => self.help(invocation),
            Answers::IncidentList => self.list_incidents(0).await,
            Answers::IncidentClose => Err(Refusal::new("A form cannot be opened here. Use the command again.")),
            Answers::OperationCancel => self.cancel(&request::operation(invocation)?, &invocation.member).await,
        }
    }

    /// `/help`, of all commands or of one.
    fn help(&self, invocation: &Invocation) -> Result<Card, Refusal> {
        let Some(typed) = invocation.options.get("command") else { return Ok(card::help(&self.catalogue, 0)) };
        let words: Vec<&str> = typed.trim_start_matches('/').split_whitespace().collect();
        let name = words.join(" ").to_lowercase();
        match self.catalogue.command(&name) {
            Some(command) => Ok(card::help_of(command)),
            None => Err(Refusal(format!(
                "There is no command `/{}`. `/help` shows those there are.",
                text::plain(&text::shorten(&name, 66))
            ))),
        }
    }

    /// A person reacted under a message.
    pub async fn reacted(&self, message: &MessageRef, vote: Vote, member: &Member) {
        self.hear(message, Heard::Cast(vote, member)).await;
    }

    /// A person took a reaction back.
    pub async fn unreacted(&self, message: &MessageRef, vote: Vote, person: &Person) {
        if vote == Vote::Approve {
            self.hear(message, Heard::Withdrawn(person)).await;
        }
    }

    /// Takes what was heard. While the store does not answer, it is tried again: nobody says it a second time. What another
    /// process has taken over is that one's to hear.
    async fn hear(&self, message: &MessageRef, heard: Heard<'_>) {
        let longest = BACKOFF[BACKOFF.len() - 1];
        let mut pauses = BACKOFF.into_iter().chain(repeat_n(longest, PATIENCE));
        let mut tried = 0;
        while let Err(error) = self.take(message, heard).await {
            tried += 1;
            let passing = match &error {
                LedgerError::Store(StoreError::Unavailable(_)) => true,
                LedgerError::Store(StoreError::Conflict) => tried <= BACKOFF.len(),
                _ => false,
            };
            let Some(pause) = pauses.next().filter(|_| passing) else {
                tracing::error!(message = message.message, %error, "a reaction could not be taken; it is read again later");
                return;
            };
            tracing::warn!(message = message.message, %error, "a reaction waits for the store");
            self.clock.sleep_until(self.clock.now() + self.clock.work(pause)).await;
        }
    }

    async fn take(&self, message: &MessageRef, heard: Heard<'_>) -> Result<(), LedgerError> {
        let Some(id) = self.ledger.store().operation_of_card(message).await? else { return Ok(()) };
        match heard {
            Heard::Cast(vote, member) => {
                if let Some(answer) = self.votes.cast(&id, vote, member).await? {
                    self.answer_in_thread(&id, &answer, &member.person).await;
                }
            }
            Heard::Withdrawn(person) => self.votes.withdraw(&id, person).await?,
        }
        self.is_there();
        self.runner.wake(&id);
        Ok(())
    }

    async fn answer_in_thread(&self, id: &OperationId, answer: &str, person: &Person) {
        let Ok(operation) = self.ledger.get(id).await else { return };
        let Some(thread) = operation.thread else { return };
        let message = Message { calls: vec![Call::Person(person.clone())], ..Message::text(answer) };
        let nonce = format!("{id}-{}", person.id.get(person.id.len().saturating_sub(12)..).unwrap_or_default());
        if let Err(error) = self.chat.say(&thread, &message, &nonce).await {
            tracing::warn!(operation = %id, %error, "an answer could not be posted");
        }
    }
}

/// Fails closed: somebody without any of the roles is refused.
fn allowed(member: &Member, who: &Who) -> Result<(), Refusal> {
    if who.includes(member) {
        return Ok(());
    }
    Err(Refusal(format!("This needs the role {who}, which you do not hold. Ask the platform team for it.")))
}
