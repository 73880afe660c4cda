//! The budget against hand-written cases, the worst known documents, and a slow counter over parsed documents.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn refusal(text: &str) -> Option<&'static str> {
    check_document(text, &Limits::default()).err().and_then(|fault| fault.reason())
}

fn repeat(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_limit_admits_its_boundary_and_refuses_one_more() {
    type Make = fn(usize) -> String;
    let cases: [(&str, usize, Make); 8] = [
        ("DOCUMENT_BYTES", 16 * 1024, |n| format!("{{a}}{}", " ".repeat(n - 3))),
        ("TOKENS", 2000, |n| format!("{{ a(b: [{}]) }}", repeat(n - 9, |_| "1".into()))),
        ("ALIASES", 30, |n| format!("{{ r {{ {} }} }}", repeat(n, |i| format!("a{i}: b")))),
        ("ROOT_FIELDS", 10, |n| format!("{{ {} }}", repeat(n, |i| format!("a{i}")))),
        ("FRAGMENTS", 20, |n| format!("{{ r {{ {} }} }} fragment F on T {{ a }}", "...F ".repeat(n))),
        ("DIRECTIVES", 20, |n| format!("{{ a {} }}", "@x ".repeat(n))),
        ("DEPTH", 10, |n| format!("{}a{}", "{ a ".repeat(n - 1) + "{", "}".repeat(n))),
        ("VALUE_DEPTH", 8, |n| format!("{{ a(b: {}1{}) }}", "[".repeat(n), "]".repeat(n))),
    ];
    for (reason, limit, make) in cases {
        assert_eq!(refusal(&make(limit)), None, "{reason} at its limit");
        assert_eq!(refusal(&make(limit + 1)), Some(reason), "{reason} over its limit");
    }
}

#[test]
fn fragment_definitions_are_counted_too() {
    let document = |n: usize| format!("{{ a }} {}", repeat(n, |i| format!("fragment F{i} on T {{ a }}")));
    assert_eq!(refusal(&document(20)), None);
    assert_eq!(refusal(&document(21)), Some("FRAGMENTS"));
}

#[test]
fn fragments_count_as_if_written_out() {
    let doubling = repeat(9, |i| format!("fragment F{i} on T {{ ...F{} ...F{} }}", i + 1, i + 1));
    let document = format!("{{ r {{ ...F0 }} }} {doubling} fragment F9 on T {{ a b c d }}");
    assert_eq!(refusal(&document), Some("SELECTIONS"));
    let deep = "{ r { ...A } } fragment A on T { a { b { c { ...B } } } } fragment B on T { d { e { f { g { h } } } } }";
    assert_eq!(refusal(deep), None);
    assert_eq!(refusal(&deep.replace("{ h }", "{ h { i { j } } }")), Some("DEPTH"));
    let roots = "{ ...A ...A } fragment A on Query { a b c d e f }";
    assert_eq!(refusal(roots), Some("ROOT_FIELDS"));
}

#[test]
fn a_fragment_within_itself_is_refused() {
    let cycle = "{ ...A } fragment A on T { a { ...B } } fragment B on T { b { ...A } }";
    assert_eq!(refusal(cycle), Some("FRAGMENTS"));
}

#[test]
fn inline_fragments_are_no_level_of_fields_but_do_nest() {
    let ten = "{ a { ... on T { b { ... @x { c { d { e { f { g { h { i { ... { j } } } } } } } } } } } } }";
    assert_eq!(refusal(ten), None);
    let inline = format!("{{ {} a {} }}", "... { ".repeat(40), "} ".repeat(40));
    assert_eq!(refusal(&inline), Some("DEPTH"));
}

#[test]
fn words_in_strings_comments_and_arguments_are_no_selections() {
    let document = r#"
        query Q($a: [In!] = [{b: "x: y"}] @d) { # a: b c: d
            real(text: """ a: b " { \""" """, other: "{ \" { a: b", in: {alias: 1, on: on}) @include(if: true)
        }"#;
    let limits =
        Limits { aliases: 0, root_fields: 1, selections: 1, depth: 1, directives: 2, ..Limits::default() };
    assert_eq!(check_document(document, &limits), Ok(()));
}

#[test]
fn a_text_that_cannot_be_cut_into_tokens_is_a_syntax_error() {
    for text in ["{ a(b: \"", "{ a(b: \"\"\" }", "{ a ; }", "{ .. a }", "{ é }", "{ a(b: -) }", "\u{0}"] {
        assert_eq!(refusal(text), Some("SYNTAX"), "{text}");
    }
    assert_eq!(lexer::position("{\n  é;", 6), async_graphql::Pos { line: 2, column: 4 });
}

#[test]
fn the_schema_may_be_asked_only_where_it_is_open() {
    let open = Limits { introspection: true, ..Limits::default() };
    let deep = format!("{{ __schema {{ types {{ t {}{{ k }} {} }} }}", "{ ofType ".repeat(9), "}".repeat(10));
    assert_eq!(refusal(&deep), Some("INTROSPECTION"));
    assert_eq!(check_document(&deep, &open), Ok(()));
    let mixed = deep.replacen("__schema", "data __schema", 1);
    assert_eq!(check_document(&mixed, &open).unwrap_err().reason(), Some("DEPTH"));
    assert_eq!(refusal("{ s: __type(name: \"T\") { name } }"), Some("INTROSPECTION"));
    assert_eq!(refusal("{ ...F } fragment F on Query { ... { __schema { x } } }"), Some("INTROSPECTION"));
    assert_eq!(refusal("{ __typename a { __typename } }"), None);
}

/// What graphql-js sends, and every tool that asks for a schema with it.
const INTROSPECTION_QUERY: &str = "query IntrospectionQuery { __schema { description \
    queryType { name kind } mutationType { name kind } subscriptionType { name kind } types { ...FullType } \
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } } \
    fragment FullType on __Type { kind name description specifiedByURL isOneOf \
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } \
    type { ...TypeRef } isDeprecated deprecationReason } \
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef } \
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } \
    possibleTypes { ...TypeRef } } \
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated \
    deprecationReason } \
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name \
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name \
    ofType { kind name } } } } } } } } } }";

#[test]
fn the_explorers_own_question_fits() {
    let open = Limits { introspection: true, ..Limits::default() };
    assert!(parse_query(INTROSPECTION_QUERY).is_ok());
    assert_eq!(check_document(INTROSPECTION_QUERY, &open), Ok(()));
    assert_eq!(refusal(INTROSPECTION_QUERY), Some("INTROSPECTION"));
}

#[test]
fn variables_have_a_depth_and_a_length() {
    let verdict = |value: serde_json::Value| {
        let variables = serde_json::Map::from_iter([("v".to_owned(), value)]);
        check_variables(&variables, &Limits::default()).err().and_then(|fault| fault.reason())
    };
    let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(verdict(nested(8)), None);
    assert_eq!(verdict(nested(9)), Some("VALUE_DEPTH"));
    assert_eq!(verdict(json!(vec![0; 100])), None);
    assert_eq!(verdict(json!(vec![0; 101])), Some("VALUE_LENGTH"));
}

/// Documents that are small and dear: width ways through every one of `levels` fragments.
fn fan_out(width: usize, levels: usize) -> String {
    let mut document = format!("{{ {} }}", repeat(width, |i| format!("a{i}: a {{ ...F0 }}")));
    for level in 0..levels {
        let inner = repeat(width, |i| format!("a{i}: a {{ ...F{} }}", level + 1));
        let _ = write!(document, " fragment F{level} on T {{ {inner} }}");
    }
    let _ = write!(document, " fragment F{levels} on T {{ a }}");
    document
}

#[test]
fn a_fan_out_of_fragments_is_refused_at_once() {
    let unlimited = Limits {
        aliases: 10_000,
        fragments: 10_000,
        document_bytes: 1 << 20,
        tokens: 1 << 20,
        root_fields: 1000,
        ..Limits::default()
    };
    for width in [2, 5, 10, 20, 30, 50] {
        for levels in [1, 2, 5, 10, 15] {
            let document = fan_out(width, levels);
            for limits in [&Limits::default(), &unlimited] {
                let refused = check_document(&document, limits).is_err();
                assert!(refused || width.pow(u32::try_from(levels).unwrap()) < 2000, "{width}x{levels}");
                // The quickest of a few: what it costs, not what the machine was doing meanwhile.
                let quickest = (0..5).map(|_| {
                    let start = Instant::now();
                    let _ = check_document(&document, limits);
                    start.elapsed()
                });
                let took = quickest.min().unwrap();
                assert!(took < Duration::from_millis(5), "{width}x{levels}: {took:?}");
            }
        }
    }
}

#[test]
fn an_astronomic_fan_out_does_not_wrap_round() {
    let limits = Limits {
        aliases: usize::MAX,
        fragments: usize::MAX,
        tokens: usize::MAX,
        document_bytes: usize::MAX,
        depth: 1000,
        ..Limits::default()
    };
    let fault = check_document(&fan_out(50, 100), &limits).unwrap_err();
    assert_eq!(fault.reason(), Some("SELECTIONS"));
}

#[test]
fn time_grows_with_the_text_and_not_faster() {
    let limits = Limits { document_bytes: 1 << 24, tokens: 1 << 24, aliases: 1 << 24, ..Limits::default() };
    let limits = Limits { selections: 1 << 24, ..limits };
    let time = |fields: usize| {
        let document = format!("{{ r {{ {} }} }}", "a:b ".repeat(fields));
        let runs = (0..5).map(|_| {
            let start = Instant::now();
            assert!(check_document(&document, &limits).is_ok());
            start.elapsed()
        });
        runs.min().unwrap()
    };
    let (small, large) = (time(10_000), time(80_000));
    assert!(large < small * 8 * 4, "8 times the text took {large:?} after {small:?}");
}

/// The slow truth: walks the parsed document with every fragment written out.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    selections: usize,
    depth: usize,
    root_fields: usize,
}

