//! Times as `git log` writes them, whatever `--date` says.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// Furthest that a time zone is from UTC, in seconds.
const FURTHEST: u64 = 14 * 3600;

/// A time as an entry gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// Seconds since 1970 UTC.
    Exact(i64),
    /// A time in an unknown zone, taken for UTC.
    Local(i64),
    /// A day in an unknown zone: the seconds of its start in UTC.
    Day(i64),
}

impl Time {
    /// The first and the last moment that may be this time.
    pub fn window(self) -> (i64, i64) {
        let (own, before, after) = match self {
            Time::Exact(own) => (own, 0, 0),
            Time::Local(own) => (own, 14 * 3600, 14 * 3600),
            Time::Day(own) => (own, 14 * 3600, 36 * 3600),
        };
        (own.saturating_sub(before), own.saturating_add(after))
    }

    /// Whether a moment is this time, in some zone.
    pub fn is(self, seconds: i64) -> bool {
        match self {
            Time::Exact(own) => own == seconds,
            Time::Local(own) => {
                let apart = own.abs_diff(seconds);
                apart <= FURTHEST && apart % 900 == 0
            }
            // From 14 hours before the day, in the furthest east, to 12 hours after it.
            Time::Day(own) => (-14 * 3600..(24 + 12) * 3600).contains(&(seconds.saturating_sub(own))),
        }
    }
}

/// Reads a time: `Thu Feb 9 09:39:41 2023 +0100`, `2023-02-09 09:39:41 +0100`, `2023-02-09T09:39:41+01:00`,
/// `Thu, 9 Feb 2023 09:39:41 +0100`, `1675931981 +0100`, `2023-02-09`, each with or without a zone.
pub fn parse(text: &[u8]) -> Option<Time> {
    let text = std::str::from_utf8(text).ok()?.replace(['T', ','], " ");
    // `T` parts a strict ISO time; the days and months that it takes a letter of are known by their others.
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() > 6 {
        return None;
    }
    match words.as_slice() {
        [day] => iso_date(day).map(|date| Time::Day(seconds(date.at(0, 0, 0, 0)))),
        [raw, zone] if raw.len() >= 9 && raw.bytes().all(|byte| byte.is_ascii_digit()) => {
            offset(zone)?;
            raw.parse().ok().map(Time::Exact)
        }
        [day, rest @ ..] if day.contains('-') => {
            let date = iso_date(day)?;
            match rest {
                // A strict ISO time has its zone behind the seconds.
                [clock] => match clock.find(['+', '-', 'Z']) {
                    Some(at) => at_zone(date, clock.get(..at)?, Some(clock.get(at..)?)),
                    None => at_zone(date, clock, None),
                },
                [clock, zone] => at_zone(date, clock, Some(zone)),
                _ => None,
            }
        }
        [_, month, day, clock, year, zone @ ..] if clock.contains(':') => {
            at_zone(date(year, month, day)?, clock, zone_of(zone)?)
        }
        [_, day, month, year, clock, zone @ ..] => at_zone(date(year, month, day)?, clock, zone_of(zone)?),
        _ => None,
    }
}

/// No zone, or one.
fn zone_of<'a>(zone: &[&'a str]) -> Option<Option<&'a str>> {
    match zone {
        [] => Some(None),
        [zone] => Some(Some(zone)),
        _ => None,
    }
}

fn at_zone(date: Date, clock: &str, zone: Option<&str>) -> Option<Time> {
    let mut parts = clock.split(':').map(|part| part.parse::<i8>().ok());
    let time =
        date.to_datetime(jiff::civil::Time::new(parts.next()??, parts.next()??, parts.next()??, 0).ok()?);
    if parts.next().is_some() {
        return None;
    }
    match zone {
        None => Some(Time::Local(seconds(time))),
        Some(zone) => Some(Time::Exact(seconds(time) - i64::from(offset(zone)?))),
    }
}

/// Seconds east of UTC: `+0100`, `+01:00`, `Z`.
fn offset(zone: &str) -> Option<i32> {
    if zone == "Z" {
        return Some(0);
    }
    let digits: String = zone.get(1..)?.chars().filter(|&letter| letter != ':').collect();
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let seconds = number / 100 * 3600 + number % 100 * 60;
    match zone.get(..1)? {
        "+" => Some(seconds),
        "-" => Some(-seconds),
        _ => None,
    }
}

fn iso_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    // `Oct` lost its last letter's case only if it had a capital T, which no month has.
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = i8::try_from(months.iter().position(|name| *name == month)? + 1).ok()?;
    Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// Seconds since 1970 of a time taken for UTC.
fn seconds(time: DateTime) -> i64 {
    Offset::UTC
        .to_timestamp(time)
        .map_or(i64::MIN / 2, jiff::Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MOMENT: i64 = 1_675_931_981;

    #[test]
    fn every_format_of_git_is_read() {
        for text in [
            "Thu Feb 9 09:39:41 2023 +0100",
            "Thu Feb  9 03:39:41 2023 -0500",
            "2023-02-09 09:39:41 +0100",
            "2023-02-09T09:39:41+01:00",
            "2023-02-09T08:39:41Z",
            "Thu, 9 Feb 2023 09:39:41 +0100",
            "1675931981 +0100",
        ] {
            assert_eq!(parse(text.as_bytes()), Some(Time::Exact(MOMENT)), "{text}");
        }
        for text in [
            "Thu Feb 9 09:39:41 2023",
            "2023-02-09 12:39:41",
            "2023-02-09",
            "2023-02-08",
        ] {
            assert!(
                parse(text.as_bytes()).is_some_and(|time| time.is(MOMENT)),
                "{text}"
            );
        }
    }

    #[test]
    fn another_time_is_not_this_one() {
        for text in [
            "Thu Feb 9 09:39:42 2023 +0100",
            "Thu Feb 9 09:39:42 2023",
            "2023-02-12",
            "2023-02-10 23:39:41",
        ] {
            assert!(!parse(text.as_bytes()).unwrap().is(MOMENT), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2023-02-30",
            "2 days ago",
            "Thu Feb 9 09:39:41 2023 +0100 id",
            "2023-02-09 x +0100",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9TZ:+ -]{0,40}") {
            let _ = parse(text.as_bytes());
        }
    }
}
