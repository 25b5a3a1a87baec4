//! A member's options held against the command as it is registered: nesting, types, choices, lengths, what is required.
//! Gives them back as the bot receives them, with the users, roles and channels they name. Changes nothing.

use super::command_rules::{GROUP, SUBCOMMAND};
use crate::discord::error::Form;
use crate::discord::render;
use crate::discord::snowflake::Id;
use crate::discord::world::World;
use serde_json::{Map, Value, json};

/// What came of a member's options.
pub(crate) struct Invoked {
    pub(crate) options: Vec<Value>,
    /// The subcommands that were walked, to be joined with the command's name.
    pub(crate) path: Vec<String>,
    /// Users, members, roles and channels by id.
    pub(crate) resolved: Map<String, Value>,
    focused: usize,
    /// Whose permissions a resolved channel is told with.
    who: Id,
}

fn entries<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Checks `given` against a registered command. While a member still types (`complete` false) options may be missing,
/// and exactly one is focused.
pub(crate) fn check(
    world: &World,
    form: &mut Form,
    who: Id,
    command: &Value,
    given: &Value,
    complete: bool,
) -> Invoked {
    let mut invoked = Invoked { options: Vec::new(), path: Vec::new(), resolved: Map::new(), focused: 0, who };
    let defined = entries(command, "options");
    invoked.options = level(world, form, &mut invoked, "data.options", defined, given, complete);
    if !complete && invoked.focused != 1 {
        form.fail("data.options", "BASE_TYPE_BAD_LENGTH", "Exactly one option must be focused");
    }
    invoked
}

fn level(
    world: &World,
    form: &mut Form,
    invoked: &mut Invoked,
    at: &str,
    defined: &[Value],
    given: &Value,
    complete: bool,
) -> Vec<Value> {
    let given = entries(given, "options");
    let nested = defined.iter().any(|option| matches!(option["type"].as_u64(), Some(SUBCOMMAND | GROUP)));
    if nested && given.len() != 1 {
        form.fail(at, "BASE_TYPE_REQUIRED", "A sub-command is required");
        return Vec::new();
    }
    let mut kept = Vec::new();
    for (index, option) in given.iter().enumerate() {
        let path = format!("{at}.{index}");
        let Some(definition) = defined.iter().find(|definition| definition["name"] == option["name"]) else {
            form.fail(&format!("{path}.name"), "APPLICATION_COMMAND_OPTION_UNKNOWN", "Unknown option");
            continue;
        };
        if kept.iter().any(|other: &Value| other["name"] == option["name"]) {
            form.fail(&format!("{path}.name"), "APPLICATION_COMMAND_OPTION_DUPLICATED", "Option is given twice");
            continue;
        }
        if option["type"] != definition["type"] {
            form.choice(&format!("{path}.type"), &definition["type"].to_string());
            continue;
        }
        if nested {
            invoked.path.push(definition["name"].as_str().unwrap_or_default().to_owned());
            let below = entries(definition, "options");
            let inner = level(world, form, invoked, &format!("{path}.options"), below, option, complete);
            kept.push(json!({ "name": option["name"], "type": option["type"], "options": inner }));
            continue;
        }
        let mut value = json!({ "name": option["name"], "type": option["type"], "value": option["value"] });
        if option["focused"] == true && !complete {
            if definition["autocomplete"] != true {
                let code = "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID";
                form.fail(&format!("{path}.focused"), code, "Option has no autocomplete");
            }
            invoked.focused += 1;
            // What is being typed is text, whatever the option's type.
            value["value"] = json!(option["value"].as_str().unwrap_or_default());
            value["focused"] = json!(true);
        } else {
            check_value(world, form, invoked, &format!("{path}.value"), definition, &option["value"]);
        }
        kept.push(value);
    }
    if complete && !nested {
        let lacking = defined.iter().filter(|definition| definition["required"] == true);
        for definition in lacking.filter(|definition| !kept.iter().any(|option| option["name"] == definition["name"])) {
            form.required(&format!("{at}.{}", definition["name"].as_str().unwrap_or_default()));
        }
    }
    kept
}

