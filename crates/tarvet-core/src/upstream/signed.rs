//! Tag and commit objects, split into what was signed and the signature.

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::hash::Kind as ObjectFormat;

use super::header::{self, Header};
use super::{Fault, FaultKind};

/// First lines that git takes for the start of a signature (gitformat-signature(5)).
const SIGNATURE_STARTS: [&[u8]; 4] = [
    b"-----BEGIN PGP SIGNATURE-----",
    b"-----BEGIN PGP MESSAGE-----",
    b"-----BEGIN SIGNED MESSAGE-----",
    b"-----BEGIN SSH SIGNATURE-----",
];

/// A signature found inside a tag or commit, with exactly the bytes it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedSignature {
    /// The signed bytes.
    pub payload: Vec<u8>,
    /// The armored signature.
    pub armored: Vec<u8>,
}

/// An annotated tag.
#[derive(Debug, Clone)]
pub struct TagObject {
    /// Its id.
    pub id: ObjectId,
    /// What the tag points to.
    pub target: ObjectId,
    /// The kind the `type` line names.
    pub target_kind: gix::objs::Kind,
    /// The name in the object's own `tag` line.
    pub name: BString,
    /// The whole `tagger` line; absent in very old tags.
    pub tagger: Option<BString>,
    /// Seconds since 1970 of the tagger line.
    pub time: Option<i64>,
    /// The signature, if there is one.
    pub signature: Option<EmbeddedSignature>,
    /// The object's bytes.
    pub raw: Vec<u8>,
}

/// A commit.
#[derive(Debug, Clone)]
pub struct CommitObject {
    /// Its id.
    pub id: ObjectId,
    /// Its root tree.
    pub tree: ObjectId,
    /// Seconds since 1970 of the committer line.
    pub time: Option<i64>,
    /// The signature, if there is one.
    pub signature: Option<EmbeddedSignature>,
    /// The object's bytes.
    pub raw: Vec<u8>,
}

impl TagObject {
    /// Reads a tag strictly: `object`, `type`, `tag` and at most one `tagger`, once each and in this order.
    pub fn parse(id: ObjectId, raw: Vec<u8>, faults: &mut Vec<Fault>) -> Result<Self, Fault> {
        let malformed = |what: &str| Fault::new(FaultKind::ObjectMalformed, format!("tag {id}: {what}"));
        let (headers, _) =
            header::split(&raw).ok_or_else(|| malformed("its header lines are not well formed"))?;
        demand_order(&headers, &["object", "type", "tag", "tagger"]).map_err(|what| malformed(&what))?;
        let value =
            |name: &str| find(&headers, name).ok_or_else(|| malformed(&format!("it has no `{name}` line")));
        let target =
            hex_id(value("object")?).ok_or_else(|| malformed("its `object` line is no object id"))?;
        let target_kind = gix::objs::Kind::from_bytes(value("type")?)
            .map_err(|_| malformed("its `type` line names no kind of object"))?;
        let name = value("tag")?.to_owned();
        let tagger = find(&headers, "tagger").map(ToOwned::to_owned);
        let time = tagger.as_ref().and_then(|line| header::identity_time(line));
        let signature = tag_signature(&raw, &headers, id, faults);
        Ok(TagObject {
            id,
            target,
            target_kind,
            name,
            tagger,
            time,
            signature,
            raw,
        })
    }
}

