//! The pictures beside an incident.

use time::Duration;

use super::File;
use super::chart::{Chart, Panel, Series};
use super::text::shorten;
use super::usage::named;
use crate::alert::Alert;
use crate::ports::{Gauge, Usage};

/// How long a title is at most, in letters, in a picture that stands alone.
const TITLE: usize = 52;

/// The metric of an alert, with its threshold; none where nothing was measured.
pub fn metric_picture(alert: &Alert, gauge: &Gauge, series: Series) -> Option<File> {
    series.points.iter().flatten().next()?;
    let by = format!(" · {} by {}", gauge.statistic.as_str(), span(gauge.seconds));
    let name = shorten(&gauge.name, TITLE.saturating_sub(by.chars().count()));
    // As it was told: `> 10`.
    let mark = alert.threshold.as_ref().and_then(|told| {
        let value: f64 = told.raw().split_whitespace().next_back()?.parse().ok()?;
        Some((value, format!("threshold {}", shorten(told.raw(), 20))))
    });
    picture(&Chart { panels: vec![Panel { title: format!("{name}{by}"), series, mark }], columns: 1 })
}

/// The use of a service, a panel for each metric; none where nothing was measured.
pub fn use_picture(read: &[Usage]) -> Option<File> {
    let measured = read.iter().filter(|usage| usage.points.iter().any(Option::is_some));
    let panels = measured.map(|usage| {
        let (name, unit) = named(usage.metric);
        Panel {
            title: format!("{name} by the minute ({unit})"),
            series: Series {
                from: usage.from,
                period: Duration::seconds(i64::from(usage.period)),
                points: usage.points.iter().map(|point| point.map(f64::from)).collect(),
            },
            mark: None,
        }
    });
    picture(&Chart { panels: panels.collect(), columns: 2 })
}

fn picture(chart: &Chart) -> Option<File> {
    Some(alert_picture(chart.png()?))
}

/// The picture under its name.
pub(super) fn alert_picture(bytes: Vec<u8>) -> File {
    File { name: "measured.png".to_owned(), bytes, media_type: "image/png" }
}

/// `5 min`, `1 h`.
fn span(seconds: u32) -> String {
    match seconds {
        86_400.. if seconds.is_multiple_of(86_400) => format!("{} d", seconds / 86_400),
        3_600.. if seconds.is_multiple_of(3_600) => format!("{} h", seconds / 3_600),
        _ => format!("{} min", seconds / 60),
    }
}
