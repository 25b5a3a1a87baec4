//! What stands is held against what should stand, over the real wires, and what is missing is made again (playbook 3.3).

use std::collections::BTreeMap;

use landlord_core::kind::Kind;
use landlord_core::plan::Engagement;
use landlord_core::ports::Standing;
use landlord_core::tenant::Environment::{self, Dev, Prod, Sit};
use serde_json::{Value, json};

use crate::world::{Setting, Shown, Tenant, World};

/// Of each tenant in each environment what is said of it: the account that answered, the registry, and the mark of each kind.
type Marks = BTreeMap<(String, String), BTreeMap<String, String>>;

async fn audits(world: &World, line: &str) -> Shown {
    let shown = world.member("operator").types(line).await.answer().clone();
    assert!(shown.is_private(), "{shown}");
    shown
}

fn of(tenant: &Tenant) -> String {
    format!("/tenant audit tenant:{}", tenant.id)
}

/// The cells of the table's line of this name.
#[track_caller]
fn row(shown: &Shown, name: &str) -> Vec<String> {
    let line = shown.body().lines().find(|line| line.starts_with(&format!("{name:17}")));
    let line = line.unwrap_or_else(|| panic!("{name} is not on\n{shown}"));
    line[name.len()..].split_whitespace().map(str::to_owned).collect()
}

