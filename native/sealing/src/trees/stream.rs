//! Files of nodes, read side by side from beginning to end.

use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, OnceLock};
use std::thread;

use sha2::{Digest, Sha256};

use super::layout::Layout;
use super::spent::{Part, Spent};
use crate::files::nodes::Node;
use crate::files::opening;
use crate::request::hash32::Hash32;
use crate::sha256::merkle::NODE_BYTES;
use crate::{Code, Error, Result};

/// Windows of a file in memory at the same time: one is being read, one is being processed, and one has arrived early
/// or is not finished by all threads.
pub(super) const WINDOWS: usize = 3;

/// A file to read.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    /// Whether to compute its digest.
    pub(super) digested: bool,
}

/// Reads the nodes of each source below the sub-trees that the layout builds, and calls `each` on all cores with every chunk and the number
/// of its first node. Returns the digests of what was read, where requested. The first error ends it.
pub(super) fn stream(
    sources: &[Source],
    layout: Layout,
    spent: &Spent,
    each: impl Fn(u64, &[&[Node]]) -> Result<()> + Sync,
) -> Result<Vec<Option<Hash32>>> {
    let Layout { chunk, window: length, .. } = layout;
    let failed = OnceLock::new();
    thread::scope(|scope| {
        let mut readers = Vec::new();
        let mut inputs = Vec::new();
        for source in sources {
            let (empty, empties) = mpsc::channel();
            let (filled, arrivals) = mpsc::channel();
            for _ in layout.windows().take(WINDOWS) {
                let _ = empty.send(vec![[0; NODE_BYTES]; length as usize]);
            }
            readers.push(scope.spawn(move || source.read(layout, &empties, &filled, spent)));
            inputs.push(Input { arrivals, empty });
        }
        rayon::in_place_scope(|tasks| {
            for first in layout.windows() {
                let Some(window) = Window::next(&inputs) else { return };
                let window = Arc::new(window);
                for at in (0..length).step_by(chunk as usize) {
                    let (window, each, failed) = (Arc::clone(&window), &each, &failed);
                    tasks.spawn(move |_| {
                        if failed.get().is_none()
                            && let Err(error) = each(first + at, &window.chunk(at, chunk))
                        {
                            let _ = failed.set(error);
                        }
                    });
                }
                if failed.get().is_some() {
                    return;
                }
            }
        });
        // This ends the readers that still wait.
        drop(inputs);
        let digests: Vec<_> =
            readers.into_iter().map(|reader| reader.join().expect("a reader returns its errors")).collect();
        match failed.into_inner() {
            Some(error) => Err(error),
            None => digests.into_iter().collect(),
        }
    })
}

impl Source<'_> {
    /// Fills windows until everything is read, no receiver is left, or reading fails.
    fn read(
        &self,
        layout: Layout,
        empties: &Receiver<Vec<Node>>,
        filled: &Sender<Vec<Node>>,
        spent: &Spent,
    ) -> Result<Option<Hash32>> {
        let file = opening::open(self.path).map_err(|cause| Error::io("opening", self.path, cause))?;
        let mut digest = self.digested.then(Sha256::new);
        for first in layout.windows() {
            // Otherwise another reader or a task has failed, and its error counts.
            let Ok(mut window) = empties.recv() else { return Ok(None) };
            let bytes = window.as_flattened_mut();
            spent
                .on(Part::Reading, || file.read_exact_at(bytes, first * NODE_BYTES as u64))
                .map_err(|cause| self.fault(first, layout.nodes(), cause))?;
            if let Some(digest) = &mut digest {
                spent.on(Part::Digesting, || digest.update(bytes));
            }
            if filled.send(window).is_err() {
                return Ok(None);
            }
        }
        Ok(digest.map(|digest| Hash32(digest.finalize().into())))
    }

    fn fault(&self, first: u64, nodes: u64, cause: io::Error) -> Error {
        match cause.kind() {
            io::ErrorKind::UnexpectedEof => Error::new(
                Code::ScratchLost,
                format!("{} was cut off after node {first}, it should have {nodes} nodes", self.path.display()),
            )
            .about(self.path),
            _ => Error::io("reading", self.path, cause),
        }
    }
}

/// What a reader fills and gets back.
struct Input {
    arrivals: Receiver<Vec<Node>>,
    empty: Sender<Vec<Node>>,
}

/// The same nodes of all sources. The last task that drops it returns the buffers to be filled again.
struct Window {
    blocks: Vec<(Vec<Node>, Sender<Vec<Node>>)>,
}

impl Window {
    /// The next window; none if a reader has failed.
    fn next(inputs: &[Input]) -> Option<Self> {
        let block = |input: &Input| Some((input.arrivals.recv().ok()?, input.empty.clone()));
        Some(Window { blocks: inputs.iter().map(block).collect::<Option<_>>()? })
    }

    fn chunk(&self, at: u64, chunk: u64) -> Vec<&[Node]> {
        self.blocks.iter().map(|(block, _)| &block[at as usize..(at + chunk) as usize]).collect()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        for (block, empty) in self.blocks.drain(..) {
            let _ = empty.send(block);
        }
    }
}
