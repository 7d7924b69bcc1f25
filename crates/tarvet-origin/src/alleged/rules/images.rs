//! Pictures, fonts and papers: what a drawing, a font's or a paper's source is turned into.

use crate::alleged::rule::{Input, Mark, Name, Rule};

/// Drawings that are turned into pictures, of the same stem beside them.
const DRAWINGS: &[Input] = &[
    Input::Beside("{}.svg"),
    Input::Beside("{}.svgz"),
    Input::Beside("{}.fig"),
    Input::Beside("{}.dia"),
    Input::Beside("{}.dot"),
    Input::Beside("{}.gv"),
    Input::Beside("{}.msc"),
    Input::Beside("{}.eps"),
    Input::Beside("{}.gnuplot"),
    Input::Beside("{}.gp"),
    Input::Beside("{}.plt"),
    Input::Beside("{}.mp"),
    Input::Beside("{}.odg"),
    Input::Beside("{}.xcf"),
    Input::Beside("{}.plantuml"),
    Input::Beside("{}.puml"),
    Input::Beside("{}.drawio"),
    Input::Beside("{}.txt"),
];

const PAPERS: &[Input] = &[
    Input::Beside("{}.tex"),
    Input::Beside("{}.latex"),
    Input::Beside("{}.lyx"),
    Input::Beside("{}.odt"),
    Input::Beside("{}.odp"),
    Input::Beside("{}.xml"),
    Input::Beside("{}.rst"),
    Input::Beside("{}.md"),
    Input::Beside("{}.ms"),
    Input::Beside("{}.me"),
    Input::Beside("{}.adoc"),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        tool: "drawing to picture",
        names: &[
            Name::Ends(".png"),
            Name::Ends(".jpg"),
            Name::Ends(".jpeg"),
            Name::Ends(".gif"),
            Name::Ends(".ico"),
            Name::Ends(".icns"),
            Name::Ends(".pdf"),
            Name::Ends(".eps"),
        ],
        mark: Mark::Magic(&[
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff",
            b"GIF8",
            b"\0\0\x01\0",
            b"icns",
            b"%PDF-",
            b"%!PS-Adobe-",
        ]),
        from: DRAWINGS,
        ..Rule::PLAIN
    },
    Rule {
        tool: "drawing to picture",
        names: &[Name::Ends(".svg")],
        mark: Mark::One(12, &["<svg", "<!DOCTYPE svg"]),
        from: &[
            Input::Beside("{}.dot"),
            Input::Beside("{}.gv"),
            Input::Beside("{}.dia"),
            Input::Beside("{}.fig"),
            Input::Beside("{}.puml"),
        ],
        ..Rule::PLAIN
    },
    Rule {
        tool: "paper to print",
        names: &[Name::Ends(".pdf"), Name::Ends(".ps"), Name::Ends(".dvi")],
        mark: Mark::Magic(&[b"%PDF-", b"%!PS", b"\xf7\x02"]),
        from: PAPERS,
        ..Rule::PLAIN
    },
    Rule {
        tool: "font compiler",
        names: &[
            Name::Ends(".ttf"),
            Name::Ends(".otf"),
            Name::Ends(".woff"),
            Name::Ends(".woff2"),
            Name::Ends(".eot"),
            Name::Ends(".pfb"),
        ],
        mark: Mark::Magic(&[b"\0\x01\0\0", b"OTTO", b"true", b"wOFF", b"wOF2", b"\x80\x01"]),
        from: &[
            Input::Beside("{}.sfd"),
            Input::Beside("{}.glyphs"),
            Input::Beside("{}.svg"),
            Input::Inside("{}.ufo"),
            Input::Anywhere("{}.sfd"),
            Input::Anywhere("{}.glyphs"),
        ],
        ..Rule::PLAIN
    },
];

#[cfg(test)]
mod tests {
    use crate::alleged::rules::testing::{comes_from, stays_unexplained};

    #[test]
    fn pictures_prints_and_fonts_come_from_their_source() {
        comes_from(
            "doc/a.png",
            b"\x89PNG\r\n\x1a\n\0\0",
            "drawing to picture",
            None,
            "doc/a.svg",
        );
        comes_from(
            "doc/a.pdf",
            b"%PDF-1.4\n\xd0\0",
            "drawing to picture",
            None,
            "doc/a.fig",
        );
        comes_from(
            "doc/a.svg",
            "<?xml version=\"1.0\"?>\n<svg>\n",
            "drawing to picture",
            None,
            "doc/a.dot",
        );
        comes_from(
            "doc/a.pdf",
            b"%PDF-1.4\n\xd0\0",
            "paper to print",
            None,
            "doc/a.tex",
        );
        comes_from("f/a.woff2", b"wOF2\0\x01\0\0", "font compiler", None, "src/a.sfd");
    }

    #[test]
    fn a_picture_of_another_name_or_no_picture_is_nothing() {
        stays_unexplained("doc/evil.png", b"\x89PNG\r\n\x1a\n\0\0");
        stays_unexplained("doc/x.png", "#!/bin/sh\n");
        stays_unexplained("tests/x.pdf", b"\x7fELF\0");
    }
}
