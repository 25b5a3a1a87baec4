//! What a store promises of operations on many tenants at once: hundreds of locks, and a plan of hundreds of kilobytes.

use std::sync::Arc;

use super::samples::{Writer, deletion, details, person, plan};
use crate::event::Event;
use crate::operation::Operation;
use crate::plan::{OperationId, PlannedStep};
use crate::ports::{Listing, OperationFilter, Store, StoreError};
use crate::tenant::Environment;

/// What a bulk operation on 200 tenants locks: each tenant, and each host label.
fn locks() -> Vec<String> {
    (0..200).flat_map(|n| [format!("dev/tenant-{n}"), format!("subdomain/tenant-{n}")]).collect()
}

/// An operation with a plan of more than 300 kB.
fn large(store: &Arc<dyn Store>, id: &str) -> Writer {
    let mut plan = plan(&OperationId(id.into()), &details("golden"), Environment::Dev);
    let step = plan.steps[0].clone();
    let steps = |n| PlannedStep { resource: format!("dev-tenant-{n}-{}", "Bäckerei".repeat(8)), ..step.clone() };
    plan.steps = (0..3000).map(steps).collect();
    Writer::of(store, plan)
}

/// All of it is held until the operation ends, and then all of it is free; its log is what was written.
pub async fn hundreds_of_locks_and_a_large_plan_are_filed_and_let_go(store: Arc<dyn Store>) {
    let mut writer = large(&store, "aaaaaaaa");
    let json = serde_json::to_string(&*writer.operation.plan).expect("a plan");
    assert!(json.len() > 300_000, "{} bytes", json.len());
    writer.file_locking(&locks()).await.expect("filed");
    for key in locks() {
        assert_eq!(store.holder(&key).await, Ok(Some(writer.operation.id.clone())), "{key}");
    }
    assert_eq!(store.holder("dev/tenant-200").await, Ok(None));
    assert_eq!(store.holder("dev/golden").await, Ok(None), "only the locks that were given");
    writer.append(Event::CaughtUp { summary: "a remark".into() }).await.expect("appended");
    let events = store.events(&writer.operation.id, 0).await.expect("events");
    assert_eq!(events[0], writer.first);
    assert!(Operation::fold(&events).expect("a log") == writer.operation);

    writer.append(Event::Cancelled { person: person("operator") }).await.expect("appended");
    for key in locks() {
        assert_eq!(store.holder(&key).await, Ok(None), "{key}");
    }
    let next = Writer::new(&store, "bbbbbbbb", "golden", Environment::Dev);
    next.file_locking(&locks()).await.expect("all of it is free");
}

/// Each tenant in each environment, and nowhere else.
pub async fn an_operation_on_hundreds_of_sites_is_found_by_each(store: Arc<dyn Store>) {
    let ids: Vec<String> = (0..100).map(|n| format!("tenant-{n}")).collect();
    let sites = ids.iter().flat_map(|id| [(id.as_str(), Environment::Dev), (id.as_str(), Environment::Sit)]);
    let sites = sites.chain([("tenant-100", Environment::Dev)]);
    let writer = Writer::of(&store, deletion(&OperationId("aaaaaaaa".into()), sites.clone()));
    writer.file().await.expect("filed");
    let found = async |tenant: &str, environment| {
        let tenant = Some(tenant.parse().expect("a tenant id"));
        let filter = OperationFilter { tenant, environment: Some(environment), ..OperationFilter::default() };
        store.operations(&filter, 0, 10).await.expect("a list")
    };
    let one = Listing { rows: vec![writer.operation.id.clone()], total: 1 };
    for (tenant, environment) in sites {
        assert_eq!(found(tenant, environment).await, one, "{tenant} in {environment}");
    }
    let none = Listing { rows: vec![], total: 0 };
    for (tenant, environment) in [("tenant-0", Environment::Prod), ("tenant-100", Environment::Sit)] {
        assert_eq!(found(tenant, environment).await, none, "{tenant} in {environment}");
    }
}

/// Wherever in the list it is, and the first in the list where there are several.
pub async fn one_lock_of_hundreds_that_is_taken_refuses_them_all(store: Arc<dyn Store>) {
    let all = locks();
    let last = all.len() - 1;
    for (n, places) in [[0, 1], [1, 250], [99, 100], [100, 399], [250, 251], [last, last]].into_iter().enumerate() {
        let mut holder = Writer::new(&store, &format!("holder-{n}"), "golden", Environment::Dev);
        let mut taken = places.map(|place| all[place].clone()).to_vec();
        taken.dedup();
        // The order is that of the one who asks.
        taken.reverse();
        holder.file_locking(&taken).await.expect("filed");

        let refused = Writer::new(&store, &format!("refused-{n}"), "golden", Environment::Dev);
        let key = all[places[0]].clone();
        let locked = StoreError::Locked { key, operation: holder.operation.id.clone() };
        assert_eq!(refused.file_locking(&all).await, Err(locked), "{places:?}");
        assert_eq!(store.events(&refused.operation.id, 0).await, Ok(vec![]));
        for key in &all {
            let held = taken.contains(key).then(|| holder.operation.id.clone());
            assert_eq!(store.holder(key).await, Ok(held), "{key}");
        }
        holder.append(Event::Expired).await.expect("appended");
    }
}

/// An operation without any, and one that names one twice.
pub async fn a_filing_locks_what_it_is_given(store: Arc<dyn Store>) {
    Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev).file_locking(&[]).await.expect("filed");
    assert_eq!(store.holder("dev/golden").await, Ok(None));
    let twice = Writer::new(&store, "bbbbbbbb", "golden", Environment::Dev);
    let keys = ["dev/golden", "dev/silver", "dev/golden"].map(String::from);
    twice.file_locking(&keys).await.expect("filed");
    for key in &keys {
        assert_eq!(store.holder(key).await, Ok(Some(twice.operation.id.clone())), "{key}");
    }
}
