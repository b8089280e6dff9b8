//! Elementary functions with the same last digit on every machine (pure Rust, from `libm`).

/// Returns the natural logarithm of `x`; `-inf` at 0, NaN below.
#[must_use]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// Returns the decimal logarithm of `x`; `-inf` at 0, NaN below.
#[must_use]
pub fn log10(x: f64) -> f64 {
    libm::log10(x)
}

/// Returns `ln(1 + x)`, exact for small `x`.
#[must_use]
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// Returns e to the power `x`.
#[must_use]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// Returns `exp(x) − 1`, exact for small `x`.
#[must_use]
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// Returns `x` to the power `y`.
#[must_use]
pub fn powf(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// Returns the sine of `x` radians.
#[must_use]
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Returns the cosine of `x` radians.
#[must_use]
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// Returns the arc sine of `x`, in radians; NaN outside [−1, 1].
#[must_use]
pub fn asin(x: f64) -> f64 {
    libm::asin(x)
}

/// Returns the arc cosine of `x`, in radians; NaN outside [−1, 1].
#[must_use]
pub fn acos(x: f64) -> f64 {
    libm::acos(x)
}

/// Returns the arc tangent of `x`, in radians.
#[must_use]
pub fn atan(x: f64) -> f64 {
    libm::atan(x)
}

/// Returns the angle of the point (`x`, `y`), in radians from −π to π.
#[must_use]
pub fn atan2(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

/// Returns the hyperbolic tangent of `x`.
#[must_use]
pub fn tanh(x: f64) -> f64 {
    libm::tanh(x)
}

/// Returns the inverse hyperbolic tangent of `x`; infinite at ±1, NaN beyond.
#[must_use]
pub fn atanh(x: f64) -> f64 {
    libm::atanh(x)
}
