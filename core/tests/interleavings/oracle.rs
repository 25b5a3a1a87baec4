//! What the playbook allows (1.1 to 1.3, 2.2, 2.3), worked out by trying everything. It shares no code with what it watches:
//! neither the policy nor the fold nor the catalogue has a say here.

use std::collections::{BTreeMap, BTreeSet};

use landlord_core::event::{Event, Recorded};
use landlord_core::plan::{Engagement, OperationId, Plan, Purpose, Reason};
use landlord_core::role::{Person, Role};
use landlord_core::tenant::{Environment, Tenancy, TenantId};
use time::{Duration, OffsetDateTime};

use crate::action::Case;
use crate::truth::Truth;

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Illegal(pub(crate) String);

/// How long a request waits for its approvals (playbook 1.3).
pub(crate) const PATIENCE: Duration = Duration::hours(24);

/// People with their roles, by their ids.
type People = BTreeMap<String, BTreeSet<Role>>;

/// What has become of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It has not begun.
    Before,
    /// It runs, or has run.
    Begun,
    /// It ended before it began.
    Unrun,
    /// It has ended after it began.
    Over,
}

/// What the oracle knows of an operation: what the log has said so far.
#[derive(Debug, Clone)]
pub(crate) struct Docket {
    operation: OperationId,
    /// Which tenants it is about, and where.
    sites: Vec<Tenancy>,
    /// What it is.
    pub(crate) case: Case,
    requester: String,
    /// Who shut down what this would reopen: by their ids.
    barred: BTreeSet<String>,
    /// Whether it came to what it was for.
    done: bool,
    /// Who must say yes.
    approve: Vec<Role>,
    /// How long the owner must have known.
    notice: Duration,
    pub(crate) card: Option<String>,
    /// The votes as the log has them.
    pub(crate) votes: People,
    /// Since when it waits for approvals; none while those of an operation in its notice suffice.
    pub(crate) since: Option<OffsetDateTime>,
    /// When the notice was given.
    pub(crate) given: Option<OffsetDateTime>,
    off: BTreeSet<TenantId>,
    pub(crate) held: bool,
    pub(crate) phase: Phase,
    pub(crate) seq: u64,
}

impl Docket {
    /// A request was filed.
    pub(crate) fn open(filed: &Recorded) -> Result<Self, Illegal> {
        let Event::Filed { plan, requester, .. } = &filed.event else {
            return Err(Illegal("a log begins with something else than its filing".into()));
        };
        Ok(Self {
            approve: approvers(plan),
            notice: notice(plan),
            operation: plan.operation.clone(),
            sites: plan.sites.iter().map(|site| site.tenancy.clone()).collect(),
            case: case(plan),
            requester: requester.id.clone(),
            barred: BTreeSet::new(),
            done: false,
            card: None,
            votes: People::new(),
            since: Some(filed.at),
            given: None,
            off: BTreeSet::new(),
            held: false,
            phase: Phase::Before,
            seq: filed.seq,
        })
    }

