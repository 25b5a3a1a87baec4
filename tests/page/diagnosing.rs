//! Why a tenant does not work: a trouble made on the page, named, and mended by the answer's button; and what cannot be mended so.

use crate::support::{Mouse, Page, Stage, id, play_at};

/// A minute passes in a second, so that nobody waits for tasks.
const A_MINUTE_A_SECOND: u32 = 60;

const LINE: &str = "/tenant diagnose tenant:goldencrust environment:dev";

async fn troubles(page: &Page, trouble: &str, told: &str) {
    let mouse = Mouse(page);
    mouse.chooses(&id("trouble-environment"), "dev").await;
    mouse.chooses(&id("trouble"), trouble).await;
    mouse.clicks(&id("trouble-submit")).await;
    page.shows(&id("fault"), &[told, "in dev, until it is cleared"]).await;
}

#[tokio::test]
async fn a_trouble_is_named_and_mended_by_its_button() {
    play_at(A_MINUTE_A_SECOND, async |stage: &Stage| {
        stage.sandbox.brings("goldencrust", "dev").await;
        let page = stage.page_of("operator").await;
        let mouse = Mouse(&page);
        let answer = id("ephemeral");
        mouse.sends(LINE).await;
        page.shows(&answer, &["Nothing is wrong that can be seen · goldencrust in DEV"]).await;
        mouse.clicks(&id("dismiss")).await;

        troubles(&page, "out-of-memory", "the container runs out of memory").await;
        mouse.sends(LINE).await;
        let said =
            ["Likely: out of memory", "playbook 3.1, service won't start", "Container killed due to memory usage"];
        page.shows(&answer, &said).await;
        mouse.clicks(&id("faults-clear")).await;
        page.gone(&id("fault")).await;
        mouse.clicks_on(&format!("{answer} {}", id("button")), "Scale to 256 cpu · 1024 MiB").await;
        let card = page.card("Scale goldencrust in DEV").await;
        page.comes_to(&card, &["Stable", "revision 2 runs with 1 task", "256 cpu · 1024 MiB"]).await;
    })
    .await;
}

#[tokio::test]
async fn every_trouble_is_offered_in_words_and_whoever_may_not_ask_is_told_so() {
    play_at(A_MINUTE_A_SECOND, async |stage: &Stage| {
        let page = stage.page_of("newcomer").await;
        Mouse(&page).sends("/tenant diagnose tenant:goldencrust environment:dev").await;
        let who = "This needs the role Operator, Team Lead, DevOps Lead, On-call or Security, which you do not hold";
        page.shows(&id("ephemeral"), &[who]).await;
        let script = "return [...document.querySelectorAll('[data-testid=trouble] option')]
            .map(({ value, label, parentElement }) => [value, label, parentElement.label])";
        let offered: Vec<[String; 3]> = serde_json::from_value(page.asks(script, Vec::new()).await.unwrap()).unwrap();
        assert!(offered.len() > 20, "{offered:?}");
        for [value, words, topic] in offered {
            assert!(words.contains(' ') && words != value && !topic.is_empty(), "{value}: {topic}: {words}");
        }
    })
    .await;
}
