//! Labels of up to 8 sectors, in vectors of 256 bits.

use core::arch::x86_64::{
    _mm256_add_epi32 as add, _mm256_and_si256 as and, _mm256_ror_epi32 as ror, _mm256_set1_epi32 as all,
    _mm256_srli_epi32 as shr, _mm256_sub_epi32 as sub, _mm256_ternarylogic_epi32 as logic, *,
};

use crate::sdr::lanes::lanes;

type Vector = __m256i;

/// Sectors at most.
pub(super) const LANES: usize = 8;

lanes!();

/// The labels at these offsets, each in its lane.
///
/// # Safety
/// There are labels.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
unsafe fn load(labels: *const u8, offsets: &[usize; LANES]) -> Words {
    let labels = array::from_fn(|lane| unsafe { _mm256_loadu_si256(labels.add(offsets[lane]).cast()) });
    transposed(labels).map(|words| turned(words))
}

/// The reverse of [`load`], for the first sectors.
///
/// # Safety
/// There is room for labels that nobody else uses.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
unsafe fn store(words: Words, labels: *mut u8, offsets: &[usize]) {
    let own = transposed(words.map(|word| turned(word)));
    for (label, offset) in own.into_iter().zip(offsets) {
        unsafe { _mm256_storeu_si256(labels.add(*offset).cast(), label) };
    }
}

/// Transposes the eight words of eight vectors.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn transposed([r0, r1, r2, r3, r4, r5, r6, r7]: Words) -> Words {
    let (u, v) = (halves([r0, r1, r2, r3]), halves([r4, r5, r6, r7]));
    array::from_fn(|word| match word {
        0..4 => _mm256_permute2x128_si256::<0x20>(u[word], v[word]),
        _ => _mm256_permute2x128_si256::<0x31>(u[word - 4], v[word - 4]),
    })
}

/// Transposes the words of four vectors within each half.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn halves([r0, r1, r2, r3]: [Vector; 4]) -> [Vector; 4] {
    let (t0, t1) = (_mm256_unpacklo_epi32(r0, r1), _mm256_unpackhi_epi32(r0, r1));
    let (t2, t3) = (_mm256_unpacklo_epi32(r2, r3), _mm256_unpackhi_epi32(r2, r3));
    [
        _mm256_unpacklo_epi64(t0, t2),
        _mm256_unpackhi_epi64(t0, t2),
        _mm256_unpacklo_epi64(t1, t3),
        _mm256_unpackhi_epi64(t1, t3),
    ]
}

/// Swaps the bytes of each word: messages and hashes are big-endian.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn turned(words: Vector) -> Vector {
    let order = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    _mm256_shuffle_epi8(words, _mm256_broadcastsi128_si256(order))
}
