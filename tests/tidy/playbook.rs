//! `docs/playbook.md` leaves no section of the playbook out, and the tests that it names exist.

use landlord_core::spec::Catalogue;

use crate::tree::{file, files, none, root};

/// The playbook, where it is beside the project.
const PLAYBOOK: &str = "../shared/seeds/tenant_management_playbook.md";

/// A row of the table: section, what stands in backquotes under "command", what does under "shown by".
struct Row {
    section: &'static str,
    commands: Vec<&'static str>,
    tests: Vec<&'static str>,
}

fn rows() -> Vec<Row> {
    let table = file("docs/playbook.md").text.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    let rows = table.take_while(|line| line.starts_with('|')).map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [section, commands, tests] = cells[..] else { panic!("three cells should be in {line}") };
        Row { section, commands: quoted(commands), tests: quoted(tests) }
    });
    rows.collect()
}

fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_section_stands_in_the_table() {
    let Ok(playbook) = std::fs::read_to_string(root().join(PLAYBOOK)) else {
        eprintln!("skipped: the playbook is not beside this checkout");
        return;
    };
    let heading = |line: &str| line.strip_prefix("### ").or_else(|| line.strip_prefix("#### ")).map(str::to_owned);
    let wanted: Vec<String> = playbook.lines().filter_map(heading).collect();
    let standing: Vec<&str> = rows().iter().map(|row| row.section).collect();
    assert_eq!(standing, wanted, "in the playbook's order, each once");
}

#[test]
fn the_tests_that_it_names_exist() {
    // Of the runbook's table too, which follows.
    let lines = file("docs/playbook.md").text.lines().filter(|line| line.starts_with('|'));
    let named: Vec<&str> = lines.flat_map(quoted).filter(|quoted| quoted.contains(".rs::")).collect();
    let of_playbook = rows().into_iter().flat_map(|row| row.tests).count();
    assert!(of_playbook > 20 && named.len() > of_playbook + 5, "only {named:?} are named");
    none("there is no such test", named.into_iter().filter(|test| !exists(test)).map(str::to_owned));
}

/// Whether the function stands in the file, right below what makes it a test.
fn exists(test: &str) -> bool {
    let Some((path, function)) = test.split_once("::") else { return false };
    let Some(file) = files().iter().find(|file| file.path == path) else { return false };
    let begins = [format!("fn {function}("), format!("async fn {function}(")];
    let lines: Vec<&str> = file.text.lines().map(str::trim_start).collect();
    let below = |pair: &[&str]| pair[0].starts_with("#[") && begins.iter().any(|begin| pair[1].starts_with(begin));
    lines.windows(2).any(below)
}

#[test]
fn what_a_command_does_is_shown() {
    let catalogue = Catalogue::built_in().unwrap();
    let known = |command: &&str| command.strip_prefix('/').is_none_or(|name| catalogue.command(name).is_some());
    let silent = rows().into_iter().filter(|row| row.commands.iter().all(known) && row.tests.is_empty());
    none("name a test for these", silent.map(|row| row.section.to_owned()));
}

#[test]
fn a_test_that_is_not_there_is_found() {
    assert!(exists("tests/tidy/playbook.rs::a_test_that_is_not_there_is_found"));
    assert!(!exists("tests/tidy/playbook.rs::exists"), "it is no test");
    assert!(!exists("tests/tidy/nowhere.rs::exists"));
    assert!(!exists("exists"));
}
