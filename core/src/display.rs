//! Brings the chat in line with the log: one card edited in place, one thread that is told each turn.
//!
//! What was posted is an event too, so that after a crash the same card is edited and the same thread goes on. A post is
//! recorded only after the chat answered; its nonce keeps a repeated one from standing twice as long as the chat remembers it,
//! which is minutes: what was being posted when the process ended may stand twice after an outage that was longer.

use std::sync::Arc;

use crate::card::{self, Card, File};
use crate::event::{Event, MessageRef, Recorded};
use crate::ledger::{Ledger, LedgerError};
use crate::operation::{Operation, State};
use crate::plan::OperationId;
use crate::ports::{Call, Chat, ChatError, Message, StoreError};
use crate::votes::{Votes, VotesError};

/// Why the chat is not in line yet.
#[derive(Debug, thiserror::Error)]
pub enum DisplayError {
    /// The chat: try again later.
    #[error(transparent)]
    Chat(#[from] ChatError),
    /// The log: try again later.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<VotesError> for DisplayError {
    fn from(error: VotesError) -> Self {
        match error {
            VotesError::Ledger(error) => Self::Ledger(error),
            VotesError::Chat(error) => Self::Chat(error),
        }
    }
}

impl From<StoreError> for DisplayError {
    fn from(error: StoreError) -> Self {
        Self::Ledger(error.into())
    }
}

/// Shows operations.
#[derive(Debug)]
pub struct Display {
    /// The log.
    pub ledger: Arc<Ledger>,
    /// The chat.
    pub chat: Arc<dyn Chat>,
    /// To read early votes.
    pub votes: Arc<Votes>,
}

impl Display {
    /// Makes the chat show the operation as it stands. `shown` is the card that this process last showed, none at first.
    /// Answers the operation that is shown now.
    pub async fn refresh(&self, id: &OperationId, shown: &mut Option<Card>) -> Result<Operation, DisplayError> {
        let operation = self.ledger.get(id).await?;
        let (operation, message) = self.card(operation, shown).await?;
        let operation = self.thread(operation, &message).await?;
        let card = card::operation(&operation);
        if shown.as_ref() != Some(&card) {
            Self::lenient(id, self.chat.edit_card(&message, &card).await)?;
            *shown = Some(card);
        }
        self.tell(operation).await
    }

    /// The card stands; a new one offers its votes and takes those that came before it was known.
    async fn card(
        &self,
        operation: Operation,
        shown: &mut Option<Card>,
    ) -> Result<(Operation, MessageRef), DisplayError> {
        let mut posted = None;
        let message = if let Some(message) = operation.card.clone() {
            message
        } else {
            let card = card::operation(&operation);
            let message = self.chat.post_card(&operation.channel, &card, &format!("{}-card", operation.id)).await?;
            posted = Some(card);
            let event = Event::CardPosted { card: message.clone() };
            self.ledger.record(&operation.id, |op| op.card.is_none().then_some(event)).await?;
            message
        };
        // As long as this process has not shown the card whole, nobody knows whether its votes were offered and read.
        let votable = matches!(operation.state, State::AwaitingApproval | State::Waiting)
            && !operation.plan.policy.approve.is_empty();
        if votable && shown.is_none() {
            Self::lenient(&operation.id, self.chat.offer_votes(&message).await)?;
            match self.votes.read_again(&operation.id).await {
                Ok(_) => {}
                Err(VotesError::Chat(error)) => Self::lenient::<()>(&operation.id, Err(error))?,
                Err(error) => return Err(error.into()),
            }
        }
        if posted.is_some() {
            *shown = posted;
        }
        let operation = self.ledger.get(&operation.id).await?;
        Ok((operation, message))
    }

