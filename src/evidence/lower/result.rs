//! A published result and a comparison: which kind it is, and its figures.

use super::study::Ids;
use super::{Lower, words};
use crate::diag::{At, Diagnostic, codes, field};
use crate::evidence::{
    Arms, Comparison, Contrast, Count, Interval, Level, Mean, Median, OutcomeKind, Published, Reported, ResultEntry,
    Spread, Survival, TimePoint, TimeUnit,
};
use crate::source::raw::{End, Map, OneOr, RawComparison, RawResult};

/// The kinds of result: the field that makes it one, and the fields that belong to it.
const KINDS: [(&str, &[&str]); 5] = [
    ("estimate", &["at", "ci", "level", "ci_scale", "se", "at_risk", "events", "censored", "of"]),
    ("median", &["ci", "level", "range", "iqr"]),
    ("curve", &["time_unit", "at_risk", "total_events"]),
    ("mean", &["sd"]),
    ("events", &["of", "grade", "phase", "event", "at"]),
];

impl Lower<'_> {
    pub(super) fn result(&mut self, at: At<'_, RawResult>, ids: &Ids<'_>) -> Option<ResultEntry> {
        let raw = at.value;
        let outcome = self.outcome(field!(at.outcome));
        let variant = self.variant(field!(at.variant), outcome.as_deref());
        let n = self.read(field!(at.n));
        let source = self.known(field!(at.source), codes::UNKNOWN_SOURCE, ids.sources.iter().copied());
        let published = self.published(at, outcome.as_deref())?;
        let of = match &published {
            Published::Survival(_) => self.read(field!(at.of)),
            _ => None,
        };
        Some(ResultEntry {
            outcome: outcome?,
            variant,
            unit: raw.unit.unwrap_or_default(),
            method: raw.method,
            n: n.or(of),
            status: raw.status,
            source,
            quote: words(&raw.quote),
            page: words(&raw.page),
            note: words(&raw.note),
            derived: raw.derived.unwrap_or(false),
            published,
            place: at.path.place(),
        })
    }

    fn published(&mut self, at: At<'_, RawResult>, outcome: Option<&str>) -> Option<Published> {
        let written = written(at.value);
        let kinds: Vec<_> = KINDS.iter().filter(|(mark, _)| written.contains(mark)).collect();
        // `events` beside an estimate are the events up to its time.
        let (mark, own) = match kinds.as_slice() {
            [kind] | [kind @ ("estimate", _), ("events", _)] => **kind,
            [] => {
                if self.complete {
                    self.refuse(
                        at.path,
                        "this result has no figure".to_owned(),
                        "`estimate`, `events` and `of`, `median`, `curve` or `mean`",
                        "add the figure, or `estimate: not reported`",
                    );
                }
                return None;
            }
            [(first, _), (second, _), ..] => {
                let finding = Diagnostic::new(
                    codes::RESULT_KIND,
                    at.path.key(second).place().as_key(),
                    format!("one result has both `{first}` and `{second}`"),
                );
                let first = at.path.key(first).place().as_key();
                self.report(finding.against(first, "and this").help("make two results of it"));
                return None;
            }
        };
        let foreign = KINDS
            .iter()
            .flat_map(|(_, fields)| fields.iter())
            .find(|field| written.contains(field) && !own.contains(field) && **field != "events");
        if let Some(field) = foreign {
            let place = at.path.key(field).place().as_key();
            let message = format!("`{field}` does not belong to a result with `{mark}`");
            let own: Vec<_> = own.iter().copied().filter(|field| *field != mark).collect();
            self.report(
                Diagnostic::new(codes::RESULT_KIND, place, message)
                    .expected(crate::diag::one_of(own))
                    .help("remove it, or make two results of it"),
            );
        }
        match mark {
            "estimate" => self.survival(at, outcome).map(Published::Survival),
            "median" => self.median(at).map(Published::Median),
            "curve" => self.curve(at).map(Published::Curve),
            "mean" => self.mean(at).map(Published::Mean),
            _ => self.count(at).map(Published::Count),
        }
    }

    fn survival(&mut self, at: At<'_, RawResult>, outcome: Option<&str>) -> Option<Survival> {
        let counted = self
            .protocol
            .and_then(|protocol| protocol.outcome(outcome?))
            .is_some_and(|outcome| outcome.kind == OutcomeKind::Proportion);
        if at.value.at.is_none() && !counted && self.complete {
            self.refuse(
                at.path,
                "this estimate has no time".to_owned(),
                "`at`: a time such as `2 years`, `last follow-up` or `not stated`",
                "add `at:`",
            );
        }
        let moment = self.read(field!(at.at)).unwrap_or(TimePoint::NotStated);
        self.same_unit(field!(at.ci));
        let ends = self.pair(field!(at.ci));
        let level = self.read(field!(at.level)).unwrap_or(Level::NINETY_FIVE);
        let events: Option<Reported<u64>> = self.read(field!(at.events));
        Some(Survival {
            at: moment,
            estimate: self.read(field!(at.estimate))?,
            ci: ends.map(|(lower, upper)| Interval { lower, upper, level, scale: at.value.ci_scale }),
            se: self.read(field!(at.se)),
            at_risk: self.single(field!(at.at_risk)),
            events: events.and_then(|events| events.value()),
            censored: self.read(field!(at.censored)),
            digitised: None,
        })
    }

    /// Reports an interval that has a `%` at one end only.
    fn same_unit(&mut self, at: At<'_, Option<[End; 2]>>) {
        let Some([lower, upper]) = at.value else { return };
        if lower.ends_with('%') != upper.ends_with('%') {
            let finding = Diagnostic::new(codes::BAD_PROPORTION, at.path.place(), "one end of the interval has a `%`");
            self.report(finding.expected("the same unit on both sides").help("write both ends with their `%`"));
        }
    }

    fn count(&mut self, at: At<'_, RawResult>) -> Option<Count> {
        let (events, of) = (self.read(field!(at.events)), self.read(field!(at.of)));
        Some(Count {
            grade: self.read(field!(at.grade)),
            phase: at.value.phase,
            event: words(&at.value.event),
            at: self.read(field!(at.at)),
            events: events?,
            of,
        })
    }

    fn median(&mut self, at: At<'_, RawResult>) -> Option<Median> {
        let level = self.read(field!(at.level)).unwrap_or(Level::NINETY_FIVE);
        let confidence = self.pair(field!(at.ci)).map(|(lower, upper)| Spread::Confidence(lower, upper, level));
        let range = self.pair(field!(at.range)).map(|(lower, upper)| Spread::Range(lower, upper));
        let quartiles = self.pair(field!(at.iqr)).map(|(lower, upper)| Spread::Quartiles(lower, upper));
        let unit = at.value.median.as_deref().and_then(TimeUnit::named_in);
        let fraction = at.value.median.as_deref().and_then(|median| median.split_once('.'));
        let decimals = fraction.map_or(0, |(_, digits)| digits.chars().take_while(char::is_ascii_digit).count());
        Some(Median {
            median: self.median_time(field!(at.median))?,
            spread: confidence.or(quartiles).or(range),
            unit: unit.unwrap_or_default(),
            decimals,
        })
    }

    fn mean(&mut self, at: At<'_, RawResult>) -> Option<Mean> {
        let raw = at.value;
        if (raw.sd.is_none() || raw.n.is_none()) && self.complete {
            self.refuse(at.path, "this mean is incomplete".to_owned(), "`mean`, `sd` and `n`", "add what is missing");
        }
        let (mean, sd, n) = (self.read(field!(at.mean)), self.read(field!(at.sd)), self.read(field!(at.n)));
        Some(Mean { mean: mean?, sd: sd?, n: n? })
    }

    /// Returns the count written here, where it is a single one.
    fn single(
        &mut self,
        at: At<'_, Option<OneOr<crate::source::raw::Count, Map<crate::source::raw::Count>>>>,
    ) -> Option<u64> {
        match at.value.as_ref()? {
            OneOr::One(count) => self.parse(At { value: &**count, path: at.path }),
            OneOr::Other(_) => {
                self.refuse(
                    at.path,
                    "numbers at risk by time belong to a curve".to_owned(),
                    "one whole number",
                    "write the number at this time",
                );
                None
            }
        }
    }

    pub(super) fn comparison(&mut self, at: At<'_, RawComparison>, ids: &Ids<'_>) -> Option<Comparison> {
        let raw = at.value;
        let outcome = self.outcome(field!(at.outcome));
        let arms = field!(at.arms);
        let arms = arms.value.as_ref().map(|[experimental, control]| {
            let mut arm = |index, id: &str| {
                let at = At { value: id, path: arms.path.index(index) };
                self.known_id(at, codes::UNKNOWN_COHORT, ids.cohorts.iter().copied())
            };
            Arms { experimental: arm(0, experimental), control: arm(1, control) }
        });
        if let Some(arms) = arms.as_ref().filter(|arms| arms.experimental == arms.control) {
            let message = format!("`{}` is compared with itself", arms.control);
            self.report(
                Diagnostic::new(codes::CIRCULAR, at.path.key("arms").place(), message)
                    .expected("two cohorts, experimental first")
                    .help("name the other arm's cohort"),
            );
        }
        let level = self.read(field!(at.level)).unwrap_or(Level::NINETY_FIVE);
        let ratio = self.within(field!(at.hazard_ratio), "above 0", |ratio| ratio > 0.0);
        let ci = self.pair(field!(at.ci)).map(|(lower, upper)| (lower, upper, level));
        let p = self.within(field!(at.p), "from 0 to 1", |p| (0.0..=1.0).contains(&p));
        let counts = self.pair(field!(at.events)).zip(self.pair(field!(at.of)));
        let complete = (raw.hazard_ratio.is_some() && (raw.ci.is_some() || raw.p.is_some()))
            || (raw.events.is_some() && raw.of.is_some());
        if !complete && self.complete {
            self.refuse(
                at.path,
                "this comparison has no figure".to_owned(),
                "`hazard_ratio` with `ci` or `p`, or `events` and `of`, experimental first",
                "add the figure",
            );
        }
        Some(Comparison {
            variant: self.variant(field!(at.variant), outcome.as_deref()),
            outcome: outcome?,
            at: self.moment(field!(at.at)),
            arms: arms?,
            contrast: match (ratio, counts) {
                (Some(ratio), _) => Contrast::HazardRatio { ratio, ci, p },
                (None, Some((events, of))) => Contrast::Counts { events, of },
                (None, None) => return None,
            },
            status: raw.status,
            source: self.known(field!(at.source), codes::UNKNOWN_SOURCE, ids.sources.iter().copied()),
            quote: words(&raw.quote),
            page: words(&raw.page),
            note: words(&raw.note),
            place: at.path.place(),
        })
    }

    /// Returns the number written here, after reporting it where it is out of range.
    fn within(
        &mut self,
        at: At<'_, Option<crate::source::raw::Number>>,
        range: &str,
        holds: impl Fn(f64) -> bool,
    ) -> Option<f64> {
        let number = self.read(at)?;
        if !holds(number) {
            let finding = Diagnostic::new(codes::BAD_NUMBER, at.path.place(), format!("`{number}` is out of range"));
            self.report(finding.expected(format!("a number {range}")).help("check the source"));
        }
        Some(number)
    }
}

/// Returns the names of the fields by which results differ in kind that are written in this one.
fn written(raw: &RawResult) -> Vec<&'static str> {
    [
        ("estimate", raw.estimate.is_some()),
        ("at", raw.at.is_some()),
        ("ci", raw.ci.is_some()),
        ("level", raw.level.is_some()),
        ("ci_scale", raw.ci_scale.is_some()),
        ("se", raw.se.is_some()),
        ("at_risk", raw.at_risk.is_some()),
        ("events", raw.events.is_some()),
        ("censored", raw.censored.is_some()),
        ("of", raw.of.is_some()),
        ("grade", raw.grade.is_some()),
        ("phase", raw.phase.is_some()),
        ("event", raw.event.is_some()),
        ("median", raw.median.is_some()),
        ("range", raw.range.is_some()),
        ("iqr", raw.iqr.is_some()),
        ("curve", raw.curve.is_some()),
        ("time_unit", raw.time_unit.is_some()),
        ("total_events", raw.total_events.is_some()),
        ("mean", raw.mean.is_some()),
        ("sd", raw.sd.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, present)| present.then_some(name))
    .collect()
}
