//! Discord fails by seed: too many requests with and without a time to wait, errors before and after the effect, the gateway
//! closed in every way, events told twice. And by hand: events out of order, and events that are lost.

use landlord_core::kind::Kind;
use landlord_core::plan::Engagement;
use landlord_core::tenant::Environment::{Dev, Prod, Sit};
use landlord_sandbox::discord::Fault;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

use crate::outcome::comes_through;
use crate::tally::{Tally, seeds};
use crate::until::until;
use crate::world::{Life, Reach, Request, Setting, Tenant, World};

/// How many seeds the usual share tries.
const FEW: u64 = 3;

/// The bot's own waiting is short in these.
const HASTY: Setting =
    Setting { alone: false, haste: 10, postgres: false, dev: Reach::Usual, life: Life::InProcess, alerts: false };

/// Where Discord can fail the bot: posts, edits, reactions, reading them, roles.
const CALLS: [(&str, &str); 5] = [
    ("POST", "/api/v10/channels/"),
    ("PATCH", "/api/v10/channels/"),
    ("PUT", "/api/v10/channels/"),
    ("GET", "/api/v10/channels/"),
    ("GET", "/api/v10/guilds/"),
];

/// A tenant that stands where it must to be promoted.
async fn stands(world: &World, environments: &[landlord_core::tenant::Environment]) -> Tenant {
    let golden = world.tenant();
    world.reside(std::slice::from_ref(&golden), environments, Engagement::Client).await;
    golden
}

/// The next calls of two kinds go wrong, each in a way of its own.
fn answers_go_wrong(world: &World, dice: &mut StdRng) {
    for (method, path) in CALLS.choose_multiple(dice, 2).copied().collect::<Vec<_>>() {
        let limited = |global| Fault::RateLimited { retry_after: 0.3, global };
        let reading = method == "GET";
        let fault = match dice.random_range(0..6) {
            0 => Fault::Status(429),
            1 => limited(true),
            2 => limited(false),
            3 => Fault::Status(500),
            4 => Fault::Status(503),
            _ if reading => Fault::Status(502),
            _ => Fault::AfterEffect(502),
        };
        world.discord().answer(method, path, dice.random_range(1..3), fault);
    }
}

/// The gateway breaks in one of its ways; what happens meanwhile is missed where the session is lost.
async fn gateway_breaks(world: &World, dice: &mut StdRng, meanwhile: impl AsyncFnOnce()) {
    let gateway = world.discord();
    match dice.random_range(0..4) {
        0 => {
            let code = [1000, 1001, 4000, 4009].choose(dice).copied().unwrap_or(4000);
            eprintln!("the gateway closes with {code}");
            gateway.close_gateway(code);
            meanwhile().await;
        }
        1 => {
            eprintln!("the gateway is down, and the session is lost");
            gateway.gateway_down(true);
            meanwhile().await;
            gateway.invalidate_sessions();
            gateway.gateway_down(false);
        }
        2 => {
            eprintln!("the gateway wants a new connection");
            gateway.reconnect();
            meanwhile().await;
        }
        _ => {
            eprintln!("the session becomes invalid");
            gateway.lose("MESSAGE_REACTION_ADD", 1);
            meanwhile().await;
            gateway.invalidate_sessions();
        }
    }
}

/// A promotion to SIT while all of this happens.
async fn goes_through(seed: u64, tally: &mut Tally) {
    let mut dice = StdRng::seed_from_u64(seed);
    let world = World::with(HASTY).await;
    let golden = stands(&world, &[Dev]).await;
    let before = (world.operations().await.len(), world.exchanges().len());

    answers_go_wrong(&world, &mut dice);
    world.discord().repeat("INTERACTION_CREATE", 1);
    world.discord().repeat("MESSAGE_REACTION_ADD", 3);
    let request = world.member("operator").types(&format!("/tenant promote tenant:{}", golden.id)).await;
    assert!(request.is_filed(), "{}", request.answer());
    request.becomes("awaiting_approval").await;
    answers_go_wrong(&world, &mut dice);
    gateway_breaks(&world, &mut dice, async || world.member("team-lead").reacts(&request, "✅").await).await;
    request.thread_comes_to_say("Running.").await;
    answers_go_wrong(&world, &mut dice);
    gateway_breaks(&world, &mut dice, async || world.member("devops-lead").reacts(&request, "✅").await).await;
    let held = comes_through(&world, &request, async || world.discord().clear()).await;
    tally.ended(held);

    let card = request.card().await;
    card.shows("✅ Team Lead · @team-lead");
    tally.doubled += world.operations().await.len() - before.0 - 1;
    tally.doubled += answered(&world, before.1).saturating_sub(1);
    let failed = world.exchanges()[before.1..].iter().filter(|exchange| exchange.status >= 429).count();
    // The command and the vote that were told twice, and two breaks of the gateway.
    tally.faults += failed + 4;
    assert_eq!(world.remains(&golden, Sit).await.len(), Kind::DELETION_ORDER.len(), "all of it stands");
    world.end().await;
}

