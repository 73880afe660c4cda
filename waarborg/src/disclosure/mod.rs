//! Disclosure: the one place where a field is shown or withheld.
//!
//! Every field of a type that concerns a dossier names its leaf category in the schema (`@gegeven`). A row of
//! such a type reaches GraphQL only inside [`Disclosed`], which asks the row's own decision before the field's
//! resolver runs. A withheld field is `null`, never an error and never a different schema. Nothing here decides:
//! the covenant does.

mod classification;
mod directive;
mod marks;
mod row;

pub use classification::{Classification, Flaw};
pub use directive::{Leaf, gegeven};
pub use marks::{Attempts, Collector, Disclosures, DossierDisclosure, ShownCategories};
pub use row::{Classified, Datum, Disclosed, Identified, Row, RowAccess};
