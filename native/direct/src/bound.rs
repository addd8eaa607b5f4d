//! How fast this CPU's SHA instructions are when nothing else is to be done: as many compressions as a label takes, one
//! after the other, the chains of several sectors interleaved.

use core::arch::x86_64::*;
use std::hint::black_box;
use std::time::Instant;

/// Compressions for a label.
const BLOCKS: usize = 20;

/// Nanoseconds for a node of one of so many chains.
pub(crate) fn nanos(chains: usize, nodes: usize) -> f64 {
    let began = Instant::now();
    // The build has the instructions on.
    unsafe {
        match chains {
            1 => hash::<1>(nodes),
            2 => hash::<2>(nodes),
            3 => hash::<3>(nodes),
            _ => hash::<4>(nodes),
        }
    }
    began.elapsed().as_nanos() as f64 / (nodes * chains.min(4)) as f64
}

#[target_feature(enable = "sha,sse4.1,ssse3,avx")]
fn hash<const N: usize>(nodes: usize) {
    let mut abef = [_mm_set1_epi32(1); N];
    let mut cdgh = [_mm_set1_epi32(2); N];
    let block: [[__m128i; 4]; N] = black_box([[_mm_set1_epi32(3); 4]; N]);
    for _ in 0..nodes * BLOCKS {
        let mut words = block;
        let before = (abef, cdgh);
        for quad in 0..16 {
            for lane in 0..N {
                let w = &mut words[lane];
                if quad >= 4 {
                    let (oldest, newest) = (w[quad % 4], w[(quad + 3) % 4]);
                    let sum = _mm_sha256msg1_epu32(oldest, w[(quad + 1) % 4]);
                    let sum = _mm_add_epi32(sum, _mm_alignr_epi8(newest, w[(quad + 2) % 4], 4));
                    w[quad % 4] = _mm_sha256msg2_epu32(sum, newest);
                }
                let k = _mm_add_epi32(w[quad % 4], _mm_set1_epi32(quad as i32));
                cdgh[lane] = _mm_sha256rnds2_epu32(cdgh[lane], abef[lane], k);
                let k = _mm_shuffle_epi32(k, 0b1110);
                abef[lane] = _mm_sha256rnds2_epu32(abef[lane], cdgh[lane], k);
            }
        }
        for lane in 0..N {
            abef[lane] = _mm_add_epi32(abef[lane], before.0[lane]);
            cdgh[lane] = _mm_add_epi32(cdgh[lane], before.1[lane]);
        }
    }
    black_box((abef, cdgh));
}
