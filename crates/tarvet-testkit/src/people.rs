//! People with names and keys.
//!
//! Everybody is made at a fixed date, so a story can be told with dates alone: `day("2024-04-13")`.

mod openpgp;
mod plain;
mod ssh;

pub use openpgp::{Certify, Person, Recipe, Subkey, armor, sequoia};
pub use plain::{Minisigner, minisign_public_key};
pub use ssh::{SecurityKey, SshPerson};

use std::time::{Duration, SystemTime};

/// Midnight UTC of a day written `YYYY-MM-DD`.
pub fn day(text: &str) -> SystemTime {
    let mut parts = text.split('-').map(|part| part.parse::<i64>().expect("a number"));
    let (year, month, day) = (
        parts.next().expect("a year"),
        parts.next().expect("a month"),
        parts.next().expect("a day"),
    );
    // Days since 1970-01-01 in the proleptic Gregorian calendar, years counted from March.
    let years = if month <= 2 { year - 1 } else { year };
    let in_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * years + years / 4 - years / 100 + years / 400 + in_year - 719_468;
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(days * 86_400).expect("after 1970"))
}

/// A number of days.
pub fn days(count: u64) -> Duration {
    Duration::from_secs(count * 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let seconds = |text| {
            day(text)
                .duration_since(SystemTime::UNIX_EPOCH)
                .expect("after 1970")
                .as_secs()
        };
        assert_eq!(seconds("1970-01-01"), 0);
        assert_eq!(seconds("2000-02-29"), 951_782_400);
        assert_eq!(seconds("2026-11-21"), 1_795_219_200);
    }
}
