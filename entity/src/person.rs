//! Table `person`: a person within one dossier. The same human in another dossier is another row.

use sea_orm::entity::prelude::*;

use crate::id::{DossierId, OrganisationId, PersonId, PersonKeyId};

/// A person within one dossier. The same human in another dossier is another row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// Role in the dossier (HOOFDPERSOON, SYSTEEMLID, SLACHTOFFER, PLEGER_VERDACHTE).
    pub role: String,
    /// Key under which sealed values stand.
    pub key_id: PersonKeyId,
    /// BSN, sealed and bound to this row.
    pub bsn_sealed: Option<Vec<u8>>,
    /// Keyed blind index of the BSN, for equality only.
    pub bsn_index: Option<Vec<u8>>,
    /// Geslachtsnaam.
    pub family_name: String,
    /// Voorvoegsel.
    pub name_prefix: Option<String>,
    /// Voornamen.
    pub given_names: Option<String>,
    /// Date of birth, possibly partial: 1980-00-00.
    pub birth_date: Option<String>,
    /// MAN, VROUW, ANDERS or ONBEKEND.
    pub sex: String,
    /// ONBEVESTIGD, BEVESTIGD_BRP, NIET_INGESCHREVEN or CONFLICT.
    pub identity_status: String,
    /// Street and number as registered in the BRP.
    pub address: Option<String>,
    /// Postcode as registered in the BRP.
    pub postcode: Option<String>,
    /// Place of residence as registered in the BRP.
    pub residence: Option<String>,
    /// Day of the last BRP check.
    pub brp_checked_on: Option<ChronoDate>,
    /// Telephone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// The organisation that supplied name, BSN and contact data.
    pub supplier_id: OrganisationId,
}

/// Relations are loaded by scoped statements, never by the entity.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::in_dossier!();
