//! Dates as git's pretty formats print them.

use std::fmt::Write;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// One of git's fixed formats; the letter is that of the placeholder, as in `%ad`.
///
/// `offset` is written as hours and minutes in decimal, +0130 is 130. A second text is given where versions of git
/// differ. `None` for a letter that is not a fixed date format.
pub(super) fn format(letter: u8, seconds: i64, offset: i32) -> Option<(String, Option<String>)> {
    let moment = Moment::new(seconds, offset);
    let Moment {
        year,
        month,
        day,
        weekday,
        hour,
        minute,
        second,
    } = moment;
    let name = MONTHS[month as usize - 1];
    let weekday = DAYS[weekday];
    let zone = format!("{}{:04}", if offset < 0 { '-' } else { '+' }, offset.abs());
    let mut text = String::new();
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    let done = match letter {
        // git keeps -0001 for "no offset to show" (seen in 2.47).
        b'd' if offset == -1 => write!(text, "{weekday} {name} {day} {clock} {year}"),
        b'd' => write!(text, "{weekday} {name} {day} {clock} {year} {zone}"),
        b'D' => write!(text, "{weekday}, {day} {name} {year} {clock} {zone}"),
        b'i' => write!(text, "{year:04}-{month:02}-{day:02} {clock} {zone}"),
        b's' => write!(text, "{year:04}-{month:02}-{day:02}"),
        b't' => write!(text, "{seconds}"),
        b'I' => write!(
            text,
            "{year:04}-{month:02}-{day:02}T{clock}{}:{}",
            &zone[..3],
            &zone[3..]
        ),
        _ => return None,
    };
    done.ok()?;
    // Since 2.45 git says Z for an offset of nothing.
    let other = (letter == b'I' && offset == 0).then(|| text.replace("+00:00", "Z"));
    Some((text, other))
}

struct Moment {
    year: i64,
    month: u8,
    day: u8,
    weekday: usize,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Moment {
    /// Seconds since the epoch, shown at an offset, in the proleptic Gregorian calendar.
    fn new(seconds: i64, offset: i32) -> Self {
        let minutes = i64::from(offset / 100 * 60 + offset % 100);
        let local = seconds + minutes * 60;
        let (days, rest) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let weekday = usize::try_from(days.rem_euclid(7)).unwrap_or(0);
        // Years are counted from March, so that the leap day is a year's last.
        let shifted = days + 719_468;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march = (5 * of_year + 2) / 153;
        let month = if march < 10 { march + 3 } else { march - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: u8::try_from(month).unwrap_or(1),
            day: u8::try_from(of_year - (153 * march + 2) / 5 + 1).unwrap_or(1),
            weekday,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
        }
    }
}
