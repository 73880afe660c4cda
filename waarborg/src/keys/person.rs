//! The key of one person, under which the values that identify them are sealed.
//!
//! A sealed value opens only with that key and at the place it was made for: table, column, row and house are
//! part of what is authenticated, so that a ciphertext that was moved is worthless. A person's key is stored
//! wrapped; when that row is deleted, nobody opens the values again, in a backup neither.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use entity::id::PersonKeyId;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{KeyError, joined, random};

/// The one form of sealed bytes there is so far: this byte, the nonce, the ciphertext with its tag.
const FORM: u8 = 1;
const NONCE_BYTES: usize = 12;

/// Where a sealed value stands. It opens nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row.
    pub row: Uuid,
    /// The house whose dossier the row belongs to.
    pub house: &'a str,
}

/// The key of a person as it is stored: sealed under the server's wrapping key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey(pub Vec<u8>);

/// The key of a person, ready for use. Shows nothing of itself; the library wipes it when it is dropped.
pub struct PersonKey {
    id: PersonKeyId,
    key: RandomizedNonceKey,
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonKey({:?})", self.id)
    }
}

impl PersonKey {
    /// Which key this is.
    pub fn id(&self) -> PersonKeyId {
        self.id
    }

    /// Seals a value for one place. The same value sealed twice gives different bytes.
    pub fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, KeyError> {
        seal(&self.key, &self.bound_to(place), plain)
    }

    /// Opens a value at the place it was sealed for; the plain bytes are wiped when dropped.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        open(&self.key, &self.bound_to(place), sealed)
    }

    fn bound_to(&self, place: &Place<'_>) -> Vec<u8> {
        joined(&[
            b"vangnet sealed value v1",
            self.id.0.as_bytes(),
            place.table.as_bytes(),
            place.column.as_bytes(),
            place.row.as_bytes(),
            place.house.as_bytes(),
        ])
    }
}

pub(super) fn wrap_fresh(
    wrapping: &RandomizedNonceKey,
    file: &str,
    id: PersonKeyId,
) -> Result<WrappedKey, KeyError> {
    let key = random::<32>()?;
    Ok(WrappedKey(seal(wrapping, &wrapped_for(file, id), key.as_slice())?))
}

pub(super) fn unwrap(
    wrapping: &RandomizedNonceKey,
    file: &str,
    id: PersonKeyId,
    wrapped: &WrappedKey,
) -> Result<PersonKey, KeyError> {
    let key = open(wrapping, &wrapped_for(file, id), &wrapped.0)?;
    let key = RandomizedNonceKey::new(&AES_256_GCM, &key).map_err(|_| KeyError::UnknownForm)?;
    Ok(PersonKey { id, key })
}

fn wrapped_for(file: &str, id: PersonKeyId) -> Vec<u8> {
    joined(&[b"vangnet person key v1", file.as_bytes(), id.0.as_bytes()])
}

pub(super) fn seal(key: &RandomizedNonceKey, bound_to: &[u8], plain: &[u8]) -> Result<Vec<u8>, KeyError> {
    let mut body = plain.to_vec();
    let nonce =
        key.seal_in_place_append_tag(Aad::from(bound_to), &mut body).map_err(|_| KeyError::Refused)?;
    let mut sealed = Vec::with_capacity(1 + NONCE_BYTES + body.len());
    sealed.push(FORM);
    sealed.extend_from_slice(nonce.as_ref());
    sealed.extend_from_slice(&body);
    Ok(sealed)
}

