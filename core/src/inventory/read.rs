//! Reading an environment's inventories: every page of every kind, some side by side.

use futures::StreamExt as _;

use super::{Inventory, Names, Seal, Unread};
use crate::kind::Kind;
use crate::ports::{Cloud, CloudError};
use crate::tenant::Environment;

/// How many kinds of an environment are read side by side: few enough to leave the accounts' request quotas to those who work.
const AT_ONCE: usize = 4;

/// More pages than any account has: past them a provider goes in circles.
const PAGES_MAX: usize = 10_000;

/// All that is listed in the environment of these names, of which the configuration says that this account answers for it.
pub async fn read(cloud: &dyn Cloud, names: &Names, account: &str) -> Inventory {
    let environment = names.environment();
    let mut inventory = Inventory::unread(environment, seal(cloud, environment, account).await);
    if !inventory.seal.holds() {
        return inventory;
    }
    let lists = futures::stream::iter(Kind::DELETION_ORDER)
        .map(|kind| async move { (kind, list(cloud, names, kind).await) })
        .buffered(AT_ONCE)
        .collect::<Vec<_>>()
        .await;
    for (kind, (listed, unread)) in lists {
        for name in listed {
            inventory.takes(names, kind, name);
        }
        inventory.unread.extend(unread.map(|why| (kind, why)));
    }
    inventory
}

/// Who answers for the environment, of which the configuration names this account.
pub async fn seal(cloud: &dyn Cloud, environment: Environment, account: &str) -> Seal {
    match cloud.account(environment).await {
        Ok(answered) if answered == account => Seal::Holds(answered),
        Ok(answered) => Seal::Broken { answered, configured: account.to_owned() },
        Err(error) => Seal::Unanswered(error),
    }
}

/// The kind's names, and why that is not all of them.
async fn list(cloud: &dyn Cloud, names: &Names, kind: Kind) -> (Vec<String>, Option<Unread>) {
    let environment = names.environment();
    if !cloud.lists(kind, environment) {
        return (Vec::new(), Some(Unread::Unlisted));
    }
    let mut listed = Vec::new();
    let mut next: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let page = match cloud.inventory(kind, environment, next.as_deref()).await {
            Ok(page) => page,
            Err(error) => return (listed, Some(Unread::Failed(error))),
        };
        listed.extend(page.names);
        match page.next {
            None => return (listed, None),
            Some(token) if next.as_ref() == Some(&token) => break,
            token => next = token,
        }
    }
    let endless = format!("The list of {kind}s of {} has no end.", environment.title());
    (listed, Some(Unread::Failed(CloudError::Permanent(endless))))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::contract::store::samples;
    use crate::fakes::{Fault, FaultError, Settings, Verb, World};
    use crate::plan::Details;
    use crate::tenant::TenantId;

    fn id(tenant: &str) -> TenantId {
        tenant.parse().expect("valid")
    }

    async fn world(page_size: usize, tenants: &[&str]) -> (World, Names, String) {
        let world = World::with(Settings { page_size, ..Settings::default() });
        let details: Vec<Details> = tenants.iter().map(|id| samples::details(id)).collect();
        for details in &details {
            world.stands(details, &[Environment::Dev]).await;
        }
        let place = world.settings.place(Environment::Dev).clone();
        let names = Names::new(Environment::Dev, place.domain, &details);
        (world, names, place.account)
    }

    #[tokio::test]
    async fn each_tenant_has_its_own_and_what_is_left_is_nobodys() {
        let family = ["acme", "acme-2", "acme-20", "x-acme"];
        for page_size in [1, 4, 100] {
            let (world, names, account) = world(page_size, &family).await;
            let acme = world.subject(&samples::details("acme"), Environment::Dev);
            world.cloud.vanish(Kind::TargetGroup, &acme);
            world.cloud.plant_access_point(&acme.tenancy, "dev-acme-ap");
            world.cloud.plant_foreign(Kind::Secret, Environment::Dev, "the-teams-own", "no tag");
            world.cloud.plant_foreign(Kind::DnsRecord, Environment::Dev, "free.wpdev.kimmyai.io", "it leads elsewhere");
            world.cloud.plant_foreign(Kind::Service, Environment::Dev, "dev-gone-service", "no tag");
            let inventory = read(&world.cloud, &names, &account).await;
            assert_eq!(inventory.seal, Seal::Holds(account));
            let tenants: Vec<String> = inventory.tenants.keys().map(ToString::to_string).collect();
            assert_eq!(tenants, ["acme", "acme-2", "acme-20", "gone", "x-acme"]);
            let counts = |tenant: &str| {
                let count = |kind| (kind, inventory.count(&id(tenant), kind).expect("read"));
                BTreeMap::from(Kind::DELETION_ORDER.map(count))
            };
            for whole in ["acme-2", "acme-20", "x-acme"] {
                assert!(counts(whole).values().all(|count| *count == 1), "{whole}");
            }
            let acme = counts("acme");
            assert_eq!((acme[&Kind::TargetGroup], acme[&Kind::AccessPoint], acme[&Kind::Secret]), (0, 2, 1));
            assert_eq!(inventory.kinds(&id("gone")), [Kind::Service].into());
            assert_eq!(inventory.strangers, [(Kind::Secret, "the-teams-own".to_owned())]);
            assert_eq!(inventory.unclaimed, [(Kind::DnsRecord, "free".parse().expect("valid"))]);
            assert!(inventory.unread.is_empty());
        }
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_no_answer() {
        let (world, names, account) = world(4, &["acme"]).await;
        world.cloud.reach_databases_by_task(Environment::Dev);
        world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Secret).on(Verb::Inventory));
        let inventory = read(&world.cloud, &names, &account).await;
        let unread: Vec<Kind> = inventory.unread.keys().copied().collect();
        assert_eq!(unread, [Kind::DatabaseUser, Kind::Database, Kind::Secret]);
        assert_eq!(inventory.unread[&Kind::Database], Unread::Unlisted);
        assert!(matches!(inventory.unread[&Kind::Secret], Unread::Failed(CloudError::Permanent(_))));
        for kind in unread {
            assert_eq!(inventory.count(&id("acme"), kind), None, "{kind}");
        }
        assert_eq!(inventory.count(&id("acme"), Kind::Service), Some(1));
        assert_eq!(inventory.count(&id("nobody"), Kind::Service), Some(0));
    }

    #[tokio::test]
    async fn behind_a_broken_seal_nothing_is_read() {
        let (world, names, account) = world(4, &["acme"]).await;
        world.cloud.answer_as(Environment::Dev, Some("093646564004"));
        let before = world.cloud.journal().len();
        let inventory = read(&world.cloud, &names, &account).await;
        let broken = Seal::Broken { answered: "093646564004".to_owned(), configured: account.clone() };
        assert_eq!(inventory, Inventory::unread(Environment::Dev, broken));
        assert_eq!(inventory.count(&id("acme"), Kind::Service), None);
        assert_eq!(world.cloud.journal().len(), before + 1, "only who answers was asked");

        world.cloud.answer_as(Environment::Dev, None);
        world.cloud.fail(Fault::new(FaultError::Unavailable).on(Verb::Account));
        let inventory = read(&world.cloud, &names, &account).await;
        assert!(matches!(inventory.seal, Seal::Unanswered(CloudError::Transient(_))));
    }
}
