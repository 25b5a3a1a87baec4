//! What people decide about incidents: their buttons, and `/incident`.

use std::collections::BTreeMap;
use std::time::Duration;

use time::OffsetDateTime;

use super::{Desk, Invocation, Refusal, Reply, allowed};
use crate::card::{self, Around, Card, Form, Input, LABEL_MAX, LAST, PAGE, Tone};
use crate::incident::{BookError, Event, Incident, IncidentId, State};
use crate::plan::OperationId;
use crate::ports::{IncidentFilter, OperationFilter, StoreError};
use crate::role::{Member, Person};
use crate::tenant::{Environment, Tenancy, TenantId};

/// How long a silence lasts.
const SILENCE: time::Duration = time::Duration::HOUR;
/// A form is good for as long as Discord's token for the press is: 15 minutes.
const GOOD_FOR: Duration = Duration::from_mins(15);
/// How many of a tenant's newest operations a record asks for.
const MOST: u32 = 50;
/// Under which names forms hand in what was written.
const REASON: &str = "reason";
const SUMMARY: &str = "summary";
/// The command that cuts a tenant off; whoever may use it may decide about incidents.
const SHUTDOWN: &str = "tenant shutdown";

impl From<BookError> for Refusal {
    fn from(error: BookError) -> Self {
        match error {
            BookError::Store(error) => error.into(),
            BookError::Illegal(illegal) => Self(format!("That is not possible any more: {illegal}.")),
            BookError::Unknown(id) => Self(format!("There is no incident `{}`.", card::text::plain(&id.0))),
        }
    }
}

impl Desk {
    /// A button of an incident's card was pressed.
    pub(super) async fn incident_pressed(&self, rest: &str, member: &Member, channel: &str) -> Result<Reply, Refusal> {
        let older = || Refusal::new("This button is of an older version. Use the command instead.");
        let (verb, id) = rest.split_once(':').ok_or_else(older)?;
        let needed = match verb {
            "shut" | "diagnose" | "rollback" => SHUTDOWN,
            "acknowledge" | "silence" => "incident close",
            _ => return Err(older()),
        };
        allowed(member, self.who(needed)?)?;
        let incident = self.firing(&IncidentId(id.to_owned())).await?;
        let person = member.person.clone();
        match verb {
            "shut" => self.ask_for_reason(&incident).await,
            "acknowledge" => self.acknowledge(&incident.id, person).await.map(Reply::Private),
            "silence" => self.silence(&incident.id, person).await.map(Reply::Private),
            verb => {
                let command = format!("tenant {verb}");
                let mut options = about(tenancy(&incident)?);
                if verb == "rollback" {
                    options.insert(REASON.to_owned(), reason(&incident, &command));
                }
                self.decided(&incident.id, Some(person), &command, None).await?;
                let (member, channel) = (member.clone(), channel.to_owned());
                Ok(self.command(&Invocation { command, options, member, channel }).await)
            }
        }
    }

    /// The incident, where its alert still fires: what is over is not acted on by a press that came late.
    async fn firing(&self, id: &IncidentId) -> Result<Incident, Refusal> {
        let incident = self.book.get(id).await?;
        match incident.state {
            State::Firing => Ok(incident),
            State::Recovered | State::Over => Err(Refusal::new(
                "It fires no longer, so nothing was done. What must be done nevertheless is done with its command.",
            )),
            State::Closed => Err(Refusal::new("The incident is closed, so nothing was done. Use the command instead.")),
        }
    }

    async fn acknowledge(&self, id: &IncidentId, by: Person) -> Result<Card, Refusal> {
        let event = Event::Acknowledged { by: by.clone() };
        let after = self
            .book
            .record(id, |incident| (incident.acknowledged.is_none() && incident.state.open()).then_some(event))
            .await?;
        match after.acknowledged {
            Some(person) if person.id == by.id => {
                Ok(Card::note(Tone::Good, "Acknowledged", "Everybody sees that you work on it."))
            }
            Some(person) => Err(Refusal(format!("{} works on it already.", card::text::plain(&person.to_string())))),
            None => Err(Refusal::new("It fires no longer.")),
        }
    }

