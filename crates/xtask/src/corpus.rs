//! `cargo xtask corpus`: real releases with known answers, judged by the command and compared.
//!
//! The corpus (`corpus.jsonl` and the proofs beside it) says of each release what other tools found: how many files
//! are identical, modified, extra and missing, and what gpg and sqv make of the signatures. Each tarball is fetched
//! from the Debian archive ([`archive`]), its keyring taken out of the packaging ([`material`]), `tarvet check` run
//! on it ([`command`]) and its report compared with the record ([`facts`]). A departure is a failure unless
//! `corpus-exceptions.toml` says why tarvet is right ([`exceptions`]). How much is explained is counted over all releases
//! ([`explained`]), and files of each release are altered to see that it is noticed ([`seeds`]).
//!
//! What `tarvet keyring audit` says of the keyring must be what gpg and sqv said of it, too ([`audit`]).
//!
//! Where the whole source package is at hand, `tarvet debian` must say the same ([`package`], [`table`], [`doctored`]); and `tarvet
//! rpm` must on packages that are made of a few releases ([`srpm`]).

mod archive;
mod audit;
mod command;
mod doctored;
mod exceptions;
mod explained;
mod facts;
mod material;
mod package;
mod reasons;
mod record;
mod seeds;
mod settings;
mod splice;
mod srpm;
mod table;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread};

use archive::Archive;
use exceptions::Exceptions;
use explained::Tally;
use facts::Fact;
use material::Material;
use package::Package;
use reasons::Reasons;
use record::Record;
use serde_json::Value;
use settings::Settings;
use table::Table;

/// Releases judged side by side.
const WORKERS: usize = 2;

/// What became of one release.
enum Outcome {
    /// Every fact agrees; remarks say what could not be asked and what is worth knowing.
    Passed(Vec<String>),
    /// The facts that do not.
    Failed(Vec<String>),
    /// There is no tarball to judge.
    Skipped(String),
}

/// What the runs on all releases have in common.
struct Run {
    settings: Settings,
    archive: Mutex<Archive>,
    exceptions: Exceptions,
    reasons: Reasons,
    tally: Mutex<Tally>,
    table: Table,
}

/// Judges the selected releases; fails when one departs from its record or when too few could be judged.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let settings = Settings::read(arguments)?;
    let Some(directory) = &settings.corpus else {
        println!("corpus: skipped, there is none here and --allow-missing was given");
        return Ok(());
    };
    let records = Record::read_all(&directory.join("corpus.jsonl"))?;
    let selected: Vec<&Record> = records
        .iter()
        .enumerate()
        .filter(|(position, record)| settings.wants(*position, &record.id))
        .map(|(_, record)| record)
        .collect();
    fs::create_dir_all(&settings.cache)
        .map_err(|error| format!("cannot make {}: {error}", settings.cache.display()))?;
    let run = Run {
        archive: Mutex::new(Archive::new(&settings.cache)?),
        exceptions: Exceptions::read(&records)?,
        reasons: Reasons::read(&records)?,
        tally: Mutex::default(),
        table: Table::default(),
        settings,
    };
    let outcomes = judge_all(&selected, &|record| {
        run.judge(record)
            .unwrap_or_else(|error| Outcome::Failed(vec![error]))
    });
    let tally = run
        .tally
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    println!("{tally}");
    if let Some(path) = &run.settings.debian_table {
        run.table.write(path)?;
    }
    summarise(&outcomes, run.exceptions.idle())?;
    tally.verdict(records.len())
}

/// Judges every record, [`WORKERS`] at a time, with a line for each as it is done.
fn judge_all(records: &[&Record], judge: &(dyn Fn(&Record) -> Outcome + Sync)) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(record) = records.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = judge(record);
                    // A worker that panicked takes the run down with it when the scope ends.
                    let mut done = done.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                    tell(&record.id, &outcome);
                    done.push(outcome);
                }
            });
        }
    });
    done.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn tell(id: &str, outcome: &Outcome) {
    match outcome {
        Outcome::Passed(remarks) if remarks.is_empty() => println!("ok    {id}"),
        Outcome::Passed(remarks) => println!("ok    {id} ({})", remarks.join("; ")),
        Outcome::Failed(departures) => println!("FAIL  {id}: {}", departures.join("; ")),
        Outcome::Skipped(why) => println!("skip  {id}: {why}"),
    }
}

