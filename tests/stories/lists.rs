//! Asking: private answers, with pages, and what is offered while people type.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn lists_are_private_and_turn_their_pages() {
    let world = World::start().await;
    let operator = world.member("operator");
    operator.types("/tenant list").await.answer().shows("There are no tenants yet");
    let golden = world.tenant();
    let dev = operator.types(&golden.provision("dev")).await;
    dev.succeeds().await;
    operator.types(&format!("/tenant validate tenant:{} environment:dev", golden.id)).await;
    for _ in 0..10 {
        let sit = operator.types(&format!("/tenant promote tenant:{}", golden.id)).await;
        let cancelled = operator.types(&format!("/operation cancel operation:{}", sit.id())).await;
        cancelled.answer().shows("is taken back. Nothing was done.");
    }

    let first = operator.types("/operation list").await.answer().clone();
    assert!(first.shows("11 in all").shows("page 1 of 2").is_private());
    assert_eq!((first.buttons(), first.body().lines().count()), (vec!["On ›"], 10));
    let second = operator.presses_on(&first, "On ›").await;
    assert_eq!(second.shows("page 2 of 2").message["id"], first.message["id"], "the same message");
    assert_eq!((second.buttons(), second.body().lines().count()), (vec!["‹ Back"], 1));
    second.shows(dev.id());
    operator.presses_on(&second, "‹ Back").await.shows("page 1 of 2");
    let cancelled = operator.types("/operation list state:cancelled environment:sit").await;
    cancelled.answer().shows("10 in all").hides(dev.id());

    let line = format!("`{}` Golden Crust — DEV validated", golden.id);
    operator.types("/tenant list").await.answer().shows("1 in all · page 1 of 1").shows(&line);
    let shown = operator.types(&format!("/tenant show tenant:{}", golden.id)).await;
    shown.answer().shows(&golden.email()).shows("DEV · validated").shows(&format!("dev-{}-tg", golden.id));
    let shown = operator.types(&format!("/operation show operation:{}", dev.id())).await;
    let (channel, message) = dev.place().await;
    shown.answer().shows(&format!("/{channel}/{message}")).shows("**Done**");
    assert_eq!(shown.answer().buttons(), Vec::<&str>::new());
    let late = operator.types(&format!("/operation cancel operation:{}", dev.id())).await;
    late.answer().shows("cannot be taken back. It has ended");
    operator.types("/tenant show tenant:nobody").await.answer().shows("There is no tenant `nobody`.");
    operator.types("/operation show operation:0000000x").await.answer().shows("There is no operation `0000000x`.");
    world.end().await;
}

#[tokio::test]
async fn what_can_be_typed_is_offered() {
    let world = World::start().await;
    let golden = world.tenant();
    let operator = world.member("operator");
    let dev = operator.types(&golden.provision("dev")).await;
    dev.succeeds().await;
    let label = format!("{} · Golden Crust", golden.id);
    for line in ["/tenant show tenant:golden", "/tenant promote tenant:", "/operation list tenant:crust"] {
        assert_eq!(operator.is_offered(line).await, [(label.clone(), json!(golden.id))], "{line}");
    }
    let offered = operator.is_offered("/tenant provision environment:dev cpu:256 memory:").await;
    let values: Vec<_> = offered.into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, [json!(512), json!(1024), json!(2048)]);
    let offered = operator.is_offered("/operation show operation:").await;
    assert_eq!(offered[0].1, json!(dev.id()));

    operator.types(&format!("/tenant validate tenant:{} environment:dev", golden.id)).await;
    let sit = operator.types(&format!("/tenant promote tenant:{}", golden.id)).await;
    let offered = operator.is_offered("/operation cancel operation:").await;
    assert_eq!(offered.iter().map(|(_, value)| value).collect::<Vec<_>>(), [&json!(sit.id())]);
    let done = operator.types(&format!("/operation cancel operation:{}", sit.id())).await;
    done.answer().shows("is taken back. Nothing was done.");
    sit.becomes("cancelled").await;
    world.end().await;
}
