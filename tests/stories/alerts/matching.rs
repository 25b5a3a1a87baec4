//! Whom an alert is about: the tenant whose name its resources bear to the letter, or nobody.

use landlord_core::plan::Engagement;
use landlord_core::ports::Standing;
use landlord_core::tenant::Environment::{Dev, Prod};

use super::watched;
use crate::world::{Alarm, alert};

#[tokio::test]
async fn the_right_one_of_two_names_that_begin_alike_and_otherwise_nobody() {
    let world = watched().await;
    let golden = world.tenant();
    let second = world.tenant_named(&format!("{}-2", golden.id));
    let both = [golden.clone(), second.clone()];
    world.remembers(&both, &[Dev, Prod], Engagement::Client, Standing::Validated).await;
    for tenant in &both {
        let alarm = Alarm::on(&tenant.id);
        world.alarm(&alarm, "ALARM").await;
        let incident = world.incident(&format!("{} · ", alarm.name)).await;
        let card = incident.card().await;
        card.shows(&format!("🔥 {} · {} in PROD", alarm.name, tenant.id)).shows(&tenant.email());
        let about = incident.kept().await.about.tenancy.expect("a tenant");
        assert_eq!((about.tenant.as_str(), about.environment), (tenant.id.as_str(), Prod));
    }

    // Neither's, though both begin so; two tenants' at once; and nothing of any tenant's.
    let nobody = Alarm::on(&format!("{}-20", golden.id));
    world.alarm(&nobody, "ALARM").await;
    let card = world.incident(&nobody.name).await.card().await;
    card.shows("No known tenant (PROD).");
    assert_eq!(card.buttons(), ["Acknowledge", "Silence 1 h"]);
    let group = |id: &str| format!("targetgroup/dev-{id}-tg/1");
    let (one, other) = (group(&golden.id), group(&second.id));
    world.notifies(&[alert("firing", &[("alertname", "Both"), ("a", &one), ("b", &other)])]).await;
    let card = world.incident("Both").await.card().await;
    card.shows("It could be ").shows(&format!("`dev/{}`", golden.id)).shows(&format!("`dev/{}`", second.id));
    assert_eq!(card.buttons(), ["Acknowledge", "Silence 1 h"]);
    world.notifies(&[alert("firing", &[("alertname", "DiskFull"), ("instance", "bastion:9100")])]).await;
    let incident = world.incident("DiskFull").await;
    let card = incident.card().await;
    card.shows("# 🔥 DiskFull\n").shows("No known tenant").shows("Somebody should look.");
    assert_eq!(card.buttons(), ["Acknowledge", "Silence 1 h"]);
    world.member("operator").presses_on(&card, "Acknowledge").await.shows("Everybody sees that you have taken it");
    incident.comes_to_show("## Taken by\n@operator").await;
    let role = world.role("on-call");
    let calls = |messages: &[crate::world::Shown]| {
        messages.iter().any(|it| it.message["mention_roles"].to_string().contains(&role))
    };
    assert!(!calls(&incident.messages().await), "nobody is called for what hits no tenant");
    world.end().await;
}
