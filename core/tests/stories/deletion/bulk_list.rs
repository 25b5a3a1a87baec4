//! Many at once: who is on the list, and how tenants are taken off it.

use landlord_core::fakes::{Request, World};
use landlord_core::operation::State;
use landlord_core::plan::Reason;
use landlord_core::ports::Store as _;
use time::Duration;

use super::bulk::{ALL_POC, approved, pocs};
use super::{Dev, Prod, Sit, client, id, poc};

async fn refused(world: &World, line: &str, why: &str) {
    let request = world.member("operator").types(line).await;
    assert!(!request.is_filed(), "{line}");
    request.answer().shows(why);
}

fn tenants(request: &Request<'_>) -> Vec<String> {
    request.operation().plan.lanes().map(ToString::to_string).collect()
}

#[tokio::test]
async fn either_a_kind_or_a_list_and_never_clients_by_kind() {
    let world = pocs(2, &[Dev]).await;
    let line = |rest: &str| format!("/tenant bulk-delete environment:dev {rest} backup:no logs:delete");
    refused(&world, &line("kind:poc tenants:poc-10"), "Give either `kind` or `tenants`.").await;
    refused(&world, "/tenant bulk-delete environment:dev backup:no logs:delete", "Give either `kind` or `tenants`.")
        .await;
    refused(&world, &line("tenants:, ,"), "Give either `kind` or `tenants`.").await;
    refused(&world, &line("kind:client"), "only proofs of concept are deleted by kind").await;
    refused(&world, &line("tenants:poc-10, POC-11"), "`tenants`: `POC-11`:").await;
    refused(&world, &line("tenants:poc-10, poc-99"), "There is no tenant `poc-99`.").await;
}

