//! A file that one can hold in the head.

use crate::tree::{files, none};

const LINES_MAX: usize = 400;
const CODE: [&str; 7] = ["css", "html", "js", "py", "rs", "sql", "toml"];

#[test]
fn no_file_of_code_is_over_400_lines() {
    let code = files().iter().filter(|file| CODE.contains(&file.extension()));
    let long = code.filter(|file| file.text.lines().count() > LINES_MAX);
    none("split these", long.map(|file| format!("{}: {} lines", file.path, file.text.lines().count())));
}
