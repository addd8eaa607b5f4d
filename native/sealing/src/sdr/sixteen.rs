//! Labels of up to 16 sectors, in vectors of 512 bits.

use core::arch::x86_64::{
    _mm512_add_epi32 as add, _mm512_and_si512 as and, _mm512_ror_epi32 as ror, _mm512_set1_epi32 as all,
    _mm512_srli_epi32 as shr, _mm512_sub_epi32 as sub, _mm512_ternarylogic_epi32 as logic, *,
};

use crate::sdr::lanes::lanes;

type Vector = __m512i;

/// Sectors at most.
pub(super) const LANES: usize = 16;

lanes!();

/// The labels at these offsets, each in its lane. Which lane that is does not matter, as [`store`] reverses it.
///
/// # Safety
/// There are labels.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
unsafe fn load(labels: *const u8, offsets: &[usize; LANES]) -> Words {
    // Two labels to a vector.
    let [r0, r1, r2, r3, r4, r5, r6, r7] = array::from_fn(|pair| unsafe {
        let [left, right] = [0, 1].map(|side| _mm256_loadu_si256(labels.add(offsets[2 * pair + side]).cast()));
        _mm512_inserti64x4::<1>(_mm512_castsi256_si512(left), right)
    });
    let (u, v) = (transposed([r0, r1, r2, r3]), transposed([r4, r5, r6, r7]));
    array::from_fn(|word| {
        // Quarters of a vector have the words 0 to 3 and 4 to 7 of left labels, then of right ones.
        turned(match word {
            0..4 => _mm512_shuffle_i32x4::<0b10_00_10_00>(u[word], v[word]),
            _ => _mm512_shuffle_i32x4::<0b11_01_11_01>(u[word - 4], v[word - 4]),
        })
    })
}

/// The reverse of [`load`], for the first sectors.
///
/// # Safety
/// There is room for labels that nobody else uses.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
unsafe fn store(words: Words, labels: *mut u8, offsets: &[usize]) {
    let words = words.map(|word| turned(word));
    let quarters = |half: usize| {
        array::from_fn(|word| {
            let (low, high) = (words[word], words[word + 4]);
            let both = match half {
                0 => _mm512_shuffle_i32x4::<0b01_00_01_00>(low, high),
                _ => _mm512_shuffle_i32x4::<0b11_10_11_10>(low, high),
            };
            _mm512_shuffle_i32x4::<0b11_01_10_00>(both, both)
        })
    };
    let halves = [transposed(quarters(0)), transposed(quarters(1))];
    for (lane, offset) in offsets.iter().enumerate() {
        let pair = halves[lane / 8][lane / 2 % 4];
        let label = if lane % 2 == 0 { _mm512_castsi512_si256(pair) } else { _mm512_extracti64x4_epi64::<1>(pair) };
        unsafe { _mm256_storeu_si256(labels.add(*offset).cast(), label) };
    }
}

/// Transposes the words of four vectors within each quarter.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn transposed([r0, r1, r2, r3]: [Vector; 4]) -> [Vector; 4] {
    let (t0, t1) = (_mm512_unpacklo_epi32(r0, r1), _mm512_unpackhi_epi32(r0, r1));
    let (t2, t3) = (_mm512_unpacklo_epi32(r2, r3), _mm512_unpackhi_epi32(r2, r3));
    [
        _mm512_unpacklo_epi64(t0, t2),
        _mm512_unpackhi_epi64(t0, t2),
        _mm512_unpacklo_epi64(t1, t3),
        _mm512_unpackhi_epi64(t1, t3),
    ]
}

/// Swaps the bytes of each word: messages and hashes are big-endian.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn turned(words: Vector) -> Vector {
    let order = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    _mm512_shuffle_epi8(words, _mm512_broadcast_i32x4(order))
}
