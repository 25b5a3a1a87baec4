//! One node of a schema on its own: what its keywords ask of a value, without looking inside.

use std::sync::Arc;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// Keywords that say something about a node itself and nothing about what is inside it.
const OWN: [&str; 16] = [
    "type",
    "enum",
    "const",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "minItems",
    "maxItems",
    "uniqueItems",
    "required",
    "minProperties",
    "maxProperties",
];

/// Compiles a node's own keywords, `None` where it has none. Discord's formats are asserted, not only annotated.
pub(super) fn compile(schema: &Value) -> Option<Arc<Validator>> {
    let mut own: Map<String, Value> = schema
        .as_object()?
        .iter()
        .filter(|(key, _)| OWN.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if own.is_empty() {
        return None;
    }
    // JSON Schema checks formats of strings only; a number's says how wide it is.
    if own.get("format") == Some(&json!("int32")) {
        own.entry("minimum").or_insert(json!(i32::MIN));
        own.entry("maximum").or_insert(json!(i32::MAX));
    }
    let validator = jsonschema::draft202012::options()
        .should_validate_formats(true)
        .with_format("snowflake", |text: &str| text.parse::<u64>().is_ok())
        .with_format("nonce", |text: &str| text.chars().count() <= 25)
        .build(&Value::Object(own))
        .unwrap_or_else(|error| panic!("the description holds a schema that does not compile: {error}"));
    Some(Arc::new(validator))
}

/// The branches of a union, where the node is one.
pub(super) fn branches(schema: &'static Value) -> Option<&'static [Value]> {
    schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()).map(Vec::as_slice)
}

/// Whether the node's `type` allows a value of this type at all.
pub(super) fn takes(schema: &Value, value: &Value) -> bool {
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allows = |allowed: &Value| allowed == name || (name == "integer" && allowed == "number");
    match &schema["type"] {
        Value::Array(several) => several.iter().any(allows),
        Value::Null => true,
        only => allows(only),
    }
}

/// Whether a value is one of those that client libraries write for fields left alone.
pub(super) fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

/// A value as complaints show it: whole when short.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
