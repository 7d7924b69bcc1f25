//! The `_service` file of the Open Build Service: which services make the sources, and from where.
//!
//! See the OBS documentation of source services, and obs-service-tar_scm, obs-service-download_files for parameters.

use bstr::ByteSlice;

use crate::spec::fault::{Fault, FaultKind, Faults};

pub mod assets;
pub mod obsinfo;

/// The largest file that is read, in bytes.
pub const LARGEST: usize = 1 << 20;
/// Services, and parameters of one service, that are read.
const MOST: usize = 1000;

/// When a service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// On the server after each commit, and locally before a build; the mode without a name.
    Default,
    /// Locally if possible, else on the server.
    TryLocal,
    /// Only where the packager works: the results are committed.
    LocalOnly,
    /// Only on the server.
    ServerOnly,
    /// While building, without a network.
    BuildTime,
    /// Only when asked for (`manual`, or `disabled` of old): the results are committed.
    Manual,
    /// A mode that is not known.
    Unknown,
}

/// One service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name, for instance `obs_scm`.
    pub name: String,
    /// When it runs.
    pub mode: Mode,
    /// Parameters in their order; a name may repeat.
    pub parameters: Vec<(String, String)>,
    /// The line, from 1.
    pub line: usize,
}

impl Service {
    /// The last value of a parameter: obs's own services take the last one.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The repository that it takes a checkout from, and the revision if one is given.
    #[must_use]
    pub fn repository(&self) -> Option<(&str, Option<&str>)> {
        let is_git = self.parameter("scm").is_none_or(|scm| scm == "git");
        let takes = matches!(
            self.name.as_str(),
            "obs_scm" | "tar_scm" | "tar" | "git_tarballs" | "obs_git"
        );
        if !takes || !is_git {
            return None;
        }
        Some((self.parameter("url")?, self.parameter("revision")))
    }
}

/// The file, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Services {
    /// Its services, in order.
    pub services: Vec<Service>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// Reads a `_service` file. Document types are refused, so that no entity is ever expanded.
#[must_use]
pub fn read(text: &[u8]) -> Services {
    let mut faults = Faults::default();
    let services = services(text, &mut faults);
    Services {
        services,
        faults: faults.list,
    }
}

fn services(text: &[u8], faults: &mut Faults) -> Vec<Service> {
    if text.len() > LARGEST {
        faults.push(
            FaultKind::TooLarge,
            0,
            format!(
                "_service has {} bytes, more than the limit of {LARGEST}; it was not read",
                text.len()
            ),
            "list the services of this package only",
        );
        return Vec::new();
    }
    let options = roxmltree::ParsingOptions {
        allow_dtd: false,
        nodes_limit: 100_000,
        ..roxmltree::ParsingOptions::default()
    };
    let parsed = std::str::from_utf8(text)
        .map_err(|_| (FaultKind::MalformedXml, "it is not UTF-8".to_owned(), 0))
        .and_then(|text| {
            roxmltree::Document::parse_with_options(text, options).map_err(|error| {
                let kind = match error {
                    roxmltree::Error::DtdDetected => FaultKind::DoctypeRefused,
                    _ => FaultKind::MalformedXml,
                };
                (
                    kind,
                    error.to_string(),
                    usize::try_from(error.pos().row).unwrap_or(0),
                )
            })
        });
    let document = match parsed {
        Ok(document) => document,
        Err((kind, why, line)) => {
            let message = format!("expected the XML of a _service file: {why}");
            faults.push(
                kind,
                line,
                message,
                "write <services> with <service> elements, in UTF-8, without a DOCTYPE",
            );
            return Vec::new();
        }
    };
    let root = document.root_element();
    // The name of an element is a piece of the text itself, so its address tells the line.
    let row = |node: roxmltree::Node<'_, '_>| {
        let name = node.tag_name().name().as_ptr().addr();
        let before = name
            .checked_sub(text.as_ptr().addr())
            .and_then(|at| text.get(..at));
        before.map_or(0, |before| 1 + before.find_iter(b"\n").count())
    };
    if root.tag_name().name() != "services" {
        faults.push(
            FaultKind::MalformedXml,
            row(root),
            format!("expected <services>, found <{}>", root.tag_name().name()),
            "write <services> with <service> elements",
        );
        return Vec::new();
    }
    let mut found = Vec::new();
    for node in root.children().filter(roxmltree::Node::is_element) {
        let name = node.attribute("name").unwrap_or_default();
        if node.tag_name().name() != "service" || name.is_empty() {
            faults.push(
                FaultKind::MalformedXml,
                row(node),
                format!(
                    "expected <service name=\"…\">, found <{}>",
                    node.tag_name().name()
                ),
                "remove the element, or give it a name",
            );
            continue;
        }
        if found.len() >= MOST {
            faults.push(
                FaultKind::TooMany,
                row(node),
                format!("more than {MOST} services"),
                "split the package",
            );
            break;
        }
        found.push(service(node, name, row(node), faults));
    }
    found
}

