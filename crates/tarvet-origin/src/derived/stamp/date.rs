//! Dates as tools stamp them.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use crate::derived::Release;

/// How many days a stamp may be from the tag or the commit.
const WINDOW: i64 = 60;
/// Names of the months, as English has them.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Reads a date at the start of a text, and returns it with its length. Forms: `2026-06-24`, `2026/06/24`,
/// `24 June 2026`, `24 Jun 2026`, `June 24, 2026`, `Jun 24 2026`, `June 2026`.
pub fn at_start(text: &[u8]) -> Option<(Date, usize)> {
    let forms: [fn(&mut Scan<'_>) -> Option<Date>; 4] = [numeric, day_first, month_first, month_only];
    forms.into_iter().find_map(|form| {
        let mut scan = Scan { text, at: 0 };
        let date = form(&mut scan)?;
        // A longer word is not a date.
        let ends = !text.get(scan.at).is_some_and(u8::is_ascii_alphanumeric);
        ends.then_some((date, scan.at))
    })
}

/// Reads a text that is one date.
pub fn whole(text: &[u8]) -> Option<Date> {
    at_start(text)
        .filter(|&(_, length)| length == text.len())
        .map(|(date, _)| date)
}

/// Whether a date is close to the release: within 60 days of the tag or the commit.
pub fn is_near(date: Date, release: &Release) -> bool {
    days(release).any(|day| (date - day).get_days().abs() <= i32::try_from(WINDOW).unwrap_or(0))
}

/// Whether a date is not after the release, but for 60 days.
pub fn is_past(date: Date, release: &Release) -> bool {
    date.year() >= 1970
        && days(release).any(|day| day.checked_add(WINDOW.days()).is_ok_and(|limit| date <= limit))
}

/// Whether a number of seconds since 1970 is close to the release.
pub fn is_near_seconds(seconds: i64, release: &Release) -> bool {
    [release.commit_time, release.tag_time]
        .into_iter()
        .flatten()
        .any(|time| time.abs_diff(seconds) <= WINDOW.unsigned_abs() * 86_400)
}

/// The days of the commit and of the tag, in UTC.
fn days(release: &Release) -> impl Iterator<Item = Date> {
    let times = [release.commit_time, release.tag_time];
    times
        .into_iter()
        .flatten()
        .filter_map(|time| Some(Timestamp::from_second(time).ok()?.to_zoned(TimeZone::UTC).date()))
}

/// A text and how far it was read.
struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// A number of so many digits.
    fn number(&mut self, fewest: usize, most: usize) -> Option<i16> {
        let length = self
            .rest()
            .iter()
            .take(most + 1)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if length < fewest || length > most {
            return None;
        }
        let number = std::str::from_utf8(self.rest().get(..length)?)
            .ok()?
            .parse()
            .ok()?;
        self.at += length;
        Some(number)
    }

    /// The name of a month, whole or its first three letters.
    fn month(&mut self) -> Option<i8> {
        let length = self
            .rest()
            .iter()
            .take(10)
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let word = std::str::from_utf8(self.rest().get(..length)?).ok()?;
        let is_named = |name: &str| *name == *word || length == 3 && name.get(..3) == Some(word);
        let index = MONTHS.iter().position(|name| is_named(name))?;
        self.at += length;
        i8::try_from(index + 1).ok()
    }

    /// One of some bytes.
    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let byte = *self.rest().first().filter(|byte| bytes.contains(byte))?;
        self.at += 1;
        Some(byte)
    }
}

fn numeric(scan: &mut Scan<'_>) -> Option<Date> {
    let year = scan.number(4, 4)?;
    let separator = scan.one_of(b"-/")?;
    let month = scan.number(2, 2)?;
    scan.one_of(&[separator])?;
    date(year, i8::try_from(month).ok()?, scan.number(2, 2)?)
}

fn day_first(scan: &mut Scan<'_>) -> Option<Date> {
    let day = scan.number(1, 2)?;
    scan.one_of(b" -")?;
    let month = scan.month()?;
    scan.one_of(b" -")?;
    date(scan.number(4, 4)?, month, day)
}

fn month_first(scan: &mut Scan<'_>) -> Option<Date> {
    let month = scan.month()?;
    scan.one_of(b" ")?;
    let _ = scan.one_of(b" ");
    let day = scan.number(1, 2)?;
    let _ = scan.one_of(b",");
    scan.one_of(b" ")?;
    date(scan.number(4, 4)?, month, day)
}

fn month_only(scan: &mut Scan<'_>) -> Option<Date> {
    let month = scan.month()?;
    scan.one_of(b" ")?;
    date(scan.number(4, 4)?, month, 1)
}

fn date(year: i16, month: i8, day: i16) -> Option<Date> {
    Date::new(year, month, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        let day = Date::new(2026, 6, 24).unwrap();
        for text in [
            "2026-06-24",
            "2026/06/24",
            "24 June 2026",
            "24 Jun 2026",
            "June 24, 2026",
            "Jun 24 2026",
        ] {
            assert_eq!(whole(text.as_bytes()), Some(day), "{text}");
        }
        assert_eq!(whole(b"June 2026"), Date::new(2026, 6, 1).ok());
        assert_eq!(at_start(b"2026-06-24T00"), None);
        assert_eq!(at_start(b"2026-06-24 x"), Some((day, 10)));
    }

    #[test]
    fn no_other_text_is_a_date() {
        for text in [
            "",
            "2026-13-01",
            "2026-06-31",
            "24 Juni 2026",
            "June",
            "2026",
            "1 May",
            "99999-01-01",
            "2026-06/24",
        ] {
            assert_eq!(whole(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_stamp_is_close_to_the_release() {
        let release = Release {
            commit_time: Some(1_774_967_450),
            ..Release::default()
        };
        let day = |text: &str| whole(text.as_bytes()).unwrap();
        assert!(is_near(day("2026-04-30"), &release) && is_near(day("2026-02-01"), &release));
        assert!(!is_near(day("2026-06-30"), &release) && !is_near(day("2025-06-30"), &release));
        assert!(is_past(day("2003-08-12"), &release) && !is_past(day("2027-01-01"), &release));
        assert!(!is_near(day("2026-04-30"), &Release::default()));
        assert!(is_near_seconds(1_774_967_450 + 86_400, &release) && !is_near_seconds(0, &release));
    }
}
