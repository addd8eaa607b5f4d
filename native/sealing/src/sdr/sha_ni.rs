//! Labels by the CPU's SHA instructions, those of several sectors interleaved.
//!
//! Two things make it fast. A round waits for the one before, so one sector's rounds leave most of the SHA unit idle:
//! another's fill it. And a label is hashed over the same parents again and again, so each pair of them is expanded to
//! the words of its 64 rounds once for each node.

use core::arch::x86_64::*;
use std::array;
use std::ops::Range;

use crate::merkle::NODE_BYTES;
use crate::parent_cache::{BASE, Parents};
use crate::sdr::engine::{HASHED_PARENTS, Task};
use crate::sdr::labels::Labels;

/// Nodes from the one whose parents are fetched into the CPU's caches to the one being hashed.
const AHEAD: usize = 8;
/// Pairs of parents that are different, at most: one block of SHA-256 each.
const PAIRS: usize = 7;
/// Bits that are hashed for a label but that of node 0.
const BITS: i32 = 8 * (64 + HASHED_PARENTS * NODE_BYTES) as i32;

#[rustfmt::skip]
const K: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

/// A block's words of all 64 rounds, K added. A function of its own for each step would pass states through memory,
/// where each waits for the one before: so all is inlined into one.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Rounds([u32; 64]);

/// A hash in the order that the instructions want.
#[derive(Clone, Copy)]
struct State {
    abef: __m128i,
    cdgh: __m128i,
}

/// Makes the labels of these nodes. All tasks are in their first layer, or none is.
pub(crate) fn label_nodes(
    tasks: &[Task],
    parents: &[Parents],
    current: &mut Labels,
    previous: &Labels,
    nodes: Range<usize>,
) {
    fn one_or_more<const N: usize>(
        tasks: &[Task],
        parents: &[Parents],
        current: &mut Labels,
        previous: &Labels,
        nodes: Range<usize>,
    ) {
        let tasks: &[Task; N] = tasks.try_into().expect("so many were counted");
        // The build has these instructions on, and parents lead to nodes that are there (see `Group::new`).
        unsafe {
            if tasks[0].layer == 1 {
                label::<N, true>(tasks, parents, current, previous, nodes);
            } else {
                label::<N, false>(tasks, parents, current, previous, nodes);
            }
        }
    }
    match tasks.len() {
        1 => one_or_more::<1>(tasks, parents, current, previous, nodes),
        2 => one_or_more::<2>(tasks, parents, current, previous, nodes),
        3 => one_or_more::<3>(tasks, parents, current, previous, nodes),
        4 => one_or_more::<4>(tasks, parents, current, previous, nodes),
        more => panic!("{more} sectors cannot be interleaved"),
    }
}

/// # Safety
/// Parents lead to nodes that are there.
unsafe fn label<const N: usize, const FIRST: bool>(
    tasks: &[Task; N],
    parents: &[Parents],
    current: &mut Labels,
    previous: &Labels,
    nodes: Range<usize>,
) {
    let stride = current.stride();
    let (current, previous) = (current.as_mut_ptr(), previous.as_ptr());
    let layer_of = |parent: usize| if parent < BASE { current.cast_const() } else { previous };
    let degree = if FIRST { BASE } else { 2 * PAIRS };
    let pairs = degree / 2;
    let (whole, last) = (HASHED_PARENTS / 2, (HASHED_PARENTS - 1) % degree);
    unsafe {
        let zero = _mm_setzero_si128();
        // What follows the last byte: a one bit, and at the block's end how many bits there were.
        let (end, bits) = (_mm_set_epi32(0, 0, 0, i32::MIN), _mm_set_epi32(BITS, 0, 0, 0));
        let replica_ids: [[__m128i; 2]; N] = array::from_fn(|lane| load(tasks[lane].replica_id.as_ptr()));
        let mut blocks = [[Rounds([0; 64]); N]; PAIRS];
        // Of blocks that are hashed once.
        let mut once = [Rounds([0; 64]); N];
        for node in nodes {
            let ahead = parents.get_unchecked((node + AHEAD).min(parents.len() - 1));
            for (parent, ahead) in ahead[..degree].iter().enumerate() {
                let start = layer_of(parent).wrapping_add(*ahead as usize * stride);
                for line in (0..stride).step_by(64) {
                    _mm_prefetch::<_MM_HINT_T0>(start.wrapping_add(line).cast());
                }
            }
            let mut states = [initial(); N];
            let header = |lane: usize| {
                let numbers = _mm_set_epi32(0, node as i32, (node >> 32) as i32, tasks[lane].layer as i32);
                [replica_ids[lane][0], replica_ids[lane][1], numbers, zero]
            };
            expand(&mut states, array::from_fn(header), &mut once);
            if node == 0 {
                let length = _mm_set_epi32(512, 0, 0, 0);
                expand(&mut states, [[end, zero, zero, length]; N], &mut once);
            } else {
                let parents = parents.get_unchecked(node);
                let label_of = |parent: usize, lane: usize| {
                    load(layer_of(parent).add(parents[parent] as usize * stride + tasks[lane].slot * NODE_BYTES))
                };
                let pair_of = |pair: usize, lane: usize| {
                    let (left, right) = (label_of(2 * pair, lane), label_of(2 * pair + 1, lane));
                    [left[0], left[1], right[0], right[1]]
                };
                for (pair, block) in blocks[..pairs].iter_mut().enumerate() {
                    expand(&mut states, array::from_fn(|lane| pair_of(pair, lane)), block);
                }
                for pair in pairs..whole {
                    again(&mut states, &blocks[pair % pairs]);
                }
                let ending = |lane: usize| {
                    let [first, second] = label_of(last, lane);
                    [first, second, end, bits]
                };
                expand(&mut states, array::from_fn(ending), &mut once);
            }
            for lane in 0..N {
                store(states[lane], current.add(node * stride + tasks[lane].slot * NODE_BYTES));
            }
        }
    }
}

