//! A new version takes over: what was filed keeps the plan with which it was filed, and new requests get the new one.

use landlord_core::fakes::World;
use landlord_core::operation::State;
use landlord_core::role::Role;
use landlord_core::spec::Catalogue;

use crate::waits_in_sit;

/// The built-in commands, in which provisioning has one step fewer and asks for another role.
fn next_version() -> Catalogue {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../commands");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name != "tenant-provision.toml" {
            return (name, text);
        }
        let line = "[[after]]\nitem = \"Logs appearing in CloudWatch\"\nstep = \"verify logs appearing\"\n";
        let changed = text.replace("    \"verify logs appearing\",\n", "").replace(line, "");
        let changed = changed.replace("\"team-lead\"", "\"devops-lead\"");
        assert!(!changed.contains("\"team-lead\"") && !changed.contains("logs appearing"), "{changed}");
        (name, changed)
    });
    Catalogue::parse(&files.collect::<Vec<_>>()).unwrap()
}

#[tokio::test]
async fn an_open_request_keeps_its_plan_and_the_next_one_gets_the_new() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    let filed = request.operation();
    assert_eq!(filed.plan.policy.approve, [Role::TeamLead]);

    world.is_upgraded(next_version()).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Succeeded);
    let done = request.operation();
    assert_eq!((&done.digest, &done.plan), (&filed.digest, &filed.plan));
    assert!(request.thread().contains("verify logs appearing"), "{}", request.thread());

    let operator = world.member("operator");
    operator
        .types("/tenant provision environment:dev tenant:silver company:Silver subdomain:silver email:o@s.example")
        .await;
    operator.types("/tenant validate tenant:silver environment:dev").await;
    let next = operator.types("/tenant promote tenant:silver").await.operation();
    assert_eq!(next.plan.policy.approve, [Role::DevopsLead]);
    assert_eq!(next.plan.steps.len(), filed.plan.steps.len() - 1);
}
