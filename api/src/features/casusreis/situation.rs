//! What the conditions of the journey look at: where a dossier stands and what is still open in it.
//!
//! Counts and states only. It is read for the dossiers of a page together, in a fixed number of statements.

use std::collections::{HashMap, HashSet};
use waarborg::clock::dutch_date;

use chrono::{DateTime, NaiveDate, Utc};
use convenant::{Domain, Involvement, PartnerKind};
use entity::id::{DossierId, OrganisationId};
use entity::{
    aanmelding, action, afwijking, assignment, bekendheidscheck, brp_check, case, organisation, overdracht,
    plan, verrijking,
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use waarborg::access::{Access, active_at};
use waarborg::write::Write;

use super::state::{
    AanmeldingState, ActionState, AfwijkingState, BekendheidscheckState, BrpCheckState, CaseState,
    OverdrachtState, VerrijkingState,
};

/// Where a dossier stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Situation {
    pub(crate) aanmelding: Option<AanmeldingState>,
    /// The day on which the aanmelding came into its state.
    pub(crate) aanmelding_since: Option<NaiveDate>,
    pub(crate) case: Option<CaseState>,
    /// Those without an answer, also when their term has passed.
    pub(crate) open_brp_checks: usize,
    pub(crate) answered_bekendheid: usize,
    pub(crate) asked_verrijking: usize,
    pub(crate) open_verrijking: usize,
    pub(crate) answered_verrijking: usize,
    /// Partners with a seat at the tafel, each organisation once.
    pub(crate) seats: HashSet<(PartnerKind, OrganisationId)>,
    pub(crate) has_plan: bool,
    pub(crate) actions: usize,
    pub(crate) unaccepted_actions: usize,
    pub(crate) unfinished_actions: usize,
    /// Of the last afwijking that was asked.
    pub(crate) afwijking: Option<AfwijkingState>,
    pub(crate) overdracht_open: bool,
    pub(crate) overdracht_accepted: bool,
}

impl Situation {
    /// The situation of the dossier under a write.
    pub(crate) async fn under(write: &Write, dossier: DossierId, now: DateTime<Utc>) -> Result<Self, DbErr> {
        let mut all = read(&write.reading(), &[dossier], now).await?;
        Ok(all.remove(&dossier).unwrap_or_default())
    }

    /// The situations of the dossiers of a page, at which the viewer is present.
    pub(crate) async fn of_page(
        access: &Access,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Self>, DbErr> {
        read(access.reader(), dossiers, access.now()).await
    }

    /// From how many domains the partners at the tafel come.
    pub(crate) fn domains_at_tafel(&self) -> usize {
        self.seats.iter().map(|(partner, _)| partner.domain()).collect::<HashSet<Domain>>().len()
    }
}

/// Reads the situations of dossiers that were found in scope: ten statements, whatever their number.
async fn read(
    database: &impl ConnectionTrait,
    dossiers: &[DossierId],
    now: DateTime<Utc>,
) -> Result<HashMap<DossierId, Situation>, DbErr> {
    let today = dutch_date(now);
    let mut all: HashMap<DossierId, Situation> = HashMap::new();
    read_states(database, dossiers, &mut all).await?;
    read_questions(database, dossiers, today, &mut all).await?;
    read_seats(database, dossiers, now, &mut all).await?;
    read_plans(database, dossiers, &mut all).await?;
    Ok(all)
}

/// Selected columns of a table, for dossiers that were found in scope.
macro_rules! columns_of {
    ($database:expr, $dossiers:expr, $table:ident, $($column:ident),+) => {
        scoped_columns::<$table::Entity>($dossiers, $table::Column::DossierId)
            $(.column($table::Column::$column))+
            .into_tuple()
            .all($database)
            .await?
    };
}

#[expect(
    clippy::disallowed_methods,
    reason = "the dossiers were found in scope before their situation is read"
)]
fn scoped_columns<E: EntityTrait>(dossiers: &[DossierId], dossier: E::Column) -> sea_orm::Select<E> {
    E::find().select_only().column(dossier).filter(dossier.is_in(dossiers.iter().copied()))
}

