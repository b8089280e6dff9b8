//! How far a build is: a bar on a terminal once a second has gone by, and nothing anywhere else.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A build that is over before this shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the bar is drawn.
const BEAT: Duration = Duration::from_millis(100);

/// The cells of the bar.
const WIDTH: usize = 30;

/// What a build does, in order; and how many of a hundred parts of its time that takes, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Files are read and checked.
    Read,
    /// Analyses are run.
    Pool,
    /// Tables and figures are laid out.
    Arrange,
    /// Tables and figures are drawn in every format.
    Draw,
    /// Files are written.
    Write,
}

impl Stage {
    fn words(self) -> &'static str {
        match self {
            Self::Read => "reading",
            Self::Pool => "pooling",
            Self::Arrange => "arranging",
            Self::Draw => "drawing",
            Self::Write => "writing",
        }
    }

    /// Returns where on the bar the stage begins and how long it is.
    fn span(self) -> (usize, usize) {
        match self {
            Self::Read => (0, 5),
            Self::Pool => (5, 25),
            Self::Arrange => (30, 20),
            Self::Draw => (50, 45),
            Self::Write => (95, 5),
        }
    }
}

/// The bar of one build; it is gone when this is dropped.
pub struct Progress {
    state: Arc<State>,
    shown: Option<(Sender<()>, JoinHandle<()>)>,
}

struct State {
    /// The stage, and how many steps it has.
    stage: Mutex<(Stage, usize)>,
    done: AtomicUsize,
}

impl Progress {
    /// Counts, and shows nothing: nobody is waiting.
    pub fn silent() -> Self {
        Self { state: Arc::new(State { stage: Mutex::new((Stage::Read, 0)), done: AtomicUsize::new(0) }), shown: None }
    }

    /// Begins, with nothing shown yet; away from a terminal nothing ever is.
    pub fn on_terminal() -> Self {
        let silent = Self::silent();
        let shown = io::stderr().is_terminal().then(|| {
            let (end, ended) = mpsc::channel();
            let state = Arc::clone(&silent.state);
            let show = move || {
                let mut wait = PATIENCE;
                while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                    draw(&state.line());
                    wait = BEAT;
                }
                draw("");
            };
            (end, thread::spawn(show))
        });
        Self { state: Arc::clone(&silent.state), shown }
    }

    /// Begins a stage of so many steps.
    pub fn stage(&self, stage: Stage, steps: usize) {
        if let Ok(mut now) = self.state.stage.lock() {
            *now = (stage, steps);
            self.state.done.store(0, Ordering::Relaxed);
        }
    }

    /// Counts a step of the stage.
    pub fn step(&self) {
        self.state.done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.shown.take() {
            drop(end);
            // A bar that cannot be drawn stops no build.
            let _ = thread.join();
        }
    }
}

impl State {
    fn line(&self) -> String {
        let (stage, steps) = self.stage.lock().map_or((Stage::Read, 0), |stage| *stage);
        let done = self.done.load(Ordering::Relaxed).min(steps);
        bar(stage, done, steps)
    }
}

/// Returns `━━━━━━────────  drawing 12 of 55`.
fn bar(stage: Stage, done: usize, steps: usize) -> String {
    let (begin, length) = stage.span();
    let hundredths = begin + (length * done).checked_div(steps).unwrap_or(0);
    let full = WIDTH * hundredths / 100;
    let of = if steps > 1 { format!(" {done} of {steps}") } else { String::new() };
    format!("{}{}  {}{of}", "━".repeat(full), "─".repeat(WIDTH - full), stage.words())
}

/// Draws over the line.
fn draw(line: &str) {
    let mut to = io::stderr().lock();
    let _ = write!(to, "\r\x1b[2K{line}").and_then(|()| to.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_grows_and_never_steps_back() {
        let stages = [Stage::Read, Stage::Pool, Stage::Arrange, Stage::Draw, Stage::Write];
        let full = |line: &str| line.chars().filter(|cell| *cell == '━').count();
        let mut before = 0;
        for stage in stages {
            for done in 0..=7 {
                let line = bar(stage, done, 7);
                assert!(
                    full(&line) >= before && line.chars().take_while(|cell| "━─".contains(*cell)).count() == WIDTH,
                    "{line}"
                );
                before = full(&line);
            }
        }
        assert_eq!(before, WIDTH);
        assert_eq!(bar(Stage::Draw, 12, 55).split_once("  ").unwrap().1, "drawing 12 of 55");
        assert_eq!(bar(Stage::Write, 0, 0).split_once("  ").unwrap().1, "writing");
    }
}
