//! What the adapters promise beside the contract: the account seal, what errors mean, and the traps of MySQL and ECS.

use std::collections::BTreeMap;

use landlord::cloud::RealCloud;
use landlord::config::environment::EnvironmentConfig;
use landlord::config::secret::Secret;
use landlord::notify::ses::Ses;
use landlord_core::kind::Kind;
use landlord_core::ports::{Blueprint, Check, Cloud, CloudError, Ensured, Notifier as _, Subject, Verdict};
use landlord_core::size::Size;
use landlord_core::tenant::{Environment, Tenancy};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, MySqlConnection};

use crate::services::{ROOM, Services, fault};
use crate::strangers::Strangers;
use crate::until::another_look;

pub(crate) const DEV: Environment = Environment::Dev;

/// How often something is looked at before it counts as never coming.
pub(crate) const LOOKS: u32 = 500;

/// A tenant that no other test has.
pub(crate) fn tenant() -> Blueprint {
    let id = format!("p{:010x}", rand::random_range(0_u64..1 << 40));
    let tenancy = Tenancy::new(id.parse().unwrap(), DEV);
    let subject = Subject { tenancy, subdomain: id.parse().unwrap() };
    Blueprint { subject, size: Size::DEFAULT, load_balancer: "dev-alb".into() }
}

async fn cloud_of(config: EnvironmentConfig) -> RealCloud {
    RealCloud::open(&BTreeMap::from([(DEV, config)])).await.expect("valid section").0
}

/// A cloud of DEV as configured, but for what the test changes.
pub(crate) async fn cloud(services: &Services, change: impl FnOnce(&mut EnvironmentConfig)) -> RealCloud {
    let mut config = services.config(DEV).clone();
    change(&mut config);
    cloud_of(config).await
}

async fn remove(cloud: &RealCloud, kinds: &[Kind], subject: &Subject) {
    for kind in kinds {
        cloud.remove(*kind, subject).await.expect("removed");
    }
}

#[tokio::test]
async fn no_call_is_made_with_the_credentials_of_another_account() {
    let Some(services) = Services::running() else { return };
    let right = cloud(&services, |_| {}).await;
    let wrong = cloud(&services, |config| config.account = "999999999999".to_owned()).await;
    let tenant = tenant();
    assert_eq!(wrong.account(DEV).await.as_deref(), Ok(services.config(DEV).account.as_str()));
    for kind in [Kind::Service, Kind::TargetGroup, Kind::DnsRecord, Kind::AccessPoint, Kind::Secret, Kind::LogGroup] {
        let refused = wrong.ensure(kind, &tenant).await;
        let Err(CloudError::Credentials(why)) = refused else { panic!("{kind}: {refused:?}") };
        assert!(why.contains("999999999999") && why.contains("aws configure --profile Tebogo-dev"), "{why}");
        assert_eq!(right.find(kind, &tenant.subject).await, Ok(vec![]));
    }
}

#[tokio::test]
async fn without_credentials_nothing_runs_and_the_answer_says_what_to_do() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |config| config.profile = Some("no-such-profile".to_owned())).await;
    for refused in [cloud.account(DEV).await.map(drop), cloud.find(Kind::Secret, &tenant().subject).await.map(drop)] {
        let Err(CloudError::Credentials(why)) = refused else { panic!("{refused:?}") };
        assert!(
            why.contains("No credentials for DEV") && why.contains("The profile no-such-profile is not in the AWS"),
            "{why}"
        );
    }
}

#[tokio::test]
async fn a_database_server_that_is_down_is_transient_and_a_wrong_password_is_not() {
    let Some(services) = Services::running() else { return };
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
    let down = cloud(&services, |config| config.database.port = closed.port()).await;
    let answer = down.find(Kind::Database, &tenant().subject).await;
    assert!(matches!(answer, Err(CloudError::Transient(_))), "{answer:?}");

    let denied = cloud(&services, |config| {
        config.database.password_file = None;
        config.database.password = Some(Secret::new("not the password"));
    });
    let answer = denied.await.ensure(Kind::Database, &tenant()).await;
    let Err(CloudError::Permanent(why)) = answer else { panic!("{answer:?}") };
    assert!(why.contains("refuses the administrator admin") && !why.contains("not the password"), "{why}");
}

#[tokio::test]
async fn a_secret_scheduled_for_deletion_is_not_made_anew() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = tenant();
    cloud.ensure(Kind::Secret, &tenant).await.expect("secret");
    let name = tenant.subject.tenancy.name(Kind::Secret);
    stranger.secrets.delete_secret().secret_id(&name).recovery_window_in_days(7).send().await.expect("scheduled");

    let refused = cloud.ensure(Kind::Secret, &tenant).await;
    let Err(CloudError::Permanent(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("restore-secret") && why.contains(&name), "{why}");
    let stored = cloud.check(Check::SecretStored, &tenant).await;
    assert!(matches!(stored, Ok(Verdict::NotYet(_))), "{stored:?}");
    assert_eq!(cloud.remove(Kind::Secret, &tenant.subject).await.map(|removed| removed.len()), Ok(1));
    assert_eq!(cloud.find(Kind::Secret, &tenant.subject).await, Ok(vec![]));
}

