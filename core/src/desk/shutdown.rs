//! From an order to cut a tenant off to an operation that runs (playbook 4.1). Nothing is asked that it does not need, and trouble
//! that may pass is waited out for a moment: a person in an emergency does not ask twice.

use std::time::Duration;

use futures::future::{join3, try_join};

use super::planner::filing;
use super::request::{self, ChangeRequest};
use super::survey::unreachable;
use super::{Desk, Invocation, Refusal, draft};
use crate::card::{self, Card};
use crate::engine::BACKOFF;
use crate::ledger::LedgerError;
use crate::operation::Operation;
use crate::plan::{Before, Change, Emergency, OperationId, Plan, Purpose, Site};
use crate::policy::Policy;
use crate::ports::{CloudError, Rule, Standing, StoreError, Subject, Tenant};
use crate::spec::{ChangeSpec, Command, OperationSpec};
use crate::tenant::{Environment, Tenancy, TenantId};

/// How often the cloud is asked again for what the plan must have.
const ASKS: usize = 3;

/// How long it is waited for what the plan would only like to have.
const MOMENT: Duration = Duration::from_millis(800);

/// How often another operation may slip in between before it is given up.
const TURNS: usize = 4;

impl Desk {
    /// `/tenant shutdown`.
    pub(super) async fn shut_down(
        &self,
        command: &Command,
        spec: &OperationSpec,
        invocation: &Invocation,
    ) -> Result<Card, Refusal> {
        let unsaid = || Refusal::new("The catalogue does not say how this is done.");
        let wanted = spec.change.as_ref().ok_or_else(unsaid)?;
        let request = request::change(command, invocation)?;
        let reason = reason(&request)?;
        let environment = request.environment;
        let demands = draft::demands(spec, environment)?;
        let (tenant, standing) = self.standing_of(&request).await?;
        let tenancy = Tenancy::new(request.tenant.clone(), environment);
        let ground = self.ground(environment)?;
        let subject = Subject { tenancy: tenancy.clone(), subdomain: tenant.details.subdomain.clone() };
        let account = self.insist(|| self.cloud.account(environment));
        let seen = self.seen_at_work(&subject, standing);
        let asked = try_join(account, seen).await;
        let (account, mut before) = asked.map_err(|error| unreachable(environment, &error))?;
        let account = self.sealed_by(environment, ground, account)?;
        self.something_to_cut(&tenancy, &before).await?;
        if standing == Standing::Shut
            && let Some(earlier) = self.shut_by(&tenancy).await?
        {
            before = with_what_was_cut(before, &earlier.before);
        }
        let site = Site::of(tenancy, tenant.details.subdomain.clone(), &ground.domain, account);
        let policy = Policy { at_once: wanted.at_once, ..demands.policy.clone() };
        let change = self.cutting(wanted, invocation, reason, before);
        let plan = draft::changing(command, spec, policy, tenant.details, site, change);
        self.file_emergency(plan, spec, invocation, request).await
    }

    /// The tenant, and how it stands where it is to be cut off. One that stands and is not known cannot be planned for.
    async fn standing_of(&self, request: &ChangeRequest) -> Result<(Tenant, Standing), Refusal> {
        let ChangeRequest { tenant: id, environment, .. } = request;
        let known = self.ledger.store().tenant(id).await?;
        let standing = known.as_ref().and_then(|tenant| tenant.standing(*environment));
        if let (Some(tenant), Some(standing)) = (known, standing) {
            return Ok((tenant, standing));
        }
        if self.stands_unknown(id, *environment).await {
            return Err(Refusal(format!(
                "`{id}` stands in {place}, and the registry does not know it there. `/tenant adopt` takes it in; then it can be shut \
                 down. Until then scale `{service}` to 0 at the console (playbook 4.1).",
                place = environment.title(),
                service = Tenancy::new(id.clone(), *environment).name(crate::kind::Kind::Service)
            )));
        }
        self.known(id).await?;
        Err(Refusal(format!("`{id}` does not stand in {}. `/tenant show` shows where it does.", environment.title())))
    }

    /// Whether a service bears the tenant's name there.
    async fn stands_unknown(&self, id: &TenantId, environment: Environment) -> bool {
        let Ok(subdomain) = id.as_str().parse() else { return false };
        let subject = Subject { tenancy: Tenancy::new(id.clone(), environment), subdomain };
        matches!(self.workload.tasks(&subject).await, Ok(Some(_)))
    }

