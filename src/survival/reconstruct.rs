//! Individual times from a published curve.
//!
//! A curve with the numbers at risk under it holds nearly all that its patients would tell: where it falls there were events, and
//! whoever is missing at the next number at risk without a fall was censored on the way.

use serde::Serialize;

use super::error::{later, not_above, not_negative, proportion};
use super::{Exit, KaplanMeier, Subject, SurvivalError};

/// A point read off a published curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// The time.
    pub time: f64,
    /// Survival there.
    pub survival: f64,
}

/// A number at risk printed under a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtRisk {
    /// The time.
    pub time: f64,
    /// Patients at risk.
    pub at_risk: u64,
}

/// More patients than any published curve has: a slip of the pen, not a number at risk.
const MOST_PATIENTS: u64 = 1_000_000;

/// Points are read off a figure to about this much of survival: half a percentage point.
const READING_ERROR: f64 = 0.005;

/// What is known of censoring after the last number at risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Censoring {
    /// The total of events decides how many were censored.
    FromTotalEvents,
    /// As often as between the numbers at risk before.
    AsBefore,
    /// Nothing is known: nobody is censored before the curve ends.
    Unknown,
}

/// Individual times, and how well they give back what was published.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reconstruction {
    /// The patients, by time.
    pub subjects: Vec<Subject>,
    /// Their events.
    pub events: u64,
    /// How censoring after the last number at risk was set.
    pub censoring: Censoring,
    /// Largest distance of their curve from the points read off.
    pub max_distance: f64,
    /// Root mean square of these distances.
    pub rms_distance: f64,
    /// Largest distance from a printed number at risk.
    pub at_risk_distance: u64,
}

/// Reconstructs individual times from the points of a `curve`, the numbers `at_risk` (one at least, at time 0: all
/// patients) and, where it is printed, the total of events.
///
/// # Method
/// Between two numbers at risk, c patients are censored at even distances; at each point, as many of those still at risk have
/// the event as bring the Kaplan-Meier curve nearest to it; c is chosen so that the number at risk at the end is met. Where a fall then
/// misses the one read by more than half a point, a few are censored sooner or later, as chance would have them, so that it is met:
/// the height of a step tells how many were at risk (our addition: it halves the largest errors in the simulation). After
/// the last number, [`Censoring`] says what is used, as long as enough are left to draw the curve. Whoever is left is censored where the curve ends. The error of reading does not add
/// up, since each step starts from the reconstructed curve, not from the one read off.
///
/// # Boundary
/// A printed total below what the curve needs is met as nearly as censoring can. Without a second number at risk and without the
/// total, the curve is still met, but its later steps count for too many patients: standard errors come out too small.
///
/// # Errors
/// [`SurvivalError::TooFew`] without points or without a number at time 0; [`SurvivalError::Figure`] at a survival outside 0 and 1 or
/// a negative time; [`SurvivalError::Order`] where times step back, survival rises, or numbers at risk grow.
///
/// # References
/// Guyot, Ades, Ouwens & Welton (2012), <https://doi.org/10.1186/1471-2288-12-9>
///
/// # Examples
/// ```
/// use forestable::survival::{AtRisk, CurvePoint, reconstruct};
/// let curve = [(6.0, 0.9), (12.0, 0.8), (24.0, 0.6)].map(|(time, survival)| CurvePoint { time, survival });
/// let at_risk = [(0.0, 10), (12.0, 9), (24.0, 7)].map(|(time, at_risk)| AtRisk { time, at_risk });
/// let found = reconstruct(&curve, &at_risk, None)?;
/// assert_eq!(found.events, 4);
/// assert!(found.max_distance < 0.03);
/// # Ok::<(), forestable::survival::SurvivalError>(())
/// ```
pub fn reconstruct(
    curve: &[CurvePoint],
    at_risk: &[AtRisk],
    total_events: Option<u64>,
) -> Result<Reconstruction, SurvivalError> {
    check(curve, at_risk)?;
    let Some((first, rest)) = at_risk.split_first().filter(|(first, _)| first.time == 0.0) else {
        return Err(SurvivalError::TooFew { what: "numbers at risk at time 0", found: 0, needed: 1 });
    };
    let end = curve.iter().map(|point| point.time).chain(at_risk.iter().map(|row| row.time)).fold(0.0, f64::max);
    let mut state = State { left: first.at_risk, survival: 1.0 };
    let mut subjects = Vec::new();
    let mut censored_before = 0;
    let mut from = first.time;
    for next in rest {
        let stretch = Stretch { from, to: next.time, points: within(curve, from, next.time) };
        let censored = choose(state.left, |censored| stretch.walk(state, censored).left, next.at_risk);
        censored_before += censored;
        state = stretch.run(state, censored, &mut subjects);
        from = next.time;
    }
    // The end itself belongs to the last stretch.
    let last =
        Stretch { from, to: end, points: curve.get(curve.partition_point(|point| point.time < from)..).unwrap_or(&[]) };
    let events_before = events(&subjects);
    let (censored, censoring) = match total_events {
        Some(total) => {
            let events = |censored| events_before + last.walk(state, censored).events;
            (choose(state.left, events, total), Censoring::FromTotalEvents)
        }
        None if from > 0.0 => {
            let expected = ((censored_before as f64 * (end - from) / from).round() as u64).min(state.left);
            (last.at_most(state, expected), Censoring::AsBefore)
        }
        None => (0, Censoring::Unknown),
    };
    let left = last.run(state, censored, &mut subjects).left;
    subjects.extend((0..left).map(|_| Subject { time: end, exit: Exit::Censored }));
    subjects.sort_by(|a, b| a.time.total_cmp(&b.time));
    accuracy(subjects, censoring, curve, at_risk)
}

