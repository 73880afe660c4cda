//! Every kind of tampering, at random places, by somebody who may change every table but has no key.

use std::mem::{discriminant, swap};

use chrono::Duration;
use entity::id::PersonId;
use entity::ledger_subject;
use uuid::Uuid;
use waarborg::keys::{KeyFile, Keys};
use waarborg::ledger::{Finding, Kind, Ledger, verify};

use crate::forging::Tables;
use crate::stage::{Stage, entry, mutate, response};

/// Random places, the same ones in each run.
pub(crate) struct Places(u64);

impl Places {
    /// The next number of splitmix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn flip(&mut self, bytes: &mut [u8]) {
        let at = self.below(bytes.len());
        bytes[at] ^= 1 << self.below(8);
    }

    fn flip_letter(&mut self, text: &mut String) {
        let at = self.below(text.len());
        let other = if &text[at..=at] == "x" { "y" } else { "x" };
        text.replace_range(at..=at, other);
    }
}

/// What is done, what the verification must say of it at least, and how it is done.
type Tampering = (&'static str, &'static str, fn(&mut Tables, &mut Places));

const ROWS: &[Tampering] = &[
    ("a letter of a body", "RecordForged", |tables, places| {
        let at = places.below(tables.records.len());
        places.flip_letter(&mut tables.records[at].body);
    }),
    ("a bit of a record's hash", "RecordForged", |tables, places| {
        let at = places.below(tables.records.len());
        places.flip(&mut tables.records[at].hash);
    }),
    ("a bit of a record's hash, in its seal as well, chained anew", "RecordForged", |tables, places| {
        let seal = places.below(tables.seals.len());
        let record = tables.sealed(seal);
        places.flip(&mut tables.records[record].hash);
        tables.seals[seal].hash = tables.records[record].hash.clone();
        tables.chain_anew();
    }),
    ("the time of a record", "RecordForged", |tables, places| {
        let at = places.below(tables.records.len());
        tables.records[at].at += Duration::microseconds(1);
    }),
    ("the kind of a record", "RecordForged", |tables, places| {
        let at = places.below(tables.records.len());
        tables.records[at].kind = "HIT".into();
    }),
    ("the number of a record", "RecordMissing", |tables, places| {
        let at = places.below(tables.records.len());
        tables.records[at].number += 1000;
    }),
    ("a copied record inserted under a negative number", "RecordForged", |tables, places| {
        let at = places.below(tables.records.len());
        tables.records.push(entity::ledger_record::Model { number: -3, ..tables.records[at].clone() });
    }),
    ("the writer of a record", "RecordMissing", |tables, places| {
        let at = places.below(tables.records.len());
        tables.records[at].writer = Uuid::nil();
    }),
    ("a record deleted", "RecordMissing", |tables, places| {
        let at = places.below(tables.records.len());
        tables.records.remove(at);
    }),
    ("a copied record inserted", "Gap", |tables, places| {
        let at = places.below(tables.records.len());
        let number = tables.records[at].number + 500;
        tables.records.push(entity::ledger_record::Model { number, ..tables.records[at].clone() });
    }),
    ("a copied record inserted under a writer of its own", "RecordForged", |tables, places| {
        let at = places.below(tables.records.len());
        let writer = if places.below(2) == 0 { Uuid::max() } else { Uuid::nil() };
        tables.records.push(entity::ledger_record::Model { writer, number: 1, ..tables.records[at].clone() });
    }),
    ("the contents of two records exchanged", "RecordForged", |tables, places| {
        let (one, other) = two(tables.records.len(), places);
        let (first, rest) = tables.records.split_at_mut(other);
        swap(&mut first[one].body, &mut rest[0].body);
        swap(&mut first[one].hash, &mut rest[0].hash);
    }),
    ("a bit of a seal's hash", "SealDiffers", |tables, places| {
        let at = places.below(tables.seals.len());
        places.flip(&mut tables.seals[at].hash);
    }),
    ("a bit of a seal's hash, chained anew", "SealDiffers", |tables, places| {
        let at = places.below(tables.seals.len());
        places.flip(&mut tables.seals[at].hash);
        tables.chain_anew();
    }),
    ("a bit of a seal's chain", "ChainBroken", |tables, places| {
        let at = places.below(tables.seals.len());
        places.flip(&mut tables.seals[at].chain);
    }),
    ("the time of a seal", "ChainBroken", |tables, places| {
        let at = places.below(tables.seals.len());
        tables.seals[at].sealed_at += Duration::microseconds(1);
    }),
    ("the number in a seal", "OutOfOrder", |tables, places| {
        let at = places.below(tables.seals.len());
        tables.seals[at].number += 1000;
    }),
    ("the writer in a seal", "RecordMissing", |tables, places| {
        let at = places.below(tables.seals.len());
        tables.seals[at].writer = Uuid::now_v7();
    }),
    ("a seal deleted, not the last", "SealsMissing", |tables, places| {
        let at = places.below(tables.seals.len() - 1);
        tables.seals.remove(at);
    }),
    ("a seal deleted with its record", "TailCut|SealsMissing", |tables, places| {
        let at = places.below(tables.seals.len());
        let record = tables.sealed(at);
        tables.records.remove(record);
        let seal = tables.seals.remove(at);
        tables.subjects.retain(|subject| subject.sequence != seal.sequence);
    }),
    ("a seal deleted with its record, chained anew", "TailCut", |tables, places| {
        let at = places.below(tables.seals.len());
        let record = tables.sealed(at);
        tables.records.remove(record);
        let seal = tables.seals.remove(at);
        tables.subjects.retain(|subject| subject.sequence != seal.sequence);
        tables.chain_anew();
    }),
    ("a seal inserted", "OutOfOrder", |tables, places| {
        let at = places.below(tables.seals.len());
        let sequence = if places.below(2) == 0 { tables.head() + 1 } else { -1 };
        tables.seals.push(entity::ledger_seal::Model { sequence, number: 900, ..tables.seals[at].clone() });
    }),
    ("two links exchanged", "ChainBroken", |tables, places| {
        let (one, other) = two(tables.seals.len(), places);
        let (first, rest) = tables.seals.split_at_mut(other);
        swap(&mut first[one].sequence, &mut rest[0].sequence);
    }),
    ("two links exchanged, chained anew", "Rewritten", |tables, places| {
        let (one, other) = two(tables.seals.len(), places);
        tables.seals.swap(one, other);
        tables.chain_anew();
    }),
    ("two links of one writer exchanged, chained anew", "OutOfOrder", |tables, places| {
        let one = places.below(tables.seals.len() / 2);
        let other = (one + 1..tables.seals.len())
            .find(|other| tables.seals[*other].writer == tables.seals[one].writer);
        tables.seals.swap(one, other.unwrap());
        tables.chain_anew();
    }),
    ("a person taken out of the index", "IndexDiffers", |tables, places| {
        let at = places.below(tables.subjects.len());
        tables.subjects.remove(at);
    }),
    ("a person put into the index", "IndexDiffers", |tables, places| {
        let sequence = [-4, 1, tables.head(), 5000][places.below(4)];
        tables.subjects.push(ledger_subject::Model { pseudonym: "somebodyelse0000000000".into(), sequence });
    }),
    ("another person in the index", "IndexDiffers", |tables, places| {
        let at = places.below(tables.subjects.len());
        places.flip_letter(&mut tables.subjects[at].pseudonym);
    }),
];

