//! What the files of emergencies must say: each way of leaving a safeguard out is refused.

use landlord_core::spec::{Catalogue, SpecErrors};

const SHUTDOWN: &str = include_str!("../../commands/tenant-shutdown.toml");
const REOPEN: &str = include_str!("../../commands/tenant-reopen.toml");

fn parse(text: &str) -> Result<Catalogue, SpecErrors> {
    Catalogue::parse(&[("commands/x.toml".to_owned(), text.to_owned())])
}

/// The file with the first of these changed is refused in words that contain `what`.
#[track_caller]
fn refused(file: &str, from: &str, to: &str, what: &str) {
    assert!(file.contains(from), "{from:?} should stand in the file");
    let Err(errors) = parse(&file.replacen(from, to, 1)) else { panic!("{to:?} should be refused") };
    assert!(errors.to_string().contains(what), "{what:?} should be said, not only {errors}");
}

#[test]
fn as_they_are_they_are_right() {
    for file in [SHUTDOWN, REOPEN] {
        assert!(parse(file).is_ok());
    }
}

#[test]
fn a_shutdown_is_at_once_and_cuts_off_first() {
    refused(SHUTDOWN, "at_once = true\n", "", "a shutdown is an emergency");
    refused(SHUTDOWN, "\"cut off\", ", "", "begins with the step \"cut off\"");
    refused(SHUTDOWN, "[policy.dev]", "[policy.dev]\napprove = [\"team-lead\"]", "waits for nobody");
    refused(SHUTDOWN, "\"on-call\"", "\"operator\"", "is not for every operator");
    refused(
        SHUTDOWN,
        "kind     = \"why\"\nsummary  = \"Why: the incident is told by it\"\nrequired = true",
        "kind = \"why\"\nsummary = \"Why\"",
        "must be `required = true`",
    );
}

#[test]
fn a_reopening_waits_for_somebody_everywhere() {
    refused(REOPEN, "approve = [\"devops-lead\"]\n", "", "somebody else must approve a reopening in dev");
    refused(REOPEN, "verb    = \"Reopen\"\n", "verb    = \"Reopen\"\nat_once = true\n", "is not put back at once");
}
