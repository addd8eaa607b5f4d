//! How fast this CPU's SHA instructions are on their own: as many compressions as a label takes, one after the other,
//! with the chains of several sectors interleaved.

use core::arch::x86_64::*;
use std::hint::black_box;
use std::time::Instant;

/// Compressions for a label.
const BLOCKS: usize = 20;
/// Those whose words no earlier block of the label had: the header, seven pairs of parents and the ending.
const NEW_BLOCKS: usize = 9;

/// Whether a block's words for its 64 rounds are computed from its 16.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Words {
    /// They are known for all blocks; only the rounds are left.
    Known,
    /// They are computed for blocks that a label has for the first time.
    OfALabel,
}

/// Nanoseconds for a node of one of this many chains.
pub(crate) fn nanos(words: Words, chains: usize, nodes: usize) -> f64 {
    let began = Instant::now();
    let new = if words == Words::OfALabel { NEW_BLOCKS } else { 0 };
    // The build enables these instructions.
    unsafe {
        match chains {
            1 => hash::<1>(nodes, new),
            2 => hash::<2>(nodes, new),
            3 => hash::<3>(nodes, new),
            _ => hash::<4>(nodes, new),
        }
    }
    began.elapsed().as_nanos() as f64 / (nodes * chains.min(4)) as f64
}

#[target_feature(enable = "sha,sse4.1,ssse3,avx")]
fn hash<const N: usize>(nodes: usize, new: usize) {
    let mut abef = [_mm_set1_epi32(1); N];
    let mut cdgh = [_mm_set1_epi32(2); N];
    let block: [[__m128i; 4]; N] = black_box([[_mm_set1_epi32(3); 4]; N]);
    let constants: [__m128i; 16] = black_box(std::array::from_fn(|four| _mm_set1_epi32(four as i32)));
    let halves: [[__m128i; 2]; 16] = black_box(constants.map(|four| [four, _mm_shuffle_epi32::<0b1110>(four)]));
    // Unrolled: in a loop the words would be kept in memory.
    macro_rules! four_rounds {
        ($four:literal, $words:expr) => {
            for lane in 0..N {
                let [first, second] = $words(lane);
                cdgh[lane] = _mm_sha256rnds2_epu32(cdgh[lane], abef[lane], first);
                abef[lane] = _mm_sha256rnds2_epu32(abef[lane], cdgh[lane], second);
            }
        };
    }
    macro_rules! known {
        ($($four:literal)*) => { $( four_rounds!($four, |_| halves[$four]); )* };
    }
    macro_rules! computed {
        ($words:ident, $($four:literal: $oldest:literal $second:literal $third:literal $newest:literal,)*) => { $(
            four_rounds!($four, |lane: usize| {
                let words: &mut [__m128i; 4] = &mut $words[lane];
                if $four >= 4 {
                    let sum = _mm_sha256msg1_epu32(words[$oldest], words[$second]);
                    let sum = _mm_add_epi32(sum, _mm_alignr_epi8::<4>(words[$newest], words[$third]));
                    words[$oldest] = _mm_sha256msg2_epu32(sum, words[$newest]);
                }
                let sum = _mm_add_epi32(words[$oldest], constants[$four]);
                [sum, _mm_shuffle_epi32::<0b1110>(sum)]
            });
        )* };
    }
    for _ in 0..nodes {
        _mm256_zeroupper();
        for number in 0..BLOCKS {
            let before = (abef, cdgh);
            if number < new {
                // Another block each time, so that its words are not computed once for all.
                let mut words = black_box(block);
                // The compiler copies with the upper halves of vector registers, and with these in use the SHA
                // instructions take 140 ns each on some CPUs.
                _mm256_zeroupper();
                computed! {
                    words,
                    0: 0 1 2 3, 1: 1 2 3 0, 2: 2 3 0 1, 3: 3 0 1 2, 4: 0 1 2 3, 5: 1 2 3 0, 6: 2 3 0 1, 7: 3 0 1 2,
                    8: 0 1 2 3, 9: 1 2 3 0, 10: 2 3 0 1, 11: 3 0 1 2, 12: 0 1 2 3, 13: 1 2 3 0, 14: 2 3 0 1, 15: 3 0 1 2,
                }
            } else {
                known! { 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 }
            }
            for lane in 0..N {
                abef[lane] = _mm_add_epi32(abef[lane], before.0[lane]);
                cdgh[lane] = _mm_add_epi32(cdgh[lane], before.1[lane]);
            }
        }
    }
    black_box((abef, cdgh));
}
