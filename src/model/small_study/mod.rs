//! Do small studies say something else than large ones? Tests for funnel asymmetry and models of selection.
//!
//! All of them have little power below ten studies: [`TOO_FEW`] says so beside every answer.

mod begg;
mod egger;
mod excess_significance;
mod fail_safe;
mod henmi_copas;
mod pet_peese;
mod selection;
mod trim_and_fill;

pub use begg::{RankCorrelation, begg};
pub use egger::{Asymmetry, Predictor, RegressionTest, asymmetry};
pub use excess_significance::{ExcessSignificance, excess_significance};
pub use fail_safe::{FailSafe, fail_safe, fail_safe_effect, fail_safe_weighted};
pub use henmi_copas::{HenmiCopas, henmi_copas};
pub use pet_peese::{PetPeese, pet_peese};
pub use selection::{Direction, Selection, selection, selection_toward};
pub use trim_and_fill::{FillEstimator, Side, TrimAndFill, trim_and_fill};

/// Below this many studies the tests have little power.
pub const ENOUGH: usize = 10;

/// Why an answer from few studies is no answer.
pub const TOO_FEW: &str = "with fewer than 10 studies these tests have too little power to tell chance from real asymmetry \
                           (Sterne et al. 2011, doi:10.1136/bmj.d4002)";
