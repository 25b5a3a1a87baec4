//! The files of the checkout: what git knows, and what it would take in. No rule is here.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// One text file.
pub(crate) struct File {
    /// Its path from the root, with slashes.
    pub(crate) path: String,
    /// What is in it.
    pub(crate) text: String,
}

impl File {
    /// What its name ends with after the last dot.
    pub(crate) fn extension(&self) -> &str {
        Path::new(&self.path).extension().and_then(|extension| extension.to_str()).unwrap_or_default()
    }

    /// Its lines with their numbers, from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }
}

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All text files, read once.
pub(crate) fn files() -> &'static [File] {
    static FILES: LazyLock<Vec<File>> = LazyLock::new(read);
    &FILES
}

/// The files whose path begins so.
pub(crate) fn below(prefix: &str) -> impl Iterator<Item = &'static File> {
    files().iter().filter(move |file| file.path.starts_with(prefix))
}

/// The file of this path.
#[track_caller]
pub(crate) fn file(path: &str) -> &'static File {
    files().iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path} is not there"))
}

/// Fails with all that was found, a line each.
#[track_caller]
pub(crate) fn none(rule: &str, found: impl IntoIterator<Item = String>) {
    let found: Vec<String> = found.into_iter().collect();
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
}

fn read() -> Vec<File> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed = Command::new("git").args(list).current_dir(root()).output().expect("git");
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout).expect("names in UTF-8");
    // Pictures are no text, and what was deleted is still listed until it is committed.
    let text = |path: &str| std::fs::read_to_string(root().join(path)).ok();
    let files: Vec<File> = names
        .split_terminator('\0')
        .filter_map(|path| Some(File { path: path.to_owned(), text: text(path)? }))
        .collect();
    assert!(files.len() > 100, "git lists only {} files", files.len());
    files
}
