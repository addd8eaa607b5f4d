//! SHA-256 of many 64-byte messages: the pairs of nodes of a tree.
//!
//! Each round of a message waits for the round before, so one message leaves a core's SHA unit idle more than half of
//! the time. Interleaving the rounds of several messages fills it.

pub mod merkle;
#[cfg(target_arch = "x86_64")]
pub(crate) mod sha_ni;

use sha2::{Digest, Sha256};

use crate::cpu;

/// The input of a hash: two nodes.
pub type Message = [u8; 64];

/// SHA-256 of a message.
pub type Hash = [u8; 32];

/// Messages whose rounds are interleaved.
#[cfg(target_arch = "x86_64")]
const INTERLEAVED: usize = 4;

/// How SHA-256 is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// By the SHA instructions of x86-64, several messages interleaved.
    ShaNi,
    /// By the `sha2` crate, one message after the other.
    Portable,
}

impl Engine {
    /// The fastest engine of this CPU. `RESEAL_CPU_WITHOUT=sha_ni` makes it behave like a CPU without these
    /// instructions.
    pub fn best() -> Self {
        Engine::without(cpu::missing())
    }

    /// The fastest engine if these features, comma separated, are missing.
    fn without(missing: &str) -> Self {
        let is_missing = |name: &str| missing.split(',').any(|missing| missing == name);
        if cfg!(target_arch = "x86_64") && !["ssse3", "sse4_1", "sha_ni"].into_iter().any(is_missing) {
            Engine::ShaNi
        } else {
            Engine::Portable
        }
    }

    /// Hashes each of `messages` into its entry of `hashes`, on this thread.
    pub fn hash(self, messages: &[Message], hashes: &mut [Hash]) {
        assert_eq!(messages.len(), hashes.len());
        match self {
            #[cfg(target_arch = "x86_64")]
            Engine::ShaNi => {
                let (groups, rest) = messages.as_chunks::<INTERLEAVED>();
                let (group_hashes, rest_hashes) = hashes.as_chunks_mut::<INTERLEAVED>();
                for (group, hashes) in groups.iter().zip(group_hashes) {
                    // `best` has checked that the CPU has the features.
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

    /// Fails if a message gets another message's words, or if the messages that do not fill a group are left out.
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

    /// On a CPU without the instructions they would kill the process.
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
