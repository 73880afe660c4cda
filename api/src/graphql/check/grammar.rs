//! How a value may be written: pure rules from a text to the one way in which it is kept.
//!
//! They tell nothing of what was wrong with a text; the path of a finding is for [`super::Checks`] to say.

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

/// The longest line, in characters.
const LINE: usize = 200;
/// The longest text, in characters.
const TEXT: usize = 4_000;
/// The longest address of e-mail, in characters (RFC 5321, 4.5.3.1.3).
const EMAIL: usize = 254;

/// A line: no control characters at all.
pub(super) fn line(text: &str) -> Option<String> {
    clean(text, LINE, char::is_control)
}

/// A text: of the control characters only the line feed.
pub(super) fn text(text: &str) -> Option<String> {
    clean(text, TEXT, |character| character.is_control() && character != '\n')
}

/// A Dutch postcode as it is written: four digits, a space, two capitals.
pub(super) fn postcode(text: &str) -> Option<String> {
    let text = text.trim();
    let (digits, letters) = text.split_at_checked(4)?;
    let letters = letters.strip_prefix(' ').unwrap_or(letters);
    let good = digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
        && letters.len() == 2
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic());
    good.then(|| format!("{digits} {}", letters.to_ascii_uppercase()))
}

/// A telephone number in the international form (E.164). A Dutch one may be given in the national form; spaces,
/// hyphens, dots and brackets are taken out.
pub(super) fn phone(text: &str) -> Option<String> {
    let packed: String = text.trim().chars().filter(|character| !" -.()".contains(*character)).collect();
    let number = match packed.strip_prefix('+').or_else(|| packed.strip_prefix("00")) {
        // The nought of the national form is often written between brackets.
        Some(abroad) => match abroad.strip_prefix("310") {
            Some(national) => format!("31{national}"),
            None => abroad.to_owned(),
        },
        None => format!("31{}", packed.strip_prefix('0').filter(|national| national.len() == 9)?),
    };
    let is_dutch = number.starts_with("31");
    let good = number.bytes().all(|byte| byte.is_ascii_digit())
        && (8..=15).contains(&number.len())
        && !number.starts_with('0')
        && (!is_dutch || number.len() == 11);
    good.then(|| format!("+{number}"))
}

/// An address of e-mail: something, an at sign, and a domain of two or more labels.
pub(super) fn email(text: &str) -> Option<String> {
    let address = clean(text, EMAIL, |character| character.is_control() || character.is_whitespace())?;
    let (mailbox, domain) = address.rsplit_once('@')?;
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|character| character.is_alphanumeric() || character == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let good = !mailbox.is_empty()
        && !mailbox.contains('@')
        && domain.contains('.')
        && domain.split('.').all(is_label);
    good.then_some(address)
}

/// The text in one form of Unicode (NFC), so that what looks the same is the same, without white space at its
/// ends, when it has 1 to `longest` characters and no forbidden one.
fn clean(text: &str, longest: usize, forbidden: impl Fn(char) -> bool) -> Option<String> {
    let text: String = text.trim().nfc().collect();
    let good = !text.is_empty() && text.chars().count() <= longest && !text.chars().any(forbidden);
    good.then_some(text)
}

/// A date of the calendar, as `2025-03-01`.
pub(super) fn calendar_date(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    shaped.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten().filter(|date| {
        use chrono::Datelike;
        (1900..=2200).contains(&date.year())
    })
}

/// Whether a text is a date of birth of which the day, or the day and the month, may be zero.
pub(super) fn partial_date(text: &str, today: NaiveDate) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return false;
    }
    let earliest = match (month, day) {
        ("00", "00") => format!("{year}-01-01"),
        (_, "00") => format!("{year}-{month}-01"),
        _ => text.to_owned(),
    };
    calendar_date(&earliest).is_some_and(|date| date <= today)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 6, 1).unwrap()
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert!(calendar_date("2024-02-29").is_some());
        for impossible in ["2023-02-29", "2024-13-01", "2024-00-10", "24-01-01", "2024-1-1", "20240101", ""] {
            assert_eq!(calendar_date(impossible), None, "{impossible}");
        }
    }

    #[test]
    fn a_birth_date_may_lack_day_or_month_but_not_only_the_month() {
        for good in ["1980-00-00", "1980-07-00", "1980-07-31", "2024-06-01"] {
            assert!(partial_date(good, today()), "{good}");
        }
        for bad in ["1980-00-12", "1980-02-30", "2024-06-02", "1980", "1980-13-00", "abcd-00-00"] {
            assert!(!partial_date(bad, today()), "{bad}");
        }
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        assert_eq!(line("Rene\u{301}e"), line("Ren\u{e9}e"));
        assert_eq!(line("Ren\u{e9}e").as_deref(), Some("Ren\u{e9}e"));
    }

    #[test]
    fn a_postcode_is_written_one_way() {
        for written in ["1234 AB", "1234AB", "1234 ab", " 1234ab "] {
            assert_eq!(postcode(written).as_deref(), Some("1234 AB"), "{written}");
        }
        for bad in ["0234 AB", "1234", "1234  AB", "1234 A1", "123 AB", "1234 ABC", "12é4 AB", ""] {
            assert_eq!(postcode(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_telephone_number_is_written_one_way() {
        for written in ["06-1234 5678", "0612345678", "+31612345678", "0031 6 12345678", "+31 (0)6 12345678"]
        {
            assert_eq!(phone(written).as_deref(), Some("+31612345678"), "{written}");
        }
        assert_eq!(phone("+49 30 1234567").as_deref(), Some("+49301234567"));
        for bad in
            ["112", "612345678", "06123456789", "+3161234567", "06-1234567x", "+0612345678", "+1234567", ""]
        {
            assert_eq!(phone(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_address_of_email_has_a_mailbox_and_a_domain() {
        for good in ["a@example.org", "wijk.team+zorg@sub.gemeente-x.example"] {
            assert_eq!(email(good).as_deref(), Some(good));
        }
        for bad in ["", "a", "a@", "@b.nl", "a@b", "a@b..nl", "a b@c.nl", "a@@b.nl", "a@-b.nl"] {
            assert_eq!(email(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_one_way_stays_so(text in "[+0-9() .-]{0,20}|[1-9][0-9]{3} ?[a-zA-Z]{2}|.*") {
            for grammar in [line, phone, postcode, email] {
                if let Some(written) = grammar(&text) {
                    prop_assert_eq!(grammar(&written), Some(written));
                }
            }
        }

        #[test]
        fn checks_of_texts_and_dates_never_panic(text in ".*") {
            let _ = (line(&text), calendar_date(&text), partial_date(&text, today()));
        }

        #[test]
        fn a_line_within_its_bound_is_kept(text in "[a-zA-Z0-9é]{1,200}") {
            prop_assert_eq!(line(&text), Some(text));
        }

        #[test]
        fn a_line_beyond_its_bound_or_with_a_control_character_is_not(text in "[a-z]{201,220}", control in "[\\x00-\\x1f]") {
            prop_assert_eq!(line(&text), None);
            let broken = format!("a{control}b");
            prop_assert_eq!(line(&broken), None);
        }
    }
}
