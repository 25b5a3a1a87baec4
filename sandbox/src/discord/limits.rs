//! What Discord lets a message hold (Discord: "Message", "Embed Limits", "Component Reference"). Checks what was sent
//! and gives it back as Discord keeps it: nulls and unknown keys gone, components numbered. Changes no world.

use super::error::Form;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Characters of a message.
pub(crate) const CONTENT: usize = 2_000;
/// Bytes of one file.
pub(crate) const FILE: usize = 10 * 1024 * 1024;

/// A text field, empty when absent.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Copies the named keys that hold something.
fn pick(value: &Value, keys: &[&str]) -> Map<String, Value> {
    let held = keys.iter().filter_map(|key| value.get(*key).filter(|it| !it.is_null()).map(|it| (*key, it)));
    held.map(|(key, it)| (key.to_owned(), it.clone())).collect()
}

/// Checks a message's embeds: title 256, description 4,096, 25 fields of 256 and 1,024, footer 2,048, author 256, ten
/// embeds, 6,000 characters in all.
pub(crate) fn embeds(form: &mut Form, at: &str, embeds: &Value) -> Vec<Value> {
    let Some(list) = embeds.as_array() else {
        if !embeds.is_null() {
            form.fail(at, "BASE_TYPE_LIST", "Only iterables may be used in a ListType");
        }
        return Vec::new();
    };
    form.count(at, list.len(), 10);
    let mut total = 0;
    let kept =
        list.iter().enumerate().map(|(index, embed)| one_embed(form, &format!("{at}.{index}"), embed, &mut total));
    let kept = kept.collect();
    if total > 6_000 {
        form.fail(at, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000");
    }
    kept
}

fn one_embed(form: &mut Form, at: &str, embed: &Value, total: &mut usize) -> Value {
    let mut limit = |form: &mut Form, path: String, text: &str, min, max| {
        form.length(&path, text, min, max);
        *total += text.chars().count();
    };
    limit(form, format!("{at}.title"), text(embed, "title"), 0, 256);
    limit(form, format!("{at}.description"), text(embed, "description"), 0, 4_096);
    if embed["footer"].is_object() {
        limit(form, format!("{at}.footer.text"), text(&embed["footer"], "text"), 1, 2_048);
    }
    if embed["author"].is_object() {
        limit(form, format!("{at}.author.name"), text(&embed["author"], "name"), 1, 256);
    }
    if embed["color"].as_i64().is_some_and(|color| !(0..=0x00FF_FFFF).contains(&color)) {
        form.fail(&format!("{at}.color"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.");
    }
    let url_ok =
        |url: &str| url.is_empty() || ["http://", "https://", "attachment://"].iter().any(|s| url.starts_with(s));
    for (path, url) in [
        ("url", text(embed, "url")),
        ("image.url", text(&embed["image"], "url")),
        ("thumbnail.url", text(&embed["thumbnail"], "url")),
    ] {
        if !url_ok(url) {
            form.fail(&format!("{at}.{path}"), "URL_TYPE_INVALID_URL", "Not a well formed URL.");
        }
    }
    let fields = embed["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
    form.count(&format!("{at}.fields"), fields.len(), 25);
    for (index, field) in fields.iter().enumerate() {
        for (key, max) in [("name", 256), ("value", 1_024)] {
            let path = format!("{at}.fields.{index}.{key}");
            if text(field, key).trim().is_empty() {
                form.required(&path);
            }
            limit(form, path, text(field, key), 0, max);
        }
    }
    let parts = ["title", "description", "fields", "image", "thumbnail", "author", "footer"];
    if parts.iter().all(|part| embed[part].is_null() || text(embed, part).is_empty() && embed[part].is_string()) {
        form.fail(&format!("{at}.description"), "BASE_TYPE_REQUIRED", "This field is required");
    }
    let mut kept = pick(embed, &["title", "description", "url", "timestamp", "color", "author"]);
    kept.insert("type".to_owned(), json!("rich"));
    for picture in ["image", "thumbnail"] {
        if embed[picture].is_object() {
            kept.insert(
                picture.to_owned(),
                json!({ "url": embed[picture]["url"], "proxy_url": embed[picture]["url"] }),
            );
        }
    }
    if embed["footer"].is_object() {
        kept.insert("footer".to_owned(), pick(&embed["footer"], &["text", "icon_url"]).into());
    }
    if !fields.is_empty() {
        let tidy = |field: &Value| json!({ "name": field["name"], "value": field["value"], "inline": field["inline"].as_bool().unwrap_or(false) });
        kept.insert("fields".to_owned(), fields.iter().map(tidy).collect());
    }
    Value::Object(kept)
}

/// Checks a message's components: five rows, each of up to five buttons or one select, custom ids unique.
pub(crate) fn components(form: &mut Form, at: &str, rows: &Value) -> Vec<Value> {
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    form.count(at, rows.len(), 5);
    let mut seen = HashSet::new();
    let mut number = 0_u32;
    let mut kept = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let path = format!("{at}.{index}");
        if row["type"] != 1 {
            form.choice(&format!("{path}.type"), "1");
            continue;
        }
        number += 1;
        let own = number;
        let children = row["components"].as_array().map(Vec::as_slice).unwrap_or_default();
        let select = children.iter().any(|child| child["type"] != 2);
        if children.is_empty() || children.len() > 5 || (select && children.len() > 1) {
            let message = if select { "A row holds one select." } else { "Must be between 1 and 5 in length." };
            form.fail(&format!("{path}.components"), "BASE_TYPE_BAD_LENGTH", message);
        }
        let mut inner = Vec::new();
        for (place, child) in children.iter().enumerate() {
            let path = format!("{path}.components.{place}");
            number += 1;
            if let Some(custom_id) = child["custom_id"].as_str()
                && !seen.insert(custom_id.to_owned())
            {
                let code = "COMPONENT_CUSTOM_ID_DUPLICATED";
                form.fail(&format!("{path}.custom_id"), code, "Component custom id cannot be duplicated");
            }
            let mut tidy = match child["type"].as_u64() {
                Some(2) => button(form, &path, child),
                Some(3 | 5 | 6 | 7 | 8) => select_menu(form, &path, child),
                _ => {
                    form.choice(&format!("{path}.type"), "2, 3, 5, 6, 7, 8");
                    continue;
                }
            };
            tidy.insert("id".to_owned(), json!(number));
            inner.push(Value::Object(tidy));
        }
        kept.push(json!({ "type": 1, "id": own, "components": inner }));
    }
    kept
}

fn button(form: &mut Form, at: &str, button: &Value) -> Map<String, Value> {
    form.length(&format!("{at}.label"), text(button, "label"), 0, 80);
    match button["style"].as_u64() {
        Some(1..=4) => {
            form.length(&format!("{at}.custom_id"), text(button, "custom_id"), 1, 100);
            if !button["url"].is_null() {
                let code = "BUTTON_COMPONENT_URL_AND_CUSTOM_ID_MUTUALLY_EXCLUSIVE";
                form.fail(at, code, "A custom id and url cannot both be specified");
            }
        }
        Some(5) => {
            form.length(&format!("{at}.url"), text(button, "url"), 1, 512);
            if !button["custom_id"].is_null() {
                let code = "BUTTON_COMPONENT_URL_AND_CUSTOM_ID_MUTUALLY_EXCLUSIVE";
                form.fail(at, code, "A custom id and url cannot both be specified");
            }
        }
        _ => form.choice(&format!("{at}.style"), "1, 2, 3, 4, 5"),
    }
    if text(button, "label").is_empty() && button["emoji"].is_null() {
        form.fail(at, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or emoji is required");
    }
    let mut kept = pick(button, &["type", "style", "label", "custom_id", "url", "emoji"]);
    if button["disabled"] == true {
        kept.insert("disabled".to_owned(), json!(true));
    }
    kept
}

fn select_menu(form: &mut Form, at: &str, select: &Value) -> Map<String, Value> {
    form.length(&format!("{at}.custom_id"), text(select, "custom_id"), 1, 100);
    form.length(&format!("{at}.placeholder"), text(select, "placeholder"), 0, 150);
    if select["type"] == 3 {
        let options = select["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        if options.is_empty() || options.len() > 25 {
            form.fail(&format!("{at}.options"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25 in length.");
        }
        let mut values = HashSet::new();
        for (index, option) in options.iter().enumerate() {
            let path = format!("{at}.options.{index}");
            form.length(&format!("{path}.label"), text(option, "label"), 1, 100);
            form.length(&format!("{path}.value"), text(option, "value"), 1, 100);
            form.length(&format!("{path}.description"), text(option, "description"), 0, 100);
            if !values.insert(text(option, "value")) {
                let code = "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED";
                form.fail(&format!("{path}.value"), code, "The specified option value is already used");
            }
        }
    }
    let mut kept = pick(select, &["type", "custom_id", "placeholder", "options", "channel_types", "default_values"]);
    kept.insert("min_values".to_owned(), json!(select["min_values"].as_u64().unwrap_or(1)));
    kept.insert("max_values".to_owned(), json!(select["max_values"].as_u64().unwrap_or(1)));
    if select["disabled"] == true {
        kept.insert("disabled".to_owned(), json!(true));
    }
    kept
}

/// Checks a modal: title 45, custom id 100, one to five inputs, each in a row or a label.
pub(crate) fn modal(form: &mut Form, at: &str, modal: &Value) {
    form.length(&format!("{at}.title"), text(modal, "title"), 1, 45);
    form.length(&format!("{at}.custom_id"), text(modal, "custom_id"), 1, 100);
    let parts = modal["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    if parts.is_empty() || parts.len() > 5 {
        form.fail(&format!("{at}.components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.");
    }
    let mut seen = HashSet::new();
    for (index, part) in parts.iter().enumerate() {
        let path = format!("{at}.components.{index}");
        let (input, path) = match part["type"].as_u64() {
            Some(1) => {
                let path = format!("{path}.components.0");
                form.length(&format!("{path}.label"), text(&part["components"][0], "label"), 1, 45);
                (&part["components"][0], path)
            }
            Some(18) => {
                form.length(&format!("{path}.label"), text(part, "label"), 1, 45);
                (&part["component"], format!("{path}.component"))
            }
            Some(10) => continue,
            _ => {
                form.choice(&format!("{path}.type"), "1, 10, 18");
                continue;
            }
        };
        form.length(&format!("{path}.custom_id"), text(input, "custom_id"), 1, 100);
        if !seen.insert(text(input, "custom_id")) {
            let code = "COMPONENT_CUSTOM_ID_DUPLICATED";
            form.fail(&format!("{path}.custom_id"), code, "Component custom id cannot be duplicated");
        }
        if input["type"] == 4 {
            text_input(form, &path, input);
        } else if part["type"] == 1 {
            form.choice(&format!("{path}.type"), "4");
        }
    }
}

fn text_input(form: &mut Form, at: &str, input: &Value) {
    if !matches!(input["style"].as_u64(), Some(1 | 2)) {
        form.choice(&format!("{at}.style"), "1, 2");
    }
    form.length(&format!("{at}.placeholder"), text(input, "placeholder"), 0, 100);
    form.length(&format!("{at}.value"), text(input, "value"), 0, 4_000);
    for (key, least) in [("min_length", 0), ("max_length", 1)] {
        if input[key].as_i64().is_some_and(|length| !(least..=4_000).contains(&length)) {
            let message = format!("int value should be between {least} and 4000.");
            form.fail(&format!("{at}.{key}"), "NUMBER_TYPE_RANGE", message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(check: impl FnOnce(&mut Form)) -> Value {
        let mut form = Form::default();
        check(&mut form);
        form.finish().err().map_or(Value::Null, |error| error.body["errors"].clone())
    }

    #[test]
    fn six_rows_a_long_label_and_a_repeated_custom_id_are_all_told() {
        let button = json!({ "type": 2, "style": 1, "label": "x".repeat(81), "custom_id": "same" });
        let row = json!({ "type": 1, "components": [button] });
        let rows = Value::Array(vec![row; 6]);
        let errors = wrong(|form| drop(components(form, "components", &rows)));
        assert_eq!(errors["components"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
        let second = &errors["components"]["1"]["components"]["0"];
        assert_eq!(second["custom_id"]["_errors"][0]["code"], "COMPONENT_CUSTOM_ID_DUPLICATED");
        assert_eq!(second["label"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
    }

    #[test]
    fn embeds_are_counted_together() {
        let embed = json!({ "description": "x".repeat(3_500) });
        let errors = wrong(|form| drop(embeds(form, "embeds", &json!([embed, embed]))));
        assert_eq!(errors["embeds"]["_errors"][0]["code"], "MAX_EMBED_SIZE_EXCEEDED");
    }

    #[test]
    fn a_modal_needs_inputs_and_a_short_title() {
        let errors = wrong(|form| modal(form, "data", &json!({ "title": "x".repeat(46), "custom_id": "m" })));
        assert_eq!(errors["data"]["title"]["_errors"][0]["code"], "BASE_TYPE_BAD_LENGTH");
        assert_eq!(errors["data"]["components"]["_errors"][0]["code"], "BASE_TYPE_BAD_LENGTH");
    }
}
