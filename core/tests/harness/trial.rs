//! One course without a crash, and the same with crashes: what differs in the end is a finding.

use std::collections::BTreeSet;
use std::fmt;
use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use landlord_core::event::Event;
use landlord_core::fakes::{Edge, Fuse, Point};
use landlord_core::operation::{Operation, State};

use crate::aftermath::Aftermath;
use crate::courses::{Course, Way};
use crate::ending::{Difference, Ending};
use crate::mishap::{strikes_always, undoes};
use crate::stage::Stage;

/// A course, and how it goes where nothing happens.
pub(crate) struct Trial<'a> {
    pub(crate) course: &'a Course,
    /// The points of it, in their order.
    pub(crate) points: Vec<Point>,
    /// The operation as it goes to success, to know which step to strike.
    calm: Operation,
    ending: Ending,
}

/// What came of crashes.
pub(crate) struct Outcome {
    /// How many there were: one for which the course was over before its point is none.
    pub(crate) cuts: usize,
    /// The steps that ran twice, and those that were undone twice, by their places.
    pub(crate) again: BTreeSet<usize>,
    pub(crate) finding: Option<Finding>,
}

/// A world that is not as it would be without its crashes.
pub(crate) struct Finding {
    /// Where the first crash was.
    place: String,
    replay: String,
    pub(crate) difference: Difference,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "after a crash {}:", self.place)?;
        for line in &self.difference.lost {
            writeln!(f, "  lost: {line}")?;
        }
        for line in &self.difference.doubled {
            writeln!(f, "  too much: {line}")?;
        }
        write!(f, "{}", self.replay)
    }
}

/// The line that repeats crashes of a course.
pub(crate) fn replay_line(course: &str, cuts: &[usize]) -> String {
    let points: Vec<String> = cuts.iter().map(usize::to_string).collect();
    format!("replay: LANDLORD_CUT='{course}:{}' cargo test -p landlord-core --test harness replay", points.join(":"))
}

impl<'a> Trial<'a> {
    /// Lets the course go to its end without a crash.
    pub(crate) async fn of(course: &'a Course) -> Self {
        let calm = Stage::set(&course.combination).await.comes_to(State::Succeeded).await.operation();
        let mut trial = Self { course, points: Vec::new(), calm, ending: Ending::default() };
        let stage = trial.begun().await;
        let fuse = Fuse::listening();
        stage.world.restarts_with(fuse.clone()).await;
        stage.comes_to_an_end(course.end()).await;
        (trial.points, trial.ending) = (fuse.passed(), Ending::of(&stage).await);
        assert_eq!(stage.request().unwrap().operation().state, course.end(), "{}", course.name());
        assert!(trial.ended_as_meant(&stage.request().unwrap().log()), "{}", course.name());
        trial
    }

    /// Whether what makes the course what it is has happened.
    fn ended_as_meant(&self, log: &[&str]) -> bool {
        let has = |kind| log.contains(&kind);
        match self.course.way {
            Way::Through | Way::Promoted => {
                !self.course.combination.spec.purpose.is_tried() || has("validated") || has("tried")
            }
            Way::TurnedBack => has("turned-back") && has("step-undone") && !has("unwind-ordered"),
            Way::RolledBack => has("unwind-ordered") && has("step-undone"),
            Way::Withdrawn => has("notice-given") && has("cancelled") && !has("started"),
        }
    }

    /// A world in which the course has come to where its own part begins.
    async fn begun(&self) -> Stage<'a> {
        let stage = Stage::set_for(&self.course.combination, self.course.way).await;
        if self.course.way == Way::RolledBack {
            strikes_always(&stage.world, &self.calm, self.calm.steps.len() - 1);
        }
        if let Some(begins) = self.course.begins_at() {
            stage.comes_to(begins).await;
        }
        stage
    }

    /// The course with crashes, each at a point of the life of the process that goes on after the one before.
    pub(crate) async fn cut(&self, cuts: &[usize], worse: Option<Aftermath>) -> Outcome {
        let lived = AssertUnwindSafe(self.lives(cuts, worse)).catch_unwind().await;
        let (made, again, difference) = lived.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let lost = vec![format!("it came to no end: {}", text.unwrap_or_default())];
            (cuts.len(), BTreeSet::new(), Difference { lost, doubled: Vec::new() })
        });
        let finding = (!difference.is_none()).then(|| Finding {
            place: cuts.first().and_then(|cut| self.points.get(*cut)).map_or("nowhere".into(), Point::to_string),
            replay: replay_line(&self.course.name(), &cuts[..made]),
            difference,
        });
        Outcome { cuts: made, again, finding }
    }

    async fn lives(&self, cuts: &[usize], worse: Option<Aftermath>) -> (usize, BTreeSet<usize>, Difference) {
        let stage = self.begun().await;
        let mut made = 0;
        for cut in cuts {
            let fuse = Fuse::after(*cut);
            Aftermath::restarts(worse.filter(|_| made > 0), &stage.world, fuse.clone()).await;
            stage.comes_to_an_end(self.course.end()).await;
            if !fuse.is_blown() {
                break;
            }
            made += 1;
        }
        if made == cuts.len() {
            Aftermath::restarts(worse, &stage.world, Fuse::never()).await;
            stage.comes_to_an_end(self.course.end()).await;
        }
        let mut difference = Ending::of(&stage).await.differs_from(&self.ending, made);
        difference.doubled.extend(self.too_many_attempts(&stage, made));
        (made, again(&stage), difference)
    }

    /// The steps that were tried more often than once more for each crash.
    fn too_many_attempts(&self, stage: &Stage<'_>, crashes: usize) -> Vec<String> {
        let Some(operation) = stage.request().map(|request| request.operation()) else { return Vec::new() };
        let tried = operation.steps.iter().map(|step| step.attempts as usize);
        let calm = self.calm.steps.iter().map(|step| step.attempts as usize);
        let steps = tried.zip(calm).zip(&operation.plan.steps);
        let too_many = steps.filter(|((tried, calm), _)| *tried > calm + crashes);
        too_many.map(|((tried, _), planned)| format!("{tried} attempts at {}", planned.step)).collect()
    }

    /// The points between the effect of a step, or of its undoing, and its record, by the step's place.
    pub(crate) fn between_effect_and_record(&self) -> impl Iterator<Item = (usize, usize)> {
        self.points.iter().enumerate().filter(|(_, point)| point.edge == Edge::Before).filter_map(|(place, point)| {
            match point.event {
                Some(Event::StepDone { step, .. } | Event::StepUndone { step, .. }) => Some((place, step)),
                _ => None,
            }
        })
    }
}

/// The steps that were run twice, and those whose making was taken back twice.
fn again(stage: &Stage<'_>) -> BTreeSet<usize> {
    let Some(request) = stage.request() else { return BTreeSet::new() };
    let operation = request.operation();
    let calls = stage.world.cloud.journal();
    let undone_twice = |step: &str| {
        let removals = calls.iter().filter(|call| {
            let undoes = undoes(step).is_some_and(|(verb, kind)| (verb, Some(kind)) == (call.verb, call.kind));
            undoes && call.outcome.is_ok()
        });
        removals.count() > 1
    };
    let steps = operation.plan.steps.iter().zip(&operation.steps).enumerate();
    let again = steps.filter(|(_, (planned, progress))| progress.attempts > 1 || undone_twice(&planned.step));
    again.map(|(place, _)| place).collect()
}
