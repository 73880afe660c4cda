//! A whole load into a fresh SQLite file, and what it must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::TimeZone;
use convenant::{HouseCode, Involvement, PartnerKind, Tafel};
use entity::{assignment, inbreng, organisation, person, person_key};
use migration::{Migrator, MigratorTrait};
use waarborg::access::{Access, Principal};
use waarborg::clock::Clock;
use waarborg::database::{Database, Location};
use waarborg::feed::{Doorbell, Feed};
use waarborg::keys::{KeyFile, Keys, Place, WrappedKey, bsn};
use waarborg::ledger::Ledger;
use waarborg::register::Register;

use super::*;

const ISSUER: &str = "http://127.0.0.1:8080/demo/oidc";

async fn server(folder: &std::path::Path, clock: Clock) -> Server {
    let location = Location::Sqlite(folder.join("vangnet.sqlite"));
    let database = Database::connect(&location, 4).await.unwrap();
    Migrator::up(database.writer(), None).await.unwrap();
    let keys = Keys::derive(&KeyFile::load_or_create(&folder.join("keys.json")).unwrap()).unwrap();
    let ledger = Ledger::open(database.clone(), keys.clone(), clock.clone(), folder.join("checkpoints"))
        .await
        .unwrap();
    let feed = Feed::open(database.clone(), Doorbell::in_process(), keys.clone()).await.unwrap();
    let convenant = Arc::new(Convenant::embedded().unwrap());
    let register = Register::open(database.clone(), Arc::clone(&convenant), clock.now()).await.unwrap();
    let config = crate::config::Config::read(None, [], Some(crate::config::Mode::Demo)).unwrap();
    let step_up = Arc::new(crate::authn::step_up::StepUp::new(config.step_up));
    Server { database, clock, convenant, register, keys, ledger, feed, step_up }
}

#[expect(clippy::disallowed_methods, reason = "a test looks at everything")]
async fn all<E: EntityTrait>(server: &Server, _: E) -> Vec<E::Model> {
    E::find().all(server.database.reader()).await.unwrap()
}

#[tokio::test]
async fn a_load_is_whole_and_happens_once() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::set_to(chrono::Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap());
    let server = server(folder.path(), clock.clone()).await;
    let bar = ProgressBar::hidden();
    let Loaded::Now { dossiers, rows } = load(&server, &server.database, ISSUER, &bar).await.unwrap() else {
        panic!()
    };
    assert_eq!(dossiers as u64, count_all(&server).await);
    assert!(rows > 20_000, "{rows}");
    assert_eq!(load(&server, &server.database, ISSUER, &bar).await.unwrap(), Loaded::Before);
    clock.advance(chrono::Duration::days(40));
    assert_eq!(
        load(&server, &server.database, "http://127.0.0.1:9090/demo/oidc", &bar).await.unwrap(),
        Loaded::Before
    );
    for issuer in [ISSUER, "http://127.0.0.1:9090/demo/oidc"] {
        every_persona_has_its_place(&server, issuer).await;
    }
    break_glass_is_open_and_guarded(&server).await;
    numbers_are_valid_unique_and_open(&server).await;
    seats_are_those_of_the_house(&server).await;
    whoever_joins_has_a_reason_to(&server).await;
}

async fn count_all(server: &Server) -> u64 {
    all(server, entity::dossier::Entity).await.len() as u64
}

/// Each persona logs in and, by one of the assignments held, sees what the covenant gives that involvement.
async fn every_persona_has_its_place(server: &Server, issuer: &str) {
    let now = server.clock.now();
    let classification = Arc::new(waarborg::disclosure::Classification::default());
    let assigned = all(server, assignment::Entity).await;
    for persona in &personas::PERSONAS {
        let found = Principal::find(server.database.reader(), issuer, persona.subject, now).await.unwrap();
        let principal = Arc::new(found.unwrap_or_else(|| panic!("{} cannot log in", persona.subject)));
        let access = Access::open(
            server.database.clone(),
            Arc::clone(&server.convenant),
            Arc::clone(&classification),
            Arc::clone(&principal),
            now,
            String::new(),
        );
        let held = assigned.iter().filter(|one| {
            one.professional_id == Some(principal.professional)
                || one.desk_id.is_some_and(|desk| principal.desks.contains(&desk))
        });
        let held: Vec<_> =
            held.filter(|one| one.valid_until.is_none_or(|until| now < until)).cloned().collect();
        let Some(spot) = persona.spot else {
            assert!(held.is_empty(), "{} has assignments", persona.subject);
            continue;
        };
        let fits = held.iter().filter(|one| one.involvement == spot.involvement.code());
        let mut seen = BTreeMap::new();
        for one in fits {
            let presence = access.presence(one.dossier_id).await.unwrap().unwrap();
            if presence.tafel() == spot.tafel {
                seen.insert(one.dossier_id.0, presence.shown());
            }
        }
        assert!(!seen.is_empty(), "{} has no place", persona.subject);
        let sees_nothing = seen.values().all(|shown| shown.is_empty());
        assert_eq!(sees_nothing, persona.partner == PartnerKind::Slachtofferhulp, "{}", persona.subject);
    }
}

/// The use that the demo has is open again at each start, and a data protection officer has its log.
async fn break_glass_is_open_and_guarded(server: &Server) {
    let (now, today) = (server.clock.now(), server.clock.today());
    let uses = all(server, entity::break_glass::Entity).await;
    let assigned = all(server, assignment::Entity).await;
    assert_eq!(uses.len(), 1);
    for used in uses {
        assert!(used.state == "OPEN" && now < used.valid_until && today < used.review_by);
        let of_use = assigned.iter().find(|one| one.id == used.assignment_id).unwrap();
        assert_eq!(of_use.valid_until, Some(used.valid_until));
        let guards = |one: &assignment::Model| one.involvement == "FG" && one.dossier_id == used.dossier_id;
        assert!(assigned.iter().any(guards));
    }
}

