//! What a document may cost before anybody parses it: one pass over its text, and one over its variables.
//!
//! The pass is linear in the text and allocates by definition and spread only. Fragments are counted as if
//! written out, each once and with checked arithmetic, so that no document makes the counting itself dear.
//! Whether the document is valid GraphQL is not decided here; where the two disagree the parser refuses it.

mod lexer;

use std::collections::HashMap;

use serde_json::{Map, Value};

use self::lexer::{Lexer, Token};
use crate::error::{Fault, Reason};

/// How much a document and its variables may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the document.
    pub document_bytes: usize,
    /// Lexical tokens.
    pub tokens: usize,
    /// Aliases, as written.
    pub aliases: usize,
    /// Fields of an operation's root, fragments written out.
    pub root_fields: usize,
    /// Fragment definitions, and also fragment spreads.
    pub fragments: usize,
    /// Fields, spreads and inline fragments, with fragments written out.
    pub selections: usize,
    /// Directives, as written.
    pub directives: usize,
    /// Levels of fields, fragments written out.
    pub depth: usize,
    /// Whether `__schema` and `__type` may be asked. Such an operation may be deeper than others.
    pub introspection: bool,
    /// Levels of lists and objects in a variable or a literal.
    pub value_depth: usize,
    /// Elements of a list in a variable.
    pub value_length: usize,
}

/// Levels of fields in an operation that only asks for the schema: what explorers and generators send.
const INTROSPECTION_DEPTH: usize = 16;

/// Levels of braces, inline fragments included: bounds the parser's recursion.
const NESTING: usize = 32;

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 16 * 1024,
            tokens: 2000,
            aliases: 30,
            root_fields: 10,
            fragments: 20,
            selections: 2000,
            directives: 20,
            depth: 10,
            introspection: false,
            value_depth: 8,
            value_length: 100,
        }
    }
}

/// Refuses a document that asks more than `limits`.
pub fn check_document(text: &str, limits: &Limits) -> Result<(), Fault> {
    if text.len() > limits.document_bytes {
        return Err(Reason::DOCUMENT_BYTES.into());
    }
    let mut walk = Walk::new(limits);
    for token in Lexer::new(text) {
        let token =
            token.map_err(|offset| Fault::from(Reason::SYNTAX).at(vec![lexer::position(text, offset)]))?;
        walk.take(token)?;
    }
    walk.flush()?;
    Tally::new(&walk.definitions).check(limits)
}

/// Refuses variables nested deeper or listed longer than `limits`.
pub fn check_variables(variables: &Map<String, Value>, limits: &Limits) -> Result<(), Fault> {
    let mut left: Vec<(&Value, usize)> = variables.values().map(|value| (value, 1)).collect();
    while let Some((value, depth)) = left.pop() {
        let (inner, length): (Vec<&Value>, _) = match value {
            Value::Array(items) => (items.iter().collect(), items.len()),
            Value::Object(members) => (members.values().collect(), members.len()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => continue,
        };
        if depth > limits.value_depth {
            return Err(Reason::VALUE_DEPTH.into());
        }
        if length > limits.value_length {
            return Err(Reason::VALUE_LENGTH.into());
        }
        left.extend(inner.into_iter().map(|value| (value, depth + 1)));
    }
    Ok(())
}

/// What one operation or fragment says itself.
#[derive(Debug, Default)]
struct Definition<'a> {
    fragment: Option<&'a str>,
    selections: usize,
    depth: usize,
    root_fields: usize,
    asks_schema: bool,
    asks_data: bool,
    spreads: Vec<Spread<'a>>,
}

#[derive(Debug)]
struct Spread<'a> {
    fragment: &'a str,
    depth: usize,
}

/// Where in a definition the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Between definitions.
    Outside,
    /// After the word that begins a definition; `true` when a fragment's name comes next.
    Header(bool),
    /// Within its selections.
    Selections,
}

/// What the token before says about a name in a selection set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Field,
    DirectiveName,
    SpreadOrCondition,
    TypeName,
}

struct Walk<'a> {
    limits: &'a Limits,
    place: Place,
    expect: Expect,
    /// For each open brace of selections: whether it is a level of fields (an inline fragment is not).
    braces: Vec<bool>,
    depth: usize,
    value_depth: usize,
    opens_inline: bool,
    /// A name that is a field unless a colon follows.
    pending: Option<&'a str>,
    tokens: usize,
    aliases: usize,
    directives: usize,
    fragments: usize,
    spreads: usize,
    definitions: Vec<Definition<'a>>,
}

