//! Servers on loopback, each on a port the system chooses, for as long as the test process lives.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use tarvet_testkit::git::hermetic;

fn serve(answer: impl Fn(TcpStream) + Clone + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            thread::spawn(move || answer(stream));
        }
    });
    port
}

/// `git daemon` as inetd would run it.
fn daemon_command(base: &Path) -> Command {
    let mut git = hermetic("git");
    git.args(["daemon", "--inetd", "--export-all", "--log-destination=none"]);
    git.arg(format!("--base-path={}", base.display()));
    git
}

fn inetd(stream: TcpStream, mut command: Command) {
    let input = OwnedFd::from(stream.try_clone().unwrap());
    let _ = command
        .stdin(input)
        .stdout(OwnedFd::from(stream))
        .stderr(Stdio::null())
        .status();
}

pub(super) fn daemon(base: &Path) -> u16 {
    let base = base.to_owned();
    serve(move |stream| inetd(stream, daemon_command(&base)))
}

/// Serves one repository in the oldest protocol, which knows no ids but those it advertises.
pub(super) fn old_daemon(repo: &Path) -> u16 {
    let repo = repo.to_owned();
    serve(move |mut stream| {
        // The request says which repository and protocol is wanted; neither is heeded.
        let mut length = [0; 4];
        stream.read_exact(&mut length).unwrap();
        let length = usize::from_str_radix(std::str::from_utf8(&length).unwrap(), 16).unwrap();
        stream.read_exact(&mut vec![0; length - 4]).unwrap();
        let mut git = hermetic("git");
        git.arg("upload-pack").arg(&repo);
        inetd(stream, git);
    })
}

/// Sends these bytes to whoever connects.
pub(super) fn saying(bytes: &'static [u8]) -> u16 {
    serve(move |mut stream| {
        let _ = stream.write_all(bytes);
        let _ = stream.read(&mut [0; 1000]);
    })
}

/// `git http-backend` as a CGI program.
pub(super) fn http(base: &Path) -> u16 {
    let base = base.to_owned();
    serve(move |stream| cgi(stream, &base))
}

fn cgi(mut stream: TcpStream, base: &PathBuf) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    let mut words = line.split(' ');
    let (method, target) = (
        words.next().unwrap().to_owned(),
        words.next().unwrap_or("/").to_owned(),
    );
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut backend = hermetic("git");
    backend
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", base)
        .env("GIT_HTTP_EXPORT_ALL", "1");
    backend
        .env("REQUEST_METHOD", method)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query);
    let mut length = 0;
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "content-type" => drop(backend.env("CONTENT_TYPE", value)),
            "content-encoding" => drop(backend.env("HTTP_CONTENT_ENCODING", value)),
            "git-protocol" => drop(backend.env("GIT_PROTOCOL", value)),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body).unwrap();
    backend.env("CONTENT_LENGTH", length.to_string());
    let mut child = backend
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(&body);
    let out = child.wait_with_output().unwrap().stdout;
    let status = if out.starts_with(b"Status: ") {
        "404 Not Found"
    } else {
        "200 OK"
    };
    let _ =
        write!(stream, "HTTP/1.1 {status}\r\nConnection: close\r\n").and_then(|()| stream.write_all(&out));
}
