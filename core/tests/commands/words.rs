//! Commands of one word, and what is for everyone.

use landlord_core::role::{Member, Person, Role};
use landlord_core::spec::{Catalogue, SpecErrors};

const HELP: &str = include_str!("../../../commands/help.toml");
const LIST: &str = include_str!("../../../commands/tenant-list.toml");

fn parse(files: &[&str]) -> Result<Catalogue, SpecErrors> {
    let named = files.iter().enumerate().map(|(place, text)| (format!("commands/{place}.toml"), (*text).to_owned()));
    Catalogue::parse(&named.collect::<Vec<_>>())
}

#[track_caller]
fn refused(files: &[&str], what: &str) {
    let Err(errors) = parse(files) else { panic!("should be refused: {what}") };
    assert!(errors.to_string().contains(what), "{what:?} should be said, not only {errors}");
}

#[test]
fn what_only_answers_may_have_one_word() {
    let catalogue = parse(&[HELP, LIST]).unwrap();
    assert!(catalogue.command("help").is_some());
    refused(&[&HELP.replace("\"help\"\nsummary", "\"help me now\"\nsummary")], "the name must be two words");
    let answers_elsewhere = LIST.replace("\"tenant list\"", "\"tenants\"");
    assert!(parse(&[&answers_elsewhere]).unwrap().command("tenants").is_some());
}

#[test]
fn a_word_is_a_command_or_the_first_word_of_others() {
    let both = LIST.replace("\"tenant list\"", "\"help list\"");
    refused(&[HELP, &both], "commands/1.toml:1: /help is a command by itself, and the first word of others");
    refused(&[&both, HELP], "in this file and in commands/0.toml");
}

#[test]
fn only_what_tells_nothing_of_tenants_is_for_everyone() {
    refused(&[&LIST.replace("[\"operator\"]", "\"everyone\"")], "commands/0.toml:3: only help is for everyone");
    let nobody = Member { person: Person { id: "1".into(), name: "newcomer".into() }, roles: [].into() };
    let operator = Member { roles: [Role::Operator].into(), ..nobody.clone() };
    let catalogue = parse(&[HELP, LIST]).unwrap();
    let may = |command: &str, member: &Member| catalogue.command(command).unwrap().who.includes(member);
    assert!(may("help", &nobody) && may("help", &operator));
    assert!(!may("tenant list", &nobody) && may("tenant list", &operator));
}

#[test]
fn help_may_be_for_fewer() {
    let fewer = parse(&[&HELP.replace("\"everyone\"", "[\"operator\", \"on-call\"]")]).unwrap();
    assert_eq!(fewer.command("help").unwrap().who.to_string(), "Operator or On-call");
}

#[test]
fn what_answers_has_no_checklist() {
    let line = "\n[[after]]\nitem = \"x\"\nattested = true\n";
    refused(&[&format!("{LIST}{line}")], "a command that only answers has no checklist");
}
