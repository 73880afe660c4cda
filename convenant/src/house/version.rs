//! A version of a house's covenant: when it holds, under which regime, and the engine that decides by it.
//!
//! A version is frozen: what it decided it decides for good.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::{Place, Seat};
use crate::dates::Span;
use crate::engine::Engine;
use crate::ground::Ground;
use crate::model::Model;
use crate::vocabulary::{Category, Involvement, PartnerKind, Tafel};

/// The legal regime for the receiver (README, "Ground shown with a permission").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Regime {
    /// The covenant with the Handvat, before the Wgs.
    ConvenantHandvat,
    /// The Wet gegevensverwerking door samenwerkingsverbanden.
    Wgs,
    /// The Wet gegevensverwerking persoonsgerichte aanpak radicalisering; its date is unverified.
    WetPga,
}

impl Regime {
    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ConvenantHandvat => "CONVENANT_HANDVAT",
            Self::Wgs => "WGS",
            Self::WetPga => "WET_PGA",
        }
    }

    /// The name, in Dutch.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConvenantHandvat => {
                "het convenant met het Handvat gegevensuitwisseling in het zorg- en veiligheidsdomein"
            }
            Self::Wgs => "de Wet gegevensverwerking door samenwerkingsverbanden (Wgs)",
            Self::WetPga => {
                "de Wet gegevensverwerking persoonsgerichte aanpak radicalisering en terroristische activiteiten"
            }
        }
    }
}

/// A version of a house's covenant.
#[derive(Debug)]
pub struct Version {
    pub(super) id: String,
    pub(super) hash: String,
    /// The rules of an earlier version, or of the house or the model, that this version takes away.
    pub(super) withdraws: bool,
    pub(super) span: Span,
    pub(super) valid_from: NaiveDate,
    pub(super) model: Arc<Model>,
    pub(super) tafels: BTreeMap<Tafel, Place>,
    pub(super) engine: Arc<Engine>,
}

impl Version {
    /// The id, such as `twente-2025-03-01`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The SHA-256, in hexadecimal, over everything that decides in this version and nothing else: rules, opleggers,
    /// supplies, tafels with their seats, who registers, and the first day. Not its last day, which says only when
    /// another takes over, and no name or comment.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The first day on which it holds.
    pub const fn valid_from(&self) -> NaiveDate {
        self.valid_from
    }

    /// The first day on which it no longer holds; open when there is no next version.
    pub const fn valid_until(&self) -> Option<NaiveDate> {
        self.span.until
    }

    /// Does it hold on this date?
    pub fn holds_on(&self, date: NaiveDate) -> bool {
        self.span.contains(date)
    }

    /// The regime for the receiver at a tafel on a date (README, "Ground shown with a permission").
    pub fn regime(&self, tafel: Tafel, date: NaiveDate) -> Regime {
        let row = self.model.regimes.iter().rfind(|row| row.holds(tafel, date));
        row.map_or(Regime::ConvenantHandvat, |row| row.code)
    }

    /// Is the date of that regime verified in a source?
    pub fn regime_verified(&self, tafel: Tafel, date: NaiveDate) -> bool {
        self.model.regimes.iter().rfind(|row| row.holds(tafel, date)).is_some_and(|row| row.verified)
    }

    /// Does the oplegger of this tafel hold on this date? Without it no overleg is convened and nothing is supplied
    /// or asked; what was shared before stays visible under the rules (README, "Structural rules").
    pub fn oplegger_valid(&self, tafel: Tafel, date: NaiveDate) -> bool {
        self.holds_on(date) && self.tafels.get(&tafel).is_some_and(|place| place.oplegger_valid(date))
    }

    /// The tafels that the house has under this version (`seats.csv`, column `houses`).
    pub fn tafels(&self) -> impl Iterator<Item = Tafel> {
        self.tafels.keys().copied()
    }

    /// Does the house have this tafel under this version?
    pub fn has(&self, tafel: Tafel) -> bool {
        self.tafels.contains_key(&tafel)
    }

    /// Does a bekendheidscheck of another house get HIT for a current dossier at this tafel? All others count as
    /// NO_HIT and send a notice to their own regisseur (README, "Structural rules").
    pub fn answers_hit(&self, tafel: Tafel) -> bool {
        self.tafels.get(&tafel).is_some_and(|place| place.answers_hit)
    }

    /// The seat of a partner kind at a tafel under this version; a ZETEL is given to no other (README, "Structural
    /// rules").
    pub fn seat(&self, tafel: Tafel, partner: PartnerKind) -> Option<Seat> {
        self.tafels.get(&tafel)?.seat(partner)
    }

    /// Can a partner have this involvement at this tafel at all? A ZETEL needs a seat, everything a tafel; an
    /// adviesvraag has none.
    pub(crate) fn has_place_for(&self, tafel: Tafel, involvement: Involvement, partner: PartnerKind) -> bool {
        if involvement == Involvement::Zetel {
            return self.seat(tafel, partner).is_some();
        }
        tafel == Tafel::Advies || self.has(tafel)
    }

    /// The engine that decides by this version.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The same, to see whether another version has it too.
    pub(crate) const fn shared_engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// The ground with this code (`grounds.toml`). Ask it [`Ground::in_force_on`] the date of the datum.
    pub fn ground(&self, code: &str) -> Option<&Ground> {
        self.model.grounds.get(code)
    }

    /// All grounds, by code.
    pub fn grounds(&self) -> impl Iterator<Item = &Ground> {
        self.model.grounds.values()
    }

    /// Is this the code of a ground that was in force on some day of this version (`grounds.toml`)? For the date of
    /// one datum, see [`Version::ground`].
    pub fn has_ground(&self, code: &str) -> bool {
        self.ground(code).is_some_and(|ground| ground.span().overlaps(self.span))
    }

    /// The grounds on which a partner may supply a category (`supply.toml`); none where no row names one.
    pub fn supplier_grounds(&self, partner: PartnerKind, category: Category) -> Vec<&str> {
        let rows = self
            .model
            .supply
            .iter()
            .filter(|row| row.partner == partner && row.categories.closed().contains(category));
        rows.flat_map(|row| row.grounds.iter().map(String::as_str)).collect()
    }

    /// Does this version take a rule away that held before it?
    pub(crate) const fn withdraws(&self) -> bool {
        self.withdraws
    }

    pub(crate) fn model(&self) -> &Model {
        &self.model
    }
}
