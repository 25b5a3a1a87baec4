//! Small charts: series over time with a marked line, drawn as a picture that reads on a dark and on a light page alike.
//!
//! It brings its own background. Where nothing was measured the line has a gap.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};
use time::{Duration, OffsetDateTime};
use tiny_skia::{Color, Paint, PathBuilder, Pixmap, PremultipliedColorU8, Rect, Stroke, Transform};

/// Points that follow one another.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// When the first point begins.
    pub from: OffsetDateTime,
    /// How long a point is.
    pub period: Duration,
    /// The points; none where nothing was measured.
    pub points: Vec<Option<f64>>,
}

impl Series {
    /// When the last point ends.
    fn end(&self) -> OffsetDateTime {
        self.from + self.period * i32::try_from(self.points.len()).unwrap_or(i32::MAX)
    }
}

/// One series with its title.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// What it shows, and in which unit.
    pub title: String,
    /// The points.
    pub series: Series,
    /// A value that is marked by a line, and what it is.
    pub mark: Option<(f64, String)>,
}

/// Panels beside and below each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The panels, row by row.
    pub panels: Vec<Panel>,
    /// How many stand beside each other, at least 1; one alone is wider.
    pub columns: usize,
}

/// The size of a panel, in pixels: the letters must read when two of them are shown 400 wide.
const WIDTH: u32 = 250;
/// The width of one that stands alone.
const WIDE: u32 = 440;
const HEIGHT: u32 = 190;
/// Where in a panel the lines are drawn.
const LEFT: f32 = 58.0;
const RIGHT: f32 = 12.0;
const TOP: f32 = 34.0;
const BOTTOM: f32 = 30.0;

const BACKGROUND: [u8; 3] = [30, 34, 42];
const GRID: [u8; 3] = [66, 74, 88];
const TEXT: [u8; 3] = [214, 220, 230];
const LINE: [u8; 3] = [88, 166, 255];
const MARK: [u8; 3] = [255, 170, 80];

impl Chart {
    /// The chart as a PNG picture; none where it has no panel.
    pub fn png(&self) -> Option<Vec<u8>> {
        let columns = self.columns.clamp(1, self.panels.len().max(1));
        let rows = self.panels.len().div_ceil(columns);
        let side = |count: usize, length: u32| u32::try_from(count).ok().and_then(|count| count.checked_mul(length));
        let width = if columns == 1 { WIDE } else { WIDTH };
        let mut canvas = Canvas { pixels: Pixmap::new(side(columns, width)?, side(rows, HEIGHT)?)?, panel: width };
        canvas.pixels.fill(color(BACKGROUND));
        for (place, panel) in self.panels.iter().enumerate() {
            let left = pixels(side(place % columns, width)?);
            let top = pixels(side(place / columns, HEIGHT)?);
            canvas.panel(panel, left, top);
        }
        canvas.pixels.encode_png().ok()
    }
}

/// A picture that is being drawn.
struct Canvas {
    pixels: Pixmap,
    /// How wide a panel is.
    panel: u32,
}

/// Where values and times are in the picture.
struct Scale {
    left: f32,
    top: f32,
    width: f32,
    height: f32,
    most: f64,
    count: usize,
}

impl Scale {
    #[allow(clippy::cast_precision_loss, reason = "a picture is no finer than that")]
    fn x(&self, place: usize) -> f32 {
        self.left + self.width * place as f32 / self.count.max(1) as f32
    }

    #[allow(clippy::cast_possible_truncation, reason = "a picture is no finer than that")]
    fn y(&self, value: f64) -> f32 {
        self.top + self.height * (1.0 - (value.clamp(0.0, self.most) / self.most) as f32)
    }
}

impl Canvas {
    fn panel(&mut self, panel: &Panel, left: f32, top: f32) {
        let values = panel.series.points.iter().flatten().copied().chain(panel.mark.iter().map(|mark| mark.0));
        let highest = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
        let scale = Scale {
            left: left + LEFT,
            top: top + TOP,
            width: pixels(self.panel) - LEFT - RIGHT,
            height: pixels(HEIGHT) - TOP - BOTTOM,
            most: round_up(highest),
            count: panel.series.points.len(),
        };
        self.write(&panel.title, left + 10.0, top + 6.0, TEXT);
        self.axes(panel, &scale, left);
        self.series(&panel.series, &scale);
        if let Some((value, name)) = panel.mark.as_ref().filter(|(value, _)| value.is_finite()) {
            let y = scale.y(*value);
            self.stroke(&[(scale.left, y), (scale.left + scale.width, y)], MARK, 2.0);
            self.write(name, scale.left + scale.width - wide(name) - 2.0, y + 3.0, MARK);
        }
        if panel.series.points.iter().all(Option::is_none) {
            let words = "not measured";
            let x = scale.left + (scale.width - wide(words)) / 2.0;
            self.write(words, x, scale.top + scale.height * 0.6, TEXT);
        }
    }

    /// Three lines with their values, and when the series begins and ends.
    fn axes(&mut self, panel: &Panel, scale: &Scale, left: f32) {
        for value in [0.0, scale.most / 2.0, scale.most] {
            let y = scale.y(value);
            self.stroke(&[(scale.left, y), (scale.left + scale.width, y)], GRID, 1.0);
            let words = short(value);
            self.write(&words, left + LEFT - 6.0 - wide(&words), y - 9.0, TEXT);
        }
        let long = panel.series.end() - panel.series.from > Duration::DAY;
        let below = scale.top + scale.height + 7.0;
        let (begins, ends) = (when(panel.series.from, long), when(panel.series.end(), long));
        self.write(&begins, scale.left, below, TEXT);
        self.write(&ends, scale.left + scale.width - wide(&ends), below, TEXT);
    }

