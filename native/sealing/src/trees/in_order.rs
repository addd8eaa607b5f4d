//! The SHA-256 of a file whose parts are made in any order.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};

use sha2::{Digest, Sha256};

use super::spent::{Part, Spent, thread_nanos};
use crate::request::hash32::Hash32;

/// Parts that may wait for the thread that digests: enough that those who make them seldom wait.
const WAITING: usize = 64;

/// Digests a file on a thread of its own. Parts that arrive early are kept until those before them have arrived.
pub(super) struct InOrder {
    parts: SyncSender<(u64, Vec<u8>)>,
    digest: JoinHandle<(u64, Hash32, u64)>,
}

impl InOrder {
    pub(super) fn begin() -> Self {
        let (parts, arrivals) = mpsc::sync_channel::<(u64, Vec<u8>)>(WAITING);
        let digest = thread::spawn(move || {
            let mut hasher = Sha256::new();
            let mut early = BTreeMap::new();
            let mut next = 0;
            for (at, bytes) in arrivals {
                early.insert(at, bytes);
                while let Some(bytes) = early.remove(&next) {
                    hasher.update(&bytes);
                    next += bytes.len() as u64;
                }
            }
            (next, Hash32(hasher.finalize().into()), thread_nanos())
        });
        InOrder { parts, digest }
    }

    /// Takes the bytes at an offset. Each byte of the file must be taken exactly once.
    pub(super) fn take(&self, at: u64, bytes: &[u8]) {
        self.parts.send((at, bytes.to_vec())).expect("the thread takes parts until the end");
    }

    /// The digest of the file, which has this many bytes.
    pub(super) fn finish(self, bytes: u64, spent: &Spent) -> Hash32 {
        drop(self.parts);
        let (digested, digest, nanos) = self.digest.join().expect("digesting cannot fail");
        assert_eq!(digested, bytes, "a part is missing");
        spent.add(Part::Digesting, nanos);
        digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngCore, SeedableRng, rngs::StdRng, seq::SliceRandom};

    /// Fails if parts are digested in the order in which they arrive.
    #[test]
    fn the_order_of_arrival_does_not_matter() {
        let seed: u64 = rand::random();
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        let mut bytes = vec![0; 1000 * 96];
        random.fill_bytes(&mut bytes);
        let mut parts: Vec<_> = bytes.chunks(96).enumerate().map(|(i, part)| (96 * i as u64, part)).collect();
        parts.shuffle(&mut random);
        let digest = InOrder::begin();
        parts.iter().for_each(|(at, part)| digest.take(*at, part));
        assert_eq!(digest.finish(bytes.len() as u64, &Spent::default()), Hash32(Sha256::digest(&bytes).into()));
    }

    /// Fails if a digest of less than the whole file is returned.
    #[test]
    #[should_panic(expected = "a part is missing")]
    fn a_missing_part_gives_no_digest() {
        let digest = InOrder::begin();
        digest.take(0, &[1; 32]);
        digest.take(64, &[2; 32]);
        digest.finish(96, &Spent::default());
    }
}
