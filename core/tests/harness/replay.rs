//! One cut, as a failing one is printed: `LANDLORD_CUT='tenant-delete/all/withdrawn:12:3'`.

use crate::courses::{self, Course};
use crate::trial::{Trial, replay_line};

/// What is cut where nothing else is asked for: a provisioning between an effect and its record, and again.
const KNOWN: &str = "tenant-provision/dev:60:40";

/// The course, and the points at which it is cut.
pub(crate) fn read(cut: &str) -> (Course, Vec<usize>) {
    let mut parts = cut.split(':');
    let name = parts.next().unwrap_or_default();
    let course = courses::all().into_iter().find(|course| course.name() == name);
    let cuts = parts.map(|point| point.parse().unwrap_or_else(|_| panic!("{point:?} in {cut:?} is no point")));
    (course.unwrap_or_else(|| panic!("{name:?} is no course")), cuts.collect())
}

#[tokio::test]
async fn replay() {
    let cut = std::env::var("LANDLORD_CUT").unwrap_or_else(|_| KNOWN.to_owned());
    let (course, cuts) = read(&cut);
    let trial = Trial::of(&course).await;
    println!("{cut}: the first crash of {} points is {}", trial.points.len(), trial.points[cuts[0]]);
    let outcome = trial.cut(&cuts, None).await;
    if let Some(finding) = outcome.finding {
        panic!("{finding}");
    }
    assert_eq!(outcome.cuts, cuts.len(), "it was over before");
}

#[test]
fn a_replay_line_says_all_that_repeats_it() {
    let line = replay_line("tenant-delete/all/withdrawn", &[12, 3]);
    let cut = line.split('\'').nth(1).unwrap();
    let (course, cuts) = read(cut);
    assert_eq!((course.name().as_str(), cuts.as_slice()), ("tenant-delete/all/withdrawn", [12, 3].as_slice()));
    assert!(line.ends_with("cargo test -p landlord-core --test harness replay"));
}

#[tokio::test]
async fn a_course_has_the_same_points_each_time() {
    // Several tenants in several environments: steps side by side.
    let (course, _) = read("tenant-bulk-delete/not-prod");
    let (one, other) = (Trial::of(&course).await, Trial::of(&course).await);
    let points = |trial: &Trial<'_>| trial.points.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(points(&one), points(&other));
    assert!(points(&one).len() > one.between_effect_and_record().count() * 6, "on both sides of what each step calls");
}