    /// Whoever shut a tenant down has no say in its reopening. `earlier` is what was filed before, the latest first.
    pub(crate) fn bar<'a>(&mut self, earlier: impl Iterator<Item = &'a Self>) -> Result<(), Illegal> {
        if self.case != Case::Reopening {
            return Ok(());
        }
        let since = earlier.take_while(|other| other.case != Case::Reopening || !other.done);
        let shut = since.filter(|other| other.case == Case::Shutdown && other.sites == self.sites);
        self.barred = shut.filter(|other| other.phase != Phase::Before).map(|other| other.requester.clone()).collect();
        if self.barred.is_empty() || self.barred.contains(&self.requester) {
            return self.illegal("who shut it down asks for its reopening, or nobody has shut it down");
        }
        Ok(())
    }

    /// One more event. `moments` is all that was so while it came about: where it must be allowed, one of them allows it.
    pub(crate) fn hear(&mut self, recorded: &Recorded, moments: &[Truth]) -> Result<(), Illegal> {
        let at = recorded.at;
        self.seq = recorded.seq;
        match &recorded.event {
            Event::CardPosted { card } => self.card = Some(card.message.clone()),
            Event::VoteCast { member } => {
                self.votes.insert(member.person.id.clone(), member.roles.clone());
            }
            Event::VoteWithdrawn { person } => {
                self.votes.remove(&person.id);
            }
            Event::RolesRead { members } => {
                for member in members {
                    self.votes.entry(member.person.id.clone()).and_modify(|roles| roles.clone_from(&member.roles));
                }
            }
            Event::NoticeGiven { until, .. } => self.may_give_notice(at, *until, moments)?,
            Event::Started { approvals, .. } => self.may_start(at, approvals, moments)?,
            Event::StepStarted { .. } if self.phase != Phase::Begun => {
                return self.illegal("a step begins in what does not run");
            }
            Event::TakenOff { tenant, .. } => {
                self.off.insert(tenant.clone());
            }
            Event::Held { .. } => self.held = true,
            Event::Retried { .. }
            | Event::Forced { .. }
            | Event::Skipped { .. }
            | Event::UnwindOrdered { .. }
            | Event::OwnerTold { person: Some(_), .. } => self.held = false,
            Event::Expired
            | Event::Rejected { .. }
            | Event::Cancelled { .. }
            | Event::Overruled { .. }
            | Event::Abandoned { .. } => self.end(),
            Event::Succeeded | Event::Unwound => {
                self.phase = Phase::Over;
                self.done = recorded.event == Event::Succeeded;
            }
            _ => {}
        }
        self.count_the_days(at);
        Ok(())
    }

    fn end(&mut self) {
        self.held = false;
        self.phase = if self.phase == Phase::Before { Phase::Unrun } else { Phase::Over };
    }

    /// During the notice it waits for approvals only while they do not suffice; a vote that comes after the time is too late.
    fn count_the_days(&mut self, at: OffsetDateTime) {
        if self.phase != Phase::Before || self.given.is_none() {
            return;
        }
        match self.since {
            Some(since) if self.suffices(&self.votes) && at < since + PATIENCE => self.since = None,
            None if !self.suffices(&self.votes) => self.since = Some(at),
            _ => {}
        }
    }

    fn may_give_notice(&mut self, at: OffsetDateTime, until: OffsetDateTime, moments: &[Truth]) -> Result<(), Illegal> {
        if self.phase != Phase::Before || self.given.is_some() {
            return self.illegal("notice is given twice, or of what has begun or ended");
        }
        if until < at + self.notice {
            return self.illegal("the notice is shorter than it must be");
        }
        self.in_time(at)?;
        if !self.suffices(&self.votes) || !moments.iter().any(|moment| self.allowed(moment)) {
            return self.illegal("notice is given of what is not approved");
        }
        self.given = Some(at);
        self.since = None;
        Ok(())
    }

    fn may_start(
        &mut self,
        at: OffsetDateTime,
        approvals: &[(Role, Person)],
        moments: &[Truth],
    ) -> Result<(), Illegal> {
        if self.phase != Phase::Before {
            return self.illegal("it starts although it has begun or ended");
        }
        if self.case == Case::Shutdown {
            // An emergency waits for nobody, not even for its card.
            self.phase = Phase::Begun;
            return Ok(());
        }
        self.in_time(at)?;
        if self.notice > Duration::ZERO && self.given.is_none_or(|given| at < given + self.notice) {
            return self.illegal("it starts before the notice is over");
        }
        if !self.suffices(&self.votes) {
            return self.illegal("it starts although the votes in the log do not suffice");
        }
        let allowed: Vec<&Truth> = moments.iter().filter(|moment| self.allowed(moment)).collect();
        if allowed.is_empty() {
            return self.illegal("it starts although what stands under its card does not suffice");
        }
        self.counted_rightly(approvals, &allowed)?;
        self.phase = Phase::Begun;
        Ok(())
    }

    fn in_time(&self, at: OffsetDateTime) -> Result<(), Illegal> {
        match self.since {
            Some(since) if at >= since + PATIENCE => self.illegal("it goes on although its time was over"),
            _ => Ok(()),
        }
    }

    /// Who the start says counted: each role once, nobody twice, not the requester, and each by a reaction that stands.
    fn counted_rightly(&self, approvals: &[(Role, Person)], moments: &[&Truth]) -> Result<(), Illegal> {
        let sorted = |mut roles: Vec<Role>| {
            roles.sort();
            roles
        };
        if sorted(approvals.iter().map(|(role, _)| *role).collect()) != sorted(self.approve.clone()) {
            return self.illegal("not the roles that must approve have approved");
        }
        let people: BTreeSet<&str> = approvals.iter().map(|(_, person)| person.id.as_str()).collect();
        if people.len() < approvals.len() {
            return self.illegal("somebody counts twice");
        }
        if people.contains(self.requester.as_str()) {
            return self.illegal("the requester counts");
        }
        if self.barred.iter().any(|barred| people.contains(barred.as_str())) {
            return self.illegal("who shut it down counts");
        }
        let holds = |people: &People, role: &Role, person: &Person| {
            people.get(&person.id).is_some_and(|roles| roles.contains(role))
        };
        let Some(card) = &self.card else { return self.illegal("it starts without a card") };
        let stands = |moment: &&Truth| {
            let yes = moment.reactions(card, true);
            approvals.iter().all(|(role, person)| holds(&yes, role, person))
        };
        if !moments.iter().any(stands) {
            return self.illegal("a vote counts that does not stand, or whose voter does not hold the role");
        }
        if !approvals.iter().all(|(role, person)| holds(&self.votes, role, person)) {
            return self.illegal("a vote counts that the log does not have");
        }
        Ok(())
    }

    /// Whether what stands under the card now is enough, and nobody who may says no.
    pub(crate) fn allowed(&self, now: &Truth) -> bool {
        let Some(card) = &self.card else { return false };
        let may_stop = |(id, roles): (&String, &BTreeSet<Role>)| {
            *id == self.requester
                || roles.contains(&Role::DevopsLead)
                || self.approve.iter().any(|role| roles.contains(role))
        };
        self.suffices(&now.reactions(card, true)) && !now.reactions(card, false).iter().any(may_stop)
    }

    /// Whether the people can fill the roles, the requester aside: every way to seat them is tried.
    fn suffices(&self, people: &People) -> bool {
        fn seats(roles: &[Role], people: &[&BTreeSet<Role>]) -> bool {
            let Some((role, others)) = roles.split_first() else { return true };
            (0..people.len()).any(|place| {
                let mut left = people.to_vec();
                left.remove(place).contains(role) && seats(others, &left)
            })
        }
        let counts = |id: &String| *id != self.requester && !self.barred.contains(id);
        let others: Vec<_> = people.iter().filter(|(id, _)| counts(id)).map(|(_, roles)| roles).collect();
        seats(&self.approve, &others)
    }

    /// Whether it would have to go on now if everything is as it is in the log.
    pub(crate) fn is_due(&self, now: OffsetDateTime) -> bool {
        let in_time = self.since.is_none_or(|since| now < since + PATIENCE);
        let in_notice = self.given.is_some_and(|given| now < given + self.notice);
        self.phase == Phase::Before && !self.held && in_time && !in_notice
    }

    /// Whether a change of a tenant in an environment may come of it.
    pub(crate) fn covers(&self, environment: Environment, tenant: &str) -> bool {
        let begun = matches!(self.phase, Phase::Begun | Phase::Over);
        let here = |site: &&Tenancy| site.environment == environment && site.tenant.as_str() == tenant;
        begun && self.sites.iter().find(here).is_some_and(|site| !self.off.contains(&site.tenant))
    }

    fn illegal(&self, why: &str) -> Result<(), Illegal> {
        Err(Illegal(format!("{}: event {}: {why}: {self:?}", self.operation, self.seq)))
    }
}

