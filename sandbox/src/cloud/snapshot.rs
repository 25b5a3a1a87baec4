//! The picture of the simulated cloud, in the page's words.

use landlord_core::fakes::{Fault, Presence, Row, SimulatedCloud, Trouble, Verb};
use landlord_core::kind::Kind;
use landlord_core::tenant::Environment;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::troubles;

/// Everything that the page shows of the cloud, at one moment.
#[derive(Serialize)]
pub(super) struct Snapshot {
    environments: [Environment; 3],
    kinds: [&'static str; 10],
    verbs: Vec<&'static str>,
    ailments: Vec<Value>,
    tenants: Vec<Value>,
    faults: Vec<Fault>,
    troubles: Vec<Trouble>,
}

impl Snapshot {
    pub(super) fn of(cloud: &SimulatedCloud) -> Self {
        Self {
            environments: Environment::ALL,
            kinds: Kind::DELETION_ORDER.map(Kind::words),
            verbs: Verb::ALL.map(Verb::as_str).to_vec(),
            ailments: troubles::offered(),
            tenants: cloud.matrix().iter().map(tenant).collect(),
            faults: cloud.faults(),
            troubles: cloud.troubles(),
        }
    }
}

fn tenant(row: &Row) -> Value {
    let kinds = |environment: Environment| -> Map<String, Value> {
        let cells = Kind::DELETION_ORDER.into_iter();
        cells.map(|kind| (kind.words().to_owned(), word(row.cells.get(&(environment, kind))).into())).collect()
    };
    let environments: Map<String, Value> =
        Environment::ALL.into_iter().map(|e| (e.to_string(), kinds(e).into())).collect();
    json!({ "tenant": row.tenant, "environments": environments })
}

fn word(presence: Option<&Presence>) -> &'static str {
    match presence {
        Some(Presence::Present) => "present",
        Some(Presence::Idle) => "idle",
        Some(Presence::Foreign) => "foreign",
        Some(Presence::Absent) | None => "absent",
    }
}
