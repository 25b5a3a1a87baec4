//! How a run begins: the votes and the voters' roles are read again, the account seal is asked, the owners have had their
//! notice, what stands is what was approved, and only then it starts. Uncertain means: not yet, and the card says why.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use time::OffsetDateTime;

use super::{Engine, NO_SESSION, Turn};
use crate::card::{self, text};
use crate::event::Event;
use crate::kind::Kind;
use crate::ledger::LedgerError;
use crate::operation::{Operation, State};
use crate::plan::Site;
use crate::ports::{CloudError, Owner};
use crate::role::Member;
use crate::steps;
use crate::tenant::Environment;
use crate::votes::{Votes, VotesError};

/// What to do where the bot cannot give notice.
const TELL_BY_HAND: &str = "An owner is told before anything goes: tell the owner by hand and press Told by hand; the notice \
                            runs from then.";

/// Why a run does not start.
pub(super) enum Obstacle {
    /// It is not certain now; it may be later.
    Later(String),
    /// It will not be by waiting: a person must see to it.
    Hold(Vec<String>),
}

impl Engine {
    fn soon(&self) -> OffsetDateTime {
        self.clock.now() + self.clock.work(Duration::from_secs(2))
    }

    /// Nothing runs yet: says so once, for what comes after may be the same in other words, and tries again soon.
    async fn delayed(&self, operation: &Operation, why: String) -> Result<Turn, LedgerError> {
        tracing::warn!(operation = %operation.id, why, "operation {} cannot start yet", operation.id);
        self.record(&operation.id, |op| {
            let news = starts(op) && op.card.is_some() && op.delayed.is_none();
            news.then_some(Event::StartDelayed { why })
        })
        .await?;
        Ok(Turn::Waits(self.soon()))
    }

    /// Appends the event if it still waits to start.
    async fn turn(&self, operation: &Operation, event: Event) -> Result<Turn, LedgerError> {
        Ok(Turn::goes(self.record(&operation.id, |op| starts(op).then_some(event)).await?))
    }

    async fn hindered(&self, operation: &Operation, obstacle: Obstacle) -> Result<Turn, LedgerError> {
        match obstacle {
            Obstacle::Later(why) => self.delayed(operation, why).await,
            Obstacle::Hold(diagnosis) => self.turn(operation, Event::Held { step: None, diagnosis }).await,
        }
    }

    /// Reads the voters' roles and votes again, checks the account seals, gives notice where it is owed, and starts when that
    /// has passed and nothing stands that the approvers have not seen. Uncertain means: not.
    pub(super) async fn start(&self, operation: &Operation) -> Result<Turn, LedgerError> {
        if let Some(turn) = self.read_roles(operation).await? {
            return Ok(turn);
        }
        if let Some(turn) = self.read_votes(operation).await? {
            return Ok(turn);
        }
        let mut accounts = Vec::new();
        for site in &operation.plan.sites {
            match self.seal(site).await {
                Ok(account) if accounts.contains(&account) => {}
                Ok(account) => accounts.push(account),
                Err(obstacle) => return self.hindered(operation, obstacle).await,
            }
        }
        if operation.notice().is_some() && operation.notice_until.is_none() {
            return self.give_notice(operation).await;
        }
        if let Err(obstacle) = self.as_approved(operation).await {
            return self.hindered(operation, obstacle).await;
        }
        // A vote may have been withdrawn while the cloud was asked: the decision is made on the fold as it is now.
        let account = text::list(&accounts);
        let started = |op: &Operation| {
            let decision = op.decision();
            (starts(op) && decision.ready()).then_some(Event::Started { approvals: decision.filled, account })
        };
        Ok(Turn::goes(self.record(&operation.id, started).await?))
    }

