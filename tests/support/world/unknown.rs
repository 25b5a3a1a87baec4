//! Listens to serenity's own log: a dispatch that it cannot decode becomes a line there and nothing else.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// What serenity says of a dispatch that it does not know.
const WORDS: &str = "An unknown event was received";

static UNKNOWN: Mutex<Vec<String>> = Mutex::new(Vec::new());
static LISTENING: Once = Once::new();

/// Begins to listen; also prints the logs that `RUST_LOG` asks for.
pub(crate) fn listen() {
    LISTENING.call_once(|| {
        let printed = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("off"));
        tracing_subscriber::registry()
            .with(Unknown.with_filter(tracing_subscriber::filter::filter_fn(of_interest)))
            .with(printed.with_filter(filter))
            .init();
    });
}

/// The dispatches that serenity did not know, in this process so far.
pub(crate) fn events() -> Vec<String> {
    UNKNOWN.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn of_interest(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("serenity") && *metadata.level() <= Level::DEBUG
}

struct Unknown;

impl<S: Subscriber> Layer<S> for Unknown {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line::default();
        event.record(&mut line);
        if line.0.contains(WORDS) {
            UNKNOWN.lock().unwrap_or_else(PoisonError::into_inner).push(line.0);
        }
    }
}

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            write!(self.0, "{value:?}").expect("a String takes everything");
        }
    }
}
