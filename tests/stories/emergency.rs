//! A tenant is cut off in an emergency over the real wires: at once, whole, and once, whatever is open there and whether or not
//! Discord is there. How it is put back stands in `reopening`.

use landlord_core::plan::Engagement;
use landlord_core::tenant::Environment::{self, Dev, Prod};
use landlord_sandbox::discord::Fault;
use serde_json::{Value, json};

use crate::until::until;
use crate::world::{Request, Setting, Tenant, World};

/// A client that stands in an environment.
pub(crate) async fn stands_in(world: &World, environment: Environment) -> Tenant {
    let golden = world.tenant();
    world.reside(std::slice::from_ref(&golden), &[environment], Engagement::Client).await;
    golden
}

/// The order to cut a tenant off.
pub(crate) fn shutdown(tenant: &Tenant, environment: Environment) -> String {
    format!("/tenant shutdown tenant:{} environment:{environment} reason:spam is sent from it", tenant.id)
}

/// Asserts that nothing runs and nothing leads there.
pub(crate) async fn is_down(world: &World, tenant: &Tenant, environment: Environment) {
    let (_, wanted, running) = world.wants(tenant, environment).await;
    assert_eq!((wanted, running), (0, 0), "tasks wanted and running");
    assert_eq!(world.rules(tenant, environment).await, Vec::<Value>::new());
}

/// What a shutdown leaves everywhere once: one e-mail to security, one call of its role, one export.
async fn is_told_once(world: &World, request: &Request<'_>, tenant: &Tenant, environment: Environment) {
    let mails = world.services.mails(&world.security).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].contains(&tenant.id) && mails[0].contains("spam is sent from it"), "{}", mails[0]);
    let role = world.role("security");
    let thread = request.operation().await["thread_id"].as_str().unwrap().to_owned();
    let messages = world.messages(&thread).await;
    let calls: Vec<&Value> =
        messages.iter().filter(|message| message["mention_roles"].to_string().contains(&role)).collect();
    assert_eq!(calls.len(), 1, "the security role is called once: {messages:?}");
    assert!(calls[0]["content"].to_string().contains("ordered it: spam is sent from it"), "{}", calls[0]);
    let exports = world.exports(tenant, environment).await;
    assert_eq!(exports.len(), 1, "{exports:?}");
    assert_eq!(exports[0]["taskName"], request.id());
    assert_eq!(exports[0]["destinationPrefix"], format!("_logs/{}/{}", tenant.id, request.id()));
}

#[tokio::test]
async fn in_prod_on_call_cuts_it_off_and_the_incident_is_told() {
    let world = World::start().await;
    let golden = stands_in(&world, Prod).await;
    let kept = world.logs_are_kept(&golden, Prod).await;
    assert!(kept.is_some() && world.rules(&golden, Prod).await.len() == 1);
    let request = world.member("on-call").types(&shutdown(&golden, Prod)).await;
    let incidents = world.channel_named("incidents");
    request.answer().shows(&format!("Under way: Shut down {} in PROD", golden.id)).shows(&format!("<#{incidents}>"));
    assert!(request.answer().is_private());
    let card = request.succeeds().await;
    assert_eq!(request.place().await.0, incidents, "wherever it was ordered");
    assert_eq!(world.messages(&world.channel()).await, Vec::<Value>::new());
    card.shows("1 task of revision 1 · validated").shows("rule at priority ").shows("spam is sent from it");
    card.shows(&format!("Security and {}", world.security));
    is_down(&world, &golden, Prod).await;
    assert_eq!(world.logs_are_kept(&golden, Prod).await, None, "they were kept {kept:?} days");
    is_told_once(&world, &request, &golden, Prod).await;
    request.stands_once().await;
    let thread = request.thread().await;
    for told in [
        "🚨",
        "✅ cut off · wants 0 tasks instead of 1; 1 rule taken away",
        "✅ preserve logs",
        "✅ tell security",
        "✅ verify down",
        "🛑",
    ] {
        let line = thread.lines().find(|line| line.contains(told));
        let line = line.unwrap_or_else(|| panic!("{told} is not in the timeline:\n{thread}"));
        assert!(line.contains("<t:"), "a timeline has times: {line}");
    }
    let shown = world.member("operator").types(&format!("/tenant show tenant:{}", golden.id)).await;
    shown.answer().shows("PROD · shut");
    world.end().await;
}

#[tokio::test]
async fn who_may_not_is_refused_and_twice_is_refused_with_the_link() {
    let world = World::start().await;
    let golden = stands_in(&world, Dev).await;
    let before = world.services.dump_of(&golden).await;
    for name in ["operator", "team-lead", "newcomer"] {
        let refused = world.member(name).types(&shutdown(&golden, Dev)).await;
        refused.answer().shows("This needs the role On-call, Security or DevOps Lead");
        assert!(refused.answer().is_private() && !refused.is_filed(), "{name}");
    }
    world.services.dump_of(&golden).await.is(&before, "the tenant");
    let first = world.member("security").types(&shutdown(&golden, Dev)).await;
    first.succeeds().await;
    is_told_once(&world, &first, &golden, Dev).await;
    let (channel, message) = first.place().await;
    let again = world.member("on-call").types(&shutdown(&golden, Dev)).await;
    assert!(!again.is_filed());
    again.answer().shows(first.id()).shows(&format!("/{channel}/{message}"));
    world.end().await;
}