impl Run {
    fn judge(&self, record: &Record) -> Result<Outcome, String> {
        let gathered = {
            let mut archive = self
                .archive
                .lock()
                .map_err(|_| "another release broke the archive".to_owned())?;
            Material::gather(record, &mut archive, &self.settings.cache)?
        };
        let material = match gathered {
            Ok(material) => material,
            Err(why) => return Ok(Outcome::Skipped(why)),
        };
        let check = command::Check {
            binary: &self.settings.binary,
            proof: self.settings.proof_of(record),
            keyring: &material.keyring,
        };
        let report = check.tarball(record, &material)?;
        let found = check.tag_search(record, &material)?;
        let mut facts = facts::contents(record, &report);
        facts.extend(facts::release(record, &report, &found));
        facts.extend(facts::signatures(record, &report, &material));
        facts.push(explained::impostors(&report));
        facts.extend(audit::facts(record, &check, &material)?);
        let package = Package::at_hand(record, &self.settings.cache);
        if let Ok(package) = &package {
            facts.extend(self.package(record, &check, &material, &report, package)?);
        }
        facts.extend(srpm::facts(record, &check, &material, &report)?);
        let departs = |fact: &Fact| self.exceptions.departure(&record.id, fact);
        let mut departures: Vec<String> = facts.iter().filter_map(departs).collect();
        let (tried, unnoticed) = match self.settings.seeds {
            true => attacks(record, &check, &material, &report, package.as_ref().ok())?,
            false => (0, Vec::new()),
        };
        departures.extend(unnoticed);
        if let Ok(mut tally) = self.tally.lock() {
            tally.add(&report);
            tally.seeds += tried;
            tally.packages += u64::from(package.is_ok());
        }
        if !departures.is_empty() {
            return Ok(Outcome::Failed(departures));
        }
        let mut remarks = material.remarks;
        remarks.extend(facts::remarks(record, &report));
        remarks.extend(self.exceptions.remarks(&record.id));
        remarks.extend(package.err().map(|why| format!("no package: {why}")));
        Ok(Outcome::Passed(remarks))
    }

    /// Judges the whole source package, too, and notes it in the table.
    fn package(
        &self,
        record: &Record,
        check: &command::Check<'_>,
        material: &Material,
        report: &Value,
        package: &Package,
    ) -> Result<Vec<Fact>, String> {
        let whole = check.package(record, &package.dsc)?;
        let looked_at = self.exceptions.impostors(&record.id);
        self.table
            .add(record, &whole, &self.reasons.of(record, &whole, looked_at));
        let main = package::main_tarball(record, &whole).ok_or(format!(
            "the report on the package says nothing of {}",
            record.orig
        ))?;
        // A directory of the repository is named in the package's tarvet.toml, which these do not have.
        if record.subdir.is_some() {
            return Ok(Vec::new());
        }
        let listed = package.files.contains(&format!("{}.asc", record.orig));
        let same_signature = listed == material.signature.is_some();
        Ok(package::facts(report, main, same_signature))
    }
}

/// Seeded attacks on the tarball, and on the package where there is one.
fn attacks(
    record: &Record,
    check: &command::Check<'_>,
    material: &Material,
    report: &Value,
    package: Option<&Package>,
) -> Result<(u64, Vec<String>), String> {
    let (mut tried, mut unnoticed) = seeds::attack(record, check, material, report)?;
    if let Some(package) = package {
        let (more, complaints) = doctored::attack(record, check, material, report, package)?;
        tried += more;
        unnoticed.extend(complaints);
    }
    Ok((tried, unnoticed))
}

fn summarise(outcomes: &[Outcome], idle: Vec<String>) -> Result<(), String> {
    let count = |wanted: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| wanted(outcome)).count();
    let passed = count(|outcome| matches!(outcome, Outcome::Passed(_)));
    let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
    let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
    for exception in &idle {
        println!("FAIL  {exception}");
    }
    println!("corpus: {passed} passed, {failed} failed, {skipped} skipped");
    if failed > 0 || !idle.is_empty() {
        return Err("releases or exceptions departed from the record".to_owned());
    }
    if skipped * 2 > outcomes.len() || passed == 0 {
        return Err("too few releases could be judged to say anything".to_owned());
    }
    Ok(())
}

/// A fact in words, for tests and lines of output.
impl std::fmt::Display for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}: expected {}, found {}",
            self.field, self.expected, self.found
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, summarise};

    fn passed() -> Outcome {
        Outcome::Passed(Vec::new())
    }

    #[test]
    fn silence_is_not_a_pass() {
        assert!(summarise(&[passed(), passed()], Vec::new()).is_ok());
        assert!(summarise(&[], Vec::new()).is_err());
        assert!(summarise(&[passed(), Outcome::Failed(Vec::new())], Vec::new()).is_err());
        assert!(summarise(&[passed()], vec!["idle".to_owned()]).is_err());
        let skipped = || Outcome::Skipped(String::new());
        assert!(summarise(&[passed(), skipped()], Vec::new()).is_ok());
        assert!(summarise(&[passed(), skipped(), skipped()], Vec::new()).is_err());
    }
}
