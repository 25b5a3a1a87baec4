//! Bad input, typed into the real chat: answered at once, to its person alone; nothing is filed and nothing is made.

use crate::world::{Setting, Tenant, World};

/// What AWS is asked when something is made.
fn changes(asked: &[String]) -> Vec<&String> {
    let verbs = ["Create", "Register", "Put", "Change", "Update", "Delete", "Deregister", "Send", "Tag"];
    asked.iter().filter(|operation| verbs.iter().any(|verb| operation.starts_with(verb))).collect()
}

/// A right request, as options, with some of them changed.
fn changed<'a>(right: &'a [(&'a str, String)], changes: &'a [(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = right.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.map(|(name, value)| (*name, value.as_str())).chain(changes.iter().copied()).collect()
}

fn right(tenant: &Tenant) -> [(&'static str, String); 5] {
    [
        ("environment", "dev".to_owned()),
        ("tenant", tenant.id.clone()),
        ("company", "Golden Crust".to_owned()),
        ("subdomain", tenant.subdomain.clone()),
        ("email", tenant.email()),
    ]
}

#[tokio::test]
async fn each_is_answered_privately_and_nothing_comes_of_it() {
    let world = World::alone().await;
    let golden = world.tenant();
    let right = right(&golden);
    let since = world.services.now().await;
    let long = "x".repeat(4_000);
    let cases: [(&[(&str, &str)], &str); 24] = [
        (&[("tenant", "")], "The tenant id is empty"),
        (&[("tenant", &long)], "The tenant id has 4000 characters"),
        (&[("tenant", "GoldenCrust")], "the upper-case letter G"),
        (&[("tenant", "göldencrust")], "the character U+00F6"),
        (&[("tenant", "-golden")], "does not start with a letter"),
        (&[("tenant", "abcdefghijklmnopqrstuvwxy")], "The tenant id has 25 characters"),
        (&[("tenant", "x'; DROP DATABASE m")], "the character '"),
        (&[("tenant", "x`y")], "a backtick"),
        (&[("company", "@everyone")], "a mention, which would call people"),
        (&[("company", "<@&123456789012345678>")], "a mention, which would call people"),
        (&[("company", "")], "The name is empty"),
        (&[("subdomain", "www")], "reserved for the platform"),
        (&[("subdomain", "admin")], "reserved for the platform"),
        (&[("subdomain", "a.b")], "contains a dot"),
        (&[("email", "owner")], "has no @"),
        (&[("email", "owner@golden")], "no valid domain after the @"),
        (&[("cpu", "256"), ("memory", "4096")], "Fargate knows no memory of 4096 MiB with 256 cpu units"),
        (&[("cpu", "300")], "Fargate knows no cpu of 300 units"),
        (&[("cpu", "-1")], "it must be a whole number"),
        (&[("storage", "19")], "Fargate gives 20 to 200 GiB"),
        (&[("environment", "sit")], "SIT wants the tenant provisioned and validated in DEV first"),
        (&[("environment", "prod")], "PROD wants the tenant provisioned and validated in SIT first"),
        (&[("tenant", "UPPER"), ("email", "owner")], "`tenant`: "),
        (&[("tenant", "UPPER"), ("email", "owner")], "`email`: "),
    ];
    for (changes, why) in cases {
        let request = world.member("operator").uses("tenant provision", &changed(&right, changes)).await;
        request.answer().shows("Not possible").shows(why);
        assert!(request.answer().is_private() && !request.is_filed(), "{changes:?}");
    }
    let stranger = world.member("newcomer").uses("tenant provision", &changed(&right, &[])).await;
    stranger.answer().shows("This needs the role Operator, which you do not hold");

    assert_eq!(world.operations().await, Vec::<serde_json::Value>::new(), "nothing is filed");
    assert_eq!(world.messages(&world.channel()).await, Vec::<serde_json::Value>::new(), "nothing is posted");
    assert_eq!(changes(&world.services.asked(since).await), Vec::<&String>::new(), "nothing is made");
    world.end().await;
}

#[tokio::test]
async fn what_somebody_has_already_is_refused_with_a_way_on() {
    let world = World::start().await;
    let golden = world.tenant();
    let operator = world.member("operator");
    let first = operator.types(&golden.provision("dev")).await;
    let (channel, message) = first.place().await;

    let second = world.member("on-call").types(&golden.provision("dev")).await;
    let open = format!("is being worked on in DEV by operation `{}`", first.id());
    second.answer().shows(&open).shows(&format!("/{channel}/{message}"));
    first.succeeds().await;
    operator.types(&golden.provision("dev")).await.answer().shows("stands in DEV already");

    let other = Tenant { id: world.tenant().id, ..golden.clone() };
    let taken = operator.types(&other.provision("dev")).await;
    taken.answer().shows(&format!("The subdomain `{}` is taken", golden.subdomain)).shows("Free are `");
    let other = Tenant { subdomain: world.tenant().subdomain, ..golden.clone() };
    operator.types(&other.provision("dev")).await.answer().shows("is taken: it is registered for Golden Crust");
    world.end().await;
}

#[tokio::test]
async fn names_that_look_like_markup_stay_names() {
    let world = World::with(Setting { haste: 4, ..Setting::default() }).await;
    let golden = world.tenant();
    let right = right(&golden);
    let odd = [("company", "**Golden** [Crust](https://golden.example) _& Söhne_ $(id)")];
    let request = world.member("operator").uses("tenant provision", &changed(&right, &odd)).await;
    request.succeeds().await.shows(r"\*\*Golden\*\* \[Crust](https\://golden.example) \_& Söhne\_ $(id)");
    assert_eq!(world.services.mails(&golden.email()).await.len(), 1);
    world.end().await;
}
