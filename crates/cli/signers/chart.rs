//! What the chart of the terminal and the SVG share: names, letters and the axis of time.

use jiff::Timestamp;
use tarvet_core::escape::escape;
use tarvet_core::keyring::SignedThing;
use tarvet_core::signers::{History, Row, RowKind};

/// The letter of a row: signers get capitals, the others a sign that says what they are.
pub fn letter(history: &History, row: usize) -> String {
    let kind = history.rows.get(row).map(|row| row.kind);
    match kind {
        Some(RowKind::Bad) => "!".into(),
        Some(RowKind::Forge) => "f".into(),
        Some(RowKind::X509) => "x".into(),
        Some(RowKind::Unreadable) => "?".into(),
        Some(RowKind::Unsigned) => "-".into(),
        Some(RowKind::Lightweight) => ".".into(),
        _ => capitals(row),
    }
}

/// A, B, …, Z, AA, AB, …
fn capitals(mut number: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
        if number == 0 {
            break;
        }
        number -= 1;
    }
    letters.iter().rev().collect()
}

/// What a row is, in words.
pub fn words(row: &Row) -> String {
    let signer = row.signer.as_deref().map(escape).unwrap_or_default();
    let user = row.user_id.as_deref().map(escape).unwrap_or_default();
    let over = match row.over {
        SignedThing::Commit => "unsigned tag, commit signed by ",
        _ => "",
    };
    match row.kind {
        RowKind::Known => format!("{over}{signer} {user}"),
        RowKind::Claimed => {
            let key = row.scheme.map_or("certificate", |scheme| match scheme.as_str() {
                "openpgp" => "certificate",
                _ => "key",
            });
            format!("{over}{signer} (unknown {key}, not verified)")
        }
        RowKind::Bad => format!("{over}BAD signature that names {signer}"),
        RowKind::Forge => {
            format!("unsigned tag, commit signed, as it says, by the forge's key {signer} (not verified)")
        }
        RowKind::X509 => format!("{over}X.509 signature (not verified)"),
        RowKind::Unreadable => "cannot be read or verified".into(),
        RowKind::Unsigned => "annotated, not signed".into(),
        RowKind::Lightweight => "lightweight: nothing that could be signed".into(),
    }
}

/// A linear axis from the first to the last date.
pub struct Axis {
    first: i64,
    last: i64,
    columns: usize,
}

impl Axis {
    /// `None` where no tag has a date.
    pub fn new(history: &History, columns: usize) -> Option<Self> {
        let times = || {
            history
                .tags
                .iter()
                .filter_map(|tag| tag.time)
                .map(Timestamp::as_second)
        };
        Some(Axis {
            first: times().min()?,
            last: times().max()?,
            columns: columns.max(1),
        })
    }

    /// The column of a time.
    pub fn column(&self, time: Timestamp) -> usize {
        let span = i128::from(self.last) - i128::from(self.first) + 1;
        let at = i128::from(time.as_second()) - i128::from(self.first);
        let columns = i128::try_from(self.columns).unwrap_or(1);
        usize::try_from(at * columns / span)
            .unwrap_or(0)
            .min(self.columns - 1)
    }

    /// Years that begin within the axis, as many as fit, with their columns.
    pub fn years(&self, room: usize) -> Vec<(usize, i16)> {
        let year = |seconds: i64| {
            let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
            time.to_zoned(jiff::tz::TimeZone::UTC).year()
        };
        let (from, to) = (year(self.first), year(self.last));
        let mut found: Vec<(usize, i16)> = Vec::new();
        for year in from..=to {
            let start = jiff::civil::date(year, 1, 1).to_zoned(jiff::tz::TimeZone::UTC);
            let Ok(start) = start else { continue };
            let start = start.timestamp();
            if start.as_second() < self.first && year != from {
                continue;
            }
            let at = if start.as_second() < self.first {
                0
            } else {
                self.column(start)
            };
            let fits = at + 4 <= self.columns && found.last().is_none_or(|(last, _)| at >= last + room);
            if fits && (year > from || start.as_second() >= self.first || found.is_empty()) {
                found.push((at, year));
            }
        }
        found
    }
}

/// The day of a time, or a word.
pub fn day(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "undated".into(), |time| time.strftime("%Y-%m-%d").to_string())
}
