//! What went into the table, committed beside it.

use serde::{Deserialize, Serialize};
use tarvet_origin::known::Table;

use super::archive::Fetched;

/// One file of the Debian archive.
#[derive(Debug, Serialize, Deserialize)]
pub struct Input {
    pub name: String,
    pub version: String,
    pub sha256: String,
}

/// The manifest.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// Binary packages.
    pub packages: Vec<Input>,
    /// Upstream tarballs of tools.
    pub tools: Vec<Input>,
    /// Upstream tarballs that corroborate.
    pub upstreams: Vec<Input>,
    pub gnulib: Gnulib,
    pub corroborated: Corroborated,
    pub table: Counts,
}

/// The bundle of gnulib's history.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Gnulib {
    pub head: String,
    pub blobs: usize,
}

/// What several upstreams share and nobody published.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Corroborated {
    pub files: usize,
    pub aclocal_parts: usize,
}

/// How much the table holds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    pub names: usize,
    pub contents: usize,
    pub macros: usize,
    pub parts: usize,
    pub bytes: usize,
}

impl Manifest {
    pub fn package(&mut self, fetched: &Fetched) {
        self.packages.push(input(fetched));
    }

    pub fn source(&mut self, fetched: &Fetched) {
        self.tools.push(input(fetched));
    }

    pub fn upstream(&mut self, fetched: &Fetched) {
        self.upstreams.push(input(fetched));
    }

    pub fn gnulib(&mut self, head: &str, blobs: usize) {
        self.gnulib = Gnulib {
            head: head.to_owned(),
            blobs,
        };
    }

    pub fn count(&mut self, table: &Table) {
        let counts = table.counts();
        self.table = Counts {
            names: counts.names,
            contents: counts.contents,
            macros: counts.macros,
            parts: counts.parts,
            bytes: counts.bytes,
        };
    }

    /// As it is committed.
    pub fn text(&self) -> Result<String, String> {
        let mut text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        text.push('\n');
        Ok(text)
    }
}

fn input(fetched: &Fetched) -> Input {
    Input {
        name: fetched.package.clone(),
        version: fetched.version.clone(),
        sha256: fetched.sha256.clone(),
    }
}
