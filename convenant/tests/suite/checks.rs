//! A covenant with a mistake in it never loads, and the problem says where in words of the work.

use std::fs;
use std::path::{Path, PathBuf};

use convenant::{Convenant, HouseCode, Problem};

use crate::arrange::Copy;

/// The one problem of a covenant in which one text is replaced by another.
pub(crate) fn problem(file: &str, old: &str, new: &str) -> Problem {
    let copy = Copy::new();
    copy.replace(file, old, new);
    let mut problems = copy.problems();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.remove(0)
}

fn line_of(file: &str, text: &str) -> Option<usize> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
    let whole = fs::read_to_string(path).expect("a file");
    whole.lines().position(|line| line.contains(text)).map(|place| place + 1)
}

#[test]
fn an_untouched_copy_loads() {
    let copy = Copy::new();
    let loaded = Convenant::load(copy.path()).expect("the covenant is right");
    let embedded = Convenant::embedded().expect("the covenant is right");
    let hashes = |convenant: &Convenant| -> Vec<String> {
        convenant
            .houses()
            .iter()
            .flat_map(convenant::House::versions)
            .map(|it| it.hash().to_owned())
            .collect()
    };
    assert_eq!(hashes(&loaded), hashes(&embedded));
}

#[test]
fn an_unknown_category_in_a_rule() {
    let problem =
        problem("model/see.cedar", "resource in Category::\"D33U\"", "resource in Category::\"D99\"");
    assert_eq!(problem.file, "model/see.cedar");
    assert_eq!(problem.policy.as_deref(), Some("P02"));
    assert_eq!(problem.line, line_of("model/see.cedar", "@id(\"P02\")"));
    assert_eq!(problem.message, "onbekende categorie: D99.");
}

#[test]
fn an_unknown_partner_in_a_rule() {
    let problem =
        problem("model/forbid.cedar", "Partner::\"GEM_OOV\"].contains", "Partner::\"GEM_OOF\"].contains");
    assert_eq!(
        (problem.policy.as_deref(), problem.message.as_str()),
        (Some("V03"), "onbekende partner: GEM_OOF.")
    );
}

#[test]
fn an_unknown_tafel_in_a_rule() {
    let problem = problem("model/see.cedar", "Tafel::\"RDM3\"", "Tafel::\"RDM4\"");
    assert_eq!((problem.file.as_str(), problem.policy.as_deref()), ("model/see.cedar", Some("P34")));
    assert!(problem.message.contains("RDM4"), "{problem}");
    assert_eq!(problem.line, line_of("model/see.cedar", "@id(\"P34\")"));
}

#[test]
fn a_mistyped_word_in_a_rule() {
    let problem = problem("model/see.cedar", "context.phase == 8", "context.fase == 8");
    assert!(problem.message.contains("fase"), "{problem}");
    assert_eq!(problem.policy.as_deref(), Some("P34"));
}

#[test]
fn codes_in_tables_that_stand_on_no_list() {
    for (file, old, new, words) in [
        (
            "model/opleggers.toml",
            "\"COVECA\", \"TOPX\"",
            "\"COVEKA\", \"TOPX\"",
            "onbekende tafel: \"COVEKA\"",
        ),
        ("model/opleggers.toml", "with = [\"ZORGKANTOOR\"]", "with = [\"ZORGKANTOREN\"]", "\"ZORGKANTOREN\""),
        ("model/supply.toml", "\"D05\", \"D14\"", "\"D05\", \"D140\"", "onbekende categorie: \"D140\""),
        ("model/supply.toml", "needs = \"om_akkoord\"", "needs = \"akkoord\"", "onbekende feit: \"akkoord\""),
        (
            "houses/twente/tafels.toml",
            "\"GEM_LOKAAL_TEAM\"",
            "\"WIJKTEAM\"",
            "onbekende partner: \"WIJKTEAM\"",
        ),
    ] {
        let problem = problem(file, old, new);
        assert_eq!(problem.file, file);
        assert!(problem.line.is_some() && problem.message.contains(words), "{problem}");
    }
}

#[test]
fn versions_that_overlap() {
    let problem =
        problem("houses/twente/versions.toml", "valid_until = 2025-03-01", "valid_until = 2025-03-02");
    assert_eq!(problem.file, "houses/twente/versions.toml");
    assert_eq!(problem.line, line_of("houses/twente/versions.toml", "id = \"twente-2025-03-01\""));
    assert_eq!(problem.message, "De versies twente-2019-03-01 en twente-2025-03-01 gelden op dezelfde dag.");
}

