//! A tenant goes from everywhere: the name typed, the approvals, the countdown, the removal, the certificate.

use serde_json::{Value, json};

use crate::support::{Mouse, Page, Stage, id, play_at, until};

/// A day lasts a minute: approvals last long enough for a slow machine, and the notice can be waited for.
const A_DAY_A_MINUTE: u32 = 1_440;

const LINE: &str = "/tenant delete tenant:goldencrust environment:all reason:other backup:yes logs:keep";

/// Asks for the deletion and types a name into the form.
async fn types_the_name(page: &Page, name: &str) {
    let mouse = Mouse(page);
    mouse.sends(LINE).await;
    page.shows(&id("modal"), &["Delete goldencrust for good", "Type the tenant's name"]).await;
    mouse.types(&id("modal-field"), name).await;
    mouse.clicks(&id("modal-submit")).await;
    page.gone(&id("modal")).await;
}

/// How many hours the card still counts; none where it counts no more.
async fn hours_left(page: &Page, card: &str) -> Option<u32> {
    let times = page.texts(&format!("{card} .embed time[data-relative]")).await;
    let ahead = times.iter().find(|words| words.starts_with("in "))?;
    Some(if ahead.contains("hour") { ahead.split(' ').find_map(|word| word.parse().ok())? } else { 0 })
}

/// Waits until the card counts fewer hours, or none any more.
async fn counts_below(page: &Page, card: &str, hours: u32) {
    until(format!("fewer than {hours} hours"), async || match hours_left(page, card).await {
        Some(left) if left >= hours => Err(format!("{left} hours")),
        _ => Ok(()),
    })
    .await;
}

/// Waits until of an environment only the log group is left.
async fn has_only_its_logs(page: &Page, environment: &str) {
    let present = format!("{}[data-environment=\"{environment}\"][data-state=\"present\"]", id("cell"));
    page.has(&present, 1).await;
    page.has(&format!("{present}[data-kind=\"log group\"]"), 1).await;
}

/// What the certificate must say of what everybody saw.
fn certifies(certificate: &Value, operation: &Value) {
    assert_eq!(certificate["operation"], operation["id"]);
    assert_eq!(certificate["digest"], operation["digest"]);
    assert_eq!(certificate["typed"]["name"], "goldencrust");
    assert_eq!(certificate["typed"]["person"]["name"], "operator");
    assert!(certificate["typed"]["at"].is_string() || certificate["typed"]["at"].is_array(), "when it was typed");
    let voters: Vec<&Value> = certificate["votes"].as_array().unwrap().iter().map(|vote| &vote["member"]).collect();
    assert_eq!(voters, ["team-lead", "devops-lead"]);
    let hash = certificate["log"]["hash"].as_str().expect("the log's hash");
    assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");

    let sites = certificate["sites"].as_array().unwrap();
    let environments: Vec<&Value> = sites.iter().map(|site| &site["environment"]).collect();
    assert_eq!(environments, ["dev", "sit", "prod"]);
    for site in sites {
        assert_eq!(site["planned"].as_array().unwrap().len(), 10, "{site}");
        let step = |name: &str| site["steps"].as_array().unwrap().iter().find(|step| step["step"] == name).unwrap();
        let backup = step("back up")["proofs"][0]["proof"].as_str().unwrap();
        assert!(backup.starts_with("s3://") && backup.contains("/goldencrust/"), "{backup}");
        assert_eq!(step("certify absence")["proofs"].as_array().unwrap().len(), 11);
    }
}

/// The certificate, downloaded from the thread.
async fn downloads_the_certificate(stage: &Stage, page: &Page, operation: &Value) -> Value {
    let name = format!("certificate-{}.json", operation["id"].as_str().unwrap());
    let pane = id("thread-pane");
    let lines = ["☑ ECS service deleted · DEV", "☑ Verification script passed"];
    page.shows(&pane, &lines).await;
    page.shows(&pane, &["Deleted · nothing of goldencrust is left in DEV, SIT and PROD", "This is the certificate"])
        .await;
    let link = format!("{pane} a[download=\"{name}\"]");
    let file = stage.downloads(page, &link, &name).await;
    page.has(&link, 1).await;
    serde_json::from_slice(&file).unwrap()
}

