//! Words that must not be in the tree: work left open, sleeps in tests, one machine's own paths and servers.

use crate::tree::{File, files, none};

/// Work left open.
const OPEN: [&str; 6] = [
    concat!("to", "do!("),
    concat!("un", "implemented!("),
    concat!("d", "bg!("),
    concat!("#[", "ignore"),
    concat!("FIX", "ME"),
    concat!("TO", "DO"),
];

/// Folders of one machine, and the servers that package managers know by themselves.
const MACHINES: [&str; 9] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("pypi", ".org"),
    concat!("python", "hosted.org"),
    concat!("registry.npm", "js.org"),
    concat!("deb.debian", ".org"),
];

/// A pause of a fixed length.
const SLEEP: &str = concat!("sle", "ep(");

/// The tests that may pause, and why.
const PAUSES: [(&str, &str); 2] = [
    ("tests/support/until.rs", "looks again at what nothing tells of"),
    ("tests/support/world/clock.rs", "is a clock"),
];

fn found<'a>(file: &'a File, words: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    file.lines().flat_map(move |(number, line)| {
        let held = words.iter().filter(move |word| line.contains(**word));
        held.map(move |word| format!("{}:{number}: {word}", file.path))
    })
}

#[test]
fn no_work_is_left_open_in_the_code() {
    let code = files().iter().filter(|file| ["rs", "py", "js"].contains(&file.extension()));
    none("finish or drop these", code.flat_map(|file| found(file, &OPEN)));
}

#[test]
fn no_test_sleeps_where_it_could_await() {
    let excepted = |file: &File| PAUSES.iter().any(|(path, _)| *path == file.path);
    let tests = || files().iter().filter(|file| file.extension() == "rs" && in_tests(&file.path));
    none("await the event", tests().filter(|file| !excepted(file)).flat_map(|file| found(file, &[SLEEP])));
    let needless = |path: &str| !tests().any(|file| file.path == path && file.text.contains(SLEEP));
    none(
        "no exception is needed",
        PAUSES.iter().filter(|(path, _)| needless(path)).map(|(path, _)| (*path).to_owned()),
    );
}

fn in_tests(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs")
}

#[test]
fn no_file_knows_one_machine() {
    let ours = files().iter().filter(|file| file.path != "Cargo.lock");
    none("say it without the machine", ours.flat_map(|file| found(file, &MACHINES)));
}
