//! `cargo xtask man`: the manual pages, from the definition of the command line, the texts in `man/` here and the
//! checks' own pages. Date and version come from CHANGELOG.md, so the same sources give the same pages.

mod markdown;
mod release;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use roff::{Roff, bold, roman};

use crate::args::Cli;
use crate::catalogue;
use release::Release;

/// The name of the manual, in the middle of each page's head.
const MANUAL: &str = "tarvet";
const EXIT: &str = include_str!("man/exit.md");
const PASS: &str = include_str!("man/pass.md");

/// What follows the options of each page. A command without texts of its own is an error.
const TEXTS: &[(&str, &[&str])] = &[
    (
        "tarvet",
        &[
            EXIT,
            include_str!("man/tarvet.md"),
            PASS,
            include_str!("man/tarvet-see.md"),
        ],
    ),
    (
        "tarvet-check",
        &[
            EXIT,
            include_str!("man/check.md"),
            PASS,
            include_str!("man/check-see.md"),
        ],
    ),
    ("tarvet-debian", &[include_str!("man/debian.md")]),
    ("tarvet-rpm", &[include_str!("man/rpm.md")]),
    ("tarvet-rebuilt", &[include_str!("man/rebuilt.md")]),
    ("tarvet-prove", &[include_str!("man/prove.md")]),
    ("tarvet-known", &[include_str!("man/known.md")]),
    ("tarvet-keyring", &[include_str!("man/keyring.md")]),
    ("tarvet-keyring-audit", &[include_str!("man/keyring-audit.md")]),
    (
        "tarvet-keyring-compare",
        &[include_str!("man/keyring-compare.md")],
    ),
    ("tarvet-keyring-diff", &[include_str!("man/keyring-diff.md")]),
    ("tarvet-signers", &[include_str!("man/signers.md")]),
    ("tarvet-explain", &[include_str!("man/explain.md")]),
    ("tarvet-checks", &[include_str!("man/checks.md")]),
    ("tarvet-demo", &[include_str!("man/demo.md")]),
];
const SETTINGS: &str = include_str!("man/tarvet-toml.md");
const CHECKS_HEAD: &str = include_str!("man/checks-head.md");
const CHECKS_FOOT: &str = include_str!("man/checks-foot.md");

/// Writes the pages, or with `--check` compares them with what is there.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let directory = root().join("man");
    let pages = pages()?;
    match arguments {
        [] => write(&directory, &pages),
        [flag] if flag == "--check" => compare(&directory, &pages),
        _ => Err("expected nothing or --check".into()),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn write(directory: &Path, pages: &BTreeMap<String, String>) -> Result<(), String> {
    let failed = |error: io::Error| format!("{}: {error}", directory.display());
    fs::create_dir_all(directory).map_err(failed)?;
    for surplus in surplus(directory, pages)? {
        fs::remove_file(directory.join(surplus)).map_err(failed)?;
    }
    for (name, text) in pages {
        fs::write(directory.join(name), text).map_err(failed)?;
    }
    Ok(())
}

fn compare(directory: &Path, pages: &BTreeMap<String, String>) -> Result<(), String> {
    let fresh =
        |name: &str, text: &str| fs::read_to_string(directory.join(name)).is_ok_and(|old| old == *text);
    let mut stale: Vec<String> = pages
        .iter()
        .filter(|(name, text)| !fresh(name, text))
        .map(|(name, _)| name.clone())
        .collect();
    stale.extend(surplus(directory, pages)?);
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!(
        "not up to date: {}; run `cargo xtask man`",
        stale.join(", ")
    ))
}

/// Pages in the directory that nothing generates any more.
fn surplus(directory: &Path, pages: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
    let failed = |error: io::Error| format!("{}: {error}", directory.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        if !pages.contains_key(&name) {
            found.push(name);
        }
    }
    Ok(found)
}

/// Every page by file name.
fn pages() -> Result<BTreeMap<String, String>, String> {
    let release = Release::newest(&root().join("CHANGELOG.md"))?;
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut pages = BTreeMap::new();
    let nested = command.get_subcommands().flat_map(Command::get_subcommands);
    for command in std::iter::once(&command)
        .chain(command.get_subcommands())
        .chain(nested)
    {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name());
        pages.insert(format!("{name}.1"), page(name, command, &release)?);
    }
    pages.insert("tarvet-checks.7".into(), checks_page(&release));
    pages.insert("tarvet.toml.5".into(), settings_page(&release));
    Ok(pages)
}

fn page(name: &str, command: &Command, release: &Release) -> Result<String, String> {
    let (_, texts) = TEXTS.iter().find(|(known, _)| *known == name).ok_or_else(|| {
        format!("{name}: no texts for its manual page; add them to crates/xtask/src/man.rs")
    })?;
    let man = Man::new(command.clone())
        .title(name.to_uppercase())
        .date(release.date.clone())
        .source(format!("tarvet {}", release.version))
        .manual(MANUAL);
    let head = head(&man, command).map_err(|error| error.to_string())?;
    let mut tail = Roff::new();
    for text in *texts {
        markdown::render(text, "SH", &mut tail);
    }
    let head = String::from_utf8(head).map_err(|error| error.to_string())?;
    Ok(tidy(&(head + &tail.render())))
}

/// What clap knows. The synopsis is that of `--help`: it says which options go together.
fn head(man: &Man, command: &Command) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").split_whitespace();
    let mut synopsis = Roff::new();
    synopsis.control("SH", ["SYNOPSIS"]);
    synopsis.text([bold(usage.collect::<Vec<_>>().join(" "))]);
    synopsis.to_writer(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut out)?;
    }
    Ok(out)
}

fn settings_page(release: &Release) -> String {
    let mut roff = Roff::new();
    let source = format!("tarvet {}", release.version);
    roff.control("TH", ["TARVET.TOML", "5", &release.date, &source, MANUAL]);
    roff.control("SH", ["NAME"]);
    roff.text([roman("tarvet.toml - what a packager writes down about upstream")]);
    markdown::render(SETTINGS, "SH", &mut roff);
    tidy(&roff.render())
}

fn checks_page(release: &Release) -> String {
    let mut roff = Roff::new();
    let source = format!("tarvet {}", release.version);
    roff.control("TH", ["TARVET-CHECKS", "7", &release.date, &source, MANUAL]);
    markdown::render(CHECKS_HEAD, "SH", &mut roff);
    for check in catalogue::all() {
        roff.control("SS", [check.code]);
        roff.text([
            roman("Level "),
            bold(check.level.as_str()),
            roman(format!(", since version {}.", check.since)),
        ]);
        markdown::render(check.page, "B", &mut roff);
    }
    markdown::render(CHECKS_FOOT, "SH", &mut roff);
    tidy(&roff.render())
}

/// Each part brings the same definition of the apostrophe along; the first one is enough.
fn tidy(page: &str) -> String {
    let is_preamble = |line: &str| line.starts_with(".ie \\n(.g .ds Aq") || line.starts_with(".el .ds Aq");
    let (preamble, body): (Vec<&str>, Vec<&str>) = page.lines().partition(|line| is_preamble(line));
    let mut out: Vec<&str> = preamble.into_iter().take(2).collect();
    out.extend(body.iter().map(|line| line.trim_end()));
    out.join("\n") + "\n"
}
