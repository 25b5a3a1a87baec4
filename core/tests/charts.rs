//! The chart as a picture: what is drawn where, looked at pixel by pixel.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use landlord_core::card::chart::{Chart, Panel, Series};
use time::Duration;
use time::macros::datetime;
use tiny_skia::Pixmap;

const LINE: (u8, u8, u8) = (88, 166, 255);
const MARK: (u8, u8, u8) = (255, 170, 80);

fn panel(points: &[Option<f64>], mark: Option<f64>) -> Panel {
    Panel {
        title: "CPU, last day (units)".into(),
        series: Series { from: datetime!(2026-03-02 14:00 UTC), period: Duration::HOUR, points: points.to_vec() },
        mark: mark.map(|value| (value, format!("reserved {value}"))),
    }
}

fn drawn(panels: Vec<Panel>) -> Pixmap {
    Pixmap::decode_png(&Chart { panels, columns: 2 }.png().unwrap()).unwrap()
}

/// The columns in which a colour stands.
fn columns(picture: &Pixmap, wanted: (u8, u8, u8)) -> Vec<u32> {
    let holds = |x: &u32| {
        (0..picture.height()).any(|y| {
            let pixel = picture.pixel(*x, y).unwrap();
            (pixel.red(), pixel.green(), pixel.blue()) == wanted
        })
    };
    (0..picture.width()).filter(holds).collect()
}

#[test]
fn a_line_runs_where_something_was_measured_and_nowhere_else() {
    let gap: Vec<Option<f64>> = (0..24).map(|hour| (!(8..16).contains(&hour)).then_some(40.0)).collect();
    let picture = drawn(vec![panel(&gap, None)]);
    let columns = columns(&picture, LINE);
    let (first, last) = (columns[0], *columns.last().unwrap());
    let third = (last - first) / 3;
    assert!(third > 50, "it is legible: {first} to {last}");
    let in_the_gap = columns.iter().filter(|x| (first + third + 3..last - third - 3).contains(x)).count();
    assert_eq!(in_the_gap, 0, "{columns:?}");
    assert!(columns.contains(&(first + third / 2)) && columns.contains(&(last - third / 2)));
}

#[test]
fn the_mark_is_drawn_over_the_whole_width_and_a_series_without_points_has_no_line() {
    let picture = drawn(vec![panel(&[None; 24], Some(256.0))]);
    assert!(columns(&picture, LINE).is_empty());
    let mark = columns(&picture, MARK);
    assert!(mark.len() > 150, "{mark:?}");
}

#[test]
fn panels_stand_beside_and_below_each_other_on_a_ground_of_their_own() {
    let two = drawn(vec![panel(&[Some(1.0)], None); 2]);
    let four = drawn(vec![panel(&[Some(1.0)], None); 4]);
    assert_eq!((four.width(), four.height()), (two.width(), 2 * two.height()));
    assert!(four.pixels().iter().all(|pixel| pixel.alpha() == 255), "it reads on any page");
    assert!(Chart { panels: Vec::new(), columns: 2 }.png().is_none());
}

#[test]
fn whatever_the_numbers_are_it_is_drawn() {
    let odd = vec![Some(f64::MAX), None, Some(f64::INFINITY), Some(f64::NAN), Some(-1.0)];
    for points in [vec![], vec![Some(0.0); 3], vec![Some(0.000_4), None, Some(0.0)], odd] {
        for mark in [f64::MAX, f64::NAN, 0.000_2] {
            let title = "a title that is far too long for the place that it has in the picture, and Ω".into();
            drawn(vec![Panel { title, ..panel(&points, Some(mark)) }; 3]);
        }
    }
}

#[test]
fn one_that_stands_alone_is_wider() {
    let chart = |columns| Chart { panels: vec![panel(&[Some(0.25), Some(0.5)], Some(0.4))], columns };
    let alone = Pixmap::decode_png(&chart(1).png().unwrap()).unwrap();
    assert!(alone.width() > 400 && columns(&alone, LINE).len() > 300, "{}", alone.width());
}
