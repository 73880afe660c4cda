//! Versions of a house that differ: what each changes, what it has from the one before it, its hash, and what is refused.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use convenant::diff::{Direction, compare};
use convenant::{
    Category, Convenant, Facts, House, HouseCode, PartnerKind, Problem, Request, RowId, Standing, Tafel,
    Verb, Version,
};

use crate::CONVENANT;
use crate::arrange::{Copy, seated};

const HOUSE: &str = "houses/twente";

/// The versions of Twente with one after them, and another after that.
const VERSIONS: &str = "
[[version]]
id = \"twente-2019-03-01\"
valid_from = 2019-03-01
valid_until = 2025-03-01

[[version]]
id = \"twente-2027\"
valid_from = 2027-01-01

[[version]]
id = \"twente-2025-03-01\"
valid_from = 2025-03-01
valid_until = 2026-01-01

[[version]]
id = \"twente-2026\"
valid_from = 2026-01-01
valid_until = 2027-01-01
";

fn rule(id: &str, body: &str) -> String {
    format!("@id(\"{id}\")\n@article(\"5.1\")\n@ground(\"regime\")\n@label(\"A\")\n{body}\n")
}

/// A copy with the two versions.
fn copy() -> Copy {
    let copy = Copy::new();
    copy.write(&format!("{HOUSE}/versions.toml"), VERSIONS);
    copy
}

fn write(copy: &Copy, file: &str, text: &str) {
    copy.write(&format!("{HOUSE}/{file}"), text);
}

/// The version of 2026 forbids the police D28 and gives D17 to HALT at PMG; that of 2027 withdraws the forbid.
fn two_versions() -> Convenant {
    let copy = copy();
    let forbid = "forbid (principal == Partner::\"POLITIE\", action == Action::\"see\", resource == Category::\"D28\");";
    write(&copy, "twente-2026/besluit.cedar", &rule("V90", forbid));
    let oplegger =
        "[[share]]\ntafels = [\"PMG\"]\nwith = [\"KERN\", \"HALT\"]\ncategories = [\"D01N\", \"D17\"]\n";
    write(&copy, "twente-2026/opleggers.toml", oplegger);
    write(
        &copy,
        "twente-2027/withdrawn.toml",
        "[[row]]\nid = \"V90\"\nreason = \"Besluit van de stuurgroep\"\n",
    );
    Convenant::load(copy.path()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn twente(convenant: &Convenant) -> &House {
    convenant.house(&HouseCode::new("TWENTE")).expect("a house")
}

fn version<'c>(convenant: &'c Convenant, id: &str) -> &'c Version {
    convenant.version(id).expect("a version").1
}

fn seat(partner: PartnerKind, tafel: Tafel) -> Standing {
    seated(partner, tafel)
}

fn sees(version: &Version, partner: PartnerKind, tafel: Tafel, category: Category) -> bool {
    version.engine().disclosure(&seat(partner, tafel), Facts::NONE).sees(category)
}

#[test]
fn a_version_changes_what_it_names_and_has_the_rest_from_the_one_before() {
    let convenant = two_versions();
    let ids: Vec<_> = twente(&convenant).versions().iter().map(Version::id).collect();
    assert_eq!(ids, ["twente-2019-03-01", "twente-2025-03-01", "twente-2026", "twente-2027"]);
    let police = |id: &str, tafel| sees(version(&convenant, id), PartnerKind::Politie, tafel, Category::D28);
    assert!(police("twente-2025-03-01", Tafel::Topx));
    assert!(!police("twente-2026", Tafel::Topx));
    assert!(police("twente-2027", Tafel::Topx), "withdrawn");
    let halt = |id: &str| sees(version(&convenant, id), PartnerKind::Halt, Tafel::Pmg, Category::D17);
    assert!(!halt("twente-2025-03-01") && halt("twente-2026"));
    assert!(halt("twente-2027"), "the oplegger of the version before it stays");
    let other = |id: &str| sees(version(&convenant, id), PartnerKind::Om, Tafel::Topx, Category::D17);
    assert!(other("twente-2025-03-01") && other("twente-2026"), "the oplegger of another tafel stays");
}

