//! Exponentials and logarithms of several numbers at once, without branches, so that the compiler takes two or more at a time. Sums and
//! products alone: the same last digit on every machine.

/// 1.5 · 2⁵²: added to a small number it leaves the nearest integer in the lowest bits.
const TO_INTEGER: f64 = 6_755_399_441_055_744.0;

/// ln 2 in two parts; the first has so few digits that its product with an exponent is exact.
const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];

/// 1/13!, 1/12!, … 1/0!
const FACTORIALS: [f64; 14] = {
    let mut all = [1.0; 14];
    let (mut at, mut factorial) = (12, 1.0);
    loop {
        factorial *= (13 - at) as f64;
        all[at] = 1.0 / factorial;
        if at == 0 {
            break all;
        }
        at -= 1;
    }
};

/// 1/21, 1/19, … 1/3.
const ODD: [f64; 10] = {
    let mut all = [0.0; 10];
    let mut at = 0;
    while at < 10 {
        all[at] = 1.0 / (21 - 2 * at) as f64;
        at += 1;
    }
    all
};

/// Returns e to the power of each; 0 below −708, where the power is no normal number, and the power of 709 above 709. Its error is below
/// 2 units in the last place.
#[must_use]
pub fn exp_each<const N: usize>(powers: [f64; N]) -> [f64; N] {
    let mut all = [0.0; N];
    for (exp, power) in all.iter_mut().zip(powers) {
        let bounded = if power > 709.0 { 709.0 } else { power };
        let bounded = if bounded < -708.0 { -708.0 } else { bounded };
        let rounded = bounded * std::f64::consts::LOG2_E + TO_INTEGER;
        let exponent = rounded - TO_INTEGER;
        let rest = (bounded - exponent * LN_2[0]) - exponent * LN_2[1];
        // Even and odd powers apart: neither waits for the other.
        let square = rest * rest;
        let (mut odd, mut even) = (FACTORIALS[0], FACTORIALS[1]);
        for pair in FACTORIALS[2..].chunks_exact(2) {
            odd = odd * square + pair[0];
            even = even * square + pair[1];
        }
        let sum = even + rest * odd;
        // 2 to the exponent is that exponent in the place of a number's own.
        let two = f64::from_bits((rounded.to_bits() << 52).wrapping_add(1.0_f64.to_bits()));
        *exp = if power < -708.0 { 0.0 } else { sum * two };
    }
    all
}

/// Returns `ln(1 + x)` of each, from 0 to 1. Its error is below 3 units in the last place.
#[must_use]
pub fn ln_1p_each<const N: usize>(numbers: [f64; N]) -> [f64; N] {
    let mut all = [0.0; N];
    for (ln, x) in all.iter_mut().zip(numbers) {
        let halved = x > std::f64::consts::SQRT_2 - 1.0;
        let x = if halved { 0.5 * x - 0.5 } else { x };
        // ln(1 + x) = 2 artanh(x / (2 + x)), by its series in odd powers.
        let s = x / (2.0 + x);
        let square = s * s;
        let mut sum = ODD[0];
        for odd in &ODD[1..] {
            sum = sum * square + odd;
        }
        let rest = 2.0 * s + 2.0 * s * (sum * square);
        *ln = if halved { (rest + LN_2[1]) + LN_2[0] } else { rest };
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{exp, ln_1p, powf};

    /// Returns the largest difference in units of the last place.
    fn largest(of: impl Iterator<Item = (f64, f64)>) -> f64 {
        let units =
            |(one, other): (f64, f64)| (one - other).abs() / (other.abs() * f64::EPSILON).max(f64::MIN_POSITIVE);
        of.map(units).fold(0.0, f64::max)
    }

    #[test]
    fn powers_are_those_of_the_library() {
        let powers = (-707_990..709_000).step_by(7).map(|thousandth| f64::from(thousandth) / 1000.0);
        let small = (-2000..2000).map(|step| f64::from(step) / 3000.0);
        assert!(largest(powers.chain(small).map(|x| (exp_each([x])[0], exp(x)))) < 2.0);
        assert_eq!(exp_each([0.0, -0.0, -709.0, f64::NEG_INFINITY]), [1.0, 1.0, 0.0, 0.0]);
        assert_eq!(exp_each([f64::INFINITY]), exp_each([709.0]));
        assert!(exp_each([f64::NAN])[0].is_nan());
    }

    #[test]
    fn logarithms_are_those_of_the_library() {
        let numbers = (0..100_000).map(|step| f64::from(step) / 99_999.0);
        let small = (1..300).map(|power| powf(10.0, -f64::from(power)));
        assert!(largest(numbers.chain(small).map(|x| (ln_1p_each([x])[0], ln_1p(x)))) < 3.0);
        assert_eq!(ln_1p_each([0.0])[0], 0.0);
    }
}
