//! The catalogue: what is right is read, and each way of being wrong is refused with file, line and what to do.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};

use landlord_core::spec::{Catalogue, SpecErrors};

/// A right file; each case changes one thing in it.
const RIGHT: &str = r#"name    = "tenant provision"
summary = "Create a tenant's WordPress site in an environment"
who     = ["operator"]
purpose = "provision"
steps = [
    "ensure log group",
    "ensure secret",
    "verify secret stored",
]
[[option]]
name     = "environment"
kind     = "environment"
summary  = "Where"
required = true
[[option]]
name     = "company"
kind     = "label"
summary  = "Who"
required = true
[[option]]
name     = "subdomain"
kind     = "subdomain"
summary  = "The host label"
required = true
[[option]]
name     = "email"
kind     = "email"
summary  = "The owner's address"
required = true
[[option]]
name     = "cpu"
kind     = "cpu"
summary  = "CPU units"
[policy.dev]
[policy.sit]
approve      = ["team-lead"]
validated_in = "dev"
expires      = "24h"
[policy.prod]
approve = ["devops-lead", "product-owner"]
[[before]]
item = "Resource sizing determined"
look = "size-known"
"#;

fn commands() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../commands")
}

fn parse(files: &[(&str, &str)]) -> Result<Catalogue, SpecErrors> {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    Catalogue::parse(&files.collect::<Vec<_>>())
}

/// The complaints about the right file with one thing changed.
#[track_caller]
fn complaints(from: &str, to: &str) -> Vec<String> {
    assert_eq!(RIGHT.matches(from).count(), 1, "{from:?} should stand once in the right file");
    match parse(&[("commands/x.toml", &RIGHT.replacen(from, to, 1))]) {
        Ok(_) => panic!("{to:?} should be refused"),
        Err(SpecErrors(errors)) => errors.iter().map(ToString::to_string).collect(),
    }
}

/// The line on which a text stands in the right file.
fn line_of(text: &str) -> usize {
    1 + RIGHT[..RIGHT.find(text).unwrap()].matches('\n').count()
}

/// The change is refused, on the line where `at` stands, in words that contain `what`.
#[track_caller]
fn refused(from: &str, to: &str, at: &str, what: &str) {
    let complaints = complaints(from, to);
    let place = format!("commands/x.toml:{}: ", line_of(at));
    let found = complaints.iter().any(|complaint| complaint.starts_with(&place) && complaint.contains(what));
    assert!(found, "{what:?} should be said of {place:?}, not only {complaints:#?}");
}

#[test]
fn the_right_file_is_right() {
    let catalogue = parse(&[("commands/x.toml", RIGHT)]).unwrap();
    assert_eq!(catalogue.commands().len(), 1);
    assert!(catalogue.operation("tenant provision").is_some());
}

#[test]
fn the_built_in_catalogue_is_the_folder_commands() {
    let built_in = Catalogue::built_in().unwrap();
    let read = Catalogue::read(&commands()).unwrap();
    let names = |catalogue: &Catalogue| catalogue.commands().iter().map(|c| c.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&built_in), names(&read), "list every file of commands/ in `built_in!`");
    let mut files: Vec<String> = fs::read_dir(commands())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".toml", "").replacen('-', " ", 1))
        .collect();
    // What alerts propose is no command.
    files.retain(|file| file != "alerts");
    files.sort();
    assert_eq!(names(&built_in), files, "a file is named after its command");
}

#[test]
fn unknown_words() {
    refused(
        "\"ensure secret\"",
        "\"ensure sceret\"",
        "\"ensure secret\"",
        "there is no step \"ensure sceret\"; the steps are: ensure log group,",
    );
    refused(
        "who     = [\"operator\"]",
        "who     = [\"boss\"]",
        "who     =",
        "unknown variant `boss`, expected one of `operator`",
    );
    refused("[\"team-lead\"]", "[\"team-leed\"]", "[\"team-lead\"]", "unknown variant `team-leed`");
    refused("kind     = \"cpu\"", "kind     = \"cpus\"", "kind     = \"cpu\"", "unknown variant `cpus`");
    refused("purpose = \"provision\"", "purpose = \"destroy\"", "purpose", "unknown variant `destroy`");
    refused("look = \"size-known\"", "look = \"sized\"", "look =", "unknown variant `sized`");
    refused("expires      =", "expire       =", "expires", "unknown field `expire`");
    refused(
        "summary  = \"CPU units\"",
        "sumary  = \"CPU units\"",
        "summary  = \"CPU units\"",
        "unknown field `sumary`",
    );
    refused("purpose =", "porpoise =", "purpose", "unknown field `porpoise`");
    refused("[policy.prod]", "[policy.staging]", "[policy.prod]", "unknown variant `staging`");
}

