//! A snapshot that no test reads is a promise that nobody keeps.

use crate::tree::{File, files, none};

#[test]
fn every_snapshot_has_its_test() {
    let snapshots = files().iter().filter(|file| file.extension() == "snap");
    let lonely = snapshots.filter(|snapshot| !is_read(snapshot));
    none("delete the snapshot, or bring its test back", lonely.map(|file| file.path.clone()));
}

/// Whether the test that the snapshot names is there and makes a snapshot of this name.
fn is_read(snapshot: &File) -> bool {
    let source = snapshot.text.lines().find_map(|line| line.strip_prefix("source: ")).unwrap_or_default();
    let stem = snapshot.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".snap");
    let name = stem.rsplit("__").next().unwrap_or_default();
    // A test's second snapshot bears a number.
    let function = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
    files().iter().filter(|file| file.path == source).any(|test| {
        [format!("\"{name}\""), format!("fn {name}("), format!("fn {function}(")].iter().any(|n| test.text.contains(n))
    })
}
