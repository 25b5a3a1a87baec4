//! What a store promises of the registry of tenants.

use std::sync::Arc;

use super::samples::{Writer, details};
use crate::event::Event;
use crate::plan::Details;
use crate::ports::{RegistryChange, Standing, Store, StoreError, Tenant, TenantFilter};
use crate::size::Size;
use crate::tenant::{Environment, TenantId};

pub(super) fn id(text: &str) -> TenantId {
    text.parse().expect("a tenant id")
}

pub(super) fn register(details: &Details) -> RegistryChange {
    RegistryChange::Register(Box::new(details.clone()))
}

pub(super) fn remark() -> Event {
    Event::CaughtUp { summary: "a change of the registry".into() }
}

/// A filed operation about a tenant, to write changes with.
pub(super) async fn writer(store: &Arc<dyn Store>, operation: &str, tenant: &str) -> Writer {
    let writer = Writer::new(store, operation, tenant, Environment::Dev);
    writer.file().await.expect("filed");
    writer
}

async fn found(store: &Arc<dyn Store>, search: &str) -> Vec<String> {
    listed(store, &TenantFilter::search(search)).await
}

pub(super) async fn listed(store: &Arc<dyn Store>, filter: &TenantFilter) -> Vec<String> {
    let listing = store.tenants(filter, 0, 100).await.expect("a list");
    assert_eq!(listing.total, listing.rows.len() as u64);
    listing.rows.iter().map(|tenant| tenant.details.tenant.to_string()).collect()
}

/// With all that is known of it, and in no environment yet.
pub async fn a_registered_tenant_is_found_by_id_and_by_subdomain(store: Arc<dyn Store>) {
    let mut golden = details("golden");
    golden.subdomain = "crust".parse().expect("a host label");
    golden.organisation = Some("Retail, \"north\"".parse().expect("a name"));
    assert_eq!(store.tenant(&golden.tenant).await, Ok(None));

    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    writer.append_with(remark(), &[register(&golden)]).await.expect("appended");
    let tenant = Tenant { details: golden.clone(), standings: vec![], deleted: None };
    assert_eq!(store.tenant(&golden.tenant).await, Ok(Some(tenant)));
    assert_eq!(store.tenant_of_subdomain(&golden.subdomain).await, Ok(Some(golden.tenant)));
    assert_eq!(store.tenant_of_subdomain(&details("golden").subdomain).await, Ok(None));
}

/// What a lower one is scaled to is not what the next one gets.
pub async fn the_size_of_the_highest_environment_is_the_tenants(store: Arc<dyn Store>) {
    let size = |cpu, memory| Size::new(cpu, memory, 20).expect("a size");
    let stand = |at, standing| RegistryChange::Stand(id("golden"), at, standing);
    let resize = |at, size| RegistryChange::Resize(id("golden"), at, size);
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    let registered = async || store.tenant(&id("golden")).await.expect("an answer").expect("a tenant").details;
    let (dev, sit) = (Environment::Dev, Environment::Sit);
    let steps = [
        (
            vec![register(&details("golden")), stand(dev, Standing::Active), resize(dev, size(512, 1_024))],
            size(512, 1_024),
        ),
        // What is half-way is not there yet.
        (vec![stand(sit, Standing::Incomplete), resize(dev, size(512, 2_048))], size(512, 2_048)),
        (vec![stand(sit, Standing::Active), resize(dev, size(256, 512))], size(512, 2_048)),
        (vec![resize(sit, size(1_024, 2_048))], size(1_024, 2_048)),
    ];
    for (changes, size) in steps {
        writer.append_with(remark(), &changes).await.expect("appended");
        assert_eq!(registered().await, Details { size, ..details("golden") }, "{changes:?}");
    }
    // Nobody is made by being scaled.
    let nobody = RegistryChange::Resize(id("silver"), dev, size(512, 1_024));
    writer.append_with(remark(), &[nobody]).await.expect("appended");
    assert_eq!(store.tenant(&id("silver")).await, Ok(None));
}

/// So a repeated step, or the next environment, is no error.
pub async fn registering_the_same_again_changes_nothing(store: Arc<dyn Store>) {
    let golden = details("golden");
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    let stand = RegistryChange::Stand(id("golden"), Environment::Dev, Standing::Active);
    writer.append_with(remark(), &[register(&golden), stand]).await.expect("appended");
    let before = store.tenant(&golden.tenant).await.expect("an answer");
    writer.append_with(remark(), &[register(&golden)]).await.expect("appended");
    assert_eq!(store.tenant(&golden.tenant).await, Ok(before));
}

