//! The keys: everything secret that this server computes with, derived from the one secret of the key file.
//!
//! From that secret come, under labels of their own, the key that wraps the keys of persons, the key of the
//! blind indexes, of the pseudonyms, of the cursors, of the ledger's records and of its checkpoints. No key
//! leaves this module: others hand in bytes and get bytes back. Nothing here may log, print or serialise a key
//! or a plain value, and nothing here knows what a sealed value means.

pub mod bsn;
mod file;
mod person;

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, RandomizedNonceKey};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use aws_lc_rs::{constant_time, hkdf, hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::id::PersonKeyId;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use file::{KeyFile, KeyFileError};
pub use person::{PersonKey, Place, WrappedKey};

/// How long a pseudonym is before it is written as text: 128 bits, 22 characters.
const PSEUDONYM_BYTES: usize = 16;

/// A key could not be made or used. Says nothing about the value at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes do not open here: another key, another place, or changed bytes.
    #[error("the sealed value does not open at this place")]
    DoesNotOpen,
    /// The bytes have no form that this version knows.
    #[error("the sealed value has an unknown form")]
    UnknownForm,
    /// The cryptographic library refused, for want of randomness for instance.
    #[error("the cryptographic library refused")]
    Refused,
}

/// The keys of this server. Cheap to clone; shows nothing of itself.
#[derive(Clone)]
pub struct Keys(Arc<Derived>);

struct Derived {
    id: String,
    wrapping: RandomizedNonceKey,
    blind_index: hmac::Key,
    pseudonym: hmac::Key,
    cursor: RandomizedNonceKey,
    ledger_record: hmac::Key,
    ledger_checkpoint: Ed25519KeyPair,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Keys {
    /// Derives every key from the secret of a key file.
    pub fn derive(file: &KeyFile) -> Result<Self, KeyError> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"vangnet keys v1").extract(file.secret());
        let checkpoint =
            Ed25519KeyPair::from_seed_unchecked(derived(&root, "sign the checkpoints")?.as_slice());
        Ok(Self(Arc::new(Derived {
            id: file.id().to_owned(),
            wrapping: sealing_key(&root, "wrap the keys of persons")?,
            blind_index: mac_key(&root, "blind indexes")?,
            pseudonym: mac_key(&root, "pseudonyms")?,
            cursor: sealing_key(&root, "seal the cursors")?,
            ledger_record: mac_key(&root, "records of the ledger")?,
            ledger_checkpoint: checkpoint.map_err(|_| KeyError::Refused)?,
        })))
    }

    /// The name of the key file these keys come from. No secret.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Makes the key of one person, in the form in which it is stored.
    ///
    /// Deleting the stored form makes everything that was sealed with it unreadable for good.
    pub fn fresh_person_key(&self) -> Result<(PersonKeyId, WrappedKey), KeyError> {
        let id = PersonKeyId::fresh();
        Ok((id, person::wrap_fresh(&self.0.wrapping, &self.0.id, id)?))
    }

    /// Makes a stored key of a person usable.
    pub fn unwrap_person_key(&self, id: PersonKeyId, wrapped: &WrappedKey) -> Result<PersonKey, KeyError> {
        person::unwrap(&self.0.wrapping, &self.0.id, id, wrapped)
    }

    /// The keyed fingerprint by which a sealed value can be found again. Equal values under one purpose have
    /// equal fingerprints; under different purposes they have nothing in common.
    pub fn blind_index(&self, purpose: &str, value: &str) -> Vec<u8> {
        mac(&self.0.blind_index, &[purpose.as_bytes(), value.as_bytes()]).as_ref().to_vec()
    }

    /// The name under which the ledger knows a row: always the same, and meaningless without the key.
    pub fn pseudonym(&self, id: &Uuid) -> String {
        let tag = mac(&self.0.pseudonym, &[id.as_bytes()]);
        URL_SAFE_NO_PAD.encode(&tag.as_ref()[..PSEUDONYM_BYTES])
    }

    /// Seals a cursor of one kind as text for a client, who learns nothing from it and makes up no other. The same place
    /// sealed twice gives different texts.
    pub fn seal_cursor(&self, kind: &str, place: &[u8]) -> Result<String, KeyError> {
        Ok(URL_SAFE_NO_PAD.encode(person::seal(&self.0.cursor, kind.as_bytes(), place)?))
    }

    /// Opens a cursor of that kind; none when this server did not seal it.
    pub fn open_cursor(&self, kind: &str, text: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        person::open(&self.0.cursor, kind.as_bytes(), &sealed).ok().map(|place| place.to_vec())
    }

    /// The public half of the key that signs the ledger's checkpoints, for whoever keeps copies of them.
    pub fn checkpoint_public_key(&self) -> Vec<u8> {
        self.0.ledger_checkpoint.public_key().as_ref().to_vec()
    }

    /// The content hash of a ledger record.
    pub(crate) fn record_hash(&self, parts: &[&[u8]]) -> Vec<u8> {
        mac(&self.0.ledger_record, parts).as_ref().to_vec()
    }

    /// Whether a content hash is the one that we would make.
    pub(crate) fn verify_record_hash(&self, parts: &[&[u8]], hash: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.record_hash(parts), hash).is_ok()
    }

    /// Signs a checkpoint of the ledger.
    pub(crate) fn sign_checkpoint(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let signature = self.0.ledger_checkpoint.try_sign(message).map_err(|_| KeyError::Refused)?;
        Ok(signature.as_ref().to_vec())
    }

    /// Whether a checkpoint of the ledger was signed with this key.
    pub(crate) fn verify_checkpoint(&self, message: &[u8], signature: &[u8]) -> bool {
        let public = self.0.ledger_checkpoint.public_key().as_ref();
        UnparsedPublicKey::new(&ED25519, public).verify(message, signature).is_ok()
    }
}

