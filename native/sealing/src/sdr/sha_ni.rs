//! Labels by the CPU's SHA instructions, interleaved for several sectors.
//!
//! Two things make it fast. A round waits for the round before, so one sector's rounds leave most of the SHA unit idle;
//! other sectors' rounds fill it. And a label is hashed over the same parents several times, so each pair of parents is
//! expanded to the words of its 64 rounds only once for each node.

use core::arch::x86_64::*;
use std::array;
use std::ops::Range;

use crate::parent_cache::BASE;
use crate::sdr::engine::{HASHED_PARENTS, Memory, Task};
use crate::sha256::merkle::NODE_BYTES;
use crate::sha256::sha_ni::{self, CONSTANTS, State};

/// How many nodes ahead the parents are fetched into the CPU's caches.
const AHEAD: usize = 8;
/// The most different pairs of parents: one block of SHA-256 each.
const PAIRS: usize = 7;
/// Message length in bits of every label except node 0's.
const BITS: i32 = 8 * (64 + HASHED_PARENTS * NODE_BYTES) as i32;

/// A block's words for all 64 rounds, with K added. Everything is inlined into one function: separate functions would
/// pass states through memory, and each would wait for the one before.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Rounds([u32; 64]);

/// Computes the labels of these nodes. Either all tasks are in their first layer or none is.
///
/// # Safety
/// As for [`label_nodes`](crate::sdr::engine::label_nodes).
pub(crate) unsafe fn label_nodes(tasks: &[Task], memory: Memory, nodes: Range<usize>) {
    unsafe fn one_or_more<const N: usize>(tasks: &[Task], memory: Memory, nodes: Range<usize>) {
        let tasks: &[Task; N] = tasks.try_into().expect("there are exactly this many");
        // The build enables these instructions.
        unsafe {
            if tasks[0].layer == 1 {
                label::<N, true>(tasks, memory, nodes);
            } else {
                label::<N, false>(tasks, memory, nodes);
            }
        }
    }
    unsafe {
        match tasks.len() {
            1 => one_or_more::<1>(tasks, memory, nodes),
            2 => one_or_more::<2>(tasks, memory, nodes),
            3 => one_or_more::<3>(tasks, memory, nodes),
            4 => one_or_more::<4>(tasks, memory, nodes),
            more => panic!("{more} sectors cannot be interleaved"),
        }
    }
}