#[test]
fn a_rule_is_replaced_under_its_own_id() {
    let copy = copy();
    write(&copy, "twente-2026/withdrawn.toml", "[[row]]\nid = \"V03\"\nreason = \"Opnieuw vastgesteld\"\n");
    let narrower = "forbid (principal == Partner::\"GEM_BURGEMEESTER\", action == Action::\"see\", resource == Category::\"D28\");";
    write(&copy, "twente-2026/besluit.cedar", &rule("V03", narrower));
    let convenant = Convenant::load(copy.path()).expect("a right covenant");
    let forbids = |id: &str| {
        let standing = seat(PartnerKind::GemBurgemeester, Tafel::Topx);
        let request =
            Request { verb: Verb::See, standing, category: Category::D28, facts: Facts::NONE, asked: None };
        version(&convenant, id).engine().matching_rows(&request).1
    };
    assert!(!forbids("twente-2025-03-01").contains(&RowId::from("V03")));
    assert!(forbids("twente-2026").contains(&RowId::from("V03")));
}

#[test]
fn a_version_has_tafels_and_supplies_of_its_own() {
    let copy = copy();
    write(
        &copy,
        "twente-2026/withdrawn.toml",
        "[[tafel]]\ncode = \"RDM3\"\nreason = \"Opgeheven\"\n[[row]]\nid = \"S20\"\nreason = \"Vervangen\"\n",
    );
    write(
        &copy,
        "twente-2026/tafels.toml",
        "[[tafel]]\ncode = \"LLA\"\nfixed = [\"GEM_COLLEGE\"]\ninvited = [\"GGZ\"]\nanswers_hit = true\n\n[[tafel]]\ncode = \"RFPN\"\nfixed = [\"GGZ\"]\ninvited = []\n",
    );
    write(
        &copy,
        "twente-2026/supply.toml",
        "[[supply]]\nid = \"S90\"\npartner = \"HALT\"\ncategories = [\"D09\", \"D28\"]\ngrounds = [\"G-CVP\"]\nlabel = \"A\"\n",
    );
    let convenant = Convenant::load(copy.path()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let (before, after) = (version(&convenant, "twente-2025-03-01"), version(&convenant, "twente-2026"));
    assert!(before.has(Tafel::Rdm3) && !after.has(Tafel::Rdm3));
    assert!(!before.has(Tafel::Lla) && after.has(Tafel::Lla) && after.answers_hit(Tafel::Lla));
    assert!(
        before.seat(Tafel::Rfpn, PartnerKind::Om).is_some()
            && after.seat(Tafel::Rfpn, PartnerKind::Om).is_none()
    );
    assert!(after.seat(Tafel::Topx, PartnerKind::Politie).is_some(), "another tafel stays");
    let register = |date: &str| {
        let date = date.parse().expect("a day");
        twente(&convenant).may_register(PartnerKind::Ggz, "0153", Tafel::Lla, date).is_ok()
    };
    assert!(!register("2025-12-31") && register("2026-01-01"));
    assert_eq!(after.supplier_grounds(PartnerKind::Halt, Category::D28), ["G-CVP"]);
    assert!(before.supplier_grounds(PartnerKind::Halt, Category::D28).is_empty());
}

#[test]
fn what_changes_between_versions_of_one_house_is_told_by_row() {
    let convenant = two_versions();
    let (old, new) = (version(&convenant, "twente-2025-03-01"), version(&convenant, "twente-2026"));
    let compared = compare(twente(&convenant), old, new);
    let lost: BTreeSet<_> = compared
        .differences
        .iter()
        .filter(|one| one.direction == Direction::Lost && one.partners.contains(&PartnerKind::Politie))
        .flat_map(|one| one.rows.iter().map(|cited| cited.row.as_str()))
        .collect();
    assert!(lost.contains("V90"), "{lost:?}");
    assert!(compared.to_string().contains("van twente-2025-03-01 naar twente-2026"));
}

/// Versions that decide alike have one engine, and so one memory.
#[test]
fn versions_that_are_equal_share_an_engine() {
    let convenant = two_versions();
    let at = |id: &str| std::ptr::from_ref(version(&convenant, id).engine());
    assert_eq!(at("twente-2019-03-01"), at("twente-2025-03-01"));
    assert_ne!(at("twente-2025-03-01"), at("twente-2026"));
    assert_eq!(at("drenthe-2025-03-01"), std::ptr::from_ref(convenant.model()));
    let copy = copy();
    let forbid = "forbid (principal == Partner::\"POLITIE\", action == Action::\"see\", resource == Category::\"D28\");";
    write(&copy, "twente-2026/besluit.cedar", &rule("V90", forbid));
    write(&copy, "twente-2027/withdrawn.toml", "[[row]]\nid = \"V90\"\nreason = \"Teruggedraaid\"\n");
    let there_and_back = Convenant::load(copy.path()).expect("a right covenant");
    let at = |id: &str| std::ptr::from_ref(version(&there_and_back, id).engine());
    assert_eq!(at("twente-2025-03-01"), at("twente-2027"));
}

/// The hashes of a covenant after a change of a copy, by version.
fn hashes(change: impl Fn(&Copy)) -> Vec<(String, String)> {
    let copy = copy();
    let forbid = "forbid (principal == Partner::\"POLITIE\", action == Action::\"see\", resource == Category::\"D28\");";
    write(&copy, "twente-2026/besluit.cedar", &rule("V90", forbid));
    change(&copy);
    let convenant = Convenant::load(copy.path()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let versions = convenant.houses().iter().flat_map(House::versions);
    versions.map(|one| (one.id().to_owned(), one.hash().to_owned())).collect()
}

/// The versions whose hash another covenant has otherwise.
fn rehashed(change: impl Fn(&Copy)) -> Vec<String> {
    static BEFORE: LazyLock<Vec<(String, String)>> = LazyLock::new(|| hashes(|_| {}));
    let after = hashes(change);
    let changed = BEFORE.iter().filter(|one| !after.contains(one));
    changed.map(|(id, _)| id.clone()).filter(|id| id.starts_with("twente")).collect()
}

#[test]
fn a_hash_covers_what_decides_and_nothing_else() {
    let since_2026 = ["twente-2026", "twente-2027"];
    let own = |file: &'static str, old: &'static str, new: &'static str| {
        rehashed(move |copy| copy.replace(&format!("{HOUSE}/{file}"), old, new))
    };
    assert_eq!(own("twente-2026/besluit.cedar", "D28", "D29"), since_2026);
    assert_eq!(own("versions.toml", "valid_until = 2027-01-01", "valid_until = 2026-12-01"), [""; 0]);
    let extra = "[[share]]\ntafels = [\"JOR\"]\nwith = [\"KERN\"]\ncategories = [\"D01N\"]\n";
    assert_eq!(rehashed(|copy| write(copy, "twente-2026/opleggers.toml", extra)), since_2026);
    let tafel = "[[tafel]]\ncode = \"JOR\"\nfixed = [\"POLITIE\"]\ninvited = []\n";
    assert_eq!(rehashed(|copy| write(copy, "twente-2026/tafels.toml", tafel)), since_2026);
    let all = ["twente-2019-03-01", "twente-2025-03-01", "twente-2026", "twente-2027"];
    assert_eq!(own("tafels.toml", "\"ZORGKANTOOR\", \"HALT\"", "\"HALT\""), all);
    assert_eq!(own("house.toml", "until = 2024-01-01", "until = 2024-01-02"), all);
    let model = |file: &'static str, old: &'static str, new: &'static str| {
        rehashed(move |copy| copy.replace(file, old, new))
    };
    assert_eq!(model("model/see.cedar", "context.phase == 8", "context.phase == 9"), all);
    assert_eq!(
        model("model/supply.toml", "[\"D06\"]\ngrounds = [\"G-HUUR\"]", "[\"D07\"]\ngrounds = [\"G-HUUR\"]"),
        all
    );
    assert_eq!(model("model/regimes.toml", "from = 2025-03-01", "from = 2025-03-02"), all);
    let name = own("house.toml", "name = \"Almelo\"", "name = \"Almeloo\"");
    assert_eq!(name, [""; 0], "a name decides nothing");
    let comment =
        |copy: &Copy| copy.replace("model/see.cedar", "@id(\"P02\")", "// een opmerking\n@id(\"P02\")");
    assert_eq!(rehashed(comment), [""; 0]);
    let moved = |copy: &Copy| {
        let forbid = "forbid (principal == Partner::\"POLITIE\", action == Action::\"see\", resource == Category::\"D28\");";
        write(copy, "twente-2026/besluit.cedar", "");
        write(copy, "twente-2026/ander.cedar", &rule("V90", forbid));
    };
    assert_eq!(rehashed(moved), [""; 0]);
}

