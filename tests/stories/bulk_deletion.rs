//! Many tenants are deleted at once, but for one that is taken off the list in time.

use landlord_core::plan::Engagement;
use landlord_core::tenant::Environment::Dev;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::deletion::everything;
use crate::world::{Setting, Tenant, World};

/// When the first step of a tenant began, and its last ended.
fn span(operation: &Value, tenant: &str) -> (OffsetDateTime, OffsetDateTime) {
    let (plan, steps) = (operation["plan"].as_array().unwrap(), operation["steps"].as_array().unwrap());
    let own = plan.iter().zip(steps).filter(|(planned, _)| planned["tenant"] == tenant);
    let time = |value: &Value| OffsetDateTime::parse(value.as_str().expect("a time"), &Rfc3339).unwrap();
    let spans: Vec<_> = own.map(|(_, step)| (time(&step["started"]), time(&step["ended"]))).collect();
    (spans.iter().map(|span| span.0).min().unwrap(), spans.iter().map(|span| span.1).max().unwrap())
}

#[tokio::test]
async fn of_five_proofs_of_concept_four_go_the_first_alone() {
    let world = World::with(Setting { haste: 4, ..Setting::default() }).await;
    let pocs: Vec<Tenant> = std::iter::repeat_with(|| world.tenant()).take(5).collect();
    world.reside(&pocs, &[Dev], Engagement::Poc).await;
    let operator = world.member("operator");
    let line = "/tenant bulk-delete environment:dev kind:poc backup:no logs:delete";
    let request = operator.types(line).await;
    let card = request.becomes("awaiting_approval").await;
    card.shows("needs a DevOps Lead").shows("0 of 5 tenants gone").shows(&format!("@ plan-{}.txt", request.id()));
    assert_eq!(card.buttons(), ["Take a tenant off", "Cancel request"]);

    let list = operator.presses(&request, "Take a tenant off").await;
    assert!(list.shows("5 tenants on the list").is_private());
    let off = &pocs[2];
    let label = list.label_of(&off.id);
    operator.chooses_on(&list, &label).await.shows("Taken off");
    request.comes_to_show(&format!("➖ `{}` · taken off the list", off.id)).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    request.succeeds().await.shows("4 of 4 tenants gone").shows("nothing of 4 tenants is left in DEV");
    request.stands_once().await;

    for tenant in &pocs {
        let left = if tenant.id == off.id { everything() } else { Vec::new() };
        assert_eq!(world.remains(tenant, Dev).await, left, "{}", tenant.id);
    }
    let operation = request.operation().await;
    let order: Vec<&str> = operation["tenants"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let (_, first_ended) = span(&operation, order.iter().find(|id| **id != off.id).unwrap());
    for later in order.iter().filter(|id| **id != off.id).skip(1) {
        assert!(span(&operation, later).0 >= first_ended, "{later} began before the first had come out clean");
    }
    let certificate = request.is_certified().await;
    assert_eq!(certificate["taken_off"], serde_json::json!([off.id]));
    assert_eq!(certificate["sites"].as_array().map(Vec::len), Some(4));
    let [living, deleted] = world.registry().await;
    assert_eq!(living.iter().map(|tenant| tenant.details.tenant.as_str()).collect::<Vec<_>>(), [off.id.as_str()]);
    assert_eq!(deleted.len(), 4);
    world.end().await;
}