/// The two files beside an audit say the same; what they say, and how many lines the table has.
async fn files(world: &World, shown: &Shown, of: &str) -> Marks {
    let csv = world.file(shown, &format!("audit-{of}.csv")).await;
    let mut table = csv::Reader::from_reader(csv.as_slice());
    let head = table.headers().unwrap().clone();
    let mut by_table = Marks::new();
    for line in table.records().map(Result::unwrap) {
        let mut cells: BTreeMap<String, String> =
            head.iter().map(str::to_owned).zip(line.iter().map(str::to_owned)).collect();
        let place = (cells.remove("tenant").unwrap(), cells.remove("environment").unwrap());
        assert!(cells.remove("notes").is_some() && cells.remove("worked on by").is_some(), "{head:?}");
        assert_eq!(by_table.insert(place, cells), None, "one line for each");
    }
    let json: Value = serde_json::from_slice(&world.file(shown, &format!("audit-{of}.json")).await).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let accounts: BTreeMap<String, String> = json["environments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| (text(&place["environment"]), text(&place["account"])))
        .collect();
    let tenants = json["tenants"].as_array().unwrap().iter().map(|one| {
        let environment = text(&one["environment"]);
        let kinds = one["kinds"].as_object().unwrap().iter();
        let mut cells: BTreeMap<String, String> =
            kinds.map(|(kind, said)| (kind.clone(), text(&said["mark"]))).collect();
        cells.insert("account".to_owned(), accounts[&environment].clone());
        cells.insert("registry".to_owned(), text(&one["registry"]));
        ((text(&one["tenant"]), environment), cells)
    });
    assert_eq!(tenants.collect::<Marks>(), by_table, "both files say the same");
    by_table
}

/// What is neither as it should be nor rightly not there.
fn off(marks: &Marks, tenant: &Tenant) -> Vec<(String, String, String)> {
    let own = marks.iter().filter(|((id, _), _)| *id == tenant.id);
    let cells = own.flat_map(|((_, place), cells)| cells.iter().map(move |(kind, mark)| (place, kind, mark)));
    let off = cells.filter(|(_, _, mark)| ["missing", "extra", "different", "unseen"].contains(&mark.as_str()));
    off.map(|(place, kind, mark)| (place.clone(), kind.clone(), mark.clone())).collect()
}

fn said(place: &str, kind: &str, mark: &str) -> (String, String, String) {
    (place.to_owned(), kind.to_owned(), mark.to_owned())
}

fn account(world: &World, environment: Environment) -> String {
    world.services.config.environments[&environment].account.clone()
}

#[tokio::test]
async fn what_is_missing_extra_and_somebody_elses_is_told_apart_and_healed_by_the_button() {
    let world = World::start().await;
    let golden = world.tenant();
    world.reside(std::slice::from_ref(&golden), &[Dev, Sit], Engagement::Client).await;
    let whole = audits(&world, &of(&golden)).await;
    whole.shows("**All is as it should be.**");
    assert_eq!(row(&whole, "registry"), ["validated", "validated", "–"]);
    assert_eq!(whole.buttons(), Vec::<&str>::new(), "there is nothing to heal");

    world.loses(&golden, Sit, &[Kind::ListenerRule, Kind::DnsRecord]).await;
    world.loses(&golden, Dev, &[Kind::LogGroup]).await;
    world.strangers_log_group(&golden, Dev).await;
    world.gains(&golden, Prod, &[Kind::Secret]).await;
    let shown = audits(&world, &of(&golden)).await;
    shown.shows("**2 missing · 1 extra · 1 different.**");
    for (kind, cells) in [
        ("listener rule", ["ok", "missing", "–"]),
        ("dns record", ["ok", "missing", "–"]),
        ("log group", ["differs", "ok", "–"]),
        ("secret", ["ok", "ok", "extra"]),
        ("service", ["ok", "ok", "–"]),
    ] {
        assert_eq!(row(&shown, kind), cells, "{kind}");
    }
    for environment in [Dev, Sit, Prod] {
        let answers = format!("{}: {} answers, as configured", environment.title(), account(&world, environment));
        shown.shows(&answers);
    }
    shown.shows("PROD · secret · the registry says that the tenant is not here").shows("is not this tenant's");
    let marks = files(&world, &shown, &golden.id).await;
    assert_eq!(
        off(&marks, &golden),
        [
            said("dev", "log group", "different"),
            said("prod", "secret", "extra"),
            said("sit", "dns record", "missing"),
            said("sit", "listener rule", "missing"),
        ]
    );
    assert_eq!(marks[&(golden.id.clone(), "prod".to_owned())]["account"], account(&world, Prod));

    assert_eq!(shown.buttons(), ["Heal SIT"], "what is too much or somebody else's is not healed");
    let denied = world.member("newcomer").types(&of(&golden)).await;
    denied.answer().shows("This needs the role Operator");
    let healing = world.member("operator").files_with(&shown, "Heal SIT").await;
    healing.answer().shows(&format!("Filed: Heal {} in SIT", golden.id));
    healing.becomes("awaiting_approval").await.shows("listener rule").shows("dns record");
    let again = world.member("operator").files_with(&shown, "Heal SIT").await;
    again.answer().shows(&format!("is being worked on in SIT by operation `{}`", healing.id()));
    audits(&world, &of(&golden)).await.shows("works there: what is seen may be on the way");
    world.member("team-lead").reacts(&healing, "✅").await;
    healing.succeeds().await;
    healing.stands_once().await;
    let healed = audits(&world, &of(&golden)).await;
    healed.shows("**1 extra · 1 different.**");
    assert_eq!(row(&healed, "listener rule"), ["ok", "ok", "–"]);
    assert_eq!(row(&healed, "registry"), ["validated", "validated", "–"], "who was validated stays so");
    assert_eq!(healed.buttons(), Vec::<&str>::new());
    world.strangers_log_group_goes(&golden, Dev).await;
    world.end().await;
}

#[tokio::test]
async fn an_environment_that_is_away_or_another_says_so_and_the_others_are_shown() {
    let world = World::with(Setting { alone: true, ..Setting::default() }).await;
    let (golden, silver) = (world.tenant(), world.tenant());
    world.reside(std::slice::from_ref(&golden), &[Dev, Sit], Engagement::Client).await;
    world.reside(std::slice::from_ref(&silver), &[Dev], Engagement::Poc).await;
    world.loses(&golden, Sit, &[Kind::Service]).await;

    world.services.breaks("cut-connection", json!({ "environment": "prod", "when": "before" })).await;
    let shown = audits(&world, &of(&golden)).await;
    shown.shows("**1 missing.** PROD could not be looked at.").shows("PROD: ⚠️ it could not be asked");
    assert_eq!(row(&shown, "service"), ["ok", "missing", "?"]);
    assert_eq!(shown.buttons(), ["Heal SIT"]);
    let all = audits(&world, "/tenant audit").await;
    all.shows("**1 missing.** PROD could not be looked at. 1 of 2 tenants needs a look.");
    all.shows(&format!("`{}` SIT · missing: service", golden.id)).hides(&silver.id);
    let marks = files(&world, &all, "tenants").await;
    assert_eq!(off(&marks, &golden), [said("sit", "service", "missing")]);
    assert_eq!(off(&marks, &silver), []);
    world.services.mends().await;

    world.services.breaks("wrong-account", json!({ "environment": "sit" })).await;
    let another = format!(
        "SIT: ⚠️ 123456789012 answers, and {} is configured; nothing was looked at (playbook 3.3)",
        account(&world, Sit)
    );
    let shown = audits(&world, &of(&golden)).await;
    shown.shows(&another).shows("**All that was seen is as it should be.** SIT could not be looked at.");
    assert_eq!(row(&shown, "service"), ["ok", "?", "–"]);
    assert_eq!(shown.buttons(), Vec::<&str>::new());
    let all = audits(&world, "/tenant audit").await;
    all.shows(&another);
    let marks = files(&world, &all, "tenants").await;
    assert_eq!(off(&marks, &golden).len(), 10, "all of SIT is unseen: {marks:?}");
    let heal = world.member("operator").types(&format!("/tenant heal tenant:{} environment:sit", golden.id)).await;
    heal.answer().shows("The account seal does not match: 123456789012 answers for SIT");
    assert!(!heal.is_filed());
    world.services.mends().await;

    let shown = audits(&world, &of(&golden)).await;
    let healing = world.member("operator").files_with(&shown, "Heal SIT").await;
    world.member("team-lead").reacts(&healing, "✅").await;
    healing.succeeds().await;
    let all = audits(&world, "/tenant audit").await;
    all.shows("**All is as it should be.** 0 of 2 tenants need a look.")
        .shows("Nothing is missing, extra or different.");
    world.end().await;
}

#[tokio::test]
async fn pages_are_turned_without_asking_aws_again() {
    let world = World::with(Setting { alone: true, ..Setting::default() }).await;
    let tenants: Vec<Tenant> = (0..12).map(|_| world.tenant()).collect();
    world.remembers(&tenants, &[Dev], Engagement::Client, Standing::Active).await;
    let first = audits(&world, "/tenant audit environment:dev").await;
    first.shows("**120 missing.** 12 of 12 tenants need a look.").shows("page 1 of 2");
    let since = world.services.now().await;
    let second = world.member("operator").presses_on(&first, "On ›").await;
    second.shows("page 2 of 2");
    assert_eq!(world.services.asked(since).await, Vec::<String>::new());
    let both = format!("{first}{second}");
    for Tenant { id, .. } in &tenants {
        assert_eq!(both.matches(&format!("`{id}` DEV · missing: all ten")).count(), 1, "{id}");
    }
    assert_eq!(files(&world, &first, "tenants").await.len(), 12);
    world.end().await;
}
