//! The calendar: which jobs there are, and when one is due. Pure.

use time::{Duration, OffsetDateTime};

use super::Cron;

/// How far behind the clock may be of when a job is said to have run: clocks of two machines differ, and are set a little.
/// Whatever lies further ahead was said by a clock that was wrong.
const SLACK: Duration = Duration::HOUR;

/// All jobs.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// The jobs, in the order of the file.
    pub jobs: Vec<Job>,
    /// When it is said what came of them; none where there is no job.
    pub report: Option<Cron>,
}

/// A job of the calendar.
#[derive(Debug, Clone)]
pub struct Job {
    /// Under which name it is kept when it ran: the same for ever.
    pub name: String,
    /// What it is, for people.
    pub title: String,
    /// When.
    pub cron: Cron,
    /// What is looked at.
    pub look: Look,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Look {
    /// The share of a function's calls that fail.
    LambdaErrors(Threshold),
    /// How many messages wait in a queue.
    QueueDepth(Threshold),
    /// The provisionings that came to nothing.
    FailedProvisionings,
    /// All tenants against what should stand.
    AuditAll,
}

/// From where on a value is not well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// The highest value that is well.
    pub above: f64,
    /// Over how many seconds it is measured: a multiple of 60.
    pub over: u32,
}

/// Whether a job is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// For this time of its pattern: the last one, however many were missed.
    Now(OffsetDateTime),
    /// Not before then; never again where there is none.
    Later(Option<OffsetDateTime>),
    /// Nothing is known, or only of a time that has not come: it counts from now on.
    Unknown,
}

/// Whether a job is due now, by when it ran last. Of all times of its pattern that went by since, only the last counts, and one
/// that it has run for is not due again.
pub fn due(cron: &Cron, ran: Option<OffsetDateTime>, now: OffsetDateTime) -> Due {
    let Some(ran) = ran.filter(|ran| *ran - SLACK <= now) else { return Due::Unknown };
    match cron.last(now).filter(|last| ran < *last) {
        Some(last) => Due::Now(last),
        None => Due::Later(cron.next(now.max(ran))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-03-02 12:00 UTC);

    fn cron(pattern: &str) -> Cron {
        Cron::parse(pattern).expect("a pattern")
    }

    #[test]
    fn what_was_missed_is_due_once_for_its_last_time() {
        let hourly = cron("0 * * * *");
        let after = |minutes| NOON + Duration::minutes(minutes);
        let due = |ran, minutes| due(&hourly, ran, after(minutes));
        assert_eq!(due(Some(NOON), 59), Due::Later(Some(after(60))));
        assert_eq!(due(Some(NOON), 60), Due::Now(after(60)));
        assert_eq!(due(Some(NOON), 60 * 24 + 30), Due::Now(after(60 * 24)));
        assert_eq!(due(Some(after(60 * 24)), 60 * 24 + 30), Due::Later(Some(after(60 * 25))));
        assert_eq!(due(None, 0), Due::Unknown);
    }

    #[test]
    fn a_clock_that_is_set_back_runs_nothing_again() {
        let hourly = cron("0 * * * *");
        let before = |minutes| due(&hourly, Some(NOON), NOON - Duration::minutes(minutes));
        assert_eq!(before(10), Due::Later(Some(NOON + Duration::HOUR)));
        assert_eq!(before(60), Due::Later(Some(NOON + Duration::HOUR)));
        assert_eq!(before(61), Due::Unknown);
    }

    proptest! {
        /// However the clock goes, forwards and a little backwards, no time is run for twice, and each look that comes after a
        /// time of the pattern finds it run for.
        #[test]
        fn no_time_is_run_for_twice(steps in proptest::collection::vec(-50_i64..2_000, 1..60), five in any::<bool>()) {
            let cron = cron(if five { "*/5 * * * *" } else { "0 6 * * MON" });
            let (mut now, mut latest, mut ran) = (NOON, NOON, NOON);
            let mut times = Vec::new();
            for minutes in steps {
                // Never further back than the slack in all.
                now = (now + Duration::minutes(minutes)).max(latest - Duration::minutes(50));
                latest = latest.max(now);
                match due(&cron, Some(ran), now) {
                    Due::Now(at) => {
                        prop_assert!(at <= now && at > ran);
                        times.push(at);
                        ran = at;
                    }
                    Due::Later(next) => prop_assert!(next.is_some_and(|next| next > now && next > ran)),
                    Due::Unknown => prop_assert!(false, "{ran} is not far ahead of {now}"),
                }
                prop_assert!(cron.last(now).is_none_or(|last| last <= ran));
            }
            prop_assert!(times.is_sorted_by(|one, other| one < other));
        }
    }
}
