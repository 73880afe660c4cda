//! Holds publiccode.yml against the keys that version 0.7.0 of the standard requires.

use std::fs;

use yaml_rust2::{Yaml, YamlLoader};

use crate::workspace;

/// What a key must hold.
enum Shape {
    /// Some text.
    Text,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Some text, or a list of some.
    TextOrList,
    /// A list with at least one item.
    List,
    YesOrNo,
}

use Shape::{List, OneOf, Text, TextOrList, YesOrNo};

const REQUIRED: &[(&str, Shape)] = &[
    ("publiccodeYmlVersion", OneOf(&["0.7.0"])),
    ("name", Text),
    ("url", Text),
    ("platforms", TextOrList),
    ("developmentStatus", OneOf(&["concept", "development", "beta", "stable", "obsolete"])),
    ("softwareType", OneOf(&["standalone/backend"])),
    ("legal.license", OneOf(&["EUPL-1.2"])),
    ("maintenance.type", OneOf(&["internal", "contract", "community", "none"])),
    ("localisation.localisationReady", YesOrNo),
    ("localisation.availableLanguages", List),
];

const DEPRECATED: &[&str] =
    &["legal.repoOwner", "legal.authorsFile", "inputTypes", "outputTypes", "monochromeLogo", "genericName"];

/// Aliases of `supports` that the standard knows; anything else is a URI.
const SUPPORTED: &[&str] = &["gdpr", "eidas", "nis2", "cra"];

#[test]
fn the_file_of_this_project_is_valid() {
    let text = fs::read_to_string(workspace::root().join("publiccode.yml")).unwrap();
    assert_eq!(objections(&text), Vec::<String>::new());
}

#[test]
fn the_version_is_that_of_the_workspace() {
    let text = fs::read_to_string(workspace::root().join("publiccode.yml")).unwrap();
    let document = YamlLoader::load_from_str(&text).unwrap().remove(0);
    assert_eq!(at(&document, "softwareVersion").as_str(), Some(env!("CARGO_PKG_VERSION")));
}

#[test]
fn each_fault_is_named() {
    let text = fs::read_to_string(workspace::root().join("publiccode.yml")).unwrap();
    let faults = [
        ("name: Vangnet", "", "name"),
        ("developmentStatus: development", "developmentStatus: nearly", "developmentStatus"),
        ("localisationReady: false", "localisationReady: perhaps", "localisation.localisationReady"),
        ("type: community", "type: contract", "maintenance"),
        ("- id: gdpr", "- id: avg", "supports"),
        ("releaseDate: 2026-11-22", "releaseDate: 22-11-2026", "releaseDate"),
        ("license: EUPL-1.2", "license: EUPL-1.2\n  repoOwner: X", "legal.repoOwner"),
        ("shortDescription: GraphQL", &format!("shortDescription: {}", "x".repeat(150)), "description"),
    ];
    for (before, after, key) in faults {
        let broken = text.replacen(before, after, 1);
        assert_ne!(broken, text, "{before} is not in the file");
        let objections = objections(&broken);
        assert!(objections.iter().any(|objection| objection.starts_with(key)), "{key}: {objections:?}");
    }
}

/// Every fault of a publiccode.yml, each starting with its key.
fn objections(text: &str) -> Vec<String> {
    let document = YamlLoader::load_from_str(text).unwrap().remove(0);
    let wrong = REQUIRED.iter().filter(|(key, shape)| !fits(at(&document, key), shape));
    let mut objections: Vec<String> = wrong.map(|(key, _)| format!("{key}: missing or wrong")).collect();
    let deprecated = DEPRECATED.iter().filter(|key| !at(&document, key).is_badvalue());
    objections.extend(deprecated.map(|key| format!("{key}: deprecated")));
    objections.extend(description(&document));
    objections.extend(maintenance(&document));
    objections.extend(optional(&document));
    objections
}

fn fits(value: &Yaml, shape: &Shape) -> bool {
    let text = value.as_str().filter(|text| !text.is_empty());
    let list = value.as_vec().is_some_and(|list| !list.is_empty());
    match shape {
        Text => text.is_some(),
        OneOf(words) => text.is_some_and(|text| words.contains(&text)),
        TextOrList => text.is_some() || list,
        List => list,
        YesOrNo => value.as_bool().is_some(),
    }
}

/// Short descriptions everywhere; a long one and features in at least one language.
fn description(document: &Yaml) -> Vec<String> {
    let languages: Vec<&Yaml> =
        document["description"].as_hash().into_iter().flat_map(|map| map.values()).collect();
    let length = |value: &Yaml| value.as_str().map_or(0, |text| text.chars().count());
    let mut objections = Vec::new();
    if languages.is_empty()
        || languages.iter().any(|text| !(1..=150).contains(&length(&text["shortDescription"])))
    {
        objections.push("description: a shortDescription has 1 to 150 characters".to_owned());
    }
    if !languages.iter().any(|text| (150..=10_000).contains(&length(&text["longDescription"]))) {
        objections.push("description: a longDescription has 150 to 10,000 characters".to_owned());
    }
    if !languages.iter().any(|text| fits(&text["features"], &List)) {
        objections.push("description: no features".to_owned());
    }
    objections
}

/// Contacts for internal or community maintenance, contractors for a contract and only then.
fn maintenance(document: &Yaml) -> Vec<String> {
    let maintenance = &document["maintenance"];
    let each_has = |list: &str, keys: &[&str]| {
        let complete = |item: &Yaml| keys.iter().all(|key| fits(&item[*key], &Text));
        fits(&maintenance[list], &List)
            && maintenance[list].as_vec().is_some_and(|list| list.iter().all(complete))
    };
    let contract = maintenance["type"].as_str() == Some("contract");
    let named = match maintenance["type"].as_str() {
        Some("internal" | "community") => each_has("contacts", &["name"]),
        Some("contract") => each_has("contractors", &["name", "until"]),
        _ => true,
    };
    let fits = named && (contract || maintenance["contractors"].is_badvalue());
    if fits {
        Vec::new()
    } else {
        vec!["maintenance: contacts or contractors do not fit the type".to_owned()]
    }
}

/// What must hold of keys that need not be there.
fn optional(document: &Yaml) -> Vec<String> {
    let mut objections = Vec::new();
    for item in document["supports"].as_vec().into_iter().flatten() {
        let known = item["id"].as_str().is_some_and(|id| SUPPORTED.contains(&id) || id.contains(':'));
        if !known {
            objections.push(format!("supports: {:?} is no known alias and no URI", item["id"]));
        }
    }
    let date = at(document, "releaseDate").as_str();
    if date.is_some_and(|date| !is_date(date)) {
        objections.push("releaseDate: not of the form YYYY-MM-DD".to_owned());
    }
    let organisation = at(document, "organisation");
    if !organisation.is_badvalue() && !fits(&organisation["uri"], &Text) {
        objections.push("organisation: has no uri".to_owned());
    }
    objections
}

fn is_date(date: &str) -> bool {
    let parts: Vec<&str> = date.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [4, 2, 2] && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The value at a path such as `legal.license`.
fn at<'a>(document: &'a Yaml, path: &str) -> &'a Yaml {
    path.split('.').fold(document, |value, key| &value[key])
}
