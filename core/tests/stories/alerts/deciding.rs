//! One decision and one press, by those who may.

use landlord_core::incident::State;
use landlord_core::operation::State as Operation;
use landlord_core::ports::Workload as _;
use landlord_core::tenant::Environment;
use time::Duration;

use super::{ABUSED, DOWN, PROD, acme, fired, only};
use crate::deletion::acme_in;
use crate::emergency::is_down;

#[tokio::test]
async fn a_press_and_a_reason_cut_the_tenant_off() {
    let (world, incident) = fired().await;
    let form = world.member("on-call").presses_on(&world.incident_card(&incident), "Shut down").await;
    assert_eq!(form.form().title, "Shut acme down in DEV");
    let request = world.member("on-call").submits(&form, &[("reason", "spam is sent from it")]).await;
    request.is(Operation::Succeeded);
    assert!(is_down(&world, &acme(&world)).await);
    assert_eq!(
        request.operation().plan.change.as_ref().unwrap().emergency.as_ref().unwrap().reason,
        "spam is sent from it"
    );
    let thread = world.incident_thread(&incident);
    assert!(thread.contains(&format!("@on-call chose `/tenant shutdown`: operation `{}`", request.id())), "{thread}");
    world.passes(Duration::MINUTE).await;
    world.fires("1a30", &DOWN).await;
    world.incident_card(&incident).shows("Shut down acme in DEV").shows("acme` in DEV · shut");
}

#[tokio::test]
async fn of_prod_it_says_what_goes_dark() {
    let world = acme_in(&Environment::ALL).await;
    world.fires("1a30", &PROD).await;
    let form = world.member("security").presses_on(&world.incident_card(&only(&world)), "Shut down").await;
    assert_eq!(form.form().inputs[0].label, "acme.wp.kimmyai.io goes dark. Why?");
}

#[tokio::test]
async fn only_those_who_may_can_press_it() {
    let (world, incident) = fired().await;
    for person in ["operator", "team-lead", "product-owner", "newcomer"] {
        for button in ["Shut down", "Diagnose", "Roll back"] {
            let refused = world.member(person).presses_on(&world.incident_card(&incident), button).await;
            refused.shows("This needs the role On-call, Security or DevOps Lead, which you do not hold");
        }
    }
    assert!(world.operations().len() == 1 && only(&world).decisions.is_empty(), "nothing was done");
    for person in ["on-call", "security", "devops-lead"] {
        assert!(world.member(person).presses_on(&world.incident_card(&incident), "Shut down").await.is_form());
    }
    let refused = world.member("newcomer").presses_on(&world.incident_card(&incident), "Acknowledge").await;
    refused.shows("This needs the role Operator");
}

#[tokio::test]
async fn somebody_else_than_who_opened_the_form_needs_the_role_as_well() {
    let (world, incident) = fired().await;
    let form = world.member("on-call").presses_on(&world.incident_card(&incident), "Shut down").await;
    let refused = world.member("operator").submits(&form, &[("reason", "why not")]).await;
    assert!(!refused.is_filed());
    refused.answer().shows("This needs the role");
}

#[tokio::test]
async fn two_at_once_do_it_once() {
    let (world, incident) = fired().await;
    let forms = [
        world.member("on-call").presses_on(&world.incident_card(&incident), "Shut down").await,
        world.member("security").presses_on(&world.incident_card(&incident), "Shut down").await,
    ];
    let first = world.member("on-call").submits(&forms[0], &[("reason", "spam")]).await;
    first.is(Operation::Succeeded);
    let second = world.member("security").submits(&forms[1], &[("reason", "spam")]).await;
    assert!(!second.is_filed());
    second.answer().shows(&first.id().to_string());
    let again = world.member("on-call").submits(&forms[0], &[("reason", "spam")]).await;
    assert!(!again.is_filed());
}

#[tokio::test]
async fn a_press_that_comes_after_recovery_does_nothing() {
    let (world, incident) = fired().await;
    let card = world.incident_card(&incident);
    let form = world.member("on-call").presses_on(&card, "Shut down").await;
    world.passes(Duration::MINUTE).await;
    world.is_well("1a30", &DOWN).await;
    let late = world.member("on-call").submits(&form, &[("reason", "spam")]).await;
    assert!(!late.is_filed());
    late.answer().shows("It has recovered, so nothing was done");
    for button in ["Shut down", "Diagnose", "Roll back", "Acknowledge", "Silence 1 h"] {
        world.member("on-call").presses_on(&card, button).await.shows("It has recovered");
    }
    assert!(!is_down(&world, &acme(&world)).await);
}

