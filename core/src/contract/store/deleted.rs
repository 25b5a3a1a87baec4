//! What a store promises of tenants that are deleted for ever.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::registry::{id, listed, register, remark, writer};
use super::samples::{BEGINNING, Writer, details};
use crate::plan::{Details, Engagement};
use crate::ports::{RegistryChange, Standing, Store, StoreError, Tenant, TenantFilter};
use crate::tenant::Environment::{self, Dev, Prod, Sit};

/// When the first burial is.
const TIME: OffsetDateTime = BEGINNING;

fn stand(tenant: &str, environment: Environment) -> RegistryChange {
    RegistryChange::Stand(id(tenant), environment, Standing::Active)
}

fn leave(tenant: &str, environment: Environment) -> RegistryChange {
    RegistryChange::Leave(id(tenant), environment)
}

fn bury(tenant: &str) -> RegistryChange {
    RegistryChange::Bury(id(tenant), TIME)
}

fn buried(tenant: &str) -> StoreError {
    StoreError::Buried { tenant: id(tenant) }
}

/// Registers a tenant in DEV and deletes it for ever.
async fn delete(writer: &mut Writer, details: &Details) {
    let tenant = details.tenant.as_str();
    let changes = [register(details), stand(tenant, Dev)];
    writer.append_with(remark(), &changes).await.expect("appended");
    writer.append_with(remark(), &[leave(tenant, Dev), bury(tenant)]).await.expect("appended");
}

async fn known(store: &Arc<dyn Store>, tenant: &str) -> Tenant {
    store.tenant(&id(tenant)).await.expect("an answer").expect("known")
}

/// Also where it was in one environment only, and leaves it with the same event.
pub async fn who_is_buried_keeps_id_details_and_time(store: Arc<dyn Store>) {
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    delete(&mut writer, &details("golden")).await;
    let tenant = Tenant { details: details("golden"), standings: vec![], deleted: Some(TIME) };
    assert_eq!(known(&store, "golden").await, tenant);
}

/// A deletion may end in one environment and not in the next.
pub async fn who_still_stands_somewhere_is_not_buried(store: Arc<dyn Store>) {
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    let changes = [register(&details("golden")), stand("golden", Dev), stand("golden", Prod)];
    writer.append_with(remark(), &changes).await.expect("appended");
    writer.append_with(remark(), &[leave("golden", Dev), bury("golden")]).await.expect("appended");
    let standings = vec![(Prod, Standing::Active)];
    assert_eq!(known(&store, "golden").await, Tenant { details: details("golden"), standings, deleted: None });
    assert_eq!(store.tenant_of_subdomain(&details("golden").subdomain).await, Ok(Some(id("golden"))));
    writer.append_with(remark(), &[stand("golden", Sit)]).await.expect("it lives");

    writer.append_with(remark(), &[leave("golden", Prod), bury("golden")]).await.expect("appended");
    assert_eq!(known(&store, "golden").await.deleted, None);
    writer.append_with(remark(), &[leave("golden", Sit), bury("golden")]).await.expect("appended");
    assert_eq!(known(&store, "golden").await.deleted, Some(TIME));
}

/// So a repeated one is no error.
pub async fn the_first_time_of_a_burial_stays(store: Arc<dyn Store>) {
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    delete(&mut writer, &details("golden")).await;
    let again = RegistryChange::Bury(id("golden"), TIME + Duration::DAY);
    writer.append_with(remark(), &[leave("golden", Dev), again]).await.expect("appended");
    assert_eq!(known(&store, "golden").await.deleted, Some(TIME));
}

/// With the same details or with others; neither event, nor locks, nor registry.
pub async fn a_buried_id_cannot_be_registered_and_nothing_is_written(store: Arc<dyn Store>) {
    let mut first = writer(&store, "aaaaaaaa", "silver").await;
    delete(&mut first, &details("golden")).await;
    let before = known(&store, "golden").await;

    let other = Details { subdomain: "crust".parse().expect("a host label"), ..details("golden") };
    for details in [details("golden"), other] {
        let filing = Writer::with(&store, "bbbbbbbb", &details, Dev);
        assert_eq!(filing.file_with(&[register(&details)]).await, Err(buried("golden")));
        assert_eq!(store.events(&filing.operation.id, 0).await, Ok(vec![]));
        assert_eq!(store.holder("dev/golden").await, Ok(None));
        let seq = first.operation.seq;
        assert_eq!(first.append_with(remark(), &[register(&details)]).await, Err(buried("golden")));
        assert_eq!(store.events(&first.operation.id, 0).await.expect("events").len() as u64, seq);
    }
    assert_eq!(known(&store, "golden").await, before);
}

