//! Five effects with their sampling variances, pooled: `cargo run --example pool`.

use forestable::model::{Estimate, FitError, Spec, fit};

fn main() -> Result<(), FitError> {
    let study = |yi, vi| Estimate { yi, vi };
    let studies = [study(-0.89, 0.33), study(-1.59, 0.19), study(-1.35, 0.42), study(-1.44, 0.02), study(-0.22, 0.05)];
    let pool = fit(&studies, &Spec::default())?;
    println!("{:.2} ({:.2} to {:.2}), τ² {:.2}", pool.estimate, pool.ci_lower, pool.ci_upper, pool.tau2);
    Ok(())
}
