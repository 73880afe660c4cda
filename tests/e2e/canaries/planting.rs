//! Puts a canary in the place of every classified text of a database: a token that is nowhere else and names its
//! leaf, its dossier and its row. Whoever finds one in an answer knows what it was.
//!
//! Which column carries which field is written here and held against the schema: a classified field must be planted,
//! or stand on the list of what cannot hold a token, with the reason.

use std::collections::BTreeMap;

use convenant::Category;
use entity::id::DossierId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, Statement};
use serde_json::{Value, json};
use tests::Vangnet;
use uuid::Uuid;
use waarborg::keys::{PersonKey, Place, WrappedKey};

use crate::shape::Shape;

/// What every canary begins with. No text of the demo, of the covenant or of the program has it.
const CALL: &str = "kanarie";

/// How the token stands in its column.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// The column is the text.
    Text,
    /// The column is JSON; the token stands in the place of the dollar sign.
    Json(&'static str),
    /// The text is written row by row, after this: it is sealed, or part of something that must stay.
    ByRow,
}

/// A field of the schema whose value is a text that a token can replace.
#[derive(Debug)]
pub(crate) struct Canary {
    /// The type of the schema.
    pub(crate) kind: &'static str,
    /// Its field.
    pub(crate) field: &'static str,
    leaf: &'static str,
    column: &'static str,
    form: Form,
}

const fn text(kind: &'static str, field: &'static str, leaf: &'static str, column: &'static str) -> Canary {
    Canary { kind, field, leaf, column, form: Form::Text }
}

const fn json_of(kind: &'static str, field: &'static str, leaf: &'static str, json: &'static str) -> Canary {
    Canary { kind, field, leaf, column: field, form: Form::Json(json) }
}

const fn by_row(kind: &'static str, field: &'static str, leaf: &'static str) -> Canary {
    Canary { kind, field, leaf, column: field, form: Form::ByRow }
}

