//! Random requests, the same in every run, and their two forms: codes for the tables, types for the engine.

use convenant::{Fact, Request, Standing};

use crate::tables::{FACTS, Forbid, INVOLVEMENTS, Permit, Question, SIDES, TABLES};

/// SplitMix64: small, and the same everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("small")
    }

    pub(crate) fn one_in(&mut self, chance: usize) -> bool {
        self.below(chance) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    pub(crate) fn question(&mut self) -> Question {
        let partners: Vec<_> = TABLES.partners.keys().copied().collect();
        let facts = FACTS.into_iter().filter(|_| self.one_in(2)).collect();
        Question {
            verb: self.pick(&["see", "supply", "ask"]),
            partner: self.pick(&partners),
            same_gemeente: self.one_in(2),
            signed: self.one_in(2),
            secrecy: self.one_in(2),
            trained: self.one_in(2),
            involvement: self.pick(&INVOLVEMENTS),
            side: self.pick(&SIDES),
            tafel: self.pick(&TABLES.tafels),
            phase: u8::try_from(self.below(13)).expect("small"),
            facts,
            category: self.pick(&TABLES.categories),
            asked: self.one_in(2).then(|| self.pick(&partners)),
        }
    }

    /// A request that is likely to be allowed by a permit: few obstacles, most words from the row itself.
    pub(crate) fn question_for(&mut self, row: &Permit) -> Question {
        let mut question = self.question();
        question.verb = row.verb;
        question.facts = row.needs.iter().copied().filter(|_| !self.one_in(4)).collect();
        if self.one_in(3) {
            question.facts.insert(self.pick(&FACTS));
        }
        question.signed |= !self.one_in(6);
        question.trained |= !self.one_in(6);
        question.same_gemeente |= !self.one_in(6);
        if row.involvement != ["*"] {
            question.involvement = self.pick(&row.involvement);
        }
        let phases: Vec<u8> = row.phases.iter().copied().collect();
        question.phase = self.pick(&phases);
        if row.tafels != ["*"] {
            question.tafel = self.pick(&row.tafels);
        }
        if row.partners != ["*"] {
            let meant = TABLES.partners.keys().copied().filter(|kind| TABLES.means(&row.partners, kind));
            question.partner = self.pick(&meant.collect::<Vec<_>>());
        }
        if !self.one_in(4) {
            self.aim(row, &mut question);
        }
        question
    }

    /// Names what the row gives, at a tafel that shares it. What is supplied is drawn by the rows of supply.csv, so
    /// that a competence that few have is drawn as often as one that many have; the fact that it needs is mostly there.
    fn aim(&mut self, row: &Permit, question: &mut Question) {
        let mut categories = TABLES.categories.clone();
        let mut needs = "";
        if row.gives_what_is_supplied() {
            let meant = |kind| row.partners == ["*"] || TABLES.means(&row.partners, kind);
            let supply: Vec<_> = TABLES.supply.iter().filter(|supply| meant(supply.partner)).collect();
            let supply = self.pick(&supply);
            question.partner = supply.partner;
            categories = supply.categories.iter().copied().collect();
            needs = supply.needs;
        }
        if !needs.is_empty() {
            question.facts.insert(needs);
        }
        let tafels = if row.tafels == ["*"] { &TABLES.tafels } else { &row.tafels };
        for _ in 0..200 {
            question.category = self.pick(&categories);
            question.tafel = self.pick(tafels);
            if TABLES.gives(row, question) {
                break;
            }
        }
        if self.one_in(4) {
            question.facts.remove(needs);
        }
    }

    /// A request to which a forbid is likely to apply.
    pub(crate) fn question_against(&mut self, row: &Forbid) -> Question {
        let mut question = self.question();
        question.verb = self.pick(&row.verbs);
        question.facts.retain(|_| self.one_in(4));
        if let Some(categories) = &row.categories {
            question.category = self.pick(&categories.iter().copied().collect::<Vec<_>>());
        }
        row.applies.iter().for_each(|condition| self.fulfil(condition, &mut question));
        question
    }

    fn fulfil(&mut self, condition: &'static str, question: &mut Question) {
        let Some((name, cell)) = condition.split_once('=') else {
            match condition {
                "unsigned" => question.signed = false,
                "untrained" => question.trained = false,
                "other_gemeente" => question.same_gemeente = false,
                fact => _ = question.facts.insert(fact),
            }
            return;
        };
        let word = self.pick(&cell.split_whitespace().collect::<Vec<_>>());
        match name {
            "partner" => question.partner = word,
            "involvement" => question.involvement = word,
            "tafel" => question.tafel = word,
            "side" => question.side = word,
            "phase" => {
                question.phase = word[1..].split('-').next().and_then(|it| it.parse().ok()).expect("a phase");
            }
            "domain" => {
                let of = TABLES
                    .partners
                    .iter()
                    .filter(|(_, partner)| partner.domain == word)
                    .map(|(kind, _)| *kind);
                question.partner = self.pick(&of.collect::<Vec<_>>());
            }
            other => panic!("unknown condition {other}"),
        }
    }
}

/// The request in the engine's types.
pub(crate) fn request(question: &Question) -> Request {
    let standing = Standing {
        partner: question.partner.parse().expect("a partner"),
        same_gemeente: question.same_gemeente,
        signed: question.signed,
        secrecy: question.secrecy,
        trained: question.trained,
        involvement: question.involvement.parse().expect("an involvement"),
        side: question.side.parse().expect("a side"),
        tafel: question.tafel.parse().expect("a tafel"),
        phase: format!("F{}", question.phase).parse().expect("a phase"),
    };
    Request {
        verb: question.verb.parse().expect("a verb"),
        standing,
        category: question.category.parse().expect("a category"),
        facts: question.facts.iter().map(|fact| fact.parse::<Fact>().expect("a fact")).collect(),
        asked: question.asked.map(|asked| asked.parse().expect("a partner")),
    }
}