/// Patients still at risk, and the curve that those before have drawn.
#[derive(Debug, Clone, Copy)]
struct State {
    left: u64,
    survival: f64,
}

/// Where a walk ends, and how far from the points it came.
#[derive(Debug, Clone, Copy)]
struct Walked {
    left: u64,
    events: u64,
    distance: f64,
}

/// The time between two numbers at risk.
#[derive(Debug, Clone, Copy)]
struct Stretch<'a> {
    from: f64,
    to: f64,
    points: &'a [CurvePoint],
}

impl Stretch<'_> {
    /// Returns where `censored` patients, leaving at even distances, lead.
    fn walk(&self, state: State, censored: u64) -> Walked {
        let mut walked = Walked { left: state.left, events: 0, distance: 0.0 };
        let mut distance = 0.0_f64;
        let after = self.follow(
            state,
            censored,
            |_, count, exit| walked.events += if exit == Exit::Event { count } else { 0 },
            |drawn, read| distance = distance.max((drawn - read).abs()),
        );
        Walked { left: after.left, distance, ..walked }
    }

    /// The same, with the patients written down.
    fn run(&self, state: State, censored: u64, subjects: &mut Vec<Subject>) -> State {
        let leave = |time, count, exit| subjects.extend((0..count).map(|_| Subject { time, exit }));
        self.follow(state, censored, leave, |_, _| {})
    }

    /// Returns how many of `expected` may be censored before too few are left to draw the rest of the curve.
    fn at_most(&self, state: State, expected: u64) -> u64 {
        let allowed = self.walk(state, 0).distance + READING_ERROR;
        let (mut low, mut high) = (0, expected);
        while low < high {
            let middle = high - (high - low) / 2;
            if self.walk(state, middle).distance <= allowed { low = middle } else { high = middle - 1 }
        }
        low
    }

    /// Lets patients leave by the points and by censoring; `compare` sees the curve drawn beside the one read.
    fn follow(
        &self,
        mut state: State,
        censored: u64,
        mut leave: impl FnMut(f64, u64, Exit),
        mut compare: impl FnMut(f64, f64),
    ) -> State {
        let censored = censored.min(state.left);
        let mut gone = 0;
        let mut now = self.from;
        for point in self.points {
            let leaving = self.leaving(state, point, gone, censored);
            state.censor(leaving, now, point.time, &mut leave);
            gone += leaving;
            let events = state.events(point.survival);
            if events > 0 {
                state.survival *= 1.0 - events as f64 / state.left as f64;
                state.left -= events;
                leave(point.time, events, Exit::Event);
            }
            now = point.time;
            compare(state.survival, point.survival);
        }
        state.censor((censored - gone).min(state.left), now, self.to, &mut leave);
        state
    }

    /// Returns how many are censored between the point before and this one: what even distances ask for, or, where the fall at
    /// this point then misses the one read, the nearest number that meets it, within the chance of censoring at random times.
    fn leaving(&self, state: State, point: &CurvePoint, gone: u64, censored: u64) -> u64 {
        let passed = if self.to > self.from { (point.time - self.from) / (self.to - self.from) } else { 1.0 };
        let due = passed * censored as f64;
        let chance = (due * (1.0 - passed)).max(0.0).sqrt();
        let most = (censored - gone).min(state.left);
        let candidates = |count: f64| (count.max(0.0) as u64).saturating_sub(gone).min(most);
        let usual = candidates(due);
        let miss = |leaving: u64| {
            let left = State { left: state.left - leaving, ..state };
            let events = left.events(point.survival);
            let survival =
                if events > 0 { left.survival * (1.0 - events as f64 / left.left as f64) } else { left.survival };
            (survival - point.survival).abs()
        };
        if chance == 0.0 || miss(usual) <= READING_ERROR {
            return usual;
        }
        let range = candidates((due - chance).floor())..=candidates((due + chance).ceil());
        let met = range.clone().filter(|leaving| miss(*leaving) <= READING_ERROR);
        met.min_by_key(|leaving| leaving.abs_diff(usual))
            .or_else(|| range.min_by(|a, b| miss(*a).total_cmp(&miss(*b))))
            .unwrap_or(usual)
    }
}