/// Every field that is planted.
pub(crate) const CANARIES: &[Canary] = &[
    text("Aanmelding", "advice", "D33U", "advice"),
    json_of("Aanmelding", "concerns", "D05", r#"[{"leefgebied":"WONEN","severity":3,"note":"$"}]"#),
    text("Aanmelding", "missingItems", "D05", "missing_items"),
    text("Aanmelding", "purpose", "D05", "purpose"),
    text("Aanmelding", "reason", "D05", "reason"),
    text("Aanmelding", "tried", "D05", "tried"),
    text("Action", "knelpunt", "D38", "knelpunt"),
    text("Action", "result", "D28", "result"),
    text("Action", "text", "D28", "text"),
    text("Afwijking", "answer", "D33", "answer"),
    text("Afwijking", "motivation", "D33", "motivation"),
    text("Bekendheidscheck", "contact", "D04", "contact"),
    text("BreakGlass", "motivation", "REGEL", "motivation"),
    text("BreakGlass", "reason", "REGEL", "reason"),
    json_of("BrpCheck", "differences", "D02", r#"[{"field":"address","old":"","new":"$"}]"#),
    text("BrpCheck", "waivedReason", "D02", "waived_reason"),
    text("Case", "closingNote", "D29", "closing_note"),
    text("Geheimhoudingsverklaring", "item", "REGEL", "item"),
    by_row("Inbreng", "content", "REGEL"),
    by_row("Inbreng", "decisions", "REGEL"),
    text("Overdracht", "note", "D28", "note"),
    text("Person", "address", "D02", "address"),
    text("Person", "birthDate", "D01N", "birth_date"),
    by_row("Person", "bsn", "D01B"),
    text("Person", "email", "D03", "email"),
    text("Person", "familyName", "D01N", "family_name"),
    text("Person", "givenNames", "D01N", "given_names"),
    text("Person", "namePrefix", "D01N", "name_prefix"),
    text("Person", "phone", "D03", "phone"),
    text("Person", "postcode", "D02", "postcode"),
    text("Person", "residence", "D02", "residence"),
    json_of("Plan", "goals", "D28", r#"[{"text":"$","leefgebied":"WONEN"}]"#),
    text("Triage", "advice", "D33U", "advice"),
    json_of("Triage", "answers", "D33", r#"[{"criterion":"$","met":true,"motivation":"$"}]"#),
    text("Triage", "deviation", "D33", "deviation"),
    text("Triage", "motivation", "D33", "motivation"),
    text("Triage", "systemicContext", "D33", "systemic_context"),
    text("Verrijking", "question", "D39", "question"),
];

const CODE: &str = "a code that the work process reads";
const DAY: &str = "a day or an instant";
const YES_OR_NO: &str = "a boolean";
const DIRECTORY: &str = "an id or a name of the directory of partners, which is open";
const DECISION: &str = "what the covenant decides, without a value";
const NODES: &str = "nodes, whose own fields are planted";

/// Every classified field that cannot hold a token, with the reason. What these show is held against the covenant by
/// whether they are null, as all others are.
const WITHOUT: &[(&str, &str, &str)] = &[
    ("AccessExplanation", "explanations", DECISION),
    ("AccessExplanation", "involvements", DECISION),
    ("AccessExplanation", "professionalId", DIRECTORY),
    ("AccessExplanation", "shown", DECISION),
    ("AccessLogEntry", "at", DAY),
    ("AccessLogEntry", "categories", CODE),
    ("AccessLogEntry", "genuine", YES_OR_NO),
    ("AccessLogEntry", "kind", CODE),
    ("AccessLogEntry", "organisation", DIRECTORY),
    ("AccessLogEntry", "partner", CODE),
    ("AccessLogEntry", "phase", CODE),
    ("AccessLogEntry", "rules", CODE),
    ("AccessLogEntry", "tafel", CODE),
    ("AccessLogEntry", "version", CODE),
    ("Aanmelding", "aveLevel", CODE),
    ("Aanmelding", "decidedAt", DAY),
    ("Aanmelding", "discussed", YES_OR_NO),
    ("Aanmelding", "ground", CODE),
    ("Aanmelding", "minorsInvolved", YES_OR_NO),
    ("Aanmelding", "notDiscussedReason", CODE),
    ("Aanmelding", "outcome", CODE),
    ("Aanmelding", "safetyRisks", CODE),
    ("Aanmelding", "support", CODE),
    ("Action", "acceptedAt", DAY),
    ("Action", "deadline", DAY),
    ("Action", "kind", CODE),
    ("Action", "needs", CODE),
    ("Action", "ownerId", DIRECTORY),
    ("Action", "state", CODE),
    ("Afwijking", "askedAt", DAY),
    ("Afwijking", "decidedAt", DAY),
    ("Afwijking", "state", CODE),
    ("Bekendheidscheck", "answer", CODE),
    ("Bekendheidscheck", "partnerId", DIRECTORY),
    ("BreakGlass", "endedAt", DAY),
    ("BreakGlass", "openedAt", DAY),
    ("BreakGlass", "organisation", DIRECTORY),
    ("BreakGlass", "professional", DIRECTORY),
    ("BreakGlass", "reasonCode", CODE),
    ("BreakGlass", "reviewBy", DAY),
    ("BreakGlass", "reviewOverdue", YES_OR_NO),
    ("BreakGlass", "reviewedAt", DAY),
    ("BreakGlass", "state", CODE),
    ("BreakGlass", "validUntil", DAY),
    ("BrpCheck", "gemeente", CODE),
    ("BrpCheck", "result", CODE),
    ("Case", "followUpOn", DAY),
    ("Case", "groundHolderId", DIRECTORY),
    ("Case", "regisseur", DIRECTORY),
    ("Case", "reviewOn", DAY),
    ("Case", "role", CODE),
    ("Dossier", "gemeente", CODE),
    ("Dossier", "participants", NODES),
    ("Dossier", "werkgebied", CODE),
    ("Geheimhoudingsverklaring", "askedAt", DAY),
    ("Geheimhoudingsverklaring", "day", DAY),
    ("Geheimhoudingsverklaring", "organisation", DIRECTORY),
    ("Geheimhoudingsverklaring", "professional", DIRECTORY),
    ("Geheimhoudingsverklaring", "signedAt", DAY),
    ("Geheimhoudingsverklaring", "state", CODE),
    ("Inbreng", "category", CODE),
    ("Inbreng", "ground", CODE),
    ("Inbreng", "groundName", CODE),
    ("Inbreng", "restriction", CODE),
    ("Inbreng", "suppliedAt", DAY),
    ("Inbreng", "supplierId", DIRECTORY),
    ("Inbreng", "validUntil", DAY),
    ("Overdracht", "followUpOn", DAY),
    ("Overdracht", "receiverId", DIRECTORY),
    ("Overdracht", "state", CODE),
    ("Participant", "involvement", CODE),
    ("Participant", "organisation", DIRECTORY),
    ("Participant", "professional", DIRECTORY),
    ("Participant", "validFrom", DAY),
    ("Participant", "validUntil", DAY),
    ("Person", "brpCheckedOn", DAY),
    ("Person", "identityStatus", CODE),
    ("Person", "role", CODE),
    ("Person", "sex", CODE),
    ("Plan", "agreedWithPerson", YES_OR_NO),
    ("Plan", "state", CODE),
    ("Triage", "decidedAt", DAY),
    ("Triage", "decision", CODE),
    ("Triage", "partnerIds", DIRECTORY),
    ("Verrijking", "askerId", DIRECTORY),
    ("Verrijking", "categories", CODE),
    ("Verrijking", "partnerId", DIRECTORY),
    ("Verrijking", "refusalGround", CODE),
];

/// That every classified field is planted under its own leaf or stands on the list of what cannot be, and that
/// neither list has anything else.
pub(crate) fn cover_the_schema(shape: &Shape) {
    let planted = CANARIES.iter().map(|canary| ((canary.kind, canary.field), Some(canary.leaf)));
    let without = WITHOUT.iter().map(|(kind, field, _)| ((*kind, *field), None));
    let mut listed: BTreeMap<(&str, &str), Option<&str>> = planted.chain(without).collect();
    assert_eq!(listed.len(), CANARIES.len() + WITHOUT.len(), "a field is listed twice");
    for (kind, field, leaf) in shape.classified() {
        let Some(known) = listed.remove(&(kind, field)) else {
            panic!("{kind}.{field} ({leaf}) has no canary: plant it, or say why it cannot hold one");
        };
        assert!(known.is_none_or(|known| known == leaf), "{kind}.{field} is {leaf}, not {known:?}");
    }
    assert!(listed.is_empty(), "no classified field of the schema: {listed:?}");
}

/// A token, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Token {
    /// Its place among the canaries.
    pub(crate) place: usize,
    /// The dossier it stands in.
    pub(crate) dossier: DossierId,
    /// The row it stands in.
    pub(crate) row: Uuid,
}

impl Token {
    /// What it stands for.
    pub(crate) fn canary(&self) -> &'static Canary {
        &CANARIES[self.place]
    }

    /// The token as it is written, with the leaf that the row says.
    fn written(&self, leaf: &str) -> String {
        format!("{CALL}{:02}x{leaf}x{}x{}", self.place, self.dossier.0.simple(), self.row.simple())
    }

    fn read(after_call: &str) -> Option<Self> {
        let mut parts = after_call.split('x');
        let place = parts.next()?.parse().ok()?;
        parts.next()?;
        let dossier = DossierId(Uuid::try_parse(parts.next()?).ok()?);
        let row = Uuid::try_parse(parts.next()?.get(..32)?).ok()?;
        Some(Self { place, dossier, row })
    }

    /// Every token in some bytes, in whatever case. What begins as one and is cut off is a failure.
    pub(crate) fn in_bytes(bytes: &[u8]) -> Vec<Self> {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        let mut after = text.split(CALL);
        after.next();
        let read = |part: &str| Self::read(part).unwrap_or_else(|| panic!("a part of a token: {part:.120}"));
        after.map(read).collect()
    }
}

/// The token of a person's family name.
pub(crate) fn name_of(dossier: DossierId, person: Uuid) -> String {
    let place = CANARIES.iter().position(|canary| canary.field == "familyName").unwrap();
    Token { place, dossier, row: person }.written("D01N")
}

fn place_of(kind: &str, field: &str) -> usize {
    CANARIES.iter().position(|canary| (canary.kind, canary.field) == (kind, field)).unwrap()
}

/// Plants every canary; gives the burgerservicenummers that stood there, by person.
pub(crate) async fn plant(vangnet: &Vangnet) -> BTreeMap<Uuid, String> {
    let transaction = vangnet.owner.begin().await.unwrap();
    for (place, canary) in CANARIES.iter().enumerate() {
        if let Some(sql) = statement(place, canary, vangnet.owner.backend()) {
            transaction.execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
    }
    let keys = person_keys(vangnet, &transaction).await;
    let numbers = plant_numbers(&keys, &transaction).await;
    plant_inbreng(&keys, &transaction).await;
    transaction.commit().await.unwrap();
    numbers
}

/// The statement that puts a token in every row of a table.
fn statement(place: usize, canary: &Canary, backend: DbBackend) -> Option<String> {
    let table = table_of(canary.kind);
    let hex = |column: &str| {
        if backend == DbBackend::Postgres {
            format!("replace({column}::text, '-', '')")
        } else {
            format!("lower(hex({column}))")
        }
    };
    let token =
        format!("'{CALL}{place:02}x{}x' || {} || 'x' || {}", canary.leaf, hex("dossier_id"), hex("id"));
    let value = match canary.form {
        Form::Text => token,
        Form::Json(json) => {
            let written = json.split('$').map(|part| format!("'{part}'"));
            let written = written.collect::<Vec<_>>().join(&format!(" || {token} || "));
            if backend == DbBackend::Postgres { format!("CAST({written} AS jsonb)") } else { written }
        }
        Form::ByRow => return None,
    };
    Some(format!("UPDATE \"{table}\" SET \"{}\" = {value}", canary.column))
}

/// The table of a type.
fn table_of(kind: &str) -> String {
    let words = kind.char_indices().map(|(place, letter)| {
        let word = letter.to_ascii_lowercase().to_string();
        if place > 0 && letter.is_ascii_uppercase() { format!("_{word}") } else { word }
    });
    words.collect()
}

/// The persons with the key of each and the house of its dossier.
struct PersonKeys(BTreeMap<Uuid, (entity::person::Model, PersonKey, String)>);

async fn person_keys(vangnet: &Vangnet, transaction: &DatabaseTransaction) -> PersonKeys {
    let houses = entity::dossier::Entity::find().all(transaction).await.unwrap();
    let houses: BTreeMap<_, _> = houses.into_iter().map(|dossier| (dossier.id.0, dossier.house)).collect();
    let wrapped = entity::person_key::Entity::find().all(transaction).await.unwrap();
    let wrapped: BTreeMap<_, _> = wrapped.into_iter().map(|key| (key.id.0, key.wrapped)).collect();
    let persons = entity::person::Entity::find().all(transaction).await.unwrap();
    let with_key = persons.into_iter().map(|person| {
        let sealed = WrappedKey(wrapped[&person.key_id.0].clone());
        let key = vangnet.server.keys.unwrap_person_key(person.key_id, &sealed).unwrap();
        let house = houses[&person.dossier_id.0].clone();
        (person.id.0, (person, key, house))
    });
    PersonKeys(with_key.collect())
}

async fn write(transaction: &DatabaseTransaction, sql: &str, values: [sea_orm::Value; 2]) {
    let backend = transaction.get_database_backend();
    transaction.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await.unwrap();
}

/// Seals a token in the place of each burgerservicenummer. The blind index stays that of the number, so that a search
/// by it still finds.
async fn plant_numbers(keys: &PersonKeys, transaction: &DatabaseTransaction) -> BTreeMap<Uuid, String> {
    let place = place_of("Person", "bsn");
    let mut numbers = BTreeMap::new();
    for (id, (person, key, house)) in &keys.0 {
        let Some(sealed) = &person.bsn_sealed else { continue };
        let bound = Place { table: "person", column: "bsn", row: *id, house };
        let number = key.open(&bound, sealed).unwrap();
        numbers.insert(*id, String::from_utf8(number.to_vec()).unwrap());
        let token = Token { place, dossier: person.dossier_id, row: *id }.written("D01B");
        let sealed = key.seal(&bound, token.as_bytes()).unwrap();
        write(transaction, "UPDATE person SET bsn_sealed = $1 WHERE id = $2", [sealed.into(), (*id).into()])
            .await;
    }
    numbers
}

/// Puts a token in the text of each datum, sealed where it was, and in the decisions recorded with it, of which the
/// rest stays: they decide who sees it.
async fn plant_inbreng(keys: &PersonKeys, transaction: &DatabaseTransaction) {
    let (content, decisions) = (place_of("Inbreng", "content"), place_of("Inbreng", "decisions"));
    for datum in entity::inbreng::Entity::find().all(transaction).await.unwrap() {
        let id = datum.id.0;
        let token = |place| Token { place, dossier: datum.dossier_id, row: id }.written(&datum.category);
        if datum.sealed.is_some() {
            let (_, key, house) = &keys.0[&datum.person_id.0];
            let bound = Place { table: "inbreng", column: "content", row: id, house };
            let sealed = key.seal(&bound, token(content).as_bytes()).unwrap();
            write(transaction, "UPDATE inbreng SET sealed = $1 WHERE id = $2", [sealed.into(), id.into()])
                .await;
        } else {
            let text = token(content);
            write(transaction, "UPDATE inbreng SET content = $1 WHERE id = $2", [text.into(), id.into()])
                .await;
        }
        let recorded = with_token(decided(&datum), &token(decisions));
        write(transaction, "UPDATE inbreng SET decisions = $1 WHERE id = $2", [recorded.into(), id.into()])
            .await;
    }
}

/// The decisions of a datum. Few of the demo have any: half of the others are given one.
fn decided(datum: &entity::inbreng::Model) -> Value {
    let has_none = datum.decisions.as_array().is_none_or(Vec::is_empty);
    if has_none && datum.id.0.as_bytes()[15].is_multiple_of(2) {
        return json!([{ "kind": "NOODZAAK", "on": "2026-03-02", "recipients": [] }]);
    }
    datum.decisions.clone()
}

fn with_token(mut decisions: Value, token: &str) -> Value {
    for decision in decisions.as_array_mut().into_iter().flatten() {
        decision["by"] = json!(token);
        decision["motivation"] = json!(token);
    }
    decisions
}

/// Gives what stands in some rows another value: of each canary that is a text of its own, and the index by which a
/// burgerservicenummer is found.
pub(crate) async fn alter(vangnet: &Vangnet, rows: &BTreeMap<usize, Vec<Uuid>>) {
    let backend = vangnet.owner.backend();
    let id = |row: &Uuid| {
        if backend == DbBackend::Postgres { format!("'{row}'") } else { format!("X'{}'", row.simple()) }
    };
    for (place, rows) in rows {
        let canary = &CANARIES[*place];
        let change = match (canary.field, canary.form) {
            ("bsn", _) if backend == DbBackend::Postgres => {
                "bsn_index = decode(replace(id::text, '-', ''), 'hex')".to_owned()
            }
            ("bsn", _) => "bsn_index = id".to_owned(),
            ("content", _) | (_, Form::Text) => format!("\"{0}\" = \"{0}\" || 'z'", canary.column),
            (_, Form::Json(_) | Form::ByRow) => continue,
        };
        let ids = rows.iter().map(id).collect::<Vec<_>>().join(", ");
        let sql = format!("UPDATE \"{}\" SET {change} WHERE id IN ({ids})", table_of(canary.kind));
        vangnet.owner.writer().execute_unprepared(&sql).await.unwrap();
    }
}

/// The leaf of the covenant under which a canary stands; none where the row says it.
pub(crate) fn leaf_of(canary: &Canary) -> Option<Category> {
    (canary.leaf != "REGEL").then(|| canary.leaf.parse().unwrap())
}
