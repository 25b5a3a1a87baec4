//! What a tenant has in an environment, without what differs between any two tenants: names, ids, times, passwords.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::{Value, json};

use crate::world::{Dump, Tenant};

/// Keys whose values are each tenant's own, whatever they are.
const OWN: [&str; 7] = ["priority", "created", "registeredAt", "token", "sha256", "etag", "size"];

/// From this length on, a word with a digit is an id.
const ID: usize = 8;

/// The length of a UUID.
const UUID: usize = 36;

/// Kinds of the dump with their entries.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shape(BTreeMap<String, Vec<String>>);

impl Shape {
    /// Of what a dump has of this tenant in an environment.
    pub(super) fn of(dump: &Dump, tenant: &Tenant, environment: &str) -> Self {
        let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (_, kind, entry) in dump.entries().into_iter().filter(|(at, ..)| at == environment) {
            let entry: Value = serde_json::from_str(&entry).expect("an entry is JSON");
            kinds.entry(kind).or_default().push(plain(&entry, tenant).to_string());
        }
        for entries in kinds.values_mut() {
            entries.sort();
        }
        Self(kinds)
    }

    /// How many entries there are beyond one of each kind.
    pub(super) fn doubled(&self) -> usize {
        self.0.values().map(|entries| entries.len() - 1).sum()
    }

    /// How many kinds there are.
    pub(super) fn kinds(&self) -> usize {
        self.0.len()
    }

    /// The entries in which two shapes differ, a line each.
    pub(super) fn difference(&self, other: &Self) -> String {
        let lines = |shape: &Self| -> BTreeSet<String> {
            let of = |(kind, entries): (&String, &Vec<String>)| {
                entries.iter().map(|entry| format!("{kind} · {entry}")).collect::<Vec<_>>()
            };
            shape.0.iter().flat_map(of).collect()
        };
        let (one, two) = (lines(self), lines(other));
        let more = one.difference(&two).map(|line| format!("+ {line}\n"));
        more.chain(two.difference(&one).map(|line| format!("- {line}\n"))).collect()
    }
}

fn plain(value: &Value, tenant: &Tenant) -> Value {
    match value {
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| {
                let value = if OWN.contains(&key.as_str()) { Value::Null } else { plain(value, tenant) };
                (words(key, tenant), value)
            };
            Value::Object(map.iter().map(entry).collect())
        }
        Value::Array(list) => list.iter().map(|value| plain(value, tenant)).collect(),
        Value::String(text) => Value::String(words(text, tenant)),
        other => other.clone(),
    }
}

/// A text in which the tenant's own mark and every id are written alike.
fn words(text: &str, tenant: &Tenant) -> String {
    if text.parse::<IpAddr>().is_ok() {
        return "ADDRESS".to_owned();
    }
    if text.len() == UUID && text.split('-').count() == 5 {
        return "ID".to_owned();
    }
    let mark = tenant.id.rsplit('-').next().unwrap_or(&tenant.id);
    let text = text.replace(mark, "MARK");
    let mut plain = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let own = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let id = own.len() >= ID && own.contains(|c: char| c.is_ascii_digit());
        // Secrets Manager ends each ARN with six characters of its own.
        let suffix = plain.ends_with("-db-credentials-");
        plain.push_str(if id || suffix { "ID" } else { own });
        plain.push_str(&word[own.len()..]);
    }
    plain
}

#[test]
fn two_tenants_have_the_same_shape_and_what_differs_is_told() {
    let shape = |mark: &str, secret: &str, size: &str, services: usize| {
        let tenant = Tenant { id: format!("golden-{mark}"), subdomain: format!("crust-{mark}") };
        let name = format!("dev-golden-{mark}-db-credentials");
        let service = |n| json!({ "name": format!("dev-golden-{mark}-service"), "desired": n });
        let dump = json!({ "dev": {
            "secrets": [{ "arn": format!("arn:aws:secretsmanager:eu-west-1:536580886816:secret:{name}-{secret}") }],
            "services": (0..services).map(service).collect::<Vec<_>>(),
            "target groups": [{ "Id": "10.20.0.9", "arn": format!("tg/{size}3f1c9a0d2b"), "Port": 80 }],
            "task definitions": [{ "cpu": size, "priority": rand::random::<u16>() }],
        } });
        Shape::of(&Dump::new(dump.to_string()), &tenant, "dev")
    };
    let (one, two) = (shape("0a1b2c3d", "DedVqv", "256", 1), shape("9f8e7d6c", "zBfYFf", "256", 1));
    assert_eq!(one.difference(&two), "");
    assert_eq!((one.kinds(), one.doubled()), (4, 0));
    assert_eq!(one.difference(&shape("11112222", "XHOmUM", "512", 1)).lines().count(), 2, "the size differs");
    let doubled = shape("33334444", "JqYhkK", "256", 2);
    assert_eq!(doubled.doubled(), 1);
    assert!(one.difference(&doubled).starts_with("- services"), "{}", one.difference(&doubled));
}