/// SHA-256's initial value.
#[inline(always)]
unsafe fn initial() -> State {
    let vector = |words: [u32; 4]| {
        let [high, next, then, low] = words.map(u32::cast_signed);
        unsafe { _mm_set_epi32(high, next, then, low) }
    };
    State {
        abef: vector([0x6a09e667, 0xbb67ae85, 0x510e527f, 0x9b05688c]),
        cdgh: vector([0x3c6ef372, 0xa54ff53a, 0x1f83d9ab, 0x5be0cd19]),
    }
}

/// Hashes a block of each lane, given its 16 words, and keeps the words of all rounds.
#[inline(always)]
unsafe fn expand<const N: usize>(states: &mut [State; N], mut words: [[__m128i; 4]; N], into: &mut [Rounds; N]) {
    let before = *states;
    // Written out: in a loop the words would lie in memory.
    macro_rules! four_rounds {
        ($($four:literal: $oldest:literal $second:literal $third:literal $newest:literal,)*) => { $(
            let constants = unsafe { _mm_loadu_si128(K.as_ptr().add(4 * $four).cast()) };
            for lane in 0..N {
                let (words, state) = (&mut words[lane], &mut states[lane]);
                unsafe {
                    if $four >= 4 {
                        let sum = _mm_sha256msg1_epu32(words[$oldest], words[$second]);
                        let sum = _mm_add_epi32(sum, _mm_alignr_epi8::<4>(words[$newest], words[$third]));
                        words[$oldest] = _mm_sha256msg2_epu32(sum, words[$newest]);
                    }
                    let sum = _mm_add_epi32(words[$oldest], constants);
                    _mm_store_si128(into[lane].0.as_mut_ptr().cast::<__m128i>().add($four), sum);
                    state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, sum);
                    state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32::<0b1110>(sum));
                }
            }
        )* };
    }
    four_rounds! {
        0: 0 1 2 3, 1: 1 2 3 0, 2: 2 3 0 1, 3: 3 0 1 2, 4: 0 1 2 3, 5: 1 2 3 0, 6: 2 3 0 1, 7: 3 0 1 2,
        8: 0 1 2 3, 9: 1 2 3 0, 10: 2 3 0 1, 11: 3 0 1 2, 12: 0 1 2 3, 13: 1 2 3 0, 14: 2 3 0 1, 15: 3 0 1 2,
    }
    unsafe { add(states, before) };
}

/// Hashes a block of each lane whose words of all rounds are known.
#[inline(always)]
unsafe fn again<const N: usize>(states: &mut [State; N], blocks: &[Rounds; N]) {
    let before = *states;
    macro_rules! four_rounds {
        ($($four:literal)*) => { $(
            for lane in 0..N {
                let state = &mut states[lane];
                let words = blocks[lane].0.as_ptr().wrapping_add(4 * $four);
                // Two rounds take two words, the lower half of a vector.
                unsafe {
                    state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, _mm_loadl_epi64(words.cast()));
                    state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_loadl_epi64(words.add(2).cast()));
                }
            }
        )* };
    }
    four_rounds! { 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 }
    unsafe { add(states, before) };
}

#[inline(always)]
unsafe fn add<const N: usize>(states: &mut [State; N], before: [State; N]) {
    for (state, before) in states.iter_mut().zip(before) {
        unsafe {
            state.abef = _mm_add_epi32(state.abef, before.abef);
            state.cdgh = _mm_add_epi32(state.cdgh, before.cdgh);
        }
    }
}

/// SHA-256's numbers have their highest byte first.
#[inline(always)]
unsafe fn swap_bytes(words: __m128i) -> __m128i {
    unsafe { _mm_shuffle_epi8(words, _mm_set_epi64x(0x0c0d0e0f_08090a0b, 0x04050607_00010203)) }
}

/// A label's eight words.
///
/// # Safety
/// There are 32 bytes.
#[inline(always)]
unsafe fn load(label: *const u8) -> [__m128i; 2] {
    let label = label.cast::<__m128i>();
    unsafe { [swap_bytes(_mm_loadu_si128(label)), swap_bytes(_mm_loadu_si128(label.add(1)))] }
}

/// Writes a hash as a label, its last two bits cleared so that it is a field element.
///
/// # Safety
/// There are 32 bytes.
#[inline(always)]
unsafe fn store(state: State, label: *mut u8) {
    let label = label.cast::<__m128i>();
    unsafe {
        let abef = _mm_shuffle_epi32::<0b00_01_10_11>(state.abef);
        let ghcd = _mm_shuffle_epi32::<0b10_11_00_01>(state.cdgh);
        let abcd = swap_bytes(_mm_blend_epi16::<0b1111_0000>(abef, ghcd));
        let efgh = swap_bytes(_mm_alignr_epi8::<8>(ghcd, abef));
        let efgh = _mm_and_si128(efgh, _mm_set_epi32(0x3fff_ffff, -1, -1, -1));
        _mm_storeu_si128(label, abcd);
        _mm_storeu_si128(label.add(1), efgh);
    }
}
