//! The rooms of ARCHITECTURE.md: what each is for stands at its door, and adapters do not know each other.

use crate::tree::{File, below, files, none};

/// The rooms of `src/` that stand for one outside system each.
const ADAPTERS: [&str; 9] = ["aws", "discord", "http", "mysql", "notify", "probe", "runner", "sns", "store"];
/// What every adapter may use: values that know no outside system.
const COMMON: [&str; 5] = ["clock", "config", "gate", "health", "metrics"];
/// What else an adapter may use, and why.
const EXCEPTIONS: [(&str, &str); 2] = [
    // Mail goes through the same sealed accounts as everything else of an environment.
    ("notify", "aws::accounts"),
    // The door for alerts lets nobody in before SNS's signature was looked at.
    ("http", "sns"),
];

/// `aws` for `src/aws/seal.rs` and for `src/aws.rs`.
fn room(file: &File) -> &str {
    let inside = file.path.trim_start_matches("src/");
    inside.split_once('/').map_or(inside.trim_end_matches(".rs"), |(room, _)| room)
}

/// What a file uses of its own crate: the paths after `crate::`, those in braces each by itself.
fn used(file: &File) -> Vec<String> {
    let mut paths = Vec::new();
    for (at, word) in file.text.match_indices("crate::") {
        let rest = &file.text[at + word.len()..];
        match rest.strip_prefix('{').and_then(|group| group.split_once(';')) {
            Some((group, _)) => paths.extend(group.split(',').map(|path| path.trim().to_owned())),
            None => paths.push(rest.chars().take_while(|c| c.is_alphanumeric() || "_:".contains(*c)).collect()),
        }
    }
    paths
}

#[test]
fn adapters_never_import_each_other() {
    let mut looked_at = 0;
    let mut found = Vec::new();
    for file in below("src/").filter(|file| ADAPTERS.contains(&room(file))) {
        looked_at += 1;
        for path in used(file) {
            let first = path.split("::").next().unwrap_or_default();
            let own = first == room(file) || COMMON.contains(&first);
            let excepted = EXCEPTIONS.iter().any(|(who, what)| *who == room(file) && path.starts_with(what));
            if !own && !excepted {
                found.push(format!("{} uses crate::{path}", file.path));
            }
        }
    }
    assert!(looked_at > 20, "only {looked_at} files of adapters were found");
    none("hand it over in the wiring", found);
}

#[test]
fn the_local_discord_does_not_know_the_bot() {
    let knowing = below("sandbox/src/discord/").filter(|file| file.text.contains("landlord_core"));
    none("it must serve any client", knowing.map(|file| file.path.clone()));
}

/// The way of what people write into forms, from Discord into the desk. A tenant's name that is typed to confirm its deletion
/// counts only where it is the name to the letter.
const TO_THE_LETTER: [&str; 4] =
    ["src/discord/interactions.rs", "src/discord/gateway.rs", "core/src/desk/forms.rs", "core/src/card/form.rs"];
/// What makes two texts that are nearly the same one.
const MAKES_ANOTHER: [&str; 4] = ["trim", "case(", "normalize", "nfc"];

#[test]
fn what_people_write_into_forms_stays_as_it_is() {
    let mut broken = Vec::new();
    for path in TO_THE_LETTER {
        let file = files().iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path} is not there"));
        let code = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        // A comment may say what is not done.
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let found = MAKES_ANOTHER.iter().filter(|word| line.contains(**word));
            broken.extend(found.map(|word| format!("{path}: {word}")));
        }
    }
    none("hand it on to the letter", broken);
}

#[test]
fn every_module_says_what_it_is_for() {
    let modules = files().iter().filter(|file| file.extension() == "rs");
    let silent = modules.filter(|file| !file.text.starts_with("//!"));
    none("begin with //! and what the room is for", silent.map(|file| file.path.clone()));
}

#[test]
fn every_command_file_is_built_in() {
    let catalogue = landlord_core::spec::Catalogue::built_in().unwrap();
    let mut built_in: Vec<String> = catalogue
        .commands()
        .iter()
        .map(|command| format!("commands/{}.toml", command.name.replace(' ', "-")))
        .collect();
    // What alerts propose and what is looked at when are no commands, and are built in beside them.
    let beside = ["commands/alerts.toml", "commands/monitors.toml"];
    assert!(!catalogue.alerts().rules.is_empty() && !catalogue.monitors().jobs.is_empty());
    let files = below("commands/").map(|file| file.path.clone());
    let mut standing: Vec<String> = files.filter(|path| !beside.contains(&path.as_str())).collect();
    built_in.sort();
    standing.sort();
    assert_eq!(standing, built_in);
}
