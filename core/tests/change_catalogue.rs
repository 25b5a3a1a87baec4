//! The files of changes: what only they have, and each way of being wrong about it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use landlord_core::plan::Purpose;
use landlord_core::role::Role;
use landlord_core::spec::{Catalogue, ChangeSpec, Command, Does, SpecErrors};

const SCALE: &str = include_str!("../../commands/tenant-scale.toml");
const ROLLBACK: &str = include_str!("../../commands/tenant-rollback.toml");

fn parse(text: &str) -> Result<Catalogue, SpecErrors> {
    Catalogue::parse(&[("change.toml".to_owned(), text.to_owned())])
}

#[track_caller]
fn refused(file: &str, from: &str, to: &str, what: &str) {
    assert!(file.contains(from), "{from}");
    let errors = parse(&file.replacen(from, to, 1)).unwrap_err().to_string();
    assert!(errors.contains(what), "{errors}");
}

fn change(command: &Command) -> (&Purpose, &ChangeSpec) {
    let Does::Operation(spec) = &command.does else { panic!("{} files nothing", command.name) };
    (&spec.purpose, spec.change.as_ref().unwrap())
}

#[test]
fn verb_and_emergency_are_read() {
    let (scale, rollback) = (parse(SCALE).unwrap(), parse(ROLLBACK).unwrap());
    let (purpose, change_) = change(&scale.commands()[0]);
    assert_eq!((purpose, change_.verb.as_str(), change_.at_once), (&Purpose::Change, "Scale", false));
    let command = &rollback.commands()[0];
    let (purpose, change_) = change(command);
    assert_eq!((purpose, change_.verb.as_str(), change_.at_once), (&Purpose::Change, "Roll back", true));
    assert_eq!(command.who.roles(), [Role::OnCall, Role::Security, Role::DevopsLead]);
}

#[test]
fn an_emergency_waits_for_nobody_and_is_not_for_everybody() {
    refused(
        ROLLBACK,
        "[policy.prod]",
        "[policy.prod]\napprove = [\"devops-lead\"]",
        "what runs at once waits for nobody",
    );
    refused(ROLLBACK, "\"on-call\",", "\"operator\",", "what runs at once is not for every operator");
    refused(ROLLBACK, "at_once = true\n", "", "PROD without approval is never right");
}

#[test]
fn what_is_missing_or_stands_in_the_wrong_order() {
    refused(SCALE, "verb    = \"Scale\"\n", "", "a change needs `verb`");
    refused(
        SCALE,
        "name     = \"environment\"\nkind     = \"environment\"",
        "name     = \"place\"\nkind     = \"environment\"",
        "`environment` is missing",
    );
    refused(
        SCALE,
        "    \"register revision\",\n    \"deploy revision\",",
        "    \"deploy revision\",\n    \"register revision\",",
        "\"deploy revision\" must come after \"register revision\"",
    );
    refused(SCALE, "\"await stable or turn back\"", "\"await stability\"", "there is no step \"await stability\"");
    refused(SCALE, "kind    = \"count\"", "kind    = \"cpu\"", "the option `count` is read as another kind");
}
