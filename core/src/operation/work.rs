//! Which steps are to be worked on: the lanes of an operation.
//!
//! The steps of one tenant follow one another: they are its lane. A bulk operation has several. The first goes alone and must
//! come out clean; then a few go at a time.

use time::OffsetDateTime;

use super::{Operation, Progress, State, StepState};
use crate::tenant::{Tenancy, TenantId};

/// How many lanes are worked on at a time.
pub(super) const LANES: usize = 3;

impl Operation {
    /// The first step of the tenant's lane that is not over.
    pub fn current_of(&self, tenant: &TenantId) -> Option<usize> {
        (0..self.steps.len()).find(|&step| !self.steps[step].over() && self.plan.lane(step) == tenant)
    }

    /// The first step that is not over, of all lanes.
    pub fn current_step(&self) -> Option<usize> {
        self.steps.iter().position(|step| !step.over())
    }

    /// Whether every step of the tenant's lane is over.
    pub fn lane_over(&self, tenant: &TenantId) -> bool {
        self.current_of(tenant).is_none()
    }

    /// The steps that are worked on now, or wait for their next attempt: one in each lane that goes. While the operation
    /// holds, only what was under way in another lane is brought to its end.
    pub fn going(&self) -> Vec<usize> {
        match self.state {
            State::Running => self.open_lanes(),
            State::Holding => self.steps_that_run().collect(),
            _ => Vec::new(),
        }
    }

    fn open_lanes(&self) -> Vec<usize> {
        let mut open = self.plan.lanes().filter_map(|tenant| Some((tenant, self.current_of(tenant)?)));
        let Some((first, step)) = open.next() else { return Vec::new() };
        let pilot = self.plan.lanes().find(|tenant| !self.off.contains(*tenant));
        if pilot == Some(first) {
            return vec![step];
        }
        std::iter::once(step).chain(open.map(|(_, step)| step)).take(LANES).collect()
    }

    fn steps_that_run(&self) -> impl Iterator<Item = usize> {
        (0..self.steps.len()).filter(|&step| self.steps[step].state == StepState::Running)
    }

    /// Whether a step is under way, or was when the process ended.
    pub fn busy(&self) -> bool {
        self.steps_that_run().next().is_some()
    }

    /// Of the steps that go, those that are due.
    pub fn due(&self, now: OffsetDateTime) -> Vec<usize> {
        self.going().into_iter().filter(|&step| self.steps[step].retry_at.is_none_or(|at| at <= now)).collect()
    }

    /// When the next of the steps that go is due.
    pub fn due_at(&self) -> Option<OffsetDateTime> {
        self.going().into_iter().filter_map(|step| self.steps[step].retry_at).min()
    }

    /// Whether a step has begun that cannot be taken back.
    pub fn committed(&self) -> bool {
        self.plan.steps.iter().zip(&self.steps).any(|(planned, step)| planned.commits && step.started.is_some())
    }

    /// Whether an emergency of a tenant in an environment may end this where it stands. Not another emergency; and not what takes
    /// that very site down already: stopped half-way, it would only be slower.
    pub fn yields_at(&self, tenancy: &Tenancy) -> bool {
        let begun = self.plan.steps.iter().zip(&self.steps).any(|(planned, step)| {
            let there = self.plan.sites.get(planned.site).is_some_and(|site| site.tenancy == *tenancy);
            there && planned.commits && step.started.is_some()
        });
        self.state.open() && !self.plan.policy.at_once && !(self.plan.purpose.deletes() && begun)
    }

    /// Whether every step at a site is over.
    pub fn site_over(&self, site: usize) -> bool {
        self.plan.steps.iter().zip(&self.steps).all(|(planned, step)| planned.site != site || step.over())
    }

    /// The step that unwinding undoes next: the last that created something.
    pub fn next_to_unwind(&self) -> Option<usize> {
        self.steps.iter().rposition(Progress::to_unwind)
    }
}
