//! How figures look, as `review.yaml` words it: defaults, and what a figure says of its own.

use super::super::figure_plan::{Benchmark, ColumnChoice, FOREST_COLUMNS, Looks};
use super::Planner;
use crate::diag::{At, Diagnostic, Path, codes, field, nearest, one_of};
use crate::evidence::{Proportion, words};
use crate::source::raw::{Id, OneOr, RawBenchmark, RawFigureColumn, RawLooks, Share};

impl Planner<'_> {
    /// Returns the looks that are said at `path`, the rest taken from `defaults`.
    pub(super) fn looks(&mut self, raw: RawLooks<'_>, path: &Path<'_>, defaults: &Looks) -> Looks {
        let columns = At { value: raw.columns, path: path.key("columns") };
        let dpi = At { value: raw.dpi, path: path.key("dpi") }.present();
        let benchmark = At { value: raw.benchmark, path: path.key("benchmark") }.present();
        Looks {
            layout: self.word(At { value: raw.layout, path: path.key("layout") }).unwrap_or(defaults.layout),
            width: self.word(At { value: raw.width, path: path.key("width") }).unwrap_or(defaults.width),
            resolution: dpi.and_then(|at| self.name(at.map(|dpi| &**dpi))).unwrap_or(defaults.resolution),
            lettering: self
                .word(At { value: raw.lettering, path: path.key("lettering") })
                .unwrap_or(defaults.lettering),
            columns: match raw.columns {
                Some(_) => columns.items().map(|column| self.column(column)).collect(),
                None => defaults.columns.clone(),
            },
            scale: self.word(At { value: raw.scale, path: path.key("scale") }).unwrap_or(defaults.scale),
            axis: self.axis(At { value: raw.axis, path: path.key("axis") }).or(defaults.axis),
            benchmark: benchmark.and_then(|at| self.benchmark(at)).or_else(|| defaults.benchmark.clone()),
            labels: {
                // A figure's own words stand before those for all.
                let own = raw.labels.iter().flat_map(|labels| &labels.0);
                let own: Vec<_> = own.map(|(phrase, words)| (phrase.clone(), words.to_string())).collect();
                let others = defaults.labels.iter().filter(|(phrase, _)| own.iter().all(|(other, _)| other != phrase));
                own.iter().chain(others).cloned().collect()
            },
        }
    }

    fn column(&mut self, at: At<'_, OneOr<Id, RawFigureColumn>>) -> ColumnChoice {
        match at.value {
            OneOr::One(id) => {
                let column = self.column_id(At { value: &**id, path: at.path });
                ColumnChoice { column, header: None, spanner: None }
            }
            OneOr::Other(record) => {
                let at = At { value: record, path: at.path };
                let id = field!(at.column);
                ColumnChoice {
                    column: id.present().map(|id| self.column_id(id.map(|id| &**id))).unwrap_or_default(),
                    header: words(&record.header),
                    spanner: words(&record.spanner),
                }
            }
        }
    }

    fn column_id(&mut self, at: At<'_, str>) -> String {
        if !FOREST_COLUMNS.contains(&at.value) {
            let finding =
                Diagnostic::new(codes::UNKNOWN_WORD, at.path.place(), format!("unknown column `{}`", at.value));
            let help = nearest(at.value, FOREST_COLUMNS).map(|column| format!("write `{column}`"));
            let help = help.unwrap_or_else(|| "take one of these".to_owned());
            self.lower.report(finding.expected(one_of(FOREST_COLUMNS)).help(help));
        }
        at.value.to_owned()
    }

    fn axis(&mut self, at: At<'_, Option<[Share; 2]>>) -> Option<(f64, f64)> {
        let (from, to): (Proportion, Proportion) = self.lower.pair(at)?;
        self.in_order(from, to, &at.path)
    }

    fn benchmark(&mut self, at: At<'_, RawBenchmark>) -> Option<Benchmark> {
        let ends = field!(at.at);
        let ends: Vec<Proportion> =
            ends.each().into_iter().filter_map(|end| self.lower.parse(end.map(|end| &**end))).collect();
        let (from, to) = match ends.as_slice() {
            [only] => (only.0, only.0),
            [from, to] => self.in_order(*from, *to, &at.path.key("at"))?,
            several => {
                let message = format!("a benchmark has one value or two, here are {}", several.len());
                let finding = Diagnostic::new(codes::WRONG_KIND, at.path.key("at").place(), message);
                self.lower.report(finding.help("write `at: 85%` or `at: [80%, 90%]`"));
                return None;
            }
        };
        Some(Benchmark { from, to, label: words(&at.value.label).unwrap_or_default() })
    }

    fn in_order(&mut self, from: Proportion, to: Proportion, path: &Path<'_>) -> Option<(f64, f64)> {
        if from.0 < to.0 {
            return Some((from.0, to.0));
        }
        let finding = Diagnostic::new(codes::REVERSED_INTERVAL, path.place(), "the lower end is not below the upper");
        self.lower.report(finding.expected("the lower end first").help("swap them"));
        None
    }
}