#[tokio::test]
async fn never_in_prod_and_nobody_who_stands_there() {
    let world = pocs(2, &[Dev]).await;
    world.stands(&poc("shop"), &[Dev, Sit, Prod]).await;
    for line in [ALL_POC, "/tenant bulk-delete environment:all tenants:poc-10,shop backup:no logs:delete"] {
        refused(
            &world,
            line,
            "In PROD: `shop`. Tenants that stand in PROD are never deleted in bulk; nothing was filed.",
        )
        .await;
    }
    for scope in ["prod", "not-prod", "moon"] {
        let line = ALL_POC.replace("environment:dev", &format!("environment:{scope}"));
        let request = world.member("operator").types(&line).await;
        assert!(!request.is_filed(), "{scope}");
    }
    refused(&world, &ALL_POC.replace("environment:dev", "environment:prod"), "never deleted in bulk in PROD").await;
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn a_list_is_taken_in_its_order_each_once() {
    let world = pocs(4, &[Dev]).await;
    let line =
        "/tenant bulk-delete environment:dev tenants:poc-12, poc-10,poc-12 ; poc-11 poc-10 backup:no logs:delete";
    let request = world.member("operator").types(line).await;
    assert_eq!(tenants(&request), ["poc-12", "poc-10", "poc-11"]);
    assert_eq!(request.operation().plan.deletion.clone().unwrap().reason, Reason::Poc);
}

#[tokio::test]
async fn clients_on_the_list_have_notice_and_so_has_everybody() {
    let world = pocs(2, &[Dev]).await;
    let line = "/tenant bulk-delete environment:dev tenants:poc-10,acme backup:no logs:delete";
    let request = approved(&world, line).await;
    request.is(State::Waiting);
    assert_eq!(request.operation().plan.deletion.clone().unwrap().reason, Reason::Other);
    assert_eq!(world.notifier.sent().len(), 2);
    world.passes(Duration::DAY).await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn who_is_deleted_already_or_not_found_is_named() {
    let world = pocs(3, &[Dev]).await;
    let first = approved(&world, "/tenant bulk-delete environment:dev tenants:poc-10 backup:no logs:delete").await;
    first.becomes(State::Succeeded).await;
    let line = "/tenant bulk-delete environment:dev tenants:poc-11,poc-10 backup:no logs:delete";
    refused(&world, line, "Deleted already: `poc-10`. Leave them out; nothing was filed.").await;
    let line = "/tenant bulk-delete environment:sit tenants:poc-11,poc-12 backup:no logs:delete";
    refused(&world, line, "Nothing of `poc-11` and `poc-12` was found in SIT, so nothing was filed.").await;
    // By kind, those that stand are meant.
    let rest = world.member("operator").types(ALL_POC).await;
    assert_eq!(tenants(&rest), ["poc-11", "poc-12"]);
}

#[tokio::test]
async fn nobody_at_all_is_refused() {
    let world = World::start();
    world.stands(&client("acme"), &[Dev]).await;
    refused(&world, ALL_POC, "The list has 0 tenants; one request deletes 1 to 100.").await;
}

#[tokio::test]
async fn one_that_is_worked_on_is_led_to_that() {
    let world = pocs(3, &[Dev]).await;
    let one = world
        .member("operator")
        .types("/tenant delete tenant:poc-11 environment:dev reason:other backup:no logs:delete")
        .await;
    one.is(State::Waiting);
    refused(&world, ALL_POC, &format!("by operation `{}`", one.id())).await;
    one.is(State::Waiting);
}

#[tokio::test]
async fn it_takes_a_devops_lead_who_did_not_ask() {
    let world = pocs(3, &[Dev]).await;
    let request = world.member("devops-lead").types(ALL_POC).await;
    for name in ["devops-lead", "team-lead", "product-owner"] {
        world.member(name).reacts(&request, "✅").await;
    }
    request.is(State::AwaitingApproval);
    world.member("devops-lead-2").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn who_came_to_stand_since_is_not_on_the_list() {
    let world = pocs(3, &[Dev]).await;
    let request = world.member("operator").types(ALL_POC).await;
    world.stands(&poc("latecomer"), &[Dev]).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    assert!(world.store.tenant(&id("latecomer")).await.unwrap().unwrap().deleted.is_none());
    assert_eq!(world.standing(&[]).await.lines().count(), 20, "the latecomer's and the client's");
}

#[tokio::test]
async fn any_operator_takes_a_tenant_off_and_nothing_is_done_to_it() {
    let world = pocs(4, &[Dev]).await;
    let request = world.member("operator").types(ALL_POC).await;
    let list = world.member("on-call").presses(&request, "Take a tenant off").await;
    list.shows("4 tenants on the list; page 1 of 1");
    for name in ["poc-10", "poc-12"] {
        let label = format!("{name} · Golden Crust Bäckerei & Søn");
        let answer = world.member("on-call").chooses_on(&list, &label).await;
        answer.shows(&format!("`{name}` is taken off the list of Delete 4 tenants in DEV. Nothing is done to it."));
    }
    assert!(request.thread().contains("➖ @on-call took `poc-12` off the list."), "{}", request.thread());
    request.card().shows("➖ `poc-10` · taken off the list").shows("0 of 2 tenants gone");
    world
        .member("on-call")
        .chooses_on(&list, "poc-12 · Golden Crust Bäckerei & Søn")
        .await
        .shows("`poc-12` is taken off");
    world.member("devops-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    request.card().shows("nothing of 2 tenants is left in DEV");
    for name in ["poc-10", "poc-12"] {
        let standing = world.standing(&[world.subject(&poc(name), Dev)]).await;
        assert_eq!(standing.lines().filter(|line| line.ends_with(" own")).count(), 10, "{name}");
        assert!(world.store.tenant(&id(name)).await.unwrap().unwrap().deleted.is_none());
        let calls = world.cloud.journal().into_iter().filter(|call| call.subject == name);
        assert!(calls.into_iter().all(|call| call.verb.as_str() != "remove"));
    }
    let paper = String::from_utf8(request.files()[0].bytes.clone()).unwrap();
    assert!(paper.contains("\"taken_off\": [\n    \"poc-10\",\n    \"poc-12\"\n  ]"), "{paper}");
    assert!(!paper.contains("dev-poc-10"), "{paper}");
}

#[tokio::test]
async fn nobody_else_takes_one_off_nor_the_last_nor_a_stranger_nor_too_late() {
    let world = pocs(2, &[Dev]).await;
    let request = world.member("operator").types(ALL_POC).await;
    let off = |name: &str| format!("off:{}:{name}", request.id());
    world.member("newcomer").sends(&off("poc-10")).await.shows("This needs the role Operator");
    world.member("newcomer").presses(&request, "Take a tenant off").await.shows("This needs the role Operator");
    world.member("operator").sends(&off("acme")).await.shows("`acme` is not on the list.");
    world.member("operator").sends(&off("POC-10")).await.shows("Not possible");
    world.member("operator").sends("off:nonsense").await.shows("Not possible");
    assert!(request.operation().off.is_empty());
    world.member("operator").sends(&off("poc-10")).await.shows("Taken off");
    world
        .member("operator")
        .sends(&off("poc-11"))
        .await
        .shows("It is the last tenant on the list. Cancel the request instead.");
    world.member("devops-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    world.member("operator").sends(&off("poc-11")).await.shows("is done: nobody can be taken off its list any more.");
    world.member("operator").sends(&format!("list:{}", request.id())).await.shows("nobody can be taken off");
    // And of a deletion of one tenant nobody ever can.
    let one = super::asks(&world, super::FROM_DEV).await;
    world.member("operator").sends(&format!("list:{}", one.id())).await.shows("nobody can be taken off");
    world.member("operator").sends(&format!("off:{}:acme", one.id())).await.shows("Not possible");
    one.is(State::Waiting);
}

#[tokio::test]
async fn sixty_fit_the_card_and_the_file_lists_all() {
    let world = pocs(60, &[Dev]).await;
    let request = world.member("operator").types(ALL_POC).await;
    request.card().shows("Delete 60 tenants in DEV").shows("0 of 60 tenants gone").shows("`poc-69`");
    let file = request.card().card.files.remove(0);
    let text = String::from_utf8(file.bytes).unwrap();
    for number in 10..70 {
        assert!(text.contains(&format!("dev/poc-{number} · poc-{number}.wpdev.kimmyai.io")), "{number}");
    }
    assert!(text.contains(&request.operation().digest));
    assert_eq!(text.lines().filter(|line| line.starts_with("  ")).count(), 600);

    let operator = world.member("operator");
    let first = operator.presses(&request, "Take a tenant off").await;
    first.shows("60 tenants on the list; page 1 of 3");
    let second = operator.presses_on(&first, "Later").await;
    let third = operator.presses_on(&second, "Later").await;
    third.shows("page 3 of 3");
    assert_eq!(third.buttons(), ["Earlier"]);
    operator.chooses_on(&third, "poc-69 · Golden Crust Bäckerei & Søn").await.shows("`poc-69` is taken off");
    operator.presses_on(&third, "Earlier").await.shows("59 tenants on the list; page 2 of 3");

    world.member("devops-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    request.card().shows("59 of 59 tenants gone").shows("▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰");
    assert_eq!(world.standing(&[]).await.lines().count(), 20, "the client's, and of the one that was taken off");
    let gone = request.thread().matches("is gone.").count();
    assert_eq!(gone, 59, "{}", request.thread());
}

#[tokio::test]
async fn more_than_a_hundred_are_too_many() {
    let world = pocs(101, &[Dev]).await;
    refused(&world, ALL_POC, "The list has 101 tenants; one request deletes 1 to 100.").await;
}

#[tokio::test]
async fn each_owner_reads_of_their_own_sites_only() {
    let world = pocs(1, &[Dev]).await;
    world.stands(&poc("shop"), &[Dev, Sit]).await;
    let line = "/tenant bulk-delete environment:all kind:poc backup:no logs:delete";
    let request = approved(&world, line).await;
    request.becomes(State::Succeeded).await;
    let sent = world.notifier.sent();
    let of = |id: &str| sent.iter().find(|mail| mail.text.contains(&format!("Tenant id: {id}\n"))).unwrap();
    assert_eq!(of("poc-10").subject, "Your WordPress site was deleted (DEV)");
    assert_eq!(of("shop").subject, "Your WordPress site was deleted (DEV and SIT)");
    assert!(of("poc-10").text.contains("https://poc-10.wpdev.kimmyai.io/") && !of("poc-10").text.contains("shop"));
    assert_eq!(sent.len(), 2);
}
