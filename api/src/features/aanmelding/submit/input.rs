//! What a professional types of the person and the concerns, and how it is checked.

use async_graphql::InputObject;

use super::{Concern, ConcernInput, PersonRead};
use crate::graphql::check::Checks;
use crate::graphql::scalar::{Bsn, EmailAddress, Line, PartialDate, PhoneNumber};
use crate::graphql::user_error::Finding;

/// Sex as registered.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sex {
    /// Male.
    Man,
    /// Female.
    Vrouw,
    /// Neither.
    Anders,
    /// Not known.
    Onbekend,
}

/// The person who is registered.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct PersonInput {
    /// Burgerservicenummer, when your organisation may process it.
    bsn: Option<Bsn>,
    /// Surname.
    family_name: Line,
    /// What stands before the surname.
    name_prefix: Option<Line>,
    /// Given names.
    given_names: Option<Line>,
    /// Date of birth, possibly partial. Without a BSN it is needed for the BRP check.
    birth_date: Option<PartialDate>,
    /// Sex.
    sex: Sex,
    /// Telephone number.
    phone: Option<PhoneNumber>,
    /// E-mail address.
    email: Option<EmailAddress>,
}

/// Reads the person. Without a BSN the date of birth is needed for the BRP check.
pub(super) fn read_person(input: &PersonInput, checks: &mut Checks) -> Option<PersonRead> {
    let bsn = checks.optional("bsn", input.bsn.as_ref(), Checks::bsn);
    let birth_date = checks.optional("birthDate", input.birth_date.as_ref(), Checks::birth_date);
    let family_name = checks.line("familyName", &input.family_name);
    let name_prefix = checks.optional("namePrefix", input.name_prefix.as_ref(), Checks::line);
    let given_names = checks.optional("givenNames", input.given_names.as_ref(), Checks::line);
    let phone = checks.optional("phone", input.phone.as_ref(), Checks::phone);
    let email = checks.optional("email", input.email.as_ref(), Checks::email);
    if input.bsn.is_none() && input.birth_date.is_none() {
        checks.note("birthDate", Finding::Missing);
    }
    Some(PersonRead {
        bsn: bsn?,
        birth_date: birth_date?,
        family_name: family_name?,
        name_prefix: name_prefix?,
        given_names: given_names?,
        sex: input.sex,
        phone: phone?,
        email: email?,
    })
}

/// Reads the concerns: each area of life once.
pub(super) fn read_concerns(inputs: &[ConcernInput], checks: &mut Checks) -> Option<Vec<Concern>> {
    checks.list("concerns", inputs, 1..=13, |checks, place, input| {
        checks.within(place, |checks| {
            let note = checks.optional("note", input.note.as_ref(), Checks::text);
            let repeated = inputs[..place].iter().any(|earlier| earlier.leefgebied == input.leefgebied);
            let leefgebied =
                checks.or_note("leefgebied", (!repeated).then_some(input.leefgebied), Finding::Repeated);
            let severity = checks.or_note(
                "severity",
                (0..=4).contains(&input.severity).then_some(input.severity),
                Finding::Range,
            );
            Some(Concern { leefgebied: leefgebied?, severity: severity?, note: note? })
        })
    })
}
