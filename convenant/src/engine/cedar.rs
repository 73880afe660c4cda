//! The covenant in Cedar's own terms: entities, context, requests. It must only translate.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression, Schema,
};

use super::point::{Dim, Point};
use crate::model::{Model, SUPPLY_NEEDS, Share};
use crate::vocabulary::{
    Category, CategorySet, Circle, Domain, Fact, Involvement, PartnerKind, Side, Tafel, Verb,
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The entities of a covenant, and the names by which requests point at them.
pub(super) struct World {
    authorizer: Authorizer,
    entities: Entities,
    verbs: Vec<EntityUid>,
    partners: Vec<EntityUid>,
    categories: Vec<EntityUid>,
    involvements: Vec<EntityUid>,
    sides: Vec<EntityUid>,
    tafels: Vec<EntityUid>,
    opleggers: Vec<EntityUid>,
}

impl World {
    pub(super) fn new(model: &Model, opleggers: &[Share], schema: &Schema) -> Result<Self, Failure> {
        let mut entities = Vec::new();
        entities.extend(categories(model)?);
        let leaves = Leaves::new()?;
        entities.extend(partners(model, &leaves)?);
        let Sheets { sheets, by_place } = Sheets::of(opleggers, &leaves)?;
        entities.extend(sheets);
        Ok(Self {
            authorizer: Authorizer::new(),
            entities: Entities::from_entities(entities, Some(schema))?,
            verbs: uids_of("Action", Verb::ALL.iter().map(|one| one.code()))?,
            partners: uids_of("Partner", PartnerKind::ALL.iter().map(|one| one.code()))?,
            categories: leaves.0,
            involvements: uids_of("Involvement", Involvement::ALL.iter().map(|one| one.code()))?,
            sides: uids_of("Side", Side::ALL.iter().map(|one| one.code()))?,
            tafels: uids_of("Tafel", Tafel::ALL.iter().map(|one| one.code()))?,
            opleggers: by_place,
        })
    }

    fn context(&self, point: &Point) -> Option<Context> {
        let entity = |uids: &[EntityUid], place: usize| {
            uids.get(place).cloned().map(RestrictedExpression::new_entity_uid)
        };
        let value = |dim: Dim| usize::from(point.get(dim));
        let sheet = value(Dim::Tafel) * PartnerKind::ALL.len() + value(Dim::Partner);
        let mut pairs = vec![
            ("involvement".to_owned(), entity(&self.involvements, value(Dim::Involvement))?),
            ("side".to_owned(), entity(&self.sides, value(Dim::Side))?),
            ("tafel".to_owned(), entity(&self.tafels, value(Dim::Tafel))?),
            ("oplegger".to_owned(), entity(&self.opleggers, sheet)?),
            ("phase".to_owned(), RestrictedExpression::new_long(point.get(Dim::Phase).into())),
        ];
        let facts = Fact::ALL.iter().map(|fact| (Dim::Fact(*fact), fact.code()));
        let flags = Dim::FLAGS.into_iter().chain(facts);
        pairs.extend(
            flags.map(|(dim, name)| (name.to_owned(), RestrictedExpression::new_bool(point.is(dim)))),
        );
        if let Some(place) = value(Dim::Asked).checked_sub(1) {
            pairs.push(("asked".to_owned(), entity(&self.partners, place)?));
        }
        Context::from_pairs(pairs).ok()
    }
}

/// A request in the making: the context is built when Cedar is first asked, and serves all categories.
pub(super) struct Asking<'w> {
    world: &'w World,
    point: Point,
    context: Option<Context>,
}

impl<'w> Asking<'w> {
    pub(super) fn new(world: &'w World, point: Point) -> Self {
        Self { world, point, context: None }
    }

    pub(super) fn about(&mut self, category: Category) {
        self.point.about(category);
    }

    pub(super) fn point(&self) -> &Point {
        &self.point
    }

    /// Does this one policy match? `None` when it cannot be evaluated.
    pub(super) fn verdict(&mut self, alone: &PolicySet) -> Option<bool> {
        let request = self.request()?;
        let response = self.world.authorizer.is_authorized(&request, alone, &self.world.entities);
        let failed = response.diagnostics().errors().next().is_some();
        (!failed).then(|| response.diagnostics().reason().next().is_some())
    }

    /// Do these policies together allow it? Not if one of them cannot be evaluated.
    pub(super) fn allows(&mut self, policies: &PolicySet) -> bool {
        let Some(request) = self.request() else { return false };
        let response = self.world.authorizer.is_authorized(&request, policies, &self.world.entities);
        response.decision() == Decision::Allow && response.diagnostics().errors().next().is_none()
    }

    /// The policies that made the decision.
    pub(super) fn satisfied(&mut self, policies: &PolicySet) -> Vec<String> {
        let Some(request) = self.request() else { return Vec::new() };
        let response = self.world.authorizer.is_authorized(&request, policies, &self.world.entities);
        response.diagnostics().reason().map(ToString::to_string).collect()
    }

    /// Does the request keep to the schema?
    #[cfg(test)]
    pub(super) fn check(&mut self, schema: &Schema) -> Result<(), Failure> {
        let request = self.request().ok_or("no request")?;
        let (Some(principal), Some(action), Some(resource)) =
            (request.principal(), request.action(), request.resource())
        else {
            return Err("an unknown in the request".into());
        };
        let context = request.context().cloned().ok_or("no context")?;
        Request::new(principal.clone(), action.clone(), resource.clone(), context, Some(schema))?;
        Ok(())
    }

