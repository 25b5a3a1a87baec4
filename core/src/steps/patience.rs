//! Looking again and again until something is as it should be, with a pace that does not press the provider.

use std::time::Duration;

use super::{Context, StepError};

/// The time between two looks; the last one goes on.
const PACE: [Duration; 5] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// What a look came to.
pub(super) enum Look<T> {
    /// It is as it should be.
    Settled(T),
    /// Not yet; the text says how it stands.
    NotYet(String),
}

/// What waiting came to.
pub(super) enum Waited<T> {
    /// It is as it should be.
    Settled(T),
    /// It was not in time; the text says how long and how it stood at last.
    GivenUp(String),
}

/// Looks until it is settled. Trouble on the way to an answer is a reason to look again. What is not settled after `patience` is an error that says how it stood at last.
pub(super) async fn until<T, F>(
    cx: Context<'_>,
    patience: Duration,
    look: impl FnMut() -> F + Send,
) -> Result<T, StepError>
where
    F: Future<Output = Result<Look<T>, StepError>> + Send,
    T: Send,
{
    match wait(cx, patience, look).await? {
        Waited::Settled(settled) => Ok(settled),
        Waited::GivenUp(why) => Err(StepError::Permanent(why)),
    }
}

/// The same, where time that has run out is an answer.
pub(super) async fn wait<T, F>(
    cx: Context<'_>,
    patience: Duration,
    mut look: impl FnMut() -> F + Send,
) -> Result<Waited<T>, StepError>
where
    F: Future<Output = Result<Look<T>, StepError>> + Send,
    T: Send,
{
    let give_up = cx.clock.now() + cx.clock.work(patience);
    let mut pace = PACE.into_iter();
    let mut pause = Duration::ZERO;
    loop {
        let seen = match look().await {
            Ok(Look::Settled(outcome)) => return Ok(Waited::Settled(outcome)),
            Ok(Look::NotYet(seen)) | Err(StepError::Transient(seen)) => seen,
            Err(error) => return Err(error),
        };
        pause = pace.next().unwrap_or(pause);
        let next = cx.clock.now() + cx.clock.work(pause);
        if next > give_up {
            return Ok(Waited::GivenUp(format!("given up after {} s: {seen}", patience.as_secs())));
        }
        cx.clock.sleep_until(next).await;
    }
}
