//! The key file: one random secret and its name, readable by its owner only.
//!
//! A file that others can read is refused, because whoever read it once can read everything for ever. A file
//! is made only for a demo or a first start, whole or not at all, and an existing one is never overwritten.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use super::random;

const VERSION: u32 = 1;
const OWNER_ONLY: u32 = 0o600;

/// A key file that was read or made.
pub struct KeyFile {
    id: String,
    secret: Zeroizing<[u8; 32]>,
}

/// A key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is no such file, or it cannot be read or made.
    #[error("the key file {path} cannot be used: {cause}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Others than the owner can reach it.
    #[error("the key file {path} has mode {mode:04o}: others can reach it; make it 0600")]
    OpenToOthers {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is no key file, or one of a later version.
    #[error("{path} is not a key file of a version that this program knows")]
    Unreadable {
        /// Which file.
        path: PathBuf,
    },
    /// No randomness to be had.
    #[error("no secret could be made: the system gives no randomness")]
    NoRandomness,
}

/// The file as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    id: String,
    secret: String,
}

impl Drop for Written {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyFile({})", self.id)
    }
}

impl KeyFile {
    /// Reads a key file.
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        let io = |cause| KeyFileError::Io { path: path.to_owned(), cause };
        let mut file = File::open(path).map_err(io)?;
        refuse_if_open_to_others(&file, path)?;
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(io)?;
        Self::parse(&text).ok_or_else(|| KeyFileError::Unreadable { path: path.to_owned() })
    }

    /// Reads the key file, or makes it when there is none: for the demo and for a first start.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyFileError> {
        match Self::load(path) {
            Err(KeyFileError::Io { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => {
                Self::generate()?.publish(path)?;
                Self::load(path)
            }
            loaded_or_refused => loaded_or_refused,
        }
    }

    /// A fresh secret that is in no file yet.
    pub fn generate() -> Result<Self, KeyFileError> {
        let secret = random::<32>().map_err(|_| KeyFileError::NoRandomness)?;
        Ok(Self { id: format!("k-{}", Uuid::now_v7().simple()), secret })
    }

    /// The name of this secret. It is no secret itself.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn secret(&self) -> &[u8] {
        self.secret.as_slice()
    }

    fn parse(text: &str) -> Option<Self> {
        let written: Written = serde_json::from_str(text).ok()?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(&written.secret).ok()?);
        let secret = Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?);
        (written.version == VERSION).then(|| Self { id: written.id.clone(), secret })
    }

    /// Writes the file beside its place and links it there, so that nobody ever reads half a file, and of two
    /// processes that start together one wins and both read what it wrote.
    fn publish(&self, path: &Path) -> Result<(), KeyFileError> {
        let io = |cause| KeyFileError::Io { path: path.to_owned(), cause };
        let draft = path.with_extension(format!("{}.new", Uuid::now_v7().simple()));
        self.write(&draft).map_err(io)?;
        let linked = std::fs::hard_link(&draft, path);
        std::fs::remove_file(&draft).map_err(io)?;
        match linked {
            Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => Err(io(cause)),
            _ => File::open(path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))
                .and_then(|folder| folder.sync_all())
                .map_err(io),
        }
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let secret = URL_SAFE_NO_PAD.encode(self.secret.as_slice());
        let written = Written { version: VERSION, id: self.id.clone(), secret };
        let text = Zeroizing::new(serde_json::to_string(&written)?);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }
}

/// Nobody but the owner may reach the file. One exception: a group may read what root owns, for so a
/// Kubernetes secret reaches a process that is not root.
fn refuse_if_open_to_others(file: &File, path: &Path) -> Result<(), KeyFileError> {
    let metadata = file.metadata().map_err(|cause| KeyFileError::Io { path: path.to_owned(), cause })?;
    let mode = metadata.mode() & 0o777;
    let for_others = mode & 0o077;
    let mounted_by_root = metadata.uid() == 0 && for_others == 0o040;
    if for_others == 0 || mounted_by_root {
        Ok(())
    } else {
        Err(KeyFileError::OpenToOthers { path: path.to_owned(), mode })
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_made_once_for_its_owner_only_and_read_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vangnet.key");
        assert!(matches!(KeyFile::load(&path), Err(KeyFileError::Io { .. })));
        let made = KeyFile::load_or_create(&path).unwrap();
        let again = KeyFile::load_or_create(&path).unwrap();
        assert_eq!((made.id(), made.secret()), (again.id(), again.secret()));
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, OWNER_ONLY);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn a_file_that_others_can_reach_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vangnet.key");
        KeyFile::load_or_create(&path).unwrap();
        for mode in [0o604, 0o602, 0o601, 0o620, 0o660, 0o644] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            for result in [KeyFile::load(&path), KeyFile::load_or_create(&path)] {
                assert!(matches!(result, Err(KeyFileError::OpenToOthers { .. })), "{mode:o}");
            }
        }
        fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
        assert!(KeyFile::load(&path).is_ok());
    }

    #[test]
    fn what_is_no_key_file_is_refused_and_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vangnet.key");
        let short = r#"{"version":1,"id":"k","secret":"AAAA"}"#;
        let later = format!(r#"{{"version":2,"id":"k","secret":"{}"}}"#, URL_SAFE_NO_PAD.encode([7; 32]));
        for text in ["", "secret", short, &later] {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(OWNER_ONLY)).unwrap();
            assert!(matches!(KeyFile::load_or_create(&path), Err(KeyFileError::Unreadable { .. })), "{text}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn of_many_that_start_together_all_have_the_same_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vangnet.key");
        let starters: Vec<_> = (0..8)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || KeyFile::load_or_create(&path).unwrap().id().to_owned())
            })
            .collect();
        let ids: Vec<_> = starters.into_iter().map(|starter| starter.join().unwrap()).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
}
