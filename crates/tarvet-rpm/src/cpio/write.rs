//! Writes archives for tests, honest and otherwise.

/// One member, every field as wanted.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) name: Vec<u8>,
    pub(crate) mode: u32,
    pub(crate) links: u32,
    pub(crate) body: Vec<u8>,
    /// What the header says about the size of the name, if not the truth.
    pub(crate) name_size: Option<u32>,
}

pub(crate) fn file(name: &str, body: &[u8]) -> Made {
    Made {
        name: name.into(),
        mode: 0o100_644,
        links: 1,
        body: body.into(),
        name_size: None,
    }
}

pub(crate) fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

pub(crate) fn member(out: &mut Vec<u8>, made: &Made) {
    let name_size = made.name_size.unwrap_or(made.name.len() as u32 + 1);
    let fields = [
        1,
        made.mode,
        0,
        0,
        made.links,
        7,
        made.body.len() as u32,
        0,
        0,
        0,
        0,
        name_size,
        0,
    ];
    out.extend_from_slice(b"070701");
    for field in fields {
        out.extend_from_slice(format!("{field:08x}").as_bytes());
    }
    out.extend_from_slice(&made.name);
    out.push(0);
    pad(out);
    out.extend_from_slice(&made.body);
    pad(out);
}

/// A member in rpm's stripped form.
pub(crate) fn stripped(out: &mut Vec<u8>, number: u32, body: &[u8]) {
    out.extend_from_slice(format!("07070X{number:08x}").as_bytes());
    pad(out);
    out.extend_from_slice(body);
    pad(out);
}

pub(crate) fn trailer(out: &mut Vec<u8>) {
    let mut made = file("TRAILER!!!", b"");
    made.mode = 0;
    member(out, &made);
}

pub(crate) fn archive(members: &[Made]) -> Vec<u8> {
    let mut out = Vec::new();
    members.iter().for_each(|made| member(&mut out, made));
    trailer(&mut out);
    out
}
