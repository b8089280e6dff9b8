//! A pool that has no answer, as a finding with a next step.

use forestable::diag::{Diagnostic, codes};
use forestable::model::FitError;
use forestable::source::Numbers;

use super::studies::Studies;

/// Turns a failed fit into a finding, at the study or the moderator where it is one's.
pub fn no_fit(table: &Numbers, studies: &Studies, error: &FitError) -> Diagnostic {
    let at = |place| Diagnostic::new(codes::NO_FIT, place, error.to_string());
    let (finding, help) = match error {
        FitError::Effect { index, .. } | FitError::Variance { index, .. } | FitError::Counts { index, .. } => {
            (at(table.row_place(*index)), None)
        }
        FitError::Covariance { index, .. } => {
            let place = table.column("v12i").map_or_else(|| table.row_place(*index), |column| column.place(*index));
            (at(place), Some("a covariance is at most the product of both standard errors"))
        }
        FitError::NeedsLikelihood(_) => (at(table.place()), Some("give `--tau2 REML` or `--tau2 ML`")),
        FitError::SingularDesign { column } => {
            let name = studies.moderators.design.names().nth(column + 1).unwrap_or_default();
            let place = table.column(name).map_or(table.place(), |column| table.place().key(column.name()));
            let message = format!("the moderator `{name}` is constant, or follows from those before it");
            (Diagnostic::new(codes::NO_FIT, place, message), Some("leave it out"))
        }
        FitError::TooFewStudies { .. } if studies.moderators.design.names().nth(1).is_some() => {
            let message = format!("a regression with these moderators needs more studies: {error}");
            (Diagnostic::new(codes::NO_FIT, table.place(), message), Some("take fewer moderators"))
        }
        FitError::NeedsReml(_) => {
            (at(table.place()), Some("give `--tau2 REML`, or another `--interval` or `--prediction`"))
        }
        FitError::IntervalForModel(..) => {
            (at(table.place()), Some("give another `--interval`, such as HKSJ or classic"))
        }
        FitError::Prediction(_) => (at(table.place()), Some("give another `--prediction`, such as V")),
        FitError::MeasureForModel(..) => (at(table.place()), Some("give another `--measure` or `--model`")),
        FitError::ImproperPosterior => (at(table.place()), Some("give `--tau-prior half-normal:0.5`")),
        FitError::NoConvergence { .. } => (at(table.place()), Some("give another `--tau2`, such as PM or DL")),
        FitError::NoMaximum { .. } | FitError::AllOrNone | FitError::InfiniteRatio => {
            (at(table.place()), Some("give another `--model`, such as random"))
        }
        _ => (at(table.place()), None),
    };
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}