#[test]
fn text_that_is_no_toml() {
    refused("who     = [\"operator\"]", "who     = [\"operator\"", "purpose", "missing comma");
    refused("name    = \"tenant provision\"", "name    = 7", "name    =", "invalid type");
    assert!(parse(&[("commands/x.toml", "")]).is_err());
    assert!(parse(&[("commands/x.toml", "\u{0}")]).is_err());
}

#[test]
fn steps_in_no_order() {
    let (first, second) = (
        "    \"ensure secret\",\n    \"verify secret stored\",\n",
        "    \"verify secret stored\",\n    \"ensure secret\",\n",
    );
    refused(
        first,
        second,
        "\"ensure secret\"",
        "\"verify secret stored\" must come after \"ensure secret\" (playbook 6.2)",
    );
    refused(
        "    \"verify secret stored\",\n",
        "    \"ensure secret\",\n",
        "\"verify secret stored\"",
        "the step \"ensure secret\" stands twice",
    );
    let block = &RIGHT[RIGHT.find("steps = [").unwrap()..RIGHT.find("[[option]]").unwrap()];
    refused(block, "steps = []\n", "steps = [", "would succeed by doing nothing; name its steps");
}

#[test]
fn what_a_command_does() {
    refused("purpose = \"provision\"\n", "\n", "name    =", "needs either `answers`, or `purpose` and `steps`");
    refused(
        "purpose = \"provision\"",
        "answers = \"tenant-list\"",
        "name    =",
        "needs either `answers`, or `purpose` and `steps`",
    );
    refused(
        "who     = [\"operator\"]",
        "who     = []",
        "who     =",
        "nobody may use the command; name at least one role",
    );
    refused("who     = [\"operator\"]", "who     = \"everyone\"", "who     =", "only help is for everyone");
    refused("who     = [\"operator\"]", "who     = \"somebody\"", "who     =", "unknown variant `somebody`");
    refused("who     = [\"operator\"]", "who     = [\"everyone\"]", "who     =", "unknown variant `everyone`");
    let answers =
        "name = \"tenant list\"\nsummary = \"x\"\nwho = [\"operator\"]\nanswers = \"tenant-list\"\n[policy.dev]\n";
    let errors = parse(&[("commands/y.toml", answers)]).unwrap_err();
    assert_eq!(errors.to_string(), "commands/y.toml:5: a command that only answers has no policy for dev");
}

#[test]
fn policies() {
    refused(
        "[policy.dev]\n",
        "",
        "name    =",
        "there is no policy for dev; write [policy.dev], empty where nobody has to approve",
    );
    refused(
        "approve = [\"devops-lead\", \"product-owner\"]\n",
        "",
        "[policy.prod]",
        "PROD without approval is never right",
    );
    refused("validated_in = \"dev\"", "validated_in = \"prod\"", "[policy.sit]", "validated in an earlier environment");
    for duration in ["24", "h", "", "-1h", "1.5h", "0h", "24 h", "367d", "99999999999999999999d", "2ß"] {
        let to = format!("expires      = \"{duration}\"");
        refused(
            "expires      = \"24h\"",
            &to,
            "expires",
            "a duration is a whole number with s, m, h or d, such as \"24h\"",
        );
    }
}

#[test]
fn names_and_summaries_that_discord_refuses() {
    let long = "x".repeat(33);
    for name in [
        "Tenant provision",
        "tenant",
        "tenant provision now",
        "",
        "tenant  provision",
        "tenant prövision",
        &format!("tenant {long}"),
    ] {
        refused("\"tenant provision\"", &format!("{name:?}"), "name    =", "two words of 1 to 32 lower-case letters");
    }
    for summary in [String::new(), "x".repeat(101)] {
        refused(
            "\"CPU units\"",
            &format!("{summary:?}"),
            "[[option]]\nname     = \"cpu\"",
            "1 to 100 characters (a limit of Discord)",
        );
        refused(
            "\"Create a tenant's WordPress site in an environment\"",
            &format!("{summary:?}"),
            "summary =",
            "1 to 100 characters (a limit of Discord)",
        );
    }
    refused("\"cpu\"\nkind", "\"CPU units\"\nkind", "[[option]]\nname     = \"cpu\"", "an option's name has 1 to 32");
}

