//! What is decided about incidents: by people, with the buttons of their cards, and by the rule of an alert.

use std::collections::BTreeMap;
use std::time::Duration;

use time::OffsetDateTime;

use super::{Desk, Invocation, Refusal, Reply, allowed, incident_record};
use crate::card::{self, Card, Form, Input, Tone};
use crate::incident::{BookError, Event, Incident, IncidentId, State};
use crate::plan::OperationId;
use crate::ports::StoreError;
use crate::role::{Member, Person};
use crate::tenant::{Environment, Tenancy};

/// How long a silence lasts.
const SILENCE: time::Duration = time::Duration::HOUR;
/// A form is good for as long as Discord's token for the press is: 15 minutes.
const GOOD_FOR: Duration = Duration::from_mins(15);
/// Under which name a form hands in why.
const REASON: &str = "reason";
/// In whose name a rule acts.
const RULE: &str = "landlord";
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
                let (member, channel) = (member.clone(), channel.to_owned());
                let invocation = Invocation { command, options, member, channel };
                let reply =
                    self.serve(self.catalogue.command(&invocation.command).ok_or_else(gone)?, &invocation).await?;
                // Only what was done is written; what was answered is answered, written or not.
                if let Err(error) = self.decided(&incident.id, Some(person), &invocation.command, None).await {
                    tracing::warn!(incident = %incident.id, %error, "a decision about incident {} is not written", incident.id);
                }
                Ok(reply)
            }
        }
    }

    /// The incident, where its alert still fires: what is over is not acted on by a press that came late.
    async fn firing(&self, id: &IncidentId) -> Result<Incident, Refusal> {
        let incident = self.book.get(id).await?;
        match incident.state {
            State::Firing => Ok(incident),
            State::Recovered | State::Over => {
                Err(Refusal::new("It has recovered, so nothing was done. To act nevertheless, use the command."))
            }
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
                Ok(Card::note(Tone::Good, "Acknowledged", "Everybody sees that you have taken it."))
            }
            Some(person) => Err(Refusal(format!("{} has taken it already.", card::text::plain(&person.to_string())))),
            None => Err(Refusal::new("It fires no longer.")),
        }
    }

    async fn silence(&self, id: &IncidentId, by: Person) -> Result<Card, Refusal> {
        let now = self.clock.now();
        let until = now + SILENCE;
        let event = Event::Silenced { by, until };
        let after = self.book.record(id, |one| (!one.is_silent(now) && one.state.open()).then_some(event)).await?;
        let until = after.silenced.ok_or_else(|| Refusal::new("It fires no longer."))?.unix_timestamp();
        let words = format!("Its thread is quiet until <t:{until}:t>. Whoever is still to be told is told then.");
        Ok(Card::note(Tone::Good, "Silenced", words))
    }

    /// Asks why, before a tenant is cut off; of PROD it says what goes dark.
    async fn ask_for_reason(&self, incident: &Incident) -> Result<Reply, Refusal> {
        let at = tenancy(incident)?;
        let host = self.host(at).await?.unwrap_or_else(|| at.tenant.to_string());
        let prod = at.environment == Environment::Prod;
        let (label, placeholder) = why(&host, prod);
        let opened = self.clock.now().unix_timestamp();
        let form = Form {
            id: format!("incident:shut:{}:{opened}", incident.id),
            title: format!("Shut {} down in {}", at.tenant, at.environment.title()),
            inputs: vec![Input { id: REASON.into(), label, placeholder, min: 1, max: 200, multiline: false }],
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
                let with = BTreeMap::from([(REASON.to_owned(), written(REASON))]);
                let (filed, operation) = self.shut_for(&incident, member.clone(), with, channel).await?;
                self.decided(&id, Some(member.person.clone()), SHUTDOWN, operation).await?;
                Ok(filed)
            }
            "close" => {
                allowed(member, self.who("incident close")?)?;
                self.close(&id, member.person.clone(), written(incident_record::SUMMARY)).await
            }
            _ => Err(older()),
        }
    }

    /// Cuts off the tenant of an incident for somebody, as the command does it. Answers what they are told, and the operation.
    async fn shut_for(
        &self,
        incident: &Incident,
        member: Member,
        with: BTreeMap<String, String>,
        channel: &str,
    ) -> Result<(Card, Option<OperationId>), Refusal> {
        let (command, spec) = self.catalogue.operation(SHUTDOWN).ok_or_else(gone)?;
        allowed(&member, &command.who)?;
        let at = tenancy(incident)?;
        let options = about(at).into_iter().chain(with).collect();
        let invocation = Invocation { command: SHUTDOWN.to_owned(), options, member, channel: channel.to_owned() };
        let filed = self.shut_down(command, spec, &invocation).await?;
        Ok((filed, self.last_on(at).await?))
    }

    /// The rule of an incident does by itself what it proposes. Writes why where that is not possible; an error is trouble that
    /// may pass, and then nothing is written about it.
    pub async fn by_rule(&self, incident: &Incident) -> Result<(), BookError> {
        let Some(proposal) = incident.proposal.as_ref().filter(|proposal| proposal.automatic) else { return Ok(()) };
        let done = async {
            if proposal.command.as_deref() != Some(SHUTDOWN) || tenancy(incident)?.environment == Environment::Prod {
                return Err(Refusal::new("Only a shutdown in DEV and SIT may be automatic."));
            }
            let (command, _) = self.catalogue.operation(SHUTDOWN).ok_or_else(gone)?;
            let rule = Person { id: RULE.into(), name: RULE.into() };
            let member = Member { person: rule, roles: command.who.roles().iter().copied().collect() };
            self.shut_for(incident, member, proposal.with.clone(), &incident.channel).await
        };
        let refused = match done.await {
            Ok((_, operation)) => return self.decided(&incident.id, None, SHUTDOWN, operation).await,
            Err(refusal) => refusal,
        };
        // It may have been filed by a process that ended before it was written here.
        if let Some(operation) = self.filed_by_rule(incident).await? {
            return self.decided(&incident.id, None, SHUTDOWN, Some(operation)).await;
        }
        let event = Event::Refused { command: SHUTDOWN.to_owned(), why: refused.0 };
        let undecided = |one: &Incident| one.decisions.is_empty() && one.state.open();
        self.book.record(&incident.id, |one| undecided(one).then_some(event)).await.map(drop)
    }

    /// The operation that the rule of the incident has filed, if it is the newest on the tenant.
    async fn filed_by_rule(&self, incident: &Incident) -> Result<Option<OperationId>, BookError> {
        let Some(at) = &incident.about.tenancy else { return Ok(None) };
        let Some(id) = self.last_on(at).await? else { return Ok(None) };
        let filed = self.ledger.get(&id).await.ok();
        let by_rule = filed.filter(|one| one.requester.id == RULE && one.filed_at >= incident.opened);
        Ok(by_rule.map(|one| one.id))
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
    async fn last_on(&self, at: &Tenancy) -> Result<Option<OperationId>, StoreError> {
        Ok(self.ledger.store().operations(&incident_record::on(at), 0, 1).await?.rows.pop())
    }
}

