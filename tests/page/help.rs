//! Help for somebody without roles: everything that can be typed, by pages, and all about one command.

use crate::support::{Mouse, id, play};

#[tokio::test]
async fn somebody_without_roles_reads_what_there_is() {
    play(async |stage| {
        let page = stage.page_of("newcomer").await;
        let mouse = Mouse(&page);
        let answer = id("ephemeral");
        mouse.sends("/help").await;
        page.shows(&answer, &["What you can type", "/operation cancel", "/tenant audit", "page 1 of 3"]).await;
        mouse.clicks_on(&format!("{answer} {}", id("button")), "On ›").await;
        page.shows(&answer, &["/tenant rollback", "(On-call, Security or DevOps Lead)", "page 2 of 3"]).await;
        page.has(&answer, 1).await;
        mouse.clicks(&id("dismiss")).await;

        mouse.sends("/help command:tenant delete").await;
        page.shows(&answer, &["/tenant delete tenant: environment:", "Who may use it\nOperator"]).await;
        page.shows(&answer, &["PROD\nA DevOps Lead approves.", "The tenant's name is typed.", "Before it runs"]).await;
        stage.browser.size(390, 844).await;
        page.fits().await;
    })
    .await;
}
