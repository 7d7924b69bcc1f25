//! SRPMs byte by byte: what rpmbuild would write, and with right digests over wrong things what an attacker would.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// A member of the payload.
#[derive(Clone)]
pub struct Member {
    pub name: String,
    pub content: Vec<u8>,
    /// Links to it, as cpio counts them.
    pub links: u32,
}

impl Member {
    pub fn file(name: &str, content: impl Into<Vec<u8>>) -> Self {
        Member {
            name: name.into(),
            content: content.into(),
            links: 1,
        }
    }
}

/// An SRPM to be made. Without changes header and payload agree.
#[derive(Clone)]
pub struct Srpm {
    pub name: String,
    pub version: String,
    /// What the header lists; the first is the spec.
    pub listed: Vec<Member>,
    /// What the payload has.
    pub payload: Vec<Member>,
    /// Bytes behind the end of the cpio archive.
    pub behind: Vec<u8>,
    /// Binary entries added to the signature header.
    pub signature: Vec<(u32, Vec<u8>)>,
}

enum Value {
    Text(String),
    Texts(Vec<String>),
    Shorts(Vec<u16>),
    Numbers(Vec<u32>),
    Bytes(Vec<u8>),
}

impl Srpm {
    pub fn new(files: Vec<Member>) -> Self {
        Srpm {
            name: "foo".into(),
            version: "1.0".into(),
            payload: files.clone(),
            listed: files,
            behind: Vec::new(),
            signature: Vec::new(),
        }
    }

    pub fn make(&self) -> Vec<u8> {
        let mut archive = cpio(&self.payload);
        archive.extend_from_slice(&self.behind);
        let texts = |of: &dyn Fn(&Member) -> String| Value::Texts(self.listed.iter().map(of).collect());
        let numbers = |of: &dyn Fn(&Member) -> u32| Value::Numbers(self.listed.iter().map(of).collect());
        let is_spec = |member: &Member| member.name.ends_with(".spec");
        let names = self.listed.iter().filter(|member| !is_spec(member));
        let sha256 = hex(&Sha256::digest(&archive));
        let main = header(
            63,
            &[
                (1000, Value::Text(self.name.clone())),
                (1001, Value::Text(self.version.clone())),
                (1002, Value::Text("1".into())),
                (
                    1018,
                    Value::Texts(names.map(|member| member.name.clone()).collect()),
                ),
                (1028, numbers(&|member| member.content.len() as u32)),
                (
                    1030,
                    Value::Shorts(self.listed.iter().map(|_| 0o100_644).collect()),
                ),
                (1035, texts(&|member| hex(&Sha256::digest(&member.content)))),
                (1037, numbers(&|member| if is_spec(member) { 32 } else { 0 })),
                (1106, Value::Numbers(vec![1])),
                (1116, numbers(&|_| 0)),
                (1117, texts(&|member| member.name.clone())),
                (1118, Value::Texts(vec![String::new()])),
                (1124, Value::Text("cpio".into())),
                (5011, Value::Numbers(vec![8])),
                (5092, Value::Texts(vec![sha256.clone()])),
                (5093, Value::Numbers(vec![8])),
                (5097, Value::Texts(vec![sha256])),
            ],
        );
        let both = [main.as_slice(), &archive].concat();
        let mut tags = vec![
            (269, Value::Text(hex(&Sha1::digest(&main)))),
            (273, Value::Text(hex(&Sha256::digest(&main)))),
            (1000, Value::Numbers(vec![both.len() as u32])),
            (1004, Value::Bytes(Md5::digest(&both).to_vec())),
            (1007, Value::Numbers(vec![archive.len() as u32])),
        ];
        for (tag, bytes) in &self.signature {
            tags.push((*tag, Value::Bytes(bytes.clone())));
        }
        tags.sort_by_key(|(tag, _)| *tag);
        let mut out = lead(&format!("{}-{}-1", self.name, self.version));
        out.extend(header(62, &tags));
        out.resize(out.len().next_multiple_of(8), 0);
        out.extend(both);
        out
    }
}

fn lead(nvr: &str) -> Vec<u8> {
    let mut lead = vec![0xed, 0xab, 0xee, 0xdb, 3, 0, 0, 1, 0, 1];
    lead.extend_from_slice(nvr.as_bytes());
    lead.resize(76, 0);
    lead.extend_from_slice(&[0, 1, 0, 5]);
    lead.resize(96, 0);
    lead
}

/// An archive in the format "newc".
fn cpio(members: &[Member]) -> Vec<u8> {
    let mut out = Vec::new();
    let end = Member::file("TRAILER!!!", "");
    for (number, member) in members.iter().chain([&end]).enumerate() {
        let mode = if member.name == end.name { 0 } else { 0o100_644 };
        let (size, length) = (member.content.len(), member.name.len() + 1);
        out.extend_from_slice(b"070701");
        let fields = [
            number + 1,
            mode,
            0,
            0,
            member.links as usize,
            0,
            size,
            0,
            0,
            0,
            0,
            length,
            0,
        ];
        fields
            .iter()
            .for_each(|field| out.extend_from_slice(format!("{field:08x}").as_bytes()));
        out.extend_from_slice(member.name.as_bytes());
        out.push(0);
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend_from_slice(&member.content);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

/// A header with all of its tags in its region.
fn header(region: u32, tags: &[(u32, Value)]) -> Vec<u8> {
    let (mut index, mut store) = (Vec::new(), Vec::new());
    for (tag, value) in tags {
        let (kind, count, align, bytes): (u32, usize, usize, Vec<u8>) = match value {
            Value::Text(text) => (6, 1, 1, text.bytes().chain([0]).collect()),
            Value::Texts(texts) => {
                let all = texts.iter().flat_map(|text| text.bytes().chain([0]));
                (8, texts.len(), 1, all.collect())
            }
            Value::Shorts(all) => (
                3,
                all.len(),
                2,
                all.iter().flat_map(|n| n.to_be_bytes()).collect(),
            ),
            Value::Numbers(all) => (
                4,
                all.len(),
                4,
                all.iter().flat_map(|n| n.to_be_bytes()).collect(),
            ),
            Value::Bytes(bytes) => (7, bytes.len(), 1, bytes.clone()),
        };
        store.resize(store.len().next_multiple_of(align), 0);
        for number in [*tag, kind, store.len() as u32, count as u32] {
            index.extend(number.to_be_bytes());
        }
        store.extend(bytes);
    }
    let trailer = store.len() as u32;
    let back = ((tags.len() as u32 + 1) * 16).wrapping_neg();
    for number in [region, 7, back, 16] {
        store.extend(number.to_be_bytes());
    }
    let mut out = vec![0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0];
    for number in [tags.len() as u32 + 1, store.len() as u32, region, 7, trailer, 16] {
        out.extend(number.to_be_bytes());
    }
    out.extend(index);
    out.extend(store);
    out
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
