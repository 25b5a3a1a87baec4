//! One of twelve tenants whose names begin alike is deleted, and the eleven others are afterwards what they were, to the byte.

use std::collections::BTreeSet;
use std::path::Path;

use landlord_core::kind::Kind;
use landlord_core::plan::Engagement;
use landlord_core::ports::Cloud as _;
use landlord_core::size::Size;
use landlord_core::tenant::Environment;
use serde_json::json;

use crate::world::{Dump, Request, Setting, Tenant, World, blueprint};

/// Who goes.
const ACME: &str = "acme";

/// Names that a careless prefix, suffix or pattern takes for one another: some end as resources' names do.
const NAMES: [&str; 12] = [
    "a",
    "ac",
    "acm",
    ACME,
    "acme-2",
    "acme-20",
    "acme-200",
    "acme2",
    "acmeco",
    "acme-prod",
    "acme-service",
    "acme-acme-acme-acme-acme",
];

/// What a tenant without backups has, in the dump's words.
const KINDS: [&str; 10] = [
    "access points",
    "database users",
    "databases",
    "listener rules",
    "log groups",
    "records",
    "secrets",
    "services",
    "target groups",
    "task definitions",
];

const DELETE: &str = "/tenant delete tenant:acme environment:all reason:cancellation backup:yes logs:delete";

/// The twelve. Each has the next one's name for its subdomain, so that whoever takes the one for the other hits a neighbour.
fn crowd() -> Vec<Tenant> {
    let subdomains = NAMES.iter().cycle().skip(1);
    let pairs = NAMES.iter().zip(subdomains);
    pairs.map(|(id, subdomain)| Tenant { id: (*id).to_owned(), subdomain: (*subdomain).to_owned() }).collect()
}

/// Gives the crowd what tenants come to have: rows, backups, a second access point, a second revision; and the servers
/// databases and users that nobody's name is but for one letter.
async fn lives(world: &World, crowd: &[Tenant]) {
    for environment in Environment::ALL {
        for Tenant { id, .. } in crowd {
            world.sql(environment, &format!("CREATE TABLE `{id}_db`.wp_posts (id INT PRIMARY KEY, title TEXT)")).await;
            world.sql(environment, &format!("INSERT INTO `{id}_db`.wp_posts VALUES (1, '{id}')")).await;
        }
        for statement in [
            "CREATE DATABASE `acmexdb`",
            "CREATE TABLE `acmexdb`.wp_posts (id INT PRIMARY KEY)",
            "CREATE USER 'acmexuser'@'%' IDENTIFIED BY 'somebody'",
            "GRANT ALL ON `acmexdb`.* TO 'acmexuser'@'%'",
            "CREATE USER 'acme_user'@'10.0.0.1' IDENTIFIED BY 'somebody'",
            "GRANT SELECT ON `acme\\_db`.* TO 'acme-2_user'@'%'",
        ] {
            world.sql(environment, statement).await;
        }
    }
    let larger = Size::new(1024, 2048, 30).unwrap();
    let cloud = world.cloud().await;
    let system = &world.aws(Environment::Prod, &["efs", "describe-file-systems"]).await["FileSystems"][0];
    let system = system["FileSystemId"].as_str().unwrap();
    for id in [ACME, "acme-2"] {
        let tenant = crowd.iter().find(|tenant| tenant.id == id).unwrap();
        let other = landlord_core::ports::Blueprint { size: larger, ..blueprint(tenant, Environment::Prod) };
        cloud.ensure(Kind::TaskDefinition, &other).await.unwrap();
        let name = format!("Key=Name,Value=prod-{id}-ap");
        let root = format!("Path=/{id}");
        let words = ["efs", "create-access-point", "--file-system-id", system, "--client-token", id];
        let more = ["--root-directory", &root, "--tags", &name];
        world.aws(Environment::Prod, &[&words[..], &more[..]].concat()).await;
    }
    let body = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml").display().to_string();
    for key in ["acme-2/older", "acme2/older"] {
        let words = ["s3api", "put-object", "--bucket", "prod-tenant-backups", "--key", key, "--body", &body];
        world.aws(Environment::Prod, &words).await;
    }
}

