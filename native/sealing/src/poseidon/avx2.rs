//! Four hashes side by side, by AVX2.
//!
//! Its widest products are 32 by 32 bits. So limbs are half as long as elsewhere, 26 bits: ten of them hold the same
//! numbers, less than 2^260, products are divided by the same R = 2^260, and the bounds explained in `ifma` hold.
//! Unlike there, a limb has no bits above its 26 once they have been carried.

use core::arch::x86_64::*;

use crate::poseidon::hashing::hashing;
use crate::poseidon::limbs::{LIMB_BITS, Limbs, ORDER};

// There are enough registers for one group.
hashing!("avx2", 1);

/// Elements in a group.
const LANES: usize = 4;
/// Halves of an element's limbs.
const HALVES: usize = 2 * LIMBS;
/// Bits of a half.
const HALF_BITS: u32 = LIMB_BITS / 2;
/// The bits of a half.
const HALF: u64 = (1 << HALF_BITS) - 1;
/// The field's order.
const ORDER_HALVES: [u64; HALVES] = halves(&ORDER);

/// One half of each element of N groups.
type Half<const N: usize> = [__m256i; N];

/// N groups of elements.
#[derive(Clone, Copy)]
struct Lanes<const N: usize>([Half<N>; HALVES]);

const fn halves(limbs: &Limbs) -> [u64; HALVES] {
    let mut halves = [0; HALVES];
    let mut limb = 0;
    while limb < LIMBS {
        halves[2 * limb] = limbs[limb] & HALF;
        halves[2 * limb + 1] = limbs[limb] >> HALF_BITS;
        limb += 1;
    }
    halves
}

/// Adds a product.
#[inline]
#[target_feature(enable = "avx2")]
fn add<const N: usize>(sum: &mut Half<N>, a: &Half<N>, b: &Half<N>) {
    for n in 0..N {
        sum[n] = _mm256_add_epi64(sum[n], _mm256_mul_epu32(a[n], b[n]));
    }
}

/// One step of Montgomery's reduction: adds the multiple of r to `sum` that makes its half at `AT` 0, and carries from it.
#[inline]
#[target_feature(enable = "avx2")]
fn clear<const AT: usize, const N: usize, const WIDTH: usize>(sum: &mut [Half<N>; WIDTH]) {
    let full = _mm256_set1_epi64x(HALF as i64);
    let mut factor = [_mm256_setzero_si256(); N];
    for n in 0..N {
        // -1 / r is -1 mod 2^26.
        let lowest = sum[AT][n];
        factor[n] = _mm256_and_si256(_mm256_sub_epi64(_mm256_setzero_si256(), lowest), full);
        let carried = _mm256_srli_epi64::<{ HALF_BITS as i32 }>(_mm256_add_epi64(lowest, full));
        sum[AT + 1][n] = _mm256_add_epi64(sum[AT + 1][n], carried);
    }
    macro_rules! upper {
        ($($i:literal)*) => { $( add(&mut sum[AT + $i], &factor, &everywhere(ORDER_HALVES[$i])); )* };
    }
    upper! { 1 2 3 4 5 6 7 8 9 }
}

#[inline]
#[target_feature(enable = "avx2")]
fn everywhere<const N: usize>(number: u64) -> Half<N> {
    [_mm256_set1_epi64x(number as i64); N]
}

impl<const N: usize> Lanes<N> {
    /// These limbs of each element; bits above their 52 are ignored.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(limbs: &[[[u64; LANES]; N]; LIMBS]) -> Self {
        let full = _mm256_set1_epi64x(HALF as i64);
        let mut lanes = [[_mm256_setzero_si256(); N]; HALVES];
        for limb in 0..LIMBS {
            for n in 0..N {
                // The array has enough bytes, and any bytes are valid numbers.
                let both = unsafe { _mm256_loadu_si256(limbs[limb][n].as_ptr().cast()) };
                lanes[2 * limb][n] = _mm256_and_si256(both, full);
                lanes[2 * limb + 1][n] = _mm256_and_si256(_mm256_srli_epi64::<{ HALF_BITS as i32 }>(both), full);
            }
        }
        Lanes(lanes)
    }

    /// The limbs of each element.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn store(&self) -> [[[u64; LANES]; N]; LIMBS] {
        let mut limbs = [[[0; LANES]; N]; LIMBS];
        let (halves, _) = self.0.as_chunks();
        for ([lower, upper], into) in halves.iter().zip(&mut limbs) {
            for n in 0..N {
                let upper = _mm256_slli_epi64::<{ HALF_BITS as i32 }>(upper[n]);
                unsafe { _mm256_storeu_si256(into[n].as_mut_ptr().cast(), _mm256_or_si256(lower[n], upper)) };
            }
        }
        limbs
    }

    /// The same element in every lane.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn all(limbs: &Limbs) -> Self {
        let mut lanes = [[_mm256_setzero_si256(); N]; HALVES];
        for (half, lanes) in halves(limbs).into_iter().zip(&mut lanes) {
            *lanes = everywhere(half);
        }
        Lanes(lanes)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn carried(mut halves: [Half<N>; HALVES]) -> Self {
        let full = _mm256_set1_epi64x(HALF as i64);
        macro_rules! carry {
            ($($i:literal)*) => { $(
                for n in 0..N {
                    let carried = _mm256_srli_epi64::<{ HALF_BITS as i32 }>(halves[$i][n]);
                    halves[$i + 1][n] = _mm256_add_epi64(halves[$i + 1][n], carried);
                    halves[$i][n] = _mm256_and_si256(halves[$i][n], full);
                }
            )* };
        }
        carry! { 0 1 2 3 4 5 6 7 8 }
        Lanes(halves)
    }

    /// Adds an element.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn plus(&self, other: &Limbs) -> Self {
        let mut sum = Self::all(other).0;
        for (sum, own) in sum.iter_mut().zip(&self.0) {
            for n in 0..N {
                sum[n] = _mm256_add_epi64(sum[n], own[n]);
            }
        }
        Lanes::carried(sum)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn times(&self, other: &Self) -> Self {
        let mut sum = Sum::zero();
        sum.add_product(self, other);
        sum.reduced()
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn squared(&self) -> Self {
        let mut doubled = self.0;
        for half in doubled.as_flattened_mut() {
            *half = _mm256_add_epi64(*half, *half);
        }
        let mut sum = Sum::zero();
        macro_rules! rows {
            ($($i:literal: $($j:literal)*,)*) => { $(
                add(&mut sum.0[2 * $i], &self.0[$i], &self.0[$i]);
                $( add(&mut sum.0[$i + $j], &doubled[$i], &self.0[$j]); )*
            )* };
        }
        rows! {
            0: 1 2 3 4 5 6 7 8 9, 1: 2 3 4 5 6 7 8 9, 2: 3 4 5 6 7 8 9, 3: 4 5 6 7 8 9, 4: 5 6 7 8 9,
            5: 6 7 8 9, 6: 7 8 9, 7: 8 9, 8: 9, 9: ,
        }
        sum.reduced()
    }
}

