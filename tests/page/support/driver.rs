//! Chromium's driver as a process of its own: says which port it took, and takes its browsers with it when it ends.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

const DRIVER: &str = "/usr/bin/chromedriver";
/// The browser that the driver starts.
pub(crate) const BROWSER: &str = "/usr/bin/chromium";

/// A running driver.
pub(crate) struct Driver {
    child: Child,
    /// Kept open: a driver that cannot write ends.
    _said: BufReader<ChildStdout>,
    /// Where it listens, without a slash at the end.
    pub(crate) address: String,
}

impl Driver {
    pub(crate) fn start(folder: &Path) -> Self {
        for program in [DRIVER, BROWSER] {
            assert!(
                Path::new(program).exists(),
                "{program} is missing. Install Debian's packages chromium and chromium-driver; ./check does it."
            );
        }
        let mut child = Command::new(DRIVER)
            .arg("--port=0")
            .env("TMPDIR", folder)
            .env("HOME", folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut said = BufReader::new(child.stdout.take().expect("its output"));
        let port = port(&mut said);
        Self { child, _said: said, address: format!("http://127.0.0.1:{port}") }
    }
}

/// Reads until "… was started successfully on port 40123."
fn port(said: &mut BufReader<ChildStdout>) -> u16 {
    let mut all = String::new();
    for line in said.lines() {
        let line = line.expect("text");
        if let Some((_, port)) = line.split_once("successfully on port ") {
            return port.trim_end_matches('.').parse().expect("a port");
        }
        all.push_str(&line);
        all.push('\n');
    }
    panic!("chromedriver ended before it listened:\n{all}");
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
