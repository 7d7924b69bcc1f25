//! Addresses, tag names and ids that may be passed on to git.

use std::net::IpAddr;
use std::path::Path;

use super::{FetchError, is_bundle};

/// How git gets at a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    Https,
    /// Only to this machine itself.
    Http,
    Ssh,
    Git,
    /// `file://` and bundles.
    File,
}

/// An address that has been looked at.
#[derive(Clone, Debug)]
pub(super) struct Remote {
    address: String,
    transport: Transport,
    bundle: bool,
}

/// Whether an argument names a repository elsewhere rather than a path.
///
/// True for everything that has the form of an address, including those [`fetch`](super::fetch) then refuses, unless
/// there is a file of that name.
pub fn is_remote(arg: &str) -> bool {
    if arg.contains("://") || helper(arg) {
        return true;
    }
    scp_host(arg).is_some() && !Path::new(arg).exists()
}

impl Remote {
    pub(super) fn parse(url: &str) -> Result<Self, FetchError> {
        let refuse = |why| {
            Err(FetchError::Refused {
                what: url.to_owned(),
                why,
            })
        };
        if !url.contains("://") && is_bundle(Path::new(url)) {
            let path = std::fs::canonicalize(url).map_err(|e| FetchError::Io(url.into(), e))?;
            return match path.into_os_string().into_string() {
                Ok(address) => Ok(Self {
                    address,
                    transport: Transport::File,
                    bundle: true,
                }),
                Err(_) => refuse("the path is not UTF-8"),
            };
        }
        if url.starts_with('-') {
            return refuse("it would be read as an option");
        }
        if url.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return refuse("it holds spaces or control characters");
        }
        if helper(url) {
            return refuse("a remote helper runs commands");
        }
        let Some((scheme, rest)) = url.split_once("://") else {
            return match scp_host(url) {
                Some(host) if host.starts_with('-') => refuse("the host would be read as an option"),
                Some(_) => Ok(Self {
                    address: url.to_owned(),
                    transport: Transport::Ssh,
                    bundle: false,
                }),
                None => refuse("it is neither an address nor a bundle"),
            };
        };
        let transport = match scheme.to_ascii_lowercase().as_str() {
            "https" => Transport::Https,
            "ssh" => Transport::Ssh,
            "git" => Transport::Git,
            "file" => Transport::File,
            "http" if is_loopback(host(rest)) => Transport::Http,
            "http" => return refuse("plain http can be changed on the way; use https"),
            _ => return refuse("only https, ssh, git and file are fetched from"),
        };
        if transport != Transport::File && (host(rest).is_empty() || host(rest).starts_with('-')) {
            return refuse("there is no host, or one that would be read as an option");
        }
        // git is told the scheme as it is allowed, in small letters.
        let address = format!("{}://{rest}", scheme.to_ascii_lowercase());
        Ok(Self {
            address,
            transport,
            bundle: false,
        })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn transport(&self) -> Transport {
        self.transport
    }

    pub(super) fn is_bundle(&self) -> bool {
        self.bundle
    }
}

/// `ext::sh -c …` and other `NAME::ADDRESS`.
fn helper(url: &str) -> bool {
    let name = url
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        .count();
    url.get(name..).is_some_and(|rest| rest.starts_with("::"))
}

/// The host of `[user@]host:path`, unless a slash comes first: then it is a path.
fn scp_host(url: &str) -> Option<&str> {
    let (before, path) = url.split_once(':')?;
    let host = before.rsplit_once('@').map_or(before, |(_, host)| host);
    (!before.contains('/') && !host.is_empty() && !path.is_empty()).then_some(host)
}

/// The host of what stands behind `://`.
fn host(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Refuses what is no ref name, or means more than itself in a refspec.
pub(super) fn check_tag(name: &str) -> Result<(), FetchError> {
    let odd = |byte: u8| byte <= b' ' || byte == 0x7f || b"~^:?*[\\".contains(&byte);
    let bad_part = |part: &str| part.is_empty() || part.starts_with('.') || part.ends_with(".lock");
    let bad = name.bytes().any(odd)
        || name.split('/').any(bad_part)
        || name.contains("..")
        || name.contains("@{")
        || name.starts_with('-')
        || name.ends_with('.');
    let why = "it is not the name of a tag";
    if bad {
        Err(FetchError::Refused {
            what: name.to_owned(),
            why,
        })
    } else {
        Ok(())
    }
}

/// Refuses what is no full object id.
pub(super) fn check_id(id: &str) -> Result<(), FetchError> {
    let digits = id
        .bytes()
        .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let why = "it is not an object id";
    if digits && matches!(id.len(), 40 | 64) {
        Ok(())
    } else {
        Err(FetchError::Refused {
            what: id.to_owned(),
            why,
        })
    }
}
