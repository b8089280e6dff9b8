//! The functions and filters that a manuscript can use.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tera::{Kwargs, State, Tera, TeraResult, Value};

use super::tokens::Token;
use crate::diag::{Code, codes, nearest, one_of};
use crate::report::manuscript::{Fact, Facts, Phrases, counted_word, opening_word, slug};

/// What is wrong with a name, to be shown at the tag that has it.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub code: Code,
    pub message: String,
    pub expected: String,
    pub help: Option<String>,
}

/// Everything that the functions look up.
#[derive(Debug)]
pub(super) struct Names {
    pub facts: BTreeMap<String, Fact>,
    pub analyses: Vec<String>,
    pub tables: Vec<String>,
    pub figures: Vec<String>,
    pub works: Vec<String>,
    pub phrases: Phrases,
    fault: Mutex<Option<Fault>>,
}

impl Names {
    pub fn new(facts: &Facts, lists: [Vec<String>; 4], phrases: Phrases) -> Self {
        let [analyses, tables, figures, works] = lists;
        let facts = facts.iter().map(|(id, named)| (id.clone(), named.fact.clone())).collect();
        Self { facts, analyses, tables, figures, works, phrases, fault: Mutex::new(None) }
    }

    /// Returns what the last refused name was refused for.
    pub fn take_fault(&self) -> Option<Fault> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn refuse(&self, fault: Fault) -> tera::Error {
        let message = fault.message.clone();
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
        tera::Error::message(message)
    }

    fn unknown<'a>(&self, what: &str, id: &str, known: impl IntoIterator<Item = &'a str>) -> tera::Error {
        let known: Vec<&str> = known.into_iter().collect();
        let meant = nearest(id, known.iter().copied());
        self.refuse(Fault {
            code: codes::UNKNOWN_NAME,
            message: format!("the review has no {what} `{id}`"),
            expected: one_of(&known),
            help: Some(meant.map_or_else(
                || "name one that the review has, or take this passage out".to_owned(),
                |meant| format!("write `{meant}`"),
            )),
        })
    }

    /// Returns a fact, or the field of it that is asked for.
    ///
    /// A field that this fact does not have, such as the estimate of a pool without series, is undefined: a condition may
    /// ask for it, and to print it is a fault.
    fn give(&self, fact: &Fact, kwargs: &Kwargs) -> TeraResult<Value> {
        self.take_fault();
        let value = Value::try_from_serializable(fact)?;
        let Some(field) = kwargs.get::<&str>("field")? else { return Ok(value) };
        if let Some(found) = value.get_from_path(field) {
            return Ok(found.clone());
        }
        let fields: Vec<&str> = value.as_map().into_iter().flatten().filter_map(|(key, _)| key.as_str()).collect();
        let known: Vec<&str> = fields.iter().copied().filter(|name| !matches!(*name, "kind" | "survival")).collect();
        let error = self.refuse(Fault {
            code: codes::BAD_WEAVE,
            message: format!("`{}` has no `{field}`", fact.id()),
            expected: one_of(&known),
            help: nearest(field, known.iter().copied()).map(|meant| format!("write `{meant}`")),
        });
        if OPTIONAL.contains(&field) { Ok(Value::undefined()) } else { Err(error) }
    }

    fn fact(&self, what: &str, id: &str, full: &str, known: &[String], kwargs: &Kwargs) -> TeraResult<Value> {
        match self.facts.get(full) {
            Some(fact) => self.give(fact, kwargs),
            None => Err(self.unknown(what, id, known.iter().map(String::as_str))),
        }
    }

    fn studies(&self) -> Vec<String> {
        let studies = self.facts.values().filter_map(|fact| match fact {
            Fact::Study(study) => Some(study.id.clone()),
            _ => None,
        });
        studies.collect()
    }

    /// Returns what follows an analysis in the ids of facts: `@prospective`, `~logit-scale`, nothing.
    fn part(&self, analysis: &str, kwargs: &Kwargs) -> TeraResult<String> {
        let parts = |mark: char| -> Vec<&str> {
            let ids = self.facts.keys().filter_map(move |id| id.strip_prefix(analysis)?.strip_prefix(mark));
            ids.filter(|id| !id.contains('.')).collect()
        };
        for (name, mark) in [("group", '@'), ("variant", '~')] {
            if let Some(wanted) = kwargs.get::<&str>(name)? {
                let slug = slug(wanted);
                if !parts(mark).contains(&slug.as_str()) {
                    return Err(self.unknown(&format!("{name} of `{analysis}` called"), wanted, parts(mark)));
                }
                return Ok(format!("{mark}{slug}"));
            }
        }
        Ok(String::new())
    }

    /// Returns a fact about an analysis or a part of it.
    fn of_analysis(&self, kwargs: &Kwargs, field: &str) -> TeraResult<Value> {
        let id: &str = kwargs.must_get("id")?;
        if !self.analyses.iter().any(|known| known == id) {
            return Err(self.unknown("analysis", id, self.analyses.iter().map(String::as_str)));
        }
        let full = format!("{id}{}{field}", self.part(id, kwargs)?);
        match self.facts.get(&full) {
            Some(fact) => self.give(fact, kwargs),
            None => Err(self.refuse(Fault {
                code: codes::BAD_WEAVE,
                message: format!("there is no `{full}`"),
                expected: "an analysis with a series, for a difference one in each group".to_owned(),
                help: Some("let `pool(…) | sentence` say that there is none".to_owned()),
            })),
        }
    }
}