/// What a plan is.
fn case(plan: &Plan) -> Case {
    let prod = plan.sites.iter().any(|site| site.tenancy.environment == Environment::Prod);
    match plan.purpose {
        Purpose::Provision if prod => Case::Prod,
        Purpose::Provision => Case::Sit,
        Purpose::Delete => Case::Deletion,
        Purpose::Shutdown => Case::Shutdown,
        Purpose::Reopen => Case::Reopening,
        Purpose::BulkDelete => Case::Bulk,
        purpose => panic!("no story asks for a {purpose:?}"),
    }
}

/// Who must say yes (playbook 1.1 to 1.3, 2.3).
fn approvers(plan: &Plan) -> Vec<Role> {
    let places: BTreeSet<Environment> = plan.sites.iter().map(|site| site.tenancy.environment).collect();
    let sit = places.contains(&Environment::Sit);
    let prod = places.contains(&Environment::Prod);
    match plan.purpose {
        Purpose::Provision if prod => vec![Role::DevopsLead, Role::ProductOwner],
        Purpose::Delete if sit && prod => vec![Role::TeamLead, Role::DevopsLead],
        Purpose::Delete if prod => vec![Role::DevopsLead],
        Purpose::Provision | Purpose::Delete if sit => vec![Role::TeamLead],
        Purpose::Provision | Purpose::Delete | Purpose::Shutdown => Vec::new(),
        Purpose::BulkDelete | Purpose::Reopen => vec![Role::DevopsLead],
        purpose => panic!("no story asks for a {purpose:?}"),
    }
}

/// How long the owner must have known (playbook 1.2, 2.2).
fn notice(plan: &Plan) -> Duration {
    let pocs = plan.tenants.iter().all(|details| details.engagement == Engagement::Poc);
    match plan.deletion.as_ref().map(|deletion| deletion.reason) {
        None | Some(Reason::Poc) => Duration::ZERO,
        Some(_) if plan.purpose == Purpose::BulkDelete && pocs => Duration::ZERO,
        Some(Reason::Cancellation) => Duration::days(7),
        Some(_) => Duration::DAY,
    }
}
