//! The revisions of a site as people read them, and the menu from which one is chosen (playbook 4.2).

use time::OffsetDateTime;

use super::text::{plain, shorten};
use super::{Card, Menu, Tone};
use crate::ports::Revision;
use crate::tenant::Tenancy;

/// The menu. `id` stands for what was asked for.
pub fn revision_menu(tenancy: &Tenancy, revisions: &[Revision], stable: Option<u32>, id: &str) -> Card {
    let offered = revisions.iter().filter(|revision| !revision.runs);
    let choices = offered.map(|revision| (revision_label(revision, stable), revision.number.to_string()));
    let menu = Menu {
        id: format!("revision:{id}"),
        placeholder: "Choose a revision: it is deployed at once".into(),
        choices: choices.collect(),
    };
    Card {
        title: format!("Roll back {} in {}", tenancy.tenant, tenancy.environment.title()),
        tone: Tone::Attention,
        body: format!("{}\n\nChoosing one deploys it at once, without approval.", self::revisions(revisions, stable)),
        footer: "The menu lasts 15 minutes.".into(),
        menu: Some(menu),
        ..Card::default()
    }
    .fit()
}

/// A line for each revision, the newest first; the one that runs and the last that was stable are marked.
pub fn revisions(revisions: &[Revision], stable: Option<u32>) -> String {
    let lines = revisions.iter().map(|revision| {
        let mark = if revision.runs {
            "▶️"
        } else if stable == Some(revision.number) {
            "✅"
        } else {
            "▫️"
        };
        format!("{mark} {}", plain(&words(revision, stable, &revision.image)))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A revision in one line of at most 100 characters. Of its image, where that comes from is left out.
pub fn revision_label(revision: &Revision, stable: Option<u32>) -> String {
    let image = revision.image.rsplit('/').next().unwrap_or_default();
    shorten(&words(revision, stable, &shorten(image, 40)), 100)
}

fn words(revision: &Revision, stable: Option<u32>, image: &str) -> String {
    let mark = if revision.runs {
        " · runs now"
    } else if stable == Some(revision.number) {
        " · last that was stable"
    } else {
        ""
    };
    let registered = revision.registered.map_or_else(|| "date not known".to_owned(), date);
    let size = revision
        .size
        .map_or_else(|| "size not known".to_owned(), |size| format!("{} cpu · {} MiB", size.cpu(), size.memory()));
    format!("{}{mark} · {registered} · {image} · {size}", revision.number)
}

/// To the minute, in UTC: in a menu the chat shows no times of its own.
fn date(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
}
