//! What is wrong with a covenant, in words that a jurist understands. It must never repair anything.

use std::fmt;

/// One thing that keeps a covenant from becoming active (design.md section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, relative to the folder of the covenant.
    pub file: String,
    /// The line, counted from one, where it is known.
    pub line: Option<usize>,
    /// The id of the rule, where one is concerned.
    pub policy: Option<String>,
    /// A Dutch sentence.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, policy: None, message: message.into() }
    }

    pub(crate) fn on(mut self, line: Option<usize>) -> Self {
        self.line = line;
        self
    }

    pub(crate) fn of(mut self, policy: &str) -> Self {
        self.policy = Some(policy.to_owned());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(policy) = &self.policy {
            write!(f, " ({policy})")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// The line, counted from one, of a place in a text.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    1 + before.filter(|byte| **byte == b'\n').count()
}