async fn read_states(
    database: &impl ConnectionTrait,
    dossiers: &[DossierId],
    all: &mut HashMap<DossierId, Situation>,
) -> Result<(), DbErr> {
    let aanmeldingen: Vec<(DossierId, String, DateTime<Utc>)> =
        columns_of!(database, dossiers, aanmelding, State, StateSince);
    for (dossier, state, since) in aanmeldingen {
        let situation = all.entry(dossier).or_default();
        situation.aanmelding = AanmeldingState::named(&state);
        situation.aanmelding_since = Some(dutch_date(since));
    }
    let afwijkingen: Vec<(DossierId, String)> =
        scoped_columns::<afwijking::Entity>(dossiers, afwijking::Column::DossierId)
            .column(afwijking::Column::State)
            .order_by_asc(afwijking::Column::Id)
            .into_tuple()
            .all(database)
            .await?;
    for (dossier, state) in afwijkingen {
        all.entry(dossier).or_default().afwijking = AfwijkingState::named(&state);
    }
    let cases: Vec<(DossierId, String)> = columns_of!(database, dossiers, case, State);
    for (dossier, state) in cases {
        all.entry(dossier).or_default().case = CaseState::named(&state);
    }
    Ok(())
}

async fn read_questions(
    database: &impl ConnectionTrait,
    dossiers: &[DossierId],
    today: NaiveDate,
    all: &mut HashMap<DossierId, Situation>,
) -> Result<(), DbErr> {
    let checks: Vec<(DossierId, String)> = columns_of!(database, dossiers, brp_check, State);
    for (dossier, state) in checks {
        let situation = all.entry(dossier).or_default();
        let open = BrpCheckState::named(&state) == Some(BrpCheckState::Open);
        situation.open_brp_checks += usize::from(open);
    }
    let checks: Vec<(DossierId, String)> = columns_of!(database, dossiers, bekendheidscheck, State);
    for (dossier, state) in checks {
        all.entry(dossier).or_default().answered_bekendheid +=
            usize::from(BekendheidscheckState::named(&state) == Some(BekendheidscheckState::Beantwoord));
    }
    let questions: Vec<(DossierId, String, NaiveDate)> =
        columns_of!(database, dossiers, verrijking, State, Deadline);
    for (dossier, state, deadline) in questions {
        let situation = all.entry(dossier).or_default();
        situation.asked_verrijking += 1;
        let state = VerrijkingState::named(&state);
        situation.answered_verrijking += usize::from(state == Some(VerrijkingState::Beantwoord));
        let waits = state == Some(VerrijkingState::Open) && deadline >= today;
        situation.open_verrijking += usize::from(waits);
    }
    Ok(())
}

async fn read_seats(
    database: &impl ConnectionTrait,
    dossiers: &[DossierId],
    now: DateTime<Utc>,
    all: &mut HashMap<DossierId, Situation>,
) -> Result<(), DbErr> {
    let organisation = assignment::Entity::belongs_to(organisation::Entity)
        .from(assignment::Column::OrganisationId)
        .to(organisation::Column::Id)
        .into();
    let seats: Vec<(DossierId, OrganisationId, String)> =
        scoped_columns::<assignment::Entity>(dossiers, assignment::Column::DossierId)
            .join(sea_orm::JoinType::InnerJoin, organisation)
            .column(assignment::Column::OrganisationId)
            .column(organisation::Column::Kind)
            .filter(assignment::Column::Involvement.eq(Involvement::Zetel.code()))
            .filter(active_at(now))
            .into_tuple()
            .all(database)
            .await?;
    for (dossier, organisation, kind) in seats {
        if let Ok(partner) = kind.parse() {
            all.entry(dossier).or_default().seats.insert((partner, organisation));
        }
    }
    Ok(())
}

async fn read_plans(
    database: &impl ConnectionTrait,
    dossiers: &[DossierId],
    all: &mut HashMap<DossierId, Situation>,
) -> Result<(), DbErr> {
    let plans: Vec<(DossierId, String)> = columns_of!(database, dossiers, plan, State);
    for (dossier, state) in plans {
        all.entry(dossier).or_default().has_plan |= state != "VERVALLEN";
    }
    let actions: Vec<(DossierId, String)> = columns_of!(database, dossiers, action, State);
    for (dossier, state) in actions {
        let situation = all.entry(dossier).or_default();
        situation.actions += 1;
        let state = ActionState::named(&state);
        situation.unaccepted_actions += usize::from(state == Some(ActionState::Open));
        let unfinished = matches!(state, Some(ActionState::Open | ActionState::Bezig));
        situation.unfinished_actions += usize::from(unfinished);
    }
    let overdrachten: Vec<(DossierId, String)> = columns_of!(database, dossiers, overdracht, State);
    for (dossier, state) in overdrachten {
        let situation = all.entry(dossier).or_default();
        let state = OverdrachtState::named(&state);
        situation.overdracht_open |= state == Some(OverdrachtState::Aangeboden);
        situation.overdracht_accepted |= state == Some(OverdrachtState::Aanvaard);
    }
    Ok(())
}