/// What is wrong with a covenant with these files in the version of 2026.
fn problems(files: &[(&str, &str)]) -> Vec<Problem> {
    let copy = copy();
    for (file, text) in files {
        write(&copy, &format!("twente-2026/{file}"), text);
    }
    copy.problems()
}

fn problem(files: &[(&str, &str)]) -> Problem {
    let mut problems = problems(files);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.remove(0)
}

#[test]
fn what_cannot_be_withdrawn_is_told_with_file_line_and_id() {
    let reason = "reason = \"Besluit\"";
    let row = |id: &str| format!("[[row]]\nid = \"{id}\"\n{reason}\n");
    let told = |text: &str| {
        let problem = problem(&[("withdrawn.toml", text)]);
        assert_eq!(problem.file, "houses/twente/twente-2026/withdrawn.toml");
        (problem.line, problem.policy.unwrap_or_default(), problem.message)
    };
    let (line, id, message) = told(&row("V99"));
    assert_eq!((line, id.as_str()), (Some(2), "V99"));
    assert!(message.starts_with("De regel V99 geldt niet voor deze versie"), "{message}");
    let (line, id, message) = told(&format!("{}{}", row("V03"), row("V03")));
    assert_eq!((line, id.as_str()), (Some(5), "V03"));
    assert!(message.contains("twee keer ingetrokken"), "{message}");
    let (line, _, message) = told("[[row]]\nid = \"V03\"\nreason = \" \"\n");
    assert_eq!((line, message.as_str()), (Some(2), "Zeg bij reason waarom V03 wordt ingetrokken."));
    let (line, id, message) = told(&format!("[[tafel]]\ncode = \"COVECA\"\n{reason}\n"));
    assert_eq!((line, id.as_str()), (Some(2), "COVECA"));
    assert!(message.contains("heeft de tafel COVECA niet"), "{message}");
    let missing = problem(&[("withdrawn.toml", "[[row]]\nid = \"V03\"\n")]);
    assert!(missing.line.is_some() && missing.message.contains("reason"), "{missing}");
}