fn check_value(world: &World, form: &mut Form, invoked: &mut Invoked, at: &str, definition: &Value, value: &Value) {
    let fits = match definition["type"].as_u64() {
        Some(3) => value.is_string(),
        Some(4) => value.is_i64(),
        Some(5) => value.is_boolean(),
        Some(10) => value.is_number(),
        Some(kind @ (6..=9)) => {
            let id = value.as_str().and_then(|text| text.parse().ok());
            id.is_some_and(|id| resolve(world, invoked, kind, id))
        }
        _ => false,
    };
    if !fits {
        form.fail(at, "APPLICATION_COMMAND_OPTION_VALUE_INVALID", "Value is of the wrong type or unknown");
        return;
    }
    let choices = entries(definition, "choices");
    if !choices.is_empty() && !choices.iter().any(|choice| choice["value"] == *value) {
        form.fail(at, "APPLICATION_COMMAND_OPTION_CHOICE_INVALID", "Value is none of the choices");
    }
    if let Some(text) = value.as_str().filter(|_| definition["type"] == 3) {
        let bound = |key: &str| definition[key].as_u64().and_then(|length| usize::try_from(length).ok());
        let least = bound("min_length").unwrap_or(0);
        let most = bound("max_length").unwrap_or(6_000);
        form.length(at, text, least, most);
    }
    if let Some(number) = value.as_f64() {
        let least = definition["min_value"].as_f64().filter(|least| number < *least);
        let most = definition["max_value"].as_f64().filter(|most| number > *most);
        if let Some(least) = least {
            form.fail(at, "NUMBER_TYPE_MIN", format!("Value should be greater than or equal to {least}."));
        }
        if let Some(most) = most {
            form.fail(at, "NUMBER_TYPE_MAX", format!("Value should be less than or equal to {most}."));
        }
    }
}

/// Looks up what a user (6), channel (7), role (8) or mentionable (9) option names.
fn resolve(world: &World, invoked: &mut Invoked, kind: u64, id: Id) -> bool {
    let Some(who) = world.members.get(&invoked.who) else { return false };
    let key = id.to_string();
    let mut put = |what: &str, value: Value| {
        let entry = invoked.resolved.entry(what).or_insert_with(|| json!({}));
        entry[key.as_str()] = value;
        true
    };
    if matches!(kind, 6 | 9)
        && let Some(member) = world.members.get(&id)
    {
        return put("users", render::user(&member.user)) && put("members", render::partial_member(member));
    }
    if matches!(kind, 8 | 9)
        && let Some(role) = world.roles.iter().find(|role| role.id == id)
    {
        return put("roles", render::role(world, role));
    }
    match world.channels.get(&id).filter(|_| kind == 7) {
        Some(channel) => put("channels", render::partial_channel(world, channel, who)),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord::seed;

    fn errors(given: &Value, complete: bool) -> Value {
        let world = seed::world(time::OffsetDateTime::UNIX_EPOCH, String::new());
        let command = json!({ "name": "tenant", "options": [{ "type": 1, "name": "scale", "options": [
            { "type": 3, "name": "environment", "required": true,
              "choices": [{ "name": "dev", "value": "dev" }] },
            { "type": 4, "name": "count", "min_value": 1, "max_value": 4, "autocomplete": true }] }] });
        let mut form = Form::default();
        check(&world, &mut form, world.bot(), &command, given, complete);
        form.finish().err().map_or(Value::Null, |error| error.body["errors"]["data"]["options"].clone())
    }

    fn scale(options: &Value) -> Value {
        json!({ "options": [{ "type": 1, "name": "scale", "options": options }] })
    }

    #[test]
    fn what_is_required_chosen_and_bounded_is_held() {
        let good = json!([{ "type": 3, "name": "environment", "value": "dev" }]);
        assert_eq!(errors(&scale(&good), true), Value::Null);
        let missing = errors(&scale(&json!([])), true);
        assert_eq!(missing["0"]["options"]["environment"]["_errors"][0]["code"], "BASE_TYPE_REQUIRED");
        let bad = json!([{ "type": 3, "name": "environment", "value": "moon" },
                         { "type": 4, "name": "count", "value": 9 }]);
        let bad = errors(&scale(&bad), true);
        let code = |n: &str| bad["0"]["options"][n]["value"]["_errors"][0]["code"].clone();
        assert_eq!(code("0"), "APPLICATION_COMMAND_OPTION_CHOICE_INVALID");
        assert_eq!(code("1"), "NUMBER_TYPE_MAX");
    }

    #[test]
    fn a_command_with_subcommands_needs_one() {
        assert_eq!(errors(&json!({ "options": [] }), true)["_errors"][0]["code"], "BASE_TYPE_REQUIRED");
    }

    #[test]
    fn while_typing_one_option_is_focused_and_others_may_be_missing() {
        let typing = json!([{ "type": 4, "name": "count", "value": "2", "focused": true }]);
        assert_eq!(errors(&scale(&typing), false), Value::Null);
        let nothing = errors(&scale(&json!([])), false);
        assert_eq!(nothing["_errors"][0]["code"], "BASE_TYPE_BAD_LENGTH");
    }
}