    /// What is there, as far as it must be known to put it back; the rest as far as it is quickly known.
    async fn seen_at_work(&self, subject: &Subject, standing: Standing) -> Result<Before, CloudError> {
        let must = try_join(self.insist(|| self.workload.tasks(subject)), self.insist(|| self.workload.rules(subject)));
        let may =
            (self.in_a_moment(self.workload.revisions(subject)), self.in_a_moment(self.workload.retention(subject)));
        let (must, revisions, retention) = join3(must, may.0, may.1).await;
        let (tasks, rules) = must?;
        let running = revisions.unwrap_or_default().into_iter().find(|revision| revision.runs);
        Ok(Before {
            standing,
            revision: running.as_ref().map_or(Before::UNKNOWN, |revision| revision.number),
            size: running.and_then(|revision| revision.size),
            desired: tasks.map_or(0, |tasks| tasks.desired),
            rules,
            retention: retention.flatten(),
        })
    }

    /// Asks again while the answer is trouble that may pass.
    async fn insist<T, F>(&self, ask: impl Fn() -> F + Send) -> Result<T, CloudError>
    where
        F: Future<Output = Result<T, CloudError>> + Send,
        T: Send,
    {
        let mut pauses = BACKOFF.into_iter().take(ASKS);
        loop {
            match (ask().await, pauses.next()) {
                (Err(CloudError::Transient(_)), Some(pause)) => {
                    self.clock.sleep_until(self.clock.now() + self.clock.work(pause)).await;
                }
                (answer, _) => return answer,
            }
        }
    }

    /// The answer, if it is there in a moment.
    async fn in_a_moment<T>(&self, answer: impl Future<Output = Result<T, CloudError>>) -> Option<T> {
        tokio::select! {
            biased;
            answer = answer => answer.inspect_err(|error| tracing::warn!(%error, "the plan goes without it")).ok(),
            () = self.clock.sleep_until(self.clock.now() + self.clock.work(MOMENT)) => None,
        }
    }

    /// Refuses where nothing is wanted and nothing leads there, unless something is at work that is about to change that.
    async fn something_to_cut(&self, tenancy: &Tenancy, before: &Before) -> Result<(), Refusal> {
        let leads = !before.rules.is_empty() && before.keeps_rules().is_none();
        if before.desired > 0 || leads {
            return Ok(());
        }
        let Tenancy { tenant, environment } = tenancy;
        match self.at_work_on(tenancy).await? {
            Some(open) if !open.yields_at(tenancy) => return Err(self.unyielding(&open, tenancy)),
            Some(open) if !open.before_run() => return Ok(()),
            _ => {}
        }
        let leads = if before.rules.is_empty() {
            "no rule leads there"
        } else {
            "what leads there cannot be put back, and is left"
        };
        let nothing = format!("No task of `{tenant}` is wanted in {}, and {leads}", environment.title());
        Err(Refusal(match self.shut_by(tenancy).await? {
            Some(earlier) => {
                let operation = self.ledger.get(&earlier.operation).await?;
                let link = self.link_to(&operation);
                format!("{nothing}: operation `{}` has shut it down already{link}", operation.id)
            }
            None => format!("{nothing}, so there is nothing to shut down."),
        }))
    }

    fn cutting(&self, wanted: &ChangeSpec, invocation: &Invocation, reason: String, before: Before) -> Change {
        let emergency =
            Emergency { by: invocation.member.person.clone(), reason, calls: wanted.calls.clone(), over: Vec::new() };
        Change {
            verb: wanted.verb.clone(),
            before,
            revision: None,
            size: None,
            desired: 0,
            usage: Vec::new(),
            reopens: None,
            tells: self.contacts.security.clone(),
            emergency: Some(emergency),
        }
    }

