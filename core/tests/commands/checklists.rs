//! The checklists of the files: the playbook's lines, each with somebody who answers for it.

use std::path::Path;

use landlord_core::plan::When;
use landlord_core::spec::{By, Catalogue, SpecErrors};

const PROVISION: &str = include_str!("../../../commands/tenant-provision.toml");
const DELETE: &str = include_str!("../../../commands/tenant-delete.toml");

/// The playbook, where it is beside the project.
const PLAYBOOK: &str = "../../shared/seeds/tenant_management_playbook.md";

/// Which list of which command is which of the playbook's.
const LISTS: [(&str, When, &str, usize); 6] = [
    ("tenant provision", When::Before, "### 5.1 ", 7),
    ("tenant provision", When::After, "### 5.2 ", 8),
    ("tenant delete", When::Before, "### 5.3 ", 7),
    ("tenant delete", When::After, "### 5.4 ", 11),
    ("tenant bulk-delete", When::Before, "### 5.3 ", 7),
    ("tenant bulk-delete", When::After, "### 5.4 ", 11),
];

fn lines(command: &str, when: When) -> Vec<(String, By)> {
    let catalogue = Catalogue::built_in().unwrap();
    let (_, spec) = catalogue.operation(command).unwrap();
    let lines = spec.checklist.iter().filter(|line| line.when == when);
    lines.map(|line| (line.item.clone(), line.by.clone())).collect()
}

#[test]
fn every_line_of_the_playbook_stands_in_its_words() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PLAYBOOK);
    let Ok(playbook) = std::fs::read_to_string(path) else {
        eprintln!("partly skipped: the playbook is not beside this checkout; the lines are only counted");
        for (command, when, _, count) in LISTS {
            assert_eq!(lines(command, when).len(), count, "{command}, {when:?}");
        }
        return;
    };
    for (command, when, heading, count) in LISTS {
        let section = playbook.split(heading).nth(1).unwrap().split("\n#").next().unwrap();
        let wanted: Vec<&str> = section.lines().filter_map(|line| line.strip_prefix("- [ ] ")).collect();
        let standing: Vec<String> = lines(command, when).into_iter().map(|(item, _)| item).collect();
        assert_eq!(
            (standing, count),
            (wanted.iter().map(|&line| line.to_owned()).collect(), wanted.len()),
            "{command}"
        );
    }
}

#[test]
fn what_the_run_can_show_is_shown_by_a_step() {
    for command in ["tenant provision", "tenant delete", "tenant bulk-delete"] {
        for (item, by) in lines(command, When::After) {
            assert!(matches!(by, By::Step(_)), "{command}: {item} is {by:?}");
        }
    }
}

#[track_caller]
fn refused(file: &str, from: &str, to: &str, at: &str, what: &str) {
    assert_eq!(file.matches(from).count(), 1, "{from:?} should stand once in the file");
    let line = 1 + file[..file.find(at).unwrap()].matches('\n').count();
    let changed = file.replacen(from, to, 1);
    let Err(SpecErrors(errors)) = Catalogue::parse(&[("commands/x.toml".to_owned(), changed)]) else {
        panic!("{to:?} should be refused")
    };
    let found = errors.iter().any(|error| error.line == line && error.what.contains(what));
    assert!(found, "{what:?} should be said of line {line}, not only {errors:#?}");
}

#[test]
fn exactly_one_answers_for_a_line() {
    let sized = "look = \"size-known\"\n";
    let at = "[[before]]\nitem = \"Resource sizing";
    let one = "exactly one of `look`, `step`, `attested = true` and `unverifiable`";
    refused(PROVISION, sized, "", at, one);
    refused(PROVISION, sized, "look = \"size-known\"\nattested = true\n", at, one);
    refused(PROVISION, sized, "look = \"size-known\"\nunverifiable = \"x\"\n", at, one);
    refused(PROVISION, sized, "attested = false\n", at, one);
}

#[test]
fn a_step_that_is_not_there_or_shows_something_else() {
    let healthy = "step = \"verify target healthy\"";
    let at = "[[after]]\nitem = \"Target group healthy\"";
    refused(
        PROVISION,
        healthy,
        "step = \"verify target healty\"",
        at,
        "the command has no step \"verify target healty\"",
    );
    refused(PROVISION, healthy, "step = \"remove service\"", at, "its steps are: ensure log group, ensure secret,");
    let dropped = "item = \"Database dropped\"";
    let at = "[[after]]\nitem = \"Database dropped\"";
    refused(
        DELETE,
        dropped,
        "item = \"Database droped\"",
        at,
        "\"certify absence\" does not show this; it shows: ECS service deleted,",
    );
}

#[test]
fn nobody_answers_for_what_they_cannot_know() {
    let secret = "item = \"Secrets stored correctly\"\nstep = \"verify secret stored\"";
    let at = "[[after]]\nitem = \"Secrets stored";
    refused(PROVISION, secret, "item = \"x\"\nlook = \"size-known\"", at, "`look` sees what is so before the run");
    let sized = "look = \"size-known\"";
    refused(
        PROVISION,
        sized,
        "step = \"ensure service\"",
        "[[before]]\nitem = \"Resource sizing",
        "no step has run before the run",
    );
    let gone = "item = \"ECS service deleted\"\nstep = \"certify absence\"";
    refused(
        DELETE,
        gone,
        "item = \"ECS service deleted\"\nattested = true",
        "[[after]]\nitem = \"ECS",
        "nobody vouches for it afterwards",
    );
}

#[test]
fn a_line_that_stands_twice_or_says_nothing() {
    let twice = "item = \"Secrets stored correctly\"";
    let at = "[[after]]\nitem = \"Secrets stored";
    refused(PROVISION, twice, "item = \"Target group healthy\"", at, "stands twice in its list");
    for nothing in ["", "  ", "a\u{202E}b", "one\ntwo", &"x".repeat(201)] {
        refused(
            PROVISION,
            twice,
            &format!("item = {nothing:?}").replace("\\u{202e}", "\\u202e"),
            at,
            "one line of 1 to 200 characters",
        );
    }
}

#[test]
fn a_line_may_be_unverifiable_or_vouched_for() {
    let changed = PROVISION
        .replace("step = \"verify logs appearing\"", "unverifiable = \"the logs are somebody else's\"")
        .replace("step = \"verify site answers\"", "attested = true");
    let catalogue = Catalogue::parse(&[("commands/x.toml".to_owned(), changed)]).unwrap();
    let (_, spec) = catalogue.operation("tenant provision").unwrap();
    let by = |item: &str| spec.checklist.iter().find(|line| line.item == item).map(|line| line.by.clone()).unwrap();
    assert_eq!(by("Logs appearing in CloudWatch"), By::Unverifiable("the logs are somebody else's".into()));
    assert_eq!(by("WordPress accessible via browser"), By::Attested);
}
