//! From the table's rows to studies with their effects, groups, clusters and moderators.

use forestable::diag::{Diagnostic, codes};
use forestable::effect::{Estimate, Figures};
use forestable::model::PairedEffects;
use forestable::source::{Column, Numbers};

use super::PoolArgs;
use super::figures::Reader;
use super::moderators::Moderators;
use super::second;

/// The studies of a table.
#[derive(Debug)]
pub struct Studies {
    /// What each is called.
    pub names: Vec<String>,
    /// Their figures.
    pub figures: Vec<Figures>,
    /// Their effects.
    pub estimates: Vec<Estimate>,
    /// How many of them had an empty cell filled up.
    pub corrected: usize,
    /// Their groups, if they are to be grouped.
    pub groups: Option<Grouping>,
    /// Their clusters, if some of them belong together.
    pub clusters: Option<Grouping>,
    /// Both outcomes of each, if there is a second.
    pub pairs: Option<Vec<PairedEffects>>,
    /// Their moderators.
    pub moderators: Moderators,
}

/// Which group each study belongs to.
#[derive(Debug)]
pub struct Grouping {
    /// The groups, in the order in which they first appear.
    pub levels: Vec<String>,
    /// An index into them for each study.
    pub of: Vec<usize>,
}

impl Studies {
    /// Reads the columns that the measure, the group and the moderators need; every fault found is returned.
    pub fn read(table: &Numbers, args: &PoolArgs) -> Result<Self, Vec<Diagnostic>> {
        let mut faults = Vec::new();
        let (mut figures, mut estimates) = (Vec::new(), Vec::new());
        if let Some(reader) = kept(Reader::new(table, args.measure), &mut faults) {
            for row in 0..table.len() {
                if let Some((figure, estimate)) = kept(reader.effect(row, args.add), &mut faults) {
                    figures.push(figure);
                    estimates.push(estimate);
                }
            }
        }
        let names = match table.column("study") {
            Some(column) => column.texts().map(str::to_owned).collect(),
            None => (1..=table.len()).map(|number| number.to_string()).collect(),
        };
        let mut grouped = |name: &Option<String>| kept(grouping(table, name.as_ref()?), &mut faults);
        let (groups, clusters) = (grouped(&args.group), grouped(&args.cluster));
        let moderators = Moderators::read(table, args, &mut faults);
        let pairs = args.second.then(|| kept(second::read(table, &estimates), &mut faults)).flatten();
        if !faults.is_empty() {
            return Err(faults);
        }
        let corrected = figures.iter().filter(|figures| args.measure.corrects(figures)).count();
        Ok(Self { names, figures, estimates, corrected, groups, clusters, pairs, moderators })
    }
}

/// Returns the value, or notes the faults.
pub fn kept<T>(read: Result<T, Vec<Diagnostic>>, faults: &mut Vec<Diagnostic>) -> Option<T> {
    read.map_err(|found| faults.extend(found)).ok()
}

/// Returns a column without empty cells.
pub fn filled<'a>(table: &'a Numbers, name: &str) -> Result<Column<'a>, Vec<Diagnostic>> {
    let column = table.required(name).map_err(|missing| vec![missing])?;
    let empty: Vec<Diagnostic> = column
        .texts()
        .enumerate()
        .filter(|(_, text)| text.is_empty())
        .map(|(row, _)| {
            Diagnostic::new(codes::EMPTY_VALUE, column.place(row), format!("`{name}` has no value"))
                .expected("a value for each study")
                .help("fill it in, or take the row out")
        })
        .collect();
    if empty.is_empty() { Ok(column) } else { Err(empty) }
}

fn grouping(table: &Numbers, name: &str) -> Result<Grouping, Vec<Diagnostic>> {
    let mut levels: Vec<String> = Vec::new();
    let index = |text: &str| match levels.iter().position(|level| level == text) {
        Some(index) => index,
        None => {
            levels.push(text.to_owned());
            levels.len() - 1
        }
    };
    let of = filled(table, name)?.texts().map(index).collect();
    Ok(Grouping { levels, of })
}
