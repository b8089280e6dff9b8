//! `forestable watch`: the page in a browser, built again on every save.

mod serve;
mod state;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use forestable::diag::render::{Colour, full, resolve};
use forestable::render::{Artifact, Pictures};
use forestable::review::KeptGrids;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::args::{Args, WatchArgs};
use super::progress::Progress;
use super::review::Review;
use super::{Failure, Status, build};
use state::State;

/// Editors save in several steps: what comes within this time is one save.
const SETTLING: Duration = Duration::from_millis(10);

/// What of a review's folder is worth a build.
const PARTS: [&str; 5] = ["review.yaml", "studies", "templates", "screening", "versions"];

/// Serves the page until it is interrupted.
pub fn run(args: &Args, watch: &WatchArgs) -> Result<Status, Failure> {
    let folder = args.directory.canonicalize().map_err(|error| format!("`{}`: {error}", args.directory.display()))?;
    let state = Arc::new(State::default());
    let (saved, saves) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(saved)?;
    follow(&mut watcher, &folder)?;
    let mut kept = KeptGrids::default();
    rebuild(args, &state, &mut kept)?;
    let address = serve::start(watch.port, &state)?;
    anstream::eprintln!("the page is at http://{address}/ and follows every save; end with Ctrl-C");
    loop {
        let Ok(event) = saves.recv() else { return Ok(Status::Clean) };
        let mut worth = is_worth(&folder, &event);
        loop {
            match saves.recv_timeout(SETTLING) {
                Ok(event) => worth |= is_worth(&folder, &event),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return Ok(Status::Clean),
            }
        }
        if worth {
            // A folder that is new since the last save is followed from here on; one that is gone is not.
            let _ = follow(&mut watcher, &folder);
            if let Err(failure) = rebuild(args, &state, &mut kept) {
                state.fail(&format!("error: {failure}\n"));
            }
        }
    }
}

fn follow(watcher: &mut RecommendedWatcher, folder: &Path) -> notify::Result<()> {
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    for part in &PARTS[1..] {
        let part = folder.join(part);
        if part.is_dir() {
            // With the digitised curves below the studies.
            watcher.watch(&part, RecursiveMode::Recursive)?;
        }
    }
    Ok(())
}

/// Whether something was written that a review is made of; reading it tells too, and is no change.
fn is_worth(folder: &Path, event: &notify::Result<notify::Event>) -> bool {
    let Ok(event) = event else { return true };
    let inside = |path: &Path| {
        let first = path.strip_prefix(folder).ok().and_then(|path| path.iter().next());
        first.is_some_and(|first| PARTS.iter().any(|part| *part == first))
    };
    !event.kind.is_access() && event.paths.iter().any(|path| inside(path))
}

/// Builds the review: first the page, then, while it is looked at, the other files. With a fault, the last good page stays and
/// the findings stand above it.
fn rebuild(args: &Args, state: &State, kept: &mut KeptGrids) -> Result<(), Failure> {
    let start = Instant::now();
    let mut review = Review::read(&args.directory)?;
    review.kept = Some(std::mem::take(kept));
    let ready = build::ready(&mut review, args, Pictures::Vector, &Progress::silent());
    *kept = review.kept.take().unwrap_or_default();
    let shown = ready.and_then(|ready| {
        let page = ready.page().map_err(|fault| review.findings.push(build::unfilled(&fault))).ok()?;
        state.show(page, &full(&resolve(&review.findings, &review.sources), Colour::Plain));
        if !args.quiet {
            anstream::eprintln!("built in {} ms", start.elapsed().as_millis());
        }
        // The page is among them once more: nobody waits for it now.
        let files = Mutex::new(BTreeMap::new());
        let take = |artifact: Artifact| {
            files.lock().unwrap_or_else(PoisonError::into_inner).insert(artifact.path, artifact.bytes);
        };
        let made = ready.files(&review, Pictures::Vector, &Progress::silent(), &take);
        made.map_err(|fault| review.findings.push(build::unfilled(&fault))).ok()?;
        Some(files.into_inner().unwrap_or_else(PoisonError::into_inner))
    });
    match shown {
        Some(files) => state.complete(files),
        None => {
            let findings = resolve(&review.findings, &review.sources);
            state.fail(&full(&findings, Colour::Plain));
            anstream::eprint!("{}", full(&findings, Colour::Ansi));
        }
    }
    Ok(())
}
