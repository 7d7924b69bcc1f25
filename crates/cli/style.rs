//! Colours. Everything reads the same without them.

use anstyle::{AnsiColor, Style};

pub const STRONG: Style = Style::new().bold();
pub const GOOD: Style = Style::new()
    .bold()
    .fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
pub const BAD: Style = Style::new()
    .bold()
    .fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));
pub const WARN: Style = Style::new()
    .bold()
    .fg_color(Some(anstyle::Color::Ansi(AnsiColor::Yellow)));
pub const FAINT: Style = Style::new().dimmed();

/// The colour of a level.
pub fn level(level: &str) -> Style {
    match level {
        "error" => BAD,
        "warning" => WARN,
        _ => FAINT,
    }
}
