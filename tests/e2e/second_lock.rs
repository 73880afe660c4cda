//! The second lock: what PostgreSQL itself keeps from a viewer, with the scope that access gives every statement left
//! out.
//!
//! The statements here are what a broken finder would run: all rows of a table, for somebody who is signed in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use entity::id::ProfessionalId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, Statement};
use serde_json::{Value, json};
use tests::database::{Kind, TestDatabase};
use tests::{Client, Vangnet};
use uuid::Uuid;
use waarborg::access::{Access, Principal, Reader};
use waarborg::database::{Database, Location};
use waarborg::keys::KeyFile;

use crate::arrange::{APPLICANT, assign, dossier_in, execute, row_in, run, runs_on, submit};
use crate::commands::{production, written};
use crate::program::{complained, program};

/// Tables that name a dossier and are not kept by the lock: the feed holds ids and codes, and is read from its end on by
/// servers, for nobody in particular.
const OPEN: [&str; 1] = ["event"];

#[derive(Debug, FromQueryResult)]
struct Table {
    name: String,
    is_enabled: bool,
    is_forced: bool,
    is_owned: bool,
}

const TABLES: &str = "SELECT c.relname::text AS name, c.relrowsecurity AS is_enabled, c.relforcerowsecurity AS is_forced, \
        pg_has_role(current_user, c.relowner, 'MEMBER') AS is_owned \
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
     WHERE n.nspname = 'public' AND c.relkind = 'r' AND (c.relname = 'dossier' OR EXISTS \
        (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'dossier_id')) ORDER BY 1";

/// The tables whose rows belong to a dossier, and the column that names it.
async fn kept_tables(database: &Database) -> Vec<(String, &'static str)> {
    let found = Table::find_by_statement(Statement::from_string(database.backend(), TABLES));
    let tables = found.all(database.reader()).await.unwrap();
    let kept = tables.into_iter().filter(|table| !OPEN.contains(&table.name.as_str()));
    kept.map(|table| if table.name == "dossier" { (table.name, "id") } else { (table.name, "dossier_id") })
        .collect()
}

#[tokio::test]
async fn every_table_of_a_dossier_is_kept_from_whoever_owns_nothing() {
    if !runs_on(Kind::Postgres, "second_lock::every_table_of_a_dossier_is_kept_from_whoever_owns_nothing") {
        return;
    }
    let vangnet = Vangnet::start().await;
    let serving = &vangnet.server.database;
    let found = Table::find_by_statement(Statement::from_string(serving.backend(), TABLES));
    let tables = found.all(serving.reader()).await.unwrap();
    assert!(tables.len() > 15, "{tables:?}");
    for table in tables {
        assert!(!table.is_owned, "a server owns {}", table.name);
        let is_kept = table.is_enabled && table.is_forced;
        assert_eq!(is_kept, !OPEN.contains(&table.name.as_str()), "{}", table.name);
    }
    let powers = "SELECT count(*) AS n FROM pg_roles \
                  WHERE rolname = current_user AND (rolsuper OR rolbypassrls OR rolcreaterole)";
    assert_eq!(number(serving.reader(), powers).await, 0);
    for change in [
        "ALTER TABLE person DISABLE ROW LEVEL SECURITY",
        "DROP POLICY of_dossier ON person",
        "UPDATE ledger_record SET kind = 'X'",
        "DELETE FROM ledger_seal",
    ] {
        let refused = serving.writer().execute_unprepared(change).await.unwrap_err().to_string();
        assert!(refused.contains("owner") || refused.contains("denied"), "{change}: {refused}");
    }
}

