//! A store that an earlier version wrote, opened by this one: nothing is lost, and it works on.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use landlord::audit;
use landlord::store::Audit;
use landlord_core::chain::Anchor;
use landlord_core::contract::store::samples::{BEGINNING, Writer, card, details};
use landlord_core::event::{Effect, Event};
use landlord_core::operation::{Operation, State};
use landlord_core::plan::{Details, Engagement, OperationId};
use landlord_core::ports::{OperationFilter, RegistryChange, Standing, Store, StoreError, Tenant, TenantFilter};
use landlord_core::tenant::Environment::{self, Dev, Prod, Sit};
use landlord_core::tenant::Tenancy;
use sqlx::{AnyPool, AssertSqlSafe, Executor as _};

use crate::shared::World;

/// The versions before this one: each migration makes one more.
pub(crate) fn earlier_versions() -> std::ops::Range<i64> {
    1..sqlx::migrate!().iter().map(|migration| migration.version).max().unwrap()
}

/// Fills an empty database as an earlier version did: its tables, and what it wrote.
pub(crate) async fn fill_as_version(version: i64, url: &str) {
    let wrote = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/store/version_{version}.sql"));
    let wrote = std::fs::read_to_string(&wrote).unwrap_or_else(|error| {
        panic!("{}: {error}. It is what a store of version {version} holds; see those before it", wrote.display())
    });
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(url).await.unwrap();
    let mut migrator = sqlx::migrate!();
    migrator.dangerous_set_table_name("landlord_migrations");
    migrator.migrations.to_mut().retain(|migration| migration.version <= version);
    migrator.run(&pool).await.unwrap();
    pool.execute(AssertSqlSafe(wrote)).await.unwrap();
    pool.close().await;
}

fn id(text: &str) -> OperationId {
    OperationId(text.into())
}

fn silver() -> Details {
    Details { engagement: Engagement::Poc, subdomain: "argent".parse().unwrap(), ..details("silver") }
}

/// Log, locks, cards and registry.
pub(crate) async fn all_that_version_1_wrote_is_read_again(world: World) {
    let store = &world.store;
    let Audit::Intact(head) = store.verify().await.unwrap() else { panic!("the log is not what was written") };
    assert_eq!((head.position, head.operation, head.seq), (15, id("cccccccc"), 2));
    assert_eq!(head.hash, "aa534f515407b1420e8b2fc07cadaea93197359f479a5608cbee8a069ca53362");

    let operations = store.operations(&OperationFilter::default(), 0, 10).await.unwrap().rows;
    assert_eq!(operations, [id("cccccccc"), id("bbbbbbbb"), id("aaaaaaaa")]);
    let expected = [(State::Cancelled, 2), (State::AwaitingApproval, 3), (State::Succeeded, 10)];
    for (operation, (state, seq)) in operations.iter().zip(expected) {
        let folded = Operation::fold(&store.events(operation, 0).await.unwrap()).unwrap();
        assert_eq!((folded.state, folded.seq), (state, seq), "{operation}");
        let of_state = OperationFilter { state: Some(state), ..OperationFilter::default() };
        assert_eq!(store.operations(&of_state, 0, 10).await.unwrap().rows, std::slice::from_ref(operation));
    }
    let strange = Event::CaughtUp { summary: "`'\"; DROP TABLE events; --\u{0}\n🥐".into() };
    assert_eq!(store.events(&id("bbbbbbbb"), 0).await.unwrap()[2].event, strange);
    assert_eq!(store.operation_of_card(&card("2")).await, Ok(Some(id("bbbbbbbb"))));
    for (key, holder) in [("sit/silver", true), ("subdomain/argent", true), ("dev/golden", false)] {
        assert_eq!(store.holder(key).await, Ok(holder.then(|| id("bbbbbbbb"))), "{key}");
    }

    let organisation = Some("The \"engagement\":\"poc\" 100% people".parse().unwrap());
    let tenant = |details: Details, standings: &[(Environment, Standing)]| Tenant {
        details,
        standings: standings.to_vec(),
        deleted: None,
    };
    let tenants = [
        tenant(Details { organisation, ..details("copper-9") }, &[]),
        tenant(details("golden"), &[(Dev, Standing::Validated), (Sit, Standing::Active), (Prod, Standing::Incomplete)]),
        tenant(silver(), &[(Dev, Standing::Active)]),
    ];
    assert_eq!(store.tenants(&TenantFilter::default(), 0, 10).await.unwrap().rows, tenants);
    for tenant in &tenants {
        let Details { tenant: id, subdomain, .. } = &tenant.details;
        assert_eq!(store.tenant(id).await.unwrap().as_ref(), Some(tenant));
        assert_eq!(store.tenant_of_subdomain(subdomain).await.unwrap().as_ref(), Some(id));
        let found = store.tenants(&TenantFilter::search(subdomain.as_str()), 0, 10).await.unwrap();
        assert!(found.rows.contains(tenant));
    }
    for (engagement, expected) in [(Engagement::Client, &tenants[..2]), (Engagement::Poc, &tenants[2..])] {
        let filter = TenantFilter { engagement: Some(engagement), ..TenantFilter::default() };
        assert_eq!(store.tenants(&filter, 0, 10).await.unwrap().rows, expected);
    }
}

