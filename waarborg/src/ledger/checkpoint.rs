//! Checkpoints: signed statements of how far the chain went, kept in files outside the database.
//!
//! One JSON line a checkpoint, appended and synchronised. The verification reads every file of the folder whose
//! name ends in `.jsonl`, so that copies from several replicas can lie together. Nothing here removes a line.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::keys::{KeyError, Keys, joined};

const FILE: &str = "checkpoints.jsonl";

/// The head of the chain: the sequence of the last link and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) sequence: i64,
    pub(super) chain: Vec<u8>,
}

/// A signed head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Checkpoint {
    pub(super) sequence: i64,
    chain: String,
    pub(super) at: DateTime<Utc>,
    key: String,
    signature: String,
}

impl Checkpoint {
    pub(super) fn sign(head: &Head, at: DateTime<Utc>, keys: &Keys) -> Result<Self, KeyError> {
        let mut checkpoint = Self {
            sequence: head.sequence,
            chain: URL_SAFE_NO_PAD.encode(&head.chain),
            at,
            key: keys.id().to_owned(),
            signature: String::new(),
        };
        checkpoint.signature = URL_SAFE_NO_PAD.encode(keys.sign_checkpoint(&checkpoint.signed())?);
        Ok(checkpoint)
    }

    /// The head that is stated, when we signed it.
    pub(super) fn head(&self, keys: &Keys) -> Option<Head> {
        let signature = URL_SAFE_NO_PAD.decode(&self.signature).ok()?;
        let chain = URL_SAFE_NO_PAD.decode(&self.chain).ok()?;
        keys.verify_checkpoint(&self.signed(), &signature).then_some(Head { sequence: self.sequence, chain })
    }

    fn signed(&self) -> Vec<u8> {
        joined(&[
            b"vangnet ledger checkpoint v1",
            &self.sequence.to_be_bytes(),
            self.chain.as_bytes(),
            &self.at.timestamp_micros().to_be_bytes(),
            self.key.as_bytes(),
        ])
    }
}

/// The folder in which this process writes its checkpoints.
#[derive(Debug, Clone)]
pub(super) struct Checkpoints {
    folder: PathBuf,
}

impl Checkpoints {
    /// Makes the folder and tries that the file can be written.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        OpenOptions::new().create(true).append(true).open(folder.join(FILE))?.sync_all()?;
        File::open(folder)?.sync_all()?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Appends a checkpoint and returns when it is on disk.
    pub(super) async fn append(&self, checkpoint: &Checkpoint) -> io::Result<()> {
        let (path, line) = (self.folder.join(FILE), serde_json::to_string(checkpoint)?);
        tokio::task::spawn_blocking(move || append_line(&path, &line)).await?
    }

    /// The furthest head that was ever signed here.
    pub(super) async fn furthest(&self, keys: &Keys) -> io::Result<Option<Head>> {
        let (folder, keys) = (self.folder.clone(), keys.clone());
        let furthest = move || {
            let mut furthest: Option<Head> = None;
            for extent in extents(&folder)? {
                for line in extent.lines()? {
                    let head = parse(&line?).and_then(|checkpoint| checkpoint.head(&keys));
                    furthest = furthest.into_iter().chain(head).max_by_key(|head| head.sequence);
                }
            }
            Ok(furthest)
        };
        tokio::task::spawn_blocking(furthest).await?
    }
}

/// Appends under a lock; when the machine broke down in the middle of a line, that line is ended first.
fn append_line(path: &Path, line: &str) -> io::Result<()> {
    let mut locked =
        fd_lock::RwLock::new(OpenOptions::new().create(true).read(true).append(true).open(path)?);
    let mut file = locked.write()?;
    let start = if ends_in_a_line(&mut file)? { "" } else { "\n" };
    file.write_all(format!("{start}{line}\n").as_bytes())?;
    file.sync_all()
}

fn ends_in_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// A checkpoint file as long as it was when the verification began.
#[derive(Debug)]
pub(super) struct Extent {
    pub(super) path: PathBuf,
    length: u64,
}

