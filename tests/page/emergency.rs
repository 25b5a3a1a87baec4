//! An emergency on the page: a tenant is cut off by typing, seen to be cut off in the cloud, and put back; and an earlier revision
//! runs again by a menu.

use crate::support::{Mouse, Page, Stage, id, play_at};

/// A minute passes in a second, so that nobody waits for tasks.
const A_MINUTE_A_SECOND: u32 = 60;

const SHUT: &str = "/tenant shutdown tenant:goldencrust environment:dev reason:spam is sent from it";

/// The cell of the matrix.
fn cell(kind: &str, state: &str) -> String {
    format!("{}[data-environment=\"dev\"][data-kind=\"{kind}\"][data-state=\"{state}\"]", id("cell"))
}

async fn goes_to(page: &Page, channel: &str) {
    Mouse(page).clicks(&format!("{}[data-channel=\"{channel}\"]", id("channel"))).await;
    page.has(&format!("main.chat[data-channel=\"{channel}\"]"), 1).await;
}

/// Shuts the tenant down and goes where the incident is worked on; answers the card.
async fn shuts(stage: &Stage, page: &Page) -> String {
    stage.sandbox.brings("goldencrust", "dev").await;
    page.stands("dev", "present").await;
    Mouse(page).sends(SHUT).await;
    let answer = ["Under way: Shut down goldencrust in DEV", "nobody is waited for", "#incidents"];
    page.shows(&id("ephemeral"), &answer).await;
    goes_to(page, "incidents").await;
    page.card("Shut down goldencrust in DEV").await
}

#[tokio::test]
async fn a_tenant_is_cut_off_and_put_back_as_it_was() {
    play_at(A_MINUTE_A_SECOND, async |stage| {
        let page = stage.page_of("on-call").await;
        let mouse = Mouse(&page);
        let card = shuts(stage, &page).await;
        page.has(&cell("service", "idle"), 1).await;
        page.has(&cell("listener rule", "absent"), 1).await;
        page.comes_to(&card, &["Shut down", "goldencrust is cut off in DEV", "/tenant reopen"]).await;
        page.shows(&card, &["Was there", "1 task of revision 1", "golden.wpdev.kimmyai.io → dev-goldencrust-tg"]).await;
        page.shows(&card, &["Tells", "Security", "Reason", "spam is sent from it", "none needed"]).await;
        let last = page.texts(&format!("{card} .thread-card-text")).await.join("\n");
        assert!(!last.contains("<t:") && !last.contains('\\'), "the thread's last message reads as text: {last}");
        page.has(&format!("{}[data-state=\"present\"]", id("cell")), 8).await;

        mouse.clicks(&format!("{card} {}", id("thread-card"))).await;
        let pane = id("thread-pane");
        page.shows(&pane, &["🚨 @on-call ordered it: spam is sent from it.", "@security", "1 rule taken away"]).await;
        page.shows(&pane, &["wants 0 tasks instead of 1", "is cut off in DEV"]).await;
        mouse.clicks(&id("thread-close")).await;
        stage.browser.size(1080, 700).await;
        stage.picture(&page, &card, "incident.png").await;
        stage.browser.size(1440, 900).await;

        goes_to(&page, "tenant-ops").await;
        mouse.clicks(&id("dismiss")).await;
        mouse.sends(SHUT).await;
        page.shows(&id("ephemeral"), &["Not possible", "has shut it down already"]).await;
        mouse.clicks(&id("dismiss")).await;
        let reopen = "/tenant reopen tenant:goldencrust environment:dev reason:cleaned";
        mouse.sends(reopen).await;
        page.shows(&id("ephemeral"), &["You shut goldencrust down yourself", "somebody else must ask"]).await;

        mouse.becomes("operator").await;
        mouse.sends(reopen).await;
        let card = page.card("Reopen goldencrust in DEV").await;
        page.shows(&card, &["Awaiting approval", "needs a DevOps Lead", "Puts back", "Shut down by"]).await;
        mouse.becomes("devops-lead").await;
        mouse.toggles(&card, "✅").await;
        page.comes_to(&card, &["Reopened", "answers again as it was"]).await;
        page.stands("dev", "present").await;
    })
    .await;
}

#[tokio::test]
async fn an_incident_can_be_worked_on_from_a_phone() {
    play_at(A_MINUTE_A_SECOND, async |stage| {
        let page = stage.page_of("security").await;
        let card = shuts(stage, &page).await;
        stage.browser.size(390, 844).await;
        stage.browser.prefers("light").await;
        page.comes_to(&card, &["Shut down", "is cut off in DEV"]).await;
        page.fits().await;
        Mouse(&page).clicks(&format!("{card} {}", id("thread-card"))).await;
        page.shows(&id("thread-pane"), &["is cut off in DEV"]).await;
        page.fits().await;
    })
    .await;
}

#[tokio::test]
async fn an_earlier_revision_runs_again_by_the_menu() {
    play_at(A_MINUTE_A_SECOND, async |stage| {
        stage.sandbox.brings("goldencrust", "dev").await;
        let page = stage.page_of("operator").await;
        let mouse = Mouse(&page);
        mouse.sends("/tenant scale tenant:goldencrust environment:dev cpu:512").await;
        let card = page.card("Scale goldencrust in DEV").await;
        page.comes_to(&card, &["Stable", "revision 2 runs"]).await;
        let line = "/tenant rollback tenant:goldencrust environment:dev reason:the update broke the login";
        mouse.clicks(&id("dismiss")).await;
        mouse.becomes("newcomer").await;
        mouse.sends(line).await;
        page.shows(&id("ephemeral"), &["This needs the role On-call, Security or DevOps Lead"]).await;

        mouse.becomes("on-call").await;
        mouse.sends(line).await;
        let menu = ["Roll back goldencrust in DEV", "▶️ 2 · runs now", "✅ 1 · last that was stable", "at once"];
        page.shows(&id("ephemeral"), &menu).await;
        mouse.clicks(&format!("{} {}", id("ephemeral"), id("select"))).await;
        page.has(&id("select-choice"), 1).await;
        mouse.clicks_on(&id("select-choice"), "1 · last that was stable").await;
        let card = page.card("Roll back goldencrust in DEV").await;
        page.comes_to(&card, &["Stable", "revision 1 runs with 1 task", "the update broke the login"]).await;
        page.shows(&card, &["Now\nrevision 2", "Then\nrevision 1"]).await;
    })
    .await;
}
