//! The matrix of a house as one page that a jurist reads and prints: who sees what at which tafel in which phases, under
//! which condition, by which rows.
//!
//! It only shows what the engine decides. The page needs nothing else: no script, no picture, no style from elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use chrono::NaiveDate;

use crate::engine::{Request, RowId};
use crate::house::{House, Seat, Version};
use crate::matrix::{RECORDED, View, escape, plain};
use crate::vocabulary::{Category, CategorySet, Fact, Facts, Involvement, PartnerKind, Phase, Tafel, Verb};

/// What of a house is shown. What is left open is shown whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Only this partner.
    pub partner: Option<PartnerKind>,
    /// Only this tafel.
    pub tafel: Option<Tafel>,
    /// Only this phase; else all, those alike together.
    pub phase: Option<Phase>,
    /// The involvement of the viewers.
    pub involvement: Involvement,
}

/// The matrix of a house on a day, as an HTML page in Dutch.
pub fn page(house: &House, version: &Version, date: NaiveDate, selection: &Selection) -> String {
    let mut page = Page { house, version, date, selection, html: String::new(), rows: BTreeSet::new() };
    page.head();
    for tafel in version.tafels().filter(|tafel| selection.tafel.is_none_or(|wanted| wanted == *tafel)) {
        page.tafel(tafel);
    }
    page.appendices();
    page.html.push_str("</main>\n</body>\n</html>\n");
    page.html
}

const STYLE: &str = "body{font:16px/1.4 sans-serif;margin:1.5rem;color:#000;background:#fff}\
table{border-collapse:collapse;margin:1rem 0}caption{text-align:left;font-weight:bold;padding:.3rem 0}\
th,td{border:1px solid #666;padding:.15rem .3rem;text-align:left;vertical-align:top}\
.matrix{font-size:.7rem}.ja{background:#d9ead3}.als{background:#fff2cc}.nee{color:#595959}\
dt{font-weight:bold}@page{size:A3 landscape;margin:1cm}\
@media print{body{margin:0;font-size:9pt}.matrix{font-size:6pt}section{break-inside:auto}\
h2{break-before:page;break-after:avoid}thead{display:table-header-group}tr{break-inside:avoid}\
.ja,.als{print-color-adjust:exact}a{color:inherit;text-decoration:none}}";

struct Page<'a> {
    house: &'a House,
    version: &'a Version,
    date: NaiveDate,
    selection: &'a Selection,
    html: String,
    rows: BTreeSet<RowId>,
}

/// What one partner sees of one category, with the rows that permit it.
#[derive(Clone, PartialEq, Eq)]
enum Cell {
    Yes(Vec<RowId>),
    With(BTreeSet<Fact>, BTreeSet<RowId>),
    No,
}

type Lines = Vec<(PartnerKind, BTreeMap<Category, Cell>)>;