#[test]
fn options_that_do_not_fit_together() {
    let cpu = "[[option]]\nname     = \"cpu\"";
    let twice = complaints(cpu, &format!("[[option]]\nname = \"cpu\"\nkind = \"cpu\"\nsummary = \"x\"\n{cpu}"));
    assert!(twice[0].contains("there are two options `cpu`; rename one"), "{twice:?}");
    let last = complaints(
        "summary  = \"CPU units\"\n",
        "summary  = \"CPU units\"\n[[option]]\nname = \"memory\"\nkind = \"memory\"\nsummary = \"x\"\nrequired = true\n",
    );
    assert!(last[0].contains("required options stand before the others (a rule of Discord); move it up"), "{last:?}");
    let option = |n: usize| format!("[[option]]\nname = \"o{n}\"\nkind = \"label\"\nsummary = \"x\"\n");
    let many = (0..25).map(option).collect::<Vec<_>>().concat();
    let many = complaints("[policy.dev]", &format!("{many}[policy.dev]"));
    assert!(many[0].contains("a command has at most 25 options (a limit of Discord)"), "{many:?}");
}

#[test]
fn options_that_nothing_reads_or_that_are_missing() {
    refused(
        "name     = \"cpu\"",
        "name     = \"gpu\"",
        "[[option]]\nname     = \"cpu\"",
        "nothing reads the option `gpu`; remove it",
    );
    refused(
        "kind     = \"cpu\"",
        "kind     = \"memory\"",
        "[[option]]\nname     = \"cpu\"",
        "the option `cpu` is read as another kind",
    );
    let email = &RIGHT[RIGHT.find("[[option]]\nname     = \"email\"").unwrap()
        ..RIGHT.find("[[option]]\nname     = \"cpu\"").unwrap()];
    refused(email, "", "name    =", "the option `email` is missing");
    refused(
        email,
        &email.replace("required = true\n", ""),
        "[[option]]\nname     = \"email\"",
        "the option `email` must be `required = true`",
    );
}

#[test]
fn files_that_do_not_fit_together() {
    let errors = parse(&[("commands/a.toml", RIGHT), ("commands/b.toml", RIGHT)]).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "commands/b.toml:1: the command \"tenant provision\" stands in commands/a.toml already"
    );

    let list = |n: usize, summary: &str| {
        format!(
            "name = \"tenant list-{n}\"\nsummary = \"{summary}\"\nwho = [\"operator\"]\nanswers = \"tenant-list\"\n"
        )
    };
    let files: Vec<(String, String)> = (0..26).map(|n| (format!("commands/{n}.toml"), list(n, "x"))).collect();
    let errors = Catalogue::parse(&files).unwrap_err();
    assert_eq!(errors.to_string(), "commands/25.toml:1: /tenant has more than 25 subcommands (a limit of Discord)");
    assert!(Catalogue::parse(&files[..25]).is_ok());
}

#[test]
fn all_that_is_wrong_in_all_files_is_said_at_once() {
    let wrong = RIGHT.replace("\"ensure secret\"", "\"ensure sceret\"").replace("\"24h\"", "\"soon\"");
    let errors = parse(&[("commands/a.toml", &wrong), ("commands/b.toml", "name = 7")]).unwrap_err();
    let files: Vec<&str> = errors.0.iter().map(|error| error.file.as_str()).collect();
    assert_eq!(files, ["commands/a.toml", "commands/a.toml", "commands/b.toml"]);
}

#[test]
fn folders() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-commands");
    let _ = fs::remove_dir_all(&folder);
    let gone = Catalogue::read(&folder).unwrap_err().to_string();
    assert!(gone.contains("no-commands:1: the folder cannot be read"), "{gone}");
    fs::create_dir_all(&folder).unwrap();
    let empty = Catalogue::read(&folder).unwrap_err().to_string();
    assert_eq!(empty, "commands:1: there is no command file; write one, or name another folder");
    fs::write(folder.join("notes.txt"), "no command").unwrap();
    fs::write(folder.join("x.toml"), RIGHT).unwrap();
    assert_eq!(Catalogue::read(&folder).unwrap().commands().len(), 1, "only *.toml is read");
    fs::write(folder.join("y.toml"), [0xFF, 0xFE]).unwrap();
    let unreadable = Catalogue::read(&folder).unwrap_err().to_string();
    assert!(unreadable.contains("y.toml"), "{unreadable}");
}