/// A sum of products, reduced once. Each half has room for 2^12 products of halves.
#[derive(Clone, Copy)]
struct Sum<const N: usize>([Half<N>; 2 * HALVES]);

impl<const N: usize> Sum<N> {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn zero() -> Self {
        Sum([[_mm256_setzero_si256(); N]; 2 * HALVES])
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn add_product(&mut self, a: &Lanes<N>, b: &Lanes<N>) {
        macro_rules! rows {
            ($($i:literal)*) => { $(
                add(&mut self.0[$i], &a.0[$i], &b.0[0]);
                add(&mut self.0[$i + 1], &a.0[$i], &b.0[1]);
                add(&mut self.0[$i + 2], &a.0[$i], &b.0[2]);
                add(&mut self.0[$i + 3], &a.0[$i], &b.0[3]);
                add(&mut self.0[$i + 4], &a.0[$i], &b.0[4]);
                add(&mut self.0[$i + 5], &a.0[$i], &b.0[5]);
                add(&mut self.0[$i + 6], &a.0[$i], &b.0[6]);
                add(&mut self.0[$i + 7], &a.0[$i], &b.0[7]);
                add(&mut self.0[$i + 8], &a.0[$i], &b.0[8]);
                add(&mut self.0[$i + 9], &a.0[$i], &b.0[9]);
            )* };
        }
        rows! { 0 1 2 3 4 5 6 7 8 9 }
    }

    /// The sum divided by R.
    #[inline(never)]
    #[target_feature(enable = "avx2")]
    fn reduced(&self) -> Lanes<N> {
        let mut sum = self.0;
        macro_rules! steps {
            ($($i:literal)*) => { $( clear::<$i, _, _>(&mut sum); )* };
        }
        steps! { 0 1 2 3 4 5 6 7 8 9 }
        let [.., h0, h1, h2, h3, h4, h5, h6, h7, h8, h9] = sum;
        Lanes::carried([h0, h1, h2, h3, h4, h5, h6, h7, h8, h9])
    }
}

/// A sum of elements times one-limb numbers. Each half has room for 2^6 products by 32-bit numbers.
#[derive(Clone, Copy)]
struct SmallSum<const N: usize>([Half<N>; HALVES + 2]);

impl<const N: usize> SmallSum<N> {
    /// This number alone, without a product.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(limbs: &Limbs) -> Self {
        let mut sum = [[_mm256_setzero_si256(); N]; HALVES + 2];
        sum[..HALVES].copy_from_slice(&Lanes::all(limbs).0);
        SmallSum(sum)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn add_products(&mut self, factors: &[u64], elements: &[Lanes<N>]) {
        macro_rules! halves {
            ($element:ident, $factor:expr, $up:literal: $($i:literal)*) => {{
                let factor = everywhere($factor);
                $( add(&mut self.0[$i + $up], &$element.0[$i], &factor); )*
            }};
        }
        if factors.iter().all(|factor| factor >> 32 == 0) {
            for (factor, element) in factors.iter().zip(elements) {
                halves! { element, *factor, 0: 0 1 2 3 4 5 6 7 8 9 }
            }
        } else {
            for (factor, element) in factors.iter().zip(elements) {
                halves! { element, factor & HALF, 0: 0 1 2 3 4 5 6 7 8 9 }
            }
            for (factor, element) in factors.iter().zip(elements) {
                halves! { element, factor >> HALF_BITS, 1: 0 1 2 3 4 5 6 7 8 9 }
            }
        }
    }

    /// The sum divided by 2^52.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn reduced(mut self) -> Lanes<N> {
        clear::<0, _, _>(&mut self.0);
        clear::<1, _, _>(&mut self.0);
        let [_, _, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9] = self.0;
        Lanes::carried([h0, h1, h2, h3, h4, h5, h6, h7, h8, h9])
    }
}

#[cfg(test)]
crate::poseidon::lanes_tests::lanes_tests!("avx2", Engine::Avx2);