#[test]
fn an_open_version_before_another() {
    let problem = problem("houses/drenthe/versions.toml", "valid_until = 2025-03-01\n", "");
    assert!(problem.message.contains("gelden op dezelfde dag"), "{problem}");
}

#[test]
fn a_version_that_ends_before_it_begins() {
    let problem =
        problem("houses/twente/versions.toml", "valid_until = 2025-03-01", "valid_until = 2018-03-01");
    assert_eq!(problem.message, "De versie twente-2019-03-01 eindigt voordat zij begint.");
}

#[test]
fn a_rule_without_article_or_with_an_unknown_one() {
    let missing = problem("model/ask.cedar", "@article(\"3.5\")\n", "");
    assert_eq!(
        (missing.policy.as_deref(), missing.message.as_str()),
        (Some("K02"), "Deze regel heeft geen @article.")
    );
    let unknown = problem("model/ask.cedar", "@article(\"3.5\")", "@article(\"33\")");
    assert_eq!(unknown.message, "Het artikel 33 staat niet in articles.toml.");
}

#[test]
fn a_rule_without_id() {
    let problem = problem("model/ask.cedar", "@id(\"K02\")\n", "");
    assert_eq!(problem.message, "Deze regel heeft geen @id.");
    assert_eq!(problem.line, line_of("model/ask.cedar", "@id(\"K02\")"));
}

#[test]
fn the_same_id_twice_in_different_files() {
    let problem = problem("model/ask.cedar", "@id(\"K02\")", "@id(\"P08\")");
    assert_eq!(problem.policy.as_deref(), Some("P08"));
    assert!(problem.message.contains("staat er twee keer"), "{problem}");
}

#[test]
fn a_rule_that_is_not_cedar() {
    let problem = problem("model/see.cedar", "context.phase == 8 &&", "context.phase = 8 &&");
    assert_eq!(problem.file, "model/see.cedar");
    assert_eq!(problem.policy.as_deref(), Some("P34"));
    assert!(problem.line > line_of("model/see.cedar", "@id(\"P34\")"), "{problem}");
    assert!(problem.to_string().starts_with("model/see.cedar:"), "{problem}");
}

#[test]
fn a_rule_that_calculates() {
    let problem = problem("model/see.cedar", "context.phase == 8", "context.phase + 1 == 9");
    assert_eq!(problem.message, "Een regel vergelijkt en rekent niet.");
}

#[test]
fn a_permit_cannot_hold_for_all() {
    let problem = problem("model/ask.cedar", "@id(\"K02\")", "@id(\"K02\")\n@holds_for_all(\"x\")");
    assert_eq!(problem.message, "Alleen een verbod kan voor alle toewijzingen gelden.");
}

#[test]
fn a_table_that_says_otherwise_than_the_program() {
    let problem = problem("model/partners.toml", "domain = \"STRAF\"", "domain = \"ZORG\"");
    assert!(problem.message.starts_with("POLITIE is hier anders"), "{problem}");
}

#[test]
fn a_table_that_is_missing() {
    let copy = Copy::new();
    fs::remove_file(copy.path().join("model/opleggers.toml")).expect("removed");
    let problems = copy.problems();
    assert!(
        problems.iter().any(|it| it.file == "model/opleggers.toml" && it.message == "Dit bestand ontbreekt.")
    );
}

#[test]
fn a_gemeente_that_is_none_of_the_house() {
    let problem = problem("houses/drenthe/house.toml", "gemeenten = [\"1680\"", "gemeenten = [\"0363\"");
    assert_eq!(problem.message, "De gemeente 0363 hoort niet bij dit huis.");
    assert!(problem.line.is_some());
}

#[test]
fn every_problem_is_told_at_once() {
    let copy = Copy::new();
    copy.replace("model/ask.cedar", "@article(\"3.5\")\n", "");
    copy.replace("houses/twente/versions.toml", "valid_until = 2025-03-01", "valid_until = 2026-03-01");
    copy.replace("houses/drenthe/tafels.toml", "\"STALKING\"", "\"STALKEN\"");
    let files: Vec<String> = copy.problems().into_iter().map(|problem| problem.file).collect();
    assert_eq!(files, ["model/ask.cedar", "houses/drenthe/tafels.toml", "houses/twente/versions.toml"]);
}

#[test]
fn a_folder_that_is_not_there() {
    let problems = Convenant::load(Path::new("/nergens")).expect_err("there is nothing");
    assert!(problems[0].message.contains("niet te lezen"));
}

