//! Brings the world in line with the book: does what the rule of an alert does by itself, and tells those outside the chat who are
//! to hear of it.
//!
//! It never waits for the chat: an outage of that must not keep a tenant from being cut off. Showing is [`super::Notice`]'s.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::{BY_PAGERDUTY, BookError, END_OF_PAGE, Event, Incident, IncidentId, SECURITY_OF_END, State};
use crate::card;
use crate::desk::Desk;
use crate::ports::{CloudError, Escalation, EscalationError, Notifier, Page, PageAction, Severity, Subject};
use crate::spec::{Escalation as Rule, Topic, Way, When};
use crate::tenant::{Email, Environment, Tenancy};

/// When it is tried again after somebody could not be told.
const AGAIN: Duration = Duration::seconds(30);

/// Acts on incidents.
#[derive(Debug)]
pub struct Keeper {
    /// To act by rule, and to know tenants.
    pub desk: Arc<Desk>,
    /// The way to those outside the chat.
    pub escalation: Arc<dyn Escalation>,
    /// The way to those who are told by e-mail.
    pub notifier: Arc<dyn Notifier>,
}

/// Why somebody was not told.
enum Failed {
    /// Again later.
    Later(String),
    /// Never.
    Never(String),
}

impl Keeper {
    /// Does what is due for an incident; answers when something is due again. Errors: the store's; again later.
    pub async fn act(&self, id: &IncidentId) -> Result<Option<OffsetDateTime>, BookError> {
        let mut incident = self.desk.book.get(id).await?;
        if incident.state == State::Firing && incident.decisions.is_empty() {
            self.desk.by_rule(&incident).await?;
            incident = self.desk.book.get(id).await?;
        }
        let mut due = Vec::new();
        if !incident.is_silent(self.now()) {
            for rule in &self.desk.catalogue.alerts().escalations {
                // What is over concerns only those who were to hear of it before and could not.
                if incident.state == State::Firing || incident.owed(&name(rule)) {
                    due.extend(self.escalate(&incident, rule).await?);
                }
            }
        }
        due.extend(incident.silenced.filter(|until| self.now() < *until));
        if let Some(ends) = incident.ends() {
            if self.now() < ends {
                due.push(ends);
            } else {
                self.desk
                    .book
                    .record(id, |one| one.ends().is_some_and(|at| at <= self.now()).then_some(Event::Over))
                    .await?;
                incident = self.desk.book.get(id).await?;
            }
        }
        if !incident.state.open() {
            due.extend(self.end(&incident).await?);
        }
        Ok(due.into_iter().min())
    }

    fn now(&self) -> OffsetDateTime {
        self.desk.clock.now()
    }

    /// Tells whom a rule names, where it is time; answers when it is, or when it is tried again.
    async fn escalate(&self, incident: &Incident, rule: &Rule) -> Result<Option<OffsetDateTime>, BookError> {
        let to = name(rule);
        if incident.heard(&to) {
            return Ok(None);
        }
        let is_time = match rule.when {
            When::Failures(most) => incident.fired > most,
            When::Topic(topic) => incident.topics.contains(&topic),
            When::Unresolved(seconds) => {
                let at = incident.opened + Duration::seconds(seconds.cast_signed());
                if self.now() < at {
                    return Ok(Some(at));
                }
                true
            }
        };
        if !is_time {
            return Ok(None);
        }
        let first = Event::Tried { to: to.clone() };
        self.desk.book.record(&incident.id, |one| (!one.tried.contains(&to)).then_some(first)).await?;
        let told = match (rule.by, rule.when) {
            (Way::Slack, _) => self.slack(incident, rule).await,
            (Way::PagerDuty, _) => self.page(incident, PageAction::Trigger).await,
            (Way::Email, When::Topic(topic)) => self.mail(incident, topic).await,
            (Way::Email, _) => Err(Failed::Never("no topic says to which address".into())),
        };
        self.told(incident, to, told).await
    }

    /// Writes what became of it; answers when it is tried again.
    async fn told(
        &self,
        incident: &Incident,
        to: String,
        told: Result<(), Failed>,
    ) -> Result<Option<OffsetDateTime>, BookError> {
        let event = match told {
            Ok(()) => Event::Escalated { to },
            Err(Failed::Never(why)) => Event::Unheard { to, why },
            Err(Failed::Later(why)) => {
                tracing::warn!(incident = %incident.id, to, why, "somebody cannot be told of incident {} yet", incident.id);
                return Ok(Some(self.now() + AGAIN));
            }
        };
        self.desk.book.record(&incident.id, |_| Some(event)).await?;
        Ok(None)
    }

    async fn slack(&self, incident: &Incident, rule: &Rule) -> Result<(), Failed> {
        let link = incident.card.as_ref().map(|card| self.desk.chat.link(card));
        let text = card::slack_text(incident, &rule.to, link.as_deref());
        self.escalation.slack(&text).await.map_err(Failed::from)
    }

