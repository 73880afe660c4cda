//! Burgerservicenummers that nobody has: those from 9999 on, which are kept for tests.
//!
//! A number outside that range is never made here.

use waarborg::keys::bsn::Bsn;

/// The first number of the range and the first behind it.
const RANGE: std::ops::Range<u32> = 999_900_000..1_000_000_000;

/// The test numbers that pass the elfproef, each once, in rising order.
pub(super) fn test_numbers() -> impl Iterator<Item = Bsn> {
    RANGE.filter_map(|number| Bsn::parse(&number.to_string()).ok())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_number_is_a_test_number_and_is_given_once() {
        let numbers: Vec<String> = test_numbers().map(|bsn| bsn.reveal().to_owned()).collect();
        assert!(numbers.len() > 9000, "{}", numbers.len());
        assert!(numbers.iter().all(|number| number.starts_with("9999") && number.len() == 9));
        assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), numbers.len());
    }
}