fn two(length: usize, places: &mut Places) -> (usize, usize) {
    let one = places.below(length - 1);
    (one, one + 1 + places.below(length - one - 1))
}

/// A ledger of several writers with many sealed records and one checkpoint over all of them.
async fn sealed_ledger(stage: &Stage, records: usize) -> Ledger {
    let ledger = stage.ledger().await;
    let other = stage.ledger().await;
    for number in 0..records {
        match number % 4 {
            0 => {
                ledger.append(&entry(Kind::Response, &[PersonId::fresh(), PersonId::fresh()])).await.unwrap();
            }
            1 => other.append(&response()).await.unwrap(),
            2 => ledger.append(&response()).await.unwrap(),
            _ => mutate(stage, &ledger).await,
        }
        if number % 7 == 0 {
            ledger.seal_now().await.unwrap();
        }
    }
    ledger.seal_now().await.unwrap();
    stage.disarm().await;
    stage.intact().await;
    ledger
}

/// Verifies after a tampering and puts everything back. A table that cannot even be read is found as well.
async fn found_after(stage: &Stage, before: &Tables, tampered: &Tables) -> Vec<Finding> {
    assert_ne!(before, tampered, "the tampering changed something");
    tampered.put(stage).await;
    let report = stage.verification().await.unwrap();
    before.put(stage).await;
    assert_eq!(report.is_intact(), report.findings.is_empty());
    assert_eq!(report.to_string().contains("NOT INTACT"), !report.is_intact());
    report.findings
}

