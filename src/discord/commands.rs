//! The catalogue as slash commands. They are overwritten only where they differ: Discord counts creates.

use std::collections::BTreeMap;

use landlord_core::operation::State;
use landlord_core::spec::{Catalogue, Command, CommandOption, OptionKind};
use landlord_core::tenant::Environment;
use serde_json::Value;
use serenity::all::{CommandOptionType, CreateCommand, CreateCommandOption};

use super::Place;
use super::measured::Call;

const READ: Call = Call("GET", "commands");
const SET: Call = Call("PUT", "commands");

/// Makes the server's commands those of the catalogue.
pub(super) async fn register(place: &Place, catalogue: &Catalogue) -> Result<(), serenity::Error> {
    let wanted = commands(catalogue);
    let standing = place.counted(READ, place.http.get_guild_commands(place.guild)).await?;
    if same(&serde_json::to_value(&standing)?, &serde_json::to_value(&wanted)?) {
        tracing::info!("the slash commands stand as they should");
        return Ok(());
    }
    let set = place.counted(SET, place.http.create_guild_commands(place.guild, &wanted)).await?;
    tracing::info!(commands = set.len(), "the slash commands are registered");
    Ok(())
}

/// One command for each first word, with a subcommand for each second; by itself where there is no second.
fn commands(catalogue: &Catalogue) -> Vec<CreateCommand> {
    let mut words: BTreeMap<&str, Vec<&Command>> = BTreeMap::new();
    for command in catalogue.commands() {
        words.entry(command.name.split(' ').next().unwrap_or_default()).or_default().push(command);
    }
    words
        .into_iter()
        .map(|(word, commands)| match commands.as_slice() {
            [alone] if alone.name == word => by_itself(alone),
            _ => commands
                .into_iter()
                .fold(CreateCommand::new(word).description(format!("Everything about a {word}")), |command, sub| {
                    command.add_option(subcommand(sub))
                }),
        })
        .collect()
}

fn by_itself(command: &Command) -> CreateCommand {
    let plain = CreateCommand::new(&command.name).description(&command.summary);
    command.options.iter().fold(plain, |command, option| command.add_option(parameter(option)))
}

fn subcommand(command: &Command) -> CreateCommandOption {
    let word = command.name.split(' ').nth(1).unwrap_or_default();
    command
        .options
        .iter()
        .fold(CreateCommandOption::new(CommandOptionType::SubCommand, word, &command.summary), |sub, option| {
            sub.add_sub_option(parameter(option))
        })
}

fn parameter(option: &CommandOption) -> CreateCommandOption {
    let of = |kind| CreateCommandOption::new(kind, &option.name, &option.summary).required(option.required);
    let text = || of(CommandOptionType::String);
    let choices = |values: &[(&str, &str)]| {
        values.iter().fold(text(), |parameter, (label, value)| parameter.add_string_choice(*label, *value))
    };
    match option.kind {
        OptionKind::NewTenant
        | OptionKind::Label
        | OptionKind::Subdomain
        | OptionKind::Email
        | OptionKind::Tenants
        | OptionKind::Why => text(),
        OptionKind::Tenant | OptionKind::Operation | OptionKind::Command | OptionKind::Incident => {
            text().set_autocomplete(true)
        }
        OptionKind::Environment => {
            choices(&Environment::ALL.map(|environment| (environment.title(), environment.as_str())))
        }
        OptionKind::Scope => choices(&[("DEV", "dev"), ("SIT", "sit"), ("PROD", "prod"), ("all of them", "all")]),
        OptionKind::BulkScope => choices(&[("DEV", "dev"), ("SIT", "sit"), ("DEV and SIT", "all")]),
        OptionKind::Reason => choices(&[
            ("the client cancelled", "cancellation"),
            ("a proof of concept has ended", "poc"),
            ("another", "other"),
        ]),
        OptionKind::YesNo => choices(&[("yes", "yes"), ("no", "no")]),
        OptionKind::Logs => choices(&[("keep", "keep"), ("delete", "delete")]),
        OptionKind::Engagement => choices(&[("paying client", "client"), ("proof of concept", "poc")]),
        OptionKind::State => choices(&State::ALL.map(|state| (state.as_str(), state.as_str()))),
        OptionKind::Cpu | OptionKind::Memory | OptionKind::Revision => {
            of(CommandOptionType::Integer).set_autocomplete(true)
        }
        OptionKind::Storage | OptionKind::Count => of(CommandOptionType::Integer),
    }
}

