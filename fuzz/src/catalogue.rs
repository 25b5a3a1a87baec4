//! Any texts in the place of `commands/*.toml`, parted by a line `===`.
//!
//! They are taken whole, with names and texts that Discord takes, or refused with lines that say where.

use landlord_core::spec::{Answers, Catalogue, Does, Who};

use crate::seen::unseen;

/// Takes one input.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let texts = text.split("\n===\n").enumerate();
    let files: Vec<_> = texts.map(|(place, text)| (format!("commands/{place}.toml"), text.to_owned())).collect();
    match Catalogue::parse(&files) {
        Ok(catalogue) => taken(&catalogue),
        Err(errors) => {
            assert!(!errors.0.is_empty(), "refused without a word");
            for error in errors.0 {
                let file = files.iter().find(|(name, _)| *name == error.file).expect("the error names a file");
                let lines = file.1.matches('\n').count() + 1;
                assert!((1..=lines).contains(&error.line), "there is no line {} in {} lines", error.line, lines);
                let said = error.to_string();
                assert!(!said.contains('\n') && !said.chars().any(unseen), "not one line: {said:?}");
            }
        }
    }
}

fn taken(catalogue: &Catalogue) {
    for command in catalogue.commands() {
        let name = |text: &str| (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        let summary = |text: &str| (1..=100).contains(&text.chars().count()) && !text.chars().any(unseen);
        assert!(command.name.split(' ').all(name) && summary(&command.summary), "{command:?}");
        assert!(command.options.iter().all(|option| name(&option.name) && summary(&option.summary)), "{command:?}");
        let somebody = match &command.who {
            Who::Everyone => matches!(command.does, Does::Answer(Answers::Help)),
            Who::Roles(roles) => !roles.is_empty(),
        };
        assert!(somebody && command.options.len() <= 25, "{command:?}");
        if let Does::Operation(spec) = &command.does {
            assert!(!spec.steps.is_empty() && spec.purpose.deletes() == spec.deletion.is_some(), "{command:?}");
        }
    }
}