/// How many interactions the bot has answered since.
fn answered(world: &World, since: usize) -> usize {
    world.exchanges()[since..].iter().filter(|exchange| exchange.path.contains("/callback")).count()
}

#[tokio::test]
async fn discord_fails_in_every_way_and_each_request_is_done_once() {
    let mut tally = Tally::of("discord faults");
    for seed in seeds(FEW, 0.3) {
        goes_through(seed, &mut tally).await;
    }
    tally.report();
}

/// The kinds of an operation's events, in their order.
async fn kinds(world: &World, request: &Request<'_>) -> Vec<String> {
    let export = world.audits("export").await;
    let events = export.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a JSON line"));
    let own = events.filter(|event| event["operation"] == request.id());
    own.map(|event| event["kind"].as_str().expect("a kind").to_owned()).collect()
}

/// The log comes to hold an event of this kind.
async fn comes_to_hold(world: &World, request: &Request<'_>, kind: &str) {
    until(format!("{kind} in the log"), async || {
        let kinds = kinds(world, request).await;
        if kinds.iter().any(|seen| seen == kind) { Ok(()) } else { Err(kinds.join(", ")) }
    })
    .await;
}

#[tokio::test]
async fn a_vote_that_is_told_after_its_own_withdrawal_starts_nothing() {
    let world = World::with(HASTY).await;
    let golden = stands(&world, &[Dev]).await;
    let request = world.member("operator").types(&format!("/tenant promote tenant:{}", golden.id)).await;
    request.becomes("awaiting_approval").await;
    world.discord().reorder("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE");
    let lead = world.member("team-lead");
    lead.reacts(&request, "✅").await;
    lead.unreacts(&request, "✅").await;
    comes_to_hold(&world, &request, "vote-withdrawn").await;
    assert_eq!(request.operation().await["state"], "awaiting_approval");
    assert!(world.service(&golden, Sit).await.is_none(), "nothing ran");
    let told = kinds(&world, &request).await;
    assert!(told.iter().any(|kind| kind == "vote-cast"), "it was believed at first: {told:?}");
    lead.reacts(&request, "✅").await;
    request.succeeds().await;
    request.stands_once().await;
    world.end().await;
}

#[tokio::test]
async fn a_withdrawal_that_is_lost_is_found_before_anything_runs() {
    let world = World::with(HASTY).await;
    let golden = stands(&world, &[Dev, Sit]).await;
    let request = world.member("operator").types(&format!("/tenant promote tenant:{}", golden.id)).await;
    request.becomes("awaiting_approval").await;
    world.member("devops-lead").reacts(&request, "✅").await;
    request.comes_to_show("✅ DevOps Lead · @devops-lead").await;
    world.discord().lose("MESSAGE_REACTION_REMOVE", 1);
    world.member("devops-lead").unreacts(&request, "✅").await;
    world.member("product-owner").reacts(&request, "✅").await;
    comes_to_hold(&world, &request, "vote-withdrawn").await;
    request.comes_to_show("needs a DevOps Lead").await;
    assert!(world.service(&golden, Prod).await.is_none(), "nothing ran");
    world.member("devops-lead-2").reacts(&request, "✅").await;
    request.succeeds().await.shows("✅ DevOps Lead · @devops-lead-2");
    world.end().await;
}

#[tokio::test]
async fn a_request_that_is_told_twice_is_filed_and_answered_once() {
    let world = World::with(HASTY).await;
    let golden = world.tenant();
    let since = world.exchanges().len();
    world.discord().repeat("INTERACTION_CREATE", 1);
    let request = world.member("operator").types(&golden.provision("dev")).await;
    request.answer().shows("Filed: Provision");
    request.succeeds().await;
    request.stands_once().await;
    assert_eq!(world.operations().await.len(), 1);
    assert_eq!(answered(&world, since), 1, "{:?}", world.exchanges());
    world.end().await;
}
