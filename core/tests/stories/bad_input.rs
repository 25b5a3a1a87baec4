//! Bad input: each gets a clear answer for its person alone, and nothing is filed, made or posted.

use landlord_core::fakes::World;

use crate::resources;

/// A right request, as options; each case changes one.
const RIGHT: [(&str, &str); 5] = [
    ("environment", "dev"),
    ("tenant", "goldencrust"),
    ("company", "Golden Crust"),
    ("subdomain", "golden"),
    ("email", "owner@golden.example"),
];

/// The answer to the request with these options changed or added, and the proof that nothing else happened.
async fn answer_to(changes: &[(&str, &str)]) -> String {
    let world = World::start();
    let mut options: Vec<(&str, &str)> =
        RIGHT.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name)).collect();
    options.extend_from_slice(changes);
    let request = world.member("operator").uses("tenant provision", &options).await;
    nothing_happened(&world).await;
    request.answer().card.body.clone()
}

async fn nothing_happened(world: &World) {
    assert!(world.store.log().is_empty(), "nothing is filed");
    assert!(world.chat.all_messages().is_empty(), "nothing is posted");
    assert_eq!(resources(world).await, 0, "nothing is made");
    assert!(world.notifier.sent().is_empty(), "nobody is written to");
    assert!(world.operations().is_empty());
}

#[tokio::test]
async fn the_right_request_is_right() {
    let world = World::start();
    assert!(world.member("operator").uses("tenant provision", &RIGHT).await.is_filed());
}

const ID: &str = "A tenant id is 12 digits, or starts with a lower-case letter and goes on with lower-case letters, digits and \
                  hyphens, at most 24 characters in all, for example `goldencrust`.";

#[tokio::test]
async fn tenant_ids() {
    for (id, why) in [
        ("", "The tenant id is empty"),
        ("abcdefghijklmnopqrstuvwxy", "The tenant id has 25 characters"),
        (&"x".repeat(4_000), "The tenant id has 4000 characters"),
        ("GoldenCrust", "The tenant id contains the upper-case letter G"),
        ("göldencrust", "The tenant id contains the character U+00F6"),
        ("гolden", "The tenant id contains the character U+0433"),
        ("-golden", "The tenant id does not start with a letter"),
        ("golden-", "The tenant id ends with a hyphen"),
        ("1234567890", "The tenant id does not start with a letter"),
        ("x'; DROP DATABASE mysql; --", "The tenant id has 27 characters"),
        ("x'; DROP DATABASE m", "The tenant id contains the character '"),
        ("x`y", "The tenant id contains a backtick"),
        ("golden crust", "The tenant id contains a space"),
        ("golden_crust", "The tenant id contains the character _"),
        ("golden\ncrust", "The tenant id contains the character U+000A"),
        ("../../etc", "The tenant id contains the character ."),
    ] {
        assert_eq!(answer_to(&[("tenant", id)]).await, format!("`tenant`: {why}. {ID}"), "{id:?}");
    }
}

#[tokio::test]
async fn companies() {
    for (company, why) in [
        ("", "The name is empty"),
        ("   ", "The name is empty"),
        (&"x".repeat(101), "The name has 101 characters"),
        ("@everyone", "The name contains a mention, which would call people"),
        ("Golden @here Crust", "The name contains a mention, which would call people"),
        ("<@&123456789012345678>", "The name contains a mention, which would call people"),
        ("<@123456789012345678>", "The name contains a mention, which would call people"),
        ("<#123456789012345678>", "The name contains a mention, which would call people"),
        ("`rm -rf /`", "The name contains a backtick"),
        ("Golden\u{202E}tsurC", "The name contains a character that cannot be seen"),
        ("Golden\nCrust", "The name contains a character that cannot be seen"),
        ("Golden\u{2028}Crust", "The name contains a character that cannot be seen"),
        ("Golden\u{AD}Crust", "The name contains a character that cannot be seen"),
    ] {
        let answer = format!("`company`: {why}. Write a plain name of 1 to 100 characters.");
        assert_eq!(answer_to(&[("company", company)]).await, answer, "{company:?}");
    }
}

#[tokio::test]
async fn subdomains() {
    let allowed = "A subdomain is one label of lower-case letters, digits and inner hyphens, at most 63 characters, for example \
                   `golden`.";
    for (subdomain, why) in [
        ("", "The subdomain is empty"),
        ("www", "The subdomain www is reserved for the platform"),
        ("admin", "The subdomain admin is reserved for the platform"),
        ("a.b", "The subdomain contains a dot; the environment's domain is added by itself"),
        ("golden.", "The subdomain contains a dot; the environment's domain is added by itself"),
        ("-golden", "The subdomain begins or ends with a hyphen"),
        ("Golden", "The subdomain contains the upper-case letter G"),
        ("xn--80ak6aa92e", "The subdomain is in punycode, where letters can look like others"),
        (&"x".repeat(64), "The subdomain has 64 characters"),
        ("*", "The subdomain contains the character *"),
    ] {
        let answer = format!("`subdomain`: {why}. {allowed}");
        assert_eq!(answer_to(&[("subdomain", subdomain)]).await, answer, "{subdomain:?}");
    }
}

