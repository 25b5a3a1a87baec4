//! A text that is never shown.

use std::fmt;
use std::path::Path;

use serde::Deserialize;

/// A password or token. Its `Debug` shows nothing of it, and it has neither `Display` nor `Serialize`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The secret that a file holds, without the blanks around it.
///
/// Errors: the file cannot be read or is empty, in words.
pub fn from_file(path: &Path) -> Result<Secret, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: cannot be read: {error}", path.display()))?;
    match text.trim() {
        "" => Err(format!("{}: is empty", path.display())),
        text => Ok(Secret::new(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_shows_nothing_of_it() {
        let shown = format!("{:?}", Some(Secret::new("correct horse")));
        assert_eq!(shown, "Some(Secret(…))");
    }
}