    /// A line through each run of points, with what is below it filled.
    fn series(&mut self, series: &Series, scale: &Scale) {
        let mut run: Vec<(f32, f32)> = Vec::new();
        for (place, point) in series.points.iter().chain([&None]).enumerate() {
            if let Some(value) = point.filter(|value| value.is_finite()) {
                // A point is as wide as its time, so that one alone is seen too.
                run.extend([(scale.x(place), scale.y(value)), (scale.x(place + 1), scale.y(value))]);
            } else {
                self.area(&run, scale.y(0.0));
                self.stroke(&run, LINE, 2.0);
                run.clear();
            }
        }
    }

    fn area(&mut self, line: &[(f32, f32)], ground: f32) {
        for pair in line.chunks_exact(2) {
            let [(from, y), (to, _)] = pair else { continue };
            if let Some(bar) = Rect::from_ltrb(*from, *y, *to, ground.max(*y + 0.5)) {
                let mut paint = painted(LINE);
                paint.set_color_rgba8(LINE[0], LINE[1], LINE[2], 70);
                self.pixels.fill_rect(bar, &paint, Transform::identity(), None);
            }
        }
    }

    fn stroke(&mut self, line: &[(f32, f32)], ink: [u8; 3], width: f32) {
        let Some(((x, y), rest)) = line.split_first() else { return };
        let mut path = PathBuilder::new();
        path.move_to(*x, *y);
        for (x, y) in rest {
            path.line_to(*x, *y);
        }
        if let Some(path) = path.finish() {
            let stroke = Stroke { width, ..Stroke::default() };
            self.pixels.stroke_path(&path, &painted(ink), &stroke, Transform::identity(), None);
        }
    }

    /// Text whose upper left corner is there. What the font does not know is left out.
    fn write(&mut self, text: &str, x: f32, y: f32, ink: [u8; 3]) {
        let (mut left, top) = (whole(x), whole(y));
        for letter in text.chars() {
            if let Some(raster) = get_raster(letter, WEIGHT, LETTERS) {
                for (down, row) in raster.rows().enumerate() {
                    for (right, cover) in row.iter().enumerate() {
                        self.blend(left + right, top + down, ink, *cover);
                    }
                }
            }
            left += get_raster_width(WEIGHT, LETTERS);
        }
    }

    fn blend(&mut self, x: usize, y: usize, ink: [u8; 3], cover: u8) {
        let width = self.pixels.width() as usize;
        if x >= width {
            return;
        }
        let Some(pixel) = self.pixels.pixels_mut().get_mut(y * width + x) else { return };
        let mix = |under: u8, over: u8| {
            let mixed = (u16::from(under) * u16::from(255 - cover) + u16::from(over) * u16::from(cover)) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        let mixed = PremultipliedColorU8::from_rgba(
            mix(pixel.red(), ink[0]),
            mix(pixel.green(), ink[1]),
            mix(pixel.blue(), ink[2]),
            255,
        );
        *pixel = mixed.unwrap_or(*pixel);
    }
}

const WEIGHT: FontWeight = FontWeight::Regular;
const LETTERS: RasterHeight = RasterHeight::Size16;

fn color([red, green, blue]: [u8; 3]) -> Color {
    Color::from_rgba8(red, green, blue, 255)
}

fn painted(ink: [u8; 3]) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(color(ink));
    paint
}

#[allow(clippy::cast_precision_loss, reason = "a picture is no finer than that")]
fn pixels(length: u32) -> f32 {
    length as f32
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the picture")]
fn whole(length: f32) -> usize {
    length.max(0.0) as usize
}

#[allow(clippy::cast_precision_loss, reason = "a picture is no finer than that")]
fn wide(text: &str) -> f32 {
    (text.chars().count() * get_raster_width(WEIGHT, LETTERS)) as f32
}

/// The next round number above, with room over the highest point: 1, 2, 4, 6 or 8 and zeros before or behind it.
fn round_up(highest: f64) -> f64 {
    const LEAST: f64 = 1e-6;
    const MOST: f64 = 1e15;
    let wanted = (highest * 1.125).clamp(LEAST, MOST);
    let step = 10_f64.powf(wanted.log10().floor());
    [1.0, 2.0, 4.0, 6.0, 8.0].map(|head| head * step).into_iter().find(|round| *round >= wanted).unwrap_or(10.0 * step)
}

/// A value in at most six letters, with what it is a thousand times of where it is large.
fn short(value: f64) -> String {
    // From where on, and by what it is divided: four digits are still read as they are.
    let (value, unit) = [(1e12, 1e12, "T"), (1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")]
        .into_iter()
        .find(|(from, ..)| value >= *from)
        .map_or((value, ""), |(_, by, unit)| (value / by, unit));
    // Two that say something, of what is smaller than 1.
    let places = |value: f64| [0.1, 0.01, 0.001, 0.000_1].iter().take_while(|place| value < **place).count();
    let digits = if value == 0.0 || value >= 1.0 { 1 } else { 2 + places(value) };
    let words = format!("{value:.digits$}");
    let words = words.trim_end_matches('0').trim_end_matches('.');
    format!("{}{unit}", if words.is_empty() { "0" } else { words })
}

/// By the clock, or by the day.
fn when(at: OffsetDateTime, day: bool) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    if day { format!("{} {}", at.day(), month(at)) } else { format!("{:02}:{:02} UTC", at.hour(), at.minute()) }
}

fn month(at: OffsetDateTime) -> String {
    at.month().to_string().chars().take(3).collect()
}