/// Those of a provisioning, of a deletion that is open and of one in bulk that is over, the tenant that was taken off and the
/// one that is forgotten among them; and not what stands in a text of the plan only.
pub(crate) async fn operations_of_version_2_are_found_by_all_their_sites(world: World) {
    let store = &world.store;
    assert!(matches!(store.verify().await.unwrap(), Audit::Intact(head) if head.position == 25));
    assert!(store.tenant(&"golden-2".parse().unwrap()).await.unwrap().is_none());
    let expected: [(&str, [&[&str]; 3]); 5] = [
        ("golden", [&["gggggggg", "bbbbbbbb"], &["gggggggg"], &["gggggggg"]]),
        ("golden-2", [&["eeeeeeee", "dddddddd", "cccccccc"], &["dddddddd"], &[]]),
        ("silver", [&[], &["dddddddd", "aaaaaaaa"], &[]]),
        ("copper-9", [&["ffffffff"], &[], &[]]),
        ("copper", [&[], &[], &[]]),
    ];
    for (tenant, environments) in expected {
        for (environment, operations) in Environment::ALL.into_iter().zip(environments) {
            let tenant = Some(tenant.parse().unwrap());
            let filter = OperationFilter { tenant, environment: Some(environment), ..OperationFilter::default() };
            let listing = store.operations(&filter, 0, 10).await.unwrap();
            assert_eq!(listing.rows, operations.iter().copied().map(id).collect::<Vec<_>>(), "{filter:?}");
            assert_eq!(listing.total, operations.len() as u64, "{filter:?}");
        }
    }
    for row in store.operations(&OperationFilter::default(), 0, 10).await.unwrap().rows {
        let plan = Operation::fold(&store.events(&row, 0).await.unwrap()).unwrap().plan;
        for site in &plan.sites {
            let Tenancy { tenant, environment } = site.tenancy.clone();
            let filter =
                OperationFilter { tenant: Some(tenant), environment: Some(environment), ..OperationFilter::default() };
            assert!(store.operations(&filter, 0, 10).await.unwrap().rows.contains(&row), "{row}: {filter:?}");
        }
    }
}

