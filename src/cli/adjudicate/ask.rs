//! Questions on a terminal: what is taken, and why.

use std::io::{self, BufRead, Write};

use forestable::evidence::{Choice, Date, Decision, Extraction, Field, Quantity};

use crate::cli::Failure;

/// Asks about every field that differs, one after another.
pub fn decisions(
    fields: &[Field],
    answers: &mut dyn BufRead,
    terminal: &mut dyn Write,
) -> Result<Vec<Decision>, Failure> {
    let differing: Vec<&Field> = fields.iter().filter(|field| !field.agrees).collect();
    let mut decisions = Vec::new();
    for (index, field) in differing.iter().enumerate() {
        writeln!(terminal, "\n{} of {}: {}", index + 1, differing.len(), field.name)?;
        let mut decision = super::decision(field, String::new(), String::new());
        let quotes = quotes(fields, field);
        for (side, value, quote) in
            [("a", &decision.first, quotes[0].as_ref()), ("b", &decision.second, quotes[1].as_ref())]
        {
            writeln!(terminal, "  {side}  {}", value.as_deref().unwrap_or("–"))?;
            if let Some(quote) = quote {
                writeln!(terminal, "     “{quote}”")?;
            }
        }
        decision.take = until(answers, terminal, "take a, b, neither, or another value: ", |take| {
            Choice::parse(take).map(|_| take.to_owned())
        })?;
        decision.why = until(answers, terminal, "why: ", |why| (!why.is_empty()).then(|| why.to_owned()))?;
        decisions.push(decision);
    }
    Ok(decisions)
}

/// Asks who decided and when, where that is not said yet.
pub fn signature(record: &mut Extraction, answers: &mut dyn BufRead, terminal: &mut dyn Write) -> Result<(), Failure> {
    if record.by.is_none() {
        let by = until(answers, terminal, "who decides: ", |by| (!by.is_empty()).then(|| by.to_owned()))?;
        record.by = Some(by);
    }
    if record.on.is_none() {
        record.on = Some(until(answers, terminal, "on which date, such as 2026-11-23: ", |on| Date::parse(on).ok())?);
    }
    Ok(())
}

/// Returns the words that both quote beside a field.
fn quotes(fields: &[Field], field: &Field) -> [Option<String>; 2] {
    let record = field.name.rsplit_once('.').map_or("", |(record, _)| record);
    let name = format!("{record}.quote");
    let quote = fields.iter().find(|other| other.name == name && other.name != field.name);
    let text = |written: &Option<_>| written.as_ref().and_then(forestable::source::Written::text).map(str::to_owned);
    quote.map_or([None, None], |quote| [text(&quote.first), text(&quote.second)])
}

/// Asks until there is an answer that `read` takes.
fn until<T>(
    answers: &mut dyn BufRead,
    terminal: &mut dyn Write,
    question: &str,
    read: impl Fn(&str) -> Option<T>,
) -> io::Result<T> {
    loop {
        write!(terminal, "{question}")?;
        terminal.flush()?;
        let mut answer = String::new();
        if answers.read_line(&mut answer)? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "nothing written: not everything is decided"));
        }
        if let Some(answer) = read(answer.trim()) {
            return Ok(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use forestable::evidence::compare;
    use forestable::source::Written;

    use super::*;

    fn fields() -> Vec<Field> {
        let written = |text| Written::parse(text).unwrap();
        let first =
            "cohorts: {all: {patients: 54, results: [{outcome: os, at: 1 year, estimate: 95%, quote: of 95%}]}}";
        compare(&written(first), &written(&first.replace("54", "55").replace("estimate: 95%", "estimate: 59%")))
    }

    #[test]
    fn every_difference_is_asked_until_it_is_answered() {
        let mut terminal = Vec::new();
        let decisions =
            decisions(&fields(), &mut "\na\n\nb counts one twice\n[1\n58%\nread again\n".as_bytes(), &mut terminal)
                .unwrap();
        let taken: Vec<_> = decisions.iter().map(|decision| (decision.take.as_str(), decision.why.as_str())).collect();
        assert_eq!(taken, [("a", "b counts one twice"), ("58%", "read again")]);
        let terminal = String::from_utf8(terminal).unwrap();
        assert!(
            terminal.contains("2 of 2: cohorts.all.results[os at 1 year].estimate\n  a  95%\n     “of 95%”\n"),
            "{terminal}"
        );
        assert!(super::decisions(&fields(), &mut "a\n".as_bytes(), &mut Vec::new()).is_err(), "the reader went away");
    }

    #[test]
    fn who_and_when_are_asked_where_they_are_not_said() {
        let mut record = Extraction { by: None, on: None, extractors: Vec::new(), decisions: Vec::new() };
        signature(&mut record, &mut "E F\ntomorrow\n2026-11-23\n".as_bytes(), &mut Vec::new()).unwrap();
        assert_eq!(
            (record.by.as_deref(), record.on.map(|on| on.to_string()).as_deref()),
            (Some("E F"), Some("2026-11-23"))
        );
    }
}