    async fn page(&self, incident: &Incident, action: PageAction) -> Result<(), Failed> {
        let page = Page {
            key: format!("landlord-{}", incident.id),
            action,
            summary: card::page_summary(incident),
            source: incident.about.tenancy.as_ref().map_or_else(|| "landlord".to_owned(), ToString::to_string),
            severity: Severity::Critical,
            at: incident.alert.since,
        };
        self.escalation.page(&page).await.map_err(Failed::from)
    }

    async fn mail(&self, incident: &Incident, topic: Topic) -> Result<(), Failed> {
        let contacts = &self.desk.contacts;
        let (address, key) = match topic {
            Topic::Payment => (&contacts.finance, "finance"),
            Topic::Security => (&contacts.security, "security"),
        };
        let missing = || Failed::Never(format!("[contacts] {key} names no address"));
        let around = self.desk.around(incident).await.ok();
        let link = incident.card.as_ref().map(|card| self.desk.chat.link(card));
        let (subject, text) = card::alert_mail(incident, around.as_ref(), link.as_deref());
        self.send(incident, address.as_ref().ok_or_else(missing)?, &subject, &text).await
    }

    /// Sends an e-mail from the incident's environment, or from the first that is configured.
    async fn send(&self, incident: &Incident, to: &Email, subject: &str, text: &str) -> Result<(), Failed> {
        let from: Option<Environment> = incident.about.environment.or_else(|| self.desk.ground.keys().next().copied());
        let from = from.ok_or_else(|| Failed::Never("no environment is configured to send from".into()))?;
        match self.notifier.email(from, to, subject, text).await {
            Ok(_) => Ok(()),
            Err(CloudError::Transient(why)) => Err(Failed::Later(why)),
            Err(error) => Err(Failed::Never(error.to_string())),
        }
    }

    /// What belongs to the end: whoever was paged hears that it is over; of one that a person closed, security is told and the
    /// tenant's logs are kept.
    async fn end(&self, incident: &Incident) -> Result<Option<OffsetDateTime>, BookError> {
        let mut due = Vec::new();
        if incident.paged() && !incident.heard(END_OF_PAGE) {
            let told = self.page(incident, PageAction::Resolve).await;
            due.extend(self.told(incident, END_OF_PAGE.to_owned(), told).await?);
        }
        if incident.state == State::Closed {
            due.extend(self.closed(incident).await?);
        }
        Ok(due.into_iter().min())
    }

    async fn closed(&self, incident: &Incident) -> Result<Option<OffsetDateTime>, BookError> {
        let mut due = Vec::new();
        if !incident.heard(SECURITY_OF_END) {
            let told = match &self.desk.contacts.security {
                None => Err(Failed::Never("[contacts] security names no address".into())),
                Some(to) => {
                    let record = self.desk.record_of(incident).await?;
                    let subject = format!("Incident {} is closed: {}", incident.id, card::page_summary(incident));
                    self.send(incident, to, &subject, &record).await
                }
            };
            due.extend(self.told(incident, SECURITY_OF_END.to_owned(), told).await?);
        }
        if let Some(tenancy) = incident.about.tenancy.as_ref().filter(|_| incident.kept.is_none()) {
            match self.keep_logs(incident, tenancy).await? {
                Some(what) => {
                    self.desk.book.record(&incident.id, |_| Some(Event::LogsKept { what })).await?;
                }
                None => due.push(self.now() + AGAIN),
            }
        }
        Ok(due.into_iter().min())
    }

    /// What was done to keep the tenant's logs; none where it is tried again.
    async fn keep_logs(&self, incident: &Incident, tenancy: &Tenancy) -> Result<Option<String>, BookError> {
        let Some(tenant) = self.desk.ledger.store().tenant(&tenancy.tenant).await? else {
            return Ok(Some("the registry does not know the tenant any more, so its logs are as they are".to_owned()));
        };
        let subject = Subject { tenancy: tenancy.clone(), subdomain: tenant.details.subdomain };
        Ok(match self.desk.workload.preserve_logs(&subject, &incident.id.0).await {
            Ok(kept) => Some(card::kept_logs(kept.as_ref())),
            Err(CloudError::Transient(why)) => {
                tracing::warn!(incident = %incident.id, why, "the logs of incident {} are not kept yet", incident.id);
                None
            }
            Err(error) => Some(format!("the logs could not be kept: {error}")),
        })
    }
}

impl From<EscalationError> for Failed {
    fn from(error: EscalationError) -> Self {
        match error {
            EscalationError::Transient(why) => Self::Later(why),
            EscalationError::Permanent(why) | EscalationError::Unconfigured(why) => Self::Never(why),
        }
    }
}

/// Under which name it is kept that they were told.
fn name(rule: &Rule) -> String {
    let by = match rule.by {
        Way::Slack => " by Slack",
        Way::Email => " by e-mail",
        Way::PagerDuty => BY_PAGERDUTY,
    };
    format!("{}{by}", rule.to)
}