/// Fields that a fact may lack.
const OPTIONAL: [&str; 20] = [
    "above",
    "certainty",
    "smallest",
    "largest",
    "computed",
    "doi",
    "estimate",
    "events",
    "follow_up",
    "group",
    "i2",
    "journal",
    "lesions",
    "lower",
    "p",
    "patients",
    "prediction",
    "tau2",
    "upper",
    "variant",
];

/// Gives the engine every function and filter.
pub(super) fn register(engine: &mut Tera, names: &Arc<Names>) {
    for (function, field) in [
        ("pool", ""),
        ("difference", ".difference"),
        ("range", ".range"),
        ("reported", ".reported"),
        ("sensitivity", ".sensitivity"),
    ] {
        let names = Arc::clone(names);
        engine.register_function(function, move |kwargs: Kwargs, _: &State| names.of_analysis(&kwargs, field));
    }
    let known = Arc::clone(names);
    engine.register_function("result", move |kwargs: Kwargs, _: &State| -> TeraResult<Value> {
        let id: &str = kwargs.must_get("id")?;
        match kwargs.get::<&str>("study")? {
            Some(study) => {
                let prefix = format!("{id}:");
                let inside = known.facts.keys().filter_map(|full| full.strip_prefix(&prefix)).map(str::to_owned);
                known.fact(
                    &format!("study in `{id}` called"),
                    study,
                    &format!("{id}:{study}"),
                    &inside.collect::<Vec<_>>(),
                    &kwargs,
                )
            }
            None => {
                let all: Vec<String> = known.facts.keys().filter(|id| id.contains(['/', ':'])).cloned().collect();
                known.fact("figure", id, id, &all, &kwargs)
            }
        }
    });
    let known = Arc::clone(names);
    engine.register_function("study", move |kwargs: Kwargs, _: &State| -> TeraResult<Value> {
        let id: &str = kwargs.must_get("id")?;
        match known.facts.get(id) {
            Some(Fact::Study(study)) => {
                let mut study = study.clone();
                study.cite = Token::Cite(study.id.clone()).to_string();
                let cite = kwargs.get::<&str>("field")? == Some("cite");
                let value = known.give(&Fact::Study(study), &kwargs)?;
                Ok(if cite { value.mark_safe() } else { value })
            }
            _ => Err(known.unknown("study", id, known.studies().iter().map(String::as_str))),
        }
    });
    let known = Arc::clone(names);
    engine.register_function("count", move |kwargs: Kwargs, _: &State| -> TeraResult<Value> {
        let id: &str = kwargs.must_get("id")?;
        let group = kwargs.get::<&str>("group")?.map(|group| format!("@{group}")).unwrap_or_default();
        let all = ["studies", "patients", "lesions"].map(str::to_owned);
        known.fact("count of", &format!("{id}{group}"), &format!("{id}{group}"), &all, &kwargs)
    });
    let known = Arc::clone(names);
    engine.register_function("cite", move |kwargs: Kwargs, _: &State| -> TeraResult<Value> {
        let ids: &str = kwargs.must_get("id")?;
        let mut marks = String::new();
        for id in ids.split([',', ' ', ';']).filter(|id| !id.is_empty()) {
            if !known.works.iter().any(|work| work == id) {
                return Err(known.unknown("reference", id, known.works.iter().map(String::as_str)));
            }
            marks.push_str(&Token::Cite(id.to_owned()).to_string());
        }
        Ok(Value::safe_string(&marks))
    });
    for (function, lists) in [("table", false), ("figure", true)] {
        let known = Arc::clone(names);
        engine.register_function(function, move |kwargs: Kwargs, _: &State| -> TeraResult<Value> {
            let id: &str = kwargs.must_get("id")?;
            let ids = if lists { &known.figures } else { &known.tables };
            if !ids.iter().any(|known| known == id) {
                return Err(known.unknown(function, id, ids.iter().map(String::as_str)));
            }
            let supplement = kwargs.get::<bool>("supplement")?.unwrap_or(false);
            let token = if lists {
                Token::Figure { id: id.to_owned(), supplement }
            } else {
                Token::Table { id: id.to_owned(), supplement }
            };
            Ok(Value::safe_string(&token.to_string()))
        });
    }
    let known = Arc::clone(names);
    engine.register_function("ref", move |kwargs: Kwargs, _: &State| -> TeraResult<Value> {
        let token = match (kwargs.get::<&str>("table")?, kwargs.get::<&str>("figure")?) {
            (Some(id), None) if known.tables.iter().any(|known| known == id) => Token::SeeTable(id.to_owned()),
            (Some(id), None) => return Err(known.unknown("table", id, known.tables.iter().map(String::as_str))),
            (None, Some(id)) if known.figures.iter().any(|known| known == id) => Token::SeeFigure(id.to_owned()),
            (None, Some(id)) => return Err(known.unknown("figure", id, known.figures.iter().map(String::as_str))),
            _ => return Err(tera::Error::message("`ref` takes `table=\"…\"` or `figure=\"…\"`")),
        };
        Ok(Value::safe_string(&token.to_string()))
    });
    engine.register_function("references", |_: Kwargs, _: &State| Value::safe_string(&Token::References.to_string()));
    filters(engine, names.phrases);
}