impl CommitObject {
    /// Reads a commit strictly: `tree`, `parent`s, `author`, `committer`, in this order and once each.
    pub fn parse(id: ObjectId, raw: Vec<u8>, format: ObjectFormat) -> Result<Self, Fault> {
        let malformed = |what: &str| Fault::new(FaultKind::ObjectMalformed, format!("commit {id}: {what}"));
        let (headers, _) =
            header::split(&raw).ok_or_else(|| malformed("its header lines are not well formed"))?;
        let others: Vec<_> = headers.iter().filter(|h| h.name != "parent").copied().collect();
        demand_order(&others, &["tree", "author", "committer"]).map_err(|what| malformed(&what))?;
        let tree = find(&headers, "tree")
            .and_then(hex_id)
            .ok_or_else(|| malformed("its `tree` line is no object id"))?;
        let committer = find(&headers, "committer").ok_or_else(|| malformed("it has no `committer` line"))?;
        let time = header::identity_time(committer);
        let name = if format == ObjectFormat::Sha1 {
            "gpgsig"
        } else {
            "gpgsig-sha256"
        };
        let mut signatures = headers.iter().filter(|h| h.name == name);
        let signature = signatures.next().map(|header| EmbeddedSignature {
            payload: without_signature_headers(&raw, &headers),
            armored: unfold(header.value),
        });
        if signatures.next().is_some() {
            return Err(malformed("it has two signature headers"));
        }
        Ok(CommitObject {
            id,
            tree,
            time,
            signature,
            raw,
        })
    }
}

/// Demands that the headers begin with `names` in order (the last may be absent) and that none of them comes again.
fn demand_order(headers: &[Header<'_>], names: &[&str]) -> Result<(), String> {
    for (index, name) in names.iter().enumerate() {
        let found = headers.get(index).map(|h| h.name);
        let optional = *name == "tagger";
        if found != Some(BStr::new(name)) && !(optional && find(headers, name).is_none()) {
            return Err(format!("line {} is not its `{name}` line", index + 1));
        }
        if headers.iter().filter(|h| h.name == *name).count() > 1 {
            return Err(format!("it has two `{name}` lines"));
        }
    }
    Ok(())
}

fn find<'a>(headers: &[Header<'a>], name: &str) -> Option<&'a BStr> {
    headers.iter().find(|h| h.name == name).map(|h| h.value)
}

fn hex_id(value: &BStr) -> Option<ObjectId> {
    ObjectId::from_hex(value).ok()
}

/// Continuation lines without their leading space, as gpg or ssh-keygen wrote them.
fn unfold(value: &BStr) -> Vec<u8> {
    let mut out = value.replace(b"\n ", b"\n");
    out.push(b'\n');
    out
}

