//! How a run begins: the votes and the voters' roles are read again, the account seal is asked, and only then it starts.
//! Uncertain means: not yet, and the card says why.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use super::{Engine, Turn};
use crate::event::Event;
use crate::ledger::LedgerError;
use crate::operation::{Operation, State};
use crate::ports::CloudError;
use crate::role::Member;
use crate::votes::{Votes, VotesError};

/// What the account seal says.
enum Seal {
    Matches(String),
    Later(String),
    Broken(Vec<String>),
}

impl Engine {
    fn soon(&self) -> OffsetDateTime {
        self.clock.now() + self.clock.work(Duration::from_secs(2))
    }

    /// Nothing runs yet: says so once, for what comes after may be the same in other words, and tries again soon.
    async fn delayed(&self, operation: &Operation, why: String) -> Result<Turn, LedgerError> {
        tracing::warn!(operation = %operation.id, why, "operation {} cannot start yet", operation.id);
        self.record(&operation.id, |op| {
            let news = op.state == State::AwaitingApproval && op.card.is_some() && op.delayed.is_none();
            news.then_some(Event::StartDelayed { why })
        })
        .await?;
        Ok(Turn::Waits(self.soon()))
    }

    /// Reads the voters' roles again, checks the account seal, and starts. Uncertain means: not.
    pub(super) async fn start(&self, operation: &Operation) -> Result<Turn, LedgerError> {
        let mut now_held: Vec<Member> = Vec::new();
        for vote in &operation.votes {
            match self.chat.member(&vote.member.person).await {
                Ok(member) => now_held.push(member),
                Err(error) => return self.delayed(operation, format!("the roles cannot be read: {error}")).await,
            }
        }
        let changed: Vec<Member> = now_held
            .into_iter()
            .filter(|member| {
                operation.votes.iter().any(|v| v.member.person.id == member.person.id && v.member.roles != member.roles)
            })
            .collect();
        if !changed.is_empty() {
            return Ok(Turn::goes(self.record(&operation.id, |_| Some(Event::RolesRead { members: changed })).await?));
        }
        if let Some(turn) = self.read_votes(operation).await? {
            return Ok(turn);
        }
        let environment = operation.plan.tenancy.environment;
        let event = match self.seal(operation).await {
            Seal::Matches(account) => {
                // A vote may have been withdrawn while the account was asked: the decision is made on the fold as it is now.
                return Ok(Turn::goes(
                    self.record(&operation.id, move |op| {
                        let decision = op.decision();
                        (op.state == State::AwaitingApproval && decision.ready())
                            .then_some(Event::Started { approvals: decision.filled, account })
                    })
                    .await?,
                ));
            }
            Seal::Later(error) => {
                let why = format!("the account of {} cannot be asked: {error}", environment.title());
                return self.delayed(operation, why).await;
            }
            Seal::Broken(diagnosis) => Event::Held { diagnosis },
        };
        Ok(Turn::goes(self.record(&operation.id, |op| (op.state == State::AwaitingApproval).then_some(event)).await?))
    }

    /// Reads the reactions under the card again: what was given or taken back while nobody listened counts. Answers none
    /// where the votes are as the log has them.
    async fn read_votes(&self, operation: &Operation) -> Result<Option<Turn>, LedgerError> {
        if operation.plan.policy.approve.is_empty() {
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
    async fn seal(&self, operation: &Operation) -> Seal {
        let environment = operation.plan.tenancy.environment;
        let expected = self.accounts.get(&environment);
        match self.cloud.account(environment).await {
            Ok(account) if Some(&account) == expected && account == operation.plan.account => Seal::Matches(account),
            Ok(account) => Seal::Broken(vec![
                format!(
                    "The account seal does not match: {account} answers for {}, the plan was made for {}.",
                    environment.title(),
                    operation.plan.account
                ),
                "Playbook 3.3: clear the SSO cache, log in to each profile again and compare `aws sts get-caller-identity`. Then press Retry."
                    .to_owned(),
            ]),
            Err(CloudError::Transient(error)) => Seal::Later(error),
            Err(error) => Seal::Broken(vec![error.to_string()]),
        }
    }
}