    async fn silence(&self, id: &IncidentId, by: Person) -> Result<Card, Refusal> {
        let now = self.clock.now();
        let until = now + SILENCE;
        let event = Event::Silenced { by, until };
        self.book.record(id, |incident| (!incident.is_silent(now) && incident.state.open()).then_some(event)).await?;
        let until = card::text::relative(until);
        Ok(Card::note(
            Tone::Good,
            "Silenced",
            format!("Its thread is quiet and nobody else is told; that ends {until}."),
        ))
    }

    /// Asks why, before a tenant is cut off; of PROD it says what goes dark.
    async fn ask_for_reason(&self, incident: &Incident) -> Result<Reply, Refusal> {
        let at = tenancy(incident)?;
        let host = self.host(at).await?.unwrap_or_else(|| at.tenant.to_string());
        let prod = at.environment == Environment::Prod;
        let label = if prod { dark(&host, &at.tenant) } else { "Why?".to_owned() };
        let opened = self.clock.now().unix_timestamp();
        let form = Form {
            id: format!("incident:shut:{}:{opened}", incident.id),
            title: format!("Shut {} down in {}", at.tenant, at.environment.title()),
            inputs: vec![Input {
                id: REASON.into(),
                label,
                placeholder: format!("https://{host} is cut off at once; its logs are kept"),
                min: 1,
                max: 200,
                multiline: false,
            }],
        };
        Ok(Reply::Form(form.fit()))
    }

    /// A form about an incident was handed in.
    pub(super) async fn incident_form(
        &self,
        rest: &str,
        inputs: &BTreeMap<String, String>,
        member: &Member,
        channel: &str,
    ) -> Result<Card, Refusal> {
        let older = || Refusal::new("This form is of an older version. Use the command instead.");
        let [verb, id, opened] = rest.split(':').collect::<Vec<_>>()[..] else { return Err(older()) };
        let opened =
            opened.parse().ok().and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok()).ok_or_else(older)?;
        let age = self.clock.now() - opened;
        if age.is_negative() || age > self.clock.work(GOOD_FOR) {
            return Err(Refusal::new("The form was open for more than 15 minutes, so nothing was done. Press again."));
        }
        let id = IncidentId(id.to_owned());
        let written = |name: &str| inputs.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
        match verb {
            "shut" => {
                let incident = self.firing(&id).await?;
                let mut options = about(tenancy(&incident)?);
                options.insert(REASON.to_owned(), written(REASON));
                self.shut_for(&incident, member, options, channel).await
            }
            "close" => {
                allowed(member, self.who("incident close")?)?;
                self.close(&id, member.person.clone(), written(SUMMARY)).await
            }
            _ => Err(older()),
        }
    }

    /// Cuts off the tenant of an incident, as the command does it.
    async fn shut_for(
        &self,
        incident: &Incident,
        member: &Member,
        options: BTreeMap<String, String>,
        channel: &str,
    ) -> Result<Card, Refusal> {
        let gone = || Refusal::new("There is no such command any more.");
        let (command, spec) = self.catalogue.operation(SHUTDOWN).ok_or_else(gone)?;
        allowed(member, &command.who)?;
        let (member, channel) = (member.clone(), channel.to_owned());
        let by = Some(member.person.clone());
        let invocation = Invocation { command: SHUTDOWN.to_owned(), options, member, channel };
        let filed = self.shut_down(command, spec, &invocation).await?;
        let operation = self.last_on(tenancy(incident)?).await?;
        self.decided(&incident.id, by, SHUTDOWN, operation).await?;
        Ok(filed)
    }

    /// The rule of an incident does by itself what it proposes. Answers why where that is not possible; an error is trouble that
    /// may pass, and then nothing is written about it.
    pub async fn by_rule(&self, incident: &Incident) -> Result<(), BookError> {
        let Some(proposal) = incident.proposal.as_ref().filter(|proposal| proposal.automatic) else { return Ok(()) };
        let rule = Person { id: "landlord".into(), name: "landlord".into() };
        let done = async {
            let at = tenancy(incident)?;
            if proposal.command.as_deref() != Some(SHUTDOWN) || at.environment == Environment::Prod {
                return Err(Refusal::new("Only a shutdown in DEV and SIT may be automatic."));
            }
            let gone = || Refusal::new("There is no such command any more.");
            let (command, spec) = self.catalogue.operation(SHUTDOWN).ok_or_else(gone)?;
            let mut options = about(at);
            options.extend(proposal.with.clone());
            let member = Member { person: rule, roles: command.who.roles().iter().copied().collect() };
            let channel = incident.channel.clone();
            let invocation = Invocation { command: SHUTDOWN.to_owned(), options, member, channel };
            self.shut_down(command, spec, &invocation).await?;
            self.last_on(at).await
        };
        match done.await {
            Ok(operation) => self.decided(&incident.id, None, SHUTDOWN, operation).await,
            Err(Refusal(why)) => {
                let event = Event::Refused { command: SHUTDOWN.to_owned(), why };
                let undecided = |one: &Incident| one.decisions.is_empty() && one.state.open();
                self.book.record(&incident.id, |one| undecided(one).then_some(event)).await.map(drop)
            }
        }
    }

    async fn decided(
        &self,
        id: &IncidentId,
        by: Option<Person>,
        command: &str,
        operation: Option<OperationId>,
    ) -> Result<(), BookError> {
        let event = Event::Decided { by, command: command.to_owned(), operation };
        self.book.record(id, |_| Some(event)).await.map(drop)
    }

    /// The newest operation on a tenant in an environment.
    async fn last_on(&self, at: &Tenancy) -> Result<Option<OperationId>, Refusal> {
        Ok(self.ledger.store().operations(&on(at), 0, 1).await?.rows.pop())
    }

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

    async fn close(&self, id: &IncidentId, by: Person, summary: String) -> Result<Card, Refusal> {
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

    async fn host(&self, at: &Tenancy) -> Result<Option<String>, StoreError> {
        let tenant = self.ledger.store().tenant(&at.tenant).await?;
        let domain = self.ground.get(&at.environment).map(|ground| &ground.domain);
        Ok(tenant.zip(domain).map(|(tenant, domain)| Tenancy::host(&tenant.details.subdomain, domain)))
    }
}

