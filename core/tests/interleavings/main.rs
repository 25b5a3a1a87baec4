//! Thousands of ways in which people, roles, time and the bot's absences can come between a request and its run. Whatever
//! happens, an oracle that was written from the playbook and not from the code watches every step of it.
//!
//! A failure prints the shortest story that fails, and `regressions/seeds.txt` keeps its seed: it is tried first from then on.
//! `LANDLORD_CHAOS=all` tries twenty times as many; `LANDLORD_CHAOS_REPORT` names a file to which a line with what was
//! tried is added.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod action;
mod drama;
mod oracle;
mod suspect;
mod tally;
mod truth;
mod turn;

use std::cell::RefCell;
use std::fs::OpenOptions;
use std::io::Write as _;

use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestRunner};

use drama::Drama;
use tally::Tally;

/// How many stories a short run tells.
const SHARE: u32 = 3_000;
/// How many a long one tells.
const ALL: u32 = 60_000;

#[test]
fn nothing_runs_that_the_policy_does_not_allow_at_that_moment() {
    let all = std::env::var("LANDLORD_CHAOS").is_ok_and(|share| share == "all");
    let cases = if all { ALL } else { SHARE };
    let config = Config {
        cases,
        max_shrink_iters: 1_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/interleavings/regressions/seeds.txt",
        ))),
        source_file: Some(file!()),
        ..Config::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let all = RefCell::new(Tally::default());
    let told = TestRunner::new(config).run(&action::stories(), |story| {
        let tally = runtime.block_on(Drama::play(&story)).map_err(|illegal| TestCaseError::fail(illegal.0))?;
        *all.borrow_mut() += tally;
        Ok(())
    });
    if let Err(failure) = told {
        panic!("{failure}");
    }
    let all = all.into_inner();
    report(&all);
    // Stories in which nothing is at stake would prove nothing. What is rarest is there four times as often.
    let some = |count: usize, what: &str| assert!(count > cases as usize / 200, "only {count} {what}: {all:?}");
    for (started, what) in
        all.started.into_iter().zip(["in SIT", "in PROD", "deletions", "bulk deletions", "shutdowns", "reopenings"])
    {
        some(started, &format!("{what} ran"));
    }
    assert!(all.overruled > 0, "no operation ended for an emergency: {all:?}");
    some(all.notices, "owners had notice");
    some(all.unrun, "operations ended before they ran");
    some(all.lost, "operations lost a vote that had sufficed");
    some(all.caught_up, "cards were read again and differed");
    some(all.changes, "changes of the cloud");
}

fn report(tally: &Tally) {
    let Some(file) = std::env::var_os("LANDLORD_CHAOS_REPORT") else { return };
    let line = serde_json::json!({
        "suite": "votes",
        "interleavings": tally.stories,
        "operations": tally.operations,
        "started": tally.started.iter().sum::<usize>(),
        "illegal": 0,
    });
    let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
    writeln!(file, "{line}").unwrap();
}
