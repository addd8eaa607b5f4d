//! Who waits for whom: the labelling thread for the sectors' threads, which bring windows to the disk and far labels into
//! memory, and they for the labelling thread.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Result;

/// How often a thread that waits looks whether its sector is leaving.
const LOOK: Duration = Duration::from_millis(100);

/// How far each thread is.
pub(super) struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// Nodes that are labelled.
    labelled: usize,
    /// No more nodes will be labelled.
    over: bool,
    /// For each slot how many windows are kept; none if its thread has ended.
    kept: Vec<Option<usize>>,
}

impl Turns {
    /// `here` says for each slot whether it has a sector.
    pub(super) fn new(here: impl Iterator<Item = bool>) -> Self {
        let kept = here.map(|here| here.then_some(0)).collect();
        Turns { state: Mutex::new(State { labelled: 0, over: false, kept }), changed: Condvar::new() }
    }

    /// This many nodes are labelled.
    pub(super) fn labelled(&self, nodes: usize) {
        self.change(|state| state.labelled = nodes);
    }

    /// A slot's first windows are kept.
    pub(super) fn kept(&self, slot: usize, windows: usize) {
        self.change(|state| state.kept[slot] = Some(windows));
    }

    /// Whether a slot's thread still follows.
    pub(super) fn is_here(&self, slot: usize) -> bool {
        self.state().kept[slot].is_some()
    }

    /// Waits until all slots have kept this many windows or ended.
    pub(super) fn wait_until_kept(&self, windows: usize) {
        let waits = |state: &mut State| state.kept.iter().flatten().any(|kept| *kept < windows);
        drop(self.changed.wait_while(self.state(), waits).unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits until this many nodes are labelled; false if they never will be. An error from `stay` ends the waiting.
    pub(super) fn wait_until_labelled(&self, nodes: usize, stay: &dyn Fn() -> Result<()>) -> Result<bool> {
        loop {
            stay()?;
            let waits = |state: &mut State| state.labelled < nodes && !state.over;
            let waited = self.changed.wait_timeout_while(self.state(), LOOK, waits);
            let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if state.labelled >= nodes || state.over {
                return Ok(state.labelled >= nodes);
            }
        }
    }

    /// Once dropped, no more nodes will be labelled.
    pub(super) fn over_at_the_end(&self) -> impl Drop {
        AtTheEnd(|| self.change(|state| state.over = true))
    }

    /// Once dropped, nobody waits for this slot any more.
    pub(super) fn gone_at_the_end(&self, slot: usize) -> impl Drop {
        AtTheEnd(move || self.change(|state| state.kept[slot] = None))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_all();
    }
}

/// Does something when it is dropped, even by a panic.
struct AtTheEnd<F: FnMut()>(F);

impl<F: FnMut()> Drop for AtTheEnd<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