impl State {
    /// Returns how many events bring the curve nearest to `survival`; none where nobody or no curve is left (0/0).
    fn events(&self, survival: f64) -> u64 {
        let events = (self.left as f64 * (1.0 - survival / self.survival)).round().max(0.0) as u64;
        events.min(self.left)
    }

    /// Censors `count` patients at even distances between two times.
    fn censor(&mut self, count: u64, now: f64, until: f64, leave: &mut impl FnMut(f64, u64, Exit)) {
        for one in 1..=count {
            leave(now + (until - now) * one as f64 / (count + 1) as f64, 1, Exit::Censored);
        }
        self.left -= count;
    }
}

/// Returns how many of `most` to censor so that `outcome`, which falls as more are censored, comes nearest to `target`; the
/// fewest of several.
fn choose(most: u64, outcome: impl Fn(u64) -> u64, target: u64) -> u64 {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low) / 2;
        if outcome(middle) > target { low = middle + 1 } else { high = middle }
    }
    // Rounding of events makes the outcome uneven by one or two: look at the neighbours.
    let nearby = low.saturating_sub(3)..=low.saturating_add(3).min(most);
    nearby.min_by_key(|censored| outcome(*censored).abs_diff(target)).unwrap_or(low)
}

fn within(curve: &[CurvePoint], from: f64, to: f64) -> &[CurvePoint] {
    let start = curve.partition_point(|point| point.time < from);
    let end = curve.partition_point(|point| point.time < to);
    curve.get(start..end).unwrap_or(&[])
}

fn events(subjects: &[Subject]) -> u64 {
    subjects.iter().filter(|subject| subject.exit == Exit::Event).count() as u64
}

fn check(curve: &[CurvePoint], at_risk: &[AtRisk]) -> Result<(), SurvivalError> {
    if curve.is_empty() {
        return Err(SurvivalError::TooFew { what: "points of the curve", found: 0, needed: 1 });
    }
    let mut before = CurvePoint { time: 0.0, survival: 1.0 };
    for (index, &point) in curve.iter().enumerate() {
        not_negative(index, "time", point.time)?;
        proportion(index, "survival", point.survival)?;
        if point.time < before.time {
            later(index, point.time, before.time)?;
        }
        not_above(index, "survival", point.survival, before.survival)?;
        before = point;
    }
    for (index, row) in at_risk.iter().enumerate() {
        not_negative(index, "time", row.time)?;
        if row.at_risk > MOST_PATIENTS {
            let expected = "at most a million patients";
            return Err(SurvivalError::Figure { index, name: "at_risk", value: row.at_risk as f64, expected });
        }
    }
    for (index, pair) in at_risk.windows(2).enumerate() {
        later(index + 1, pair[1].time, pair[0].time)?;
        not_above(index + 1, "at_risk", pair[1].at_risk as f64, pair[0].at_risk as f64)?;
    }
    Ok(())
}