    /// Reads the voters' roles again. Answers none where they are as the log has them.
    async fn read_roles(&self, operation: &Operation) -> Result<Option<Turn>, LedgerError> {
        let mut changed: Vec<Member> = Vec::new();
        for vote in &operation.votes {
            match self.chat.member(&vote.member.person).await {
                Ok(member) if member.roles == vote.member.roles => {}
                Ok(member) => changed.push(member),
                Err(error) => {
                    return Ok(Some(self.delayed(operation, format!("the roles cannot be read: {error}")).await?));
                }
            }
        }
        if changed.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.turn(operation, Event::RolesRead { members: changed }).await?))
    }

    /// Reads the reactions under the card again: what was given or taken back while nobody listened counts. Answers none
    /// where the votes are as the log has them.
    async fn read_votes(&self, operation: &Operation) -> Result<Option<Turn>, LedgerError> {
        // Where nobody has to approve, a deletion can still be stopped by ❌.
        if operation.plan.policy.approve.is_empty() && !operation.plan.purpose.deletes() {
            return Ok(None);
        }
        let votes = Votes { ledger: Arc::clone(&self.ledger), chat: Arc::clone(&self.chat) };
        match votes.read_again(&operation.id).await {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(Turn::goes(self.ledger.get(&operation.id).await?))),
            Err(VotesError::Ledger(error)) => Err(error),
            Err(VotesError::Chat(error)) => {
                Ok(Some(self.delayed(operation, format!("the votes cannot be read: {error}")).await?))
            }
        }
    }

    /// Playbook 3.3: the account that answers must be the one that plan and configuration name.
    async fn seal(&self, site: &Site) -> Result<String, Obstacle> {
        let environment = site.tenancy.environment;
        match self.cloud.account(environment).await {
            Ok(account) if Some(&account) == self.accounts.get(&environment) && account == site.account => Ok(account),
            Ok(account) => Err(Obstacle::Hold(vec![
                format!(
                    "The account seal does not match: {account} answers for {}, the plan was made for {}.",
                    environment.title(),
                    site.account
                ),
                format!("Playbook 3.3: {} Then press Retry.", self.cloud.remedy(environment, &account)),
            ])),
            Err(CloudError::Transient(error)) => {
                Err(Obstacle::Later(format!("the account of {} cannot be asked: {error}", environment.title())))
            }
            Err(error) => Err(Obstacle::Hold(lines(&error))),
        }
    }

    /// Tells each tenant's owner what will happen and when (playbook 1.2, 2.2); the notice runs from the last. E-mail cannot be
    /// sent exactly once: after a crash before it is logged, an owner gets it twice.
    async fn give_notice(&self, operation: &Operation) -> Result<Turn, LedgerError> {
        let mut operation = operation.clone();
        while operation.state == State::AwaitingApproval
            && operation.decision().ready()
            && let Some(details) = operation.owner_to_tell()
        {
            let tenant = details.tenant.clone();
            let Some(to) = &details.email else {
                let lines = vec![format!("no address of {tenant}'s owner is known"), TELL_BY_HAND.to_owned()];
                return self.hindered(&operation, Obstacle::Hold(lines)).await;
            };
            let until = operation.notice_from(self.clock.now());
            let (subject, body) = card::notice_mail(&operation.plan, details, until);
            match self.notifier.email(operation.plan.sender_of(&tenant), to, &subject, &body).await {
                Ok(id) => {
                    let note = format!("sent to {to} as {id}");
                    let told = |op: &Operation| {
                        let owed = op.state == State::AwaitingApproval && !op.owners_told.contains_key(&tenant);
                        owed.then(|| Event::OwnerTold { tenant: tenant.clone(), note, person: None })
                    };
                    operation = self.record(&operation.id, told).await?;
                }
                Err(CloudError::Transient(error)) => {
                    return self.delayed(&operation, format!("{to} cannot be told: {error}")).await;
                }
                Err(error) => {
                    let hint = format!("Mend it and press Retry. {TELL_BY_HAND}");
                    let lines = vec![format!("{to} could not be told: {error}"), hint];
                    return self.hindered(&operation, Obstacle::Hold(lines)).await;
                }
            }
        }
        let until = operation.notice_from(self.clock.now());
        let given = |op: &Operation| {
            let owed = op.state == State::AwaitingApproval && op.notice_until.is_none() && op.owner_to_tell().is_none();
            let notes: Vec<String> = op
                .owners_told
                .iter()
                .filter(|(tenant, _)| !op.off.contains(*tenant))
                .map(|(_, note)| note.clone())
                .collect();
            (owed && op.decision().ready()).then(|| Event::NoticeGiven { until, note: text::list(&notes) })
        };
        Ok(Turn::goes(self.record(&operation.id, given).await?))
    }

    /// Whether what a deletion would find is what its approvers have seen. What has vanished is fine. Of a change: whether what
    /// it goes out from is still there.
    async fn as_approved(&self, operation: &Operation) -> Result<(), Obstacle> {
        if !operation.plan.purpose.deletes() {
            return self.as_planned(operation).await;
        }
        let mut surprises = Vec::new();
        for site in &operation.plan.sites {
            let owner = self.owner(operation, site).await;
            surprises.extend(owner.map_err(|error| Obstacle::Later(format!("the registry cannot be asked: {error}")))?);
        }
        for site in operation.plan.sites.iter().filter(|site| !operation.off.contains(&site.tenancy.tenant)) {
            let looks = Kind::DELETION_ORDER.map(|kind| steps::unplanned(&*self.cloud, site, kind));
            for look in join_all(looks).await {
                surprises.extend(seen(site.tenancy.environment, look)?);
            }
        }
        // Where nothing was found there is nothing to remove, and the tenant is taken for gone: that must still be so.
        for subject in operation.plan.unfound().filter(|subject| !operation.off.contains(&subject.tenancy.tenant)) {
            let place = subject.tenancy.environment.title();
            for kind in Kind::DELETION_ORDER {
                let found = seen(subject.tenancy.environment, self.cloud.find(kind, &subject).await)?;
                let own = found.iter().filter(|one| one.owner == Owner::Own);
                surprises.extend(own.map(|one| {
                    format!("{kind} {} stands in {place}, where nothing was when this was approved", one.id)
                }));
            }
        }
        if surprises.is_empty() {
            return Ok(());
        }
        surprises.push(
            "Nothing was touched. Press Leave and file the request anew, so that the approvers see it; or remove it by hand and \
             press Retry."
                .into(),
        );
        Err(Obstacle::Hold(surprises))
    }
}

/// What was seen of an environment, or why that hinders the start.
pub(super) fn seen<T>(environment: Environment, look: Result<T, CloudError>) -> Result<T, Obstacle> {
    look.map_err(|error| match error {
        CloudError::Transient(error) => {
            Obstacle::Later(format!("{} cannot be looked at: {error}", environment.title()))
        }
        error => Obstacle::Hold(lines(&error)),
    })
}

/// What hinders the start for good.
fn lines(error: &CloudError) -> Vec<String> {
    let more = matches!(error, CloudError::Credentials(_)).then(|| NO_SESSION.to_owned());
    std::iter::once(error.to_string()).chain(more).collect()
}

/// Whether the operation waits to start: its votes suffice, or its notice is over.
fn starts(operation: &Operation) -> bool {
    matches!(operation.state, State::AwaitingApproval | State::Waiting)
}