    async fn thread(&self, operation: Operation, message: &MessageRef) -> Result<Operation, DisplayError> {
        if operation.thread.is_some() {
            return Ok(operation);
        }
        let opened = self.chat.open_thread(message, &card::thread_name(&operation)).await;
        match opened {
            Ok(thread) => {
                let event = Event::ThreadOpened { thread };
                Ok(self.ledger.record(&operation.id, |op| op.thread.is_none().then_some(event)).await?)
            }
            Err(error) => {
                Self::lenient::<()>(&operation.id, Err(error))?;
                Ok(operation)
            }
        }
    }

    /// Tells the thread what it has not been told, in one message: as much of it as can be read there, the rest the next time.
    async fn tell(&self, operation: Operation) -> Result<Operation, DisplayError> {
        let Some(thread) = operation.thread.clone() else { return Ok(operation) };
        let mut untold = self.ledger.store().events(&operation.id, operation.told).await?;
        // What was written since belongs to the next message.
        untold.retain(|recorded| recorded.seq <= operation.seq);
        let mut lines: Vec<(u64, String, Vec<Call>)> = untold
            .iter()
            .filter_map(|recorded| card::line(&operation, recorded).map(|(line, calls)| (recorded.seq, line, calls)))
            .collect();
        if lines.is_empty() {
            return Ok(operation);
        }
        let rest = lines.split_off(legible(lines.iter().map(|(_, line, _)| line.as_str())));
        let through = rest.first().map_or(operation.seq, |(next, ..)| next - 1);
        untold.retain(|recorded| recorded.seq <= through);
        let text: Vec<&str> = lines.iter().map(|(_, line, _)| line.as_str()).collect();
        let calls = self.called(&operation, lines.iter().flat_map(|(.., calls)| calls.clone()).collect()).await?;
        // By where it begins: told again because the answer was lost, it may have grown, and is the same message.
        let nonce = format!("{}-{}", operation.id, operation.told);
        let files = self.certificate(&operation, &untold).await?;
        let message = Message { text: text.join("\n"), calls, files };
        Self::lenient(&operation.id, self.chat.say(&thread, &message, &nonce).await)?;
        let told = |op: &Operation| (op.told < through).then_some(Event::Told { through });
        let after = self.ledger.record(&operation.id, told).await?;
        // What was written while the thread was told is not shown yet, so it is not what is answered.
        Ok(if after.seq == through + 1 { after } else { operation })
    }

    /// What goes with the news that a deletion is done: its certificate.
    async fn certificate(&self, operation: &Operation, news: &[Recorded]) -> Result<Vec<File>, DisplayError> {
        let end = news.iter().find(|recorded| recorded.event == Event::Succeeded);
        let Some(end) = end.filter(|_| operation.plan.purpose.deletes()) else { return Ok(Vec::new()) };
        let hash = self.ledger.store().hash(&operation.id, end.seq).await?;
        Ok(vec![card::certificate(operation, end, hash.as_deref())])
    }

    /// Whom a message calls: not a role that the requester holds, for nobody is called to approve their own request.
    async fn called(&self, operation: &Operation, mut calls: Vec<Call>) -> Result<Vec<Call>, DisplayError> {
        // In an emergency nobody approves, and the others who hold the role are told as well.
        if operation.plan.policy.at_once {
            return Ok(calls);
        }
        if calls.iter().any(|call| matches!(call, Call::Role(_))) {
            let requester = self.chat.member(&operation.requester).await?;
            calls.retain(|call| !matches!(call, Call::Role(role) if requester.is(*role)));
        }
        Ok(calls)
    }

    /// A message that somebody deleted does not stop the work.
    fn lenient<T>(id: &OperationId, outcome: Result<T, ChatError>) -> Result<(), DisplayError> {
        match outcome {
            Ok(_) => Ok(()),
            Err(ChatError::Permanent(error)) => {
                tracing::warn!(operation = %id, %error, "the chat refuses to show it; the work goes on");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// How many of the lines go into one message that can be read: the first in any case.
fn legible<'a>(lines: impl Iterator<Item = &'a str>) -> usize {
    let mut length = 0;
    let fit = lines.take_while(|line| {
        length += line.chars().count() + 1;
        length <= Message::LEGIBLE
    });
    fit.count().max(1)
}