/// Joins parts so that no two lists of parts give the same bytes: each is preceded by its length.
pub(crate) fn joined(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

fn mac(key: &hmac::Key, parts: &[&[u8]]) -> hmac::Tag {
    hmac::sign(key, &joined(parts))
}

fn sealing_key(root: &hkdf::Prk, label: &str) -> Result<RandomizedNonceKey, KeyError> {
    RandomizedNonceKey::new(&AES_256_GCM, derived(root, label)?.as_slice()).map_err(|_| KeyError::Refused)
}

fn mac_key(root: &hkdf::Prk, label: &str) -> Result<hmac::Key, KeyError> {
    Ok(hmac::Key::new(hmac::HMAC_SHA256, derived(root, label)?.as_slice()))
}

fn derived(root: &hkdf::Prk, label: &str) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let mut key = Zeroizing::new([0; 32]);
    let info = [label.as_bytes()];
    let output = root.expand(&info, hkdf::HKDF_SHA256).map_err(|_| KeyError::Refused)?;
    output.fill(key.as_mut_slice()).map_err(|_| KeyError::Refused)?;
    Ok(key)
}

/// Draws the first random number of the process, for which entropy must be gathered: a twentieth of a second that
/// nobody else then waits for. Where there is none to be had, whoever needs it says so.
pub fn gather_entropy() {
    let _ = random::<1>();
}

fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, KeyError> {
    let mut bytes = Zeroizing::new([0; N]);
    rand::fill(bytes.as_mut_slice()).map_err(|_| KeyError::Refused)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys() -> Keys {
        Keys::derive(&KeyFile::generate().unwrap()).unwrap()
    }

    #[test]
    fn keys_show_nothing_of_themselves() {
        let file = KeyFile::generate().unwrap();
        assert_eq!(format!("{:?}", Keys::derive(&file).unwrap()), "Keys(…)");
        assert!(!format!("{file:?}").contains(&URL_SAFE_NO_PAD.encode(file.secret())));
    }

    #[test]
    fn the_same_file_gives_the_same_keys_and_another_gives_others() {
        let file = KeyFile::generate().unwrap();
        let (first, again, other) = (Keys::derive(&file).unwrap(), Keys::derive(&file).unwrap(), keys());
        let id = Uuid::now_v7();
        assert_eq!(first.pseudonym(&id), again.pseudonym(&id));
        assert_ne!(first.pseudonym(&id), other.pseudonym(&id));
        assert_eq!(first.checkpoint_public_key(), again.checkpoint_public_key());
        assert_ne!(first.checkpoint_public_key(), other.checkpoint_public_key());
    }

    #[test]
    fn every_use_has_a_key_of_its_own() {
        let keys = keys();
        let id = Uuid::now_v7();
        let tags = [
            mac(&keys.0.blind_index, &[id.as_bytes()]).as_ref()[..16].to_vec(),
            URL_SAFE_NO_PAD.decode(keys.pseudonym(&id)).unwrap(),
            keys.record_hash(&[id.as_bytes()])[..16].to_vec(),
        ];
        for (i, tag) in tags.iter().enumerate() {
            assert!(!tags[i + 1..].contains(tag));
        }
    }

    #[test]
    fn a_pseudonym_is_22_characters_that_fit_in_a_url() {
        let pseudonym = keys().pseudonym(&Uuid::now_v7());
        assert_eq!(pseudonym.len(), 22);
        assert!(pseudonym.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_'));
    }

    #[test]
    fn a_checkpoint_is_signed_by_one_key_only() {
        let (ours, theirs) = (keys(), keys());
        let signature = ours.sign_checkpoint(b"message").unwrap();
        assert!(ours.verify_checkpoint(b"message", &signature));
        assert!(!ours.verify_checkpoint(b"massage", &signature));
        assert!(!theirs.verify_checkpoint(b"message", &signature));
    }

    proptest! {
        #[test]
        fn parts_joined_differently_are_different_bytes(text in "[a-c]{0,6}", cut in 0_usize..7, other in 0_usize..7) {
            let (cut, other) = (cut.min(text.len()), other.min(text.len()));
            let split = |at: usize| joined(&[&text.as_bytes()[..at], &text.as_bytes()[at..]]);
            prop_assert_eq!(split(cut) == split(other), cut == other);
        }

        #[test]
        fn a_blind_index_tells_purposes_and_values_apart(
            purpose in "[ab]{1,3}", value in "[ab]{1,3}", purpose2 in "[ab]{1,3}", value2 in "[ab]{1,3}",
        ) {
            let keys = keys();
            let same = purpose == purpose2 && value == value2;
            prop_assert_eq!(keys.blind_index(&purpose, &value) == keys.blind_index(&purpose2, &value2), same);
        }

        #[test]
        fn a_cursor_opens_as_what_it_is_and_no_other(
            place in prop::collection::vec(any::<u8>(), 1..40), at in any::<prop::sample::Index>(), other in "[A-Za-z0-9_-]",
        ) {
            let keys = keys();
            let cursor = keys.seal_cursor("one", &place).unwrap();
            prop_assert_eq!(keys.open_cursor("one", &cursor), Some(place.clone()));
            prop_assert_eq!(keys.open_cursor("other", &cursor), None);
            prop_assert_ne!(&cursor, &keys.seal_cursor("one", &place).unwrap());
            let at = at.index(cursor.len());
            let changed = format!("{}{other}{}", &cursor[..at], &cursor[at + 1..]);
            prop_assert_eq!(keys.open_cursor("one", &changed).is_some(), changed == cursor);
            prop_assert_eq!(keys.open_cursor("one", &cursor[..at]), None);
        }
    }
}
