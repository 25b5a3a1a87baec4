//! Walks a schema of the description and a value together.
//!
//! The walk follows references, picks the branch of a union and finds unknown keys, which the description does not forbid;
//! what a single keyword means (lengths, patterns, limits, formats) is left to the `jsonschema` crate, one node at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::Value;

use super::finding::{Finding, below};
use super::node::{branches, compile, says_nothing, shown, takes};

/// What has been found so far.
#[derive(Default)]
pub(super) struct Found {
    pub(super) complaints: Vec<Finding>,
    /// Unknown keys that say nothing in requests, all unknown keys in answers.
    pub(super) notes: Vec<Finding>,
}

/// What to make of keys that the description does not name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// Refused, unless null, false or empty: client libraries write those for every field they know.
    Refused,
    /// Noted.
    Noted,
}

/// Checks values against schemas of one document; each node is compiled once, when it is first met.
pub(super) struct Walker {
    document: &'static Value,
    compiled: Mutex<HashMap<usize, Option<Arc<Validator>>>>,
}

impl Walker {
    pub(super) fn new(document: &'static Value) -> Self {
        Self { document, compiled: Mutex::default() }
    }

    /// The document that the schemas are nodes of.
    pub(super) fn document(&self) -> &'static Value {
        self.document
    }

    /// The schema (or response) that `$ref`s lead to.
    pub(super) fn resolve(&self, mut node: &'static Value) -> &'static Value {
        while let Some(reference) = node.get("$ref").and_then(Value::as_str) {
            node = self
                .document
                .pointer(reference.trim_start_matches('#'))
                .unwrap_or_else(|| panic!("the description has no {reference}"));
        }
        node
    }

    /// Checks `value` at `at` against `schema` and everything below.
    pub(super) fn check(&self, schema: &'static Value, value: &Value, at: &str, unknown: Unknown, found: &mut Found) {
        self.check_known(schema, value, at, unknown, found);
        let mut known = Keys::default();
        self.keys(schema, &mut known);
        if let Value::Object(object) = value
            && known.described
            && !known.open
        {
            for (key, inner) in object.iter().filter(|(key, _)| !known.names.contains(&key.as_str())) {
                let finding = Finding::new(below(at, key), "the description knows no such key");
                match unknown {
                    Unknown::Refused if !says_nothing(inner) => found.complaints.push(finding),
                    _ => found.notes.push(finding),
                }
            }
        }
    }

    /// As [`Self::check`], without looking for unknown keys at this level: a part of an `allOf` knows only its own.
    fn check_known(&self, schema: &'static Value, value: &Value, at: &str, unknown: Unknown, found: &mut Found) {
        let schema = self.resolve(schema);
        if let Some(branches) = branches(schema) {
            match self.branch(branches, value) {
                Branch::One(branch) => self.check(branch, value, at, unknown, found),
                Branch::None(finding) => {
                    found.complaints.push(Finding::new(format!("{at}{}", finding.pointer), finding.message));
                    return;
                }
                Branch::Untagged(candidates) => self.best(&candidates, value, at, unknown, found),
            }
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.check_known(part, value, at, unknown, found);
        }
        if let Some(validator) = self.validator(schema) {
            // One complaint says enough about a plain value; an object may lack several keys.
            let most = if value.is_object() { usize::MAX } else { 1 };
            for error in validator.iter_errors(value).take(most) {
                found.complaints.push(Finding::new(at, error.masked_with(shown(value)).to_string()));
            }
        }
        match value {
            Value::Object(object) => {
                for (key, inner) in object {
                    let property = schema["properties"].get(key).or_else(|| schema.get("additionalProperties"));
                    if let Some(property) = property.filter(|property| property.is_object()) {
                        self.check(property, inner, &below(at, key), unknown, found);
                    }
                }
            }
            Value::Array(items) if schema.get("items").is_some() => {
                for (index, item) in items.iter().enumerate() {
                    self.check(&schema["items"], item, &below(at, &index.to_string()), unknown, found);
                }
            }
            _ => {}
        }
    }

    /// The branch of a union that `value` was meant for, so that complaints are about that one only.
    fn branch(&self, branches: &'static [Value], value: &Value) -> Branch {
        let resolved: Vec<_> = branches.iter().map(|branch| self.resolve(branch)).collect();
        if resolved.iter().all(|branch| branch.get("const").is_some()) {
            return match resolved.iter().find(|branch| branch["const"] == *value) {
                Some(branch) => Branch::One(branch),
                None => Branch::None(Finding::new("", format!("{} is none of the allowed values", shown(value)))),
            };
        }
        let mut left: Vec<_> = resolved.into_iter().filter(|branch| takes(branch, value)).collect();
        if left.is_empty() {
            return Branch::None(Finding::new("", format!("{} has a type that is not allowed here", shown(value))));
        }
        if left.len() == 1 {
            return Branch::One(left[0]);
        }
        let mut mismatch = None;
        left.retain(|branch| {
            let wrong =
                self.tags(branch).find(|(key, allowed)| !value.get(*key).is_some_and(|tag| allowed.contains(tag)));
            let fits = wrong.is_none();
            mismatch = mismatch.or(wrong.map(|(key, _)| key));
            fits
        });
        match (left.as_slice(), mismatch) {
            ([], Some(key)) if value.get(key).is_none() => {
                Branch::None(Finding::new("", format!("\"{key}\" is a required property")))
            }
            ([], key) => {
                let key = key.unwrap_or_default();
                Branch::None(Finding::new(below("", key), format!("{} is not allowed here", shown(&value[key]))))
            }
            ([one], _) => Branch::One(one),
            _ => Branch::Untagged(left),
        }
    }

    /// The required properties of a branch that tell it from the others, with the values they may have.
    fn tags(&self, branch: &'static Value) -> impl Iterator<Item = (&'static str, Vec<Value>)> + use<'_> {
        let required = branch["required"].as_array().map_or(&[][..], Vec::as_slice);
        branch["properties"].as_object().into_iter().flatten().filter_map(move |(key, schema)| {
            let schema = self.resolve(schema);
            let fixed = schema.get("const").map(|only| vec![only.clone()]);
            let allowed = fixed.or_else(|| schema["enum"].as_array().cloned())?;
            required.iter().any(|name| name == key).then_some((key.as_str(), allowed))
        })
    }

    /// Where nothing tells the branches apart, the one with the least to complain about counts.
    fn best(&self, branches: &[&'static Value], value: &Value, at: &str, unknown: Unknown, found: &mut Found) {
        let tried = branches.iter().map(|branch| {
            let mut tried = Found::default();
            self.check(branch, value, at, unknown, &mut tried);
            tried
        });
        if let Some(best) = tried.min_by_key(|tried| (tried.complaints.len(), tried.notes.len())) {
            found.complaints.extend(best.complaints);
            found.notes.extend(best.notes);
        }
    }

    /// The keys that `schema` names for an object, through references and `allOf`. A union's branch looks after its own.
    fn keys(&self, schema: &'static Value, keys: &mut Keys) {
        let schema = self.resolve(schema);
        if let Some(properties) = schema["properties"].as_object() {
            keys.described = true;
            keys.names.extend(properties.keys().map(String::as_str));
        }
        match &schema["additionalProperties"] {
            Value::Bool(false) => keys.described = true,
            Value::Null => {}
            _ => keys.open = true,
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.keys(part, keys);
        }
    }

    /// The compiled assertions of one node, `None` where it has none.
    fn validator(&self, schema: &'static Value) -> Option<Arc<Validator>> {
        let key = std::ptr::from_ref(schema).addr();
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        compiled.entry(key).or_insert_with(|| compile(schema)).clone()
    }
}

/// The branches of a union that might be meant.
enum Branch {
    One(&'static Value),
    /// None; the finding's pointer is relative.
    None(Finding),
    /// Several, with nothing to tell them apart.
    Untagged(Vec<&'static Value>),
}

/// The keys of an object that a schema names.
#[derive(Default)]
struct Keys {
    names: Vec<&'static str>,
    /// Whether the schema says anything about keys.
    described: bool,
    /// Whether it allows others beside them.
    open: bool,
}
