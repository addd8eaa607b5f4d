//! SHA-256 by the SHA instructions of x86-64, several messages interleaved.

use std::arch::x86_64::*;

use super::{Hash, Message};

/// The constants of FIPS 180-4 for the 64 rounds, four to a step.
pub(crate) const CONSTANTS: [[u32; 4]; 16] = [
    [0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5],
    [0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5],
    [0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3],
    [0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174],
    [0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc],
    [0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da],
    [0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7],
    [0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967],
    [0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13],
    [0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85],
    [0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3],
    [0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070],
    [0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5],
    [0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3],
    [0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208],
    [0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2],
];

/// The words of the final block, which is the same for every message, with the constants added.
const ENDING: [[u32; 4]; 16] = ending();

const fn ending() -> [[u32; 4]; 16] {
    let mut words = [0_u32; 64];
    words[0] = 0x8000_0000;
    words[15] = 8 * size_of::<Message>() as u32;
    let mut at = 16;
    while at < 64 {
        let (before_15, before_2) = (words[at - 15], words[at - 2]);
        let low = before_15.rotate_right(7) ^ before_15.rotate_right(18) ^ (before_15 >> 3);
        let high = before_2.rotate_right(17) ^ before_2.rotate_right(19) ^ (before_2 >> 10);
        words[at] = words[at - 16].wrapping_add(low).wrapping_add(words[at - 7]).wrapping_add(high);
        at += 1;
    }
    let mut steps = CONSTANTS;
    at = 0;
    while at < 64 {
        steps[at / 4][at % 4] = steps[at / 4][at % 4].wrapping_add(words[at]);
        at += 1;
    }
    steps
}

/// The eight working words in the form that the instructions use.
#[derive(Clone, Copy)]
pub(crate) struct State {
    pub(crate) abef: __m128i,
    pub(crate) cdgh: __m128i,
}

/// The initial hash value.
#[target_feature(enable = "sha,ssse3,sse4.1")]
#[inline]
pub(crate) fn initial() -> State {
    State {
        abef: words([0x9b05688c, 0x510e527f, 0xbb67ae85, 0x6a09e667]),
        cdgh: words([0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372]),
    }
}

/// SHA-256 of each message.
#[target_feature(enable = "sha,ssse3,sse4.1")]
pub(super) fn hash<const N: usize>(messages: &[Message; N]) -> [Hash; N] {
    let initial = initial();
    let mut schedules = messages.map(|message| load(&message));
    let mut states = [initial; N];
    for quarter in 0..4 {
        for step in 0..4 {
            let constants = words(CONSTANTS[4 * quarter + step]);
            four_rounds(&mut states, |lane| _mm_add_epi32(schedules[lane][step], constants));
            if quarter < 3 {
                for schedule in &mut schedules {
                    schedule[step] = next_words(schedule, step);
                }
            }
        }
    }
    let between = states.map(|state| sum(state, initial));
    states = between;
    for step in ENDING {
        let step = words(step);
        four_rounds(&mut states, |_| step);
    }
    std::array::from_fn(|lane| store(sum(states[lane], between[lane])))
}

/// Four rounds in each lane; `words` returns a lane's words with the constants added.
#[target_feature(enable = "sha,ssse3,sse4.1")]
#[inline]
fn four_rounds<const N: usize>(states: &mut [State; N], words: impl Fn(usize) -> __m128i) {
    let words: [_; N] = std::array::from_fn(words);
    for (state, words) in states.iter_mut().zip(words) {
        state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, words);
    }
    for (state, words) in states.iter_mut().zip(words) {
        // The other two words; after two rounds the halves have swapped places.
        state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32::<0x0e>(words));
    }
}

/// The four words that follow the 16 of `schedule`; the oldest ones begin at `step`.
#[target_feature(enable = "sha,ssse3,sse4.1")]
#[inline]
fn next_words(schedule: &[__m128i; 4], step: usize) -> __m128i {
    let [oldest, older, newer, newest] = std::array::from_fn(|age| schedule[(step + age) % 4]);
    let begun = _mm_add_epi32(_mm_sha256msg1_epu32(oldest, older), _mm_alignr_epi8::<4>(newest, newer));
    _mm_sha256msg2_epu32(begun, newest)
}

#[target_feature(enable = "sha,ssse3,sse4.1")]
#[inline]
fn sum(one: State, other: State) -> State {
    State { abef: _mm_add_epi32(one.abef, other.abef), cdgh: _mm_add_epi32(one.cdgh, other.cdgh) }
}

/// Four words, the lowest first.
#[target_feature(enable = "sha,ssse3,sse4.1")]
#[inline]
pub(crate) fn words(words: [u32; 4]) -> __m128i {
    let [a, b, c, d] = words.map(u32::cast_signed);
    _mm_set_epi32(d, c, b, a)
}

/// Swaps the bytes of each word: messages and hashes are big-endian.
#[target_feature(enable = "sha,ssse3,sse4.1")]
#[inline]
pub(crate) fn turned(words: __m128i) -> __m128i {
    _mm_shuffle_epi8(words, _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203))
}

#[target_feature(enable = "sha,ssse3,sse4.1")]
#[inline]
fn load(message: &Message) -> [__m128i; 4] {
    let parts = message.as_chunks::<16>().0;
    // No alignment is needed.
    std::array::from_fn(|part| turned(unsafe { _mm_loadu_si128(parts[part].as_ptr().cast()) }))
}

#[target_feature(enable = "sha,ssse3,sse4.1")]
#[inline]
fn store(state: State) -> Hash {
    let [abcd, efgh] = bytes(state);
    let mut hash = [0; 32];
    let (first, second) = hash.split_at_mut(16);
    // No alignment is needed.
    unsafe {
        _mm_storeu_si128(first.as_mut_ptr().cast(), abcd);
        _mm_storeu_si128(second.as_mut_ptr().cast(), efgh);
    }
    hash
}

/// The two halves of a hash, in the byte order of its text.
#[target_feature(enable = "sha,ssse3,sse4.1")]
#[inline]
pub(crate) fn bytes(state: State) -> [__m128i; 2] {
    let feba = _mm_shuffle_epi32::<0x1b>(state.abef);
    let dchg = _mm_shuffle_epi32::<0xb1>(state.cdgh);
    [turned(_mm_blend_epi16::<0xf0>(feba, dchg)), turned(_mm_alignr_epi8::<8>(dchg, feba))]
}
