//! What people are told of metrics is what there is: the table of the docs, the dashboard and the alert rules.

use std::collections::BTreeSet;

use landlord::metrics::{ALL, Declared, Kind};
use serde_json::Value;

use crate::tree::{file, none};

const DASHBOARD: &str = "deploy/grafana/landlord.json";
const RULES: &str = "deploy/prometheus/alerts.yml";
const PAGE: &str = "docs/running.md";

/// Whether a name in a query asks for the metric.
fn asks_for(name: &str, declared: &Declared) -> bool {
    match declared.kind {
        Kind::Histogram => {
            ["_bucket", "_sum", "_count"].iter().any(|end| name.strip_suffix(end) == Some(declared.name))
        }
        Kind::Gauge | Kind::Counter => name == declared.name,
    }
}

/// What is wrong with a query: it names a metric, or picks out a label, that there is not.
fn wrong(query: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in query.match_indices("landlord_") {
        let rest = &query[at..];
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let Some(declared) = ALL.into_iter().find(|declared| asks_for(name, declared)) else {
            found.push(format!("there is no {name}"));
            continue;
        };
        let picked = after.strip_prefix('{').and_then(|inside| inside.split_once('}')).map_or("", |(inside, _)| inside);
        let picked = picked.split(',').filter_map(|one| one.split(['=', '!']).next()).filter(|label| !label.is_empty());
        let unknown = picked.filter(|label| !declared.labels.contains(label));
        found.extend(unknown.map(|label| format!("{name} has no {label}")));
    }
    found
}

/// The queries of the dashboard.
fn queries(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, inner)| match inner {
                Value::String(query) if key == "expr" => vec![query.clone()],
                _ => queries(inner),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(queries).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_dashboard_asks_for_what_there_is_and_shows_all_of_it() {
    let dashboard: Value = serde_json::from_str(&file(DASHBOARD).text).unwrap();
    let queries = queries(&dashboard);
    none("there is no such thing", queries.iter().flat_map(|query| wrong(query)));
    let shown = |declared: &&&Declared| queries.iter().any(|query| query.contains(declared.name));
    none("show these", ALL.iter().filter(|declared| !shown(declared)).map(|declared| declared.name.to_owned()));
}

#[test]
fn the_alert_rules_ask_for_what_there_is() {
    let rules = file(RULES);
    let queries: Vec<&str> = rules.text.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).collect();
    assert_eq!(queries.len(), rules.text.matches("- alert: ").count(), "each rule has its query on one line");
    assert!(queries.len() >= 5, "only {queries:?} were found");
    none("there is no such thing", queries.iter().flat_map(|query| wrong(query)));
    none(
        "these ask for nothing of the bot",
        queries.iter().filter(|query| !query.contains("landlord_")).map(ToString::to_string),
    );
}

#[test]
fn the_page_has_a_line_for_each_metric_and_no_other() {
    let row = |declared: &Declared| {
        let labels: Vec<String> = declared.labels.iter().map(|label| format!("`{label}`")).collect();
        format!("| `{}` | {} | {} | {} |", declared.name, declared.kind.as_str(), labels.join(", "), declared.help)
    };
    let declared: BTreeSet<String> = ALL.into_iter().map(row).collect();
    let page = file(PAGE);
    let told: BTreeSet<String> =
        page.text.lines().filter(|line| line.starts_with("| `landlord_")).map(str::to_owned).collect();
    none("add these to the table of metrics", declared.difference(&told).cloned());
    none("these are not what is declared", told.difference(&declared).cloned());
}

#[test]
fn a_query_for_what_there_is_not_is_found() {
    assert_eq!(wrong("sum(rate(landlord_steps_total{outcome=\"held\"}[5m]))"), Vec::<String>::new());
    assert_eq!(wrong("landlord_steps"), ["there is no landlord_steps"]);
    assert_eq!(wrong("landlord_step_seconds"), ["there is no landlord_step_seconds"]);
    assert_eq!(wrong("landlord_steps_total{tenant=\"golden\"}"), ["landlord_steps_total has no tenant"]);
}
