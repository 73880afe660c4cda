//! Writes the fragments of a document out where they are spread.
//!
//! What a field costs depends on the type it stands on, and the library counts a spread as if its fields stood on the
//! type around it: on an interface a list then costs as little as a name. Written out, they are counted as what they
//! are. The budget has refused fragments that contain themselves, and bounds how much is written.

use std::collections::HashMap;

use async_graphql::parser::Positioned;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, FragmentDefinition, FragmentSpread, InlineFragment, Selection,
    SelectionSet,
};
use async_graphql::{Name, Pos};

/// Writes out every spread of the operations. What is never spread, unknown, or says more than a fragment can stays as it
/// is, for validation to refuse.
pub(crate) fn write_out(mut document: ExecutableDocument) -> ExecutableDocument {
    let mut writing = Writing { fragments: &document.fragments, used: Vec::new() };
    let operations: Vec<_> = match &mut document.operations {
        DocumentOperations::Single(only) => vec![only],
        DocumentOperations::Multiple(named) => named.values_mut().collect(),
    };
    for operation in operations {
        writing.write(&mut operation.node.selection_set.node);
    }
    for name in writing.used {
        document.fragments.remove(&name);
    }
    document
}

struct Writing<'d> {
    fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    used: Vec<Name>,
}

impl Writing<'_> {
    fn write(&mut self, selections: &mut SelectionSet) {
        for Positioned { node, pos } in &mut selections.items {
            match node {
                Selection::Field(field) => self.write(&mut field.node.selection_set.node),
                Selection::InlineFragment(fragment) => self.write(&mut fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    if let Some(written) = self.written(&spread.node, *pos) {
                        *node = Selection::InlineFragment(written);
                    }
                }
            }
        }
    }

    /// The fragment of a spread in place of it, with the directives of the spread.
    fn written(&mut self, spread: &FragmentSpread, pos: Pos) -> Option<Positioned<InlineFragment>> {
        let name = &spread.fragment_name.node;
        let FragmentDefinition { type_condition, directives, selection_set } =
            &self.fragments.get(name)?.node;
        if !directives.is_empty() {
            return None;
        }
        self.used.push(name.clone());
        let mut fragment = InlineFragment {
            type_condition: Some(type_condition.clone()),
            directives: spread.directives.clone(),
            selection_set: selection_set.clone(),
        };
        self.write(&mut fragment.selection_set.node);
        Some(Positioned::new(fragment, pos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    /// The selections of the only operation, and the fragments that are left.
    fn written(text: &str) -> (String, Vec<String>) {
        let document = write_out(parse_query(text).unwrap());
        let (_, operation) = document.operations.iter().next().unwrap();
        let mut left: Vec<_> = document.fragments.keys().map(ToString::to_string).collect();
        left.sort();
        (told(&operation.node.selection_set.node), left)
    }

    fn told(selections: &SelectionSet) -> String {
        let told: Vec<_> = selections.items.iter().map(|selection| told_one(&selection.node)).collect();
        if told.is_empty() { String::new() } else { format!("{{{}}}", told.join(" ")) }
    }

    fn told_one(selection: &Selection) -> String {
        match selection {
            Selection::Field(field) => {
                format!("{}{}", field.node.name.node, told(&field.node.selection_set.node))
            }
            Selection::InlineFragment(fragment) => {
                let on = fragment.node.type_condition.as_ref().map(|it| it.node.on.node.to_string());
                let directives = fragment.node.directives.iter().map(|it| it.node.name.node.as_str());
                let on: Vec<_> = on.as_deref().into_iter().chain(directives).collect();
                format!("on {}{}", on.join(" @"), told(&fragment.node.selection_set.node))
            }
            Selection::FragmentSpread(spread) => format!("...{}", spread.node.fragment_name.node),
        }
    }

    #[test]
    fn a_spread_becomes_what_it_stands_for_at_every_depth() {
        let text = "{ a { ...F @include(if: true) } ... on Q { ...G } }
            fragment F on A { b ...G } fragment G on G { c { d } }";
        let expected = "{a{on A @include{b on G{c{d}}}} on Q{on G{c{d}}}}";
        assert_eq!(written(text), (expected.to_owned(), vec![]));
    }

    #[test]
    fn what_validation_must_refuse_is_left_to_it() {
        let text = "{ ...Unknown ...D } fragment D on Q @deprecated { a } fragment Unused on Q { b }";
        let left = vec!["D".to_owned(), "Unused".to_owned()];
        assert_eq!(written(text), ("{...Unknown ...D}".to_owned(), left));
    }
}
