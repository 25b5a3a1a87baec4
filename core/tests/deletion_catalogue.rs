//! What the files of deletions must say: each way of leaving a safeguard out is refused, on the line where it is missing.

use landlord_core::plan::Reason;
use landlord_core::spec::{Catalogue, SpecErrors};

const DELETE: &str = include_str!("../../commands/tenant-delete.toml");
const BULK: &str = include_str!("../../commands/tenant-bulk-delete.toml");
const PROVISION: &str = include_str!("../../commands/tenant-provision.toml");

fn parse(text: &str) -> Result<Catalogue, SpecErrors> {
    Catalogue::parse(&[("commands/x.toml".to_owned(), text.to_owned())])
}

/// The file with one thing changed is refused in words that contain `what`.
#[track_caller]
fn refused(file: &str, from: &str, to: &str, what: &str) {
    assert_eq!(file.matches(from).count(), 1, "{from:?} should stand once in the file");
    let Err(errors) = parse(&file.replacen(from, to, 1)) else { panic!("{to:?} should be refused") };
    assert!(errors.to_string().contains(what), "{what:?} should be said, not only {errors}");
}

#[test]
fn the_notice_and_the_kept_logs_are_read() {
    let catalogue = parse(DELETE).expect("the file is right");
    let (_, spec) = catalogue.operation("tenant delete").expect("an operation");
    let deletion = spec.deletion.as_ref().expect("a deletion");
    let notice = |reason| deletion.notice[&reason];
    assert_eq!((notice(Reason::Other), notice(Reason::Cancellation), notice(Reason::Poc)), (86_400, 604_800, 0));
    assert_eq!(deletion.keep_logs, 365);
}

#[test]
fn a_safeguard_that_is_left_out() {
    refused(DELETE, "type    = \"tenant\"\n", "", "a deletion in PROD asks for the name");
    refused(DELETE, "approve = [\"devops-lead\"]\n", "", "PROD without approval is never right");
    refused(DELETE, "    \"certify absence\",\n", "", "a deletion needs the step \"certify absence\"");
    refused(DELETE, "    \"remove secret\",\n", "", "a deletion needs the step \"remove secret\"");
    refused(BULK, "[policy.sit]", "[policy.prod]", "many tenants are never deleted at once in PROD");
}

#[test]
fn the_order_of_the_playbook() {
    let swapped = "    \"remove target group\",\n    \"remove listener rule\",\n";
    refused(
        DELETE,
        "    \"remove listener rule\",\n    \"remove target group\",\n",
        swapped,
        "\"remove target group\" must come after \"remove listener rule\"",
    );
    let late = "    \"drain service\",\n    \"back up\",\n";
    refused(DELETE, "    \"back up\",\n    \"drain service\",\n", late, "must come after \"back up\"");
}

#[test]
fn what_cannot_be_read() {
    refused(DELETE, "poc          = \"none\"", "poc = \"never\"", "a notice is \"none\" or a whole number");
    refused(DELETE, "poc          =", "prank =", "there is no reason `prank`");
    refused(DELETE, "\"365d\"", "\"366d\"", "logs are kept for as many days as CloudWatch knows");
    refused(PROVISION, "purpose = \"provision\"", "purpose = \"provision\"\nkeep_logs = \"1d\"", "only what deletes");
}

#[test]
fn a_removal_of_orphans_has_the_safeguards_of_a_deletion_and_no_notice() {
    const SWEEP: &str = include_str!("../../commands/tenant-sweep.toml");
    assert!(parse(SWEEP).is_ok());
    refused(SWEEP, "type    = \"tenant\"\n", "", "a deletion in PROD asks for the name");
    refused(SWEEP, "approve = [\"devops-lead\"]\n", "", "PROD without approval is never right");
    refused(SWEEP, "    \"certify absence\",\n", "", "a deletion needs the step \"certify absence\"");
    refused(SWEEP, "default = \"none\"", "default = \"24h\"", "orphans have no owner who could be told");
    refused(SWEEP, "[notice]\ndefault = \"none\"\n", "", "orphans have no owner who could be told");
    refused(SWEEP, "kind     = \"new-tenant\"", "kind     = \"tenant\"", "the option `tenant` is read as another kind");
}

#[test]
fn an_adoption_takes_nothing_away() {
    const ADOPT: &str = include_str!("../../commands/tenant-adopt.toml");
    assert!(parse(ADOPT).is_ok());
    refused(ADOPT, "[policy.dev]", "[notice]\ndefault = \"none\"\n[policy.dev]", "only what deletes has a notice");
    refused(ADOPT, "approve = [\"devops-lead\"]\n", "", "PROD without approval is never right");
    refused(ADOPT, "[\"adopt\"]", "[\"adopt it\"]", "there is no step \"adopt it\"");
}
