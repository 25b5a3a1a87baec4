//! What was used of the size stands on the card of a scaling, as a picture and in words.

use landlord_core::fakes::{Fault, FaultError, Verb};
use landlord_core::operation::State;
use landlord_core::ports::Metric;
use landlord_core::tenant::Environment::Dev;

use super::SCALE;
use crate::deletion::{acme_in, tenancy};

#[tokio::test]
async fn the_card_shows_average_and_peak_and_a_picture() {
    let world = acme_in(&[Dev]).await;
    let day: Vec<Option<u32>> =
        (0..24).map(|hour| if hour < 12 { None } else { Some(if hour == 20 { 200 } else { 40 }) }).collect();
    world.cloud.measures(&tenancy("acme", Dev), Metric::Cpu, Some(day));
    world.cloud.measures(&tenancy("acme", Dev), Metric::Memory, Some(Vec::new()));
    let request = world.member("operator").types(SCALE).await;
    request.is(State::Succeeded);
    request
        .card()
        .shows("CPU: last day 53 units on average (20 %), at most 200 (78 %); last week 53 units")
        .shows("Memory: last day not measured; last week not measured");
    let card = request.card().card;
    let [picture] = card.files.as_slice() else { panic!("one picture: {:?}", card.files.len()) };
    assert_eq!((picture.name.as_str(), picture.media_type), ("usage.png", "image/png"));
    let picture = tiny_skia::Pixmap::decode_png(&picture.bytes).unwrap();
    assert_eq!((picture.width(), picture.height()), (500, 380), "four panels");
    let points: Vec<usize> =
        request.operation().plan.change.as_ref().unwrap().usage.iter().map(|usage| usage.points.len()).collect();
    assert_eq!(points, [24, 28, 24, 28], "frozen into the plan: hours of a day, quarters of the days of a week");
}

#[tokio::test]
async fn what_cannot_be_read_is_said_and_the_plan_is_made() {
    let world = acme_in(&[Dev]).await;
    world.cloud.fail(Fault::new(FaultError::Denied).on(Verb::Usage));
    let request = world.member("operator").types(SCALE).await;
    request.is(State::Succeeded).card().shows("What was used could not be read.");
    assert!(request.card().card.files.is_empty());
}
