//! What the tests start from: a copy of the covenant that may be changed, and a standing at a tafel.

use std::fs;
use std::path::{Path, PathBuf};

use convenant::{Convenant, Involvement, PartnerKind, Phase, Problem, Side, Standing, Tafel};
use tempfile::TempDir;

/// A partner with a seat at a tafel, in the phase of its overleg, from whom nothing is lacking.
pub(crate) fn seated(partner: PartnerKind, tafel: Tafel) -> Standing {
    Standing {
        partner,
        same_gemeente: true,
        signed: true,
        secrecy: false,
        trained: true,
        involvement: Involvement::Zetel,
        side: Side::Geen,
        tafel,
        phase: Phase::F6,
    }
}

/// A copy of the covenant that may be broken.
pub(crate) struct Copy {
    root: TempDir,
}

impl Copy {
    pub(crate) fn new() -> Self {
        let root = TempDir::new().expect("a folder");
        let source = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        for part in ["model", "houses"] {
            copy(&source.join(part), &root.path().join(part));
        }
        Self { root }
    }

    pub(crate) fn path(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn replace(&self, file: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.path().join(file)).expect("a file");
        assert!(text.contains(old), "{file} has no {old}");
        self.write(file, &text.replacen(old, new, 1));
    }

    pub(crate) fn problems(&self) -> Vec<Problem> {
        Convenant::load(self.path()).expect_err("a broken covenant must not load")
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