/// It is a fault of the one who writes, and must not pass unseen.
pub async fn a_buried_tenant_cannot_stand_again(store: Arc<dyn Store>) {
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    delete(&mut writer, &details("golden")).await;
    let before = (known(&store, "golden").await, store.events(&writer.operation.id, 0).await);
    assert_eq!(writer.append_with(remark(), &[stand("golden", Sit)]).await, Err(buried("golden")));
    assert_eq!((known(&store, "golden").await, store.events(&writer.operation.id, 0).await), before);
}

/// Whatever comes to nothing afterwards.
pub async fn who_is_buried_is_not_forgotten(store: Arc<dyn Store>) {
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    delete(&mut writer, &details("golden")).await;
    let before = known(&store, "golden").await;
    writer.append_with(remark(), &[leave("golden", Dev)]).await.expect("nothing to leave");
    writer.append_with(remark(), &[RegistryChange::Forget(id("golden"))]).await.expect("nothing to forget");
    assert_eq!(known(&store, "golden").await, before);
}

/// Its id could be given again, and nobody would know.
pub async fn a_burial_of_an_unknown_tenant_is_refused_with_its_event(store: Arc<dyn Store>) {
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    let answer = writer.append_with(remark(), &[bury("golden")]).await;
    assert_eq!(answer, Err(StoreError::Corrupt("the registry does not know the tenant golden".into())));
    assert_eq!(store.events(&writer.operation.id, 0).await.expect("events").len(), 1);
    assert_eq!(store.tenant(&id("golden")).await, Ok(None));
}

/// And again when the next who had it is deleted too.
pub async fn the_host_label_of_a_buried_tenant_is_free(store: Arc<dyn Store>) {
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    let label = details("golden").subdomain;
    for tenant in ["golden", "silver", "copper"] {
        assert_eq!(store.tenant_of_subdomain(&label).await, Ok(None), "before {tenant}");
        delete(&mut writer, &Details { subdomain: label.clone(), ..details(tenant) }).await;
    }
    let heir = Details { subdomain: label.clone(), ..details("heir") };
    writer.append_with(remark(), &[register(&heir)]).await.expect("appended");
    assert_eq!(store.tenant_of_subdomain(&label).await, Ok(Some(id("heir"))));

    let late = Details { subdomain: label.clone(), ..details("late") };
    let taken = StoreError::Locked { key: "subdomain/golden".into(), operation: writer.operation.id.clone() };
    assert_eq!(writer.append_with(remark(), &[register(&late)]).await, Err(taken), "the living have theirs alone");
}

/// Never both, and each by pages with their own total.
pub async fn the_living_or_the_deleted_are_listed(store: Arc<dyn Store>) {
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    for tenant in ["b-gone", "a-gone", "c-gone"] {
        delete(&mut writer, &details(tenant)).await;
    }
    for tenant in ["b-here", "a-here"] {
        writer.append_with(remark(), &[register(&details(tenant))]).await.expect("appended");
    }
    let deleted = TenantFilter { deleted: true, ..TenantFilter::default() };
    assert_eq!(listed(&store, &TenantFilter::default()).await, ["a-here", "b-here"]);
    assert_eq!(listed(&store, &deleted).await, ["a-gone", "b-gone", "c-gone"]);
    assert_eq!(listed(&store, &TenantFilter { search: "B-".into(), ..deleted.clone() }).await, ["b-gone"]);
    assert!(listed(&store, &TenantFilter::search("gone")).await.is_empty());

    let second = store.tenants(&deleted, 1, 2).await.expect("a list");
    assert_eq!((second.rows, second.total), (vec![known(&store, "c-gone").await], 3));
}

/// Alone and with the rest of the filter.
pub async fn tenants_are_listed_by_engagement(store: Arc<dyn Store>) {
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    let poc = |tenant: &str| Details { engagement: Engagement::Poc, ..details(tenant) };
    delete(&mut writer, &poc("a-gone")).await;
    delete(&mut writer, &details("b-gone")).await;
    for details in [poc("trial-1"), details("client-1"), poc("trial-2"), details("client-2")] {
        writer.append_with(remark(), &[register(&details)]).await.expect("appended");
    }
    let clients = TenantFilter { engagement: Some(Engagement::Client), ..TenantFilter::default() };
    let pocs = TenantFilter { engagement: Some(Engagement::Poc), ..TenantFilter::default() };
    assert_eq!(listed(&store, &clients).await, ["client-1", "client-2"]);
    assert_eq!(listed(&store, &pocs).await, ["trial-1", "trial-2"]);
    assert_eq!(listed(&store, &TenantFilter { search: "-2".into(), ..pocs.clone() }).await, ["trial-2"]);
    assert_eq!(listed(&store, &TenantFilter { deleted: true, ..pocs }).await, ["a-gone"]);
    assert_eq!(listed(&store, &TenantFilter { deleted: true, ..clients }).await, ["b-gone"]);
}
