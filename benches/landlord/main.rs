//! What `./bench` runs: how long the main job and an emergency shutdown take, how long an alert takes to become one, and how much the log
//! takes in; or the table of what `./bench chaos` has
//! counted. Prints one table and writes the same as JSON. Times are not judged here: those of one run can be compared with
//! each other, not with another machine's.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]

mod alert;
mod chaos;
#[path = "../../tests/support/world/ear.rs"]
#[allow(dead_code, reason = "stories use the rest")]
mod ear;
mod log;
mod people;
mod provision;
mod shutdown;
mod table;

use std::process::ExitCode;

use table::Table;

#[tokio::main]
async fn main() -> ExitCode {
    // Cargo adds options of its own.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if wanted == ["chaos"] {
        return counted();
    }
    let runs = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    if let Some(unknown) =
        wanted.iter().find(|name| !["alert", "log", "provision", "shutdown"].contains(&name.as_str()))
    {
        eprintln!("bench: there is no {unknown}; there are alert, log, provision, shutdown and chaos");
        return ExitCode::from(2);
    }
    let mut table = Table::default();
    if runs("provision") {
        provision::measure(&mut table).await;
    }
    if runs("shutdown") {
        shutdown::measure(&mut table).await;
    }
    if runs("alert") {
        alert::measure(&mut table).await;
    }
    if runs("log") {
        log::measure(&mut table).await;
    }
    println!("{table}");
    keep(&table.json());
    ExitCode::SUCCESS
}

/// The table of what the suites of `./bench chaos` have written to the file that `LANDLORD_CHAOS_REPORT` names.
fn counted() -> ExitCode {
    let file = std::env::var("LANDLORD_CHAOS_REPORT").expect("LANDLORD_CHAOS_REPORT names the suites' lines");
    let chaos = chaos::Chaos::read(&std::fs::read_to_string(&file).unwrap()).unwrap();
    println!("{chaos}");
    keep(&chaos.json());
    if chaos.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn keep(json: &str) {
    if let Ok(path) = std::env::var("LANDLORD_BENCH_JSON") {
        std::fs::write(&path, json).unwrap();
    }
}