#[tokio::test]
async fn a_tenant_goes_from_everywhere() {
    play_at(A_DAY_A_MINUTE, async |stage| {
        stage.sandbox.brings("goldencrust", "prod").await;
        let page = stage.page_of("operator").await;
        let mouse = Mouse(&page);
        for (name, came) in [("Goldencrust", "Goldencrust came"), ("goldencrust ", "goldencrust⟨space⟩ came")] {
            types_the_name(&page, name).await;
            let refusal =
                ["What was typed is not the tenant's name", "nothing was filed", came, "Only you can see this"];
            page.shows(&id("ephemeral"), &refusal).await;
            mouse.clicks(&id("dismiss")).await;
            page.gone(&id("ephemeral")).await;
        }
        stage.sandbox.has_operations(3).await;

        types_the_name(&page, "goldencrust").await;
        let asked = "needs a Team Lead and a DevOps Lead";
        page.shows(&id("ephemeral"), &["Filed: Delete goldencrust in DEV, SIT and PROD"]).await;
        let card = page.card("Delete goldencrust in DEV, SIT and PROD").await;
        page.shows(&card, &["Awaiting approval", asked, "@operator typed goldencrust", "kept 365 days"]).await;
        page.shows(&card, &["golden.wpdev.kimmyai.io\ngolden.wpsit.kimmyai.io\ngolden.wp.kimmyai.io"]).await;
        mouse.clicks_on(&format!("{card} {} button", id("attachment")), "Show all").await;
        page.shows(&format!("{card} {}", id("attachment")), &["prod/goldencrust", "prod-goldencrust-service"]).await;
        let operation = stage.sandbox.operation("a deletion", |one| one["command"] == "tenant delete").await;
        mouse.becomes("team-lead").await;
        mouse.toggles(&card, "✅").await;
        page.shows(&card, &["needs a DevOps Lead; @team-lead already counts as Team Lead"]).await;
        mouse.becomes("devops-lead").await;
        mouse.toggles(&card, "✅").await;

        page.shows(&card, &["Notice", "owner@golden.example was told", "Until then ❌ or Cancel takes it back"]).await;
        let hours = until("the countdown", async || hours_left(&page, &card).await.ok_or("none")).await;
        counts_below(&page, &card, hours).await;
        for environment in ["dev", "sit", "prod"] {
            page.stands(environment, "present").await;
        }
        stage.picture(&page, &card, "deletion.png").await;
        page.comes_to(&card, &["Running", "steps done"]).await;
        let end = ["Deleted", "but the logs that are kept", "The certificate is in the thread"];
        page.comes_to(&card, &end).await;
        for environment in ["dev", "sit", "prod"] {
            has_only_its_logs(&page, environment).await;
        }
        mouse.clicks(&format!("{card} {}", id("thread-card"))).await;
        certifies(&downloads_the_certificate(stage, &page, &operation).await, &operation);
        stage.picture(&page, &card, "certificate.png").await;
        mouse.clicks(&id("thread-close")).await;

        mouse.becomes("operator").await;
        mouse.sends("/tenant show tenant:goldencrust").await;
        page.shows(&id("ephemeral"), &["Tenant goldencrust", "Deleted", "Its id is never given again"]).await;
        mouse.clicks(&id("dismiss")).await;
        let again = "/tenant provision environment:dev company:Golden subdomain:golden email:owner@golden.example \
                     tenant:goldencrust";
        mouse.sends(again).await;
        page.shows(&id("ephemeral"), &["Not possible", "goldencrust was deleted, and its id is never given again"])
            .await;
        stage.sandbox.has_operations(4).await;
    })
    .await;
}

#[tokio::test]
async fn the_name_is_typed_on_a_phone() {
    play_at(1, async |stage| {
        stage.sandbox.brings("goldencrust", "dev").await;
        let page = stage.page_of("operator").await;
        stage.browser.size(390, 844).await;
        stage.browser.prefers("light").await;
        let mouse = Mouse(&page);
        mouse.sends(LINE).await;
        page.shows(&id("modal"), &["Delete goldencrust for good"]).await;
        page.fits().await;
        let script = "const { left, right } = document.querySelector(arguments[0]).getBoundingClientRect();
            return left >= 0 && right <= innerWidth";
        assert_eq!(page.asks(script, vec![json!(id("modal"))]).await.unwrap(), true, "the form is within the window");
        mouse.types(&id("modal-field"), "goldencrust").await;
        mouse.clicks(&id("modal-submit")).await;
        let card = page.card("Delete goldencrust in DEV").await;
        page.shows(&card, &["Nothing found in", "SIT and PROD", "@operator typed goldencrust"]).await;
        page.fits().await;
    })
    .await;
}