impl Page<'_> {
    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.html.write_fmt(text);
    }

    fn head(&mut self) {
        let (house, version) = (escape(self.house.name()), escape(self.version.id()));
        let (hash, date, involvement) = (self.version.hash(), self.date, self.selection.involvement);
        let until = self.version.valid_until().map_or_else(String::new, |day| format!(" tot {day}"));
        let from = self.version.valid_from();
        self.add(format_args!(
            "<!doctype html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{house}: wie ziet wat</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{house}: wie ziet wat</h1>\n<dl>\n<dt>Versie van het convenant</dt><dd>{version}, van kracht vanaf {from}{until}</dd>\n<dt>Hash</dt><dd><code>{hash}</code></dd>\n<dt>Datum</dt><dd>{date}</dd>\n<dt>Regime voor de ontvanger</dt><dd>{}</dd>\n<dt>Betrokkenheid</dt><dd>{involvement}: {}</dd>\n</dl>\n",
            self.regimes(),
            escape(involvement.name())
        ));
        self.add(format_args!(
            "<p>Een cel zegt of de partner de categorie mag inzien: <b>ja</b>; <b>als</b> een feit bij het gegeven is vastgelegd; of <b>nee</b>. Onder het antwoord staan de regels die het toestaan; zij staan in de bijlage. De tabel gaat over wie heeft ondertekend, is opgeleid, voor de eigen gemeente en aan geen kant van de zaak werkt, en over gegevens van anderen. Categorieën die niemand in een tabel ziet, staan er niet in; de betekenis van de codes staat in de bijlage.</p>\n"
        ));
    }

    /// The regimes of the tafels on the date.
    fn regimes(&self) -> String {
        let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for tafel in self.version.tafels() {
            let doubt = if self.version.regime_verified(tafel, self.date) { "" } else { " [ongeverifieerd]" };
            let name = format!("{}{doubt}", self.version.regime(tafel, self.date).name());
            alike.entry(name).or_default().push(tafel.code());
        }
        let alone = alike.len() == 1;
        let named = alike.into_iter().map(|(name, tafels)| {
            if alone { escape(&name) } else { format!("{} ({})", escape(&name), tafels.join(", ")) }
        });
        named.collect::<Vec<_>>().join("; ")
    }

    fn tafel(&mut self, tafel: Tafel) {
        let valid = self.version.oplegger_valid(tafel, self.date);
        let doubt = if valid { "" } else { "<p>De oplegger van deze tafel geldt niet op deze datum.</p>\n" };
        self.add(format_args!(
            "<section aria-labelledby=\"tafel-{tafel}\">\n<h2 id=\"tafel-{tafel}\">Tafel {tafel}: {}</h2>\n{doubt}",
            escape(tafel.name())
        ));
        let mut shown = false;
        for (phases, lines) in self.runs(tafel) {
            if lines.iter().any(|(_, cells)| cells.values().any(|cell| *cell != Cell::No)) {
                shown = true;
                self.table(tafel, &phases, &lines);
            }
        }
        if !shown {
            self.html.push_str("<p>Niemand ziet hier iets als deze betrokkenheid.</p>\n");
        }
        self.html.push_str("</section>\n");
    }

    /// Successive phases in which the same is seen, together.
    fn runs(&self, tafel: Tafel) -> Vec<(Vec<Phase>, Lines)> {
        let Selection { phase: wanted, involvement, .. } = *self.selection;
        let own = involvement.task_phase();
        let phases = Phase::ALL.iter().copied();
        let phases = phases.filter(|phase| own.or(wanted).is_none_or(|wanted| wanted == *phase));
        let mut runs: Vec<(Vec<Phase>, Lines)> = Vec::new();
        for phase in phases {
            let lines = self.lines(View { tafel, phase, involvement });
            match runs.last_mut() {
                Some((phases, last)) if *last == lines => phases.push(phase),
                _ => runs.push((vec![phase], lines)),
            }
        }
        runs
    }

    fn lines(&self, view: View) -> Lines {
        let partners = PartnerKind::ALL.iter().copied();
        let partners = partners.filter(|partner| {
            self.selection.partner.is_none_or(|wanted| wanted == *partner)
                && self.version.has_place_for(view.tafel, view.involvement, *partner)
        });
        let line = |partner| (partner, self.cells(view, partner));
        let seated = view.involvement == Involvement::Zetel;
        partners
            .map(line)
            .filter(|(_, cells)| seated || cells.values().any(|cell| *cell != Cell::No))
            .collect()
    }

    fn cells(&self, view: View, partner: PartnerKind) -> BTreeMap<Category, Cell> {
        let (engine, standing) = (self.version.engine(), plain(partner, view));
        let seen = |facts: Facts| engine.disclosure(&standing, facts).allowed();
        let without = seen(Facts::NONE);
        let with: Vec<(Fact, CategorySet)> =
            RECORDED.iter().map(|fact| (*fact, seen(Facts::NONE.with(*fact)))).collect();
        let permits = |category: Category, facts: Facts| {
            engine.matching_rows(&Request { verb: Verb::See, standing, category, facts, asked: None }).0
        };
        let cell = |category: Category| {
            if without.contains(category) {
                return Cell::Yes(permits(category, Facts::NONE));
            }
            let facts = with.iter().filter(|(_, seen)| seen.contains(category)).map(|(fact, _)| *fact);
            let facts: BTreeSet<Fact> = facts.collect();
            if facts.is_empty() {
                return Cell::No;
            }
            let rows = facts.iter().flat_map(|fact| permits(category, Facts::NONE.with(*fact))).collect();
            Cell::With(facts, rows)
        };
        Category::ALL.iter().map(|category| (*category, cell(*category))).collect()
    }

    fn table(&mut self, tafel: Tafel, phases: &[Phase], lines: &Lines) {
        let seen = |category: &Category| {
            lines.iter().any(|(_, cells)| cells.get(category).is_some_and(|cell| *cell != Cell::No))
        };
        let columns: Vec<Category> = Category::ALL.iter().copied().filter(seen).collect();
        let names: Vec<String> =
            phases.iter().map(|phase| format!("{phase} ({})", escape(phase.name()))).collect();
        self.add(format_args!(
            "<table class=\"matrix\">\n<caption>{tafel}, fase {}</caption>\n<thead><tr><th scope=\"col\">Partner</th>",
            names.join(", ")
        ));
        for category in &columns {
            let name = escape(category.name());
            self.add(format_args!("<th scope=\"col\"><abbr title=\"{name}\">{category}</abbr></th>"));
        }
        self.html.push_str("</tr></thead>\n<tbody>\n");
        for (partner, cells) in lines {
            let seat = match self.version.seat(tafel, *partner) {
                Some(Seat::Fixed) => ", vaste zetel",
                Some(Seat::Invited) => ", op uitnodiging",
                None => "",
            };
            self.add(format_args!(
                "<tr><th scope=\"row\">{partner}<br>{}{seat}</th>",
                escape(partner.name())
            ));
            columns.iter().filter_map(|column| cells.get(column)).for_each(|cell| self.cell(cell));
            self.html.push_str("</tr>\n");
        }
        self.html.push_str("</tbody>\n</table>\n");
    }

    fn cell(&mut self, cell: &Cell) {
        match cell {
            Cell::No => self.html.push_str("<td class=\"nee\">nee</td>"),
            Cell::Yes(rows) => {
                let rows = self.links(rows.iter());
                self.add(format_args!("<td class=\"ja\"><b>ja</b><br>{rows}</td>"));
            }
            Cell::With(facts, rows) => {
                let named =
                    facts.iter().map(|fact| format!("<abbr title=\"{}\">{fact}</abbr>", escape(fact.name())));
                let named = named.collect::<Vec<_>>().join(" of ");
                let rows = self.links(rows.iter());
                self.add(format_args!("<td class=\"als\"><b>als</b> {named}<br>{rows}</td>"));
            }
        }
    }

    fn links<'r>(&mut self, rows: impl Iterator<Item = &'r RowId>) -> String {
        let links = rows.map(|row| {
            self.rows.insert(row.clone());
            format!("<a href=\"#regel-{row}\">{row}</a>")
        });
        links.collect::<Vec<_>>().join(" ")
    }

    fn appendices(&mut self) {
        let engine = self.version.engine();
        self.html.push_str("<section aria-labelledby=\"regels\">\n<h2 id=\"regels\">Bijlage: de regels</h2>\n<table>\n<caption>De regels in de tabellen. Herkomst: S een bron van een huis, P openbaar, A ons model. Grond “regime”: het regime van de datum.</caption>\n<thead><tr><th scope=\"col\">Regel</th><th scope=\"col\">Artikel</th><th scope=\"col\">Grond</th><th scope=\"col\">Herkomst</th></tr></thead>\n<tbody>\n");
        for rule in std::mem::take(&mut self.rows).iter().filter_map(|row| engine.rule(row)) {
            let (id, article, label) = (&rule.id, escape(&rule.article), escape(&rule.label));
            self.add(format_args!(
                "<tr id=\"regel-{id}\"><th scope=\"row\">{id}</th><td>{article} {}</td><td>{}</td><td>{label}</td></tr>\n",
                escape(&rule.title),
                escape(&rule.ground)
            ));
        }
        self.html.push_str("</tbody>\n</table>\n</section>\n");
        let facts = RECORDED.iter().map(|fact| (fact.code(), fact.name()));
        self.glossary("feiten", "Bijlage: de feiten", "Wat bij een gegeven kan zijn vastgelegd", facts);
        let categories = Category::ALL.iter().map(|category| (category.code(), category.name()));
        self.glossary("codes", "Bijlage: de categorieën", "Wat elke code betekent", categories);
    }

    fn glossary<'w>(
        &mut self,
        id: &str,
        heading: &str,
        caption: &str,
        words: impl Iterator<Item = (&'w str, &'w str)>,
    ) {
        self.add(format_args!(
            "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{heading}</h2>\n<table>\n<caption>{caption}</caption>\n<thead><tr><th scope=\"col\">Code</th><th scope=\"col\">Betekenis</th></tr></thead>\n<tbody>\n"
        ));
        for (code, name) in words {
            self.add(format_args!("<tr><th scope=\"row\">{code}</th><td>{}</td></tr>\n", escape(name)));
        }
        self.html.push_str("</tbody>\n</table>\n</section>\n");
    }
}
