//! Who may press what on the card of an incident, and what comes of presses that are too many or too late.

use landlord_core::tenant::Environment::{Dev, Prod};
use landlord_sandbox::discord::Fault;

use super::watched;
use crate::emergency::{is_down, stands_in};
use crate::world::{Alarm, Incident, Tenant, World, alert};

/// The tenant's service in DEV does not answer, says Alertmanager.
async fn is_down_in_dev<'w>(world: &'w World, tenant: &Tenant) -> Incident<'w> {
    world.notifies(&[down(tenant, "firing")]).await;
    world.incident(&format!("TenantDown · {} in DEV", tenant.id)).await
}

fn down(tenant: &Tenant, status: &str) -> serde_json::Value {
    alert(status, &[("alertname", "TenantDown"), ("service", &World::service_of(&tenant.id, Dev))])
}

#[tokio::test]
async fn only_those_who_may_act_by_its_buttons() {
    let world = watched().await;
    let golden = stands_in(&world, Dev).await;
    assert_eq!(world.ships(&golden, Dev, "wordpress:broken").await, 2);
    let incident = is_down_in_dev(&world, &golden).await;
    let card = incident.card().await;
    let before = world.services.dump_of(&golden).await;
    for name in ["operator", "team-lead", "newcomer"] {
        for button in ["Shut down", "Diagnose", "Roll back"] {
            let refused = world.member(name).presses_on(&card, button).await;
            refused.shows("This needs the role On-call, Security or DevOps Lead, which you do not hold");
            assert!(refused.is_private(), "{name}: {button}");
        }
    }
    world.services.dump_of(&golden).await.is(&before, "the tenant");
    assert_eq!(incident.kept().await.decisions, []);

    let on_call = world.member("on-call");
    let found = on_call.presses_on(&card, "Diagnose").await;
    assert!(found.is_private(), "{found}");
    found.shows(&format!("{} in DEV", golden.id));
    incident.thread_comes_to_say("@on-call chose `/tenant diagnose`").await;
    let menu = on_call.presses_on(&card, "Roll back").await;
    assert!(menu.is_private(), "{menu}");
    let back = on_call.files_by(&menu, &menu.label_of("1 · ")).await;
    back.succeeds().await.shows("revision 1 runs with 1 task").shows(&format!("incident {}", incident.id));
    assert_eq!(world.wants(&golden, Dev).await, (1, 1, 1));
    world.end().await;
}

#[tokio::test]
async fn pressed_twice_and_by_two_at_once_it_is_done_once() {
    let world = watched().await;
    let golden = stands_in(&world, Prod).await;
    let alarm = Alarm::on(&golden.id);
    world.alarm(&alarm, "ALARM").await;
    let incident = world.incident(&alarm.name).await;
    let card = incident.card().await;
    let (on_call, security) = (world.member("on-call"), world.member("security"));
    let mut forms = Vec::new();
    for member in [on_call, on_call, security] {
        forms.push(member.is_asked_on(&card, "Shut down").await);
    }
    let reason = [("reason", "spam is sent from it")];
    let answers = futures::future::join(on_call.hands_in(&forms[0], &reason), security.hands_in(&forms[2], &reason));
    let (one, other) = answers.await;
    let (filed, told) = if one.is_filed() { (one, other) } else { (other, one) };
    assert!(!told.is_filed() && told.answer().is_private());
    told.answer().shows(filed.id());
    filed.succeeds().await;
    let again = on_call.hands_in(&forms[1], &reason).await;
    again.answer().shows(filed.id());
    assert!(!again.is_filed());
    is_down(&world, &golden, Prod).await;
    let shutdowns = world.operations().await.into_iter().filter(|row| row["command"] == "tenant shutdown");
    assert_eq!(shutdowns.count(), 1);
    let thread = incident.thread_comes_to_say("chose `/tenant shutdown`").await;
    assert_eq!(thread.matches("chose `/tenant shutdown`").count(), 1, "{thread}");
    assert_eq!(world.services.mails(&world.security).await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_press_after_its_recovery_does_nothing() {
    let world = watched().await;
    let golden = stands_in(&world, Dev).await;
    let incident = is_down_in_dev(&world, &golden).await;
    let card = incident.card().await;
    let before = world.services.dump_of(&golden).await;
    let on_call = world.member("on-call");
    let form = on_call.is_asked_on(&card, "Shut down").await;
    // Its card still has the buttons while it cannot be edited.
    world.discord().answer("PATCH", "/api/v10/channels/", usize::MAX, Fault::Status(503));
    world.notifies(&[down(&golden, "resolved")]).await;
    let late = on_call.hands_in(&form, &[("reason", "spam is sent from it")]).await;
    late.answer().shows("It has recovered, so nothing was done");
    assert!(!late.is_filed() && late.answer().is_private());
    for button in ["Shut down", "Diagnose", "Roll back", "Acknowledge", "Silence 1 h"] {
        let refused = on_call.presses_on(&card, button).await;
        refused.shows("It has recovered, so nothing was done");
        assert!(refused.is_private(), "{button}");
    }
    world.services.dump_of(&golden).await.is(&before, "the tenant");
    assert_eq!(incident.kept().await.decisions, []);
    world.discord().clear();
    let card = incident.comes_to_show("**Recovered**").await;
    assert_eq!(card.buttons(), Vec::<&str>::new());
    world.end().await;
}