/// Compares the reconstructed curve with the points read off.
fn accuracy(
    subjects: Vec<Subject>,
    censoring: Censoring,
    curve: &[CurvePoint],
    at_risk: &[AtRisk],
) -> Result<Reconstruction, SurvivalError> {
    let drawn = KaplanMeier::new(&subjects)?;
    let last = drawn.steps().last().map_or(1.0, |step| step.survival);
    let distance = |point: &CurvePoint| (drawn.at(point.time).map_or(last, |at| at.survival) - point.survival).abs();
    let distances: Vec<f64> = curve.iter().map(distance).collect();
    let squares: f64 = distances.iter().map(|distance| distance * distance).sum();
    let left_at = |time: f64| drawn.at(time).map_or(0, |at| at.at_risk);
    Ok(Reconstruction {
        events: events(&subjects),
        censoring,
        max_distance: distances.iter().copied().fold(0.0, f64::max),
        rms_distance: (squares / distances.len() as f64).sqrt(),
        at_risk_distance: at_risk.iter().map(|row| left_at(row.time).abs_diff(row.at_risk)).max().unwrap_or(0),
        subjects,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(f64, f64)]) -> Vec<CurvePoint> {
        points.iter().map(|&(time, survival)| CurvePoint { time, survival }).collect()
    }

    fn table(rows: &[(f64, u64)]) -> Vec<AtRisk> {
        rows.iter().map(|&(time, at_risk)| AtRisk { time, at_risk }).collect()
    }

    #[test]
    fn an_exact_curve_with_complete_follow_up_gives_its_patients_back() {
        let points: Vec<(f64, f64)> = (1..=20).map(|i| (f64::from(i), 1.0 - f64::from(i) / 20.0)).collect();
        let found = reconstruct(&curve(&points), &table(&[(0.0, 20)]), None).unwrap();
        assert_eq!((found.events, found.subjects.len()), (20, 20));
        assert!(found.max_distance < 1e-12);
    }

    #[test]
    fn a_curve_that_does_not_fall_has_no_events() {
        let found = reconstruct(&curve(&[(0.0, 1.0), (24.0, 1.0)]), &table(&[(0.0, 30), (12.0, 20)]), None).unwrap();
        assert_eq!((found.events, found.at_risk_distance), (0, 0));
        assert_eq!(found.censoring, Censoring::AsBefore);
        // Ten leave in the first year, so ten in the second.
        assert_eq!(found.subjects.iter().filter(|subject| subject.time < 24.0).count(), 20);
    }

    #[test]
    fn the_total_of_events_sets_the_censoring() {
        let points: Vec<(f64, f64)> = (1..=40).map(|i| (f64::from(i), 1.0 - f64::from(i) / 50.0)).collect();
        let free = reconstruct(&curve(&points), &table(&[(0.0, 100)]), None).unwrap();
        assert_eq!((free.events, free.censoring), (80, Censoring::Unknown));
        let held = reconstruct(&curve(&points), &table(&[(0.0, 100)]), Some(60)).unwrap();
        assert!(held.events.abs_diff(60) <= 1, "{}", held.events);
        assert!(held.max_distance < 0.05);
    }

    #[test]
    fn faults_are_named_with_their_row() {
        let sound = table(&[(0.0, 10)]);
        let at = |points: &[(f64, f64)]| reconstruct(&curve(points), &sound, None).unwrap_err().index();
        assert_eq!(at(&[(1.0, 0.9), (0.5, 0.8)]), Some(1));
        assert_eq!(at(&[(1.0, 0.9), (2.0, 0.95)]), Some(1));
        assert_eq!(at(&[(1.0, 90.0)]), Some(0));
        assert_eq!(at(&[(f64::NAN, 0.9)]), Some(0));
        assert_eq!(at(&[]), None);
        let points = curve(&[(1.0, 0.9)]);
        assert!(reconstruct(&points, &table(&[(6.0, 10)]), None).is_err());
        assert!(reconstruct(&points, &table(&[(0.0, 10), (6.0, 12)]), None).is_err());
        assert!(reconstruct(&points, &table(&[(0.0, 0)]), None).is_err());
        assert!(reconstruct(&points, &table(&[(0.0, u64::MAX)]), None).is_err());
        assert!(reconstruct(&points, &table(&[(0.0, 9), (f64::INFINITY, 3)]), None).is_err());
    }
}
