//! One JSON line in, one JSON line out.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Arc, Mutex};

use convenant::decide::{answer, answer_all};
use serde_json::{Value, json};

use crate::CONVENANT;
use crate::random::Random;
use crate::tables::{Question, TABLES};

fn line() -> Value {
    json!({
        "verb": "see", "house": "TWENTE", "date": "2025-06-01", "partner": "POLITIE", "same_gemeente": true,
        "signed": true, "secrecy": false, "trained": false, "involvement": "ZETEL", "side": "GEEN", "tafel": "TOPX",
        "phase": "F6", "facts": [], "category": "D15",
    })
}

fn written(question: &Question) -> String {
    json!({
        "verb": question.verb, "house": "TWENTE", "date": "2025-06-01", "partner": question.partner,
        "same_gemeente": question.same_gemeente, "signed": question.signed, "secrecy": question.secrecy,
        "trained": question.trained, "involvement": question.involvement, "side": question.side,
        "tafel": question.tafel, "phase": format!("F{}", question.phase), "facts": question.facts,
        "category": question.category, "asked": question.asked,
    })
    .to_string()
}

fn with(field: &str, value: Value) -> String {
    let mut line = line();
    line[field] = value;
    line.to_string()
}

#[test]
fn a_decision_has_its_rows_and_a_denial_its_reason() {
    assert_eq!(
        answer(&CONVENANT, &line().to_string()),
        r#"{"allow":true,"permits":["P23"],"forbids":[],"reason":null}"#
    );
    assert_eq!(
        answer(&CONVENANT, &with("signed", json!(false))),
        r#"{"allow":false,"permits":["P23"],"forbids":["V01"],"reason":"NOT_SIGNED"}"#
    );
}

#[test]
fn codes_are_read_in_either_case_and_house_and_date_change_nothing() {
    let plain = answer(&CONVENANT, &line().to_string());
    for (field, value) in [
        ("verb", "SEE"),
        ("partner", "politie"),
        ("category", "d15"),
        ("phase", "f6"),
        ("house", "DRENTHE"),
        ("date", "1999-01-01"),
    ] {
        assert_eq!(answer(&CONVENANT, &with(field, json!(value))), plain, "{field}");
    }
    let mut without = line();
    without.as_object_mut().expect("an object").remove("house");
    assert_eq!(answer(&CONVENANT, &without.to_string()), plain);
}

#[test]
fn a_bad_line_gets_an_error() {
    for (field, value, words) in [
        ("category", json!("D99"), "D99"),
        ("verb", json!("steal"), "steal"),
        ("phase", json!("F13"), "F13"),
        ("facts", json!(["mooi"]), "mooi"),
        ("signed", json!("ja"), "signed"),
        ("tafel", json!(null), "tafel"),
    ] {
        let refused: Value = serde_json::from_str(&answer(&CONVENANT, &with(field, value))).expect("json");
        let error = refused["error"].as_str().expect("an error");
        assert!(
            refused.get("allow").is_none() && (error.contains(words) || words == field),
            "{field}: {error}"
        );
    }
    assert!(answer(&CONVENANT, "{").starts_with("{\"error\":"));
}

/// Many lines through all processors: as many answers, in order, the same as one by one and as the tables say.
#[test]
fn answers_keep_the_order_of_the_lines() {
    let mut random = Random(9);
    let questions: Vec<Question> = (0..1_500).map(|_| random.question()).collect();
    let mut input: Vec<String> = questions.iter().map(written).collect();
    input.insert(700, "geen json".to_owned());
    input.insert(900, String::new());
    let mut output = Vec::new();
    answer_all(&CONVENANT, BufReader::with_capacity(97_531, input.join("\n").as_bytes()), &mut output)
        .expect("written");
    let output: Vec<&str> = std::str::from_utf8(&output).expect("text").lines().collect();
    input.remove(900);
    assert_eq!(output.len(), input.len());
    for (line, out) in input.iter().zip(&output) {
        assert_eq!(*out, answer(&CONVENANT, line));
    }
    for (question, out) in questions.iter().zip(output.iter().enumerate().filter(|(place, _)| *place != 700))
    {
        let out: Value = serde_json::from_str(out.1).expect("json");
        assert_eq!(out["allow"], TABLES.answer(question).allow);
        assert_eq!(out["reason"].as_str(), TABLES.reason(question));
    }
}

/// Gives one line, and the next only when the answer to it was written.
struct Patient {
    lines: Vec<Vec<u8>>,
    answered: Arc<Mutex<Vec<u8>>>,
    given: usize,
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let answers = self.answered.lock().expect("a lock").lines().count();
        assert_eq!(answers, self.given, "the next line was wanted before the answer to the last");
        let Some(line) = self.lines.get(self.given) else { return Ok(0) };
        self.given += 1;
        buffer[..line.len()].copy_from_slice(line);
        Ok(line.len())
    }
}

struct Shared(Arc<Mutex<Vec<u8>>>);

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a lock").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn whoever_waits_for_an_answer_gets_it() {
    let answered = Arc::new(Mutex::new(Vec::new()));
    let lines = (0..3).map(|_| format!("{}\n", line()).into_bytes()).collect();
    let input = BufReader::new(Patient { lines, answered: Arc::clone(&answered), given: 0 });
    answer_all(&CONVENANT, input, Shared(Arc::clone(&answered))).expect("written");
    assert_eq!(answered.lock().expect("a lock").lines().count(), 3);
}
