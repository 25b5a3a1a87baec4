//! Measures the local Discord by somebody else's client library: runs `tests/independent_client/run.py` against a local
//! Discord in a process of its own. What is checked is written there; one line a check.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A local Discord as a process, ended with the test.
struct LocalDiscord(Child);

impl LocalDiscord {
    /// Starts it and waits for its first line, which it prints once it listens.
    fn start(address: SocketAddr) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_landlord"))
            .args(["local-discord", "--listen", &address.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let started = Self(process);
        let description: serde_json::Value =
            serde_json::from_str(&line).expect("the first line describes the local Discord");
        assert!(description["bot_token"].is_string(), "no token in {line}");
        started
    }
}

impl Drop for LocalDiscord {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// The Python that `dev/services up` installs discord.py for.
fn python() -> PathBuf {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/dev/venv");
    let python = std::env::var_os("LANDLORD_DEV_VENV").map_or(ours, PathBuf::from).join("bin/python");
    assert!(python.exists(), "{} is not there: run `dev/services up`", python.display());
    python
}

/// An address that was free a moment ago.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn an_independent_client_finds_a_discord() {
    let python = python();
    let address = free_address();
    let _discord = LocalDiscord::start(address);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent_client/run.py");
    let mut client = Command::new(python)
        .arg(script)
        .arg(format!("http://{address}"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut last = String::new();
    for line in BufReader::new(client.stdout.take().unwrap()).lines() {
        last = line.unwrap();
        println!("{last}");
    }
    assert!(client.wait().unwrap().success(), "{last}");
    assert!(last.ends_with("checks held"), "{last}");
}
