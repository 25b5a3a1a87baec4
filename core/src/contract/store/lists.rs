//! What a store promises of the lists of operations.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::samples::{Writer, card, deletion, person};
use crate::event::Event;
use crate::operation::State;
use crate::plan::OperationId;
use crate::ports::{OperationFilter, Store};
use crate::tenant::Environment::{self, Dev, Prod, Sit};

async fn listed(store: &Arc<dyn Store>, filter: &OperationFilter) -> Vec<String> {
    let listing = store.operations(filter, 0, 100).await.expect("a list");
    assert_eq!(listing.total, listing.rows.len() as u64);
    listing.rows.into_iter().map(|id| id.0).collect()
}

/// The order is that of filing, whatever was appended since; a page past the end is empty and knows the total.
pub async fn operations_are_listed_newest_first_by_pages(store: Arc<dyn Store>) {
    let mut first = Writer::new(&store, "zzzzzzz0", "tenant-0", Dev);
    first.file().await.expect("filed");
    for n in 1..5 {
        let id = format!("{}", 9 - n).repeat(8);
        Writer::new(&store, &id, &format!("tenant-{n}"), Dev).file().await.expect("filed");
    }
    first.post_card("1").await.expect("appended");
    let pages: [&[&str]; 4] = [&["55555555", "66666666"], &["77777777", "88888888"], &["zzzzzzz0"], &[]];
    for (page, rows) in (0..).zip(pages) {
        let listing = store.operations(&OperationFilter::default(), page, 2).await.expect("a list");
        assert_eq!(listing.total, 5);
        assert_eq!(listing.rows.iter().map(|id| id.0.as_str()).collect::<Vec<_>>(), rows, "page {page}");
    }
    let far = store.operations(&OperationFilter::default(), u32::MAX, u32::MAX).await.expect("a list");
    assert_eq!((far.total, far.rows), (5, vec![]));
}

/// Each alone and all together.
pub async fn operations_are_listed_by_tenant_environment_and_state(store: Arc<dyn Store>) {
    let mut golden = Writer::new(&store, "aaaaaaaa", "golden", Dev);
    golden.file().await.expect("filed");
    golden.append(Event::Cancelled { person: person("operator") }).await.expect("appended");
    Writer::new(&store, "bbbbbbbb", "golden", Prod).file().await.expect("filed");
    Writer::new(&store, "cccccccc", "silver", Sit).file().await.expect("filed");

    let tenant = Some("golden".parse().expect("a tenant id"));
    let all = OperationFilter::default();
    assert_eq!(
        listed(&store, &OperationFilter { tenant: tenant.clone(), ..all.clone() }).await,
        ["bbbbbbbb", "aaaaaaaa"]
    );
    assert_eq!(listed(&store, &OperationFilter { environment: Some(Sit), ..all.clone() }).await, ["cccccccc"]);
    let state = Some(State::AwaitingApproval);
    assert_eq!(listed(&store, &OperationFilter { state, ..all.clone() }).await, ["cccccccc", "bbbbbbbb"]);
    let state = Some(State::Cancelled);
    assert_eq!(listed(&store, &OperationFilter { state, ..all }).await, ["aaaaaaaa"]);
    let both = OperationFilter { tenant, environment: Some(Prod), state: Some(State::AwaitingApproval), open: true };
    assert_eq!(listed(&store, &both).await, ["bbbbbbbb"]);
    assert!(listed(&store, &OperationFilter { state, ..both }).await.is_empty());
}

/// Where one site fits tenant and environment both, and the state with them; and not where a filing was refused.
pub async fn an_operation_is_found_by_each_of_its_tenants_and_environments(store: Arc<dyn Store>) {
    let sites = [("golden", Dev), ("golden", Sit), ("golden-2", Sit), ("silver", Dev)];
    let mut bulk = Writer::of(&store, deletion(&OperationId("aaaaaaaa".into()), sites));
    bulk.file().await.expect("filed");
    let refused = Writer::of(&store, deletion(&OperationId("bbbbbbbb".into()), [("copper", Dev), ("silver", Sit)]));
    refused.file().await.expect_err("silver is locked");
    for round in 0..2 {
        let state = bulk.operation.state;
        for (tenant, environments) in
            [("golden", &[Dev, Sit][..]), ("golden-2", &[Sit]), ("silver", &[Dev]), ("copper", &[]), ("gold", &[])]
        {
            let of =
                OperationFilter { tenant: Some(tenant.parse().expect("a tenant id")), ..OperationFilter::default() };
            assert_eq!(
                listed(&store, &of).await.len(),
                usize::from(!environments.is_empty()),
                "{tenant}, round {round}"
            );
            for environment in Environment::ALL {
                let at = OperationFilter { environment: Some(environment), state: Some(state), ..of.clone() };
                let found = usize::from(environments.contains(&environment));
                assert_eq!(listed(&store, &at).await.len(), found, "{tenant} in {environment}, round {round}");
                let other = OperationFilter { state: Some(State::Succeeded), ..at };
                assert!(listed(&store, &other).await.is_empty(), "{tenant} in {environment}, round {round}");
            }
        }
        for (environment, found) in [(Dev, 1), (Sit, 1), (Prod, 0)] {
            let at = OperationFilter { environment: Some(environment), ..OperationFilter::default() };
            assert_eq!(listed(&store, &at).await.len(), found, "{environment}, round {round}");
        }
        if round == 0 {
            bulk.append(Event::Cancelled { person: person("operator") }).await.expect("appended");
        }
    }
}

