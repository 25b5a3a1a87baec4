//! Asking: private answers, with pages, and what is offered while people type.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn lists_are_private_and_turn_their_pages() {
    let world = World::start().await;
    let operator = world.member("operator");
    operator.types("/tenant list").await.answer().shows("There are no tenants yet");
    let mut requests = Vec::new();
    for _ in 0..11 {
        let tenant = world.tenant();
        let request = operator.types(&tenant.provision("dev")).await;
        assert!(request.is_filed(), "{}", request.answer());
        requests.push((tenant, request));
    }
    for (_, request) in &requests {
        request.succeeds().await;
    }
    for (words, total) in [("/tenant list", "11 in all"), ("/operation list", "11 in all")] {
        let first = operator.types(words).await.answer().clone();
        assert!(first.shows(total).shows("page 1 of 2").is_private());
        assert_eq!(first.buttons(), ["On ›"]);
        let second = operator.presses_on(&first, "On ›").await;
        assert_eq!(second.shows("page 2 of 2").message["id"], first.message["id"], "the same message");
        assert_eq!(second.body().lines().count(), 1);
        let back = operator.presses_on(&second, "‹ Back").await;
        assert_eq!(back.shows("page 1 of 2").body().lines().count(), 10);
    }

    let (tenant, request) = &requests[0];
    let shown = operator.types(&format!("/tenant show tenant:{}", tenant.id)).await;
    shown.answer().shows("Golden Crust").shows(&tenant.email()).shows("DEV · active").shows(&format!("dev-{}-tg", tenant.id));
    let shown = operator.types(&format!("/operation show operation:{}", request.id())).await;
    let (channel, message) = request.place().await;
    shown.answer().shows(&format!("/{channel}/{message}")).shows("**Done**");
    assert_eq!(shown.answer().buttons(), Vec::<&str>::new());
    let late = operator.types(&format!("/operation cancel operation:{}", request.id())).await;
    late.answer().shows("cannot be taken back. It has ended");
    let one = operator.types(&format!("/operation list tenant:{}", tenant.id)).await;
    one.answer().shows("1 in all").shows(request.id());
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