pub(super) fn open(
    key: &RandomizedNonceKey,
    bound_to: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let Some((&FORM, rest)) = sealed.split_first() else { return Err(KeyError::UnknownForm) };
    let (nonce, body) = rest.split_at_checked(NONCE_BYTES).ok_or(KeyError::UnknownForm)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyError::UnknownForm)?;
    let mut body = Zeroizing::new(body.to_vec());
    let length =
        key.open_in_place(nonce, Aad::from(bound_to), &mut body).map_err(|_| KeyError::DoesNotOpen)?.len();
    body.truncate(length);
    Ok(body)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::keys::{KeyFile, Keys};

    fn keys() -> Keys {
        Keys::derive(&KeyFile::generate().unwrap()).unwrap()
    }

    fn person(keys: &Keys) -> PersonKey {
        let (id, wrapped) = keys.fresh_person_key().unwrap();
        keys.unwrap_person_key(id, &wrapped).unwrap()
    }

    #[test]
    fn a_value_opens_only_at_its_own_place() {
        let key = person(&keys());
        let place = Place { table: "person", column: "bsn", row: Uuid::now_v7(), house: "twente" };
        let sealed = key.seal(&place, b"999990019").unwrap();
        assert_eq!(key.open(&place, &sealed).unwrap().as_slice(), b"999990019");
        let elsewhere = [
            Place { table: "persoon", ..place },
            Place { column: "name", ..place },
            Place { row: Uuid::now_v7(), ..place },
            Place { house: "utrecht", ..place },
            Place { table: "personb", column: "sn", ..place },
        ];
        for other in elsewhere {
            assert_eq!(key.open(&other, &sealed), Err(KeyError::DoesNotOpen), "{other:?}");
        }
    }

    #[test]
    fn a_value_opens_only_with_its_own_key() {
        let keys = keys();
        let place = Place { table: "person", column: "bsn", row: Uuid::now_v7(), house: "twente" };
        let sealed = person(&keys).seal(&place, b"999990019").unwrap();
        assert_eq!(person(&keys).open(&place, &sealed), Err(KeyError::DoesNotOpen));
    }

    #[test]
    fn the_name_of_the_key_is_bound_as_well() {
        let named = |id| PersonKey { id, key: RandomizedNonceKey::new(&AES_256_GCM, &[7; 32]).unwrap() };
        let place = Place { table: "person", column: "bsn", row: Uuid::now_v7(), house: "twente" };
        let (one, other) = (named(PersonKeyId::fresh()), named(PersonKeyId::fresh()));
        let sealed = one.seal(&place, b"999990019").unwrap();
        assert!(one.open(&place, &sealed).is_ok() && other.open(&place, &sealed).is_err());
    }

    #[test]
    fn a_wrapped_key_opens_under_its_own_id_and_file_only() {
        let (ours, theirs) = (keys(), keys());
        let (id, wrapped) = ours.fresh_person_key().unwrap();
        assert!(ours.unwrap_person_key(id, &wrapped).is_ok());
        assert!(ours.unwrap_person_key(PersonKeyId::fresh(), &wrapped).is_err());
        assert!(theirs.unwrap_person_key(id, &wrapped).is_err());
    }

    #[test]
    fn one_value_sealed_twice_gives_different_bytes() {
        let key = person(&keys());
        let place = Place { table: "person", column: "bsn", row: Uuid::now_v7(), house: "twente" };
        assert_ne!(key.seal(&place, b"999990019").unwrap(), key.seal(&place, b"999990019").unwrap());
    }

    #[test]
    fn a_person_key_shows_its_id_only() {
        let key = person(&keys());
        assert_eq!(format!("{key:?}"), format!("PersonKey({:?})", key.id()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_was_sealed_comes_back(plain in prop::collection::vec(any::<u8>(), 0..200)) {
            let key = person(&keys());
            let place = Place { table: "t", column: "c", row: Uuid::now_v7(), house: "h" };
            let sealed = key.seal(&place, &plain).unwrap();
            let opened = key.open(&place, &sealed).unwrap();
            prop_assert_eq!(opened.as_slice(), plain.as_slice());
        }

        #[test]
        fn changed_bytes_do_not_open(
            plain in prop::collection::vec(any::<u8>(), 0..50), at in any::<prop::sample::Index>(), bit in 0_u8..8,
        ) {
            let key = person(&keys());
            let place = Place { table: "t", column: "c", row: Uuid::now_v7(), house: "h" };
            let mut sealed = key.seal(&place, &plain).unwrap();
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(key.open(&place, &sealed).is_err());
            prop_assert!(key.open(&place, &sealed[..at]).is_err());
        }
    }
}
