//! Names do not resolve for a while: those of AWS and MySQL for a bot that is a process of its own, and the sites' for its
//! probes. Discord's is needed at the start of a process, and for each new connection.

use landlord_core::kind::Kind;
use landlord_core::tenant::Environment::Dev;
use serde_json::json;

use crate::outcome::comes_through;
use crate::tally::Tally;
use crate::until::until;
use crate::world::{Life, Names, Reach, Setting, World};

#[tokio::test]
async fn names_do_not_resolve_for_a_while() {
    if !Names::possible() {
        eprintln!("skipped: a process cannot be given names of its own here (that takes user namespaces)");
        return;
    }
    let mut tally = Tally::of("names gone");
    let world = World::with(Setting { dev: Reach::ByNames, life: Life::Process, ..Setting::default() }).await;
    let golden = world.tenant();
    world.services.breaks("slow-answer", json!({ "tenant": golden.id, "seconds": 0.3 })).await;
    let request = world.member("operator").types(&format!("{} kind:poc", golden.provision("dev"))).await;
    request.thread_comes_to_say("✅ ensure log group").await;

    // A connection that stands needs no name: those to AWS are cut, so that new ones are wanted.
    world.names().go();
    world.services.breaks("cut-connection", json!({ "tenant": golden.id, "times": 2, "when": "before" })).await;
    request.thread_comes_to_say("trying again").await;
    let refused = world.member("operator").types(&world.tenant().provision("dev")).await;
    refused.answer().shows("so nothing was planned and nothing was done");
    world.names().come_back();
    request.thread_comes_to_say("✅ ensure service").await;

    world.names().go();
    until("the name server to be asked in vain", async || match world.names().unanswered() {
        0 => Err("no question"),
        _ => Ok(()),
    })
    .await;
    world.names().come_back();
    tally.faults += 2;
    tally.ended(comes_through(&world, &request, async || {}).await);
    assert_eq!(world.remains(&golden, Dev).await.len(), Kind::DELETION_ORDER.len());

    // A process that begins while no name resolves.
    world.bot_dies().await;
    world.names().go();
    let early = world.another_process(None);
    early.comes_to_say("the bot's own HTTP side listens").await;
    world.names().come_back();
    early.works().await;
    world.follows(early).await;
    let line = format!("/tenant delete tenant:{} environment:dev reason:poc backup:no logs:delete", golden.id);
    let request = world.member("operator").types(&line).await;
    tally.faults += 1;
    tally.ended(comes_through(&world, &request, async || {}).await);
    assert_eq!(world.remains(&golden, Dev).await, Vec::<&str>::new());
    tally.report();
    world.end().await;
}