#[tokio::test]
async fn addresses() {
    let looks = "An address looks like `owner@golden.example`.";
    for (email, why) in [
        ("owner", "The e-mail address has no @"),
        ("owner@", "The e-mail address has no valid domain after the @"),
        ("owner@golden", "The e-mail address has no valid domain after the @"),
        ("owner@golden..example", "The e-mail address has no valid domain after the @"),
        ("owner@golden@example.com", "The e-mail address has no valid domain after the @"),
        ("@golden.example", "The part before the @ is not one that mail servers accept"),
        ("o wner@golden.example", "The part before the @ is not one that mail servers accept"),
        ("<owner@golden.example>", "The part before the @ is not one that mail servers accept"),
        ("owner\r\nBcc: all@golden.example", "The part before the @ is not one that mail servers accept"),
    ] {
        assert_eq!(answer_to(&[("email", email)]).await, format!("`email`: {why}. {looks}"), "{email:?}");
    }
}

#[tokio::test]
async fn sizes_that_fargate_does_not_know() {
    let refusal = answer_to(&[("cpu", "256"), ("memory", "4096")]).await;
    assert_eq!(
        refusal,
        "`cpu`, `memory`, `storage`: Fargate knows no memory of 4096 MiB with 256 cpu units. It knows 512, 1024, 2048 MiB."
    );
    let refusal = answer_to(&[("cpu", "300")]).await;
    assert!(refusal.contains("Fargate knows no cpu of 300 units. It knows 256, 512,"), "{refusal}");
    assert_eq!(answer_to(&[("cpu", "many")]).await, "`cpu`: it must be a whole number.");
    assert_eq!(answer_to(&[("memory", "-1")]).await, "`memory`: it must be a whole number.");
    let refusal = answer_to(&[("storage", "19")]).await;
    assert!(refusal.contains("Fargate gives 20 to 200 GiB"), "{refusal}");
}

#[tokio::test]
async fn unknown_environments_and_kinds() {
    let refusal = answer_to(&[("environment", "staging")]).await;
    let known = "There is no such environment. The environments are `dev`, `sit` and `prod`.";
    assert_eq!(refusal, format!("`environment`: {known}"));
    assert_eq!(answer_to(&[("kind", "friend")]).await, "`kind`: A tenant is a `client` or a `poc`.");
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let world = World::start();
    let request =
        world.member("operator").uses("tenant provision", &[("environment", "dev"), ("email", "owner")]).await;
    let answer = &request.answer().card.body;
    assert_eq!(answer.lines().count(), 3, "{answer}");
    request.answer().shows("`company`: it is missing.").shows("`subdomain`: it is missing.").shows("has no @");
    nothing_happened(&world).await;
}

#[tokio::test]
async fn somebody_without_the_operators_role() {
    let world = World::start();
    let request = world.member("newcomer").uses("tenant provision", &RIGHT).await;
    let answer = "This needs the role Operator, which you do not hold. Ask the platform team for it.";
    assert_eq!(request.answer().card.body, answer);
    nothing_happened(&world).await;
}

#[tokio::test]
async fn sit_and_prod_before_their_time() {
    let refusal = answer_to(&[("environment", "sit")]).await;
    assert_eq!(refusal, "SIT wants the tenant provisioned and validated in DEV first. Start there.");
    let refusal = answer_to(&[("environment", "prod")]).await;
    assert_eq!(refusal, "PROD wants the tenant provisioned and validated in SIT first. Start there.");
}

#[tokio::test]
async fn commands_about_what_is_not_there() {
    let world = World::start();
    let operator = world.member("operator");
    let unknown = "There is no tenant `nobody`. `/tenant list` shows those there are.";
    for line in [
        "/tenant show tenant:nobody",
        "/tenant promote tenant:nobody",
        "/tenant validate tenant:nobody environment:dev",
    ] {
        assert_eq!(operator.types(line).await.answer().card.body, unknown, "{line}");
    }
    for line in ["/operation show operation:0000000x", "/operation cancel operation:0000000x"] {
        assert_eq!(operator.types(line).await.answer().card.body, "There is no operation `0000000x`.", "{line}");
    }
    let shape = "An operation's id has eight letters and digits. `/operation list` shows them.";
    assert_eq!(operator.types("/operation show operation:@everyone").await.answer().card.body, shape);
    nothing_happened(&world).await;
}