/// What the tenant's tasks would log in with.
async fn own_login(stranger: &Strangers, tenant: &Blueprint) -> (String, String) {
    let secret = tenant.subject.tenancy.name(Kind::Secret);
    let value = stranger.secrets.get_secret_value().secret_id(secret).send().await.expect("secret");
    let json: Value = serde_json::from_str(value.secret_string().expect("text")).expect("JSON");
    let text = |key: &str| json[key].as_str().expect(key).to_owned();
    (text("username"), text("password"))
}

#[tokio::test]
async fn a_user_left_without_its_grant_is_completed() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = tenant();
    cloud.ensure(Kind::Secret, &tenant).await.expect("secret");
    cloud.ensure(Kind::Database, &tenant).await.expect("database");
    let (user, password) = own_login(&stranger, &tenant).await;
    stranger.sql(&format!("CREATE USER '{user}'@'%' IDENTIFIED BY '{password}'")).await;

    let reached = cloud.check(Check::DatabaseReachable, &tenant).await;
    assert!(matches!(reached, Ok(Verdict::NotYet(_))), "{reached:?}");
    let ensured = cloud.ensure(Kind::DatabaseUser, &tenant).await;
    assert!(matches!(ensured, Ok(Ensured::Existed(_))), "{ensured:?}");
    let reached = cloud.check(Check::DatabaseReachable, &tenant).await;
    assert!(matches!(reached, Ok(Verdict::Passed(_))), "{reached:?}");
    remove(&cloud, &[Kind::DatabaseUser, Kind::Database, Kind::Secret], &tenant.subject).await;
}

#[tokio::test]
async fn a_grant_reaches_no_database_of_a_similar_name() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let stranger = Strangers::of(DEV, services.config(DEV)).await;
    let tenant = tenant();
    for kind in [Kind::Secret, Kind::Database, Kind::DatabaseUser] {
        cloud.ensure(kind, &tenant).await.expect("ensured");
    }
    // `_` in a grant stands for any character unless it is escaped.
    let database = tenant.subject.tenancy.name(Kind::Database);
    let similar = database.replace("_db", "xdb");
    stranger.sql(&format!("CREATE DATABASE `{similar}`")).await;
    let (user, password) = own_login(&stranger, &tenant).await;
    let server = Services::mysql(DEV);
    let address = server.rsplit_once('@').expect("an address").1.trim_end_matches('/');
    let own = MySqlConnection::connect(&format!("mysql://{user}:{password}@{address}/{database}")).await;
    let created = own.expect("login").execute("CREATE TABLE t (id INT)").await;
    assert!(created.is_ok(), "{created:?}");
    let other = MySqlConnection::connect(&format!("mysql://{user}:{password}@{address}/{similar}")).await;
    assert!(other.is_err(), "the user reaches {similar}");
    stranger.sql(&format!("DROP DATABASE `{similar}`")).await;
    remove(&cloud, &[Kind::DatabaseUser, Kind::Database, Kind::Secret], &tenant.subject).await;
}

#[tokio::test]
async fn another_size_is_another_revision_and_both_go() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    let mut tenant = tenant();
    for kind in [Kind::LogGroup, Kind::Secret, Kind::AccessPoint, Kind::TaskDefinition] {
        cloud.ensure(kind, &tenant).await.expect("ensured");
    }
    tenant.size = Size::new(512, 1_024, 30).unwrap();
    let larger = cloud.ensure(Kind::TaskDefinition, &tenant).await;
    let Ok(Ensured::Created(larger)) = larger else { panic!("{larger:?}") };
    assert_eq!(cloud.ensure(Kind::TaskDefinition, &tenant).await, Ok(Ensured::Existed(larger.clone())));
    let found = cloud.find(Kind::TaskDefinition, &tenant.subject).await.expect("revisions");
    assert_eq!((found.len(), &found[0]), (2, &larger));
    remove(&cloud, &[Kind::TaskDefinition, Kind::AccessPoint, Kind::Secret, Kind::LogGroup], &tenant.subject).await;
    assert_eq!(cloud.find(Kind::TaskDefinition, &tenant.subject).await, Ok(vec![]));
}

#[tokio::test]
async fn rules_that_are_made_at_once_get_priorities_of_their_own() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    // Another process, which the first cannot wait for.
    let other = self::cloud(&services, |_| {}).await;
    let tenants: Vec<Blueprint> = (0..8).map(|_| tenant()).collect();
    for tenant in &tenants {
        cloud.ensure(Kind::TargetGroup, tenant).await.expect("target group");
    }
    let made = tenants.iter().enumerate().map(|(place, tenant)| {
        let cloud = if place % 2 == 0 { &cloud } else { &other };
        cloud.ensure(Kind::ListenerRule, tenant)
    });
    for ensured in futures::future::join_all(made).await {
        assert!(matches!(ensured, Ok(Ensured::Created(_))), "{ensured:?}");
    }
    for tenant in &tenants {
        remove(&cloud, &[Kind::ListenerRule, Kind::TargetGroup], &tenant.subject).await;
    }
}

