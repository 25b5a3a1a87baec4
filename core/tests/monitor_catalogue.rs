//! What is looked at and when, as `commands/monitors.toml` says it, and each way of saying it wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use landlord_core::monitor::{Look, Threshold};
use landlord_core::spec::Catalogue;
use time::macros::datetime;

const MONITORS: &str = include_str!("../../commands/monitors.toml");
const LIST: &str = include_str!("../../commands/tenant-list.toml");

fn parse(monitors: &str) -> Result<Catalogue, String> {
    let files = [("commands/monitors.toml", monitors), ("commands/tenant-list.toml", LIST)];
    let files: Vec<_> = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Catalogue::parse(&files).map_err(|errors| errors.to_string())
}

/// What is said where one thing in the file is another.
#[track_caller]
fn refused(from: &str, to: &str, why: &str) {
    assert!(MONITORS.contains(from), "{from}");
    let refusal = parse(&MONITORS.replacen(from, to, 1)).unwrap_err();
    assert!(refusal.starts_with("commands/monitors.toml:") && refusal.contains(why), "{to}: {refusal}");
}

#[test]
fn it_is_as_the_runbook_says() {
    let catalogue = Catalogue::built_in().unwrap();
    let saturday = datetime!(2026-03-07 23:58 UTC);
    let jobs =
        catalogue.monitors().jobs.iter().map(|job| (job.name.as_str(), job.look, job.cron.next(saturday).unwrap()));
    let (soon, monday) = (datetime!(2026-03-08 00:00 UTC), datetime!(2026-03-09 06:00 UTC));
    let threshold = |above, over| Threshold { above, over };
    assert_eq!(
        jobs.collect::<Vec<_>>(),
        [
            ("provisioning-errors", Look::LambdaErrors(threshold(0.05, 900)), soon),
            ("dead-letters", Look::QueueDepth(threshold(0.0, 300)), soon),
            ("failed-provisionings", Look::FailedProvisionings, monday),
            ("audit", Look::AuditAll, monday),
        ]
    );
    let report = catalogue.monitors().report.as_ref().unwrap();
    assert_eq!(report.next(saturday), Some(datetime!(2026-03-09 07:00 UTC)), "after what it is about");
}

#[test]
fn a_folder_without_the_file_looks_at_nothing() {
    let files = [("commands/tenant-list.toml".to_owned(), LIST.to_owned())];
    let catalogue = Catalogue::parse(&files).unwrap();
    assert!(catalogue.monitors().jobs.is_empty() && catalogue.monitors().report.is_none());
}

#[test]
fn a_pattern_that_is_none_is_refused() {
    refused("\"0 7 * * MON\"", "\"0 0 7 * * MON\"", "five fields");
    refused("\"*/5 * * * *\"", "\"61 * * * *\"", "five fields");
    refused("\"0 6 * * MON\"", "\"0 6 31 2 *\"", "never comes up");
}

#[test]
fn a_threshold_must_make_sense() {
    refused("above = 0.05", "above = 5", "a number from 0 to 1");
    refused("above = 0.05", "above = nan", "a number from 0 to 1");
    refused("above = 0\n", "above = -1\n", "a number from 0 to");
    refused("above = 0\n", "", "say from where on it is not well");
    refused("over  = \"5m\"", "over = \"90s\"", "whole minutes");
    refused("over  = \"5m\"", "over = \"2d\"", "at most a day");
    refused("look  = \"audit-all\"", "look = \"audit-all\"\nabove = 1", "nothing is measured here");
}

#[test]
fn names_are_plain_and_no_two_the_same() {
    refused("name  = \"audit\"", "name = \"dead-letters\"", "two monitors `dead-letters`");
    refused("name  = \"audit\"", "name = \"Audit all\"", "lower-case letters");
    refused("name  = \"audit\"", "name = \"report\"", "`report` is");
    refused("title = \"Audit of all tenants\"", "title = \"a\\nb\"", "one line");
    refused("look  = \"audit-all\"", "look = \"all\"", "unknown variant");
    refused("look  = \"audit-all\"", "look = \"audit-all\"\nwhen = 1", "unknown field");
}
