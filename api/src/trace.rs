//! The trace that a request belongs to, by which an error can be found again without saying anything else.

use std::fmt;

use uuid::Uuid;

/// The trace a request belongs to: that of a valid incoming `traceparent`, or a fresh one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId([u8; 16]);

impl TraceId {
    /// A random trace.
    pub fn fresh() -> Self {
        Self(Uuid::new_v4().into_bytes())
    }

    /// Reads the trace of a W3C `traceparent` header; anything malformed is no trace at all.
    pub fn from_traceparent(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let whole = parts.next().is_none() || version != "00";
        let lengths = [version.len(), trace.len(), parent.len(), flags.len()] == [2, 32, 16, 2];
        let hex = [version, trace, parent, flags].iter().all(|part| part.bytes().all(is_lower_hex));
        let is_null = |part: &str| part.bytes().all(|byte| byte == b'0');
        let valid = whole && lengths && hex && version != "ff" && !is_null(trace) && !is_null(parent);
        if !valid {
            return None;
        }
        u128::from_str_radix(trace, 16).ok().map(|number| Self(number.to_be_bytes()))
    }

    /// The sixteen bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

impl From<[u8; 16]> for TraceId {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