pub(crate) async fn every_tampering_with_a_row_is_found(stage: Stage) {
    let _ledger = sealed_ledger(&stage, 40).await;
    let before = Tables::of(&stage).await;
    let mut places = Places(2025);
    for (name, expected, tamper) in ROWS {
        for _ in 0..6 {
            let mut tampered = before.clone();
            tamper(&mut tampered, &mut places);
            let found = found_after(&stage, &before, &tampered).await;
            let said = |finding: &Finding| {
                expected.split('|').any(|start| format!("{finding:?}").starts_with(start))
            };
            assert!(found.iter().any(said), "{name}: {found:?}");
        }
    }
    stage.intact().await;
}

/// Takes the checkpoints away, as the one who cut the tail would like.
fn without_checkpoints(stage: &Stage) {
    std::fs::remove_dir_all(stage.checkpoints()).unwrap();
}

fn has(findings: &[Finding], like: &Finding) -> bool {
    findings.iter().any(|finding| discriminant(finding) == discriminant(like))
}

pub(crate) async fn a_cut_tail_is_found_by_its_checkpoint(stage: Stage) {
    let ledger = sealed_ledger(&stage, 30).await;
    let before = Tables::of(&stage).await;
    for links in [1, 2, 7, 30] {
        let mut cut = before.clone();
        cut.cut(links);
        let found = found_after(&stage, &before, &cut).await;
        assert!(has(&found, &Finding::TailCut { signed: 0, head: 0 }), "{links}: {found:?}");
        assert!(found.iter().all(|finding| matches!(finding, Finding::TailCut { .. })), "{links}: {found:?}");
    }

    // What came after the last checkpoint can be cut by hand only where the seal or the record stays behind.
    let mut seals_only = before.clone();
    seals_only.seals.truncate(25);
    assert!(has(&found_after(&stage, &before, &seals_only).await, &Finding::TailCut { signed: 0, head: 0 }));

    // Cut, and grown again beyond the checkpoint by a server that was started anew.
    let mut cut = before.clone();
    cut.cut(5);
    cut.put(&stage).await;
    let restarted = stage.ledger().await;
    for _ in 0..9 {
        restarted.append(&response()).await.unwrap();
    }
    assert_eq!(restarted.seal_now().await.unwrap(), 9);
    let report = stage.verification().await.unwrap();
    assert!(report.sealed == 34 && has(&report.findings, &Finding::Rewritten { signed: 0 }), "{report}");

    // The server that had written what was cut goes on with its numbers, and so leaves a gap.
    cut.cut(10);
    cut.put(&stage).await;
    ledger.append(&response()).await.unwrap();
    let report = stage.verification().await.unwrap();
    assert!(has(&report.findings, &Finding::Gap { writer: Uuid::nil(), expected: 0, found: 0 }), "{report}");

    cut.put(&stage).await;
    without_checkpoints(&stage);
    assert_eq!(stage.verification().await.unwrap().findings, [Finding::NoCheckpoint]);
}