async fn numbers_are_valid_unique_and_open(server: &Server) {
    let keys: BTreeMap<_, _> =
        all(server, person_key::Entity).await.into_iter().map(|key| (key.id.0, key.wrapped)).collect();
    let houses: BTreeMap<_, _> =
        all(server, entity::dossier::Entity).await.into_iter().map(|one| (one.id.0, one.house)).collect();
    let open = |key: entity::id::PersonKeyId, place: &Place<'_>, sealed: &[u8]| {
        let key = server.keys.unwrap_person_key(key, &WrappedKey(keys[&key.0].clone())).unwrap();
        String::from_utf8(key.open(place, sealed).unwrap().to_vec()).unwrap()
    };
    let persons = all(server, person::Entity).await;
    let mut numbers = BTreeSet::new();
    for person in persons.iter().filter(|person| person.bsn_sealed.is_some()) {
        let place =
            Place { table: "person", column: "bsn", row: person.id.0, house: &houses[&person.dossier_id.0] };
        let number = open(person.key_id, &place, person.bsn_sealed.as_deref().unwrap());
        assert!(number.starts_with("9999") && bsn::Bsn::parse(&number).is_ok());
        assert_eq!(person.bsn_index.as_deref(), Some(&server.keys.blind_index("person.bsn", &number)[..]));
        assert!(numbers.insert(number), "a number is given twice");
    }
    assert!(numbers.len() > 1000);
    let key_of: BTreeMap<_, _> = persons.iter().map(|person| (person.id.0, person.key_id)).collect();
    let data = all(server, inbreng::Entity).await;
    let sealed: Vec<_> = data.iter().filter(|datum| datum.sealed.is_some()).collect();
    assert!(sealed.iter().any(|datum| datum.category == "D10"));
    for datum in sealed {
        assert!(matches!(datum.category.as_str(), "D10" | "D22A" | "D27") && datum.content.is_none());
        let house = &houses[&datum.dossier_id.0];
        let place = Place { table: "inbreng", column: "content", row: datum.id.0, house };
        assert!(!open(key_of[&datum.person_id.0], &place, datum.sealed.as_deref().unwrap()).is_empty());
    }
}

/// A seat is given only to a partner that the house gives one, and a part of a gemeente sits in its own.
async fn seats_are_those_of_the_house(server: &Server) {
    let organisations: BTreeMap<_, _> =
        all(server, organisation::Entity).await.into_iter().map(|one| (one.id.0, one)).collect();
    let dossiers: BTreeMap<_, _> =
        all(server, entity::dossier::Entity).await.into_iter().map(|one| (one.id.0, one)).collect();
    let mut seats = 0;
    for seat in all(server, assignment::Entity).await {
        if seat.involvement != Involvement::Zetel.code() {
            continue;
        }
        seats += 1;
        let (dossier, organisation) =
            (&dossiers[&seat.dossier_id.0], &organisations[&seat.organisation_id.0]);
        let house = server.convenant.house(&HouseCode::new(&dossier.house)).unwrap();
        let (tafel, kind): (Tafel, PartnerKind) =
            (dossier.tafel.parse().unwrap(), organisation.kind.parse().unwrap());
        let version = house.version_on(server.clock.today()).unwrap();
        assert!(version.seat(tafel, kind).is_some(), "{kind} at {tafel} of {}", dossier.house);
        if let Some(gemeente) = &organisation.gemeente_code {
            assert_eq!(gemeente, &dossier.gemeente_code);
        }
    }
    assert!(seats > 1000, "{seats}");
}

/// Nobody joins where the covenant gives them nothing, unless the organisation did not sign.
async fn whoever_joins_has_a_reason_to(server: &Server) {
    let organisations: BTreeMap<_, _> =
        all(server, organisation::Entity).await.into_iter().map(|one| (one.id.0, one.kind)).collect();
    let dossiers: BTreeMap<_, _> =
        all(server, entity::dossier::Entity).await.into_iter().map(|one| (one.id.0, one)).collect();
    let now = server.clock.now();
    for one in all(server, assignment::Entity).await {
        let dossier = &dossiers[&one.dossier_id.0];
        let involvement: Involvement = one.involvement.parse().unwrap();
        let partner: PartnerKind = organisations[&one.organisation_id.0].parse().unwrap();
        let is_bureau = matches!(
            involvement,
            Involvement::Ondersteuning | Involvement::Informatie | Involvement::Procesregie
        );
        let is_over = dossier.phase == "F11" || one.valid_until.is_some_and(|until| until <= now);
        if is_bureau || is_over || partner == PartnerKind::Slachtofferhulp {
            continue;
        }
        let standing = convenant::Standing {
            partner,
            same_gemeente: true,
            signed: true,
            secrecy: false,
            trained: true,
            involvement,
            side: one.side.parse().unwrap(),
            tafel: dossier.tafel.parse().unwrap(),
            phase: dossier.phase.parse().unwrap(),
        };
        let house = server.convenant.house(&HouseCode::new(&dossier.house)).unwrap();
        let engine = house.version_on(server.clock.today()).unwrap().engine();
        let shown = engine.disclosure(&standing, convenant::Facts::NONE).allowed();
        assert!(!shown.is_empty(), "{partner} as {involvement} at {} in {}", dossier.tafel, dossier.phase);
    }
}
