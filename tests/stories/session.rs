//! Sessions with AWS that are not sound, over the real wires (playbook 3.3): at a question and in the middle of a run it is said
//! to the letter what to do, the run holds at once, and goes on once the session is good.

use std::path::Path;

use landlord_core::tenant::Environment::{Dev, Sit};
use serde_json::json;

use crate::world::{Life, Reach, Setting, Tenant, World};

/// The name under which the SDK keeps the login of the session `corp`: its SHA-1.
const LOGIN: &str = "ee0bfd2552fbd840c02cc48b6e823320543c450f";

/// A profile for DEV that logs in with IAM Identity Center, beside those of the other environments.
fn configures(home: &Path, account: &str) {
    let start = "https://corp.awsapps.example/start";
    let config = format!(
        "[profile ours]\nregion = eu-west-1\nsso_session = corp\nsso_account_id = {account}\nsso_role_name = PlatformOps\n\
         [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = {start}\n\
         [profile Tebogo-sit]\nregion = eu-west-1\n[profile Tebogo-prod]\nregion = af-south-1\n"
    );
    std::fs::write(home.join("config"), config).unwrap();
    std::fs::create_dir_all(home.join(".aws/sso/cache")).unwrap();
}

/// What `aws sso login` leaves.
fn logs_in(home: &Path, token: &str) {
    let text = json!({
        "accessToken": token, "expiresAt": "2099-01-01T00:00:00Z", "region": "eu-west-1",
        "startUrl": "https://corp.awsapps.example/start",
    });
    std::fs::write(home.join(format!(".aws/sso/cache/{LOGIN}.json")), text.to_string()).unwrap();
}

/// What can be asked of a tenant in DEV.
fn questions(tenant: &Tenant) -> [String; 2] {
    [tenant.provision("dev"), format!("/tenant diagnose tenant:{} environment:dev", tenant.id)]
}

#[tokio::test]
async fn a_login_that_ends_is_answered_with_the_command_and_a_new_one_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let folder: &'static str = home.path().display().to_string().leak();
    let setting = Setting { dev: Reach::ByLogin(folder), life: Life::Process, ..Setting::default() };
    configures(home.path(), &World::account_of(Dev));
    let world = World::with(setting).await;
    let golden = world.tenant();
    let operator = world.member("operator");
    let check = format!("aws --profile ours sts get-caller-identity' must say {}", World::account_of(Dev));
    for line in questions(&golden) {
        let refused = operator.types(&line).await;
        refused.answer().shows("nobody has logged in").shows("aws sso login --profile ours").shows(&check);
        assert!(!refused.is_filed(), "{line}");
    }

    let audit = operator.types("/tenant audit").await;
    audit.answer().shows("DEV: ⚠️ it could not be asked").shows("aws sso login --profile ours").shows(&check);

    logs_in(home.path(), "good");
    // In the middle of the run AWS ends the session, and the login is over too.
    let fault = json!({ "operation": "CreateTargetGroup", "tenant": golden.id, "times": 1 });
    world.services.breaks("credentials-expired", fault).await;
    let slow = json!({ "operation": "CreateTargetGroup", "tenant": golden.id, "times": 1, "seconds": 3 });
    world.services.breaks("slow-answer", slow).await;
    let request = operator.types(&golden.provision("dev")).await;
    request.comes_to_show("⏳ ensure target group").await;
    logs_in(home.path(), "revoked");
    let card = request.holds().await;
    card.shows("ensure target group").shows("aws sso login --profile ours").shows("press Retry");
    assert_eq!(request.step("ensure target group").await["attempts"], 1, "it is not tried again and again");

    operator.presses(&request, "Retry").await;
    request.comes_to_show("its login has ended").await.shows("aws sso login --profile ours").shows(&check);
    request.holds().await;
    logs_in(home.path(), "good again");
    operator.presses(&request, "Retry").await;
    request.succeeds().await;
    request.stands_once().await;
    world.audit(&golden, &[Dev]).await;
    world.end().await;
}

#[tokio::test]
async fn another_account_in_the_middle_of_a_run_holds_it_and_nothing_more_is_asked_there() {
    let world = World::with(Setting { alone: true, haste: 10, ..Setting::default() }).await;
    let golden = world.tenant();
    let operator = world.member("operator");
    let fault = json!({ "operation": "CreateTargetGroup", "tenant": golden.id, "times": 1 });
    world.services.breaks("credentials-expired", fault).await;
    let slow = json!({ "operation": "CreateTargetGroup", "tenant": golden.id, "times": 1, "seconds": 3 });
    world.services.breaks("slow-answer", slow).await;
    let request = operator.types(&golden.provision("dev")).await;
    request.comes_to_show("⏳ ensure target group").await;
    world.services.breaks("wrong-account", json!({ "environment": "dev" })).await;
    request.holds().await.shows("ensure target group").shows("press Retry");

    operator.presses(&request, "Retry").await;
    let card = request.comes_to_show("123456789012").await;
    card.shows(&World::account_of(Dev));
    request.holds().await;
    let since = world.services.now().await;
    for line in questions(&golden).iter().skip(1) {
        let answer = operator.types(line).await;
        answer.answer().shows("No session with the account").shows("123456789012");
    }
    let asked = world.services.asked(since).await;
    assert!(asked.iter().all(|operation| operation == "GetCallerIdentity"), "{asked:?}");
    assert!(world.service(&golden, Sit).await.is_none());
    world.services.mends().await;
    operator.presses(&request, "Retry").await;
    request.succeeds().await;
    world.audit(&golden, &[Dev]).await;
    world.end().await;
}
