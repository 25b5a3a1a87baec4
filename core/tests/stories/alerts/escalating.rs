//! Who hears of an incident besides the chat, each once, and as long as it takes (RB-001 section 6).

use landlord_core::fakes::{Said, World};
use landlord_core::incident::State;
use landlord_core::ports::{CloudError, EscalationError, PageAction};
use landlord_core::tenant::Environment;
use time::Duration;

use super::{DOWN, fired, only};
use crate::deletion::acme_in;

fn slack(world: &World) -> Vec<String> {
    let said = world.escalation.said().into_iter();
    said.filter_map(|said| if let Said::Slack(text) = said { Some(text) } else { None }).collect()
}

fn pages(world: &World) -> Vec<(PageAction, String)> {
    let said = world.escalation.said().into_iter();
    said.filter_map(|said| if let Said::Page(page) = said { Some((page.action, page.key)) } else { None }).collect()
}

/// It fires so many times more, a minute apart.
async fn fires_again(world: &World, times: usize) {
    for _ in 0..times {
        world.passes(Duration::MINUTE).await;
        world.fires("1a30", &DOWN).await;
    }
}

#[tokio::test]
async fn more_than_three_failures_reach_the_engineering_lead_once() {
    let (world, incident) = fired().await;
    fires_again(&world, 2).await;
    assert!(slack(&world).is_empty(), "three are not more than three");
    fires_again(&world, 3).await;
    let [text] = &slack(&world)[..] else { panic!("once: {:?}", slack(&world)) };
    assert!(
        text.starts_with("Engineering Lead: TenantDown · tenant acme in DEV has fired 4 times and still fires."),
        "{text}"
    );
    assert!(text.contains("https://chat.example/incidents/"), "{text}");
    world.incident_card(&incident).shows("## Also told\nEngineering Lead by Slack");
}

#[tokio::test]
async fn payment_reaches_finance_and_security_reaches_security() {
    for (category, to) in [("payment", "finance@kimmyai.example"), ("security", "security@kimmyai.example")] {
        let world = acme_in(&[Environment::Dev]).await;
        let labels = [("alertname", "Odd"), ("category", category), ("ServiceName", "dev-acme-service")];
        world.fires("1a30", &labels).await;
        let sent = world.notifier.sent();
        assert_eq!(sent.iter().map(|mail| mail.to.to_string()).collect::<Vec<_>>(), [to]);
        assert_eq!(sent[0].subject, "Alert: Odd · tenant acme in DEV");
        assert!(sent[0].text.contains("https://acme.wpdev.kimmyai.io/") && sent[0].text.contains("nobody answers"));
        world.passes(Duration::MINUTE).await;
        world.fires("1a30", &labels).await;
        assert_eq!(world.notifier.sent().len(), 1);
    }
}

#[tokio::test]
async fn what_lasts_an_hour_wakes_who_is_on_call_until_it_is_over() {
    let (world, incident) = fired().await;
    let key = format!("landlord-{}", incident.id);
    world.passes(Duration::minutes(59)).await;
    assert!(pages(&world).is_empty());
    world.passes(Duration::MINUTE).await;
    assert_eq!(pages(&world), [(PageAction::Trigger, key.clone())]);
    world.is_well("1a30", &DOWN).await;
    assert_eq!(world.escalation.open(), std::slice::from_ref(&key), "it may come back");
    world.passes(Duration::minutes(16)).await;
    assert_eq!(pages(&world).last(), Some(&(PageAction::Resolve, key)));
    assert!(world.escalation.open().is_empty());
}

#[tokio::test]
async fn what_is_closed_wakes_nobody_any_more() {
    let (world, incident) = fired().await;
    world.passes(Duration::HOUR).await;
    let form = world.member("operator").types(&format!("/incident close incident:{}", incident.id)).await;
    world.member("operator").submits(form.answer(), &[("summary", "a leak")]).await;
    assert!(world.escalation.open().is_empty());
    assert_eq!(pages(&world).len(), 2);
}

#[tokio::test]
async fn an_hour_of_outage_is_waited_out_and_told_once() {
    let (world, incident) = fired().await;
    world.escalation.fail_next(120, &EscalationError::Transient("Slack is away.".into()));
    fires_again(&world, 3).await;
    assert!(slack(&world).is_empty());
    world.passes(Duration::HOUR).await;
    assert_eq!(slack(&world).len(), 1);
    assert_eq!(pages(&world).len(), 1);
    world.passes(Duration::HOUR).await;
    assert_eq!((slack(&world).len(), pages(&world).len()), (1, 1));
    assert!(only(&world).unheard.is_empty());
    world.incident_card(&incident).shows("Engineering Lead by Slack and On-call Manager by PagerDuty");
}

#[tokio::test]
async fn an_outage_of_the_mail_is_waited_out() {
    let world = acme_in(&[Environment::Dev]).await;
    world.notifier.fail_next(5, &CloudError::Transient("SES is away".into()));
    world.fires("1a30", &[("alertname", "Odd"), ("category", "payment")]).await;
    assert!(world.notifier.sent().is_empty());
    world.passes(Duration::minutes(5)).await;
    assert_eq!(world.notifier.sent().len(), 1);
}

#[tokio::test]
async fn who_cannot_be_told_is_said_and_not_tried_again() {
    let (world, incident) = fired().await;
    world.escalation.fail_next(1, &EscalationError::Unconfigured("[slack] webhook is not configured".into()));
    fires_again(&world, 5).await;
    assert!(slack(&world).is_empty());
    let thread = world.incident_thread(&incident);
    assert!(
        thread.contains("⚠️ Engineering Lead by Slack cannot be told: \\[slack] webhook is not configured"),
        "{thread}"
    );
}

#[tokio::test]
async fn whoever_was_to_hear_of_it_hears_of_it_though_it_is_over_by_then() {
    let world = acme_in(&[Environment::Dev]).await;
    let labels = [("alertname", "Odd"), ("category", "payment"), ("ServiceName", "dev-acme-service")];
    world.notifier.fail_next(60, &CloudError::Transient("SES is away".into()));
    world.fires("1a30", &labels).await;
    world.passes(Duration::MINUTE).await;
    world.is_well("1a30", &labels).await;
    world.passes(Duration::minutes(20)).await;
    assert_eq!((only(&world).state, world.notifier.sent().len()), (State::Over, 0));
    assert!(!only(&world).settled(), "it is not forgotten");
    world.restarts().await;
    world.passes(Duration::HOUR).await;
    assert_eq!(world.notifier.sent().len(), 1);
    assert!(only(&world).settled());
}

#[tokio::test]
async fn a_page_that_may_have_come_through_is_ended_and_nobody_is_woken_by_what_is_over() {
    let down = EscalationError::Transient("PagerDuty is away.".into());
    let (world, _) = fired().await;
    world.passes(Duration::minutes(59)).await;
    world.escalation.lose_answers(1, &down);
    world.passes(Duration::MINUTE).await;
    world.escalation.fail_next(10, &down);
    world.is_well("1a30", &DOWN).await;
    let before = pages(&world).len();
    world.passes(Duration::minutes(30)).await;
    assert_eq!(pages(&world).len(), before + 1, "{:?}", pages(&world));
    assert!(world.escalation.open().is_empty(), "what PagerDuty took is resolved");
}