impl<'a> Walk<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            place: Place::Outside,
            expect: Expect::Field,
            braces: Vec::new(),
            depth: 0,
            value_depth: 0,
            opens_inline: false,
            pending: None,
            tokens: 0,
            aliases: 0,
            directives: 0,
            fragments: 0,
            spreads: 0,
            definitions: Vec::new(),
        }
    }

    fn take(&mut self, token: Token<'a>) -> Result<(), Fault> {
        count(&mut self.tokens, self.limits.tokens, Reason::TOKENS)?;
        if token == Token::Punctuator(b'@') {
            count(&mut self.directives, self.limits.directives, Reason::DIRECTIVES)?;
        }
        if self.value_depth > 0 || token == Token::Punctuator(b'(') {
            self.flush()?;
            return self.take_in_value(token);
        }
        match self.place {
            Place::Selections => self.take_in_selections(token),
            Place::Outside | Place::Header(_) => self.take_in_header(token),
        }
    }

    /// Between the parentheses of arguments or variables nothing is selected; only nesting counts.
    fn take_in_value(&mut self, token: Token<'a>) -> Result<(), Fault> {
        match token {
            Token::Punctuator(b'(' | b'[' | b'{') => {
                self.value_depth += 1;
                // The parenthesis itself is no level of a value.
                if self.value_depth > self.limits.value_depth + 1 {
                    return Err(Reason::VALUE_DEPTH.into());
                }
            }
            Token::Punctuator(b')' | b']' | b'}') => self.value_depth -= 1,
            Token::Punctuator(_) | Token::Spread | Token::Name(_) | Token::Literal => {}
        }
        Ok(())
    }

    fn take_in_header(&mut self, token: Token<'a>) -> Result<(), Fault> {
        match (token, self.place) {
            (Token::Name(word), Place::Outside) => {
                self.definitions.push(Definition::default());
                self.place = Place::Header(word == "fragment");
                if word == "fragment" {
                    count(&mut self.fragments, self.limits.fragments, Reason::FRAGMENTS)?;
                }
            }
            (Token::Name(name), Place::Header(true)) => {
                self.current().fragment = Some(name);
                self.place = Place::Header(false);
            }
            (Token::Punctuator(b'{'), place) => {
                if place == Place::Outside {
                    self.definitions.push(Definition::default());
                }
                self.place = Place::Selections;
                self.open()?;
            }
            _ => {}
        }
        Ok(())
    }

    fn take_in_selections(&mut self, token: Token<'a>) -> Result<(), Fault> {
        if token == Token::Punctuator(b':') {
            self.pending = None;
            return count(&mut self.aliases, self.limits.aliases, Reason::ALIASES);
        }
        self.flush()?;
        match token {
            Token::Punctuator(b'{') => self.open()?,
            Token::Punctuator(b'}') => self.close(),
            Token::Punctuator(b'@') => self.expect = Expect::DirectiveName,
            Token::Spread => {
                self.expect = Expect::SpreadOrCondition;
                self.opens_inline = true;
            }
            Token::Name(name) => self.name(name)?,
            Token::Punctuator(_) | Token::Literal => {}
        }
        Ok(())
    }

    fn name(&mut self, name: &'a str) -> Result<(), Fault> {
        let expected = std::mem::replace(&mut self.expect, Expect::Field);
        match expected {
            Expect::DirectiveName | Expect::TypeName => {}
            Expect::SpreadOrCondition if name == "on" => self.expect = Expect::TypeName,
            Expect::SpreadOrCondition => {
                count(&mut self.spreads, self.limits.fragments, Reason::FRAGMENTS)?;
                self.opens_inline = false;
                let depth = self.depth;
                self.current().spreads.push(Spread { fragment: name, depth });
                self.select()?;
            }
            Expect::Field => {
                self.opens_inline = false;
                self.pending = Some(name);
            }
        }
        Ok(())
    }

    /// A pending name was not an alias: it selects a field.
    fn flush(&mut self) -> Result<(), Fault> {
        let Some(name) = self.pending.take() else { return Ok(()) };
        if self.depth == 1 {
            let definition = self.current();
            definition.root_fields += 1;
            match name {
                "__schema" | "__type" => definition.asks_schema = true,
                "__typename" => {}
                _ => definition.asks_data = true,
            }
        }
        self.select()
    }

    fn select(&mut self) -> Result<(), Fault> {
        let limit = self.limits.selections;
        count(&mut self.current().selections, limit, Reason::SELECTIONS)
    }

    fn open(&mut self) -> Result<(), Fault> {
        let is_inline = std::mem::take(&mut self.opens_inline) && !self.braces.is_empty();
        self.expect = Expect::Field;
        if self.braces.len() >= NESTING {
            return Err(Reason::DEPTH.into());
        }
        self.braces.push(!is_inline);
        if is_inline {
            self.select()?;
        } else {
            self.depth += 1;
            let depth = self.depth;
            let definition = self.current();
            definition.depth = definition.depth.max(depth);
        }
        Ok(())
    }

    fn close(&mut self) {
        if self.braces.pop() == Some(true) {
            self.depth -= 1;
        }
        self.expect = Expect::Field;
        self.opens_inline = false;
        if self.braces.is_empty() {
            self.place = Place::Outside;
        }
    }

    fn current(&mut self) -> &mut Definition<'a> {
        if self.definitions.is_empty() {
            self.definitions.push(Definition::default());
        }
        let last = self.definitions.len() - 1;
        &mut self.definitions[last]
    }
}