#[test]
fn a_house_cannot_shadow_a_rule_of_the_model() {
    let copy = Copy::new();
    let rule = "@id(\"V01\")\n@article(\"2.1\")\n@ground(\"x\")\n@label(\"A\")\nforbid (principal, action, resource);\n";
    copy.write("houses/twente/extra.cedar", rule);
    let problems = copy.problems();
    assert_eq!((problems.len(), problems[0].policy.as_deref()), (1, Some("V01")));
    assert!(problems[0].message.contains("twee keer"), "{}", problems[0]);
    assert!(Convenant::embedded().expect("the covenant is right").house(&HouseCode::new("TWENTE")).is_some());
}

/// What is wrong with a covenant to which a rule is added, and nothing else.
fn added(file: &str, rule: &str) -> Problem {
    let copy = Copy::new();
    let path = copy.path().join(file);
    let text = fs::read_to_string(&path).unwrap_or_default();
    copy.write(file, &format!("{text}\n{rule}"));
    let mut problems = copy.problems();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.remove(0)
}

fn loads_with(file: &str, rule: &str) {
    let copy = Copy::new();
    let text = fs::read_to_string(copy.path().join(file)).unwrap_or_default();
    copy.write(file, &format!("{text}\n{rule}"));
    Convenant::load(copy.path()).expect("a right covenant");
}

fn rule(id: &str, body: &str) -> String {
    format!("@id(\"{id}\")\n@article(\"5.1\")\n@ground(\"regime\")\n@label(\"A\")\n{body}\n")
}

#[test]
fn the_covenant_in_the_binary_makes_sense_as_a_whole() {
    let checked = Convenant::checked(None).map_err(|problems| format!("{problems:#?}"));
    assert!(checked.is_ok(), "{checked:?}");
}

/// V22 forbids to supply D10 before the overleg, without an exception.
#[test]
fn a_permit_that_a_forbid_makes_dead() {
    let body = |phase: u8| {
        format!(
            "permit (principal, action == Action::\"supply\", resource == Category::\"D10\") when {{ context.involvement == Involvement::\"TRIAGE\" && context.phase <= {phase} && context.doorbreking }};"
        )
    };
    let dead = added("model/supply.cedar", &rule("L90", &body(5)));
    assert_eq!((dead.file.as_str(), dead.policy.as_deref()), ("model/supply.cedar", Some("L90")));
    assert!(dead.line > line_of("model/supply.cedar", "@id(\"L20\")"));
    assert_eq!(
        dead.message,
        "Deze regel kan nooit gelden: alles wat zij toestaat, is verboden door V22, en een verbod gaat altijd voor."
    );
    loads_with("model/supply.cedar", &rule("L90", &body(6)));
}

/// No forbid does it alone: for whom V03 makes no exception and whom V02 names as recipient are different things.
#[test]
fn a_permit_that_forbids_make_dead_together() {
    let body = |partners: &str| {
        format!(
            "permit (principal, action == Action::\"see\", resource == Category::\"D10\") when {{ [{partners}].contains(principal) && context.involvement == Involvement::\"ZETEL\" && !context.eigen }};"
        )
    };
    let one = "Partner::\"GEM_BURGEMEESTER\", Partner::\"WONINGCORPORATIE\"";
    let dead = added("model/see.cedar", &rule("P90", &body(one)));
    assert!(dead.message.contains("V03") && dead.message.contains("V08"), "{dead}");
    loads_with("model/see.cedar", &rule("P90", &body("Partner::\"GEM_BURGEMEESTER\", Partner::\"GGZ\"")));
}

#[test]
fn a_permit_with_conditions_that_exclude_each_other() {
    let body = |phase: u8| {
        format!(
            "permit (principal, action == Action::\"see\", resource == Category::\"D02\") when {{ context.involvement == Involvement::\"BRP_TAAK\" && context.phase == {phase} && principal.bsn && principal == Partner::\"GEM_BRP\" }};"
        )
    };
    let dead = added("model/see.cedar", &rule("P90", &body(6)));
    assert_eq!(dead.message, "Deze regel kan nooit gelden: haar voorwaarden sluiten elkaar uit.");
    loads_with("model/see.cedar", &rule("P90", &body(3)));
    let gone = |tafel: &str| {
        format!(
            "permit (principal == Partner::\"HALT\", action == Action::\"see\", resource == Category::\"D18R\") when {{ context.tafel == Tafel::\"{tafel}\" && resource in context.oplegger.shares }};"
        )
    };
    let dead = added("model/see.cedar", &rule("P90", &gone("TVO")));
    assert!(dead.message.contains("sluiten elkaar uit"), "{dead}");
}