pub(crate) async fn a_rewritten_chain_is_found_by_its_checkpoint(stage: Stage) {
    let _ledger = sealed_ledger(&stage, 30).await;
    let before = Tables::of(&stage).await;
    let mut same = before.clone();
    same.chain_anew();
    assert_eq!(same, before, "the chain is what its documentation says");

    // All links of one writer vanish with their records, the rest is numbered and chained anew: consistent in itself.
    for (number, writer) in before.records.iter().map(|record| record.writer).enumerate().step_by(7) {
        let mut rewritten = before.clone();
        let gone = |seal: &entity::ledger_seal::Model| seal.writer == writer;
        let sequences: Vec<_> =
            before.seals.iter().filter(|seal| gone(seal)).map(|seal| seal.sequence).collect();
        rewritten.records.retain(|record| record.writer != writer);
        rewritten.seals.retain(|seal| !gone(seal));
        rewritten.subjects.retain(|subject| !sequences.contains(&subject.sequence));
        rewritten.chain_anew();
        let found = found_after(&stage, &before, &rewritten).await;
        let by_checkpoint =
            |finding: &Finding| matches!(finding, Finding::TailCut { .. } | Finding::Rewritten { .. });
        assert!(!found.is_empty() && found.iter().all(by_checkpoint), "{number}: {found:?}");
    }
    let everything = Tables { records: vec![], seals: vec![], subjects: vec![] };
    assert!(has(&found_after(&stage, &before, &everything).await, &Finding::TailCut { signed: 0, head: 0 }));
}

pub(crate) async fn tampering_with_what_is_not_sealed_yet_is_found(stage: Stage) {
    let ledger = sealed_ledger(&stage, 8).await;
    for _ in 0..6 {
        ledger.append(&response()).await.unwrap();
    }
    let report = stage.intact().await;
    assert_eq!((report.records, report.sealed, report.unsealed.records), (14, 8, 6));
    let before = Tables::of(&stage).await;
    let unsealed = |tables: &Tables, which: usize| {
        let is_sealed = |at: &usize| (0..tables.seals.len()).any(|seal| tables.sealed(seal) == *at);
        (0..tables.records.len()).filter(|at| !is_sealed(at)).nth(which).unwrap()
    };
    for which in 0..6 {
        let at = unsealed(&before, which);
        let mut edited = before.clone();
        edited.records[at].kind = "EVENT".into();
        assert!(!found_after(&stage, &before, &edited).await.is_empty(), "edited {which}");
        let mut deleted = before.clone();
        deleted.records.remove(at);
        // The very last one of a writer can be deleted unnoticed until it is sealed, a second later.
        assert_eq!(found_after(&stage, &before, &deleted).await.is_empty(), which == 5, "deleted {which}");
    }
}

pub(crate) async fn tampering_with_the_checkpoints_is_found(stage: Stage) {
    let _ledger = sealed_ledger(&stage, 12).await;
    let file = stage.checkpoints().join("checkpoints.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    for (field, value) in
        [("sequence", 11.into()), ("chain", "AAAA".into()), ("at", "2020-01-01T00:00:00Z".into())]
    {
        let mut changed = last.clone();
        changed[field] = value;
        std::fs::write(&file, format!("{text}{changed}\n")).unwrap();
        let found = stage.verification().await.unwrap().findings;
        assert!(matches!(found[..], [Finding::CheckpointForged { .. }]), "{field}: {found:?}");
    }
    std::fs::write(&file, format!("{text}{{\"sequence\": 1")).unwrap();
    let report = stage.intact().await;
    assert_eq!(report.unreadable_lines, 1, "a line that a breakdown cut short is no forgery");
    // A copy kept elsewhere and laid beside the file is checked as well.
    std::fs::write(&file, "").unwrap();
    std::fs::write(stage.checkpoints().join("copy.jsonl"), text).unwrap();
    assert_eq!(stage.intact().await.signed_up_to, 12);
}

pub(crate) async fn the_ledger_of_another_key_is_not_ours(stage: Stage) {
    let _ledger = sealed_ledger(&stage, 4).await;
    let other = Keys::derive(&KeyFile::generate().unwrap()).unwrap();
    let report = verify(&stage.database, &other, &stage.checkpoints()).await.unwrap();
    assert!(has(&report.findings, &Finding::RecordForged { writer: Uuid::nil(), number: 0 }), "{report}");
    assert!(has(&report.findings, &Finding::NoCheckpoint), "{report}");
}