#[test]
fn a_rule_that_is_there_already_is_not_replaced_in_silence() {
    let forbid = "forbid (principal, action == Action::\"see\", resource == Category::\"D38\") unless { context.eigen || context.phase > 1 };";
    let twice = problem(&[("besluit.cedar", &rule("V03", forbid))]);
    assert_eq!(
        (twice.file.as_str(), twice.line, twice.policy.as_deref()),
        ("houses/twente/twente-2026/besluit.cedar", Some(1), Some("V03"))
    );
    assert!(twice.message.contains("twee keer"), "{twice}");
    let supply = "[[supply]]\nid = \"S01\"\npartner = \"HALT\"\ncategories = [\"D09\"]\ngrounds = [\"G-CVP\"]\nlabel = \"A\"\n";
    let twice = problem(&[("supply.toml", supply)]);
    assert_eq!((twice.line, twice.policy.as_deref()), (Some(2), Some("S01")));
}

#[test]
fn a_version_is_checked_as_the_rest_is() {
    let permit = "permit (principal == Partner::\"HALT\", action == Action::\"see\", resource == Category::\"D08\") when { context.involvement == Involvement::\"GAST\" && context.tafel == Tafel::\"TVO\" };";
    let dead = problem(&[("besluit.cedar", &rule("P91", permit))]);
    assert_eq!(
        (dead.file.as_str(), dead.policy.as_deref()),
        ("houses/twente/twente-2026/besluit.cedar", Some("P91"))
    );
    assert!(dead.message.contains("V24"), "{dead}");
    let unknown = problem(&[("besluit.cedar", &rule("P91", &permit.replace("HALT", "HALTE")))]);
    assert_eq!(unknown.message, "onbekende partner: HALTE.");
    let oplegger = "[[share]]\ntafels = [\"COVECA\"]\nwith = [\"KERN\"]\ncategories = [\"D01N\"]\n";
    let elsewhere = problem(&[("opleggers.toml", oplegger)]);
    assert_eq!(elsewhere.line, Some(2));
    assert!(elsewhere.message.contains("oplegger van COVECA"), "{elsewhere}");
    let ground = "[[supply]]\nid = \"S90\"\npartner = \"HALT\"\ncategories = [\"D09\"]\ngrounds = [\"G-NIETS\"]\nlabel = \"A\"\n";
    let ground = problem(&[("supply.toml", ground)]);
    assert_eq!(ground.message, "De grond G-NIETS staat niet in grounds.toml.");
    assert_eq!(ground.line, Some(2));
}

