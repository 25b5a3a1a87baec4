//! How much of its size a service has used, in words and as a picture.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use time::Duration;

use super::File;
use super::chart::{Chart, Panel, Series};
use crate::plan::{Change, Plan};
use crate::ports::{Metric, Usage};

/// A day of usage is what has points of an hour; a week has longer ones.
const HOUR: u32 = 3_600;

/// One line for each metric: average and peak of the day and of the week.
pub(super) fn words(change: &Change) -> String {
    if change.usage.is_empty() {
        return "What was used could not be read.".to_owned();
    }
    let line = |metric: Metric| {
        let (name, unit) = named(metric);
        let spans: Vec<String> = change
            .usage
            .iter()
            .filter(|usage| usage.metric == metric)
            .map(|usage| format!("last {} {}", span(usage), share(usage, reserved(change, metric), unit)))
            .collect();
        format!("{name}: {}", spans.join("; "))
    };
    [Metric::Cpu, Metric::Memory].map(line).join("\n")
}

/// The picture; none where nothing could be read. It is the same each time, and a card is made many times: it is drawn once.
pub(super) fn picture(plan: &Plan, change: &Change) -> Option<File> {
    const KEPT: usize = 32;
    static DRAWN: Mutex<BTreeMap<String, Arc<Vec<u8>>>> = Mutex::new(BTreeMap::new());
    if change.usage.is_empty() {
        return None;
    }
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    let bytes = if let Some(bytes) = drawn.get(&plan.operation.0) {
        Arc::clone(bytes)
    } else {
        let bytes = Arc::new(chart(change).png()?);
        if drawn.len() >= KEPT {
            drawn.clear();
        }
        drawn.insert(plan.operation.0.clone(), Arc::clone(&bytes));
        bytes
    };
    Some(File { name: "usage.png".to_owned(), bytes: (*bytes).clone(), media_type: "image/png" })
}

/// The metrics below each other, the day beside the week.
fn chart(change: &Change) -> Chart {
    let panel = |usage: &Usage| {
        let (name, unit) = named(usage.metric);
        Panel {
            title: format!("{name}, last {} ({unit})", span(usage)),
            series: Series {
                from: usage.from,
                period: Duration::seconds(i64::from(usage.period)),
                points: usage.points.iter().map(|point| point.map(f64::from)).collect(),
            },
            mark: reserved(change, usage.metric).map(|reserved| (f64::from(reserved), format!("reserved {reserved}"))),
        }
    };
    Chart { panels: change.usage.iter().map(panel).collect(), columns: 2 }
}

pub(super) fn named(metric: Metric) -> (&'static str, &'static str) {
    match metric {
        Metric::Cpu => ("CPU", "units"),
        Metric::Memory => ("Memory", "MiB"),
    }
}

/// What a task has of it now.
fn reserved(change: &Change, metric: Metric) -> Option<u32> {
    change.before.size.map(|size| match metric {
        Metric::Cpu => size.cpu(),
        Metric::Memory => size.memory(),
    })
}

fn span(usage: &Usage) -> &'static str {
    if usage.period <= HOUR { "day" } else { "week" }
}

/// `41 units on average (16 %), at most 120 (47 %)`.
fn share(usage: &Usage, reserved: Option<u32>, unit: &str) -> String {
    let measured: Vec<u64> = usage.points.iter().flatten().map(|point| u64::from(*point)).collect();
    let Some(peak) = measured.iter().max() else { return "not measured".to_owned() };
    let average = measured.iter().sum::<u64>() / measured.len() as u64;
    let of = |used: u64| match reserved {
        Some(reserved) => format!(" ({} %)", used * 100 / u64::from(reserved.max(1))),
        None => String::new(),
    };
    format!("{average} {unit} on average{}, at most {peak}{}", of(average), of(*peak))
}
