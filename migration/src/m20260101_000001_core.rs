//! The tables of the work: organisations, dossiers and everything in them.
//!
//! Frozen once released: a later change is a later migration.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, binary, binary_null, boolean, date, date_null, json_binary, json_binary_null, text,
    text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

/// Creates the tables in order of reference and drops them in reverse.
#[derive(Debug, DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in NAMES.iter().rev() {
            manager.drop_table(Table::drop().table(*name).to_owned()).await?;
        }
        Ok(())
    }
}

/// A foreign key from a column of a table under construction to the id of another table.
fn reference(column: &'static str, table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from_col(column).to(table, "id").to_owned()
}

/// A plain index on the named columns.
fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

const NAMES: [&str; 20] = [
    "organisation",
    "signature",
    "professional",
    "login",
    "desk",
    "desk_member",
    "dossier",
    "assignment",
    "person",
    "aanmelding",
    "brp_check",
    "bekendheidscheck",
    "verrijking",
    "inbreng",
    "triage",
    "case",
    "plan",
    "action",
    "overdracht",
    "idempotency",
];

fn tables() -> [TableCreateStatement; 20] {
    [
        organisation_table(),
        signature_table(),
        professional_table(),
        login_table(),
        desk_table(),
        desk_member_table(),
        dossier_table(),
        assignment_table(),
        person_table(),
        aanmelding_table(),
        brp_check_table(),
        bekendheidscheck_table(),
        verrijking_table(),
        inbreng_table(),
        triage_table(),
        case_table(),
        plan_table(),
        action_table(),
        overdracht_table(),
        idempotency_table(),
    ]
}

fn indexes() -> [IndexCreateStatement; 20] {
    [
        index("signature", &["organisation_id"]),
        index("login", &["professional_id"]),
        index("desk", &["house", "kind"]),
        index("desk_member", &["professional_id"]),
        index("assignment", &["dossier_id"]),
        index("assignment", &["professional_id", "valid_until"]),
        index("assignment", &["desk_id", "valid_until"]),
        index("person", &["dossier_id", "id"]),
        index("person", &["bsn_index"]),
        index("person", &["family_name"]),
        index("aanmelding", &["dossier_id", "id"]),
        index("brp_check", &["dossier_id", "id"]),
        index("bekendheidscheck", &["dossier_id", "id"]),
        index("verrijking", &["dossier_id", "id"]),
        index("inbreng", &["dossier_id", "id"]),
        index("triage", &["dossier_id", "id"]),
        index("case", &["dossier_id", "id"]),
        index("plan", &["dossier_id", "id"]),
        index("action", &["dossier_id", "id"]),
        index("overdracht", &["dossier_id", "id"]),
    ]
}

fn organisation_table() -> TableCreateStatement {
    Table::create()
        .table("organisation")
        .col(uuid("id").primary_key())
        .col(text("name"))
        .col(text("kind"))
        .col(text_null("gemeente_code"))
        .to_owned()
}

fn signature_table() -> TableCreateStatement {
    Table::create()
        .table("signature")
        .col(uuid("id").primary_key())
        .col(uuid("organisation_id"))
        .col(text("house"))
        .col(text_null("tafels"))
        .col(date("signed_on"))
        .col(date_null("ended_on"))
        .foreign_key(&mut reference("organisation_id", "organisation"))
        .to_owned()
}

fn professional_table() -> TableCreateStatement {
    Table::create()
        .table("professional")
        .col(uuid("id").primary_key())
        .col(uuid("organisation_id"))
        .col(text("name"))
        .col(text("function"))
        .col(date_null("trained_on"))
        .col(text("roles"))
        .col(boolean("active"))
        .foreign_key(&mut reference("organisation_id", "organisation"))
        .to_owned()
}

fn login_table() -> TableCreateStatement {
    Table::create()
        .table("login")
        .col(text("issuer"))
        .col(text("subject"))
        .col(uuid("professional_id"))
        .primary_key(Index::create().col("issuer").col("subject"))
        .foreign_key(&mut reference("professional_id", "professional"))
        .to_owned()
}

fn desk_table() -> TableCreateStatement {
    Table::create()
        .table("desk")
        .col(uuid("id").primary_key())
        .col(uuid("organisation_id"))
        .col(text("house"))
        .col(text("kind"))
        .col(text_null("werkgebied"))
        .col(text("name"))
        .foreign_key(&mut reference("organisation_id", "organisation"))
        .to_owned()
}

fn desk_member_table() -> TableCreateStatement {
    Table::create()
        .table("desk_member")
        .col(uuid("desk_id"))
        .col(uuid("professional_id"))
        .col(timestamp_with_time_zone("valid_from"))
        .col(timestamp_with_time_zone_null("valid_until"))
        .primary_key(Index::create().col("desk_id").col("professional_id"))
        .foreign_key(&mut reference("desk_id", "desk"))
        .foreign_key(&mut reference("professional_id", "professional"))
        .to_owned()
}

