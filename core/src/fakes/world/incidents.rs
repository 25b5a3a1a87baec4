//! Alerts in a world of stories: they arrive, and the bot tends the incidents that come of them.

use std::sync::PoisonError;

use time::OffsetDateTime;

use super::{Shown, World};
use crate::alert::Alert;
use crate::alert::alertmanager::Notification;
use crate::card::File;
use crate::fakes::Content;
use crate::incident::{BookError, Incident, Taken};

impl World {
    /// A monitoring system tells of alerts in a message, and the bot does all that is due then. None where the process stopped in
    /// the middle.
    pub async fn is_alerted(&self, message: &str, alerts: Vec<Alert>) -> Option<Result<Taken, BookError>> {
        let house = self.house();
        let taken = self.lives(Box::pin(house.desk.alerted(message, alerts))).await;
        self.settles().await;
        taken
    }

    /// Alertmanager tells of one alert with these labels.
    pub async fn fires(&self, fingerprint: &str, labels: &[(&str, &str)]) {
        self.told(fingerprint, labels, "firing").await;
    }

    /// Alertmanager tells that it fires no longer.
    pub async fn is_well(&self, fingerprint: &str, labels: &[(&str, &str)]) {
        self.told(fingerprint, labels, "resolved").await;
    }

    async fn told(&self, fingerprint: &str, labels: &[(&str, &str)], status: &str) {
        let now = crate::chain::stamp(crate::ports::Clock::now(&self.clock)).unwrap_or_else(|error| panic!("{error}"));
        let labels: serde_json::Map<String, serde_json::Value> =
            labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        let body = serde_json::json!({
            "version": "4", "groupKey": "{}", "status": status, "receiver": "landlord",
            "alerts": [{ "status": status, "labels": labels, "startsAt": now, "endsAt": now, "fingerprint": fingerprint,
                         "annotations": { "summary": "nobody answers", "value": "3", "threshold": "> 1" } }],
        });
        let read = Notification::read(body.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let message = format!("{fingerprint} {status} {now}");
        if let Some(Err(error)) = self.is_alerted(&message, Alert::notified(read)).await {
            // Alertmanager sends it again; so does a story.
            tracing::warn!(%error, "not taken");
        }
    }

    /// All incidents, in the order in which they were raised.
    pub fn incidents(&self) -> Vec<Incident> {
        self.store.all_incidents()
    }

    /// The card of an incident as the chat shows it.
    pub fn incident_card(&self, incident: &Incident) -> Shown {
        let place = self.store.all_incidents().into_iter().find(|one| one.id == incident.id).and_then(|one| one.card);
        let place = place.unwrap_or_else(|| panic!("incident {} has no card", incident.id));
        let posted = self.chat.messages(&place.channel).into_iter().find(|posted| posted.place == place);
        match posted.map(|posted| posted.content) {
            Some(Content::Card(card)) => Shown::new(card),
            other => panic!("where the card of incident {} should stand is {other:?}", incident.id),
        }
    }

    /// What the thread of an incident was told, a line each, with whom it calls.
    pub fn incident_thread(&self, incident: &Incident) -> String {
        let thread =
            self.store.all_incidents().into_iter().find(|one| one.id == incident.id).and_then(|one| one.thread);
        thread.map_or_else(String::new, |thread| self.texts(&thread))
    }

    /// The files in the thread of an incident.
    pub fn incident_files(&self, incident: &Incident) -> Vec<File> {
        let thread =
            self.store.all_incidents().into_iter().find(|one| one.id == incident.id).and_then(|one| one.thread);
        let messages = thread.map(|thread| self.chat.messages(&thread)).unwrap_or_default();
        let files = messages.into_iter().map(|posted| match posted.content {
            Content::Message(message) => message.files,
            Content::Card(_) => Vec::new(),
        });
        files.flatten().collect()
    }

    /// The bot tends the incidents; whether anything was written about them.
    pub(super) async fn tends(&self) -> bool {
        let house = self.house();
        if house.fuse.is_blown() || self.incidents().iter().all(Incident::settled) {
            *self.quiet_until.lock().unwrap_or_else(PoisonError::into_inner) = None;
            return false;
        }
        let written = house.desk.book.watch();
        let before = *written.borrow();
        let due = self.lives(Box::pin(house.tend())).await.flatten();
        *self.quiet_until.lock().unwrap_or_else(PoisonError::into_inner) = due;
        let after = *written.borrow();
        after != before
    }

    /// When an incident is due again.
    pub(super) fn alarm(&self) -> Option<OffsetDateTime> {
        *self.quiet_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
