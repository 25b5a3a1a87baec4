//! What a message may carry: a text that is too long goes as a file, a file that is too large is named instead.

use landlord_core::card::{Card, File, text};
use landlord_core::ports::Message;
use serenity::all::CreateAttachment;

use super::render;

/// Discord: a message has at most 2,000 characters.
const MESSAGE: usize = 2_000;

/// Discord: a message has at most 10 files.
const FILES: usize = 10;

/// Discord: a message has at most 25 MiB, of which some is no file.
const ALL: usize = 24 * 1024 * 1024;

/// What every server of Discord's takes of one file; more only where people pay for it.
const LARGEST: usize = 8 * 1024 * 1024;

/// The files that go with a card, and a line for each that is too large.
pub(super) fn beside(card: &Card) -> (Vec<CreateAttachment>, String) {
    let (mut files, mut left_out) = (Vec::new(), Vec::new());
    for file in card.files.iter().take(FILES - 1) {
        match sendable(file) {
            Ok(sent) => files.push(sent),
            Err(line) => left_out.push(line),
        }
    }
    (files, left_out.join("\n"))
}

/// The file as it is sent, or the line that says why it is not.
fn sendable(file: &File) -> Result<CreateAttachment, String> {
    if file.bytes.len() <= LARGEST {
        return Ok(render::file(file));
    }
    // Rounded up, so that no file of a little more than 8 MiB is said to have 8.
    let size = file.bytes.len().div_ceil(1024 * 1024);
    Err(format!("*{} is left out: it has {size} MiB, and Discord takes 8.*", text::plain(&file.name)))
}

/// The text, with those whom it calls, and the files that go with it.
pub(super) fn fitted(said: &Message, called: &str) -> (String, Vec<CreateAttachment>) {
    let mut files = Vec::new();
    let mut left_out = Vec::new();
    let mut all = said.text.len();
    for file in &said.files {
        match sendable(file) {
            Ok(sent) if files.len() < FILES - 1 && all + sent.data.len() <= ALL => {
                all += sent.data.len();
                files.push(sent);
            }
            Ok(_) => {
                left_out.push(format!("*{} is left out: a message does not take so much.*", text::plain(&file.name)));
            }
            Err(line) => left_out.push(line),
        }
    }
    let joined = |head: &str| {
        let parts = [head, &left_out.join("\n"), called];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    };
    let whole = joined(&said.text);
    if whole.chars().count() <= MESSAGE {
        return (whole, files);
    }
    files.insert(0, CreateAttachment::bytes(said.text.as_bytes(), "message.txt"));
    let first = said.text.lines().next().unwrap_or_default();
    let rest = joined("").chars().count() + 1;
    let head = text::shorten(first, MESSAGE.saturating_sub(rest).min(MESSAGE - 200));
    (text::shorten(&joined(&head), MESSAGE), files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, size: usize) -> File {
        File { name: name.into(), bytes: vec![b'x'; size], media_type: "text/plain" }
    }

    fn names(files: &[CreateAttachment]) -> Vec<&str> {
        files.iter().map(|file| file.filename.as_str()).collect()
    }

    #[test]
    fn what_fits_goes_as_it_is() {
        let said = Message { files: vec![file("a.json", 3)], ..Message::text("Done.") };
        let (content, files) = fitted(&said, "<@1>");
        assert_eq!(content, "Done.\n<@1>");
        assert_eq!(names(&files), ["a.json"]);
        assert_eq!(files[0].data, b"xxx");
    }

    #[test]
    fn a_long_text_goes_as_a_file_beside_the_others() {
        let long = format!("The first line.\n{}", "x".repeat(2_000));
        let said = Message { files: vec![file("a.json", 3)], ..Message::text(&long) };
        let (content, files) = fitted(&said, "<@1>");
        assert_eq!(content, "The first line.\n<@1>");
        assert_eq!(names(&files), ["message.txt", "a.json"]);
        assert_eq!(files[0].data, long.as_bytes());
    }

    #[test]
    fn a_file_that_discord_does_not_take_is_named_instead() {
        let said =
            Message { files: vec![file("dump.sql", LARGEST + 1), file("a.json", LARGEST)], ..Message::text("x") };
        let (content, files) = fitted(&said, "");
        assert_eq!(content, "x\n*dump.sql is left out: it has 9 MiB, and Discord takes 8.*");
        assert_eq!(names(&files), ["a.json"]);
    }

    #[test]
    fn a_card_says_that_its_file_is_left_out() {
        let card = |size| Card { files: vec![file("a.json", size)], ..Card::default() };
        assert_eq!(beside(&card(LARGEST)).0.iter().map(|file| file.data.len()).collect::<Vec<_>>(), [LARGEST]);
        let (none, line) = beside(&card(LARGEST + 1));
        assert!(none.is_empty() && line.contains("a.json is left out"), "{line}");
        assert_eq!(beside(&Card::default()), (Vec::new(), String::new()));
    }

    #[test]
    fn files_are_not_too_large_together() {
        let said = Message { files: vec![file("a", LARGEST); 4], ..Message::text("x") };
        let (content, files) = fitted(&said, "");
        assert_eq!((files.len(), content.matches("so much").count()), (2, 2), "{content}");
    }

    #[test]
    fn a_message_never_has_more_than_discord_takes() {
        let many = (0..15).map(|n| file(&format!("{n}.txt"), 1)).collect();
        let said = Message { files: many, ..Message::text("y".repeat(5_000)) };
        let (content, files) = fitted(&said, &"<@1> ".repeat(300));
        assert!(content.chars().count() <= MESSAGE, "{content}");
        assert_eq!(files.len(), FILES);
        assert_eq!(content.matches("so much").count(), 6, "{content}");
    }
}
