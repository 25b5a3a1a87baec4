//! Application commands.

use serde_json::Value;

use super::super::finding::{Finding, below};
use super::{item, list, unique};

/// Discord: names, descriptions, values of one command together.
const COMMAND: usize = 8_000;
/// Discord: commands of a guild.
const COMMANDS: usize = 100;
/// The option types that nest.
const SUBCOMMAND: u64 = 1;
const GROUP: u64 = 2;

/// A bulk overwrite: each command, and all of them together.
pub(super) fn overwrite(all: &[Value], broken: &mut Vec<Finding>) {
    if all.len() > COMMANDS {
        broken.push(Finding::new("", format!("{} commands where {COMMANDS} fit", all.len())));
    }
    for (index, one) in all.iter().enumerate() {
        command(one, &format!("/{index}"), broken);
    }
    let names = all.iter().enumerate().filter(|(_, one)| is_slash(one));
    let names = names.filter_map(|(index, one)| Some((format!("/{index}/name"), one["name"].as_str()?)));
    unique(names, "command", broken);
}

/// One command with all its options.
pub(super) fn command(command: &Value, at: &str, broken: &mut Vec<Finding>) {
    if !is_slash(command) {
        return;
    }
    name(command, at, broken);
    if command["description"].as_str().is_none_or(str::is_empty) {
        broken.push(Finding::new(at, "a slash command needs a description"));
    }
    let size = size(command);
    if size > COMMAND {
        broken.push(Finding::new(at, format!("a command of {size} characters where {COMMAND} fit")));
    }
    options(command, at, 0, broken);
}

/// The options of a command (depth 0), a group (1) or a subcommand (2).
fn options(holder: &Value, at: &str, depth: u64, broken: &mut Vec<Finding>) {
    let all = list(holder, "options");
    let nests = |option: &Value| matches!(option["type"].as_u64(), Some(SUBCOMMAND | GROUP));
    if all.iter().any(nests) && !all.iter().all(nests) {
        broken.push(Finding::new(below(at, "options"), "subcommands and plain options side by side"));
    }
    let mut optional = false;
    for (index, option) in all.iter().enumerate() {
        let at = item(at, "options", index);
        name(option, &at, broken);
        match option["type"].as_u64() {
            Some(GROUP) if depth == 0 => options(option, &at, 1, broken),
            Some(SUBCOMMAND) if depth < 2 => options(option, &at, 2, broken),
            Some(SUBCOMMAND | GROUP) => broken.push(Finding::new(&at, "nested deeper than command, group, subcommand")),
            _ => plain(option, &at, &mut optional, broken),
        }
    }
    let names = all.iter().enumerate();
    let names = names
        .filter_map(|(index, option)| Some((below(&item(at, "options", index), "name"), option["name"].as_str()?)));
    unique(names, "option", broken);
}

fn plain(option: &Value, at: &str, optional: &mut bool, broken: &mut Vec<Finding>) {
    let required = option["required"] == true;
    if required && *optional {
        broken.push(Finding::new(at, "a required option after an optional one"));
    }
    *optional |= !required;
    if option["autocomplete"] == true && !list(option, "choices").is_empty() {
        broken.push(Finding::new(at, "autocomplete and choices exclude each other"));
    }
    for (low, high) in [("min_value", "max_value"), ("min_length", "max_length")] {
        if let (Some(least), Some(most)) = (option[low].as_f64(), option[high].as_f64())
            && least > most
        {
            broken.push(Finding::new(below(at, low), format!("more than {high}")));
        }
    }
    let choices = list(option, "choices").iter().enumerate();
    let names = choices
        .filter_map(|(index, choice)| Some((below(&item(at, "choices", index), "name"), choice["name"].as_str()?)));
    unique(names, "choice", broken);
}

/// Discord: `^[-_'\p{L}\p{N}…]{1,32}$`, lower-case where a letter has a lower case.
fn name(named: &Value, at: &str, broken: &mut Vec<Finding>) {
    let name = named["name"].as_str().unwrap_or_default();
    let fits = |letter: char| {
        matches!(letter, '-' | '_' | '\'') || (letter.is_alphanumeric() && letter.to_lowercase().eq([letter]))
    };
    if !name.chars().all(fits) {
        broken.push(Finding::new(below(at, "name"), format!("{name:?} is not a lower-case name without spaces")));
    }
}

/// Slash commands are the default among the types of commands.
fn is_slash(command: &Value) -> bool {
    command["type"].as_u64().unwrap_or(1) == 1
}

fn size(part: &Value) -> usize {
    let own =
        ["name", "description", "value"].iter().filter_map(|key| part[*key].as_str()).map(|text| text.chars().count());
    let inside = ["options", "choices"].iter().flat_map(|key| list(part, key)).map(size);
    own.chain(inside).sum()
}
