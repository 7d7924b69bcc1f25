//! Compiled code. The tool's name is loud on purpose: even where a source lies beside it, a packager has to remove
//! such a file and to build his own, for nobody can read what is in it.

use crate::alleged::rule::{Input, Mark, Name, Rule};

/// The tool of all compiled code.
pub(in crate::alleged) const COMPILED: &str = "compiled code";

/// Sources of C, C++ and the like, of the same stem in the same directory.
const C_SOURCES: &[Input] = &[
    Input::Beside("{}.c"),
    Input::Beside("{}.cc"),
    Input::Beside("{}.cpp"),
    Input::Beside("{}.cxx"),
    Input::Beside("{}.rs"),
    Input::Beside("{}.go"),
    Input::Beside("{}.S"),
    Input::Beside("{}.s"),
    Input::Beside("{}.asm"),
];

const NATIVE: &[&[u8]] = &[
    b"\x7fELF",
    b"MZ",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"!<arch>\n",
    b"\x4c\x01",
    b"\x64\x86",
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        tool: COMPILED,
        names: &[
            Name::Ends(".o"),
            Name::Ends(".obj"),
            Name::Ends(".exe"),
            Name::Ends(".dll"),
            Name::Ends(".so"),
            Name::Ends(".dylib"),
            Name::Ends(".lo"),
            Name::Between("lib", ".a"),
            Name::Ends(".a"),
            Name::Ends(".lib"),
            Name::NoDot,
        ],
        mark: Mark::Magic(NATIVE),
        from: C_SOURCES,
        ..Rule::PLAIN
    },
    Rule {
        tool: COMPILED,
        names: &[Name::Ends(".wasm")],
        mark: Mark::Magic(&[b"\0asm"]),
        from: &[
            Input::Beside("{}.c"),
            Input::Beside("{}.cc"),
            Input::Beside("{}.rs"),
            Input::Beside("{}.wat"),
            Input::Beside("{}.wast"),
            Input::Beside("{}.ts"),
        ],
        ..Rule::PLAIN
    },
    Rule {
        tool: COMPILED,
        names: &[Name::Ends(".class")],
        mark: Mark::Magic(&[b"\xca\xfe\xba\xbe"]),
        from: &[
            Input::Beside("{}.java"),
            Input::Beside("{}.kt"),
            Input::Beside("{}.scala"),
            Input::Anywhere("{}.java"),
        ],
        ..Rule::PLAIN
    },
    Rule {
        tool: COMPILED,
        names: &[Name::Ends(".jar"), Name::Ends(".war")],
        mark: Mark::Magic(&[b"PK\x03\x04"]),
        from: &[
            Input::Above("pom.xml"),
            Input::Above("build.xml"),
            Input::Above("build.gradle"),
            Input::Above("build.gradle.kts"),
        ],
        ..Rule::PLAIN
    },
    Rule {
        // The first bytes change with every version of Python; the name and the place do not.
        tool: COMPILED,
        names: &[
            Name::Ends(".cpython-39.pyc"),
            Name::Ends(".cpython-310.pyc"),
            Name::Ends(".cpython-311.pyc"),
            Name::Ends(".cpython-312.pyc"),
            Name::Ends(".cpython-313.pyc"),
            Name::Ends(".cpython-314.pyc"),
            Name::Ends(".pyc"),
            Name::Ends(".pyo"),
        ],
        mark: Mark::Shape(is_python_code),
        from: &[Input::Beside("{}.py"), Input::Above("{}.py")],
        ..Rule::PLAIN
    },
];

/// A magic number of two bytes, then carriage return and newline.
fn is_python_code(head: &[u8], size: u64) -> bool {
    size >= 16 && head.get(2..4) == Some(b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::COMPILED;
    use crate::alleged::rules::testing::{comes_from, stays_unexplained};

    #[test]
    fn compiled_code_is_called_that_even_with_its_source_beside_it() {
        comes_from("src/a.o", b"\x7fELF\x02\x01\x01\0", COMPILED, None, "src/a.c");
        comes_from("src/a", b"\x7fELF\x02\x01\x01\0", COMPILED, None, "src/a.rs");
        comes_from("src/liba.a", b"!<arch>\n", COMPILED, None, "src/a.c");
        comes_from("win/a.exe", b"MZ\x90\0", COMPILED, None, "win/a.c");
        comes_from("web/a.wasm", b"\0asm\x01\0\0\0", COMPILED, None, "web/a.c");
        comes_from("A.class", b"\xca\xfe\xba\xbe\0\0", COMPILED, None, "A.java");
        comes_from("lib/a.jar", b"PK\x03\x04\0", COMPILED, None, "pom.xml");
        let code = b"\xa7\x0d\r\n\0\0\0\0\0\0\0\0\0\0\0\0";
        comes_from("a/__pycache__/m.cpython-311.pyc", code, COMPILED, None, "a/m.py");
    }

    #[test]
    fn code_without_a_source_stays_unexplained() {
        stays_unexplained(
            "src/evil.o",
            b"\x7fELF\x02\x01\x01\0/* A Bison parser, made by GNU Bison 3.8 */",
        );
        stays_unexplained("tests/files/good-large.xz", b"\xfd7zXZ\0\0");
        stays_unexplained("x.wasm", b"not wasm");
    }
}
