//! `forestable completions` and `forestable man`: what shells and `man` read.

use std::io::{self, Write};

use clap::{Command, CommandFactory};

use super::args::Args;
use super::{Failure, Status};

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell.
    pub shell: clap_complete::Shell,
}

/// Prints the completions of a shell.
pub fn completions(completions: &CompletionsArgs) -> Result<Status, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(completions.shell, &mut Args::command(), "forestable", &mut text);
    print(&text)
}

/// Prints the manual page: the program, then a section for each command and for each of its own commands.
pub fn manual() -> Result<Status, Failure> {
    let mut program = Args::command();
    program.build();
    let mut whole = Vec::new();
    clap_mangen::Man::new(program.clone()).render(&mut whole)?;
    // Without a date, which would differ from build to build, the version would stand in its place.
    let mut page = tidy(&whole).replacen(" 1  \"forestable", " 1 \"\" \"forestable", 1);
    for command in program.get_subcommands() {
        section(&mut page, command)?;
    }
    page.push_str(LAST);
    print(worded(&page).as_bytes())
}

/// The sections at the end of the manual page.
const LAST: &str = r#".SH "EXIT STATUS"
.TP
0
Nothing was wrong.
.TP
1
The input has faults, a model has no answer, or, with \fB\-\-strict\fR, there are warnings.
.TP
2
The command could not run: it was called in another way than it can be, or a file cannot be read or written.
.SH FILES
.TP
\fIreview.yaml\fR
What is pooled, how, and what is shown. It makes a folder a review.
.TP
\fIstudies/ID.yaml\fR
One published series each; \fIID.a.yaml\fR and \fIID.b.yaml\fR are two extractions of it.
.TP
\fIstudies/curves/*.csv\fR
Digitised curves that studies name.
.TP
\fItemplates/\fR
The review's own templates, in place of the built\-in ones of the same name.
.TP
\fIscreening/\fR, \fIversions/\fR
What was screened, and the released versions of a living review.
.TP
\fIoutput/\fR
What a build writes: \fIindex.html\fR, tables, figures, and \fImanifest.json\fR, which names every file.
"#;

/// Returns the page with sections named by what they hold, and commands named as they are typed: they have no pages of their own.
fn worded(page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        let command = line.strip_prefix("forestable\\-").and_then(|rest| rest.strip_suffix("(1)"));
        match (line.strip_suffix(" EXTRA"), command) {
            (Some(kind), _) => {
                let examples = lines.peek().is_some_and(|next| next.starts_with("Example"));
                text.push_str(&format!("{kind} {}", if examples { "EXAMPLES" } else { "NOTES" }));
            }
            (None, Some(command)) => text.push_str(&format!("\\fBforestable {command}\\fR")),
            (None, None) => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

/// Writes what a command is called with and does, as parts of one section.
fn section(page: &mut String, command: &Command) -> io::Result<()> {
    if command.get_name() == "help" {
        return Ok(());
    }
    let mut parts = Vec::new();
    let man = clap_mangen::Man::new(command.clone());
    man.render_synopsis_section(&mut parts)?;
    man.render_description_section(&mut parts)?;
    man.render_options_section(&mut parts)?;
    man.render_extra_section(&mut parts)?;
    let name = command.get_bin_name().unwrap_or_default();
    page.push_str(&format!(".SH \"{}\"\n{}", name.to_uppercase(), tidy(&parts).replace(".SH ", ".SS ")));
    command.get_subcommands().try_for_each(|command| section(page, command))
}

/// Takes out what `man` passes over and readers of the source stumble on: blanks at ends of lines, breaks about empty lines.
fn tidy(page: &[u8]) -> String {
    let page = String::from_utf8_lossy(page);
    let lines: Vec<&str> = page.lines().map(str::trim_end).collect();
    let mut text = lines.join("\n").replace("\n.br\n\n.br\n", "\n.sp\n");
    text.push('\n');
    text
}

/// Writes to standard output; a reader that has seen enough is no failure.
fn print(text: &[u8]) -> Result<Status, Failure> {
    match io::stdout().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Status::Clean),
    }
}
