//! The times of a cron pattern, in UTC. How patterns are read and searched is the library's; that it works on this clock's times
//! is said here.

use std::cmp::Ordering;
use std::fmt;

use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use croner::{CivilDate, CivilDateTime, CivilTime, CronDateTime, Resolution, Weekday};
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// A pattern of five fields.
#[derive(Clone)]
pub struct Cron(croner::Cron);

impl Cron {
    /// Reads a pattern of five fields that comes up at some time.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let five = || "a pattern has five fields, such as \"0 6 * * MON\"".to_owned();
        if pattern.split_whitespace().count() != 5 {
            return Err(five());
        }
        let cron = Self(parser.parse(pattern).map_err(|error| format!("{}: {error}", five()))?);
        match cron.next(OffsetDateTime::UNIX_EPOCH) {
            Some(_) => Ok(cron),
            None => Err("the pattern never comes up".to_owned()),
        }
    }

    /// The last of its times until now.
    pub fn last(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.0.find_previous_occurrence(&Utc::from(now), true).ok().map(|Utc(at)| at)
    }

    /// The first of its times after another.
    pub fn next(&self, after: OffsetDateTime) -> Option<OffsetDateTime> {
        self.0.find_next_occurrence(&Utc::from(after), false).ok().map(|Utc(at)| at)
    }
}

impl fmt::Debug for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cron").field(&self.0.as_str()).finish()
    }
}

/// A time in UTC, in whole seconds.
#[derive(Debug, Clone, Copy)]
struct Utc(OffsetDateTime);

impl From<OffsetDateTime> for Utc {
    fn from(at: OffsetDateTime) -> Self {
        let at = at.to_offset(UtcOffset::UTC);
        Self(at - Duration::nanoseconds(at.nanosecond().into()))
    }
}

impl CronDateTime for Utc {
    fn to_civil(&self) -> CivilDateTime {
        let Self(at) = self;
        let date = CivilDate::from_ymd(at.year(), u8::from(at.month()).into(), at.day().into());
        let time = CivilTime::from_hms_opt(at.hour().into(), at.minute().into(), at.second().into());
        // Every date and time of day of one calendar is one of the other's.
        match (date, time) {
            (Ok(date), Some(time)) => CivilDateTime::new(date, time),
            _ => unreachable!("{at} is no time of the calendar"),
        }
    }

    fn civil_weekday(&self) -> Weekday {
        Weekday::from_days_from_sunday(self.0.weekday().number_days_from_sunday().into())
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let small = |number: u32| u8::try_from(number).map_err(|_| CronError::InvalidDate);
        let month = Month::try_from(small(civil.month())?).map_err(|_| CronError::InvalidDate)?;
        let date = Date::from_calendar_date(civil.year(), month, small(civil.day())?);
        let time = Time::from_hms(small(civil.hour())?, small(civil.minute())?, small(civil.second())?);
        let date = date.map_err(|_| CronError::InvalidDate)?;
        let time = time.map_err(|_| CronError::InvalidTime)?;
        Ok(Resolution::Single(Self(PrimitiveDateTime::new(date, time).assume_utc())))
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        self.0.checked_add(Duration::seconds(seconds)).map(Self)
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_times_around_another_in_utc() {
        let monday = Cron::parse("0 6 * * MON").expect("a pattern");
        for (now, last, next) in [
            (datetime!(2026-03-02 05:59:59.9 UTC), datetime!(2026-02-23 06:00 UTC), datetime!(2026-03-02 06:00 UTC)),
            (datetime!(2026-03-02 06:00:00.5 UTC), datetime!(2026-03-02 06:00 UTC), datetime!(2026-03-09 06:00 UTC)),
            (datetime!(2026-03-02 07:30 +2), datetime!(2026-02-23 06:00 UTC), datetime!(2026-03-02 06:00 UTC)),
        ] {
            assert_eq!((monday.last(now), monday.next(now)), (Some(last), Some(next)), "{now}");
        }
        let leap = Cron::parse("0 0 29 2 *").expect("a pattern");
        assert_eq!(leap.next(datetime!(2026-03-02 00:00 UTC)), Some(datetime!(2028-02-29 00:00 UTC)));
    }

    #[test]
    fn what_is_no_pattern_of_five_fields_is_refused() {
        for pattern in ["", "@weekly", "0 0 6 * * MON", "0 6 * *", "61 6 * * MON", "0 6 * * MON 2026", "x 6 * * MON"] {
            let said = Cron::parse(pattern).expect_err(pattern);
            assert!(said.contains("five fields"), "{pattern}: {said}");
        }
        assert_eq!(Cron::parse("0 0 30 2 *").expect_err("no day"), "the pattern never comes up");
    }
}
