//! The tokens of a GraphQL document, cut exactly as the parser cuts them.
//!
//! Where this lexer and the parser would differ a document could hide its size, so anything the parser could
//! read otherwise is an error here: an unterminated string, a character outside the language.

use async_graphql::Pos;

/// One lexical token. What a string or number says does not matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A name or keyword.
    Name(&'a str),
    /// One of `! $ & ( ) : = @ [ ] { | }`.
    Punctuator(u8),
    /// `...`
    Spread,
    /// A string, block string or number.
    Literal,
}

/// Yields tokens, or the offset of the first text that is none; after that, nothing.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn skip_ignored(&mut self) {
        loop {
            match self.rest() {
                [b' ' | b',' | b'\t' | b'\n' | b'\r', ..] => self.at += 1,
                [0xEF, 0xBB, 0xBF, ..] => self.at += 3,
                [b'#', rest @ ..] => self.at += 1 + length_while(rest, |byte| byte != b'\n' && byte != b'\r'),
                _ => return,
            }
        }
    }

    /// The token at the start of the rest and its length.
    fn cut(&self) -> Option<(Token<'a>, usize)> {
        let rest = self.rest();
        match rest.first()? {
            byte @ (b'!' | b'$' | b'&' | b'(' | b')' | b':' | b'=' | b'@' | b'[' | b']' | b'{' | b'|'
            | b'}') => Some((Token::Punctuator(*byte), 1)),
            b'.' if rest.starts_with(b"...") => Some((Token::Spread, 3)),
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => {
                let length = length_while(rest, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
                Some((Token::Name(self.text.get(self.at..self.at + length)?), length))
            }
            b'-' | b'0'..=b'9' => number(rest).map(|length| (Token::Literal, length)),
            b'"' if rest.starts_with(br#"""""#) => block_string(rest).map(|length| (Token::Literal, length)),
            b'"' => string(rest).map(|length| (Token::Literal, length)),
            _ => None,
        }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Result<Token<'a>, usize>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_ignored();
        if self.at >= self.text.len() {
            return None;
        }
        if let Some((token, length)) = self.cut() {
            self.at += length;
            Some(Ok(token))
        } else {
            let stuck = std::mem::replace(&mut self.at, self.text.len());
            Some(Err(stuck))
        }
    }
}

fn length_while(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| wanted(**byte)).count()
}

fn digits(bytes: &[u8]) -> usize {
    length_while(bytes, |byte| byte.is_ascii_digit())
}

/// `-?(0|digits)(.digits)?([eE][+-]?digits)?`, as long as it can be.
fn number(bytes: &[u8]) -> Option<usize> {
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = match bytes.get(sign..)? {
        [b'0', ..] => 1,
        rest => digits(rest),
    };
    if whole == 0 {
        return None;
    }
    let mut length = sign + whole;
    if let Some([b'.', fraction @ ..]) = bytes.get(length..)
        && digits(fraction) > 0
    {
        length += 1 + digits(fraction);
    }
    if let Some([b'e' | b'E', exponent @ ..]) = bytes.get(length..) {
        let sign = usize::from(matches!(exponent.first(), Some(b'+' | b'-')));
        let power = digits(exponent.get(sign..).unwrap_or_default());
        if power > 0 {
            length += 1 + sign + power;
        }
    }
    Some(length)
}

fn string(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            b'\n' | b'\r' => return None,
            _ => at += 1,
        }
    }
}

fn block_string(bytes: &[u8]) -> Option<usize> {
    let mut at = 3;
    loop {
        let rest = bytes.get(at..)?;
        match rest {
            [] => return None,
            _ if rest.starts_with(br#"\""""#) => at += 4,
            _ if rest.starts_with(br#"""""#) => return Some(at + 3),
            _ => at += 1,
        }
    }
}

/// Line and column of an offset, both counted from one.
pub(super) fn position(text: &str, offset: usize) -> Pos {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Pos { line, column }
}
