//! The burgerservicenummer: nine digits that pass the elfproef.
//!
//! A [`Bsn`] shows itself to nobody: it has no `Serialize`, and `Debug` and `Display` are masked. Only
//! [`Bsn::reveal`] gives the digits, so that every use can be found.

use std::fmt;

use zeroize::Zeroize;

/// The factors of the elfproef, for the first digit to the last.
const WEIGHTS: [i32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, -1];

/// A burgerservicenummer that passed the elfproef; wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Bsn(String);

/// The text is no burgerservicenummer. Says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a burgerservicenummer")]
pub struct NotABsn;

impl Bsn {
    /// Reads exactly nine digits; nothing is padded or trimmed.
    pub fn parse(text: &str) -> Result<Self, NotABsn> {
        let digits: &[u8; 9] = text.as_bytes().try_into().map_err(|_| NotABsn)?;
        let well_formed = digits.iter().all(u8::is_ascii_digit) && digits.iter().any(|&digit| digit != b'0');
        if well_formed && passes_elfproef(digits) { Ok(Self(text.to_owned())) } else { Err(NotABsn) }
    }

    /// The digits themselves.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

fn passes_elfproef(digits: &[u8; 9]) -> bool {
    let sum: i32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| i32::from(digit - b'0') * weight).sum();
    sum % 11 == 0
}

impl Drop for Bsn {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Bsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bsn(*********)")
    }
}

impl fmt::Display for Bsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("*********")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_numbers_are_judged_rightly() {
        for valid in ["999990007", "999990019", "999990020", "999990032", "999990044"] {
            assert_eq!(Bsn::parse(valid).unwrap().reveal(), valid);
        }
        for invalid in
            ["123456789", "000000000", "12345678", "0999990019", " 99990019", "99999001a", "", "٩99990019"]
        {
            assert_eq!(Bsn::parse(invalid), Err(NotABsn), "{invalid}");
        }
    }

    #[test]
    fn a_number_shows_itself_to_nobody() {
        let bsn = Bsn::parse("999990019").unwrap();
        assert_eq!(format!("{bsn} {bsn:?}"), "********* Bsn(*********)");
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_noticed(number in 1_u32..1_000_000_000, at in 0_usize..9, by in 1_u8..10) {
            let text = format!("{number:09}");
            let mut wrong = text.clone().into_bytes();
            wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assert!(Bsn::parse(&text).is_err() || Bsn::parse(&wrong).is_err());
        }

        #[test]
        fn the_rule_is_that_of_the_elfproef(number in 1_u64..1_000_000_000) {
            let text = format!("{number:09}");
            let digit = |place: u32| i64::try_from(number / 10_u64.pow(place) % 10).unwrap();
            let sum: i64 = (1..9).map(|place| digit(place) * (i64::from(place) + 1)).sum::<i64>() - digit(0);
            prop_assert_eq!(Bsn::parse(&text).is_ok(), sum % 11 == 0);
        }
    }
}
