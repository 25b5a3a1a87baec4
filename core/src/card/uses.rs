//! Buttons that use a command: pressing one is the same as typing it, by whoever presses.

use std::collections::BTreeMap;

use super::{Button, ButtonStyle};

/// How the ids of such buttons begin.
const USES: &str = "use";

impl Button {
    /// A button that uses a command with these options. Neither names nor values may have a colon in them; of ids that are longer
    /// than the chat takes, [`super::Card::fit`] leaves the button out.
    pub fn uses(label: impl Into<String>, style: ButtonStyle, command: &str, options: &[(&str, &str)]) -> Self {
        let options: Vec<String> = options.iter().map(|(name, value)| format!(":{name}={value}")).collect();
        let id = format!("{USES}:{command}{}", options.concat());
        Self { label: label.into(), style, id, enabled: true, ..Self::default() }
    }
}

/// The command and the options that a button of this id uses; none where it is another button.
pub(crate) fn used(id: &str) -> Option<(String, BTreeMap<String, String>)> {
    let (verb, rest) = id.split_once(':')?;
    let mut parts = rest.split(':');
    let command = parts.next().filter(|_| verb == USES)?;
    let option = |part: &str| part.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    Some((command.to_owned(), parts.map(option).collect::<Option<_>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_uses_is_what_it_was_made_with() {
        let button = Button::uses("Heal", ButtonStyle::Primary, "tenant heal", &[("tenant", "acme"), ("why", "a=b")]);
        assert_eq!(button.id, "use:tenant heal:tenant=acme:why=a=b");
        let (command, options) = used(&button.id).expect("a button that uses a command");
        assert_eq!(command, "tenant heal");
        let options: Vec<_> = options.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(options, [("tenant", "acme"), ("why", "a=b")]);
        for other in ["retry:3f9a1c07", "use", "use:tenant heal:acme", "page:1:tenants:"] {
            assert_eq!(used(other), None, "{other}");
        }
    }
}