impl Extent {
    /// The lines, one at a time. What is no text comes as a line that is no checkpoint.
    pub(super) fn lines(&self) -> io::Result<impl Iterator<Item = io::Result<String>> + use<>> {
        let lines = BufReader::new(File::open(&self.path)?.take(self.length)).split(b'\n');
        Ok(lines.map(|line| Ok(String::from_utf8_lossy(&line?).into_owned())))
    }
}

/// The checkpoint files of a folder and how long each is now. No folder is no files.
pub(super) fn extents(folder: &Path) -> io::Result<Vec<Extent>> {
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            found.push(Extent { length: std::fs::metadata(&path)?.len(), path });
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

/// The checkpoint of a line; none when the line is no checkpoint, as after a breakdown in its middle.
pub(super) fn parse(line: &str) -> Option<Checkpoint> {
    serde_json::from_str(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeyFile;

    fn keys() -> Keys {
        Keys::derive(&KeyFile::generate().unwrap()).unwrap()
    }

    fn head(sequence: i64) -> Head {
        Head { sequence, chain: vec![u8::try_from(sequence).unwrap(); 32] }
    }

    fn at() -> DateTime<Utc> {
        DateTime::from_timestamp_micros(1_750_000_000_123_456).unwrap()
    }

    #[test]
    fn a_checkpoint_says_what_was_signed_and_nothing_else() {
        let keys = keys();
        let signed = Checkpoint::sign(&head(7), at(), &keys).unwrap();
        let read = parse(&serde_json::to_string(&signed).unwrap()).unwrap();
        assert_eq!(read.head(&keys), Some(head(7)));
        let spoil: [fn(&mut Checkpoint); 5] = [
            |checkpoint| checkpoint.sequence += 1,
            |checkpoint| checkpoint.chain = URL_SAFE_NO_PAD.encode([8; 32]),
            |checkpoint| checkpoint.at += chrono::Duration::microseconds(1),
            |checkpoint| checkpoint.key.push('x'),
            |checkpoint| checkpoint.signature = URL_SAFE_NO_PAD.encode([0; 64]),
        ];
        for (number, spoil) in spoil.into_iter().enumerate() {
            let mut spoilt = signed.clone();
            spoil(&mut spoilt);
            assert_eq!(spoilt.head(&keys), None, "{number}");
        }
        assert_eq!(signed.head(&self::keys()), None);
    }

    #[tokio::test]
    async fn a_broken_line_costs_that_line_only() {
        let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
        let checkpoints = Checkpoints::open(folder.path()).unwrap();
        let write = async |sequence| {
            checkpoints.append(&Checkpoint::sign(&head(sequence), at(), &keys).unwrap()).await.unwrap();
        };
        write(1).await;
        let path = folder.path().join(FILE);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&whole, &b"{\"seq\xff"[..]].concat()).unwrap();
        write(2).await;
        let files = extents(folder.path()).unwrap();
        let read: Vec<_> = files[0].lines().unwrap().filter_map(|line| parse(&line.unwrap())).collect();
        assert_eq!(read.iter().map(|checkpoint| checkpoint.sequence).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(checkpoints.furthest(&keys).await.unwrap(), Some(head(2)));
    }

    #[tokio::test]
    async fn a_file_is_read_as_long_as_it_was() {
        let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
        let checkpoints = Checkpoints::open(folder.path()).unwrap();
        checkpoints.append(&Checkpoint::sign(&head(1), at(), &keys).unwrap()).await.unwrap();
        let before = extents(folder.path()).unwrap();
        checkpoints.append(&Checkpoint::sign(&head(2), at(), &keys).unwrap()).await.unwrap();
        assert_eq!(
            before[0].lines().unwrap().filter(|line| parse(line.as_ref().unwrap()).is_some()).count(),
            1
        );
        assert!(extents(&folder.path().join("nowhere")).unwrap().is_empty());
    }
}
