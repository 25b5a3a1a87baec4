//! Small pieces of text.

use time::OffsetDateTime;

use crate::role::Role;
use crate::size::Size;
use crate::tenant::{Environment, hidden};

/// Text that people wrote, so that the chat shows it as it is: its markup means nothing, and what cannot be seen is a �. (That it
/// calls nobody is the chat's to see to: mentions are never parsed.)
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut line_begins = true;
    for (at, c) in text.char_indices() {
        match c {
            '*' | '_' | '~' | '|' | '[' | '<' | '>' | '#' | '\\' => out.extend(['\\', c]),
            // A bullet, or the dot of a numbered list.
            '-' if line_begins => out.push_str("\\-"),
            '.' if numbers(&text[..at]) => out.push_str("\\."),
            // An address that would become a link.
            ':' if text[at..].starts_with("://") => out.push_str("\\:"),
            '`' => out.push('\''),
            c => out.push(visible_char(c)),
        }
        line_begins = c == '\n' || (line_begins && c == ' ');
    }
    out
}

/// Text between backticks, where markup means nothing anyway: only what would end it, or cannot be seen, is another character.
pub fn coded(text: &str) -> String {
    visible(text).replace('`', "'").replace('\n', " ")
}

/// With a capital at its head.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The text with a � in the place of whatever cannot be seen or changes how the rest is seen; lines stay lines.
pub fn visible(text: &str) -> String {
    text.chars().map(visible_char).collect()
}

/// What joins several emojis into one is seen by what it does.
fn visible_char(c: char) -> char {
    if hidden(c) && !matches!(c, '\n' | '\u{200D}') { '\u{FFFD}' } else { c }
}

/// Whether the last line consists of digits only.
fn numbers(text: &str) -> bool {
    let line = text.rsplit('\n').next().unwrap_or_default().trim_start();
    !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit())
}

/// `a DevOps Lead and a Product Owner`.
pub fn roles(roles: &[Role]) -> String {
    list(&roles.iter().map(|role| format!("{} {}", article(*role), role.title())).collect::<Vec<_>>())
}

fn article(role: Role) -> &'static str {
    match role {
        Role::Operator | Role::OnCall => "an",
        _ => "a",
    }
}

/// `one, two and three`.
pub fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Environments as people read them: `DEV, SIT and PROD`.
pub fn places(environments: impl IntoIterator<Item = Environment>) -> String {
    list(&environments.into_iter().map(|environment| environment.title().to_owned()).collect::<Vec<_>>())
}

/// What runs: `256 cpu · 512 MiB · 20 GiB · 1 task`.
pub fn running(size: Option<Size>, desired: u32) -> String {
    let size = size.map_or_else(|| "a size that Fargate does not know".to_owned(), |size| size.to_string());
    format!("{size} · {desired} task{}", if desired == 1 { "" } else { "s" })
}

/// A time that the chat shows as how far away it is.
pub fn relative(at: OffsetDateTime) -> String {
    format!("<t:{}:R>", at.unix_timestamp())
}

/// From a time to another, as the chat shows times: of one day by the clock, longer with the date.
pub fn span(from: OffsetDateTime, to: OffsetDateTime) -> String {
    let style = if to - from < time::Duration::hours(12) { 't' } else { 'f' };
    format!("<t:{}:{style}>–<t:{}:{style}>", from.unix_timestamp(), to.unix_timestamp())
}

/// A number of seconds in the largest unit that fits: `7 days`, `24 hours`.
pub fn duration(seconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let whole = |(length, _): &&(u64, &str)| seconds.is_multiple_of(*length) && seconds / length > 1;
    let (length, unit) = UNITS.iter().find(whole).unwrap_or(&UNITS[3]);
    let count = seconds / length;
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

/// An ARN without what is the same for everything in an account: `service/dev-cluster/dev-acme-service`. Any other id as it is.
pub fn short_id(id: &str) -> &str {
    if id.starts_with("arn:") { id.splitn(6, ':').nth(5).unwrap_or(id) } else { id }
}

/// At most `most` characters, with an ellipsis where something was cut off.
pub fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    if most == 0 {
        return String::new();
    }
    let mut cut: String = text.chars().take(most - 1).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_means_nothing_to_the_chat() {
        assert_eq!(plain("**x** `y` [z](u)"), "\\*\\*x\\*\\* 'y' \\[z](u)");
        assert_eq!(coded("a_user`\nb\u{202E}"), "a_user' b\u{FFFD}");
    }

    #[test]
    fn what_cannot_be_seen_is_shown_as_such() {
        assert_eq!(plain("a\u{202E}b\u{7}\u{1B}[31m"), "a\u{FFFD}b\u{FFFD}\u{FFFD}\\[31m");
        assert_eq!(visible("one\ntwo \u{1F469}\u{200D}\u{1F4BB}"), "one\ntwo \u{1F469}\u{200D}\u{1F4BB}");
    }

    #[test]
    fn words_are_joined_as_people_write_them() {
        assert_eq!(roles(&[Role::DevopsLead, Role::ProductOwner]), "a DevOps Lead and a Product Owner");
        assert_eq!(list(&[]), "");
        assert_eq!(shorten("abcdef", 4), "abc…");
    }

    #[test]
    fn a_span_of_days_says_which() {
        let from = time::macros::datetime!(2026-03-02 14:02 UTC);
        assert_eq!(span(from, from + time::Duration::minutes(7)), "<t:1772460120:t>–<t:1772460540:t>");
        assert_eq!(span(from, from + time::Duration::DAY), "<t:1772460120:f>–<t:1772546520:f>");
    }

    #[test]
    fn durations_and_ids_are_as_short_as_they_may_be() {
        assert_eq!(
            [86_400, 604_800, 90, 3_600, 1, 0].map(duration),
            ["24 hours", "7 days", "90 seconds", "60 minutes", "1 second", "0 seconds"]
        );
        assert_eq!(short_id("arn:aws:ecs:eu-west-1:1:service/c/dev-acme-service"), "service/c/dev-acme-service");
        assert_eq!(short_id("fsap-0123"), "fsap-0123");
    }
}
