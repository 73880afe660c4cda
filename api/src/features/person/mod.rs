//! Persons: a person within one dossier.
//!
//! There is no person outside a dossier and no union over dossiers, because each disclosure has its own purpose.
//! The BSN is opened in its own field, never at load.

pub(crate) mod sealed;

use entity::id::{DossierId, PersonId};
use std::sync::Arc;
use uuid::Uuid;

use async_graphql::{Context, ID, InputObject, Object};
use convenant::{Category, CategorySet};
use sea_orm::{ColumnTrait, QuerySelect};
use waarborg::access::{Access, Page, PageRequest, Scoped, Siblings, in_order};
use waarborg::disclosure::{Identified, Leaf, gegeven};

use crate::error::Fault;
use crate::graphql::check::Checks;
use crate::graphql::id::NodeKind;
use crate::graphql::page::{PageArguments, Rows, connection, page_cost};
use crate::graphql::rows::{NodeType, Shown, classified, failed};
use crate::graphql::scalar::{Bsn, Date, EmailAddress, Line, PhoneNumber, Postcode};
use crate::graphql::user_error::Finding;
use crate::graphql::viewer_access::ViewerAccess;
use crate::server::Server;

classified!(Person, person, NodeKind::Person);

/// The categories that the aanmelder supplies with a person, and so sees as the own organisation's.
const SUPPLIED_WITH_PERSON: [Category; 3] = [Category::D01N, Category::D01B, Category::D03];

impl NodeType for Person {
    type Table = entity::person::Entity;

    fn person(model: &Self::Source) -> Option<PersonId> {
        Some(model.id)
    }

    fn own(access: &Access, model: &Self::Source) -> CategorySet {
        let own = model.supplier_id == access.principal().organisation;
        if own { SUPPLIED_WITH_PERSON.into_iter().collect() } else { CategorySet::EMPTY }
    }
}

#[Object]
impl Person {
    /// The global id: of this person in this dossier.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn id(&self) -> ID {
        self.global_id()
    }

    /// HOOFDPERSOON, SYSTEEMLID, SLACHTOFFER or PLEGER_VERDACHTE.
    #[graphql(directive = gegeven::apply(Leaf::D01N))]
    async fn role(&self) -> Option<&str> {
        Some(&self.model.role)
    }

    /// Surname.
    #[graphql(directive = gegeven::apply(Leaf::D01N))]
    async fn family_name(&self) -> Option<&str> {
        Some(&self.model.family_name)
    }

    /// What stands before the surname: van, de, van der.
    #[graphql(directive = gegeven::apply(Leaf::D01N))]
    async fn name_prefix(&self) -> Option<&str> {
        self.model.name_prefix.as_deref()
    }

    /// Given names.
    #[graphql(directive = gegeven::apply(Leaf::D01N))]
    async fn given_names(&self) -> Option<&str> {
        self.model.given_names.as_deref()
    }

    /// Date of birth; the day or the month and the day may be zero: 1980-00-00.
    #[graphql(directive = gegeven::apply(Leaf::D01N))]
    async fn birth_date(&self) -> Option<&str> {
        self.model.birth_date.as_deref()
    }

    /// MAN, VROUW, ANDERS or ONBEKEND.
    #[graphql(directive = gegeven::apply(Leaf::D01N))]
    async fn sex(&self) -> Option<&str> {
        Some(&self.model.sex)
    }

    /// Burgerservicenummer.
    #[graphql(directive = gegeven::apply(Leaf::D01B))]
    async fn bsn(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Bsn>> {
        let sealed = self.model.bsn_sealed.as_deref()?;
        let server = ctx.data_unchecked::<Server>();
        Some(sealed::open_bsn(server, &self.row, &self.model, sealed).await.map_err(Into::into))
    }

    /// Street and number as registered in the BRP.
    #[graphql(directive = gegeven::apply(Leaf::D02))]
    async fn address(&self) -> Option<&str> {
        self.model.address.as_deref()
    }

    /// Postcode as registered in the BRP.
    #[graphql(directive = gegeven::apply(Leaf::D02))]
    async fn postcode(&self) -> Option<Postcode> {
        self.model.postcode.clone().map(Postcode)
    }

    /// Place of residence as registered in the BRP.
    #[graphql(directive = gegeven::apply(Leaf::D02))]
    async fn residence(&self) -> Option<&str> {
        self.model.residence.as_deref()
    }

    /// ONBEVESTIGD, BEVESTIGD_BRP, NIET_INGESCHREVEN or CONFLICT.
    #[graphql(directive = gegeven::apply(Leaf::D02))]
    async fn identity_status(&self) -> Option<&str> {
        Some(&self.model.identity_status)
    }

    /// Day of the last check with the BRP.
    #[graphql(directive = gegeven::apply(Leaf::D02))]
    async fn brp_checked_on(&self) -> Option<Date> {
        self.model.brp_checked_on.map(Date::from)
    }

    /// Telephone number.
    #[graphql(directive = gegeven::apply(Leaf::D03))]
    async fn phone(&self) -> Option<PhoneNumber> {
        self.model.phone.clone().map(PhoneNumber)
    }

    /// E-mail address.
    #[graphql(directive = gegeven::apply(Leaf::D03))]
    async fn email(&self) -> Option<EmailAddress> {
        self.model.email.clone().map(EmailAddress)
    }

    /// What of this person is withheld from you and why.
    #[graphql(directive = gegeven::apply(Leaf::Open))]
    async fn viewer_access(&self) -> ViewerAccess {
        ViewerAccess::of(&self.row, "Person", Vec::new())
    }
}

