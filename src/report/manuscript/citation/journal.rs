//! Short titles of journals.

/// The National Library of Medicine's short titles of journals that write on this subject.
const JOURNALS: &str = include_str!("journals.csv");

/// Returns a journal's short title, or the title as it is where it is not known; `None` for none.
///
/// ```
/// use forestable::report::manuscript::abbreviated;
/// assert_eq!(abbreviated("Radiation Oncology"), Some("Radiat Oncol"));
/// assert_eq!(abbreviated("Journal of Nobody"), Some("Journal of Nobody"));
/// ```
#[must_use]
pub fn abbreviated(journal: &str) -> Option<&str> {
    let known = JOURNALS.lines().filter_map(|line| line.rsplit_once(','));
    let mut short =
        known.filter(|(name, _)| name.trim_matches('"').eq_ignore_ascii_case(journal)).map(|(_, short)| short);
    Some(short.next_back().unwrap_or(journal)).filter(|journal| !journal.is_empty())
}
