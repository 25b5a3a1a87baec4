//! From the alarm to a tenant that is off, and to the record of it: by one press of a person, or by a rule.

use landlord_core::plan::Engagement;
use landlord_core::tenant::Environment::{Dev, Prod};

use super::{abused, watched};
use crate::emergency::{is_down, stands_in};
use crate::world::{Alarm, World, alert};

#[tokio::test]
async fn one_press_turns_a_tenant_off_and_its_record_tells_it() {
    let world = watched().await;
    let golden = stands_in(&world, Prod).await;
    let alarm = Alarm::on(&golden.id);
    world.services.measures_metric(alarm.measured()).await;
    world.alarm(&alarm, "ALARM").await;

    let incident = world.incident(&alarm.name).await;
    let (card, fired) = (incident.card().await, incident.kept().await.alert.since);
    card.shows(&format!("🔥 {} · {} in PROD", alarm.name, golden.id)).shows("**Firing** since <t:");
    card.shows("HTTPCode\\_Target\\_5XX\\_Count\n48\\.0 (threshold \\> 10)").shows("The site answers with errors.");
    card.shows(&format!("`{}` in PROD · validated", golden.id)).shows(&golden.email());
    card.shows(&format!("https://{}.wp.kimmyai.io", golden.subdomain)).shows("Last operations on it");
    assert_eq!(card.buttons(), ["Shut down", "Diagnose", "Roll back", "Acknowledge", "Silence 1 h"]);
    let picture = world.file(&card, "measured.png").await;
    assert!(picture.starts_with(b"\x89PNG"), "the metric is drawn");

    let on_call = world.member("on-call");
    let form = on_call.is_asked_on(&card, "Shut down").await;
    let says = form.says();
    let host = format!("{}.wp.kimmyai.io", golden.subdomain);
    assert!(says.contains(&format!("{host} goes dark")) && says.contains("in PROD"), "{says}");
    let request = on_call.hands_in(&form, &[("reason", "spam is sent from it")]).await;
    request.succeeds().await.shows("spam is sent from it");
    is_down(&world, &golden, Prod).await;
    let chosen = format!("@on-call chose `/tenant shutdown`: operation `{}`", request.id());
    incident.thread_comes_to_say(&chosen).await;
    let (channel, message) = request.place().await;
    assert_eq!(channel, incident.place.0, "what is done stands beside what fired");
    incident.comes_to_show(&format!("`{}` in PROD · shut", golden.id)).await;
    incident.comes_to_show(&format!("`{}` Shut down {} in PROD", request.id(), golden.id)).await.shows(&message);

    world.alarm(&alarm, "OK").await;
    let card = incident.comes_to_show("**Recovered** <t:").await;
    assert_eq!(card.buttons(), Vec::<&str>::new());
    card.shows("48\\.0 (threshold \\> 10)").shows(&format!("## Since\n<t:{}:f>", fired.unix_timestamp()));
    incident.hears("operator", "the password was guessed").await;
    let form = on_call.is_asked(&format!("/incident close incident:{}", incident.id)).await;
    let closed = on_call.hands_in(&form, &[("summary", "A guessed password.\nIt is changed.")]).await;
    closed.answer().shows("Closed");
    incident.comes_to_show("**Closed** by @on-call").await.shows("📕");
    let record = incident.record().await;
    for told in [
        &*format!("# Incident {}: {}", incident.id, alarm.name),
        "A guessed password.\nIt is changed.",
        &format!("fired: {}, at 48.0 (threshold > 10), since ", alarm.name),
        &format!("on-call chose /tenant shutdown, operation {}", request.id()),
        &format!("operation {} filed by on-call", request.id()),
        "cut off",
        "operator wrote: ",
        "fires no longer",
        "on-call closed it",
    ] {
        assert!(record.contains(told), "{told:?} is not in\n{record}");
    }
    incident.thread_comes_to_say("🗄️ The logs in /ecs/prod").await;
    incident.stands_once().await;
    let mails = world.services.mails(&world.security).await;
    let subjects: Vec<&str> = mails.iter().filter_map(|mail| mail.lines().next()).collect();
    let [off, end] = &subjects[..] else { panic!("one of the shutdown, one of the end: {mails:?}") };
    assert!(off.contains(&golden.id) && end.contains(&format!("Incident {} is closed", incident.id)), "{subjects:?}");
    assert_eq!(world.logs_are_kept(&golden, Prod).await, None, "for ever");
    world.end().await;
}

#[tokio::test]
async fn a_rule_turns_a_tenant_off_by_itself_in_dev_and_never_in_prod() {
    let world = watched().await;
    let golden = world.tenant();
    world.reside(std::slice::from_ref(&golden), &[Dev, Prod], Engagement::Client).await;
    let services = [Prod, Dev].map(|environment| World::service_of(&golden.id, environment));
    for service in &services {
        world.notifies(&[alert("firing", &abused(service))]).await;
    }
    let dev = world.incident(&format!("Defaced · {} in DEV", golden.id)).await;
    dev.thread_comes_to_say("The rule chose `/tenant shutdown`: operation `").await;
    let rows = world.operations().await;
    let row = rows.iter().find(|row| row["command"] == "tenant shutdown").expect("it was filed");
    let request = crate::world::Request::unanswered(&world, row["id"].as_str().unwrap());
    request.succeeds().await.shows("security alert: cut off by rule");
    is_down(&world, &golden, Dev).await;
    dev.comes_to_show("· **Shut down** · ").await.shows("## Done by rule");

    let prod = world.incident(&format!("Defaced · {} in PROD", golden.id)).await;
    prod.card().await.shows("Proposed by rule");
    assert_eq!(prod.kept().await.decisions, []);
    assert_eq!(world.wants(&golden, Prod).await, (1, 1, 1));
    let shutdowns = world.operations().await.into_iter().filter(|row| row["command"] == "tenant shutdown");
    assert_eq!(shutdowns.count(), 1);
    world.end().await;
}