/// The deletion that is asked for with the right name, after a neighbour's was typed in vain.
async fn asked_for(world: &World) -> Request<'_> {
    let operator = world.member("operator");
    let form = operator.is_asked(DELETE).await;
    let wrong = operator.hands_in(&form, &[("name", "acme-2")]).await;
    wrong.answer().shows("What was typed is not the tenant's name, so nothing was filed");
    assert!(!wrong.is_filed());
    let form = operator.is_asked(DELETE).await;
    operator.hands_in(&form, &[("name", ACME)]).await
}

fn set(kinds: &[&str]) -> BTreeSet<String> {
    kinds.iter().map(|kind| (*kind).to_owned()).collect()
}

async fn dumps(world: &World, acme: &Tenant) -> [Dump; 2] {
    let own = ["--subdomain", &acme.subdomain];
    let others = world.services.dump(&[&["--without", ACME][..], &own[..]].concat()).await;
    [others, world.services.dump(&[&["--only", ACME][..], &own[..]].concat()).await]
}

#[tokio::test]
async fn of_twelve_whose_names_begin_alike_one_goes_and_the_others_stay_to_the_byte() {
    let world = World::with(Setting { alone: true, haste: 5, ..Setting::default() }).await;
    world.services.resets().await;
    let crowd = crowd();
    let acme = crowd.iter().find(|tenant| tenant.id == ACME).unwrap();
    world.reside(&crowd, &Environment::ALL, Engagement::Client).await;
    lives(&world, &crowd).await;
    let [others, own] = dumps(&world, acme).await;
    for environment in Environment::ALL {
        assert_eq!(own.kinds(environment.as_str()), set(&KINDS), "{environment}");
    }
    let [known, _] = world.registry().await;
    let mails = async || world.services.mails(&acme.email()).await.len();
    let before = mails().await;

    let request = asked_for(&world).await;
    request.becomes("awaiting_approval").await.shows("PROD").shows(&format!("{}.wp.kimmyai.io", acme.subdomain));
    for lead in ["team-lead", "devops-lead"] {
        world.member(lead).reacts(&request, "✅").await;
    }
    request.becomes("waiting").await;
    assert_eq!(mails().await, before + 1, "the owner has notice");
    world.passes(7 * 24);
    for environment in ["PROD", "SIT", "DEV"] {
        request.thread_comes_to_say(&format!("✅ {environment} · certify absence · nothing is left")).await;
    }
    request.succeeds().await;
    request.stands_once().await;

    let [others_after, left] = dumps(&world, acme).await;
    others_after.is(&others, "what the eleven others have");
    for environment in Environment::ALL {
        assert_eq!(left.kinds(environment.as_str()), set(&["backups"]), "{environment}");
    }
    assert_eq!(left.entries().len(), 3, "a backup of each environment: {:?}", left.entries());
    let [living, deleted] = world.registry().await;
    assert_eq!(living, known.into_iter().filter(|tenant| tenant.details.tenant.as_str() != ACME).collect::<Vec<_>>());
    assert_eq!(deleted.iter().map(|tenant| tenant.details.tenant.as_str()).collect::<Vec<_>>(), [ACME]);

    let certificate = request.is_certified().await;
    assert_eq!(certificate["typed"]["name"], json!(ACME));
    let sites = certificate["sites"].as_array().unwrap();
    assert_eq!(sites.iter().map(|site| &site["environment"]).collect::<Vec<_>>(), ["prod", "sit", "dev"]);
    assert_eq!(mails().await, before + 2, "the owner is told of the end");
    let again = world.member("operator").types(&acme.provision("dev")).await;
    assert!(!again.is_filed());
    again.answer().shows("deleted");
    world.services.resets().await;
    world.end().await;
}
