//! The pages say what is true: the commands they name exist, and their links lead somewhere.

use std::process::Command;

use crate::tree::{File, files, none, root};

fn pages() -> impl Iterator<Item = &'static File> {
    files().iter().filter(|file| file.extension() == "md")
}

/// What `landlord WORDS --help` says, where that is a command.
fn help(words: &[&str]) -> Option<String> {
    let asked = Command::new(env!("CARGO_BIN_EXE_landlord")).args(words).arg("--help").output().unwrap();
    asked.status.success().then(|| String::from_utf8_lossy(&asked.stdout).into_owned())
}

/// The command lines of a page that call the program, without its name.
fn calls(page: &File) -> impl Iterator<Item = (usize, &str)> {
    let begins = ["cargo run -- ", "landlord "];
    page.lines().flat_map(move |(number, line)| {
        let indented = line.strip_prefix("    ").map(str::trim_start);
        let spans = line.split('`').skip(1).step_by(2);
        let all = indented.into_iter().chain(spans);
        all.filter_map(move |call| begins.iter().find_map(|begin| call.strip_prefix(begin)).map(|call| (number, call)))
    })
}

/// What is wrong with a call: a command or an option that the program does not have.
fn wrong(call: &str) -> Option<String> {
    let plain = |word: &&str| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && !word.starts_with('-');
    let words: Vec<&str> = call.split_whitespace().take_while(|word| *word != "#").collect();
    let commands: Vec<&str> = words.iter().copied().take_while(|word| plain(word)).take(2).collect();
    if commands.is_empty() {
        return None;
    }
    let Some(said) = help(&commands).or_else(|| help(&commands[..1])) else {
        return Some(format!("there is no `landlord {}`", commands.join(" ")));
    };
    let options = words.iter().map(|word| word.trim_start_matches('[')).filter(|word| word.starts_with("--"));
    let unknown = options.map(|option| option.trim_end_matches(']')).find(|option| !said.contains(option));
    unknown.map(|option| format!("`landlord {}` has no {option}", commands.join(" ")))
}

#[test]
fn every_command_on_a_page_exists() {
    let mut asked = 0;
    let mut found = Vec::new();
    for page in pages() {
        for (number, call) in calls(page) {
            asked += 1;
            found.extend(wrong(call).map(|what| format!("{}:{number}: {what}", page.path)));
        }
    }
    assert!(asked > 5, "only {asked} command lines were found");
    none("the program has not what the page says", found);
}

#[test]
fn a_command_or_option_that_is_not_there_is_found() {
    assert_eq!(wrong("demolish --config landlord.toml"), Some("there is no `landlord demolish`".to_owned()));
    assert_eq!(wrong("commands check --gently"), Some("`landlord commands check` has no --gently".to_owned()));
    assert_eq!(wrong("commands check [DIR]"), None);
}

#[test]
fn every_link_leads_to_a_file() {
    let mut found = Vec::new();
    for page in pages() {
        let folder = root().join(&page.path).parent().unwrap().to_owned();
        for (number, line) in page.lines() {
            for rest in line.split("](").skip(1) {
                let target = rest.split([')', '#']).next().unwrap_or_default();
                if !target.is_empty() && !target.contains("://") && !folder.join(target).exists() {
                    found.push(format!("{}:{number}: {target}", page.path));
                }
            }
        }
    }
    none("these lead nowhere", found);
}