fn tenancy(incident: &Incident) -> Result<&Tenancy, Refusal> {
    let nobody = || Refusal::new("The alert names no tenant, or several. Use the command, and say whom it is about.");
    incident.about.tenancy.as_ref().ok_or_else(nobody)
}

/// What goes dark, whole, in as many words as there is room for: a name that is cut off could be another's.
fn dark(host: &str, tenant: &TenantId) -> String {
    let words = [format!("{host} goes dark. Why?"), format!("{host} goes dark"), format!("{tenant} goes dark. Why?")];
    words.into_iter().find(|words| words.chars().count() <= LABEL_MAX).unwrap_or_default()
}

fn about(at: &Tenancy) -> BTreeMap<String, String> {
    let pairs = [("tenant", at.tenant.to_string()), ("environment", at.environment.to_string())];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Why a command is used, where the rule says nothing.
fn reason(incident: &Incident, command: &str) -> String {
    let proposal = incident.proposal.as_ref().filter(|proposal| proposal.command.as_deref() == Some(command));
    let said = proposal.and_then(|proposal| proposal.with.get(REASON)).cloned();
    said.unwrap_or_else(|| format!("incident {}", incident.id))
}

fn closed(incident: &Incident) -> Refusal {
    let by = incident.closed.as_ref().map(|(by, _)| card::text::plain(&by.to_string())).unwrap_or_default();
    Refusal(format!("Incident `{}` was closed by {by} already.", incident.id))
}

fn on(at: &Tenancy) -> OperationFilter {
    OperationFilter { tenant: Some(at.tenant.clone()), environment: Some(at.environment), ..OperationFilter::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_dark_is_never_cut_off() {
        let tenant: TenantId = "acme".parse().expect("an id");
        for (length, said) in
            [(15, "goes dark. Why?"), (16, "goes dark"), (21, "goes dark"), (22, "acme goes dark. Why?")]
        {
            let host = format!("{}.wp.kimmyai.io", "s".repeat(length));
            let label = dark(&host, &tenant);
            assert!(label.ends_with(said) && label.chars().count() <= LABEL_MAX, "{label}");
        }
        let longest: TenantId = "a".repeat(24).parse().expect("an id");
        assert_eq!(dark(&"s".repeat(80), &longest), format!("{longest} goes dark. Why?"));
    }
}
