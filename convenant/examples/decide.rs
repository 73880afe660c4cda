//! Answers requests from standard input, one JSON line each: `decide < requests.jsonl`. For measuring.

use std::io::{BufReader, stdin, stdout};

use convenant::{Convenant, decide};

fn main() -> std::io::Result<()> {
    let convenant =
        Convenant::embedded().map_err(|problems| std::io::Error::other(format!("{problems:?}")))?;
    decide::answer_all(&convenant, BufReader::with_capacity(1 << 20, stdin().lock()), stdout().lock())
}