/// Whether two lists of commands mean the same, whatever else Discord says about the one that stands.
fn same(standing: &Value, wanted: &Value) -> bool {
    let essence = |value: &Value| {
        let mut commands: Vec<Value> = value.as_array().into_iter().flatten().map(essence).collect();
        commands.sort_by_key(|command| command["name"].to_string());
        commands
    };
    essence(standing) == essence(wanted)
}

/// What makes a command or option what it is; absent, null, false and empty mean the same.
fn essence(value: &Value) -> Value {
    const KEYS: [&str; 8] = ["name", "description", "type", "required", "autocomplete", "choices", "options", "value"];
    match value {
        Value::Object(map) => {
            // A standing command says its type, which is that of every slash command; a wanted one does not.
            let command = map.contains_key("application_id");
            let kept = KEYS.iter().filter(|key| !(command && **key == "type"));
            let kept = kept.filter_map(|key| map.get(*key).map(|inner| ((*key).to_owned(), essence(inner))));
            let meaningful = kept.filter(|(_, inner)| !empty(inner));
            Value::Object(meaningful.collect())
        }
        Value::Array(values) => Value::Array(values.iter().map(essence).collect()),
        other => other.clone(),
    }
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Array(values) => values.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_command_of_the_catalogue_can_be_typed() {
        let catalogue = Catalogue::built_in().expect("the built-in catalogue is valid");
        let value = serde_json::to_value(commands(&catalogue)).expect("JSON");
        let mut typed = Vec::new();
        for command in value.as_array().into_iter().flatten() {
            let word = command["name"].as_str().unwrap_or_default();
            let options = command["options"].as_array().map(Vec::as_slice).unwrap_or_default();
            let subcommands: Vec<&str> = options
                .iter()
                .filter(|option| option["type"] == 1)
                .filter_map(|option| option["name"].as_str())
                .collect();
            assert!(subcommands.is_empty() || subcommands.len() == options.len(), "{word} is both");
            typed.extend(subcommands.iter().map(|sub| format!("{word} {sub}")));
            typed.extend(subcommands.is_empty().then(|| word.to_owned()));
        }
        let mut known: Vec<&str> = catalogue.commands().iter().map(|command| command.name.as_str()).collect();
        known.sort_unstable();
        typed.sort_unstable();
        assert_eq!(typed, known);
    }

    #[test]
    fn a_command_of_one_word_has_its_options_and_no_subcommand() {
        let catalogue = Catalogue::built_in().expect("the built-in catalogue is valid");
        let value = serde_json::to_value(commands(&catalogue)).expect("JSON");
        let help = value.as_array().into_iter().flatten().find(|command| command["name"] == "help");
        let option = help.map(|help| (help["options"][0]["name"].clone(), help["options"][0]["autocomplete"].clone()));
        assert_eq!(option, Some((json!("command"), json!(true))));
    }

    #[test]
    fn commands_differ_only_in_what_matters() {
        let wanted =
            json!([{"name": "tenant", "description": "x", "options": [{"type": 3, "name": "a", "description": "b"}]}]);
        let standing = json!([{"id": "1", "application_id": "2", "type": 1, "name": "tenant", "description": "x", "nsfw": false,
            "options": [{"type": 3, "name": "a", "description": "b", "required": false, "choices": []}]}]);
        assert!(same(&standing, &wanted));
        let other =
            json!([{"name": "tenant", "description": "x", "options": [{"type": 3, "name": "a", "description": "c"}]}]);
        assert!(!same(&standing, &other));
    }
}