#[tokio::test]
async fn what_is_open_there_ends_where_it_stands() {
    let world = World::with(Setting { haste: 10, ..Setting::default() }).await;
    let golden = stands_in(&world, Prod).await;
    let scale = format!("/tenant scale tenant:{} environment:prod cpu:512", golden.id);
    let open = world.member("operator").types(&scale).await;
    open.becomes("awaiting_approval").await;
    let request = world.member("on-call").types(&shutdown(&golden, Prod)).await;
    request.succeeds().await.shows("Took precedence over").shows(open.id());
    open.is_overruled().await.shows(request.id());
    assert_eq!(open.operation().await["state"], "cancelled");
    is_down(&world, &golden, Prod).await;
    // A vote that comes after the end starts nothing.
    world.member("devops-lead").reacts(&open, "✅").await;
    assert_eq!(world.definitions(&golden, Prod).await.len(), 1, "nothing of it was done");
    world.end().await;
}

#[tokio::test]
async fn what_runs_there_ends_where_it_stands_and_undoes_nothing_of_it() {
    let world = World::with(Setting { haste: 10, ..Setting::default() }).await;
    let golden = stands_in(&world, Dev).await;
    // A rollout that is not over when the order comes.
    world.services.breaks("targets-unhealthy", json!({ "tenant": golden.id })).await;
    let scale = format!("/tenant scale tenant:{} environment:dev cpu:512 count:2", golden.id);
    let runs = world.member("operator").types(&scale).await;
    runs.comes_to_show("⏳ await stable").await;
    let request = world.member("on-call").types(&shutdown(&golden, Dev)).await;
    request.succeeds().await.shows("## Was there\n2 tasks").shows(runs.id());
    runs.is_overruled().await.shows("What it has done stands, and the rest is not done");
    assert_eq!(runs.operation().await["state"], "abandoned");
    is_down(&world, &golden, Dev).await;
    assert_eq!(world.wants(&golden, Dev).await, (2, 0, 0), "nothing turns back");
    world.services.mends_for(&golden).await;
    world.end().await;
}

#[tokio::test]
async fn where_aws_refuses_one_half_the_other_is_done_and_retry_does_the_rest() {
    let world = World::with(Setting { haste: 10, ..Setting::default() }).await;
    let golden = stands_in(&world, Dev).await;
    let fault = json!({ "operation": "UpdateService", "tenant": golden.id });
    world.services.breaks("access-denied", fault).await;
    let on_call = world.member("on-call");
    let request = on_call.types(&shutdown(&golden, Dev)).await;
    request.holds().await.shows("scaling to 0: ").shows("AccessDenied").shows("Playbook 4.1: until this works");
    assert_eq!(world.rules(&golden, Dev).await, Vec::<Value>::new(), "nothing leads there");
    assert_eq!(world.wants(&golden, Dev).await, (1, 1, 1));
    let again = world.member("security").types(&shutdown(&golden, Dev)).await;
    again.answer().shows("is an emergency already, on hold").shows(request.id());
    assert!(!again.is_filed());
    world.services.mends_for(&golden).await;
    on_call.presses(&request, "Retry").await;
    request.succeeds().await;
    is_down(&world, &golden, Dev).await;
    is_told_once(&world, &request, &golden, Dev).await;
    world.end().await;
}

#[tokio::test]
async fn it_is_cut_off_while_discord_is_away_and_told_when_it_is_back() {
    let world = World::start().await;
    let golden = stands_in(&world, Prod).await;
    for method in ["GET", "POST", "PUT", "PATCH"] {
        for path in ["/api/v10/channels/", "/api/v10/guilds/"] {
            world.discord().answer(method, path, usize::MAX, Fault::Status(503));
        }
    }
    let request = world.member("on-call").types(&shutdown(&golden, Prod)).await;
    until("the tenant to be cut off", async || {
        let (_, wanted, running) = world.wants(&golden, Prod).await;
        let rules = world.rules(&golden, Prod).await.len();
        if (wanted, running, rules) == (0, 0, 0) { Ok(()) } else { Err(format!("{wanted} {running} {rules}")) }
    })
    .await;
    let posted = |exchange: &&crate::openapi::Exchange| exchange.method == "POST" && exchange.status == 503;
    assert!(world.exchanges().iter().any(|exchange| posted(&exchange)), "Discord was away");
    assert!(request.operation().await["card"].is_null());
    world.discord().clear();
    request.succeeds().await;
    is_told_once(&world, &request, &golden, Prod).await;
    request.stands_once().await;
    world.end().await;
}

#[tokio::test]
async fn killed_in_the_middle_another_bot_ends_it_and_does_everything_once() {
    let world = World::start().await;
    let golden = stands_in(&world, Prod).await;
    // AWS does these, and answers so late that the bot is killed meanwhile.
    for operation in ["UpdateService", "CreateExportTask"] {
        let fault = json!({ "operation": operation, "tenant": golden.id, "times": 1, "seconds": 6, "when": "after" });
        world.services.breaks("slow-answer", fault).await;
    }
    // What runs does not stop before the story says so.
    world.services.breaks("drain-stuck", json!({ "tenant": golden.id })).await;
    let request = world.member("on-call").types(&shutdown(&golden, Prod)).await;
    let place = request.place().await;
    for step in ["cut off", "preserve logs", "verify down"] {
        request.comes_to_show(&format!("⏳ {step}")).await;
        world.bot_dies().await;
        world.bot_starts().await;
    }
    world.stops_tasks(&golden, Prod).await;
    request.succeeds().await;
    let thread = request.thread().await;
    assert!(
        thread.contains("wants 0 tasks instead of 1; 1 rule taken away"),
        "what there was, not what was left: {thread}"
    );
    assert_eq!(request.place().await, place, "the same card");
    request.stands_once().await;
    is_down(&world, &golden, Prod).await;
    is_told_once(&world, &request, &golden, Prod).await;
    world.end().await;
}