/// It names the operation that registered who has it.
pub async fn a_taken_subdomain_is_refused_and_so_is_its_event(store: Arc<dyn Store>) {
    let mut first = writer(&store, "aaaaaaaa", "golden").await;
    first.append_with(remark(), &[register(&details("golden"))]).await.expect("appended");

    let mut second = writer(&store, "bbbbbbbb", "silver").await;
    let mut silver = details("silver");
    silver.subdomain = details("golden").subdomain;
    let stand = RegistryChange::Stand(id("silver"), Environment::Dev, Standing::Active);
    assert_eq!(
        second.append_with(remark(), &[register(&silver), stand]).await,
        Err(StoreError::Locked { key: "subdomain/golden".into(), operation: first.operation.id.clone() })
    );
    assert_eq!(store.tenant(&silver.tenant).await, Ok(None));
    assert_eq!(store.events(&second.operation.id, 0).await.expect("events").len(), 1);
    second.append(remark()).await.expect("its place is still free");
}

/// What is known of a tenant is the same in every environment; who says otherwise is told who said it first.
pub async fn a_known_id_with_other_details_is_refused(store: Arc<dyn Store>) {
    let golden = details("golden");
    let mut first = writer(&store, "aaaaaaaa", "golden").await;
    first.append_with(remark(), &[register(&golden)]).await.expect("appended");

    let mut second = writer(&store, "bbbbbbbb", "silver").await;
    let others = [
        Details { subdomain: "another".parse().expect("a host label"), ..golden.clone() },
        Details { company: "Another Company".parse().expect("a name"), ..golden.clone() },
    ];
    for other in others {
        assert_eq!(
            second.append_with(remark(), &[register(&other)]).await,
            Err(StoreError::Locked { key: "tenant/golden".into(), operation: first.operation.id.clone() })
        );
    }
    assert_eq!(store.tenant(&golden.tenant).await.expect("an answer").expect("known").details, golden);
}

/// Whatever the order in which they were written; the last word counts.
pub async fn standings_are_kept_in_the_order_of_promotion(store: Arc<dyn Store>) {
    use Environment::{Dev, Prod, Sit};
    use Standing::{Active, Incomplete, Validated};
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    let stand = |environment, standing| RegistryChange::Stand(id("golden"), environment, standing);
    let changes = [register(&details("golden")), stand(Prod, Incomplete), stand(Dev, Active), stand(Sit, Active)];
    writer.append_with(remark(), &changes).await.expect("appended");
    writer.append_with(remark(), &[stand(Dev, Validated)]).await.expect("appended");

    let tenant = store.tenant(&id("golden")).await.expect("an answer").expect("known");
    assert_eq!(tenant.standings, [(Dev, Validated), (Sit, Active), (Prod, Incomplete)]);
    assert_eq!(store.tenants(&TenantFilter::default(), 0, 10).await.expect("a list").rows, [tenant]);
}

/// It is a fault of the one who writes, and must not pass unseen.
pub async fn a_standing_of_an_unknown_tenant_is_refused_with_its_event(store: Arc<dyn Store>) {
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    let stand = RegistryChange::Stand(id("golden"), Environment::Dev, Standing::Active);
    let answer = writer.append_with(remark(), &[stand]).await;
    assert_eq!(answer, Err(StoreError::Corrupt("the registry does not know the tenant golden".into())));
    assert_eq!(store.events(&writer.operation.id, 0).await.expect("events").len(), 1);
    assert_eq!(store.tenant(&id("golden")).await, Ok(None));
}

/// And its names are free for others. To leave where one is not is no error.
pub async fn who_leaves_the_last_environment_is_forgotten(store: Arc<dyn Store>) {
    use Environment::{Dev, Sit};
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    let stand = |environment| RegistryChange::Stand(id("golden"), environment, Standing::Active);
    let leave = |environment| RegistryChange::Leave(id("golden"), environment);
    let changes = [register(&details("golden")), stand(Dev), stand(Sit)];
    writer.append_with(remark(), &changes).await.expect("appended");

    writer.append_with(remark(), &[leave(Dev)]).await.expect("appended");
    let tenant = store.tenant(&id("golden")).await.expect("an answer").expect("still known");
    assert_eq!(tenant.standings, [(Sit, Standing::Active)]);
    writer.append_with(remark(), &[leave(Dev)]).await.expect("appended");
    assert!(store.tenant(&id("golden")).await.expect("an answer").is_some());

    writer.append_with(remark(), &[leave(Sit)]).await.expect("appended");
    assert_eq!(store.tenant(&id("golden")).await, Ok(None));
    assert_eq!(store.tenant_of_subdomain(&details("golden").subdomain).await, Ok(None));
    writer.append_with(remark(), &[leave(Sit)]).await.expect("nothing to leave");

    let heir = Details { subdomain: details("golden").subdomain, ..details("silver") };
    writer.append_with(remark(), &[register(&heir)]).await.expect("the host label is free");
    writer.append_with(remark(), &[leave(Dev)]).await.expect("appended");
    assert_eq!(found(&store, "").await, ["silver"], "another tenant's leaving does not touch it");
}