/// A house answers for its own rules; what it forbids of the model is its own affair.
#[test]
fn a_dead_permit_of_a_house() {
    let permit = |tafel: &str| {
        rule(
            "P91",
            &format!(
                "permit (principal == Partner::\"HALT\", action == Action::\"see\", resource == Category::\"D08\") when {{ context.involvement == Involvement::\"GAST\" && context.tafel == Tafel::\"{tafel}\" }};"
            ),
        )
    };
    let dead = added("houses/twente/extra.cedar", &permit("TVO"));
    assert_eq!((dead.file.as_str(), dead.policy.as_deref()), ("houses/twente/extra.cedar", Some("P91")));
    assert!(dead.message.contains("V24"), "{dead}");
    loads_with("houses/twente/extra.cedar", &permit("JOR"));
    let stricter = "forbid (principal, action == Action::\"see\", resource) when { context.involvement == Involvement::\"BESTUUR\" };";
    loads_with("houses/twente/extra.cedar", &rule("V91", stricter));
}

#[test]
fn a_category_that_nobody_may_supply() {
    let copy = Copy::new();
    copy.replace("model/supply.cedar", "resource in Category::\"D34\")", "resource in Category::\"D38\")");
    let problems = copy.problems();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!(problems[0].file, "model/categories.toml");
    assert_eq!(problems[0].line, line_of("model/categories.toml", "code = \"D34\""));
    assert!(
        problems[0].message.starts_with("Niemand mag D34 (bestuurlijke RDM-notitie) leveren."),
        "{}",
        problems[0]
    );
    copy.replace(
        "model/categories.toml",
        "name = \"bestuurlijke RDM-notitie\"",
        "name = \"bestuurlijke RDM-notitie\"\nderived = true",
    );
    Convenant::load(copy.path()).expect("a right covenant");
}

/// Always forbidden is as good as not permitted, and to see what one supplied oneself is no sharing.
#[test]
fn a_category_that_nobody_may_see() {
    let copy = Copy::new();
    let forbid = |exception: &str| {
        rule(
            "V90",
            &format!(
                "forbid (principal, action == Action::\"see\", resource == Category::\"D38\"){exception};"
            ),
        )
    };
    copy.write("model/more.cedar", &forbid(" unless { context.eigen }"));
    let problems = copy.problems();
    let of_category: Vec<_> = problems.iter().filter(|it| it.file == "model/categories.toml").collect();
    assert_eq!(of_category.len(), 1, "{problems:#?}");
    assert_eq!(
        of_category[0].message,
        "Niemand dan wie het leverde mag D38 (knelpunt en woon-zorgprofiel) inzien."
    );
    assert_eq!(of_category[0].line, line_of("model/categories.toml", "code = \"D38\""));
    copy.write("model/more.cedar", &forbid(" unless { context.involvement == Involvement::\"TRAJECT\" }"));
    Convenant::load(copy.path()).expect("a right covenant");
}

#[test]
fn a_partner_kind_without_any_row() {
    let general = "general = \"een ander huis";
    let copy = Copy::new();
    copy.replace("model/partners.toml", general, "# general = \"een ander huis");
    let problems = copy.problems();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!(problems[0].file, "model/partners.toml");
    let code = line_of("model/partners.toml", "code = \"ZVH_ANDER\"");
    assert_eq!(problems[0].line, code);
    assert!(problems[0].message.starts_with("Voor ZVH_ANDER ("), "{}", problems[0]);
    copy.replace(
        "houses/twente/tafels.toml",
        "\"ZORGKANTOOR\", \"HALT\"",
        "\"ZORGKANTOOR\", \"HALT\", \"ZVH_ANDER\"",
    );
    Convenant::load(copy.path()).expect("a seat is a row");
}

#[test]
fn unknown_words_of_the_closed_lists_are_told_in_dutch() {
    for (file, old, new, id, words) in [
        ("model/see.cedar", "Tafel::\"RDM3\"", "Tafel::\"RDM4\"", "P34", "onbekende tafel: RDM4."),
        (
            "model/see.cedar",
            "Involvement::\"BESTUUR\"",
            "Involvement::\"BESTUURDER\"",
            "P34",
            "onbekende betrokkenheid: BESTUURDER.",
        ),
        ("model/forbid.cedar", "Side::\"PLEGER\"", "Side::\"DADER\"", "V04", "onbekende kant: DADER."),
    ] {
        let problem = problem(file, old, new);
        assert_eq!((problem.policy.as_deref(), problem.message.as_str()), (Some(id), words));
        assert!(problem.line.is_some());
    }
}
