//! What `./bench` runs: how long the main job takes, and how much the log takes in. Prints one table and writes the same
//! as JSON. Nothing is judged here; figures of one run can be compared with each other, not with another machine's.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]

mod log;
mod provision;
mod table;

use table::Table;

#[tokio::main]
async fn main() {
    // Cargo adds options of its own.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let runs = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    if let Some(unknown) = wanted.iter().find(|name| !["log", "provision"].contains(&name.as_str())) {
        eprintln!("bench: there is no {unknown}; there are log and provision");
        std::process::exit(2);
    }
    let mut table = Table::default();
    if runs("provision") {
        provision::measure(&mut table).await;
    }
    if runs("log") {
        log::measure(&mut table).await;
    }
    println!("{table}");
    if let Ok(path) = std::env::var("LANDLORD_BENCH_JSON") {
        std::fs::write(&path, table.json()).unwrap();
    }
}