fn dossier_table() -> TableCreateStatement {
    Table::create()
        .table("dossier")
        .col(uuid("id").primary_key())
        .col(text("house"))
        .col(text("gemeente_code"))
        .col(text("further_gemeenten"))
        .col(text_null("werkgebied"))
        .col(text("tafel"))
        .col(text("phase"))
        .col(text("confidentiality"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(timestamp_with_time_zone("changed_at"))
        .to_owned()
}

fn assignment_table() -> TableCreateStatement {
    Table::create()
        .table("assignment")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(uuid("organisation_id"))
        .col(uuid_null("professional_id"))
        .col(uuid_null("desk_id"))
        .col(text("involvement"))
        .col(text("side"))
        .col(date_null("secrecy_signed_on"))
        .col(timestamp_with_time_zone("valid_from"))
        .col(timestamp_with_time_zone_null("valid_until"))
        .col(text("reason"))
        .col(uuid_null("granted_by"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("organisation_id", "organisation"))
        .foreign_key(&mut reference("professional_id", "professional"))
        .foreign_key(&mut reference("desk_id", "desk"))
        .foreign_key(&mut reference("granted_by", "professional"))
        .to_owned()
}

fn person_table() -> TableCreateStatement {
    Table::create()
        .table("person")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(text("role"))
        .col(uuid("key_id"))
        .col(binary_null("bsn_sealed"))
        .col(binary_null("bsn_index"))
        .col(text("family_name"))
        .col(text_null("name_prefix"))
        .col(text_null("given_names"))
        .col(text_null("birth_date"))
        .col(text("sex"))
        .col(text("identity_status"))
        .col(text_null("address"))
        .col(text_null("postcode"))
        .col(text_null("residence"))
        .col(date_null("brp_checked_on"))
        .col(text_null("phone"))
        .col(text_null("email"))
        .col(uuid("supplier_id"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("supplier_id", "organisation"))
        .to_owned()
}

fn aanmelding_table() -> TableCreateStatement {
    Table::create()
        .table("aanmelding")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(text("state"))
        .col(timestamp_with_time_zone("state_since"))
        .col(uuid("applicant_id"))
        .col(uuid("applicant_organisation_id"))
        .col(uuid("ground_holder_id"))
        .col(text("ground"))
        .col(text("purpose"))
        .col(text("reason"))
        .col(text("tried"))
        .col(json_binary("concerns"))
        .col(text("safety_risks"))
        .col(boolean("minors_involved"))
        .col(boolean("discussed"))
        .col(text_null("not_discussed_reason"))
        .col(text("support"))
        .col(text_null("ave_level"))
        .col(text_null("missing_items"))
        .col(text_null("outcome"))
        .col(text_null("advice"))
        .col(text_null("withdrawn_reason"))
        .col(timestamp_with_time_zone("submitted_at"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("applicant_id", "professional"))
        .foreign_key(&mut reference("applicant_organisation_id", "organisation"))
        .foreign_key(&mut reference("ground_holder_id", "organisation"))
        .to_owned()
}

fn brp_check_table() -> TableCreateStatement {
    Table::create()
        .table("brp_check")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(uuid("person_id"))
        .col(text("gemeente_code"))
        .col(uuid("desk_id"))
        .col(text("state"))
        .col(text_null("result"))
        .col(json_binary_null("differences"))
        .col(date("deadline"))
        .col(text_null("waived_reason"))
        .col(uuid_null("answered_by"))
        .col(timestamp_with_time_zone_null("answered_at"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("person_id", "person"))
        .foreign_key(&mut reference("desk_id", "desk"))
        .foreign_key(&mut reference("answered_by", "professional"))
        .to_owned()
}

fn bekendheidscheck_table() -> TableCreateStatement {
    Table::create()
        .table("bekendheidscheck")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(uuid("person_id"))
        .col(uuid("organisation_id"))
        .col(uuid("desk_id"))
        .col(text("state"))
        .col(text_null("answer"))
        .col(text_null("contact"))
        .col(uuid("asked_by"))
        .col(timestamp_with_time_zone("asked_at"))
        .col(date("deadline"))
        .col(uuid_null("answered_by"))
        .col(timestamp_with_time_zone_null("answered_at"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("person_id", "person"))
        .foreign_key(&mut reference("organisation_id", "organisation"))
        .foreign_key(&mut reference("desk_id", "desk"))
        .foreign_key(&mut reference("asked_by", "professional"))
        .foreign_key(&mut reference("answered_by", "professional"))
        .to_owned()
}

fn verrijking_table() -> TableCreateStatement {
    Table::create()
        .table("verrijking")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(uuid("organisation_id"))
        .col(uuid("desk_id"))
        .col(text("state"))
        .col(text("categories"))
        .col(text("question"))
        .col(text_null("refusal_ground"))
        .col(uuid("asked_by"))
        .col(timestamp_with_time_zone("asked_at"))
        .col(date("deadline"))
        .col(uuid_null("answered_by"))
        .col(timestamp_with_time_zone_null("answered_at"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("organisation_id", "organisation"))
        .foreign_key(&mut reference("desk_id", "desk"))
        .foreign_key(&mut reference("asked_by", "professional"))
        .foreign_key(&mut reference("answered_by", "professional"))
        .to_owned()
}

fn inbreng_table() -> TableCreateStatement {
    Table::create()
        .table("inbreng")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(uuid("person_id"))
        .col(uuid_null("verrijking_id"))
        .col(text("category"))
        .col(text_null("content"))
        .col(binary_null("sealed"))
        .col(uuid("organisation_id"))
        .col(uuid("supplied_by"))
        .col(timestamp_with_time_zone("supplied_at"))
        .col(text("supplied_phase"))
        .col(text("ground"))
        .col(text("restriction"))
        .col(json_binary("decisions"))
        .col(date_null("valid_until"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("person_id", "person"))
        .foreign_key(&mut reference("verrijking_id", "verrijking"))
        .foreign_key(&mut reference("organisation_id", "organisation"))
        .foreign_key(&mut reference("supplied_by", "professional"))
        .to_owned()
}

fn triage_table() -> TableCreateStatement {
    Table::create()
        .table("triage")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(text("criteria_set"))
        .col(json_binary("answers"))
        .col(text_null("systemic_context"))
        .col(json_binary("participants"))
        .col(text("decision"))
        .col(text("motivation"))
        .col(text_null("advice"))
        .col(text_null("deviation"))
        .col(uuid_null("approved_by"))
        .col(uuid("decided_by"))
        .col(timestamp_with_time_zone("decided_at"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("approved_by", "professional"))
        .foreign_key(&mut reference("decided_by", "professional"))
        .to_owned()
}

fn case_table() -> TableCreateStatement {
    Table::create()
        .table("case")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(text("number"))
        .col(text("state"))
        .col(text("role"))
        .col(uuid("regisseur_id"))
        .col(uuid("ground_holder_id"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(date_null("review_on"))
        .col(date_null("follow_up_on"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .col(text_null("closing_note"))
        .col(date_null("keep_until"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("regisseur_id", "professional"))
        .foreign_key(&mut reference("ground_holder_id", "organisation"))
        .to_owned()
}

fn plan_table() -> TableCreateStatement {
    Table::create()
        .table("plan")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(text("state"))
        .col(json_binary("goals"))
        .col(boolean("agreed_with_person"))
        .col(timestamp_with_time_zone("made_at"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .to_owned()
}

fn action_table() -> TableCreateStatement {
    Table::create()
        .table("action")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(uuid("plan_id"))
        .col(uuid("organisation_id"))
        .col(text("kind"))
        .col(text("text"))
        .col(date("deadline"))
        .col(text("state"))
        .col(uuid_null("accepted_by"))
        .col(timestamp_with_time_zone_null("accepted_at"))
        .col(text("needs"))
        .col(text_null("result"))
        .col(text_null("knelpunt"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("plan_id", "plan"))
        .foreign_key(&mut reference("organisation_id", "organisation"))
        .foreign_key(&mut reference("accepted_by", "professional"))
        .to_owned()
}

fn overdracht_table() -> TableCreateStatement {
    Table::create()
        .table("overdracht")
        .col(uuid("id").primary_key())
        .col(uuid("dossier_id"))
        .col(uuid("organisation_id"))
        .col(uuid("professional_id"))
        .col(text("state"))
        .col(text("note"))
        .col(date("follow_up_on"))
        .col(timestamp_with_time_zone("offered_at"))
        .col(timestamp_with_time_zone_null("answered_at"))
        .foreign_key(&mut reference("dossier_id", "dossier"))
        .foreign_key(&mut reference("organisation_id", "organisation"))
        .foreign_key(&mut reference("professional_id", "professional"))
        .to_owned()
}

fn idempotency_table() -> TableCreateStatement {
    Table::create()
        .table("idempotency")
        .col(uuid("professional_id"))
        .col(uuid("key"))
        .col(binary("fingerprint"))
        .col(json_binary("outcome"))
        .col(timestamp_with_time_zone("at"))
        .primary_key(Index::create().col("professional_id").col("key"))
        .foreign_key(&mut reference("professional_id", "professional"))
        .to_owned()
}