/// How it is asked why a site is cut off, and what stands there until an answer is written.
fn why(host: &str, prod: bool) -> (String, String) {
    if !prod {
        return ("Why?".to_owned(), format!("https://{host} is cut off"));
    }
    // A name that is cut off could be another's: a host that is too long stands where the answer is written, whole.
    let words = [format!("{host} goes dark. Why?"), format!("{host} goes dark")];
    words.into_iter().find(|words| words.chars().count() <= card::QUESTION_MAX).map_or_else(
        || ("This goes dark for everybody. Why?".to_owned(), format!("https://{host}")),
        |words| (words, "Cut off at once; its logs are kept".to_owned()),
    )
}

fn gone() -> Refusal {
    Refusal::new("There is no such command any more.")
}

fn tenancy(incident: &Incident) -> Result<&Tenancy, Refusal> {
    let nobody = || Refusal::new("The alert names no tenant, or several. Use the command, and say whom it is about.");
    incident.about.tenancy.as_ref().ok_or_else(nobody)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_prod_the_whole_host_is_told_however_long_it_is() {
        let short = why("golden.wp.kimmyai.io", true);
        assert_eq!(short.0, "golden.wp.kimmyai.io goes dark. Why?");
        let host = format!("{}.wp.kimmyai.io", "g".repeat(63));
        let (label, placeholder) = why(&host, true);
        assert!(label.contains("goes dark") && label.len() <= card::QUESTION_MAX, "{label}");
        assert!(placeholder.contains(&host) && placeholder.len() <= 100, "{placeholder}");
        assert!(!why("golden.wpdev.kimmyai.io", false).0.contains("dark"));
    }
}