    /// Ends what is in the way and files the plan. Between the two somebody else may be faster: then that is in the way.
    async fn file_emergency(
        &self,
        mut plan: Plan,
        spec: &OperationSpec,
        invocation: &Invocation,
        request: ChangeRequest,
    ) -> Result<Card, Refusal> {
        let tenancy = plan.site().tenancy.clone();
        let id = plan.operation.clone();
        let incidents = self.contacts.incidents.clone().unwrap_or_else(|| invocation.channel.clone());
        let invocation = Invocation { channel: incidents, ..invocation.clone() };
        for _ in 0..TURNS {
            if let Some(open) = self.at_work_on(&tenancy).await? {
                self.overrule(&open, &tenancy, &id, &invocation.member.person).await?;
                plan.change
                    .iter_mut()
                    .filter_map(|change| change.emergency.as_mut())
                    .for_each(|it| it.over.push(open.id.clone()));
            }
            plan = draft::complete(spec, plan)?;
            match self.ledger.file(&id, filing(plan.clone(), &invocation, request.reason.clone())).await {
                Ok(operation) => {
                    self.runner.wake(&id);
                    return Ok(card::filed(&operation));
                }
                Err(LedgerError::Store(StoreError::Locked { .. })) => {}
                Err(error) => return Err(unfiled(&plan, error)),
            }
        }
        Err(Refusal::new("Other operations were filed for it again and again meanwhile. Ask again at once."))
    }

    /// The shutdown that a tenant is under, newest first found: the one whose step that cuts off has begun, since the tenant was
    /// last put back.
    pub(super) async fn shut_by(&self, tenancy: &Tenancy) -> Result<Option<Shut>, Refusal> {
        let mut shut: Option<Shut> = None;
        let done = |operation: &Operation| operation.state == crate::operation::State::Succeeded;
        for page in 0.. {
            let listing = self.ledger.store().operations(&about(tenancy), page, crate::card::PAGE).await?;
            if listing.rows.is_empty() {
                break;
            }
            for id in listing.rows {
                let operation = self.ledger.get(&id).await?;
                match operation.plan.purpose {
                    Purpose::Shutdown if operation.steps.first().is_some_and(|step| step.started.is_some()) => {
                        let Some(before) = operation.plan.change.as_ref().map(|change| change.before.clone()) else {
                            continue;
                        };
                        let person = operation.requester.clone();
                        shut.get_or_insert(Shut { operation: id, before, people: Vec::new() }).people.push(person);
                    }
                    Purpose::Reopen | Purpose::Provision if done(&operation) => return Ok(shut),
                    _ => {}
                }
            }
        }
        Ok(shut)
    }
}

/// That a tenant is shut.
pub(super) struct Shut {
    /// The newest operation that shut it down.
    pub(super) operation: OperationId,
    /// What was there before.
    pub(super) before: Before,
    /// Who shut it down, and who had before.
    pub(super) people: Vec<crate::role::Person>,
}

fn reason(request: &ChangeRequest) -> Result<String, Refusal> {
    let missing = || Refusal::new("`reason`: it is missing. The incident is told by it.");
    request.reason.as_ref().map(ToString::to_string).ok_or_else(missing)
}

fn about(tenancy: &Tenancy) -> crate::ports::OperationFilter {
    crate::ports::OperationFilter {
        tenant: Some(tenancy.tenant.clone()),
        environment: Some(tenancy.environment),
        ..crate::ports::OperationFilter::default()
    }
}

/// What is to be put back after a second shutdown: what the first has cut off, and what has come since.
fn with_what_was_cut(now: Before, earlier: &Before) -> Before {
    let mut rules = earlier.rules.clone();
    let known = |rule: &Rule| earlier.rules.iter().any(|known| known.id == rule.id || known.is_as(rule));
    rules.extend(now.rules.into_iter().filter(|rule| !known(rule)));
    Before { rules, ..earlier.clone() }
}

/// What was ended for an emergency that could not be filed is said: it must be asked for again.
fn unfiled(plan: &Plan, error: LedgerError) -> Refusal {
    let Refusal(why) = error.into();
    let over = plan.change.as_ref().and_then(|change| change.emergency.as_ref()).map(|it| it.over.as_slice());
    match over.unwrap_or_default() {
        [] => Refusal(why),
        ended => {
            let ended: Vec<String> = ended.iter().map(|id| format!("`{id}`")).collect();
            Refusal(format!(
                "{} was ended for this, but the shutdown itself could not be filed: ask again at once. {why}",
                card::text::list(&ended)
            ))
        }
    }
}