/// L16 is the only rule by which the notitie of a bestuurlijke escalatie is supplied.
#[test]
fn a_version_that_leaves_a_category_without_supplier_is_told_so() {
    let withdrawn = "[[row]]\nid = \"L16\"\nreason = \"Besluit\"\n";
    let found = problems(&[("withdrawn.toml", withdrawn)]);
    assert!(
        found.iter().any(|one| one.file == "houses/twente/twente-2026/withdrawn.toml"
            && one.message.starts_with("Onder deze versie mag niemand D34 ")
            && one.message.ends_with("leveren.")),
        "{found:#?}"
    );
}

#[test]
fn a_file_or_folder_that_nobody_reads_is_told() {
    let stray = problem(&[("oplegger.toml", "")]);
    assert!(
        stray.message.contains("wordt niet gelezen") && stray.file.ends_with("/oplegger.toml"),
        "{stray}"
    );
    let copy = copy();
    write(&copy, "twente-2028/besluit.cedar", "");
    let problems = copy.problems();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!(problems[0].file, "houses/twente/twente-2028");
    assert_eq!(problems[0].message, "Deze map hoort bij geen versie in versions.toml.");
}

/// The ledger names versions and rules by code.
#[test]
fn an_id_that_the_ledger_could_not_name_is_refused() {
    let copy = Copy::new();
    copy.replace("houses/twente/versions.toml", "twente-2025-03-01", "twente 2025");
    let problems = copy.problems();
    assert!(
        problems.iter().any(|one| one.line.is_some() && one.message.contains("geen code")),
        "{problems:#?}"
    );
    let copy = Copy::new();
    copy.replace("model/see.cedar", "@id(\"P02\")", "@id(\"P 02\")");
    let problems = copy.problems();
    assert!(problems[0].message.contains("geen code") && problems[0].line.is_some(), "{problems:#?}");
    let copy = Copy::new();
    copy.replace("houses/twente/versions.toml", "twente-2025-03-01", "drenthe-2025-03-01");
    let problems = copy.problems();
    assert!(problems[0].message.contains("is er ook een van"), "{problems:#?}");
}

/// Every mistake in every version at once, also where an earlier version has one.
#[test]
fn the_mistakes_of_all_versions_are_told_together() {
    let copy = copy();
    write(&copy, "twente-2026/withdrawn.toml", "[[row]]\nid = \"V99\"\nreason = \"x\"\n");
    write(&copy, "twente-2027/withdrawn.toml", "[[row]]\nid = \"V98\"\nreason = \"x\"\n");
    let files: Vec<_> = copy.problems().into_iter().map(|problem| problem.file).collect();
    assert_eq!(
        files,
        ["houses/twente/twente-2026/withdrawn.toml", "houses/twente/twente-2027/withdrawn.toml"]
    );
}

/// What one house changes in a version is its own.
#[test]
fn a_version_changes_nothing_for_another_house() {
    let convenant = two_versions();
    let drenthe = version(&convenant, "drenthe-2025-03-01");
    assert!(sees(drenthe, PartnerKind::Politie, Tafel::Coveca, Category::D28));
    assert_eq!(drenthe.hash(), version(&CONVENANT, "drenthe-2025-03-01").hash());
    assert_eq!(
        version(&convenant, "twente-2019-03-01").hash(),
        version(&CONVENANT, "twente-2019-03-01").hash()
    );
}
