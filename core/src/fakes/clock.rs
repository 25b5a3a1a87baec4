//! A clock that stands still until it is told to go on, or until everything waits for it.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use async_trait::async_trait;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::ports::Clock;

/// A clock for tests. Clones are the same clock. It starts at 9 o'clock on a Monday.
#[derive(Clone)]
pub struct TestClock {
    face: Arc<Mutex<Face>>,
}

/// What the clock shows, and who waits for it.
struct Face {
    now: OffsetDateTime,
    sleepers: Vec<Sleeper>,
    tickets: u64,
}

struct Sleeper {
    ticket: u64,
    until: OffsetDateTime,
    waker: Waker,
}

impl TestClock {
    /// Lets time pass; whoever slept until then or before wakes.
    pub fn advance(&self, by: Duration) {
        let to = self.face().now + by;
        self.set(to);
    }

    /// The clock is set back, as by a person or a time server; whoever sleeps sleeps on.
    pub fn set_back(&self, by: Duration) {
        self.face().now -= by;
    }

    /// Lets time pass until then. Only [`TestClock::set_back`] makes the clock go back.
    pub fn set(&self, to: OffsetDateTime) {
        let mut face = self.face();
        face.now = face.now.max(to);
        let now = face.now;
        for sleeper in face.sleepers.iter().filter(|sleeper| sleeper.until <= now) {
            sleeper.waker.wake_by_ref();
        }
    }

    /// Does the work to its end without waiting for anything real: whenever all of it sleeps, the clock jumps to the time
    /// at which the first of it wakes.
    ///
    /// All of the work must be in this future. What runs in other tasks is not seen: the clock would jump ahead of it.
    pub async fn drive<T>(&self, work: impl Future<Output = T>) -> T {
        // Unconstrained: tokio's way of making busy work wait its turn would look like sleep.
        let mut work = pin!(tokio::task::unconstrained(work));
        poll_fn(|cx| {
            loop {
                let bell = Arc::new(Bell { rung: AtomicBool::new(false), outer: cx.waker().clone() });
                if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(&Arc::clone(&bell).into())) {
                    return Poll::Ready(done);
                }
                let earliest = self.face().sleepers.iter().map(|sleeper| sleeper.until).min();
                match earliest {
                    // Something has been woken meanwhile, or waits for what is not time.
                    _ if bell.rung.load(Ordering::SeqCst) => return Poll::Pending,
                    None => return Poll::Pending,
                    Some(until) => self.set(until),
                }
            }
        })
        .await
    }

    fn ticket(&self) -> u64 {
        let mut face = self.face();
        face.tickets += 1;
        face.tickets
    }

    fn face(&self) -> MutexGuard<'_, Face> {
        self.face.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for TestClock {
    fn default() -> Self {
        let now = datetime!(2026-03-02 09:00 UTC);
        Self { face: Arc::new(Mutex::new(Face { now, sleepers: Vec::new(), tickets: 0 })) }
    }
}

impl fmt::Debug for TestClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClock").field("now", &self.face().now).finish_non_exhaustive()
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> OffsetDateTime {
        self.face().now
    }

    async fn sleep_until(&self, at: OffsetDateTime) {
        let bed = Bed { clock: self, ticket: self.ticket() };
        poll_fn(|cx| {
            let mut face = self.face();
            if face.now >= at {
                return Poll::Ready(());
            }
            face.sleepers.retain(|sleeper| sleeper.ticket != bed.ticket);
            face.sleepers.push(Sleeper { ticket: bed.ticket, until: at, waker: cx.waker().clone() });
            Poll::Pending
        })
        .await;
    }
}

/// A sleeper's place, given up when nobody waits for it any more.
struct Bed<'a> {
    clock: &'a TestClock,
    ticket: u64,
}

impl Drop for Bed<'_> {
    fn drop(&mut self) {
        self.clock.face().sleepers.retain(|sleeper| sleeper.ticket != self.ticket);
    }
}

/// Hears whether anything woke while the work was looked at.
struct Bell {
    rung: AtomicBool,
    outer: Waker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::SeqCst);
        self.outer.wake_by_ref();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_is_due_first_wakes_first() {
        let clock = TestClock::default();
        let start = clock.now();
        let order = Mutex::new(Vec::new());
        let sleep = |name: &'static str, hours: i64| {
            let (clock, order) = (&clock, &order);
            async move {
                clock.sleep_until(start + Duration::hours(hours)).await;
                order.lock().unwrap().push((name, clock.now() - start));
            }
        };
        clock.drive(async { tokio::join!(sleep("late", 5), sleep("early", 2), sleep("early too", 2)) }).await;
        let two = Duration::hours(2);
        assert_eq!(*order.lock().unwrap(), [("early", two), ("early too", two), ("late", Duration::hours(5))]);
    }

    #[tokio::test]
    async fn a_sleep_that_nobody_waits_for_moves_nothing() {
        let clock = TestClock::default();
        let start = clock.now();
        clock
            .drive(async {
                tokio::select! {
                    () = clock.sleep_until(start + Duration::hours(9)) => {}
                    () = clock.sleep_until(start + Duration::hours(1)) => {}
                }
                clock.sleep_until(start + Duration::hours(3)).await;
            })
            .await;
        assert_eq!(clock.now(), start + Duration::hours(3));
    }

    #[tokio::test]
    async fn whoever_sleeps_while_the_clock_is_set_back_sleeps_on_until_its_time() {
        let clock = TestClock::default();
        let until = clock.now() + Duration::HOUR;
        clock.set_back(Duration::DAY);
        assert_eq!(clock.now(), until - Duration::hours(25));
        clock.drive(clock.sleep_until(until)).await;
        assert_eq!(clock.now(), until);
    }

    async fn give_way() {
        let mut given = false;
        poll_fn(|cx| {
            if std::mem::replace(&mut given, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    #[tokio::test]
    async fn work_that_only_gives_way_is_not_taken_for_asleep() {
        let clock = TestClock::default();
        let start = clock.now();
        let worked = clock
            .drive(async {
                tokio::select! {
                    biased;
                    () = clock.sleep_until(start + Duration::hours(1)) => false,
                    () = async { for _ in 0..10 { give_way().await } } => true,
                }
            })
            .await;
        assert!(worked);
        assert_eq!(clock.now(), start);
    }
}