/// But only who is in no environment: a request that came to nothing does not touch what another has made.
pub async fn who_is_in_no_environment_can_be_forgotten(store: Arc<dyn Store>) {
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    let forget = || RegistryChange::Forget(id("golden"));
    let stand = RegistryChange::Stand(id("golden"), Environment::Dev, Standing::Incomplete);
    writer.append_with(remark(), &[register(&details("golden")), stand]).await.expect("appended");
    writer.append_with(remark(), &[forget()]).await.expect("appended");
    assert_eq!(found(&store, "").await, ["golden"]);

    writer.append_with(remark(), &[register(&details("silver"))]).await.expect("appended");
    writer.append_with(remark(), &[RegistryChange::Forget(id("silver"))]).await.expect("appended");
    assert_eq!(found(&store, "").await, ["golden"]);
    writer.append_with(remark(), &[RegistryChange::Forget(id("silver"))]).await.expect("nothing to forget");
}

/// In the same transaction as the filing.
pub async fn a_filing_can_register(store: Arc<dyn Store>) {
    let writer = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    writer.file_with(&[register(&details("golden"))]).await.expect("filed");
    assert_eq!(found(&store, "").await, ["golden"]);

    let mut taken = details("silver");
    taken.subdomain = "silver-site".parse().expect("a host label");
    let filed = Writer::with(&store, "bbbbbbbb", &taken, Environment::Dev);
    let clash = Details { subdomain: details("golden").subdomain, ..taken };
    filed.file_with(&[register(&clash)]).await.expect_err("the host label is taken");
    assert_eq!(store.events(&filed.operation.id, 0).await, Ok(vec![]));
    assert_eq!(store.holder("dev/silver").await, Ok(None));
}

/// Signs that mean something in patterns mean only themselves.
pub async fn a_search_finds_parts_in_any_case_and_to_the_letter(store: Arc<dyn Store>) {
    let tenants = [
        ("golden", "gold", "Bäckerei 100% Süß"),
        ("silver", "argent", "Under_score & Co"),
        ("copper-9", "cuprum", "Back\\slash [GmbH]"),
    ];
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    for (tenant, subdomain, company) in tenants {
        let subdomain = subdomain.parse().expect("a host label");
        let company = company.parse().expect("a company");
        let details = Details { company, subdomain, ..details(tenant) };
        writer.append_with(remark(), &[register(&details)]).await.expect("appended");
    }
    let expected: [(&str, &[&str]); 14] = [
        ("", &["copper-9", "golden", "silver"]),
        ("GOLD", &["golden"]),
        ("r", &["copper-9", "golden", "silver"]),
        ("rgen", &["silver"]),
        ("per-", &["copper-9"]),
        ("BÄCKER", &["golden"]),
        ("%", &["golden"]),
        ("0% s", &["golden"]),
        ("_", &["silver"]),
        ("k\\s", &["copper-9"]),
        ("[gmbh]", &["copper-9"]),
        ("'", &[]),
        ("golden\ngold", &[]),
        ("g%n", &[]),
    ];
    for (search, tenants) in expected {
        assert_eq!(found(&store, search).await, tenants, "searching {search:?}");
    }
}

/// To the byte: a hyphen stands before digits, digits before letters, whatever the database's language.
pub async fn tenants_are_listed_in_the_order_of_their_ids_by_pages(store: Arc<dyn Store>) {
    let mut writer = writer(&store, "aaaaaaaa", "golden").await;
    let sorted = ["123456789012", "a-b", "a-z", "a0", "aa", "ab", "b"];
    for tenant in ["ab", "b", "a-z", "123456789012", "aa", "a-b", "a0"] {
        let stand = |environment| RegistryChange::Stand(id(tenant), environment, Standing::Active);
        let mut details = details(tenant);
        details.subdomain = format!("x{tenant}").parse().expect("a host label");
        let changes = [register(&details), stand(Environment::Dev), stand(Environment::Sit)];
        writer.append_with(remark(), &changes).await.expect("appended");
    }
    for (page, rows) in (0..).zip([&sorted[0..3], &sorted[3..6], &sorted[6..], &[]]) {
        let listing = store.tenants(&TenantFilter::default(), page, 3).await.expect("a list");
        assert_eq!(listing.total, 7);
        assert_eq!(listing.rows.iter().map(|tenant| tenant.details.tenant.as_str()).collect::<Vec<_>>(), rows);
        assert!(listing.rows.iter().all(|tenant| tenant.standings.len() == 2));
    }
}
