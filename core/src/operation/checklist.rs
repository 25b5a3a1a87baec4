//! How the lines of an operation's checklists come out: seen by the bot, vouched for by people, or neither (playbook 5).
//!
//! Nothing here is decided or remembered: it is read off the plan and the fold.

use time::OffsetDateTime;

use super::{Operation, Progress, State, StepState};
use crate::plan::{Answer, ChecklistItem, When};
use crate::role::Person;

/// How a line of a checklist has come out so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The bot has seen it.
    Verified(Vec<Evidence>),
    /// These vouch for it; nobody does yet, where there are none.
    Attested(Vec<Person>),
    /// Nobody can tell, and this is why.
    Unverifiable(String),
    /// The step that would show it has not come to its end yet.
    Open,
    /// It is not so, or was not looked at: step by step, why.
    NotDone(Vec<(usize, String)>),
    /// This plan has no such step: it was not asked for.
    NotMeant,
}

/// What shows that a line is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The step that showed it, by its place in the plan; none for what was seen when the plan was made.
    pub step: Option<usize>,
    /// What was seen.
    pub note: String,
    /// When.
    pub at: OffsetDateTime,
}

impl Operation {
    /// The lines of one of its checklists in their order, each with how it has come out so far.
    pub fn checklist(&self, when: When) -> impl Iterator<Item = (&ChecklistItem, Finding)> {
        let lines = self.plan.checklist.iter().filter(move |line| line.when == when);
        lines.map(|line| (line, self.finding(line)))
    }

    fn finding(&self, line: &ChecklistItem) -> Finding {
        match &line.answer {
            Answer::Verified(seen) => {
                Finding::Verified(vec![Evidence { step: None, note: seen.clone(), at: self.filed_at }])
            }
            Answer::Attested => Finding::Attested(self.vouching(line.when)),
            Answer::Step(step) => self.shown_by(step, &line.item),
            Answer::Unverifiable(why) => Finding::Unverifiable(why.clone()),
        }
    }

    /// Who vouches: for what is so before a run whoever approves it, or asks where nobody has to approve; for what it has
    /// come to, whoever has tried it.
    fn vouching(&self, when: When) -> Vec<Person> {
        match when {
            When::After => self.validated_by.iter().cloned().collect(),
            When::Before if self.plan.policy.approve.is_empty() => vec![self.requester.clone()],
            When::Before => self.approvals.iter().map(|(_, person)| person.clone()).collect(),
        }
    }

    /// What the step has come to, wherever it is done. What was taken off the list is not meant.
    fn shown_by(&self, name: &str, item: &str) -> Finding {
        let named = self.plan.steps.iter().enumerate().filter(|(_, planned)| planned.step == name);
        let meant = named.map(|(step, _)| step).filter(|step| !self.off.contains(self.plan.lane(*step)));
        let (mut evidence, mut lacking, mut open) = (Vec::new(), Vec::new(), false);
        for step in meant {
            let progress = &self.steps[step];
            match (progress.state, self.lacks(progress)) {
                (_, Some(why)) => lacking.push((step, why)),
                (StepState::Done, None) => evidence.push(Evidence {
                    step: Some(step),
                    note: note(progress, item).to_owned(),
                    at: progress.ended.unwrap_or(self.changed_at),
                }),
                (_, None) => open = true,
            }
        }
        match (lacking.is_empty(), open, evidence.is_empty()) {
            (false, ..) => Finding::NotDone(lacking),
            (true, true, _) => Finding::Open,
            (true, false, true) => Finding::NotMeant,
            (true, false, false) => Finding::Verified(evidence),
        }
    }

    /// Why what the step would show is not so; none where it is, or may still come to be.
    fn lacks(&self, progress: &Progress) -> Option<String> {
        match (self.state, progress.state) {
            (State::Unwinding | State::Unwound, _) | (_, StepState::Undone) => Some("rolled back".into()),
            (_, StepState::Skipped) => Some(progress.note.clone()),
            (_, StepState::Done) => None,
            (state, _) if !state.open() => Some(if progress.started.is_some() {
                format!("not done: {}", progress.note)
            } else {
                "not done".into()
            }),
            _ => None,
        }
    }
}

/// The piece of proof that bears the line's own words; else what the step has noted.
fn note<'a>(progress: &'a Progress, item: &str) -> &'a str {
    progress.proofs.iter().find(|proof| proof.item == item).map_or(&progress.note, |proof| &proof.proof)
}
