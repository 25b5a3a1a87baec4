//! Two at once: one tenant and environment, one host label, one operation at a time.

use landlord_core::desk::Reply;
use landlord_core::fakes::World;
use landlord_core::operation::State;

use crate::{DEV, waits_in_sit};

#[tokio::test]
async fn a_second_request_is_led_to_the_first() {
    let world = World::start();
    let first = waits_in_sit(&world).await;
    let second = world.member("on-call").types("/tenant promote tenant:goldencrust").await;
    assert!(!second.is_filed());
    let link = format!("https://chat.example/tenant-ops/{}", first.message().message);
    second.answer().shows(&first.id().to_string()).shows(&link).shows("awaiting approval");
    first.is(State::AwaitingApproval);
}

#[tokio::test]
async fn of_two_filed_in_the_same_instant_one_is_led_to_the_other() {
    for (one, other) in [
        (DEV.to_owned(), DEV.to_owned()),
        // Two tenants that want the same host label.
        (DEV.to_owned(), DEV.replace("goldencrust", "silverloaf")),
    ] {
        let world = World::start();
        let house = world.house();
        let (one, other) = (world.member("operator").line(&one), world.member("on-call").line(&other));
        let both = async { tokio::join!(house.desk.command(&one), house.desk.command(&other)) };
        let replies: [Reply; 2] = world.lives(Box::pin(both)).await.unwrap().into();
        world.settles().await;
        assert_eq!(world.operations().len(), 1);
        let titles = replies.map(|reply| match reply {
            Reply::Private(card) | Reply::Update(card) => card.title,
            Reply::Form(form) => form.title,
        });
        let refused = titles.iter().filter(|title| *title == "Not possible").count();
        assert_eq!(refused, 1, "{titles:?}");
        world.request(&world.operations()[0]).is(State::Succeeded);
    }
}

#[tokio::test]
async fn an_open_request_holds_its_host_label() {
    let world = World::start();
    let first = waits_in_sit(&world).await;
    let line = DEV.replace("goldencrust", "silverloaf").replace("owner@", "another@");
    let second = world.member("operator").types(&line).await;
    assert!(!second.is_filed());
    second.answer().shows("The subdomain `golden` is taken").shows("`golden-site`");
    first.is(State::AwaitingApproval);
}
