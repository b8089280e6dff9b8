//! The PRISMA 2020 flow: counts are understood, completed and held against each other.

use super::Lower;
use crate::diag::{At, Diagnostic, Path, Place, codes, field};
use crate::evidence::flow::total;
use crate::evidence::{Flow, Included, OtherFlow, ReportFlow};
use crate::source::raw::{Count, Map, RawFlow, RawIncluded, RawOtherFlow};

/// A count that something is taken from, and what it counts.
struct Stock {
    count: u64,
    name: &'static str,
}

/// A count that may be given, and what it counts.
type Given<'a> = (&'static str, At<'a, Option<Count>>);

impl Lower<'_> {
    /// Returns the flow, complete, after reporting every count that contradicts the others.
    pub(super) fn flow(&mut self, at: At<'_, RawFlow>) -> Option<Flow> {
        let (identified, removed) = (self.counts(field!(at.identified)), self.counts(field!(at.removed)));
        let found = Stock { count: total(&identified), name: "identified" };
        let out = ("removed", Some((total(&removed), at.path.key("removed").place())));
        let (_, screened) = self.split(&found, out, ("screened", field!(at.screened)));
        let screened = Stock { count: screened, name: "screened" };
        let out = self.given(("excluded", field!(at.excluded)));
        let (excluded, sought) = self.split(&screened, out, ("sought", field!(at.sought)));
        let reports = self.reports(
            sought,
            ("not_retrieved", field!(at.not_retrieved)),
            ("assessed", field!(at.assessed)),
            field!(at.reasons),
        );
        let other = field!(at.other).present().map(|other| self.other_flow(other));
        let previous = field!(at.previous).present().and_then(|previous| self.included(previous));
        let now = field!(at.included).present()?;
        let included = self.included(now)?;
        let flow = Flow { identified, removed, screened: screened.count, excluded, reports, other, previous, included };
        self.check_included(&flow, &now.path);
        Some(flow)
    }

    fn other_flow(&mut self, at: At<'_, RawOtherFlow>) -> OtherFlow {
        let identified = self.counts(field!(at.identified));
        let found = Stock { count: total(&identified), name: "identified" };
        let (_, sought) = self.split(&found, ("removed", None), ("sought", field!(at.sought)));
        let reports = self.reports(
            sought,
            ("not_retrieved", field!(at.not_retrieved)),
            ("assessed", field!(at.assessed)),
            field!(at.reasons),
        );
        OtherFlow { identified, reports }
    }

    fn reports(
        &mut self,
        sought: u64,
        not_retrieved: Given<'_>,
        assessed: Given<'_>,
        reasons: At<'_, Option<Map<Count>>>,
    ) -> ReportFlow {
        let out = self.given(not_retrieved);
        let (not_retrieved, assessed) = self.split(&Stock { count: sought, name: "sought" }, out, assessed);
        let place = reasons.path.place();
        let reasons = self.counts(reasons);
        if total(&reasons) > assessed {
            self.imbalance(place, format!("{} reports are excluded of {assessed} assessed", total(&reasons)));
        }
        ReportFlow { sought, not_retrieved, assessed, reasons }
    }

    fn included(&mut self, at: At<'_, RawIncluded>) -> Option<Included> {
        let (studies, reports) = (self.read(field!(at.studies))?, self.read(field!(at.reports))?);
        if studies > reports {
            self.imbalance(
                at.path.key("reports").place(),
                format!("{reports} reports cannot tell of {studies} studies"),
            );
        }
        Some(Included { studies, reports })
    }

    /// Holds what is included against what was found eligible, and against the study files.
    fn check_included(&mut self, flow: &Flow, path: &Path<'_>) {
        let before = flow.previous.map_or(0, |previous| previous.reports);
        let other = flow.other.as_ref().map_or(0, |other| other.reports.eligible());
        let eligible = [before, flow.reports.eligible(), other].into_iter().fold(0, u64::saturating_add);
        if eligible != flow.included.reports {
            let message = format!("{} reports are included, {eligible} were found eligible", flow.included.reports);
            self.imbalance(path.key("reports").place(), message);
        }
        let files = self.studies.len() as u64;
        if files != flow.included.studies {
            let message = format!("{} studies are included, `studies/` has {files}", flow.included.studies);
            let finding = Diagnostic::new(codes::FLOW_BEHIND, path.key("studies").place(), message);
            let finding = finding.expected(format!("{files}, as many as there are files"));
            self.report(finding.help("count the new study where it was found, and under `included`"));
        }
    }

    /// Returns the counts under their names.
    fn counts(&mut self, at: At<'_, Option<Map<Count>>>) -> Vec<(String, u64)> {
        let entries = at.entries();
        entries.filter_map(|(name, at)| Some((name.to_owned(), self.parse(at.map(|count| &**count))?))).collect()
    }

    fn given(&mut self, (name, at): Given<'_>) -> (&'static str, Option<(u64, Place)>) {
        let place = at.path.place();
        (name, self.read(at).map(|count| (count, place)))
    }

    /// Returns how many of `from` go out and how many stay, each from the other where it is not given.
    fn split(
        &mut self,
        from: &Stock,
        (out_name, out): (&'static str, Option<(u64, Place)>),
        (left_name, left): Given<'_>,
    ) -> (u64, u64) {
        let place = left.path.place();
        let left: Option<u64> = self.read(left);
        let whole = from.count;
        match (out, left) {
            (None, None) => (0, whole),
            (None, Some(left)) if left <= whole => (whole - left, left),
            (None, Some(left)) => {
                self.imbalance(place, format!("{left} are {left_name} of {whole} {}", from.name));
                (0, left)
            }
            (Some((out, at)), None) => {
                if out > whole {
                    self.imbalance(at, format!("{out} are {out_name} of {whole} {}", from.name));
                }
                (out, whole.saturating_sub(out))
            }
            (Some((out, at)), Some(left)) => {
                if out.checked_add(left) != Some(whole) {
                    let message = format!("{whole} {} less {out} {out_name} are not {left} {left_name}", from.name);
                    let finding = Diagnostic::new(codes::FLOW, place, message.replace('_', " "));
                    let finding = finding.against(at, out_name.replace('_', " "));
                    self.report(finding.help("correct the one that is wrong, or leave one out: it is then counted"));
                }
                (out, left)
            }
        }
    }

    fn imbalance(&mut self, place: Place, message: String) {
        let finding = Diagnostic::new(codes::FLOW, place, message.replace('_', " "));
        self.report(finding.help("correct the one that is wrong"));
    }
}