/// In its place among the others, on one page only, and counted once.
pub async fn an_operation_on_many_sites_is_listed_once(store: Arc<dyn Store>) {
    for (id, sites) in [
        ("zzzzzzzz", &[("golden", Prod), ("golden", Sit), ("golden", Dev)][..]),
        ("cccccccc", &[("golden", Dev)]),
        ("bbbbbbbb", &[("silver", Sit), ("golden", Dev), ("golden", Sit), ("copper", Dev)]),
        ("aaaaaaaa", &[("silver", Dev)]),
    ] {
        let mut writer = Writer::of(&store, deletion(&OperationId(id.into()), sites.iter().copied()));
        writer.file().await.expect("filed");
        writer.append(Event::Cancelled { person: person("operator") }).await.expect("appended");
    }
    let tenant = Some("golden".parse().expect("a tenant id"));
    let golden = OperationFilter { tenant, ..OperationFilter::default() };
    assert_eq!(listed(&store, &golden).await, ["bbbbbbbb", "cccccccc", "zzzzzzzz"]);
    let in_dev = OperationFilter { environment: Some(Dev), ..OperationFilter::default() };
    assert_eq!(listed(&store, &in_dev).await, ["aaaaaaaa", "bbbbbbbb", "cccccccc", "zzzzzzzz"]);
    for (filter, total) in [(golden, 3), (in_dev, 4), (OperationFilter::default(), 4)] {
        let all = listed(&store, &filter).await;
        for (page, id) in (0..).zip(&all) {
            let listing = store.operations(&filter, page, 1).await.expect("a list");
            assert_eq!((listing.rows, listing.total), (vec![OperationId(id.clone())], total), "page {page}");
        }
    }
}

/// Whichever of the open states they are in.
pub async fn only_open_operations_are_listed_where_asked(store: Arc<dyn Store>) {
    for (n, state) in State::ALL.into_iter().enumerate() {
        let mut writer = Writer::new(&store, state.as_str(), &format!("tenant-{n}"), Dev);
        writer.file().await.expect("filed");
        writer.operation.state = state;
        writer.append_any(Event::Expired).await.expect("appended");
    }
    let open = OperationFilter { open: true, ..OperationFilter::default() };
    let expected = ["unwinding", "holding", "running", "waiting", "awaiting_approval"];
    assert_eq!(listed(&store, &open).await, expected);
    assert_eq!(listed(&store, &OperationFilter::default()).await.len(), State::ALL.len());
}

/// Each where it stands now, and those of which there are none too.
pub async fn operations_are_counted_by_state(store: Arc<dyn Store>) {
    let none: BTreeMap<State, u64> = State::ALL.into_iter().map(|state| (state, 0)).collect();
    assert_eq!(store.counts().await, Ok(none.clone()));
    for (n, state) in (1..).zip(State::ALL) {
        for k in 0..n {
            let mut writer = Writer::new(&store, &format!("{}-{k}", state.as_str()), &format!("tenant-{n}-{k}"), Dev);
            writer.file().await.expect("filed");
            writer.operation.state = state;
            writer.append_any(Event::Expired).await.expect("appended");
        }
    }
    let expected: BTreeMap<State, u64> = State::ALL.into_iter().zip(1..).collect();
    assert_eq!(store.counts().await, Ok(expected));

    let mut golden = Writer::new(&store, "aaaaaaaa", "golden", Dev);
    golden.file().await.expect("filed");
    let before = store.counts().await.expect("counts");
    golden.append(Event::Expired).await.expect("appended");
    let after = store.counts().await.expect("counts");
    let moved = |state| (before[&state], after[&state]);
    assert_eq!((moved(State::AwaitingApproval), moved(State::Expired)), ((2, 1), (9, 10)));
}

/// By channel and message both; also after it has ended.
pub async fn an_operation_is_found_by_its_card(store: Arc<dyn Store>) {
    let mut golden = Writer::new(&store, "aaaaaaaa", "golden", Dev);
    golden.file().await.expect("filed");
    assert_eq!(store.operation_of_card(&card("1")).await, Ok(None));
    golden.post_card("1").await.expect("appended");
    let mut silver = Writer::new(&store, "bbbbbbbb", "silver", Dev);
    silver.file().await.expect("filed");
    silver.post_card("2").await.expect("appended");
    golden.append(Event::Expired).await.expect("appended");

    assert_eq!(store.operation_of_card(&card("1")).await, Ok(Some(golden.operation.id.clone())));
    assert_eq!(store.operation_of_card(&card("2")).await, Ok(Some(silver.operation.id.clone())));
    let elsewhere = crate::event::MessageRef { channel: "incidents".into(), message: "1".into() };
    assert_eq!(store.operation_of_card(&elsewhere).await, Ok(None));
}
