//! The process ends at a point between two effects; another begins and comes to the same end. And again in the life of that
//! one.

use std::collections::BTreeSet;
use std::io::Write as _;

use landlord_core::tenant::Environment;

use crate::courses::{Course, courses};
use crate::in_every_environment;
use crate::trial::{Finding, Trial};
use crate::{courses::Way, share};

in_every_environment!(a_crash_at_every_point_comes_to_the_same_end, and at once);

/// What was tried.
#[derive(Default)]
struct Tally {
    cuts: usize,
    operations: usize,
    findings: Vec<Finding>,
}

async fn a_crash_at_every_point_comes_to_the_same_end(environment: Option<Environment>) {
    let mut tally = Tally::default();
    for course in courses(environment) {
        tally.tries(&course).await;
    }
    tally.reports();
    let told: Vec<String> = tally.findings.iter().map(Finding::to_string).collect();
    assert!(told.is_empty(), "{} worlds are not as they should be\n{}", told.len(), told.join("\n"));
}

impl Tally {
    async fn tries(&mut self, course: &Course) {
        let trial = Trial::of(course).await;
        let once = share::once(&trial);
        let (mut again, mut crashes) = (BTreeSet::new(), 0);
        for point in &once {
            let outcome = trial.cut(&[*point], None).await;
            assert_eq!(outcome.cuts, 1, "{}: the points are the same each time", course.name());
            again.extend(outcome.again);
            crashes += outcome.cuts;
            self.findings.extend(outcome.finding);
        }
        let twice = share::twice(&trial);
        for pair in &twice {
            let outcome = trial.cut(pair, None).await;
            crashes += outcome.cuts;
            self.findings.extend(outcome.finding);
        }
        let (name, points, lives) = (course.name(), trial.points.len(), twice.len());
        println!("{name}: cut at {} of {points} points, and {lives} times twice", once.len());
        let steps: BTreeSet<usize> = trial.between_effect_and_record().map(|(_, step)| step).collect();
        assert!(steps.is_subset(&again) || course.way == Way::RolledBack, "{name}: only {again:?} of {steps:?} twice");
        self.cuts += crashes;
        self.operations += once.len() + twice.len();
    }

    /// Appends a line about it to the file that `LANDLORD_CHAOS_REPORT` names.
    fn reports(&self) {
        let Some(file) = std::env::var_os("LANDLORD_CHAOS_REPORT") else { return };
        let lost = self.findings.iter().filter(|finding| !finding.difference.lost.is_empty()).count();
        let doubled = self.findings.iter().filter(|finding| !finding.difference.doubled.is_empty()).count();
        let line = format!(
            "{{\"suite\":\"core crashes\",\"cuts\":{},\"operations\":{},\"lost\":{lost},\"doubled\":{doubled}}}\n",
            self.cuts, self.operations
        );
        let report = std::fs::OpenOptions::new().create(true).append(true).open(file);
        // In one write: other tests append to the same file.
        report.unwrap().write_all(line.as_bytes()).unwrap();
    }
}
