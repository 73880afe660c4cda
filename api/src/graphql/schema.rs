//! The schema: put together from the features, checked before anything is served, exported as text.
//!
//! A schema in which a value could leave undecided is never built.

use async_graphql::registry::Registry;
use async_graphql::{OutputType, SDLExportOptions, Schema, SubscriptionType};
use waarborg::disclosure::{Classification, Flaw};

use super::change::Sentences;
use crate::features::{Mutation, OPEN_TYPES, Query, Subscription, sentence};
use crate::server::Server;

/// The schema of the server.
pub(crate) type VangnetSchema = Schema<Query, Mutation, Subscription>;

/// A schema that is not served, because a value could leave it undecided.
#[derive(Debug, thiserror::Error)]
#[error("the schema could let a value out undecided: {}", list(.0))]
pub struct SchemaError(Vec<Flaw>);

fn list(flaws: &[Flaw]) -> String {
    flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The leaves of the server's schema, or what is wrong with it.
pub fn classify() -> Result<Classification, SchemaError> {
    Classification::of::<Query, Mutation, Subscription>(OPEN_TYPES).map_err(SchemaError)
}

/// The types of the server's schema.
pub(crate) fn types() -> Registry {
    let mut registry = Registry::default();
    <Query as OutputType>::create_type_info(&mut registry);
    <Mutation as OutputType>::create_type_info(&mut registry);
    Subscription::create_type_info(&mut registry);
    registry
}

/// Builds the schema on a server, for documents that show at most so many values.
pub(crate) fn build(server: Server, cost: usize) -> VangnetSchema {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .data(server)
        .data(Sentences(sentence))
        .limit_directives(4)
        .limit_complexity(cost)
        .finish()
}

/// The schema as text, sorted, as it is committed to `schema.graphql`.
pub fn sdl() -> String {
    let schema = Schema::build(Query::default(), Mutation::default(), Subscription::default()).finish();
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    let mut sdl = schema.sdl_with_options(options);
    if !sdl.ends_with('\n') {
        sdl.push('\n');
    }
    sdl
}

#[cfg(test)]
mod tests {
    use async_graphql::registry::MetaType;
    use async_graphql::{
        EmptyMutation, EmptySubscription, ID, Interface, Object, ObjectType, SimpleObject, Subscription,
        Union,
    };
    use entity::OfDossier;
    use entity::id::DossierId;
    use futures_util::Stream;
    use uuid::Uuid;
    use waarborg::disclosure::{Classified, Disclosed, Leaf, RowAccess, gegeven};

    use super::*;

    struct Source;

    impl OfDossier for Source {
        fn dossier_id(&self) -> DossierId {
            DossierId(Uuid::nil())
        }

        fn row_id(&self) -> Uuid {
            Uuid::nil()
        }
    }

    /// A toy type, and a root that returns it as its first argument says.
    macro_rules! toy {
        ($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* } in $root:ident -> $returned:ty) => {
            struct $name;

            impl Classified for $name {
                type Source = Source;

                fn build(_: RowAccess, _: Source) -> Self {
                    Self
                }
            }

            #[Object]
            impl $name {
                $($(#[$attribute])* async fn $field(&self) -> $type { Default::default() })*

                /// What the interface of the toys declares.
                #[graphql(directive = gegeven::apply(Leaf::Open))]
                async fn id(&self) -> ID {
                    ID::default()
                }
            }

            struct $root;

            #[Object(name = "Query")]
            impl $root {
                async fn toy(&self) -> Option<$returned> {
                    None
                }
            }
        };
    }

    fn read<Q: ObjectType + 'static>() -> Result<Classification, Vec<Flaw>> {
        Classification::of::<Q, EmptyMutation, EmptySubscription>(&["Open"])
    }

    fn flaws<Q: ObjectType + 'static>() -> Vec<Flaw> {
        read::<Q>().err().unwrap_or_default()
    }

    fn unwrapped(by: &str, name: &str) -> Flaw {
        Flaw::Unwrapped { by: by.to_owned(), name: name.to_owned() }
    }

    toy!(Good {
        #[graphql(directive = gegeven::apply(Leaf::D01N))] name: Option<String>,
    } in GoodRoot -> Disclosed<Good>);

    #[test]
    fn a_schema_in_which_everything_is_decided_is_served() {
        let classification = read::<GoodRoot>().unwrap();
        assert_eq!(classification.all(), [("Good", "id", Leaf::Open), ("Good", "name", Leaf::D01N)]);
    }

    toy!(Forgotten {
        name: Option<String>,
    } in ForgottenRoot -> Disclosed<Forgotten>);

    #[test]
    fn a_field_without_a_leaf_stops_the_start() {
        let field = "Forgotten.name".to_owned();
        assert_eq!(flaws::<ForgottenRoot>(), [Flaw::Unclassified { field }]);
    }

    toy!(Stubborn {
        #[graphql(directive = gegeven::apply(Leaf::D01N))] name: String,
    } in StubbornRoot -> Disclosed<Stubborn>);

    #[test]
    fn a_classified_field_that_cannot_be_null_stops_the_start() {
        let field = "Stubborn.name".to_owned();
        assert_eq!(flaws::<StubbornRoot>(), [Flaw::NotNullable { field }]);
    }

    toy!(Bare {
        #[graphql(directive = gegeven::apply(Leaf::D01N))] name: Option<String>,
    } in BareRoot -> Bare);

    #[test]
    fn a_classified_type_that_is_returned_unwrapped_stops_the_start() {
        assert_eq!(flaws::<BareRoot>(), [unwrapped("Query.toy", "Bare")]);
    }

    struct MixedRoot<const WRAPPED_FIRST: bool>;

    #[Object(name = "Query")]
    impl MixedRoot<true> {
        async fn first(&self) -> Option<Disclosed<Good>> {
            None
        }

        async fn second(&self) -> Option<Vec<Good>> {
            None
        }
    }

    #[Object(name = "Query")]
    impl MixedRoot<false> {
        async fn first(&self) -> Option<Vec<Good>> {
            None
        }

        async fn second(&self) -> Option<Disclosed<Good>> {
            None
        }
    }

    #[test]
    fn a_classified_type_that_is_returned_in_both_ways_stops_the_start() {
        assert_eq!(flaws::<MixedRoot<true>>(), [unwrapped("Query.second", "Good")]);
        assert_eq!(flaws::<MixedRoot<false>>(), [unwrapped("Query.first", "Good")]);
    }

    toy!(Nested {
        #[graphql(directive = gegeven::apply(Leaf::D28))] bare: Option<Box<Nested>>,
        #[graphql(directive = gegeven::apply(Leaf::D28))] wrapped: Option<Vec<Disclosed<Nested>>>,
    } in NestedRoot -> Disclosed<Nested>);

    #[test]
    fn a_type_that_returns_itself_unwrapped_stops_the_start() {
        assert_eq!(flaws::<NestedRoot>(), [unwrapped("Nested.bare", "Nested")]);
    }

    /// A payload, an edge and a message of a stream that hold a row as it is.
    #[derive(SimpleObject)]
    struct TakenPayload {
        good: Option<Good>,
    }

    #[derive(SimpleObject)]
    struct TakenEdge {
        node: Good,
    }

    #[derive(Union)]
    enum Message {
        Good(Good),
    }

    struct HolderRoots;

    #[Object(name = "Query")]
    impl HolderRoots {
        async fn edges(&self) -> Vec<TakenEdge> {
            Vec::new()
        }
    }

    struct Taking;

    #[Object(name = "Mutation")]
    impl Taking {
        async fn take(&self) -> Option<TakenPayload> {
            None
        }
    }

    struct Following;

    #[Subscription(name = "Subscription")]
    impl Following {
        async fn messages(&self) -> impl Stream<Item = Message> {
            futures_util::stream::empty()
        }
    }

    #[test]
    fn an_unwrapped_row_in_a_payload_an_edge_or_a_stream_stops_the_start() {
        let mut flaws = Classification::of::<HolderRoots, Taking, Following>(&[]).unwrap_err();
        flaws.sort_by_key(ToString::to_string);
        let expected = ["Message", "TakenEdge.node", "TakenPayload.good"].map(|by| unwrapped(by, "Good"));
        assert_eq!(flaws, expected);
    }

    #[derive(SimpleObject)]
    struct Value {
        text: String,
    }

    struct ValueRoot;

    #[Object(name = "Query")]
    impl ValueRoot {
        async fn value(&self) -> Option<Value> {
            None
        }
    }

    #[test]
    fn a_value_that_an_open_field_holds_stops_the_start() {
        let field = "Query.value".to_owned();
        assert_eq!(flaws::<ValueRoot>(), [Flaw::Unclassified { field }]);
    }

    #[derive(SimpleObject, Default)]
    struct Goal {
        text: String,
    }

    toy!(Holder {
        #[graphql(directive = gegeven::apply(Leaf::Open))] open: Option<Vec<Goal>>,
        #[graphql(directive = gegeven::apply(Leaf::D28))] classified: Option<Vec<Goal>>,
    } in HolderRoot -> Disclosed<Holder>);

    #[test]
    fn a_value_of_a_node_belongs_to_the_leaf_of_its_field() {
        let field = "Holder.open".to_owned();
        assert_eq!(flaws::<HolderRoot>(), [Flaw::Unclassified { field }]);
    }

    #[derive(Interface)]
    #[graphql(
        field(name = "id", ty = "ID"),
        field(name = "name", ty = "Option<String>", directive = gegeven::apply(Leaf::D01N))
    )]
    enum Named {
        Leaky(Leaky),
    }

    toy!(Leaky {
        #[graphql(directive = gegeven::apply(Leaf::D01N))] name: Option<String>,
    } in LeakyRoot -> Named);

    #[test]
    fn an_interface_with_a_classified_field_stops_the_start() {
        let field = "Named.name".to_owned();
        assert_eq!(flaws::<LeakyRoot>(), [Flaw::OnInterface { field }, unwrapped("Named", "Leaky")]);
    }

    /// A list that cost as little as one value would let a document ask for everything.
    #[test]
    fn every_list_that_is_paged_costs_its_rows() {
        let mut lists = 0;
        for kind in types().types.values() {
            let MetaType::Object { name, fields, .. } = kind else { continue };
            let long = fields
                .values()
                .filter(|field| ["first", "ids"].iter().any(|name| field.args.contains_key(*name)));
            for field in long {
                assert!(field.compute_complexity.is_some(), "{name}.{} costs nothing", field.name);
                lists += 1;
            }
        }
        assert!(lists > 10, "only {lists} lists were found");
    }

    /// A variable that is left out is taken as null (`operation.rs`): the same only while nothing has a default.
    #[test]
    fn nothing_that_a_client_gives_has_a_default() {
        let types = types().types;
        let given = types.values().flat_map(|declared| match declared {
            MetaType::Object { fields, .. } => {
                fields.values().flat_map(|field| field.args.values()).collect()
            }
            MetaType::InputObject { input_fields, .. } => input_fields.values().collect::<Vec<_>>(),
            MetaType::Scalar { .. }
            | MetaType::Interface { .. }
            | MetaType::Union { .. }
            | MetaType::Enum { .. } => Vec::new(),
        });
        let given: Vec<_> = given.collect();
        assert!(given.len() > 100, "{}", given.len());
        let with_default = given.iter().find(|value| value.default_value.is_some());
        assert!(with_default.is_none(), "{:?}", with_default.map(|value| &value.name));
    }
}
