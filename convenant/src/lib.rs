//! The samenwerkingsconvenant of the Zorg- en Veiligheidshuizen: who may see, supply and ask what.
//!
//! The covenant itself is data: Cedar policies and tables in `model/`, which a house in `houses/<house>/` extends. This
//! crate reads and checks them ([`Convenant`]) and decides by them ([`Engine`]). It must never know a database, GraphQL,
//! a clock or the environment: everything that a decision rests on is given.

mod convenant;
mod dates;
pub mod decide;
pub mod diff;
mod disclosure;
mod engine;
pub mod explain;
mod folder;
mod ground;
mod house;
pub mod matrix;
pub mod matrix_page;
mod model;
mod problem;
pub mod simulate;
mod soundness;
mod vocabulary;

pub use convenant::Convenant;
pub use disclosure::Disclosure;
pub use engine::{Decision, Engine, Reason, Request, RowId, Rule};
pub use ground::Ground;
pub use house::{Gemeente, House, HouseCode, Regime, RegistrationRefusal, Seat, Version};
pub use model::phase_of;
pub use problem::Problem;
pub use vocabulary::{
    Category, CategorySet, Circle, Confidentiality, ContractKind, Domain, Fact, Facts, Involvement,
    PartnerKind, PartnerWord, Phase, Side, Standing, Tafel, UnknownCode, Verb,
};
