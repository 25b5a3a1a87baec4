//! A store that an earlier version wrote, opened by this one: nothing is lost, and it works on.

use std::sync::Arc;

use landlord::store::Audit;
use landlord_core::contract::store::samples::{Writer, card, details};
use landlord_core::event::Event;
use landlord_core::operation::{Operation, State};
use landlord_core::plan::{Details, Engagement, OperationId};
use landlord_core::ports::{OperationFilter, RegistryChange, Standing, Store, StoreError, Tenant, TenantFilter};
use landlord_core::tenant::Environment::{self, Dev, Prod, Sit};
use landlord_core::tenant::Tenancy;
use sqlx::{AnyPool, Executor as _};

use crate::shared::World;

/// Fills an empty database as an earlier version did: its tables, and what it wrote.
pub(crate) async fn fill_as_version(version: i64, url: &str) {
    let wrote = match version {
        1 => include_str!("version_1.sql"),
        2 => include_str!("version_2.sql"),
        other => panic!("nothing is known of version {other}"),
    };
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(url).await.unwrap();
    let mut migrator = sqlx::migrate!();
    migrator.dangerous_set_table_name("landlord_migrations");
    migrator.migrations.to_mut().retain(|migration| migration.version <= version);
    migrator.run(&pool).await.unwrap();
    pool.execute(wrote).await.unwrap();
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
        }
    };
}
pub(crate) use migration_promises;
