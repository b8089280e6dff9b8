//! `forestable survival precision`.

use forestable::diag::{Diagnostic, codes};
use forestable::effect::{Limits, SIZE_TOLERANCE, Scale};
use forestable::evidence::{Interval, Level, Printed, Quantity as _, implied_size};
use forestable::report::format::fixed;
use forestable::source::Numbers;
use forestable::survival::{PublishedSurvival, RiskSum, published_precision};
use serde::Serialize;

use super::Common;
use super::answer::{Answer, Grid};
use super::input::{Input, finding};

/// Arguments of `survival precision`.
#[derive(Debug, clap::Args)]
pub struct PrecisionArgs {
    #[command(flatten)]
    pub common: Common,
    /// The scale of the standard errors: log-log, log, plain, logit, arcsine.
    #[arg(long, default_value_t = Scale::Cloglog)]
    scale: Scale,
    /// Greenwood's sum over imputed numbers at risk: steps (as published), telescoped (without loss).
    #[arg(long, default_value_t = RiskSum::Steps)]
    sum: RiskSum,
}

/// The answer, one entry a row in each list.
#[derive(Debug, Serialize)]
pub struct Precision {
    transformed: Vec<Option<f64>>,
    se: Vec<Option<f64>>,
    imputed: Vec<bool>,
}

/// Finds the standard errors.
pub fn answer(table: &Numbers, args: &PrecisionArgs) -> Result<Answer<Precision>, Vec<Diagnostic>> {
    let mut input = Input::new(table);
    let [survival, n] = ["survival", "n"].map(|name| input.numbers(name));
    let [lower, upper, at_risk, events, proportion] =
        ["ci_lower", "ci_upper", "at_risk", "events", "event_proportion"].map(|name| input.optional(name));
    let rows = survival.iter().zip(&n).enumerate().map(|(row, (&survival, &n))| PublishedSurvival {
        survival,
        ci: lower[row].zip(upper[row]).map(|(lower, upper)| Limits { lower, upper }),
        n,
        at_risk: at_risk[row],
        event_proportion: proportion[row].or_else(|| events[row].map(|events| events / n)),
    });
    let rows: Vec<PublishedSurvival> = rows.collect();
    for (row, published) in rows.iter().enumerate() {
        let impossible = impossible_size(table, row, published.n, args.common.level);
        impossible.into_iter().for_each(|fault| input.fault(fault));
    }
    let rows = input.sound(rows)?;
    let found =
        published_precision(&rows, args.scale, args.sum, args.common.level).map_err(|error| finding(table, &error))?;
    let shown = |value: Option<f64>| value.map_or("–".to_owned(), |value| fixed(value, 4));
    let grid = Grid {
        header: vec!["Survival", "Transformed", "SE", "From"],
        rows: rows
            .iter()
            .zip(&found)
            .map(|(row, found)| {
                let from = match (found.se, found.imputed) {
                    (None, _) => "–",
                    (_, true) => "imputed",
                    (_, false) => "interval",
                };
                vec![shown(Some(row.survival)), shown(found.transformed), shown(found.se), from.to_owned()]
            })
            .collect(),
        notes: vec![format!("On the scale {}", args.scale)],
    };
    let object = Precision {
        transformed: found.iter().map(|row| row.transformed).collect(),
        se: found.iter().map(|row| row.se).collect(),
        imputed: found.iter().map(|row| row.imputed).collect(),
    };
    Ok(Answer { object, grid })
}

/// Returns the finding of an interval that takes more patients than there are, rounding allowed for.
fn impossible_size(table: &Numbers, row: usize, n: f64, level: Level) -> Option<Diagnostic> {
    let printed = |name: &str| Printed::parse(table.column(name)?.texts().nth(row)?).ok();
    let ci = Interval { lower: printed("ci_lower")?, upper: printed("ci_upper")?, level, scale: None };
    let estimate = printed("survival")?;
    // An interval that does not hold its estimate has another fault.
    let size =
        implied_size(estimate, &ci).filter(|_| ci.lower.value <= estimate.value && estimate.value <= ci.upper.value)?;
    (size > n * SIZE_TOLERANCE).then(|| {
        let place = table.column("ci_lower").map_or_else(|| table.row_place(row), |column| column.place(row));
        Diagnostic::new(codes::IMPLIED_SIZE, place, format!("this interval takes about {} patients", fixed(size, 0)))
            .expected(format!("no more than the {n} there are"))
            .help("check the interval and `n` in the source, or leave the interval out")
    })
}
