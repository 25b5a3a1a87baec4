//! `/incident`: the list, and the closing with its record; and what is known around an incident.

use super::{Desk, Invocation, Refusal, Reply};
use crate::card::{self, Around, Card, Form, Input, LAST, PAGE, Tone};
use crate::incident::{BookError, Event, Incident, IncidentId, State};
use crate::ports::{IncidentFilter, OperationFilter, StoreError};
use crate::role::Person;
use crate::tenant::Tenancy;

/// How many of a tenant's newest operations a record asks for.
const MOST: u32 = 50;
/// Under which name the form hands in what was written.
pub(super) const SUMMARY: &str = "summary";

impl Desk {
    /// `/incident close`: asks what it was.
    pub(super) async fn close_incident(&self, invocation: &Invocation) -> Result<Reply, Refusal> {
        let id = match invocation.options.get("incident") {
            Some(id) => Some(IncidentId(id.trim().to_lowercase())),
            None => self.ledger.store().incident_at(None, &invocation.channel).await?,
        };
        let id = id.ok_or_else(|| {
            Refusal::new("Say which `incident`, or use the command in its thread. `/incident list` shows them.")
        })?;
        let incident = self.book.get(&id).await?;
        if incident.state == State::Closed {
            return Err(closed(&incident));
        }
        let opened = self.clock.now().unix_timestamp();
        let form = Form {
            id: format!("incident:close:{id}:{opened}"),
            title: format!("Close incident {id}"),
            inputs: vec![Input {
                id: SUMMARY.into(),
                label: "What was it, and what was done?".into(),
                placeholder: "the cause, what it hit, what ended it, what is left to do".into(),
                min: 1,
                max: 2_000,
                multiline: true,
            }],
        };
        Ok(Reply::Form(form.fit()))
    }

    pub(super) async fn close(&self, id: &IncidentId, by: Person, summary: String) -> Result<Card, Refusal> {
        if summary.is_empty() {
            return Err(Refusal::new("The summary is empty, so nothing was closed. The record is told by it."));
        }
        let event = Event::Closed { by: by.clone(), summary };
        let after = self.book.record(id, |one| (one.state != State::Closed).then_some(event)).await?;
        if after.closed.as_ref().is_some_and(|(person, _)| person.id != by.id) {
            return Err(closed(&after));
        }
        let what = "Its record is posted into its thread, security is told, and the tenant's logs are kept.";
        Ok(Card::note(Tone::Good, "Closed", what))
    }

    /// `/incident list`, by pages.
    pub(super) async fn list_incidents(&self, page: u32) -> Result<Card, Refusal> {
        let listing = self.ledger.store().incidents(&IncidentFilter::default(), page, PAGE).await?;
        let mut rows = Vec::with_capacity(listing.rows.len());
        for id in &listing.rows {
            let incident = self.book.get(id).await?;
            let link = incident.card.as_ref().map(|card| self.chat.link(card));
            rows.push((incident, link));
        }
        Ok(card::incident_list(&rows, listing.total, page))
    }

    /// What is known around an incident, for its card.
    pub(crate) async fn around(&self, incident: &Incident) -> Result<Around, StoreError> {
        let Some(at) = &incident.about.tenancy else { return Ok(Around::default()) };
        let store = self.ledger.store();
        let mut operations = Vec::new();
        for id in store.operations(&on(at), 0, LAST).await?.rows {
            // One that cannot be read is shown nowhere, and told where it is worked on.
            if let Ok(operation) = self.ledger.get(&id).await {
                let link = operation.card.as_ref().map(|card| self.chat.link(card));
                operations.push((operation, link));
            }
        }
        let tenant = store.tenant(&at.tenant).await?;
        let host = self.host(at).await?;
        Ok(Around { tenant, host, operations })
    }

    /// The record of an incident as it stands. What cannot be read in the chat now is left out.
    pub(crate) async fn record_of(&self, incident: &Incident) -> Result<String, BookError> {
        let store = self.ledger.store();
        let events = store.incident_events(&incident.id, 0).await?;
        let mut operations = Vec::new();
        if let Some(at) = &incident.about.tenancy {
            for id in store.operations(&on(at), 0, MOST).await?.rows {
                if let Ok(operation) = self.ledger.get(&id).await
                    && operation.filed_at >= incident.opened
                {
                    operations.push(operation);
                }
            }
        }
        let said = match &incident.thread {
            Some(thread) => self.chat.written(thread).await.unwrap_or_default(),
            None => Vec::new(),
        };
        Ok(card::record(incident, &events, &operations, &said))
    }

    pub(super) async fn host(&self, at: &Tenancy) -> Result<Option<String>, StoreError> {
        let tenant = self.ledger.store().tenant(&at.tenant).await?;
        let domain = self.ground.get(&at.environment).map(|ground| &ground.domain);
        Ok(tenant.zip(domain).map(|(tenant, domain)| Tenancy::host(&tenant.details.subdomain, domain)))
    }
}

fn closed(incident: &Incident) -> Refusal {
    let by = incident.closed.as_ref().map(|(by, _)| card::text::plain(&by.to_string())).unwrap_or_default();
    Refusal(format!("Incident `{}` was closed by {by} already.", incident.id))
}

/// What was done to a tenant in an environment.
pub(super) fn on(at: &Tenancy) -> OperationFilter {
    OperationFilter { tenant: Some(at.tenant.clone()), environment: Some(at.environment), ..OperationFilter::default() }
}