fn filters(engine: &mut Tera, phrases: Phrases) {
    let with = move |kwargs: &Kwargs| -> TeraResult<Phrases> {
        let digits = kwargs.get::<usize>("digits")?.unwrap_or(phrases.digits).min(9);
        let style = match kwargs.get::<&str>("style")? {
            Some(style) => style.parse().map_err(tera::Error::message)?,
            None => phrases.style,
        };
        Ok(Phrases { style, digits, ..phrases })
    };
    engine.register_filter("percent", move |value: f64, kwargs: Kwargs, _: &State| -> TeraResult<String> {
        Ok(with(&kwargs)?.percent(value))
    });
    engine.register_filter("number", move |value: f64, kwargs: Kwargs, _: &State| -> TeraResult<String> {
        Ok(with(&kwargs)?.number(value))
    });
    engine.register_filter("p", move |value: f64, kwargs: Kwargs, _: &State| -> TeraResult<String> {
        Ok(with(&kwargs)?.p(value))
    });
    engine.register_filter("words", |value: u64, _: Kwargs, _: &State| counted_word(value));
    engine.register_filter("opening", |value: u64, _: Kwargs, _: &State| opening_word(value));
    engine.register_filter("heterogeneity", move |value: Value, kwargs: Kwargs, _: &State| -> TeraResult<Value> {
        let Fact::Pool(pool) = fact(&value)? else { return Err(tera::Error::message("`heterogeneity` takes a pool")) };
        let text = with(&kwargs)?.heterogeneity(&pool);
        text.map(|text| Value::normal_string(&text))
            .ok_or_else(|| tera::Error::message("nothing was pooled: one series has no heterogeneity"))
    });
    engine.register_filter("interval", move |value: Value, kwargs: Kwargs, _: &State| -> TeraResult<String> {
        let phrases = with(&kwargs)?;
        let (level, ends) = match fact(&value)? {
            Fact::Pool(pool) => (pool.level, pool.lower.zip(pool.upper)),
            Fact::Result(result) => (result.level, result.lower.zip(result.upper)),
            Fact::Range(spread) => return Ok(phrases.range(spread.lower, spread.upper)),
            _ => return Err(tera::Error::message("`interval` takes a pool, a result or a range")),
        };
        let (lower, upper) = ends.ok_or_else(|| tera::Error::message("it has no interval"))?;
        Ok(phrases.interval(level, lower, upper))
    });
    engine.register_filter("text", move |value: Value, kwargs: Kwargs, _: &State| -> TeraResult<Value> {
        let text = with(&kwargs)?.short(&fact(&value)?);
        text.map(|text| Value::normal_string(&text))
            .ok_or_else(|| tera::Error::message("there is no figure: no series reports it; `sentence` says so"))
    });
    engine.register_filter("sentence", move |value: Value, kwargs: Kwargs, _: &State| -> TeraResult<String> {
        let sentence = with(&kwargs)?.sentence(&fact(&value)?);
        sentence.ok_or_else(|| tera::Error::message("`sentence` takes a pool, a difference, a range or a share"))
    });
}

/// Returns the fact that a function gave.
fn fact(value: &Value) -> TeraResult<Fact> {
    serde_json::to_value(value).and_then(serde_json::from_value).map_err(|_| {
        tera::Error::message("this filter takes what `pool(…)`, `difference(…)`, `range(…)` or `result(…)` gives")
    })
}