/// With what is new since, and with what was promised before.
pub(crate) async fn a_store_of_version_1_is_written_on(world: World) {
    let store: Arc<dyn Store> = world.store.clone();
    let mut writer = Writer::with(&store, "bbbbbbbb", &silver(), Sit);
    writer.operation = Operation::fold(&store.events(&id("bbbbbbbb"), 0).await.unwrap()).unwrap();
    let remark = || Event::CaughtUp { summary: "a change of the registry".into() };
    let register = |details: Details| RegistryChange::Register(Box::new(details));
    let tenant = silver().tenant;

    let taken = Details { subdomain: silver().subdomain, ..details("heir") };
    let refused = writer.append_with(remark(), &[register(taken.clone())]).await;
    assert_eq!(refused, Err(StoreError::Locked { key: "subdomain/argent".into(), operation: id("bbbbbbbb") }));
    let at = time::macros::datetime!(2026-03-02 09:00:00.5 UTC);
    let gone = [RegistryChange::Leave(tenant.clone(), Dev), RegistryChange::Bury(tenant.clone(), at)];
    writer.append_with(remark(), &gone).await.unwrap();
    assert_eq!(store.tenant(&tenant).await.unwrap().unwrap().deleted, Some(at));
    writer.append_with(remark(), &[register(taken)]).await.unwrap();
    assert_eq!(writer.append_with(remark(), &[register(silver())]).await, Err(StoreError::Buried { tenant }));
    writer.append_with(remark(), &[RegistryChange::Forget("copper-9".parse().unwrap())]).await.unwrap();
    writer.append(Event::Expired).await.unwrap();
    assert_eq!(store.holder("sit/silver").await, Ok(None));
    assert!(matches!(world.store.verify().await.unwrap(), Audit::Intact(head) if head.position == 19));
}

/// Whatever the version: every operation folds and is listed by its state and its sites, the open ones hold their locks and go
/// on, the registry is read, the log is intact and stays so, and what is new since works.
pub(crate) async fn every_operation_is_there_and_the_open_ones_go_on(world: World) {
    let store: Arc<dyn Store> = world.store.clone();
    let before = world.store.head().await.unwrap();
    let (intact, line) = audit::verify(&world.url, &[]).await.unwrap();
    assert!(intact && line.starts_with(&format!("intact: {} events", before.position)), "{line}");

    let listed = store.operations(&OperationFilter::default(), 0, 100).await.unwrap().rows;
    let (mut events, mut open, mut tenants) = (0, 0, BTreeSet::new());
    for id in &listed {
        let log = store.events(id, 0).await.unwrap();
        events += log.len() as u64;
        let operation = Operation::fold(&log).unwrap();
        let of_state = OperationFilter { state: Some(operation.state), ..OperationFilter::default() };
        assert!(store.operations(&of_state, 0, 100).await.unwrap().rows.contains(id), "{id}");
        for Tenancy { tenant, environment } in operation.plan.tenancies() {
            let (tenant, environment) = (Some(tenant.clone()), Some(*environment));
            let at = OperationFilter { tenant, environment, ..OperationFilter::default() };
            assert!(store.operations(&at, 0, 100).await.unwrap().rows.contains(id), "{id}: {at:?}");
        }
        if let Some(card) = &operation.card {
            assert_eq!(store.operation_of_card(card).await.unwrap().as_ref(), Some(id));
        }
        for lock in operation.plan.locks().iter().filter(|_| operation.state.open()) {
            assert_eq!(store.holder(lock).await.unwrap().as_ref(), Some(id), "{lock}");
        }
        tenants.extend(operation.plan.lanes().cloned());
        if operation.state.open() {
            open += 1;
            let mut writer = Writer { store: store.clone(), first: log[0].clone(), operation };
            writer.append(Event::CaughtUp { summary: "it goes on".into() }).await.unwrap();
        }
    }
    assert_eq!(events, before.position, "every event belongs to an operation that is listed");
    assert!(open > 0, "something is under way");
    assert_eq!(store.counts().await.unwrap().values().sum::<u64>(), listed.len() as u64);

    for deleted in [false, true] {
        let rows = store.tenants(&TenantFilter { deleted, ..TenantFilter::default() }, 0, 100).await.unwrap().rows;
        for tenant in rows {
            assert_eq!(tenant.deleted.is_some(), deleted);
            assert_eq!(store.tenant(&tenant.details.tenant).await.unwrap().as_ref(), Some(&tenant));
            assert!(tenants.remove(&tenant.details.tenant), "an operation worked on {:?}", tenant.details.tenant);
        }
    }
    for forgotten in tenants {
        assert_eq!(store.tenant(&forgotten).await, Ok(None), "in no list and not there");
    }

    assert_eq!((store.seen().await, store.last_anchor().await), (Ok(None), Ok(None)));
    store.see(BEGINNING).await.unwrap();
    let head = world.store.head().await.unwrap();
    let anchor = Anchor { day: BEGINNING.date(), position: head.position, hash: head.hash };
    store.add_anchor(&anchor).await.unwrap();
    assert_eq!((store.seen().await, store.last_anchor().await), (Ok(Some(BEGINNING)), Ok(Some(anchor))));
    let (intact, line) = audit::verify(&world.url, &[]).await.unwrap();
    let expected = format!("intact: {} events", before.position + open);
    assert!(intact && line.starts_with(&expected) && line.ends_with(", anchors: 1"), "{line}");
}