fn count_slowly(document: &ExecutableDocument, set: &SelectionSet, depth: usize, count: &mut Count) {
    count.depth = count.depth.max(depth);
    for selection in &set.items {
        count.selections += 1;
        match &selection.node {
            Selection::Field(field) => {
                count.root_fields += usize::from(depth == 1);
                if !field.node.selection_set.node.items.is_empty() {
                    count_slowly(document, &field.node.selection_set.node, depth + 1, count);
                }
            }
            Selection::InlineFragment(inline) => {
                count_slowly(document, &inline.node.selection_set.node, depth, count);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    count_slowly(document, &fragment.node.selection_set.node, depth, count);
                }
            }
        }
    }
}

fn count_fast(text: &str) -> HashMap<usize, Whole> {
    let limits = Limits { introspection: true, ..Limits::default() };
    let mut walk = Walk::new(&limits);
    for token in Lexer::new(text) {
        walk.take(token.unwrap()).unwrap();
    }
    walk.flush().unwrap();
    let mut tally = Tally::new(&walk.definitions);
    let operations =
        walk.definitions.iter().enumerate().filter(|(_, definition)| definition.fragment.is_none());
    operations.map(|(at, _)| (at, tally.whole(at).unwrap())).collect()
}

/// Selection sets that may spread any fragment of a higher number, so that no cycle arises.
fn selections(first_fragment: usize, fragments: usize) -> impl Strategy<Value = String> {
    let arguments = prop_oneof![
        4 => Just(String::new()),
        1 => Just("(x: {a: [1 2.5e3], b: \"c: d {\"} y: $v)".to_owned()),
        1 => Just("(text: \"\"\" { a: b \"\"\") @include(if: true)".to_owned()),
        1 => Just(" @skip(if: false)".to_owned()),
    ];
    let name =
        prop_oneof![Just("a"), Just("on"), Just("query"), Just("fragment"), Just("x: b"), Just("x:on")];
    let field = (name, arguments).prop_map(|(name, arguments)| format!("{name}{arguments}"));
    let leaf = if first_fragment < fragments {
        prop_oneof![3 => field.clone(), 1 => (first_fragment..fragments).prop_map(|i| format!("...F{i} @x"))]
            .boxed()
    } else {
        field.clone().boxed()
    };
    let tree = leaf.prop_recursive(4, 12, 3, move |inner| {
        let set = prop::collection::vec(inner, 1..3).prop_map(|items| format!("{{ {} }}", items.join(",")));
        prop_oneof![
            2 => (field.clone(), set.clone()).prop_map(|(field, set)| format!("{field} {set}")),
            1 => set.clone().prop_map(|set| format!("... on T {set}")),
            1 => set.prop_map(|set| format!("...@include(if: $v){set}")),
        ]
    });
    prop::collection::vec(tree, 1..3).prop_map(|items| format!("{{ {} }}", items.join(" # { a: b\n")))
}