/// The object without any `gpgsig*` header: what a signature in such a header covers.
fn without_signature_headers(raw: &[u8], headers: &[Header<'_>]) -> Vec<u8> {
    let mut payload = Vec::with_capacity(raw.len());
    let mut length = 0;
    for header in headers {
        length += header.raw.len();
        if header.name != "gpgsig" && header.name != "gpgsig-sha256" {
            payload.extend_from_slice(header.raw);
        }
    }
    payload.extend_from_slice(raw.get(length..).unwrap_or_default());
    payload
}

/// As git does: the signature begins at the last line that looks like the start of one.
fn tag_signature(
    raw: &[u8],
    headers: &[Header<'_>],
    id: ObjectId,
    faults: &mut Vec<Fault>,
) -> Option<EmbeddedSignature> {
    let stripped = without_signature_headers(raw, headers);
    let mut starts = Vec::new();
    let mut offset = 0;
    for line in stripped.lines_with_terminator() {
        if SIGNATURE_STARTS.iter().any(|start| line.starts_with(start)) {
            starts.push(offset);
        }
        offset += line.len();
    }
    let start = *starts.last()?;
    let (payload, armored) = stripped.split_at(start);
    if starts.len() > 1 {
        let detail = format!(
            "tag {id} holds {} signature blocks; only the last one counts",
            starts.len()
        );
        faults.push(Fault::new(FaultKind::SignatureOddity, detail));
    }
    if has_text_after_end(armored) {
        let detail = format!("tag {id} has text after its signature, which the signature does not cover");
        faults.push(Fault::new(FaultKind::SignatureOddity, detail));
    }
    Some(EmbeddedSignature {
        payload: payload.to_vec(),
        armored: armored.to_vec(),
    })
}

fn has_text_after_end(armored: &[u8]) -> bool {
    let end = armored.lines().position(|line| line.starts_with(b"-----END "));
    end.is_some_and(|end| armored.lines().skip(end + 1).any(|line| !line.trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OID: &str = "0123456789012345678901234567890123456789";

    fn tag(text: &str) -> (Result<TagObject, Fault>, Vec<Fault>) {
        let mut faults = Vec::new();
        let id = ObjectId::null(ObjectFormat::Sha1);
        let tag = TagObject::parse(id, text.replace("OID", OID).into_bytes(), &mut faults);
        (tag, faults)
    }

    #[test]
    fn a_plain_tag() {
        let (tag, faults) = tag("object OID\ntype commit\ntag v1\ntagger T <t@x> 12 +0000\n\nmessage\n");
        let tag = tag.expect("well formed");
        assert_eq!(
            (tag.name.as_bstr(), tag.time, tag.signature),
            (b"v1".as_bstr(), Some(12), None)
        );
        assert!(faults.is_empty());
    }

    #[test]
    fn the_last_block_is_the_signature_and_earlier_ones_are_told() {
        let block = "-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n";
        let text = format!("object OID\ntype commit\ntag v1\n\nmessage\n{block}{block}");
        let (tag, faults) = tag(&text);
        let signature = tag.expect("well formed").signature.expect("signed");
        assert_eq!(signature.armored, block.as_bytes());
        assert!(signature.payload.ends_with(block.as_bytes()));
        assert_eq!(faults[0].kind, FaultKind::SignatureOddity);
    }

    #[test]
    fn text_after_the_signature_is_told() {
        let block = "-----BEGIN SSH SIGNATURE-----\nx\n-----END SSH SIGNATURE-----\n";
        let (_, faults) = tag(&format!("object OID\ntype commit\ntag v1\n\nm\n{block}evil\n"));
        assert_eq!(faults.len(), 1);
        let (_, faults) = tag(&format!("object OID\ntype commit\ntag v1\n\nm\n{block}\n"));
        assert!(faults.is_empty());
    }

    #[test]
    fn refuses_repeated_and_misplaced_lines() {
        for text in [
            "object OID\nobject OID\ntype commit\ntag v1\n\nm",
            "type commit\nobject OID\ntag v1\n\nm",
            "object OID\ntype commit\ntag v1\ntag v2\n\nm",
            "object OID\ntype nonsense\ntag v1\n\nm",
            "object OID\ntype commit\n\nm",
            "object OID\ntype commit\ntag v1\nx y\ntagger T <t> 1 +0\n\nm",
        ] {
            let fault = tag(text).0.expect_err(text);
            assert_eq!(fault.kind, FaultKind::ObjectMalformed, "{text}");
        }
    }

    #[test]
    fn a_commit_and_its_payload() {
        let signed = format!(
            "tree {OID}\nparent {OID}\nauthor A <a> 1 +0000\ncommitter C <c> 2 +0000\ngpgsig -----BEGIN X\n abc\n -----END X\n\nsubject\n"
        );
        let id = ObjectId::null(ObjectFormat::Sha1);
        let commit =
            CommitObject::parse(id, signed.clone().into_bytes(), ObjectFormat::Sha1).expect("well formed");
        let signature = commit.signature.expect("signed");
        assert_eq!(signature.armored, b"-----BEGIN X\nabc\n-----END X\n");
        assert_eq!(
            signature.payload.as_bstr(),
            format!("tree {OID}\nparent {OID}\nauthor A <a> 1 +0000\ncommitter C <c> 2 +0000\n\nsubject\n")
        );
        assert_eq!(commit.time, Some(2));
        let twice = signed.replace("gpgsig -----BEGIN X\n", "gpgsig a\ngpgsig -----BEGIN X\n");
        assert!(CommitObject::parse(id, twice.into_bytes(), ObjectFormat::Sha1).is_err());
        let unsigned =
            CommitObject::parse(id, signed.into_bytes(), ObjectFormat::Sha256).expect("well formed");
        assert_eq!(
            unsigned.signature, None,
            "gpgsig is not the signature of a SHA-256 repository"
        );
    }
}