fn count(counter: &mut usize, limit: usize, reason: Reason) -> Result<(), Fault> {
    *counter += 1;
    if *counter > limit { Err(reason.into()) } else { Ok(()) }
}

/// A definition with its fragments written out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Whole {
    selections: usize,
    depth: usize,
    root_fields: usize,
    asks_schema: bool,
    asks_data: bool,
}

/// Writes out every definition once, remembering each fragment.
struct Tally<'a> {
    definitions: &'a [Definition<'a>],
    fragments: HashMap<&'a str, usize>,
    known: Vec<Progress>,
}

#[derive(Debug, Clone, Copy)]
enum Progress {
    Untouched,
    Underway,
    Done(Whole),
}

impl<'a> Tally<'a> {
    fn new(definitions: &'a [Definition<'a>]) -> Self {
        let named = definitions.iter().enumerate();
        let fragments = named.filter_map(|(at, definition)| Some((definition.fragment?, at))).collect();
        Self { definitions, fragments, known: vec![Progress::Untouched; definitions.len()] }
    }

    fn check(mut self, limits: &Limits) -> Result<(), Fault> {
        for (at, definition) in self.definitions.iter().enumerate() {
            let whole = self.whole(at)?;
            let only_schema = whole.asks_schema && !whole.asks_data;
            let depth = if only_schema { INTROSPECTION_DEPTH } else { limits.depth };
            let is_operation = definition.fragment.is_none();
            let reason = match whole {
                _ if whole.selections > limits.selections => Reason::SELECTIONS,
                _ if is_operation && whole.asks_schema && !limits.introspection => Reason::INTROSPECTION,
                _ if is_operation && whole.depth > depth => Reason::DEPTH,
                _ if is_operation && whole.root_fields > limits.root_fields => Reason::ROOT_FIELDS,
                _ => continue,
            };
            return Err(reason.into());
        }
        Ok(())
    }

    /// The recursion is as deep as there are fragments, which the walk has bounded.
    fn whole(&mut self, at: usize) -> Result<Whole, Fault> {
        match self.known[at] {
            Progress::Done(whole) => return Ok(whole),
            Progress::Underway => return Err(Reason::FRAGMENTS.into()),
            Progress::Untouched => self.known[at] = Progress::Underway,
        }
        let definition = &self.definitions[at];
        let mut whole = Whole {
            selections: definition.selections,
            depth: definition.depth,
            root_fields: definition.root_fields,
            asks_schema: definition.asks_schema,
            asks_data: definition.asks_data,
        };
        for spread in &definition.spreads {
            // A fragment that is not there is for the validator to report.
            let Some(&fragment) = self.fragments.get(spread.fragment) else { continue };
            let inner = self.whole(fragment)?;
            whole.selections = whole.selections.checked_add(inner.selections).ok_or(Reason::SELECTIONS)?;
            whole.depth = whole.depth.max(spread.depth.saturating_sub(1).saturating_add(inner.depth));
            if spread.depth == 1 {
                whole.root_fields =
                    whole.root_fields.checked_add(inner.root_fields).ok_or(Reason::ROOT_FIELDS)?;
                whole.asks_schema |= inner.asks_schema;
                whole.asks_data |= inner.asks_data;
            }
        }
        self.known[at] = Progress::Done(whole);
        Ok(whole)
    }
}

#[cfg(test)]
mod tests;