async fn number(database: &impl ConnectionTrait, sql: &str) -> i64 {
    let statement = Statement::from_string(database.get_database_backend(), sql);
    database.query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

/// The dossiers whose rows a statement without any scope finds.
async fn found_by(
    database: &impl ConnectionTrait,
    table: &str,
    column: &str,
) -> Result<BTreeSet<Uuid>, DbErr> {
    let sql = format!("SELECT {column} AS id FROM \"{table}\"");
    let statement = Statement::from_string(database.get_database_backend(), sql);
    database.query_all_raw(statement).await?.iter().map(|row| row.try_get("", "id")).collect()
}

/// Everything by which it can be worked out what somebody may find, as the owner of the tables reads it.
struct Known {
    members: Vec<entity::desk_member::Model>,
    assignments: Vec<entity::assignment::Model>,
    dossiers: Vec<entity::dossier::Model>,
    now: DateTime<Utc>,
}

/// The dossiers that somebody may find.
struct Findable {
    /// Those at which they hold an active assignment.
    own: BTreeSet<Uuid>,
    /// Those, and the dossiers of the same houses that are not strict.
    at_most: BTreeSet<Uuid>,
    /// Those at which they ever were assigned.
    ever: BTreeSet<Uuid>,
}

impl Known {
    async fn of(vangnet: &Vangnet) -> Self {
        let reader = vangnet.owner.reader();
        Self {
            members: entity::desk_member::Entity::find().all(reader).await.unwrap(),
            assignments: entity::assignment::Entity::find().all(reader).await.unwrap(),
            dossiers: entity::dossier::Entity::find().all(reader).await.unwrap(),
            now: vangnet.server.clock.now(),
        }
    }

    fn findable_by(&self, who: ProfessionalId) -> Findable {
        let is_now = |from: DateTime<Utc>, until: Option<DateTime<Utc>>| {
            from <= self.now && until.is_none_or(|until| until > self.now)
        };
        let desks: BTreeSet<_> = self
            .members
            .iter()
            .filter(|member| member.professional_id == who && is_now(member.valid_from, member.valid_until))
            .map(|member| member.desk_id)
            .collect();
        let held = |one: &&entity::assignment::Model| {
            one.professional_id == Some(who) || one.desk_id.is_some_and(|desk| desks.contains(&desk))
        };
        let ever = self.assignments.iter().filter(held);
        let own: BTreeSet<Uuid> = ever
            .clone()
            .filter(|one| is_now(one.valid_from, one.valid_until))
            .map(|one| one.dossier_id.0)
            .collect();
        let houses: BTreeSet<&str> = self
            .dossiers
            .iter()
            .filter(|one| own.contains(&one.id.0))
            .map(|one| one.house.as_str())
            .collect();
        let open = self.dossiers.iter().filter(|one| {
            own.contains(&one.id.0)
                || (houses.contains(one.house.as_str()) && one.confidentiality != "STRIKT")
        });
        Findable {
            at_most: open.map(|one| one.id.0).collect(),
            ever: ever.map(|one| one.dossier_id.0).collect(),
            own,
        }
    }
}

/// The access of somebody who signs in.
async fn access_of(vangnet: &Vangnet, issuer: &str, subject: &str) -> Access {
    let server = &vangnet.server;
    let now = server.clock.now();
    let principal = Principal::find(server.database.reader(), issuer, subject, now).await.unwrap();
    let classification = Arc::new(vangnet::graphql::schema::classify().unwrap());
    Access::open(
        server.database.clone(),
        Arc::clone(&server.convenant),
        classification,
        Arc::new(principal.unwrap()),
        now,
        String::new(),
    )
}

#[tokio::test]
async fn without_any_scope_no_row_of_another_house_or_compartment_comes_out() {
    if !runs_on(
        Kind::Postgres,
        "second_lock::without_any_scope_no_row_of_another_house_or_compartment_comes_out",
    ) {
        return;
    }
    let vangnet = Vangnet::start_demo().await;
    let tables = kept_tables(&vangnet.owner).await;
    let logins = entity::login::Entity::find().all(vangnet.owner.reader()).await.unwrap();
    let known = Known::of(&vangnet).await;
    let strict = known.dossiers.iter().filter(|one| one.confidentiality == "STRIKT").count();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut of_others, mut kept) = (0, 0);
    for login in &logins {
        let access = access_of(&vangnet, &login.issuer, &login.subject).await;
        let Findable { own, at_most, ever } = known.findable_by(login.professional_id);
        for (table, column) in &tables {
            let found = found_by(access.reader(), table, column).await.unwrap();
            let finds_own = ["assignment", "break_glass"].contains(&table.as_str());
            let beyond = found.difference(&at_most).filter(|id| !(finds_own && ever.contains(*id))).count();
            assert_eq!(beyond, 0, "{} finds dossiers of others in {table}", login.subject);
            *seen.entry(table).or_default() += found.len();
            if table == "dossier" {
                assert_eq!(found, at_most, "{}", login.subject);
                of_others += found.difference(&own).count();
                kept += known.dossiers.len() - found.len();
            }
        }
        access.reader().rest().await;
    }
    // Otherwise there would have been nothing to keep.
    assert!(seen.values().filter(|rows| **rows > 0).count() > 10, "{seen:?}");
    assert!(of_others > 0 && kept > 0 && strict > 0, "{of_others} {kept} {strict}");
}

const PAGE: &str = "query Page($after: String) { dossiers(first: 100, after: $after) {
    edges { node { id persons(first: 5) { edges { node { id } } } } } pageInfo { hasNextPage endCursor } } }";

