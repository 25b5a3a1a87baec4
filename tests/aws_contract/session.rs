//! Sessions that end, are another's, or never were: each through the real SDK with real files, against loopback.

use std::path::{Path, PathBuf};
use std::process::Command;

use landlord::cloud::RealCloud;
use landlord_core::kind::Kind;
use landlord_core::ports::{Cloud, CloudError};
use landlord_core::tenant::Environment;
use serde_json::json;

use crate::promises::{DEV, cloud, tenant};
use crate::services::{Services, fault};

/// Set in the process that has files of its own, to the folder where they are.
const HOME: &str = "LANDLORD_TEST_HOME";
/// The names under which the SDK keeps a login: SHA-1 of the session's name, and of the old form's address.
const CORP: &str = "ee0bfd2552fbd840c02cc48b6e823320543c450f";
const OLD: &str = "5d667c57a40e03d7f1881ec95438a96ee4a7250a";

/// The SDK finds its files by variables, and a process has those only once: so the test runs in one of its own.
fn in_a_home_of_its_own(test: &str, services: &Services) {
    let home = tempfile::tempdir().expect("a folder");
    let (own, other) = (&services.config(DEV).account, &services.config(Environment::Sit).account);
    let sso = |name: &str, account: &str, role: &str, login: &str| {
        format!("[profile {name}]\nregion = eu-west-1\nsso_account_id = {account}\nsso_role_name = {role}\n{login}\n")
    };
    let session = "sso_session = corp";
    let old = "sso_start_url = https://old.awsapps.example/start\nsso_region = eu-west-1";
    let config = [
        sso("ours", own, "PlatformOps", session),
        sso("another", other, "PlatformOps", session),
        sso("unassigned", own, "nobody", session),
        sso("old", own, "PlatformOps", old),
        format!("[profile behind]\nregion = eu-west-1\nrole_arn = arn:aws:iam::{own}:role/x\nsource_profile = ours\n"),
        "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.example/start\n".to_owned(),
    ];
    std::fs::write(home.path().join("config"), config.concat()).expect("config");
    std::fs::create_dir_all(home.path().join(".aws/sso/cache")).expect("cache");
    let ran = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", test, "--nocapture"])
        .env(HOME, home.path())
        .env("HOME", home.path())
        .env("AWS_CONFIG_FILE", home.path().join("config"))
        .env("AWS_PROFILE", services.config(DEV).profile.as_deref().expect("a profile"))
        .output()
        .expect("ran");
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

/// What `aws sso login` leaves.
fn log_in(home: &Path, login: &str, token: &str, until: &str) {
    let text = json!({
        "accessToken": token, "expiresAt": until, "region": "eu-west-1", "startUrl": "https://corp.awsapps.example/start"
    });
    std::fs::write(home.join(format!(".aws/sso/cache/{login}.json")), text.to_string()).expect("a login");
}

/// A cloud whose DEV takes its credentials from a profile.
async fn of(services: &Services, profile: &str) -> RealCloud {
    cloud(services, |config| config.profile = Some(profile.to_owned())).await
}

/// What DEV says instead of looking.
async fn refused(cloud: &RealCloud) -> String {
    let found = cloud.find(Kind::Secret, &tenant().subject).await;
    let Err(CloudError::Credentials(why)) = found else { panic!("{found:?}") };
    why
}

fn shows(why: &str, parts: &[&str]) {
    for part in parts {
        assert!(why.contains(part), "`{part}` is not in: {why}");
    }
}

#[tokio::test]
async fn a_login_that_ends_is_answered_with_the_command_and_a_new_one_goes_on() {
    let Some(services) = Services::running() else { return };
    let Some(home) = std::env::var_os(HOME).map(PathBuf::from) else {
        let test = "session::a_login_that_ends_is_answered_with_the_command_and_a_new_one_goes_on";
        return in_a_home_of_its_own(test, &services);
    };
    let account = services.config(DEV).account.clone();
    let check = format!("`aws --profile ours sts get-caller-identity` must say {account}");
    let ours = of(&services, "ours").await;
    shows(&refused(&ours).await, &["nobody has logged in", "`aws sso login --profile ours`", &check]);

    log_in(&home, CORP, "good", "2020-01-01T00:00:00Z");
    shows(&refused(&ours).await, &["its login has ended", "`aws sso login --profile ours`", &check]);
    let asked = ours.account(DEV).await;
    assert!(matches!(asked, Err(CloudError::Credentials(_))), "{asked:?}");

    log_in(&home, CORP, "good", "2099-01-01T00:00:00Z");
    assert_eq!(ours.account(DEV).await, Ok(account.clone()), "the same process goes on");
    let tenant = tenant();
    assert_eq!(ours.find(Kind::Secret, &tenant.subject).await, Ok(vec![]));

    // AWS ends it in the middle, and the login is over too.
    log_in(&home, CORP, "revoked", "2099-01-01T00:00:00Z");
    let named = tenant.subject.tenancy.tenant.as_str();
    fault("credentials-expired", json!({"operation": "DescribeSecret", "tenant": named, "times": 1})).await;
    let Err(CloudError::Credentials(why)) = ours.find(Kind::Secret, &tenant.subject).await else {
        panic!("no refusal")
    };
    shows(&why, &["AWS refuses its credentials", "ExpiredToken", "`aws sso login --profile ours`"]);
    shows(&refused(&ours).await, &["its login has ended", "`aws sso login --profile ours`"]);
    log_in(&home, CORP, "good again", "2099-01-01T00:00:00Z");
    assert_eq!(ours.find(Kind::Secret, &tenant.subject).await, Ok(vec![]), "what was refused is forgotten");

    // The form without a session, whose end only the portal knows.
    let old = of(&services, "old").await;
    shows(&refused(&old).await, &["nobody has logged in", "`aws sso login --profile old`"]);
    log_in(&home, OLD, "stale", "2020-01-01T00:00:00Z");
    shows(&refused(&old).await, &["its login has ended", "`aws sso login --profile old`"]);
}

#[tokio::test]
async fn another_account_no_access_and_a_missing_profile_are_told_apart() {
    let Some(services) = Services::running() else { return };
    let Some(home) = std::env::var_os(HOME).map(PathBuf::from) else {
        let test = "session::another_account_no_access_and_a_missing_profile_are_told_apart";
        return in_a_home_of_its_own(test, &services);
    };
    let (own, other) = (&services.config(DEV).account, &services.config(Environment::Sit).account);
    log_in(&home, CORP, "good", "2099-01-01T00:00:00Z");
    let another = of(&services, "another").await;
    assert_eq!(another.account(DEV).await.as_ref(), Ok(other));
    let cache = ["`rm -rf ~/.aws/sso/cache/*`", "`aws sso login --profile another`", "sts get-caller-identity", own];
    let why = refused(&another).await;
    shows(&why, &cache);
    shows(&why, &[other]);
    shows(&another.remedy(DEV, other), &cache);

    shows(&refused(&of(&services, "unassigned").await).await, &["gives no access", "IAM Identity Center", own]);
    let missing = refused(&of(&services, "mistyped").await).await;
    shows(&missing, &["The profile mistyped is not in the AWS", "`profile` in [environments.dev]"]);
}

#[tokio::test]
async fn a_role_that_may_not_be_assumed_is_answered_with_whose_trust_it_needs() {
    let Some(services) = Services::running() else { return };
    let Some(home) = std::env::var_os(HOME).map(PathBuf::from) else {
        let test = "session::a_role_that_may_not_be_assumed_is_answered_with_whose_trust_it_needs";
        return in_a_home_of_its_own(test, &services);
    };
    let account = services.config(DEV).account.clone();
    // The bot's own credentials are those of AWS_PROFILE, a profile that logs in.
    let arn = format!("arn:aws:iam::{account}:role/landlord-{:08x}", rand::random::<u32>());
    let by_role = cloud(&services, |config| {
        config.profile = None;
        config.role_arn = Some(arn.clone());
        config.external_id = Some("e-17".to_owned());
    });
    let by_role = by_role.await;
    let config = home.join("config");
    let own = std::env::var("AWS_PROFILE").expect("a profile");
    let known = std::fs::read_to_string(&config).expect("config");
    assert_eq!(by_role.account(DEV).await, Ok(account), "{own} assumes it");
    fault("access-denied", json!({"operation": "AssumeRole", "tenant": arn.rsplit('/').next(), "times": 1})).await;
    let Err(CloudError::Credentials(why)) = by_role.account(DEV).await else { panic!("no refusal") };
    shows(&why, &["the role may not be assumed", &arn, "trust policy", "`external_id` gives", "sts:AssumeRole"]);
    assert!(!why.contains("e-17") && !why.contains("sso"), "{why}");

    // A profile that assumes a role with another one's login.
    let behind = of(&services, "behind").await;
    shows(&refused(&behind).await, &["nobody has logged in", "`aws sso login --profile ours`"]);
    std::fs::write(&config, known.replace("[sso-session corp]", "[sso-session gone]")).expect("config");
    let refused = behind.account(DEV).await;
    assert!(matches!(refused, Err(CloudError::Credentials(_))), "{refused:?}");
}
