//! SHA-256 of many messages of 64 bytes: the pairs of nodes of a tree.
//!
//! Each round of a message waits for the one before, so that one message leaves a core's SHA unit idle more than half of
//! the time. The rounds of several messages, taken in turn, fill it.

pub mod merkle;
#[cfg(target_arch = "x86_64")]
pub(crate) mod sha_ni;

use sha2::{Digest, Sha256};

use crate::cpu;

/// What is hashed: two nodes.
pub type Message = [u8; 64];

/// SHA-256 of a message.
pub type Hash = [u8; 32];

/// Messages whose rounds are taken in turn.
#[cfg(target_arch = "x86_64")]
const INTERLEAVED: usize = 4;

/// How SHA-256 is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// By the SHA instructions of x86-64, several messages in turn.
    ShaNi,
    /// By the `sha2` crate, one message after the other.
    Portable,
}

impl Engine {
    /// The fastest that this CPU has; `RESEAL_CPU_WITHOUT=sha_ni` makes it one that has none.
    pub fn best() -> Self {
        Engine::without(cpu::missing())
    }

    /// The fastest where these features, comma separated, are missing.
    fn without(missing: &str) -> Self {
        let is_missing = |name: &str| missing.split(',').any(|missing| missing == name);
        if cfg!(target_arch = "x86_64") && !["ssse3", "sse4_1", "sha_ni"].into_iter().any(is_missing) {
            Engine::ShaNi
        } else {
            Engine::Portable
        }
    }

    /// Hashes each of `messages` into its place in `hashes`, on this thread.
    pub fn hash(self, messages: &[Message], hashes: &mut [Hash]) {
        assert_eq!(messages.len(), hashes.len());
        match self {
            #[cfg(target_arch = "x86_64")]
            Engine::ShaNi => {
                let (groups, rest) = messages.as_chunks::<INTERLEAVED>();
                let (group_hashes, rest_hashes) = hashes.as_chunks_mut::<INTERLEAVED>();
                for (group, hashes) in groups.iter().zip(group_hashes) {
                    // `best` has asked for what it needs.
                    *hashes = unsafe { sha_ni::hash(group) };
                }
                for (message, hash) in rest.iter().zip(rest_hashes) {
                    [*hash] = unsafe { sha_ni::hash(&[*message]) };
                }
            }
            _ => {
                for (message, hash) in messages.iter().zip(hashes) {
                    *hash = Sha256::digest(message).into();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngCore, SeedableRng, rngs::StdRng};

    /// Fails where a message gets another one's words, or those left over by a group are not hashed.
    #[test]
    fn each_engine_hashes_any_number_of_messages() {
        let seed: u64 = rand::random();
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        for engine in [Engine::best(), Engine::Portable] {
            for count in (0..20).chain([1000]) {
                let mut messages = vec![[0; 64]; count];
                random.fill_bytes(messages.as_flattened_mut());
                let mut hashes = vec![[0; 32]; count];
                engine.hash(&messages, &mut hashes);
                let expected: Vec<Hash> = messages.iter().map(|message| Sha256::digest(message).into()).collect();
                assert_eq!(hashes, expected, "{count} by {engine:?}");
            }
        }
    }

    /// On a CPU without them the instructions would end the process.
    #[test]
    fn a_cpu_without_the_instructions_gets_the_portable_engine() {
        for missing in ["sha_ni", "avx,sha_ni", "ssse3,adx", "sse4_1"] {
            assert_eq!(Engine::without(missing), Engine::Portable, "{missing}");
        }
        let best = if cfg!(target_arch = "x86_64") { Engine::ShaNi } else { Engine::Portable };
        for missing in ["", "adx", "avx,bmi2"] {
            assert_eq!(Engine::without(missing), best, "{missing}");
        }
    }
}
