//! Makes the chat show incidents as they stand: one card edited in place, one thread that is told each turn.

use std::sync::Arc;

use super::{Book, BookError, Event, Incident, IncidentId};
use crate::card::{self, Card};
use crate::desk::Desk;
use crate::event::MessageRef;
use crate::ports::{Call, ChatError, Gauges, Message, StoreError, Tenant};
use crate::role::Role;

/// Why the chat is not in line yet.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// The chat: try again later.
    #[error(transparent)]
    Chat(#[from] ChatError),
    /// The book: try again later.
    #[error(transparent)]
    Book(#[from] BookError),
}

impl From<StoreError> for NoticeError {
    fn from(error: StoreError) -> Self {
        Self::Book(error.into())
    }
}

/// Shows incidents.
#[derive(Debug)]
pub struct Notice {
    /// What is known of them and of their tenants.
    pub desk: Arc<Desk>,
    /// Reads what was measured around their alerts.
    pub gauges: Arc<dyn Gauges>,
}

impl Notice {
    /// Makes the chat show the incident as it stands. `shown` is the card that this process last showed, none at first. Answers
    /// the incident that is shown now.
    pub async fn refresh(&self, id: &IncidentId, shown: &mut Option<Card>) -> Result<Incident, NoticeError> {
        let incident = self.book().get(id).await?;
        let around = self.desk.around(&incident).await?;
        let card = card::incident(&incident, &around, self.desk.clock.now());
        let chat = &self.desk.chat;
        let message = if let Some(message) = incident.card.clone() {
            if shown.as_ref() != Some(&card) {
                lenient(id, chat.edit_card(&message, &card).await)?;
            }
            message
        } else {
            let picture = self.picture(&incident, around.tenant.as_ref()).await;
            let pictured = picture.is_some();
            let first = Card { files: picture.into_iter().collect(), ..card.clone() };
            let message = chat.post_card(&incident.channel, &first, &format!("{id}-alert")).await?;
            let event = Event::CardPosted { card: message.clone(), pictured };
            self.book().record(id, |one| one.card.is_none().then_some(event)).await?;
            message
        };
        *shown = Some(card);
        self.thread(&incident, &message).await?;
        self.tell(id, around.tenant.as_ref()).await
    }

    fn book(&self) -> &Book {
        &self.desk.book
    }

    async fn thread(&self, incident: &Incident, message: &MessageRef) -> Result<(), NoticeError> {
        if incident.thread.is_some() {
            return Ok(());
        }
        match self.desk.chat.open_thread(message, &card::incident_thread_name(incident)).await {
            Ok(thread) => {
                let event = Event::ThreadOpened { thread };
                self.book().record(&incident.id, |one| one.thread.is_none().then_some(event)).await?;
                Ok(())
            }
            Err(error) => Ok(lenient::<()>(&incident.id, Err(error))?),
        }
    }

    /// Tells the thread what it has not been told, in one message; of what happens while it is silenced, only what people do.
    async fn tell(&self, id: &IncidentId, tenant: Option<&Tenant>) -> Result<Incident, NoticeError> {
        let incident = self.book().get(id).await?;
        let Some(thread) = incident.thread.clone() else { return Ok(incident) };
        let mut untold = self.book().store().incident_events(id, incident.told).await?;
        // What was written since belongs to the next message.
        untold.retain(|recorded| recorded.seq <= incident.seq);
        let quiet = |event: &Event| {
            matches!(event, Event::Fired { .. } | Event::Recovered { .. }) && incident.is_silent(self.desk.clock.now())
        };
        untold.retain(|recorded| !quiet(&recorded.event));
        let lines = card::incident_lines(&untold);
        if lines.is_empty() {
            return Ok(incident);
        }
        let mut calls: Vec<Call> = lines.iter().flat_map(|(_, calls)| calls.clone()).collect();
        let text: Vec<&str> = lines.iter().map(|(line, _)| line.as_str()).collect();
        let mut files = Vec::new();
        if untold.iter().any(|recorded| matches!(recorded.event, Event::Recovered { .. })) {
            files.extend(self.picture(&incident, tenant).await);
        }
        if untold.iter().any(|recorded| matches!(recorded.event, Event::Closed { .. })) {
            calls.push(Call::Role(Role::Security));
            files.push(card::record_file(&incident, &self.desk.record_of(&incident).await?));
        }
        let message = Message { text: text.join("\n"), calls, files };
        let nonce = format!("{id}-a{}", incident.told);
        lenient(id, self.desk.chat.say(&thread, &message, &nonce).await)?;
        let through = incident.seq;
        let told = self.book().record(id, |one| (one.told < through).then_some(Event::Told { through })).await?;
        // What was written while the thread was told is not shown yet, so it is not what is answered.
        Ok(if told.seq == through + 1 { told } else { incident })
    }
}

/// A message that somebody deleted does not stop the work.
fn lenient<T>(id: &IncidentId, outcome: Result<T, ChatError>) -> Result<(), ChatError> {
    match outcome {
        Ok(_) => Ok(()),
        Err(ChatError::Permanent(error)) => {
            tracing::warn!(incident = %id, %error, "the chat refuses to show it; the work goes on");
            Ok(())
        }
        Err(error) => Err(error),
    }
}
