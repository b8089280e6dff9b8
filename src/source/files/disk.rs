//! Waiting for the disk.

use std::fs::File;
use std::path::PathBuf;
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};

use super::WriteError;

/// Files that may wait, each held open.
const QUEUE: usize = 64;

/// Files on their way to the disk: one thread waits until each has reached it.
#[derive(Debug)]
pub struct Disk {
    /// `None` where no thread could be had: who writes a file then waits for it.
    queue: Option<SyncSender<(PathBuf, File)>>,
    thread: Option<JoinHandle<Result<(), WriteError>>>,
}

impl Disk {
    /// Starts the thread.
    pub fn start() -> Self {
        let (queue, files) = mpsc::sync_channel::<(PathBuf, File)>(QUEUE);
        let wait = move || {
            let mut done = Ok(());
            // After a failure the rest is taken too: nobody may wait for a place in the queue for ever.
            for (path, file) in files {
                if done.is_ok() {
                    done = synced(path, &file);
                }
            }
            done
        };
        match thread::Builder::new().name("disk".to_owned()).spawn(wait) {
            Ok(thread) => Self { queue: Some(queue), thread: Some(thread) },
            Err(_) => Self { queue: None, thread: None },
        }
    }

    /// Takes a file that is written.
    pub fn take(&self, path: PathBuf, file: File) -> Result<(), WriteError> {
        match &self.queue {
            Some(queue) => match queue.send((path, file)) {
                Ok(()) => Ok(()),
                Err(mpsc::SendError((path, file))) => synced(path, &file),
            },
            None => synced(path, &file),
        }
    }

    /// Waits until all have reached the disk; what failed first is the error.
    pub fn finish(&mut self) -> Result<(), WriteError> {
        self.queue = None;
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(done)) => done,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
        }
    }
}

fn synced(path: PathBuf, file: &File) -> Result<(), WriteError> {
    file.sync_all().map_err(|error| WriteError::Io(path, error))
}
