//! The log's head is in the chat the day after, and the log is held against it.

use landlord::audit;
use landlord_core::chain::Witness;

use crate::world::World;

#[tokio::test]
async fn the_head_of_the_day_stands_in_the_audit_channel_and_the_log_is_held_against_it() {
    let world = World::start().await;
    let golden = world.tenant();
    world.member("operator").types(&golden.provision("dev")).await.succeeds().await;
    world.passes(25);
    let posted = async || {
        let messages = world.messages(&world.channel_named("audit")).await;
        let line = messages.iter().find_map(|message| message["content"].as_str().map(str::to_owned));
        line.ok_or_else(|| "nothing is posted".to_owned())
    };
    let line = world.until("the log's head", posted).await;
    assert!(line.starts_with("Log head of "), "{line}");
    let anchor = line.split("--anchor ").nth(1).and_then(|rest| rest.split('`').next()).expect("what to check it with");
    let witness: Witness = anchor.parse().expect("what the command takes");
    let (intact, said) = audit::verify(world.log_url(), &[witness]).await.expect("the log can be read");
    assert!(intact, "{said}");

    let (position, _) = anchor.split_once(':').expect("position and hash");
    let forged: Witness = format!("{position}:{}", "0".repeat(64)).parse().expect("it looks right");
    let (intact, said) = audit::verify(world.log_url(), &[forged]).await.expect("the log can be read");
    assert!(!intact && said.starts_with("broken: "), "{said}");
    world.end().await;
}
