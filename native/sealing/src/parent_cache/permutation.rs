//! The permutation that selects a node's parents in the previous layer.

use std::ops::Range;

use rayon::prelude::*;

/// Rounds of the Feistel network.
const ROUNDS: usize = 3;

/// A Feistel network over the numbers below `elements`. The right half of a number has so few values (at most 2^17, in
/// a sector of 64 GiB) that each round's BLAKE2b is computed once for every value instead of up to 48 times for every
/// node.
pub(super) struct Permutation {
    elements: u64,
    half_bits: u32,
    /// For each round, the value mixed into the left half, by the value of the right half.
    rounds: [Vec<u32>; ROUNDS],
}

impl Permutation {
    pub(super) fn new(elements: u64, seed: &[u8; 32]) -> Self {
        // Two halves with the same number of bits; a result that is too large is permuted again.
        let half_bits = (elements - 1).ilog2() / 2 + 1;
        let keys = seed.as_chunks::<8>().0;
        let rounds = std::array::from_fn(|round| {
            let key = u64::from_le_bytes(keys[round]);
            (0..1 << half_bits).into_par_iter().map(|right| mixed_in(right, key, half_bits)).collect()
        });
        Permutation { elements, half_bits, rounds }
    }

    /// The images of these elements, in the same order.
    pub(super) fn images(&self, elements: Range<u64>) -> Vec<u64> {
        let mut images: Vec<u64> = elements.collect();
        // Results that are still too large are all permuted again together, because the CPU could not predict which of
        // them are.
        let mut walking: Vec<_> = (0..images.len()).collect();
        let mut count = walking.len();
        while count > 0 {
            let mut remaining = 0;
            for at in 0..count {
                let index = walking[at];
                images[index] = self.step(images[index]);
                walking[remaining] = index;
                remaining += usize::from(images[index] >= self.elements);
            }
            count = remaining;
        }
        images
    }

    /// One pass through all rounds, over the numbers of twice `half_bits`.
    fn step(&self, number: u64) -> u64 {
        let low_bits = (1 << self.half_bits) - 1;
        let (mut left, mut right) = ((number >> self.half_bits) as u32, (number & low_bits) as u32);
        for round in &self.rounds {
            (left, right) = (right, left ^ round[right as usize]);
        }
        u64::from(left) << self.half_bits | u64::from(right)
    }
}

fn mixed_in(right: u32, key: u64, half_bits: u32) -> u32 {
    let mut input = [0; 16];
    input[..8].copy_from_slice(&u64::from(right).to_be_bytes());
    input[8..].copy_from_slice(&key.to_be_bytes());
    let hash = blake2b_simd::blake2b(&input);
    let first = u64::from_be_bytes(*hash.as_bytes().first_chunk().expect("a hash has 64 bytes"));
    (first & ((1 << half_bits) - 1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use storage_proofs_core::crypto::feistel;

    /// Fails with another number of rounds, with halves of other sizes, or with the keys' bytes in the other order.
    #[test]
    fn it_is_the_librarys_permutation() {
        for elements in [2, 4, 5, 16, 17, 512, 1000, 1 << 13] {
            let seed: [u8; 32] = std::array::from_fn(|at| (at * 37 + 11) as u8);
            let keys: Vec<_> = seed.as_chunks().0.iter().map(|key| u64::from_le_bytes(*key)).collect();
            let ours = Permutation::new(elements, &seed);
            let precomputed = feistel::precompute(elements);
            let expected: Vec<_> =
                (0..elements).map(|element| feistel::permute(elements, element, &keys, precomputed)).collect();
            assert_eq!(ours.images(0..elements), expected, "{elements}");
            let middle = elements / 2;
            assert_eq!(ours.images(middle..elements), expected[middle as usize..], "{elements}");
        }
    }
}