#[tokio::test]
async fn a_form_that_was_open_for_long_does_nothing() {
    let (world, incident) = fired().await;
    let form = world.member("on-call").presses_on(&world.incident_card(&incident), "Shut down").await;
    world.passes(Duration::minutes(16)).await;
    let late = world.member("on-call").submits(&form, &[("reason", "spam")]).await;
    late.answer().shows("open for more than 15 minutes");
}

#[tokio::test]
async fn a_diagnosis_is_for_the_eyes_of_who_asks() {
    let (world, incident) = fired().await;
    let shown = world.member("on-call").presses_on(&world.incident_card(&incident), "Diagnose").await;
    shown.shows("acme").shows("DEV");
    assert!(world.incident_thread(&incident).contains("@on-call chose `/tenant diagnose`"));
}

#[tokio::test]
async fn a_rollback_offers_its_menu_with_a_reason() {
    let world = crate::changes::updated().await;
    world.fires("1a30", &DOWN).await;
    let menu = world.member("on-call").presses_on(&world.incident_card(&only(&world)), "Roll back").await;
    assert!(menu.card.menu.is_some(), "{menu}");
}

#[tokio::test]
async fn somebody_works_on_it() {
    let (world, incident) = fired().await;
    world.member("operator").presses_on(&world.incident_card(&incident), "Acknowledge").await.shows("Everybody sees");
    world.incident_card(&incident).shows("## Taken by\n@operator");
    assert!(!world.incident_card(&incident).buttons().contains(&"Acknowledge"));
    let second = world.member("team-lead").sends(&format!("incident:acknowledge:{}", incident.id)).await;
    second.shows("@operator has taken it already");
}

#[tokio::test]
async fn silence_is_an_hour_without_a_word() {
    let (world, incident) = fired().await;
    world.member("operator").presses_on(&world.incident_card(&incident), "Silence 1 h").await;
    let before = world.incident_thread(&incident);
    for minute in 0..5 {
        world.passes(Duration::minutes(10)).await;
        world.fires("1a30", &DOWN).await;
        assert_eq!(only(&world).fired, 2 + minute, "it is counted");
    }
    assert_eq!(world.incident_thread(&incident), before);
    assert!(world.escalation.said().is_empty(), "nobody else is told");
    world.incident_card(&incident).shows("silenced");
    world.passes(Duration::minutes(11)).await;
    world.incident_card(&incident).hides("silenced, which");
    assert_eq!(world.escalation.said().len(), 2, "what has lasted is told then: {:?}", world.escalation.said());
}

#[tokio::test]
async fn a_rule_cuts_off_by_itself_in_dev() {
    let world = acme_in(&[Environment::Dev]).await;
    world.fires("1a30", &ABUSED).await;
    assert!(is_down(&world, &acme(&world)).await);
    let incident = only(&world);
    let thread = world.incident_thread(&incident);
    assert!(thread.contains("The rule chose `/tenant shutdown`: operation"), "{thread}");
    let operation = world.operation(world.operations().last().unwrap());
    assert_eq!((operation.state, operation.requester.name.as_str()), (Operation::Succeeded, "landlord"));
    world.passes(Duration::MINUTE).await;
    world.fires("1a30", &ABUSED).await;
    assert_eq!(world.operations().len(), 2, "once");
}

#[tokio::test]
async fn a_rule_never_acts_by_itself_in_prod() {
    let world = acme_in(&Environment::ALL).await;
    let mut labels = ABUSED;
    labels[3].1 = "prod-acme-service";
    world.fires("1a30", &labels).await;
    let incident = only(&world);
    assert_eq!((incident.state, incident.decisions.len()), (State::Firing, 0));
    world.incident_card(&incident).shows("Proposed by rule");
    let prod = world.subject(&crate::deletion::client("acme"), Environment::Prod);
    assert!(world.cloud.tasks(&prod).await.unwrap().unwrap().desired > 0);
}

#[tokio::test]
async fn where_the_rule_cannot_act_it_says_why() {
    let world = acme_in(&[Environment::Dev]).await;
    crate::emergency::shut(&world).await;
    world.fires("1a30", &ABUSED).await;
    let thread = world.incident_thread(&only(&world));
    assert!(thread.contains("⚠️ The rule wanted `/tenant shutdown`, which was not possible"), "{thread}");
    assert_eq!(only(&world).decisions.len(), 1);
}
