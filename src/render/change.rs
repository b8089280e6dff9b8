//! What changed, for a terminal and for a pull request.

use super::markdown;
use super::templates::{RenderError, Templates};
use crate::diag::counted;
use crate::report::change::{ChangeReport, ORDER, PoolWords};
use crate::report::change_log::ChangeLog;

/// Returns the change as plain text; `since` names the earlier state.
#[must_use]
pub fn text(change: &ChangeReport, since: &str) -> String {
    if change.is_empty() {
        return format!("nothing changed since {since}\n");
    }
    let mut lines = vec![format!("what changed since {since}")];
    let mut part = |title: &str, items: Vec<String>| {
        if !items.is_empty() {
            lines.push(format!("\n{title}"));
            lines.extend(items.into_iter().map(|item| format!("  {item}")));
        }
    };
    part("methods", change.methods.clone());
    part("files", change.steps.clone());
    let pools = change.pools.iter().flat_map(|pool| {
        let because = Some(format!("  {}", pool.because)).filter(|_| !pool.because.is_empty());
        std::iter::once(line(pool)).chain(because)
    });
    part("pools", pools.collect());
    part("conclusions that flipped", change.verdicts.clone());
    part("tables and figures that differ", change.files.clone());
    if change.pools.iter().any(|pool| !pool.because.is_empty()) {
        lines.push(format!("\n{ORDER}"));
    }
    lines.join("\n") + "\n"
}

/// So many pools are named at the end of a build.
const MOST_POOLS: usize = 6;

/// Returns the short form, for the end of a build.
#[must_use]
pub fn summary(change: &ChangeReport) -> String {
    if change.is_empty() {
        return "nothing changed since the last build\n".to_owned();
    }
    let of = |folder: &str| change.files.iter().filter(|file| file.starts_with(folder)).count();
    let counts = [(change.pools.len(), "pool"), (of("tables/"), "table"), (of("figures/"), "figure")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, noun)| counted(count, noun));
    let counts = counts.collect::<Vec<_>>().join(", ");
    let counts = if counts.is_empty() { "no result" } else { &counts };
    let mut lines = vec![format!("since the last build changed: {counts}")];
    lines.extend(change.steps.iter().map(|step| format!("  {step}")));
    lines.extend(change.pools.iter().take(MOST_POOLS).map(|pool| format!("  {}", line(pool))));
    if let Some(more) = change.pools.len().checked_sub(MOST_POOLS).filter(|more| *more > 0) {
        lines.push(format!("  and {} more; `forestable diff` says which change moved what", counted(more, "pool")));
    }
    lines.extend(change.verdicts.iter().map(|verdict| format!("  {verdict}")));
    lines.join("\n") + "\n"
}

fn line(pool: &PoolWords) -> String {
    let PoolWords { pool, before, after, moved, .. } = pool;
    let moved = if moved.is_empty() { String::new() } else { format!("; {moved}") };
    format!("{pool}: {before} → {after}{moved}")
}

/// Returns the change as Markdown, under the heads that PRISMA-LSR asks a version of a living review to report: changes to the
/// methods, to the series included, to the results.
///
/// # References
/// Akl et al., PRISMA-LSR. BMJ 2024;387:e079183.
///
/// # Errors
/// A template of the review's own that can't be filled.
pub fn markdown(change: &ChangeReport, since: &str, templates: &Templates) -> Result<String, RenderError> {
    let since = markdown::escape(since);
    if change.is_empty() {
        return Ok(format!("Nothing changed since {since}.\n"));
    }
    Ok(format!("## What changed since {since}\n\n{}", body(change, templates)?))
}

/// Returns the change log of a living review as Markdown, the newest version first.
///
/// # Errors
/// A template of the review's own that can't be filled.
pub fn log(log: &ChangeLog, templates: &Templates) -> Result<String, RenderError> {
    let mut parts = vec![format!("# {}", markdown::escape(&log.title))];
    for version in &log.versions {
        parts.push(format!("## {}", markdown::escape(&version.heading())));
        parts.extend(version.facts().iter().map(|words| markdown::escape_line(words)));
        parts.push(body(&version.change, templates)?.trim_end().to_owned());
    }
    Ok(parts.join("\n\n") + "\n")
}

/// Returns a change without its heading.
fn body(change: &ChangeReport, templates: &Templates) -> Result<String, RenderError> {
    let mut parts = Vec::new();
    let list = |items: &[String], none: &str| match items {
        [] => format!("{none}."),
        items => items.iter().map(|item| format!("- {}", markdown::escape_line(item))).collect::<Vec<_>>().join("\n"),
    };
    parts.push("### Changes to the methods".to_owned());
    parts.push(list(&change.methods, "None"));
    parts.push("### Changes to the series".to_owned());
    parts.push(format!("{}.", change.series));
    parts.push(list(&change.steps, "None"));
    parts.push("### Changes to the results".to_owned());
    parts.push(list(&change.verdicts, "No conclusion flipped"));
    if change.pools.is_empty() {
        parts.push("No pool moved.".to_owned());
    } else {
        parts.push(markdown::table(templates, &change.table())?.trim_end().to_owned());
    }
    if !change.files.is_empty() {
        parts.push(format!("Tables and figures that differ: {}.", markdown::escape(&change.files.join(", "))));
    }
    Ok(parts.join("\n\n") + "\n")
}
