//! Directories of other projects' files, pinned by a file of the tree.
//!
//! Nothing in such a file is looked at: the pin says what *should* be in the directory, and a packager has to compare
//! or to remove it. So the tool's name says "vendored", and inputs of a build's regeneration are left out.

use crate::alleged::rule::{Input, Mark, Name, Rule};

pub(super) const RULES: &[Rule] = &[
    Rule {
        tool: "vendored (meson wrap)",
        names: &[Name::Any],
        mark: Mark::None,
        from: &[Input::OfDirectory("{}.wrap")],
        within: &["subprojects"],
        ..Rule::PLAIN
    },
    Rule {
        tool: "vendored (go)",
        names: &[Name::Any],
        mark: Mark::None,
        from: &[Input::OfVendored("vendor", "go.sum")],
        within: &["vendor"],
        ..Rule::PLAIN
    },
    Rule {
        tool: "vendored (cargo)",
        names: &[Name::Any],
        mark: Mark::None,
        from: &[Input::OfVendored("vendor", "Cargo.lock")],
        within: &["vendor"],
        ..Rule::PLAIN
    },
    Rule {
        tool: "vendored (composer)",
        names: &[Name::Any],
        mark: Mark::None,
        from: &[Input::OfVendored("vendor", "composer.lock")],
        within: &["vendor"],
        ..Rule::PLAIN
    },
    Rule {
        tool: "vendored (bundler)",
        names: &[Name::Any],
        mark: Mark::None,
        from: &[Input::OfVendored("vendor", "Gemfile.lock")],
        within: &["vendor"],
        ..Rule::PLAIN
    },
    Rule {
        tool: "vendored (npm)",
        names: &[Name::Any],
        mark: Mark::None,
        from: &[
            Input::OfVendored("node_modules", "package-lock.json"),
            Input::OfVendored("node_modules", "npm-shrinkwrap.json"),
            Input::OfVendored("node_modules", "yarn.lock"),
            Input::OfVendored("node_modules", "pnpm-lock.yaml"),
        ],
        within: &["node_modules"],
        ..Rule::PLAIN
    },
    Rule {
        // A release of another project, unpacked under NAME-VERSION, for which the tree has a patch NAME-….diff.
        tool: "vendored (unpacked release)",
        names: &[
            Name::Ends(".c"),
            Name::Ends(".h"),
            Name::Ends(".md"),
            Name::Is("LICENSE"),
            Name::Is("COPYING"),
        ],
        mark: Mark::Text,
        from: &[Input::PatchOfDirectory],
        ..Rule::PLAIN
    },
];

#[cfg(test)]
mod tests {
    use crate::alleged::rules::testing::{alleged, comes_from};

    #[test]
    fn vendored_directories_come_from_their_pin() {
        comes_from(
            "subprojects/liba-1/src/a.c",
            "int a;",
            "vendored (meson wrap)",
            None,
            "subprojects/liba-1.wrap",
        );
        comes_from("vendor/a/b.go", "package a", "vendored (go)", None, "go.sum");
        comes_from("x/vendor/a/b.rs", "", "vendored (cargo)", None, "x/Cargo.lock");
        comes_from("vendor/a/b.php", "", "vendored (composer)", None, "composer.lock");
        comes_from("vendor/a/b.rb", "", "vendored (bundler)", None, "Gemfile.lock");
        comes_from(
            "web/node_modules/a/b.js",
            "",
            "vendored (npm)",
            None,
            "web/package-lock.json",
        );
        let from = "tools/build-aux/tree-sitter-go-portability.diff";
        comes_from(
            "tools/tree-sitter-go-0.23.4/src/parser.c",
            "int a;",
            "vendored (unpacked release)",
            None,
            from,
        );
    }

    #[test]
    fn a_pin_is_for_its_own_directory_and_for_no_input_of_a_build() {
        let tree = ["subprojects/liba-1.wrap", "go.sum", "tools/zlib-fix.diff"];
        assert_eq!(alleged("subprojects/evil/a.c", b"", &tree), None);
        assert_eq!(alleged("vendored/a.go", b"", &tree), None);
        assert_eq!(alleged("src/a.go", b"", &tree), None);
        for name in [
            "x.m4",
            "Makefile.am",
            "configure.ac",
            "autogen.sh",
            "configure",
            "a.sh",
        ] {
            assert_eq!(
                alleged(&format!("subprojects/liba-1/{name}"), b"", &tree),
                None,
                "{name}"
            );
            assert_eq!(alleged(&format!("vendor/{name}"), b"", &tree), None, "{name}");
        }
        assert_eq!(alleged("tools/other-1.2/a.c", b"", &tree), None);
        assert_eq!(alleged("tools/zlib-1.2/evil.sh", b"", &tree), None);
    }
}
