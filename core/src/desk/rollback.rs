//! Which revision a site goes back to: the one that was named, or one that is chosen from a menu (playbook 4.2).

use std::collections::BTreeSet;

use super::change::Found;
use super::complete::Choice;
use super::{Desk, Invocation, Refusal, Reply, allowed};
use crate::card::{self, Card};
use crate::operation::State;
use crate::ports::{OperationFilter, Revision, Subject};
use crate::role::Member;
use crate::steps::STABLE;
use crate::tenant::Tenancy;

/// How many of the newest operations of a site are asked about what came up.
const REMEMBERED: u32 = 10;

impl Desk {
    /// The revision of that number, which must be active and not the one that runs.
    pub(super) async fn revision_to(&self, number: u32, subject: &Subject, found: &Found) -> Result<Revision, Refusal> {
        let place = subject.tenancy.environment.title();
        let tenant = &subject.tenancy.tenant;
        let newest = found.revisions.iter().map(|revision| revision.number).max().unwrap_or_default();
        let why = match found.revisions.iter().find(|revision| revision.number == number) {
            Some(revision) if revision.runs => format!("Revision {number} is what `{tenant}` runs in {place} already."),
            Some(revision) => return Ok(revision.clone()),
            None if number == 0 || number > newest => {
                format!("`{tenant}` never had a revision {number} in {place}.")
            }
            None => format!(
                "Revision {number} of `{tenant}` in {place} cannot be deployed: it is deregistered, or older than the newest {}.",
                found.revisions.len()
            ),
        };
        let stable = self.last_stable(&subject.tenancy, &found.revisions).await?;
        Err(Refusal(format!("{why} There is:\n{}", card::revisions(&found.revisions, stable))))
    }

    /// The menu of the revisions. What was asked for is kept until one is chosen.
    pub(super) async fn offer_revisions(
        &self,
        invocation: &Invocation,
        subject: &Subject,
        found: &Found,
    ) -> Result<Card, Refusal> {
        if found.revisions.iter().all(|revision| revision.runs) {
            return Err(Refusal(format!(
                "`{}` has one revision in {}, and it runs: there is none to go back to.",
                subject.tenancy.tenant,
                subject.tenancy.environment.title()
            )));
        }
        let stable = self.last_stable(&subject.tenancy, &found.revisions).await?;
        let (id, _) = self.asked.keep(invocation.clone(), &*self.clock);
        Ok(card::revision_menu(&subject.tenancy, &found.revisions, stable, &id))
    }

    /// One was chosen: files the request with it.
    pub(super) async fn chosen(&self, rest: &str, member: &Member) -> Result<Reply, Refusal> {
        let gone = || Refusal::new("This menu has lapsed, and nothing was done. Use the command again.");
        let (id, number) = rest.split_once(':').ok_or_else(gone)?;
        let asked = self.asked.find(id, &*self.clock).ok_or_else(gone)?;
        if asked.member.person.id != member.person.id {
            return Err(Refusal::new("Somebody else asked for this menu. Use the command yourself."));
        }
        let mut invocation = Invocation { member: member.clone(), ..Invocation::clone(&asked) };
        invocation.options.insert("revision".to_owned(), number.to_owned());
        let (command, spec) = self.catalogue.operation(&invocation.command).ok_or_else(gone)?;
        allowed(member, &command.who)?;
        let filed = self.change(command, spec, &invocation).await?;
        self.asked.forget(id);
        Ok(Reply::Update(filed))
    }

    /// The newest revision besides the one that runs of which it is known that it came up: by the provider, or by the log.
    async fn last_stable(&self, tenancy: &Tenancy, revisions: &[Revision]) -> Result<Option<u32>, Refusal> {
        let logged = self.came_up(tenancy).await?;
        let came_up = |revision: &&Revision| !revision.runs && (revision.proven || logged.contains(&revision.number));
        Ok(revisions.iter().filter(came_up).map(|revision| revision.number).max())
    }

    /// The revisions that operations of the log have seen come up.
    async fn came_up(&self, tenancy: &Tenancy) -> Result<BTreeSet<u32>, Refusal> {
        let done = OperationFilter {
            tenant: Some(tenancy.tenant.clone()),
            environment: Some(tenancy.environment),
            state: Some(State::Succeeded),
            open: false,
        };
        let listing = self.ledger.store().operations(&done, 0, REMEMBERED).await?;
        let mut numbers = BTreeSet::new();
        for id in listing.rows {
            let operation = self.ledger.get(&id).await?;
            let proofs = operation.steps.iter().flat_map(|step| &step.proofs);
            numbers.extend(
                proofs.filter(|proof| proof.item == STABLE).filter_map(|proof| proof.proof.parse::<u32>().ok()),
            );
        }
        Ok(numbers)
    }

    /// What could stand in a command's `revision`: those that do not run, of the tenant and environment that are given.
    pub(super) async fn complete_revision(&self, invocation: &Invocation, typed: &str) -> Vec<Choice> {
        let Some(subject) = self.given_subject(invocation).await else { return Vec::new() };
        let Ok(revisions) = self.workload.revisions(&subject).await else { return Vec::new() };
        let Ok(stable) = self.last_stable(&subject.tenancy, &revisions).await else { return Vec::new() };
        let offered = revisions.iter().filter(|revision| !revision.runs);
        offered
            .map(|revision| Choice {
                label: card::revision_label(revision, stable),
                value: revision.number.to_string(),
            })
            .filter(|choice| choice.value.starts_with(typed.trim()))
            .collect()
    }

    async fn given_subject(&self, invocation: &Invocation) -> Option<Subject> {
        let given = |name: &str| invocation.options.get(name).map(String::as_str);
        let tenancy = Tenancy::new(given("tenant")?.parse().ok()?, given("environment")?.parse().ok()?);
        let tenant = self.ledger.store().tenant(&tenancy.tenant).await.ok()??;
        tenant.standing(tenancy.environment)?;
        Some(Subject { tenancy, subdomain: tenant.details.subdomain })
    }
}