    fn request(&mut self) -> Option<Request> {
        if self.context.is_none() {
            self.context = self.world.context(&self.point);
        }
        let uid = |uids: &[EntityUid], dim: Dim| uids.get(usize::from(self.point.get(dim))).cloned();
        let principal = uid(&self.world.partners, Dim::Partner)?;
        let action = uid(&self.world.verbs, Dim::Verb)?;
        let resource = uid(&self.world.categories, Dim::Category)?;
        Request::new(principal, action, resource, self.context.clone()?, None).ok()
    }
}

fn uid(kind: &str, id: &str) -> Result<EntityUid, Failure> {
    let kind: EntityTypeName = kind.parse()?;
    Ok(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}

/// The names of several entities of one kind; reading the kind costs far more than naming one of them.
fn uids_of(kind: &str, ids: impl Iterator<Item = &'static str>) -> Result<Vec<EntityUid>, Failure> {
    let kind: EntityTypeName = kind.parse()?;
    Ok(ids.map(|id| EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))).collect())
}

/// The names of all categories, in their order.
struct Leaves(Vec<EntityUid>);

impl Leaves {
    fn new() -> Result<Self, Failure> {
        Ok(Self(uids_of("Category", Category::ALL.iter().map(|one| one.code()))?))
    }

    fn set_of(&self, categories: CategorySet) -> RestrictedExpression {
        let named = Category::ALL.iter().zip(&self.0).filter(|(one, _)| categories.contains(**one));
        RestrictedExpression::new_set(named.map(|(_, uid)| RestrictedExpression::new_entity_uid(uid.clone())))
    }
}

fn group(kind: &str, id: &str) -> Result<Entity, Failure> {
    Ok(Entity::new_no_attrs(uid(kind, id)?, HashSet::new()))
}

/// A category stands under the category that includes it, and under every named set that lists it.
fn categories(model: &Model) -> Result<Vec<Entity>, Failure> {
    let mut entities: Vec<_> =
        model.sets.keys().map(|set| group("CategorySet", set)).collect::<Result<_, _>>()?;
    for &category in Category::ALL {
        let above = Category::ALL.iter().filter(|other| other.includes() == Some(category));
        let above = above.map(|other| uid("Category", other.code()));
        let sets = model.sets.iter().filter(|(_, set)| set.contains(category));
        let parents =
            above.chain(sets.map(|(code, _)| uid("CategorySet", code))).collect::<Result<_, _>>()?;
        entities.push(Entity::new_no_attrs(uid("Category", category.code())?, parents));
    }
    Ok(entities)
}

fn partners(model: &Model, leaves: &Leaves) -> Result<Vec<Entity>, Failure> {
    let domains = Domain::ALL.iter().map(|domain| group("Domain", domain.code()));
    let circles = Circle::ALL.iter().map(|circle| group("Circle", circle.code()));
    let kinds = PartnerKind::ALL.iter().map(|kind| partner(model, *kind, leaves));
    domains.chain(circles).chain(kinds).collect()
}

fn partner(model: &Model, kind: PartnerKind, leaves: &Leaves) -> Result<Entity, Failure> {
    let rows = || model.supply.iter().filter(|row| row.partner == kind);
    let needing = |needs: Option<Fact>| {
        let needed = rows().filter(|row| row.needs == needs);
        leaves.set_of(needed.flat_map(|row| row.categories.iter()).collect())
    };
    let mut attributes = HashMap::from([
        ("bsn".to_owned(), RestrictedExpression::new_bool(kind.may_process_bsn())),
        ("supplies".to_owned(), needing(None)),
        ("competent_for".to_owned(), leaves.set_of(rows().flat_map(|row| row.categories.iter()).collect())),
    ]);
    for fact in SUPPLY_NEEDS {
        attributes.insert(format!("supplies_with_{fact}"), needing(Some(fact)));
    }
    let circle = kind.circle().map(|circle| uid("Circle", circle.code()));
    let parents =
        circle.into_iter().chain([uid("Domain", kind.domain().code())]).collect::<Result<_, _>>()?;
    Ok(Entity::new(uid("Partner", kind.code())?, attributes, parents)?)
}

/// What is shared at each tafel, with a partner and with anybody.
struct Sheets {
    /// One for all partners of a tafel that are shared the same with: reading an entity costs far more than naming it.
    sheets: Vec<Entity>,
    /// The sheet for each tafel and partner, in that order.
    by_place: Vec<EntityUid>,
}

impl Sheets {
    fn of(opleggers: &[Share], leaves: &Leaves) -> Result<Self, Failure> {
        let kind: EntityTypeName = "Oplegger".parse()?;
        let mut sheets = Vec::new();
        let mut by_place = Vec::with_capacity(Tafel::ALL.len() * PartnerKind::ALL.len());
        for tafel in Tafel::ALL {
            let rows = || opleggers.iter().filter(|row| row.tafels.contains(tafel));
            let anybody = leaves.set_of(rows().flat_map(|row| row.categories.iter()).collect());
            let mut made: Vec<(CategorySet, EntityUid)> = Vec::new();
            for partner in PartnerKind::ALL {
                let meant = rows().filter(|row| row.with.iter().any(|word| word.means(*partner)));
                let shared: CategorySet = meant.flat_map(|row| row.categories.iter()).collect();
                if let Some((_, uid)) = made.iter().find(|(same, _)| *same == shared) {
                    by_place.push(uid.clone());
                    continue;
                }
                let id = EntityId::new(format!("{tafel}/{partner}"));
                let uid = EntityUid::from_type_name_and_id(kind.clone(), id);
                let attributes = HashMap::from([
                    ("shares".to_owned(), leaves.set_of(shared)),
                    ("shares_with_anybody".to_owned(), anybody.clone()),
                ]);
                sheets.push(Entity::new(uid.clone(), attributes, HashSet::new())?);
                by_place.push(uid.clone());
                made.push((shared, uid));
            }
        }
        Ok(Self { sheets, by_place })
    }
}
