//! What the browser is shown, and word of when it changes.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

/// The page among the files.
pub const PAGE: &str = "index.html";

/// The last good files, and what is wrong now.
#[derive(Default)]
pub struct State {
    shown: Mutex<Shown>,
    changed: Condvar,
}

#[derive(Default)]
struct Shown {
    files: BTreeMap<String, Vec<u8>>,
    news: News,
}

/// What a browser is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct News {
    /// Counts the builds, good or not.
    pub build: u64,
    /// Counts the good ones: the page is loaded again when this grows.
    pub page: u64,
    /// Findings, as text; empty where there is none.
    pub findings: String,
}

impl State {
    /// Takes the page of a good build, and its warnings; the other files follow.
    pub fn show(&self, page: String, findings: &str) {
        let mut shown = self.lock();
        shown.files.insert(PAGE.to_owned(), page.into_bytes());
        shown.news.page += 1;
        self.tell(shown, findings);
    }

    /// Takes all files of the build whose page is shown.
    pub fn complete(&self, files: BTreeMap<String, Vec<u8>>) {
        self.lock().files = files;
    }

    /// Keeps the last good files, and takes what is wrong.
    pub fn fail(&self, findings: &str) {
        self.tell(self.lock(), findings);
    }

    fn tell(&self, mut shown: MutexGuard<'_, Shown>, findings: &str) {
        shown.news.build += 1;
        findings.clone_into(&mut shown.news.findings);
        drop(shown);
        self.changed.notify_all();
    }

    /// Returns one of the last good files.
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        self.lock().files.get(path).cloned()
    }

    /// Waits until there was a build that `seen` does not know, but not for ever.
    pub fn wait(&self, seen: u64, at_most: Duration) -> News {
        let waited = self.changed.wait_timeout_while(self.lock(), at_most, |shown| shown.news.build == seen);
        waited.unwrap_or_else(PoisonError::into_inner).0.news.clone()
    }

    /// A thread that panicked left whole files behind all the same.
    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