/// A deletion in bulk that was half-way: its second site goes too, its locks are let go, and the registry forgets.
pub(crate) async fn the_running_operation_of_version_3_goes_on_to_its_end(world: World) {
    let store: Arc<dyn Store> = world.store.clone();
    let log = store.events(&id("eeeeeeee"), 0).await.unwrap();
    let mut writer = Writer { operation: Operation::fold(&log).unwrap(), first: log[0].clone(), store: store.clone() };
    assert_eq!(writer.operation.state, State::Running);
    let done = Event::StepDone { step: 1, effect: Effect::Done, note: "gone".into(), proofs: Vec::new() };
    let silver = details("silver").tenant;
    writer.append_with(done, &[RegistryChange::Leave(silver.clone(), Sit)]).await.unwrap();
    writer.append(Event::Succeeded).await.unwrap();
    assert_eq!((store.tenant(&silver).await, store.holder("sit/silver").await), (Ok(None), Ok(None)));
    assert_eq!(store.holder("prod/iron").await, Ok(Some(id("gggggggg"))), "what is held stays held");
    let copper = store.tenant(&"copper".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(copper.deleted, Some(time::macros::datetime!(2026-03-01 08:00:09.123456789 UTC)));
    assert!(audit::verify(&world.url, &[]).await.unwrap().0);
}

/// The log of a store that this version has not opened yet: it can be looked at, and nothing is migrated by looking.
pub(crate) async fn is_verified_before_it_is_migrated(url: &str, version: i64) {
    let (intact, line) = audit::verify(url, &[]).await.unwrap();
    assert!(intact && line.ends_with(", anchors: 0"), "{line}");
    let pool = AnyPool::connect(url).await.unwrap();
    let (at,): (i64,) = sqlx::query_as("SELECT MAX(version) FROM landlord_migrations").fetch_one(&pool).await.unwrap();
    assert_eq!(at, version);
    pool.close().await;
}

/// A migration that this test was not built with would be tried by nobody.
#[test]
fn all_migrations_are_known_and_numbered_without_a_gap() {
    let files = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations")).unwrap().count();
    let versions: Vec<i64> = sqlx::migrate!().iter().map(|migration| migration.version).collect();
    assert_eq!(versions.len(), files, "built without some: touch src/store/database.rs and tests/store/migrations.rs");
    assert_eq!(versions, (1..=earlier_versions().end).collect::<Vec<_>>());
}

/// Makes a test of each promise of this module. `$filled` is an async function that answers a database which an earlier
/// version has filled, opened by this one.
macro_rules! migration_promises {
    ($filled:path: $($case:ident of $version:literal,)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                crate::migrations::$case($filled($version).await).await;
            }
        )+
    };
    ($filled:path) => {
        crate::migrations::migration_promises! { $filled:
            all_that_version_1_wrote_is_read_again of 1,
            a_store_of_version_1_is_written_on of 1,
            operations_of_version_2_are_found_by_all_their_sites of 2,
            the_running_operation_of_version_3_goes_on_to_its_end of 3,
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn a_store_of_every_earlier_version_is_opened_and_goes_on() {
            for version in crate::migrations::earlier_versions() {
                crate::migrations::every_operation_is_there_and_the_open_ones_go_on($filled(version).await).await;
            }
        }
    };
}
pub(crate) use migration_promises;
