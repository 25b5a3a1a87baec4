//! Wakes the monitors when the calendar says so, and does nothing else.

use std::convert::Infallible;
use std::time::Duration;

use landlord_core::monitor::Monitors;
use landlord_core::ports::Clock;

/// How long it is slept at most: a machine that slept, or a clock that was set, is noticed by then.
const LONGEST: Duration = Duration::from_mins(15);

/// Has the monitors look whenever something is due.
pub async fn run(monitors: &Monitors, clock: &dyn Clock) -> Infallible {
    loop {
        let Some(next) = monitors.run_due().await else { return std::future::pending().await };
        clock.sleep_until(next.min(clock.now() + clock.work(LONGEST))).await;
    }
}