/// The dossiers that somebody is answered, from the first page to the last, and the persons in them.
async fn answered(client: &Client) -> (BTreeSet<Uuid>, usize) {
    let (mut dossiers, mut persons, mut after) = (BTreeSet::new(), 0, Value::Null);
    loop {
        let data = client.ask(PAGE, json!({ "after": after })).await;
        let page = &data["dossiers"];
        for edge in page["edges"].as_array().unwrap() {
            dossiers.insert(dossier_in(edge["node"]["id"].as_str().unwrap()).0);
            persons += edge["node"]["persons"]["edges"].as_array().unwrap().len();
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return (dossiers, persons);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// `cargo xtask second-lock` runs this with a server whose statements have lost their scope; every other run, with it.
#[tokio::test]
async fn through_the_door_no_dossier_of_another_house_or_compartment_comes_out() {
    if !runs_on(
        Kind::Postgres,
        "second_lock::through_the_door_no_dossier_of_another_house_or_compartment_comes_out",
    ) {
        return;
    }
    let vangnet = Vangnet::start_demo().await;
    let known = Known::of(&vangnet).await;
    let logins = entity::login::Entity::find().all(vangnet.owner.reader()).await.unwrap();
    let (mut of_others, mut persons) = (0, 0);
    for login in &logins {
        let Findable { own, at_most, .. } = known.findable_by(login.professional_id);
        let (found, in_them) = answered(&vangnet.as_(&login.subject)).await;
        let beyond = found.difference(&at_most).count();
        assert_eq!(beyond, 0, "{} is answered dossiers of other houses", login.subject);
        of_others += found.difference(&own).count();
        persons += in_them;
    }
    assert!(persons > 0);
    assert_eq!(
        of_others > 0,
        cfg!(feature = "without-scope"),
        "{of_others} dossiers at which nobody is present"
    );
}

/// How many data of a reporter of trafficking somebody finds without any scope.
async fn reporters(reader: &Reader) -> i64 {
    let found = number(reader, "SELECT count(*) AS n FROM inbreng WHERE category = 'D27'").await;
    reader.rest().await;
    found
}

#[tokio::test]
async fn who_reported_trafficking_is_kept_from_everybody_at_the_tafel_but_few() {
    if !runs_on(
        Kind::Postgres,
        "second_lock::who_reported_trafficking_is_kept_from_everybody_at_the_tafel_but_few",
    ) {
        return;
    }
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let organisation = vangnet.town.organisation("politie").0;
    let supplied_by = vangnet.town.professional("politie").0;
    let (id, dossier, person) = (Uuid::now_v7(), opened.id.0, row_in(&opened.person));
    let sql = format!(
        "INSERT INTO inbreng (id, dossier_id, person_id, category, content, organisation_id, supplied_by, supplied_at, \
             supplied_phase, ground, restriction, decisions) \
         VALUES ('{id}', '{dossier}', '{person}', 'D27', 'Zilvervos', '{organisation}', '{supplied_by}', now(), 'F5', \
             'G-CVP', 'GEEN', '[]')"
    );
    run(&vangnet, &sql).await;
    let issuer = entity::login::Entity::find().one(vangnet.owner.reader()).await.unwrap().unwrap().issuer;
    for (subject, involvement, sees) in [
        ("regisseur", "PROCESREGIE", 1),
        ("politie", "ZETEL", 1),
        ("ggz", "ZETEL", 0),
        ("corporatie", "ZETEL", 0),
    ] {
        assign(&vangnet, opened.id, subject, involvement).await;
        let access = access_of(&vangnet, &issuer, subject).await;
        assert_eq!(reporters(access.reader()).await, sees, "{subject} as {involvement}");
        let others = number(access.reader(), "SELECT count(*) AS n FROM person").await;
        access.reader().rest().await;
        assert_eq!(others, 1, "{subject} finds the rest");
    }
}

#[tokio::test]
async fn who_has_not_said_for_whom_finds_and_changes_nothing() {
    if !runs_on(Kind::Postgres, "second_lock::who_has_not_said_for_whom_finds_and_changes_nothing") {
        return;
    }
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let serving = Database::connect(vangnet.serving(), 1).await.unwrap();
    let tables = kept_tables(&vangnet.owner).await;
    for (table, column) in &tables {
        assert_eq!(found_by(serving.reader(), table, column).await.unwrap().len(), 0, "{table}");
    }
    let transaction = serving.begin().await.unwrap();
    enter(&transaction, vangnet.town.professional(APPLICANT), vangnet.town.organisation(APPLICANT).0).await;
    assert_eq!(
        number(&transaction, "SELECT count(*) AS n FROM person").await,
        1,
        "who submitted it finds it"
    );
    assert_eq!(changed(&transaction, "UPDATE person SET sex = sex").await, 1);
    transaction.commit().await.unwrap();
    // The pool has one connection: it is the same, and has forgotten.
    assert_eq!(number(serving.reader(), "SELECT count(*) AS n FROM person").await, 0);
    assert_eq!(changed(serving.writer(), "UPDATE person SET family_name = 'X'").await, 0);
    assert_eq!(changed(serving.writer(), "DELETE FROM assignment").await, 0);
    let smuggled = format!(
        "INSERT INTO plan (id, dossier_id, state, goals, agreed_with_person, made_at) \
         VALUES ('{}', '{}', 'CONCEPT', '[]', true, now())",
        Uuid::now_v7(),
        opened.id.0
    );
    let refused = serving.writer().execute_unprepared(&smuggled).await.unwrap_err().to_string();
    assert!(refused.contains("row-level security"), "{refused}");
    let outsider = serving.begin().await.unwrap();
    enter(&outsider, vangnet.town.professional("nergens"), vangnet.town.organisation("nergens").0).await;
    assert_eq!(number(&outsider, "SELECT count(*) AS n FROM person").await, 0);
    assert!(outsider.execute_unprepared(&smuggled).await.is_err());
}

/// What a write lets its viewer see begins after the request did.
#[tokio::test]
async fn a_request_that_goes_on_is_judged_at_its_later_instant_by_the_lock_too() {
    if !runs_on(
        Kind::Postgres,
        "second_lock::a_request_that_goes_on_is_judged_at_its_later_instant_by_the_lock_too",
    ) {
        return;
    }
    let vangnet = Vangnet::start().await;
    let opened = submit(&vangnet).await;
    let issuer = entity::login::Entity::find().one(vangnet.owner.reader()).await.unwrap().unwrap().issuer;
    let access = access_of(&vangnet, &issuer, "politie").await;
    let id = assign(&vangnet, opened.id, "politie", "ZETEL").await;
    let soon = access.now() + TimeDelta::seconds(1);
    execute(&vangnet, "UPDATE assignment SET valid_from = $1 WHERE id = $2", [soon.into(), id.0.into()])
        .await;
    assert!(access.presence(opened.id).await.unwrap().is_none(), "it has not begun");
    access.reader().rest().await;
    access.go_on_at(soon);
    assert!(access.presence(opened.id).await.unwrap().is_some(), "it has begun");
    assert_eq!(number(access.reader(), "SELECT count(*) AS n FROM person").await, 1);
    access.reader().rest().await;
}

async fn enter(transaction: &DatabaseTransaction, who: ProfessionalId, organisation: Uuid) {
    let said = format!(
        "SELECT second_lock_enter('{}', '{organisation}', '{{}}', '2024-02-12 10:00:00+00', false)",
        who.0
    );
    transaction.execute_unprepared(&said).await.unwrap();
}

async fn changed(database: &impl ConnectionTrait, sql: &str) -> u64 {
    database.execute_unprepared(sql).await.unwrap().rows_affected()
}

#[tokio::test]
async fn in_production_nobody_serves_whom_the_lock_does_not_bind() {
    if !runs_on(Kind::Postgres, "second_lock::in_production_nobody_serves_whom_the_lock_does_not_bind") {
        return;
    }
    let Some(program) = program() else { return };
    let database = TestDatabase::empty().await;
    let (Location::Postgres(owner), Location::Postgres(serving)) = (&database.location, &database.serving)
    else {
        panic!("the kind is PostgreSQL")
    };
    KeyFile::load_or_create(&database.folder().join("keys.json")).unwrap();
    let migrate = |url: &str, owner_url: &str| {
        let settings = production(&database.folder());
        let (before, after) = settings.split_once("url = \"sqlite:").unwrap();
        let rest = after.split_once('"').unwrap().1;
        let settings = format!("{before}url = \"{url}\"\nowner_url = \"{owner_url}\"{rest}");
        let file = written(&database.folder(), &settings);
        crate::program::run(&program, &["migrate", "--config", &file])
    };
    let early = migrate(serving, "");
    assert!(
        !early.status.success() && complained(&early).contains("database.owner_url"),
        "{}",
        complained(&early)
    );
    let refused = migrate(owner, "");
    assert!(!refused.status.success(), "a superuser serves");
    assert!(complained(&refused).contains("row-level security"), "{}", complained(&refused));
    for (url, owner_url) in [(serving.as_str(), owner.as_str()), (serving.as_str(), "")] {
        let bound = migrate(url, owner_url);
        assert!(bound.status.success(), "{}", complained(&bound));
    }
}
