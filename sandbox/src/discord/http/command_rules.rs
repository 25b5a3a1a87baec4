//! What Discord accepts as an application command (Discord: "Application Command Object"): names, lengths, counts,
//! nesting, order. Checks a form and gives it back as Discord keeps it.

use crate::discord::error::Form;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Option types that group others.
pub(crate) const SUBCOMMAND: u64 = 1;
pub(crate) const GROUP: u64 = 2;

/// Characters of names, descriptions and values of one command, all told.
const TOTAL: usize = 8_000;

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn entries<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A name is of letters, digits, `-`, `_` or `'`, 1 to 32 of them, without capitals.
fn name(form: &mut Form, at: &str, name: &str) {
    form.length(at, name, 1, 32);
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '\'');
    if !name.chars().all(fits) || name.to_lowercase() != name {
        form.fail(at, "STRING_TYPE_REGEX", "String value did not match validation regex.");
    }
}

/// Checks one command and gives what Discord keeps of it, without ids.
pub(crate) fn command(form: &mut Form, at: &str, given: &Value) -> Map<String, Value> {
    let under = |field: &str| if at.is_empty() { field.to_owned() } else { format!("{at}.{field}") };
    let kind = given["type"].as_u64().unwrap_or(1);
    if given["name"].is_null() {
        form.required(&under("name"));
    }
    match kind {
        1 => {
            name(form, &under("name"), text(given, "name"));
            form.length(&under("description"), text(given, "description"), 1, 100);
            options(form, &under("options"), entries(given, "options"), 0);
        }
        2 | 3 => {
            form.length(&under("name"), text(given, "name"), 1, 32);
            if !text(given, "description").is_empty() {
                let message = "Context menu commands cannot have description";
                form.fail(&under("description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID", message);
            }
            if !entries(given, "options").is_empty() {
                let message = "Context menu commands cannot have options";
                form.fail(&under("options"), "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID", message);
            }
        }
        _ => form.choice(&under("type"), "1, 2, 3"),
    }
    if size(given) > TOTAL {
        let message = format!("Command exceeds maximum size ({TOTAL})");
        form.fail(at, "APPLICATION_COMMAND_TOO_LARGE", message);
    }
    let mut kept = Map::new();
    kept.insert("type".to_owned(), json!(kind));
    kept.insert("name".to_owned(), given["name"].clone());
    kept.insert("description".to_owned(), json!(text(given, "description")));
    kept.insert("default_member_permissions".to_owned(), given["default_member_permissions"].clone());
    kept.insert("nsfw".to_owned(), json!(given["nsfw"].as_bool().unwrap_or(false)));
    for localized in ["name_localizations", "description_localizations", "contexts"] {
        kept.insert(localized.to_owned(), given[localized].clone());
    }
    let types = given["integration_types"].as_array().filter(|types| !types.is_empty());
    kept.insert("integration_types".to_owned(), types.map_or(json!([0]), |types| json!(types)));
    if !entries(given, "options").is_empty() {
        kept.insert("options".to_owned(), entries(given, "options").iter().map(tidy).collect());
    }
    kept
}

/// Characters that count towards a command's size.
fn size(value: &Value) -> usize {
    let own = ["name", "description", "value"].iter().map(|key| text(value, key).chars().count()).sum::<usize>();
    let below = ["options", "choices"].iter().flat_map(|key| entries(value, key)).map(size).sum::<usize>();
    own + below
}

/// Checks a list of options; `depth` 0 is a command's own, 1 a group's or subcommand's.
fn options(form: &mut Form, at: &str, list: &[Value], depth: usize) {
    form.count(at, list.len(), 25);
    let mut names = HashSet::new();
    let mut optional_seen = false;
    let groups = list.iter().filter(|option| matches!(option["type"].as_u64(), Some(SUBCOMMAND | GROUP))).count();
    if groups != 0 && groups != list.len() {
        let message = "Sub-command and sub-command group option types are mutually exclusive to all other types";
        form.fail(at, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
    }
    for (index, option) in list.iter().enumerate() {
        let path = format!("{at}.{index}");
        name(form, &format!("{path}.name"), text(option, "name"));
        form.length(&format!("{path}.description"), text(option, "description"), 1, 100);
        if !names.insert(text(option, "name")) {
            let code = "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS";
            form.fail(at, code, "Option name already exists");
        }
        match option["type"].as_u64() {
            Some(SUBCOMMAND) => plain_options(form, &format!("{path}.options"), entries(option, "options")),
            Some(GROUP) if depth == 0 => {
                let below = entries(option, "options");
                if below.iter().any(|inner| inner["type"] != SUBCOMMAND) {
                    let message = "Sub-command group options must be sub-commands";
                    form.fail(&format!("{path}.options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
                }
                options(form, &format!("{path}.options"), below, depth + 1);
            }
            Some(3..=11) => {
                value_option(form, &path, option);
                let required = option["required"] == true;
                if required && optional_seen {
                    let message = "Required options must be placed before non-required options";
                    form.fail(&format!("{path}.required"), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
                }
                optional_seen |= !required;
            }
            _ => form.choice(&format!("{path}.type"), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"),
        }
    }
}

/// A subcommand's options are values only.
fn plain_options(form: &mut Form, at: &str, list: &[Value]) {
    if list.iter().any(|inner| matches!(inner["type"].as_u64(), Some(SUBCOMMAND | GROUP))) {
        let message = "Sub-command and sub-command group option types are mutually exclusive to all other types";
        form.fail(at, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
        return;
    }
    options(form, at, list, 1);
}

fn value_option(form: &mut Form, at: &str, option: &Value) {
    let kind = option["type"].as_u64().unwrap_or(0);
    let choices = entries(option, "choices");
    form.count(&format!("{at}.choices"), choices.len(), 25);
    if !choices.is_empty() && !matches!(kind, 3 | 4 | 10) {
        form.fail(
            &format!("{at}.choices"),
            "APPLICATION_COMMAND_OPTION_CHOICES_INVALID",
            "Choices are not allowed here",
        );
    }
    let mut seen = HashSet::new();
    for (index, choice) in choices.iter().enumerate() {
        let path = format!("{at}.choices.{index}");
        form.length(&format!("{path}.name"), text(choice, "name"), 1, 100);
        if !seen.insert(text(choice, "name")) {
            let code = "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS";
            form.fail(&format!("{at}.choices"), code, "Option choice name already exists");
        }
        let fits = match kind {
            3 => choice["value"].is_string(),
            4 => choice["value"].is_i64(),
            _ => choice["value"].is_number(),
        };
        if !fits {
            form.fail(&format!("{path}.value"), "STRING_TYPE_CONVERT", "Could not interpret value.");
        }
        form.length(&format!("{path}.value"), text(choice, "value"), 0, 100);
    }
    if option["autocomplete"] == true && (!choices.is_empty() || !matches!(kind, 3 | 4 | 10)) {
        let code = "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID";
        form.fail(&format!("{at}.autocomplete"), code, "Autocomplete is not allowed here");
    }
    for (key, least) in [("min_length", 0), ("max_length", 1)] {
        if option[key].as_i64().is_some_and(|length| !(least..=6_000).contains(&length)) {
            let message = format!("int value should be between {least} and 6000.");
            form.fail(&format!("{at}.{key}"), "NUMBER_TYPE_RANGE", message);
        }
    }
}

/// An option as Discord gives it back: what says nothing is left out.
fn tidy(option: &Value) -> Value {
    let mut kept = Map::new();
    for key in ["type", "name", "description", "name_localizations", "description_localizations"] {
        if !option[key].is_null() {
            kept.insert(key.to_owned(), option[key].clone());
        }
    }
    for key in ["required", "autocomplete"] {
        if option[key] == true {
            kept.insert(key.to_owned(), json!(true));
        }
    }
    for key in ["min_value", "max_value", "min_length", "max_length"] {
        if option[key].is_number() {
            kept.insert(key.to_owned(), option[key].clone());
        }
    }
    for key in ["choices", "channel_types"] {
        if !entries(option, key).is_empty() {
            kept.insert(key.to_owned(), option[key].clone());
        }
    }
    if !entries(option, "options").is_empty() {
        kept.insert("options".to_owned(), entries(option, "options").iter().map(tidy).collect());
    }
    Value::Object(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(given: &Value) -> Value {
        let mut form = Form::default();
        command(&mut form, "", given);
        form.finish().err().map_or(Value::Null, |error| error.body["errors"].clone())
    }

    #[test]
    fn a_plain_command_passes() {
        let given = json!({ "name": "tenant", "description": "Tenants", "options": [
            { "type": 1, "name": "list", "description": "All", "options": [
                { "type": 3, "name": "environment", "description": "Which", "required": true },
                { "type": 4, "name": "page", "description": "Which" } ] } ] });
        assert_eq!(wrong(&given), Value::Null);
    }

    #[test]
    fn capitals_order_and_mixed_nesting_are_told_by_path() {
        let given = json!({ "name": "Tenant", "description": "", "options": [
            { "type": 3, "name": "a", "description": "d" },
            { "type": 3, "name": "b", "description": "d", "required": true },
            { "type": 1, "name": "c", "description": "d" } ] });
        let errors = wrong(&given);
        assert_eq!(errors["name"]["_errors"][0]["code"], "STRING_TYPE_REGEX");
        assert_eq!(errors["description"]["_errors"][0]["code"], "BASE_TYPE_BAD_LENGTH");
        assert_eq!(errors["options"]["_errors"][0]["code"], "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID");
        let order = &errors["options"]["1"]["required"]["_errors"][0]["code"];
        assert_eq!(order, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID");
    }

    #[test]
    fn twenty_six_choices_are_too_many() {
        let choices: Vec<_> = (0..26).map(|n| json!({ "name": n.to_string(), "value": n.to_string() })).collect();
        let given = json!({ "name": "t", "description": "d", "options": [
            { "type": 3, "name": "a", "description": "d", "choices": choices } ] });
        let errors = wrong(&given);
        assert_eq!(errors["options"]["0"]["choices"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
    }
}