/// How persons are searched: by BSN, or by surname, narrowed by date of birth.
#[derive(InputObject, Debug)]
pub(crate) struct PersonSearch {
    /// The whole burgerservicenummer.
    bsn: Option<Bsn>,
    /// The whole surname.
    family_name: Option<Line>,
    /// The whole date of birth, beside the surname.
    birth_date: Option<Date>,
}

/// The root that searches persons.
#[derive(Debug, Default)]
pub(crate) struct PersonQuery;

#[Object]
impl PersonQuery {
    /// Searches the persons of dossiers at which you are present. Only persons of whom the searched fields are
    /// shown to you are found. POST only: nothing of it stands in a URL.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection beside the search")]
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn search_persons(
        &self,
        ctx: &Context<'_>,
        by: PersonSearch,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<async_graphql::Result<Rows<Person>>> {
        let arguments = PageArguments { first, after, last, before };
        Some(search(ctx, &by, arguments).await)
    }
}

/// The columns by which persons are searched.
const SEARCHED: [entity::person::Column; 3] =
    [entity::person::Column::BsnIndex, entity::person::Column::FamilyName, entity::person::Column::BirthDate];

/// At most so many persons are looked at for a page; a search is for one person, not for a list.
const LOOKED_AT: u64 = 500;

async fn search(
    ctx: &Context<'_>,
    by: &PersonSearch,
    arguments: PageArguments,
) -> async_graphql::Result<Rows<Person>> {
    let access = ctx.data_unchecked::<Access>();
    let request = arguments.request().map_err(Fault::from)?;
    let (condition, asked) = condition(ctx.data_unchecked::<Server>(), access, by)?;
    let searched = entity::person::Entity::searched_by(access, SEARCHED, condition);
    let found = in_order(searched, entity::person::Column::Id, request)
        .limit(LOOKED_AT)
        .all(access.reader())
        .await
        .map_err(failed)?;
    Ok(show_found(access, found, asked, request).await?)
}

/// The condition of a search, and the category that it reads.
fn condition(
    server: &Server,
    access: &Access,
    by: &PersonSearch,
) -> Result<(sea_orm::Condition, Category), Fault> {
    let mut checks = Checks::at(access.now());
    let read = checks.within("by", |checks| match by {
        PersonSearch { bsn: Some(bsn), family_name: None, birth_date: None } => by_bsn(server, checks, bsn),
        PersonSearch { bsn: Some(_), family_name, .. } => {
            let beside = if family_name.is_some() { "familyName" } else { "birthDate" };
            checks.or_note(beside, None, Finding::Superfluous)
        }
        PersonSearch { bsn: None, family_name: Some(name), birth_date } => {
            by_name(checks, name, birth_date.as_ref())
        }
        PersonSearch { bsn: None, family_name: None, .. } => {
            checks.or_note("familyName", None, Finding::Missing)
        }
    });
    read.ok_or_else(|| checks.into_fault())
}

fn by_bsn(server: &Server, checks: &mut Checks, bsn: &Bsn) -> Option<(sea_orm::Condition, Category)> {
    let index = sealed::bsn_index(server, &checks.bsn("bsn", bsn)?);
    let condition = sea_orm::Condition::all().add(entity::person::Column::BsnIndex.eq(index));
    Some((condition, Category::D01B))
}

fn by_name(
    checks: &mut Checks,
    name: &Line,
    birth_date: Option<&Date>,
) -> Option<(sea_orm::Condition, Category)> {
    use entity::person::Column;
    let name = checks.line("familyName", name);
    let birth_date = checks.optional("birthDate", birth_date, Checks::date)?;
    let condition = sea_orm::Condition::all()
        .add(Column::FamilyName.eq(name?))
        .add_option(birth_date.map(|date| Column::BirthDate.eq(date.to_string())));
    Some((condition, Category::D01N))
}

/// Shows those of the found persons of whom the searched category is shown to the viewer.
async fn show_found(
    access: &Access,
    found: Vec<entity::person::Model>,
    asked: Category,
    request: PageRequest,
) -> Result<Rows<Person>, Fault> {
    // Whether anybody was found must not show in the statements: without a hit, no dossier is looked up.
    let mut dossiers: Vec<_> = found.iter().map(|person| person.dossier_id).collect();
    if dossiers.is_empty() {
        dossiers.push(DossierId(Uuid::nil()));
    }
    let presences = access.presences(&dossiers).await.map_err(failed)?;
    let siblings = Siblings::of(presences.keys().copied());
    let mut rows = Vec::new();
    for person in found {
        let Some(presence) = presences.get(&person.dossier_id) else { continue };
        let own = Person::own(access, &person).contains(asked);
        let facts =
            if own { convenant::Facts::NONE.with(convenant::Fact::Eigen) } else { convenant::Facts::NONE };
        if presence.disclosure(facts).sees(asked) {
            rows.push((person.id.0, Shown::at(access, Arc::clone(presence), &siblings), person));
        }
    }
    let page: Page<_> = request.cut(rows);
    Ok(connection(request, page, |(id, shown, person)| (id, shown.wrap(convenant::Facts::NONE, person))))
}
