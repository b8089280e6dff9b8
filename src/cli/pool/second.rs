//! A second outcome of the same studies: `y2i`, `v2i`, and `v12i`, the covariance of its error with the first one's.

use forestable::diag::{Diagnostic, codes};
use forestable::model::{Estimate, PairedEffects};
use forestable::source::{Column, Numbers};

/// Returns both outcomes of each study; one without the second leaves both cells empty.
pub fn read(table: &Numbers, first: &[Estimate]) -> Result<Vec<PairedEffects>, Vec<Diagnostic>> {
    let [yi, vi, covariance] = ["y2i", "v2i", "v12i"].map(|name| table.required(name));
    let (yi, vi, covariance) = match (yi, vi, covariance) {
        (Ok(yi), Ok(vi), Ok(covariance)) => (yi, vi, covariance),
        missing => return Err([missing.0.err(), missing.1.err(), missing.2.err()].into_iter().flatten().collect()),
    };
    let (pairs, faults): (Vec<_>, Vec<_>) =
        first.iter().enumerate().map(|(row, &first)| pair(first, [yi, vi, covariance], row)).partition(Result::is_ok);
    if faults.is_empty() {
        Ok(pairs.into_iter().flatten().collect())
    } else {
        Err(faults.into_iter().filter_map(Result::err).collect())
    }
}

fn pair(first: Estimate, [yi, vi, covariance]: [Column<'_>; 3], row: usize) -> Result<PairedEffects, Diagnostic> {
    if [yi, vi].iter().all(|column| column.text(row).is_empty()) {
        return Ok(PairedEffects { first: Some(first), second: None, covariance: 0.0 });
    }
    let second = Estimate { yi: yi.number(row)?, vi: vi.number(row)? };
    if second.vi <= 0.0 {
        let message = format!("`v2i` is {}, expected a number above 0", second.vi);
        return Err(Diagnostic::new(codes::BAD_NUMBER, vi.place(row), message).help("correct it, or take the row out"));
    }
    Ok(PairedEffects { first: Some(first), second: Some(second), covariance: covariance.number(row)? })
}
