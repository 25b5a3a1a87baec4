//! Waiting for what must come, and saying what was there instead when it does not.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long anything may take. Nothing is measured: only what never comes takes this long.
const DEADLINE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(40);

/// The time between two looks at what nothing tells of.
pub(crate) async fn another_look() {
    sleep(LOOK_AGAIN).await;
}

/// What `look` answers, as soon as it does; its error is what was seen instead.
pub(crate) async fn until<T, E: Display>(what: impl Display, mut look: impl AsyncFnMut() -> Result<T, E>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        match look().await {
            Ok(seen) => return seen,
            Err(instead) if Instant::now() >= deadline => panic!("waited in vain for {what}; instead: {instead}"),
            Err(_) => another_look().await,
        }
    }
}
