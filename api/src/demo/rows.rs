//! The rows that a load writes, gathered first and written together.
//!
//! Whole rows of the tables, in the order in which they refer to each other. Nothing is read here.

use entity::{
    aanmelding, action, assignment, bekendheidscheck, break_glass, brp_check, case, desk, desk_member,
    dossier, geheimhoudingsverklaring, gemeente_contract, inbreng, login, organisation, overdracht, person,
    person_key, plan, professional, signature, triage, verrijking,
};
use indicatif::ProgressBar;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, Iterable};

/// How many values one statement may carry: SQLite takes 32,766, PostgreSQL twice that.
const VALUES: usize = 30_000;

macro_rules! tables {
    ($($rows:ident: $table:ident),+ $(,)?) => {
        /// Rows by table, in order of reference.
        #[derive(Debug, Default)]
        pub(super) struct Rows { $(pub(super) $rows: Vec<$table::Model>),+ }

        impl Rows {
            /// How many there are.
            pub(super) fn count(&self) -> usize {
                0 $(+ self.$rows.len())+
            }

            /// Writes them all; the bar advances with each statement.
            pub(super) async fn insert(
                self,
                transaction: &DatabaseTransaction,
                bar: &ProgressBar,
            ) -> Result<(), DbErr> {
                $(insert_all(transaction, self.$rows, bar).await?;)+
                Ok(())
            }
        }
    };
}

tables! {
    organisations: organisation,
    signatures: signature,
    gemeente_contracts: gemeente_contract,
    professionals: professional,
    logins: login,
    desks: desk,
    desk_members: desk_member,
    dossiers: dossier,
    assignments: assignment,
    person_keys: person_key,
    persons: person,
    aanmeldingen: aanmelding,
    brp_checks: brp_check,
    bekendheidschecks: bekendheidscheck,
    verrijkingen: verrijking,
    inbreng: inbreng,
    triages: triage,
    cases: case,
    plans: plan,
    actions: action,
    overdrachten: overdracht,
    break_glass_uses: break_glass,
    geheimhoudingsverklaringen: geheimhoudingsverklaring,
}

async fn insert_all<A, M>(
    transaction: &DatabaseTransaction,
    rows: Vec<M>,
    bar: &ProgressBar,
) -> Result<(), DbErr>
where
    A: ActiveModelTrait,
    M: IntoActiveModel<A>,
    A::Entity: EntityTrait<Model = M>,
{
    let columns = <A::Entity as EntityTrait>::Column::iter().count().max(1);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<M> = rows.by_ref().take(VALUES / columns).collect();
        let count = u64::try_from(some.len()).unwrap_or_default();
        A::Entity::insert_many(some.into_iter().map(IntoActiveModel::into_active_model))
            .exec_without_returning(transaction)
            .await?;
        bar.inc(count);
    }
    Ok(())
}
