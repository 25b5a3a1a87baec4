//! Once a week it is said that each job ran, how often, and what came of it.

use landlord_core::fakes::World;
use landlord_core::ports::{Clock, CloudError};
use landlord_core::tenant::Environment::{Dev, Sit};
use time::Duration;

use super::{NEXT_AUDIT, begun, said};

const DEPTH: &str = "ApproximateNumberOfMessagesVisible";

fn reports(world: &World) -> Vec<String> {
    said(world).into_iter().filter(|text| text.starts_with("📋")).collect()
}

#[tokio::test]
async fn a_week_in_which_something_happened() {
    let world = begun().await;
    world.gauges.show(Dev, "Invocations", 10.0);
    world.gauges.show(Sit, DEPTH, 0.0);
    world.gauges.show(Dev, DEPTH, 1.0);
    world.monitors_for(Duration::HOUR).await;
    world.gauges.show(Dev, DEPTH, 0.0);
    world.gauges.fail(Dev, Some(CloudError::Transient("Throttled.".into())));
    world.monitors_for(Duration::HOUR).await;
    world.gauges.fail(Dev, None);
    world.monitors_for(NEXT_AUDIT + Duration::HOUR - world.clock.now()).await;
    let told = reports(&world);
    assert_eq!(told.len(), 1, "{told:?}");
    // From 9 on a Monday to 7 on the next: 166 hours.
    let looks = 166 * 12;
    for line in [
        format!("- Errors of the provisioning function: ran {looks} times; not everything could be seen 12 times"),
        format!(
            "- Messages in the dead-letter queue: ran {looks} times; something was to be done 12 times, not everything could \
             be seen 12 times"
        ),
        "- Audit of failed provisionings: ran once; nothing was to be done".to_owned(),
        "- Audit of all tenants: ran once; nothing was to be done".to_owned(),
    ] {
        assert!(told[0].contains(&line), "{line}\nis not in\n{}", told[0]);
    }
}

#[tokio::test]
async fn what_has_no_value_is_said_to_have_none() {
    let world = begun().await;
    world.monitors_for(NEXT_AUDIT + Duration::HOUR - world.clock.now()).await;
    let told = reports(&world);
    assert!(told[0].contains("nothing was measured (is the name right?) 1992 times"), "{told:?}");
}

#[tokio::test]
async fn each_week_counts_anew_and_so_does_a_new_process() {
    let world = begun().await;
    world.lives_until(NEXT_AUDIT + Duration::HOUR).await;
    world.monitors().await;
    world.restarts().await;
    world.monitors_for(Duration::WEEK).await;
    let told = reports(&world);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("dead-letter queue: ran once"), "{told:?}");
    assert!(told[1].contains("dead-letter queue: ran 2016 times"), "{told:?}");
    let since = (NEXT_AUDIT + Duration::HOUR).unix_timestamp();
    assert!(told[1].contains(&format!("counted since <t:{since}:f>")), "{told:?}");
}