fn service(node: roxmltree::Node<'_, '_>, name: &str, line: usize, faults: &mut Faults) -> Service {
    let mode = match node.attribute("mode") {
        None | Some("" | "default") => Mode::Default,
        Some("trylocal") => Mode::TryLocal,
        Some("localonly") => Mode::LocalOnly,
        Some("serveronly") => Mode::ServerOnly,
        Some("buildtime") => Mode::BuildTime,
        Some("manual" | "disabled") => Mode::Manual,
        Some(other) => {
            faults.push(
                FaultKind::UnknownMode,
                line,
                format!("the service {name} has the mode {other}, which is not known"),
                "use manual, buildtime, localonly, trylocal or serveronly",
            );
            Mode::Unknown
        }
    };
    let is_parameter =
        |node: &roxmltree::Node<'_, '_>| node.is_element() && node.tag_name().name() == "param";
    let all = node.children().filter(is_parameter);
    // Text may come in several pieces, around comments.
    let text = |node: roxmltree::Node<'_, '_>| -> String {
        node.children()
            .filter(roxmltree::Node::is_text)
            .filter_map(|piece| piece.text())
            .collect()
    };
    let pair = |node: roxmltree::Node<'_, '_>| {
        let name = node.attribute("name").unwrap_or_default();
        (name.to_owned(), text(node).trim().to_owned())
    };
    let mut parameters: Vec<(String, String)> = all.take(MOST + 1).map(pair).collect();
    if parameters.len() > MOST {
        parameters.truncate(MOST);
        faults.push(
            FaultKind::TooMany,
            line,
            format!("{name} has more than {MOST} parameters"),
            "remove some",
        );
    }
    let service = Service {
        name: name.to_owned(),
        mode,
        parameters,
        line,
    };
    let urls = service.parameters.iter().filter(|(name, _)| name == "url");
    for (_, url) in urls {
        let insecure = ["http://", "git://", "ftp://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        if insecure {
            faults.push(
                FaultKind::SourceInsecure,
                line,
                format!("the service {name} fetches without proof of who answers: {url}"),
                "use https if the server has it; else rely on the signature",
            );
        }
    }
    service
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn services_are_read() {
        let text = "<services>\n <service name=\"obs_scm\" mode=\"manual\">\n  <param name=\"scm\">git</param>\n  \
            <param name=\"url\">https://forge.example/a/b.git</param>\n  <param name=\"revision\">v1.2<!-- x --></param>\n \
            </service>\n <service name=\"download_files\" mode=\"trylocal\"/>\n</services>\n";
        let read = read(text.as_bytes());
        assert_eq!(read.faults, []);
        assert_eq!(
            read.services[0].repository(),
            Some(("https://forge.example/a/b.git", Some("v1.2")))
        );
        assert_eq!((read.services[0].mode, read.services[0].line), (Mode::Manual, 2));
        assert_eq!(
            (read.services[1].mode, read.services[1].repository()),
            (Mode::TryLocal, None)
        );
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, kind) in [
            ("<services>", FaultKind::MalformedXml),
            ("<x/>", FaultKind::MalformedXml),
            ("<services><x/></services>", FaultKind::MalformedXml),
            ("<services><service/></services>", FaultKind::MalformedXml),
            (
                "<!DOCTYPE s [<!ENTITY a \"b\">]><services/>",
                FaultKind::DoctypeRefused,
            ),
            (
                "<services><service name=\"a\" mode=\"odd\"/></services>",
                FaultKind::UnknownMode,
            ),
            (
                "<services><service name=\"tar_scm\"><param name=\"url\">http://a/b</param></service></services>",
                FaultKind::SourceInsecure,
            ),
        ] {
            let found: Vec<FaultKind> = read(text.as_bytes())
                .faults
                .iter()
                .map(|fault| fault.kind)
                .collect();
            assert_eq!(found, [kind], "{text}");
        }
        assert_eq!(
            read(b"<services>\xff</services>").faults[0].kind,
            FaultKind::MalformedXml
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[<>/a-z=\"! \\[\\]&;-]{0,200}") {
            let _ = read(text.as_bytes());
        }
    }
}