#[tokio::test]
async fn evidence_tells_why_a_service_does_not_come_up() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let cloud = cloud(&services, |_| {}).await;
    let tenant = tenant();
    fault("image-pull-fails", json!({"tenant": tenant.subject.tenancy.tenant.as_str()})).await;
    for kind in Kind::provisioning_order() {
        cloud.ensure(kind, &tenant).await.expect("ensured");
    }
    let mut evidence = Vec::new();
    for _ in 0..LOOKS {
        evidence = cloud.evidence(Kind::Service, &tenant.subject).await.expect("evidence");
        if evidence.iter().any(|line| line.contains("CannotPullContainer")) {
            break;
        }
        another_look().await;
    }
    assert!(evidence.iter().any(|line| line.contains("CannotPullContainer")), "{evidence:?}");
    let running = cloud.check(Check::ServiceRunning, &tenant).await;
    assert!(matches!(running, Ok(Verdict::NotYet(_))), "{running:?}");
    let drained = drain(&cloud, &tenant.subject).await;
    assert_eq!(drained, Ok(1));
    remove(&cloud, &Kind::DELETION_ORDER[1..], &tenant.subject).await;
}

/// Removes the service, as often as it says that tasks still drain; answers how many were removed.
async fn drain(cloud: &RealCloud, subject: &Subject) -> Result<usize, CloudError> {
    for _ in 0..LOOKS {
        match cloud.remove(Kind::Service, subject).await {
            Err(CloudError::Transient(_)) => another_look().await,
            answer => return answer.map(|removed| removed.len()),
        }
    }
    Err(CloudError::Transient("the service drains for ever".to_owned()))
}

#[tokio::test]
async fn faults_mean_what_they_are() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    for (name, operation, kind, expected) in [
        ("throttle", "DescribeSecret", Kind::Secret, "transient"),
        ("server-error", "DescribeTargetGroups", Kind::TargetGroup, "transient"),
        ("cut-connection", "DescribeServices", Kind::Service, "transient"),
        ("throttle", "ListResourceRecordSets", Kind::DnsRecord, "transient"),
        ("access-denied", "DescribeLogGroups", Kind::LogGroup, "permanent"),
        ("credentials-expired", "DescribeTaskDefinition", Kind::TaskDefinition, "credentials"),
    ] {
        let tenant = tenant();
        let named = tenant.subject.tenancy.tenant.as_str();
        fault(name, json!({"operation": operation, "tenant": named, "times": 1})).await;
        let failed = cloud.ensure(kind, &tenant).await;
        let met = match &failed {
            Err(CloudError::Transient(_)) => "transient",
            Err(CloudError::Permanent(_)) => "permanent",
            Err(CloudError::Credentials(_)) => "credentials",
            _ => "no failure",
        };
        assert_eq!(met, expected, "{name} at {operation}: {failed:?}");
        assert_eq!(cloud.find(kind, &tenant.subject).await, Ok(vec![]), "{name} at {operation} left something");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_no_second_resource() {
    let Some(services) = Services::running() else { return };
    let cloud = cloud(&services, |_| {}).await;
    for (operation, kind) in [
        ("CreateSecret", Kind::Secret),
        ("CreateLogGroup", Kind::LogGroup),
        ("CreateAccessPoint", Kind::AccessPoint),
        ("CreateTargetGroup", Kind::TargetGroup),
        ("ChangeResourceRecordSets", Kind::DnsRecord),
    ] {
        let tenant = tenant();
        let named = tenant.subject.tenancy.tenant.as_str();
        fault("cut-connection", json!({"operation": operation, "tenant": named, "when": "after", "times": 1})).await;
        let lost = cloud.ensure(kind, &tenant).await;
        assert!(matches!(lost, Err(CloudError::Transient(_))), "{operation}: {lost:?}");
        let again = cloud.ensure(kind, &tenant).await;
        assert!(matches!(again, Ok(Ensured::Existed(_))), "{operation}: {again:?}");
        assert_eq!(cloud.find(kind, &tenant.subject).await.map(|found| found.len()), Ok(1), "{operation}");
        remove(&cloud, &[kind], &tenant.subject).await;
    }
}

#[tokio::test]
async fn mail_is_accepted_with_an_id_and_refused_without_a_sender() {
    let Some(services) = Services::running() else { return };
    let (_, accounts) = RealCloud::open(&services.environments).await.expect("valid sections");
    let owner = "owner@golden.example".parse().unwrap();
    let id = Ses::new(accounts).email(DEV, &owner, "Your site", "It is ready.").await.expect("sent");
    assert!(!id.is_empty());

    let mut silent = services.config(DEV).clone();
    silent.sender = None;
    let (_, accounts) = RealCloud::open(&BTreeMap::from([(DEV, silent)])).await.expect("valid section");
    let refused = Ses::new(accounts).email(DEV, &owner, "Your site", "It is ready.").await;
    let Err(CloudError::Permanent(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("[environments.dev]"), "{why}");
}
