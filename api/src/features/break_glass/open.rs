//! Opening break-glass: the one act that enters a dossier without presence.
//!
//! What is asked of a caller whatever dossier they name comes first: the sign-in, the right under the covenant, the
//! reviews that are owed. Only then it matters whether there is such a dossier, and every dossier that may not be
//! entered is none. The key is compared before that, so that it tells nothing either.

use async_graphql::{Enum, ID};
use convenant::Involvement;
use entity::break_glass;
use entity::id::{AssignmentId, BreakGlassId, DossierId};
use sea_orm::{EntityTrait, Set};
use waarborg::disclosure::Leaf;
use waarborg::keys::bsn;
use waarborg::write::{Authorized, DossierChange, Entrance, Place, Sought, Write};

use super::rules::{self, Obstacle};
use super::store;
use crate::features::assignment::{Grant, Holder, give_log, grant};
use crate::features::casusreis::BreakGlassState;
use crate::features::person::sealed;
use crate::features::step::event;
use crate::graphql::change::{Change, Effect, Refused, change_input};
use crate::graphql::check::Checks;
use crate::graphql::id::{GlobalId, NodeKind};
use crate::graphql::scalar::{Bsn, Text, code_of};
use crate::graphql::user_error::Finding;
use crate::server::Server;

/// The kind of emergency for which a dossier is entered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BreakGlassReason {
    /// The person is in acute danger.
    GevaarVoorPersoon,
    /// Others are in acute danger, professionals included.
    GevaarVoorAnderen,
    /// The person is missing.
    Vermissing,
    /// Nobody who runs the case can be reached, and it cannot wait.
    RegieOnbereikbaar,
}

change_input! {
    /// Enters a dossier in an emergency, for four hours. Name the dossier or the person, not both.
    opening OpenBreakGlassInput {
        /// The dossier.
        dossier_id: Option<ID>,
        /// The burgerservicenummer of the person: opens the newest dossier of theirs that can be entered, in the
        /// houses in which your organisation works.
        bsn: Option<Bsn>,
        /// The kind of emergency.
        reason_code: BreakGlassReason,
        /// Why it cannot wait. The data protection officer and the procesregisseur read this: leave out what they need
        /// not know of the person.
        reason: Text,
    }
}

/// What is to be entered.
enum Target {
    /// The dossier of an id; none when the text is no id of one.
    Dossier(Option<DossierId>),
    /// A dossier of a person.
    Person(bsn::Bsn),
}

impl Target {
    fn read(input: &OpenBreakGlassInput, checks: &mut Checks) -> Option<Self> {
        match (&input.dossier_id, &input.bsn) {
            (Some(id), None) => Some(Self::Dossier(dossier_of(id))),
            (None, Some(number)) => checks.bsn("bsn", number).map(Self::Person),
            (None, None) => {
                checks.note("dossierId", Finding::Missing);
                None
            }
            (Some(_), Some(_)) => {
                checks.note("bsn", Finding::Superfluous);
                None
            }
        }
    }

    fn field(&self) -> &'static str {
        match self {
            Self::Dossier(_) => "dossierId",
            Self::Person(_) => "bsn",
        }
    }
}

fn dossier_of(id: &ID) -> Option<DossierId> {
    let id = GlobalId::decode(id).filter(|id| id.kind == NodeKind::Dossier && id.row == id.dossier.0);
    id.map(|id| id.dossier)
}

/// A use to open.
pub(super) struct Open {
    target: Target,
    reason_code: BreakGlassReason,
    reason: String,
}

impl Change for Open {
    const NAME: &'static str = "openBreakGlass";
    type Input = OpenBreakGlassInput;

    fn read(input: &Self::Input, checks: &mut Checks) -> Option<Self> {
        let reason = checks.text("reason", &input.reason);
        let target = Target::read(input, checks);
        Some(Self { target: target?, reason_code: input.reason_code, reason: reason? })
    }

    fn dossier(&self) -> Option<DossierId> {
        match self.target {
            Target::Dossier(dossier) => dossier,
            Target::Person(_) => None,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "break-glass is what an entrance is for")]
    fn place(&self, server: &Server) -> Place {
        let sought = match &self.target {
            Target::Dossier(Some(dossier)) => Sought::Dossier(*dossier),
            Target::Dossier(None) => Sought::Nothing,
            Target::Person(bsn) => Sought::Person(sealed::bsn_index(server, bsn)),
        };
        Place::Entered(Entrance::new(sought, rules::is_for))
    }

    async fn apply(&self, write: &Write, _: &Server) -> Result<Effect, Refused> {
        let access = write.access();
        rules::right(access).map_err(|denial| Refused::Covenant(denial, Vec::new()))?;
        let professional = access.principal().professional;
        if store::owes_overdue_review(&write.reading(), professional, access.today()).await? {
            return Err(refused(Obstacle::ReviewOverdue));
        }
        let authorized = write.authorize_entering().ok_or_else(|| Refused::not_found(self.target.field()))?;
        if store::is_open(&authorized).await? {
            return Err(refused(Obstacle::AlreadyOpen));
        }
        let assignment = enter(&authorized).await?;
        let house = dossier_house(&authorized).await?;
        give_log(&authorized, &house, "guards a use of break-glass").await?;
        let id = self.keep(&authorized, assignment).await?;
        Ok(Effect {
            dossier: authorized.dossier(),
            change: DossierChange::default(),
            events: vec![event("BREAK_GLASS_OPENED", Leaf::Open, (NodeKind::BreakGlass, id.0))],
            shows: vec![("breakGlass", id.0)],
        })
    }
}

fn refused(obstacle: Obstacle) -> Refused {
    Refused::Conditions(vec![obstacle.code()])
}

/// The assignment that lets who opens it in, for four hours to the instant.
async fn enter(authorized: &Authorized<'_>) -> Result<AssignmentId, Refused> {
    let principal = authorized.access().principal();
    let holder = Holder::Professional(principal.professional);
    let until = Some(authorized.now() + rules::HOLDS);
    let reason = "entered by break-glass";
    let entered = Grant::open(principal.organisation, holder, Involvement::Noodtoegang, reason);
    Ok(grant(authorized, Grant { until, ..entered }).await?)
}

async fn dossier_house(authorized: &Authorized<'_>) -> Result<String, Refused> {
    use waarborg::access::Scoped;
    let dossier = entity::dossier::Entity::under(authorized).one(authorized.transaction()).await?;
    dossier.map(|dossier| dossier.house).ok_or_else(|| Refused::failed("the dossier that was entered"))
}

impl Open {
    async fn keep(
        &self,
        authorized: &Authorized<'_>,
        assignment: AssignmentId,
    ) -> Result<BreakGlassId, Refused> {
        let id = BreakGlassId::fresh();
        let principal = authorized.access().principal();
        let row = break_glass::ActiveModel {
            id: Set(id),
            dossier_id: Set(authorized.dossier()),
            organisation_id: Set(principal.organisation),
            professional_id: Set(principal.professional),
            assignment_id: Set(assignment),
            state: Set(BreakGlassState::Open.code().to_owned()),
            reason_code: Set(code_of(self.reason_code)),
            reason: Set(self.reason.clone()),
            opened_at: Set(authorized.now()),
            valid_until: Set(authorized.now() + rules::HOLDS),
            ended_at: Set(None),
            review_by: Set(rules::REVIEW.after(authorized.access().today())),
            reviewed_by: Set(None),
            reviewed_at: Set(None),
            motivation: Set(None),
        };
        break_glass::Entity::insert(row).exec_without_returning(authorized.transaction()).await?;
        Ok(id)
    }
}