fn document() -> impl Strategy<Value = String> {
    let fragments = (selections(1, 3), selections(2, 3), selections(3, 3));
    (selections(0, 3), fragments).prop_map(|(root, (a, b, c))| {
        format!("query Q($v: Boolean = true) @d {root} fragment F0 on T {a} fragment F1 on T {b} fragment F2 on T {c}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_fast_count_is_the_slow_count(text in document()) {
        let parsed = parse_query(&text).unwrap();
        prop_assume!(check_document(&text, &Limits { introspection: true, ..Limits::default() })
            .is_ok_and(|()| true));
        let (_, operation) = parsed.operations.iter().next().unwrap();
        let mut slow = Count::default();
        count_slowly(&parsed, &operation.node.selection_set.node, 1, &mut slow);
        let fast = count_fast(&text)[&0];
        let fast = Count { selections: fast.selections, depth: fast.depth, root_fields: fast.root_fields };
        prop_assert_eq!(fast, slow, "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,400}") {
        let _ = check_document(&text, &Limits::default());
    }

    #[test]
    fn no_heap_of_graphql_makes_it_panic(pieces in prop::collection::vec(prop::sample::select(vec![
        "{", "}", "(", ")", "[", "]", ":", "...", "@", "on", "fragment", "query", "a", "F", "$", "=", "!", "\"", "\"\"\"",
        "\\", "#", "\n", "1", "-0.5e", " ", "\u{feff}", "é",
    ]), 0..200)) {
        let _ = check_document(&pieces.concat(), &Limits::default());
    }

    #[test]
    fn what_the_parser_reads_the_lexer_can_cut(text in "[{}a:.@ (1\"\n#]{0,24}") {
        if parse_query(&text).is_ok() {
            prop_assert!(Lexer::new(&text).all(|token| token.is_ok()), "{}", text);
        }
    }
}
