use serde::Serialize;

use super::{GeneratedFile, Rebuilt};
use crate::checks::Finding;
use crate::escape::escape;
use crate::report::{FindingLine, SCHEMA_VERSION, Tool, finding_line};

/// What became of the generated files. All text from outside is escaped already.
#[derive(Debug, Clone, Serialize)]
pub struct RebuiltReport {
    /// The version of the shape.
    pub schema_version: u32,
    /// Who made the report.
    pub tool: Tool,
    /// The tarball.
    pub tarball: String,
    /// How many files of packages were compared.
    pub compared: usize,
    /// Every generated file of the tarball.
    pub generated: Vec<GeneratedLine>,
    /// Every fault, the gravest first.
    pub findings: Vec<FindingLine>,
}

/// One generated file.
#[derive(Debug, Clone, Serialize)]
pub struct GeneratedLine {
    /// Its path without the top directory.
    pub path: String,
    /// The tool that is said to have made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// `rewritten`, `unchanged` or `deleted`, where a build tree was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<&'static str>,
    /// `PACKAGE: PATH` of every installed file with the tarball's contents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub installed: Vec<String>,
}

impl RebuiltReport {
    /// The report on `tarball`.
    pub fn new(tarball: &str, rebuilt: &Rebuilt, findings: Vec<Finding>) -> Self {
        let line = |(index, file): (usize, &GeneratedFile)| {
            let installed = rebuilt.installed.iter().filter(|(of, _, _)| *of == index);
            GeneratedLine {
                path: escape(&file.path),
                tool: file.tool.as_ref().map(escape),
                tree: rebuilt.in_tree(file).map(super::InTree::as_str),
                installed: installed
                    .map(|(_, package, path)| escape(format!("{package}: {path}")))
                    .collect(),
            }
        };
        RebuiltReport {
            schema_version: SCHEMA_VERSION,
            tool: Tool::this(),
            tarball: escape(tarball),
            compared: rebuilt.compared,
            generated: rebuilt.generated.iter().enumerate().map(line).collect(),
            findings: findings.into_iter().map(finding_line).collect(),
        }
    }
}
