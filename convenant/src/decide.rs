//! One request a line as JSON in, one decision a line out: the tables and nothing else.
//!
//! House, date and seats do not change an answer here (README, last paragraph of "Why not"); a line that cannot be
//! read gets an error, never a guess.

use std::io::{self, BufRead, Write};
use std::thread;

use serde::{Deserialize, Serialize};

use crate::convenant::Convenant;
use crate::engine::{Decision, Request};
use crate::vocabulary::{Category, Fact, Involvement, PartnerKind, Phase, Side, Standing, Tafel, Verb};

/// A line of input. Codes as in the tables, in either case; `house` and `date` may be there and are not read.
#[derive(Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the four yes-or-no facts of a standing in the README")]
struct Line {
    verb: Verb,
    partner: PartnerKind,
    same_gemeente: bool,
    signed: bool,
    secrecy: bool,
    trained: bool,
    involvement: Involvement,
    side: Side,
    tafel: Tafel,
    phase: Phase,
    #[serde(default)]
    facts: Vec<Fact>,
    category: Category,
    #[serde(default)]
    asked: Option<PartnerKind>,
}

impl From<Line> for Request {
    fn from(line: Line) -> Self {
        let standing = Standing {
            partner: line.partner,
            same_gemeente: line.same_gemeente,
            signed: line.signed,
            secrecy: line.secrecy,
            trained: line.trained,
            involvement: line.involvement,
            side: line.side,
            tafel: line.tafel,
            phase: line.phase,
        };
        let facts = line.facts.into_iter().collect();
        Self { verb: line.verb, standing, category: line.category, facts, asked: line.asked }
    }
}

#[derive(Serialize)]
struct Refused {
    error: String,
}

/// The answer to one line, without the line end.
pub fn answer(convenant: &Convenant, line: &str) -> String {
    match serde_json::from_str::<Line>(line) {
        Ok(line) => written(&convenant.model().decide(&line.into())),
        Err(error) => refused(&error.to_string()),
    }
}

/// Answers every line, in order, with all processors; blank lines are skipped. Whoever waits for an answer before
/// the next question is not kept waiting.
pub fn answer_all(convenant: &Convenant, mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let mut unfinished = Vec::new();
    loop {
        let part = input.fill_buf()?;
        let read = part.len();
        let whole = part.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let (lines, rest) = part.split_at(whole);
        if whole > 0 {
            unfinished.extend_from_slice(lines);
            answer_block(convenant, &unfinished, &mut output)?;
            unfinished.clear();
        }
        unfinished.extend_from_slice(rest);
        input.consume(read);
        if read == 0 {
            return answer_block(convenant, &unfinished, &mut output);
        }
    }
}

/// Below this, starting a thread costs more than it gains.
const WORTH_A_THREAD: usize = 32;

fn answer_block(convenant: &Convenant, block: &[u8], output: &mut impl Write) -> io::Result<()> {
    let lines: Vec<&[u8]> =
        block.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).collect();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let share = lines.len().div_ceil(workers).max(WORTH_A_THREAD);
    let answers: Vec<String> = thread::scope(|scope| {
        let start = |lines| scope.spawn(move || answer_lines(convenant, lines));
        let mut shares = lines.chunks(share);
        let first = shares.next();
        let started: Vec<_> = shares.map(start).collect();
        let first = first.map(|lines| answer_lines(convenant, lines));
        first.into_iter().chain(started.into_iter().map(|worker| worker.join().unwrap_or_default())).collect()
    });
    answers.iter().try_for_each(|answers| output.write_all(answers.as_bytes()))?;
    output.flush()
}

fn answer_lines(convenant: &Convenant, lines: &[&[u8]]) -> String {
    let mut answers = String::new();
    for line in lines {
        match std::str::from_utf8(line) {
            Ok(line) => answers.push_str(&answer(convenant, line)),
            Err(error) => answers.push_str(&refused(&error.to_string())),
        }
        answers.push('\n');
    }
    answers
}

fn written(decision: &Decision) -> String {
    serde_json::to_string(decision).unwrap_or_else(|error| refused(&error.to_string()))
}

fn refused(error: &str) -> String {
    serde_json::to_string(&Refused { error: error.to_owned() })
        .unwrap_or_else(|_| r#"{"error":"onleesbaar"}"#.to_owned())
}
