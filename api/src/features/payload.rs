//! What a mutation answers: the rows it concerned, the dossier, its version, and why nothing was done.

/// Declares a mutation payload: what it shows, the dossier, its version, and the errors.
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $key:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name {
            $($field: Option<waarborg::disclosure::Disclosed<$type>>,)*
            dossier: Option<waarborg::disclosure::Disclosed<crate::features::dossier::Dossier>>,
            version: Option<i64>,
            errors: Vec<crate::graphql::user_error::UserError>,
        }

        $(#[$doc])*
        #[async_graphql::Object]
        impl $name {
            $(
                $(#[$field_doc])*
                async fn $field(&self) -> Option<&waarborg::disclosure::Disclosed<$type>> {
                    self.$field.as_ref()
                }
            )*

            /// The dossier as it is now; null when nothing was done, or when it is no longer yours to see.
            async fn dossier(
                &self,
            ) -> Option<&waarborg::disclosure::Disclosed<crate::features::dossier::Dossier>> {
                self.dossier.as_ref()
            }

            /// The version of the dossier after the act; null when nothing was done.
            async fn version(&self) -> Option<i64> {
                self.version
            }

            /// Why nothing was done; empty when it was.
            async fn errors(&self) -> &[crate::graphql::user_error::UserError] {
                &self.errors
            }

            /// The root, to read on within the same request, under the rights that are left after the act.
            async fn query(&self) -> Option<crate::features::Query> {
                Some(crate::features::Query::default())
            }
        }

        impl $name {
            /// Runs the change and shows what came of it, under the rights of this moment.
            pub(crate) async fn run<C: crate::graphql::change::Change>(
                ctx: &async_graphql::Context<'_>,
                input: C::Input,
            ) -> async_graphql::Result<Self> {
                let answered = crate::graphql::change::run::<C>(ctx, input).await?;
                let mut payload = Self {
                    $($field: None,)*
                    dossier: None,
                    version: None,
                    errors: answered.errors,
                };
                if let Some(done) = answered.outcome {
                    let server = ctx.data_unchecked::<crate::server::Server>();
                    let now = server.clock.now();
                    crate::graphql::in_force::confirm(server, now).await?;
                    let access = ctx.data_unchecked::<waarborg::access::Access>();
                    access.go_on_at(now);
                    let shown = crate::graphql::rows::Shown::of(access, done.dossier).await?;
                    payload.version = Some(done.version);
                    if let Some(shown) = shown {
                        $(payload.$field = shown.row::<$type>(done.row($key)).await?;)*
                        payload.dossier = Some(crate::features::dossier::Dossier::of(&shown));
                    }
                }
                Ok(payload)
            }
        }
    };
}

/// Declares the payloads of several mutations that show the same rows: one type each, as each may grow.
macro_rules! payloads {
    ([$($name:ident),+ $(,)?] $body:tt) => {
        $(crate::features::payload::payload! {
            /// What came of the mutation.
            $name $body
        })+
    };
}

pub(crate) use {payload, payloads};
