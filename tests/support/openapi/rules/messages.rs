//! Messages and modals.

use serde_json::Value;

use super::super::finding::{Finding, below};
use super::{item, list, unique};

/// `IS_COMPONENTS_V2`: the message is made of components alone, and other limits hold.
const COMPONENTS_V2: u64 = 1 << 15;
/// Discord: "2000 characters".
const CONTENT: usize = 2_000;
/// Discord: all texts of all embeds of a message together.
const EMBEDS: usize = 6_000;
/// Discord: action rows of a message.
const ROWS: usize = 5;
/// Discord: inputs of a modal.
const INPUTS: usize = 5;

/// A new message needs something to show (50006).
pub(super) fn says_something(message: &Value, at: &str, files: &[String], broken: &mut Vec<Finding>) {
    let text = message["content"].as_str().is_some_and(|text| !text.trim().is_empty());
    let lists = ["embeds", "components", "sticker_ids", "attachments"];
    let other = lists.iter().any(|key| !list(message, key).is_empty()) || message["poll"].is_object();
    if !text && !other && files.is_empty() && !message["message_reference"].is_object() {
        broken.push(Finding::new(at, "an empty message: no content, embed, component, file, sticker or poll"));
    }
}

/// Limits of a message, new or edited.
pub(super) fn message(message: &Value, at: &str, files: &[String], broken: &mut Vec<Finding>) {
    let content = message["content"].as_str().map_or(0, |text| text.chars().count());
    if content > CONTENT {
        broken.push(Finding::new(below(at, "content"), format!("{content} characters where a bot may send {CONTENT}")));
    }
    let embeds: usize = list(message, "embeds").iter().map(length).sum();
    if embeds > EMBEDS {
        broken.push(Finding::new(below(at, "embeds"), format!("embeds of {embeds} characters where {EMBEDS} fit")));
    }
    for (index, attachment) in list(message, "attachments").iter().enumerate() {
        let id = attachment["id"].as_str().unwrap_or_default();
        // Small ids are numbers of uploads; kept attachments have snowflakes.
        if id.parse::<u64>().is_ok_and(|id| id < 10) && !files.contains(&format!("files[{id}]")) {
            broken.push(Finding::new(item(at, "attachments", index), format!("no files[{id}] came with it")));
        }
    }
    if message["flags"].as_u64().unwrap_or_default() & COMPONENTS_V2 == 0 {
        rows(message, at, broken);
    }
    let mut ids = Vec::new();
    custom_ids(message, at, &mut ids);
    unique(ids.into_iter(), "custom_id", broken);
}

/// A modal is answered by its inputs.
pub(super) fn modal(modal: &Value, at: &str, broken: &mut Vec<Finding>) {
    let inputs = list(modal, "components").len();
    if inputs > INPUTS {
        broken.push(Finding::new(below(at, "components"), format!("{inputs} inputs where {INPUTS} fit")));
    }
    let mut ids = Vec::new();
    for (index, part) in list(modal, "components").iter().enumerate() {
        custom_ids(part, &item(at, "components", index), &mut ids);
        custom_ids(&part["component"], &below(&item(at, "components", index), "component"), &mut ids);
        ids.extend(own_id(&part["component"], &below(&item(at, "components", index), "component")));
    }
    unique(ids.into_iter(), "custom_id", broken);
}

fn rows(message: &Value, at: &str, broken: &mut Vec<Finding>) {
    let rows = list(message, "components");
    if rows.len() > ROWS {
        broken.push(Finding::new(below(at, "components"), format!("{} rows where {ROWS} fit", rows.len())));
    }
    for (index, row) in rows.iter().enumerate() {
        let at = item(at, "components", index);
        if row["type"] != 1 {
            broken.push(Finding::new(&at, "only action rows fit without the flag IS_COMPONENTS_V2"));
        }
        let inside = list(row, "components");
        if inside.len() > 1 && inside.iter().any(|component| component["type"] != 2) {
            broken.push(Finding::new(&at, "a select menu needs a row of its own"));
        }
        for (place, component) in inside.iter().enumerate().filter(|(_, component)| component["type"] == 2) {
            button(component, &item(&at, "components", place), broken);
        }
    }
}

fn button(button: &Value, at: &str, broken: &mut Vec<Finding>) {
    let has = |key: &str| !button[key].is_null();
    let (needed, excluded): (&str, &[&str]) = match button["style"].as_u64() {
        Some(1..=4) => ("custom_id", &["url", "sku_id"]),
        Some(5) => ("url", &["custom_id", "sku_id"]),
        Some(6) => ("sku_id", &["custom_id", "url", "label", "emoji"]),
        _ => return,
    };
    if !has(needed) {
        broken.push(Finding::new(at, format!("a button of this style needs a {needed}")));
    }
    for key in excluded.iter().filter(|key| has(key)) {
        broken.push(Finding::new(below(at, key), "does not go with this style of button"));
    }
    if needed != "sku_id" && !has("label") && !has("emoji") {
        broken.push(Finding::new(at, "a button needs a label or an emoji"));
    }
}

fn custom_ids<'v>(holder: &'v Value, at: &str, ids: &mut Vec<(String, &'v str)>) {
    for (index, component) in list(holder, "components").iter().enumerate() {
        let at = item(at, "components", index);
        custom_ids(component, &at, ids);
        ids.extend(own_id(component, &at));
    }
}

fn own_id<'v>(component: &'v Value, at: &str) -> Option<(String, &'v str)> {
    Some((below(at, "custom_id"), component["custom_id"].as_str()?))
}

fn length(embed: &Value) -> usize {
    let whole = [&embed["title"], &embed["description"], &embed["footer"]["text"], &embed["author"]["name"]];
    let fields = list(embed, "fields").iter().flat_map(|field| [&field["name"], &field["value"]]);
    whole.into_iter().chain(fields).filter_map(Value::as_str).map(|text| text.chars().count()).sum()
}