/// A function of its own: see the call of `_mm256_zeroupper`.
///
/// # Safety
/// As for [`label_nodes`](crate::sdr::engine::label_nodes).
#[inline(never)]
unsafe fn label<const N: usize, const FIRST: bool>(tasks: &[Task; N], memory: Memory, nodes: Range<usize>) {
    let stride = memory.current.stride();
    let (parents, current, previous) = (memory.parents, memory.current.as_mut_ptr(), memory.previous.as_ptr());
    let (first, place) = (memory.first, memory.place);
    let layer_of = |parent: usize| if parent < BASE { current.cast_const() } else { previous };
    let degree = if FIRST { BASE } else { 2 * PAIRS };
    let pairs = degree / 2;
    let (whole, last) = (HASHED_PARENTS / 2, (HASHED_PARENTS - 1) % degree);
    unsafe {
        let zero = _mm_setzero_si128();
        // After the last byte: a one bit, and at the block's end the number of bits.
        let (end, bits) = (_mm_set_epi32(0, 0, 0, i32::MIN), _mm_set_epi32(BITS, 0, 0, 0));
        let replica_ids: [[__m128i; 2]; N] = array::from_fn(|lane| load(tasks[lane].replica_id.as_ptr()));
        let mut blocks = [[Rounds([0; 64]); N]; PAIRS];
        // For blocks that are hashed only once.
        let mut once = [Rounds([0; 64]); N];
        for node in nodes {
            // The SHA instructions have only the old encoding. As long as the upper half of any vector register is in
            // use, Intel CPUs (Sapphire and Emerald Rapids) take 140 ns to switch between it and the new one, which
            // would make a node take 100 times as long. The compiler uses the upper halves for copies, and the code
            // that this one is inlined into does.
            _mm256_zeroupper();
            let index = node - first;
            let ahead = parents.get_unchecked((index + AHEAD).min(parents.len() - 1));
            // Prefetches one parent with each block: all at once would be more than a core can have outstanding.
            let fetch = |parent: usize| {
                if parent < degree {
                    let start = layer_of(parent).wrapping_add(ahead[parent] as usize * stride);
                    for line in (0..stride).step_by(64) {
                        _mm_prefetch::<_MM_HINT_T0>(start.wrapping_add(line).cast());
                    }
                }
            };
            let mut states = [sha_ni::initial(); N];
            let header = |lane: usize| {
                let numbers = _mm_set_epi32(0, node as i32, (node >> 32) as i32, tasks[lane].layer as i32);
                [replica_ids[lane][0], replica_ids[lane][1], numbers, zero]
            };
            expand(&mut states, array::from_fn(header), &mut once);
            if node == 0 {
                let length = _mm_set_epi32(512, 0, 0, 0);
                expand(&mut states, [[end, zero, zero, length]; N], &mut once);
            } else {
                let parents = parents.get_unchecked(index);
                let label_of = |parent: usize, lane: usize| {
                    load(layer_of(parent).add(parents[parent] as usize * stride + tasks[lane].slot * NODE_BYTES))
                };
                let pair_of = |pair: usize, lane: usize| {
                    let (left, right) = (label_of(2 * pair, lane), label_of(2 * pair + 1, lane));
                    [left[0], left[1], right[0], right[1]]
                };
                for (pair, block) in blocks[..pairs].iter_mut().enumerate() {
                    fetch(pair);
                    expand(&mut states, array::from_fn(|lane| pair_of(pair, lane)), block);
                }
                for pair in pairs..whole {
                    fetch(pair);
                    again(&mut states, &blocks[pair % pairs]);
                }
                let ending = |lane: usize| {
                    let [first, second] = label_of(last, lane);
                    [first, second, end, bits]
                };
                expand(&mut states, array::from_fn(ending), &mut once);
            }
            for lane in 0..N {
                store(states[lane], current.add((place + index) * stride + tasks[lane].slot * NODE_BYTES));
            }
        }
    }
}

/// Hashes a block in each lane, given its 16 words, and keeps the words of all rounds.
#[inline(always)]
unsafe fn expand<const N: usize>(states: &mut [State; N], mut words: [[__m128i; 4]; N], into: &mut [Rounds; N]) {
    let before = *states;
    // Unrolled: in a loop the words would be kept in memory.
    macro_rules! four_rounds {
        ($($four:literal: $oldest:literal $second:literal $third:literal $newest:literal,)*) => { $(
            let constants = unsafe { sha_ni::words(CONSTANTS[$four]) };
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

/// Hashes a block in each lane; the words of all its rounds are known.
#[inline(always)]
unsafe fn again<const N: usize>(states: &mut [State; N], blocks: &[Rounds; N]) {
    let before = *states;
    macro_rules! four_rounds {
        ($($four:literal)*) => { $(
            for lane in 0..N {
                let state = &mut states[lane];
                let words = blocks[lane].0.as_ptr().wrapping_add(4 * $four);
                // Two rounds use two words, the lower half of a vector.
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

/// A label's eight words.
///
/// # Safety
/// There are 32 bytes.
#[inline(always)]
unsafe fn load(label: *const u8) -> [__m128i; 2] {
    let label = label.cast::<__m128i>();
    unsafe { [sha_ni::turned(_mm_loadu_si128(label)), sha_ni::turned(_mm_loadu_si128(label.add(1)))] }
}

/// Writes a hash as a label, with its last two bits cleared so that it is a field element.
///
/// # Safety
/// There are 32 bytes.
#[inline(always)]
unsafe fn store(state: State, label: *mut u8) {
    let label = label.cast::<__m128i>();
    unsafe {
        let [abcd, efgh] = sha_ni::bytes(state);
        let efgh = _mm_and_si128(efgh, _mm_set_epi32(0x3fff_ffff, -1, -1, -1));
        _mm_storeu_si128(label, abcd);
        _mm_storeu_si128(label.add(1), efgh);
    }
}
