//! Eight hashes side by side, or two interleaved groups of eight, by AVX-512 IFMA.
//!
//! An instruction multiplies the low 52 bits of two limbs and adds the low or the high half of the product to a 64-bit
//! lane. So sums have room for 2^12 halves, and a limb may keep the bits that were carried out of it: only its low 52
//! bits count. `LIMBS` limbs hold less than 2^260, which is more than 35 times the order r.
//!
//! Products are Montgomery products: before the division by R = 2^260, a multiple of r, less than R times r, is added
//! so that no remainder is left. So factors of a r and b r give less than (1 + a b r / R) r, which is less than (1 + a
//! b / 35) r, and nothing has to be compared with r. With all factors less than 2 r, as in hashing:
//! - a product or a square is less than 1.12 r;
//! - a sum of 12 products by numbers less than r is less than 1.69 r;
//! - a sum of products by one-limb numbers that add up to less than 2^52, plus a number less than r, is divided only by
//!   2^52 and is less than 3.01 r; if the numbers add up to less than 2^48, like the matrix's, it is less than 1.13 r.

use core::arch::x86_64::*;

use crate::poseidon::hashing::hashing;
use crate::poseidon::limbs::{LIMB_BITS, Limbs, MASK, ORDER};

// A single group would wait for its own products; three groups need too many registers.
hashing!("avx512f,avx512ifma", 2);

/// Elements in a group.
const LANES: usize = 8;

/// One limb of each element of N groups.
type Limb<const N: usize> = [__m512i; N];

/// N groups of elements.
#[derive(Clone, Copy)]
struct Lanes<const N: usize>([Limb<N>; LIMBS]);

/// Limbs of a product, or a sum of products, before it is reduced.
type Wide<const N: usize> = [Limb<N>; 2 * LIMBS];

/// Adds the low half of a product.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn add_low<const N: usize>(sum: &mut Limb<N>, a: &Limb<N>, b: &Limb<N>) {
    for n in 0..N {
        sum[n] = _mm512_madd52lo_epu64(sum[n], a[n], b[n]);
    }
}

/// Adds the high half of a product.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn add_high<const N: usize>(sum: &mut Limb<N>, a: &Limb<N>, b: &Limb<N>) {
    for n in 0..N {
        sum[n] = _mm512_madd52hi_epu64(sum[n], a[n], b[n]);
    }
}

/// Carries the bits above the lower limb's 52 into the upper one. The lower limb keeps them, but they no longer count.
#[inline]
#[target_feature(enable = "avx512f")]
fn carry<const N: usize>(lower: &Limb<N>, upper: &mut Limb<N>) {
    for n in 0..N {
        upper[n] = _mm512_add_epi64(upper[n], _mm512_srli_epi64::<LIMB_BITS>(lower[n]));
    }
}

/// One step of Montgomery's reduction: adds the multiple of r to `sum` that makes its lowest limb 0, and carries from it.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn clear_lowest<const N: usize>(sum: &mut [Limb<N>; LIMBS + 1]) {
    let order = constant::<N>(&ORDER);
    let mut factor = [_mm512_setzero_si512(); N];
    for n in 0..N {
        // -1 / r is -(1 + 2^32) mod 2^52.
        let lowest = sum[0][n];
        let product = _mm512_add_epi64(lowest, _mm512_slli_epi64::<32>(lowest));
        factor[n] = _mm512_sub_epi64(_mm512_setzero_si512(), product);
        // The lowest limb and the low half of the factor times r's lowest limb, without the bits above, are 0 or 2^52
        // together.
        let full = _mm512_set1_epi64(MASK as i64);
        let carried = _mm512_srli_epi64::<LIMB_BITS>(_mm512_add_epi64(lowest, full));
        sum[1][n] = _mm512_add_epi64(sum[1][n], carried);
    }
    add_high(&mut sum[1], &factor, &order[0]);
    add_low(&mut sum[1], &factor, &order[1]);
    add_high(&mut sum[2], &factor, &order[1]);
    add_low(&mut sum[2], &factor, &order[2]);
    add_high(&mut sum[3], &factor, &order[2]);
    add_low(&mut sum[3], &factor, &order[3]);
    add_high(&mut sum[4], &factor, &order[3]);
    add_low(&mut sum[4], &factor, &order[4]);
    add_high(&mut sum[5], &factor, &order[4]);
}

#[inline]
#[target_feature(enable = "avx512f")]
fn constant<const N: usize>(limbs: &Limbs) -> [Limb<N>; LIMBS] {
    let mut lanes = [[_mm512_setzero_si512(); N]; LIMBS];
    for (limb, lanes) in limbs.iter().zip(&mut lanes) {
        *lanes = [_mm512_set1_epi64(*limb as i64); N];
    }
    lanes
}

/// The sum divided by R.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn reduce<const N: usize>(sum: &Wide<N>) -> Lanes<N> {
    let [s0, s1, s2, s3, s4, s5, s6, s7, s8, s9] = *sum;
    let mut window = [s0, s1, s2, s3, s4, s5];
    clear_lowest(&mut window);
    let [_, s1, s2, s3, s4, s5] = window;
    let mut window = [s1, s2, s3, s4, s5, s6];
    clear_lowest(&mut window);
    let [_, s2, s3, s4, s5, s6] = window;
    let mut window = [s2, s3, s4, s5, s6, s7];
    clear_lowest(&mut window);
    let [_, s3, s4, s5, s6, s7] = window;
    let mut window = [s3, s4, s5, s6, s7, s8];
    clear_lowest(&mut window);
    let [_, s4, s5, s6, s7, s8] = window;
    let mut window = [s4, s5, s6, s7, s8, s9];
    clear_lowest(&mut window);
    let [_, s5, s6, s7, s8, s9] = window;
    Lanes::carried([s5, s6, s7, s8, s9])
}

impl<const N: usize> Lanes<N> {
    /// These limbs of each element.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn load(limbs: &[[[u64; LANES]; N]; LIMBS]) -> Self {
        let mut lanes = [[_mm512_setzero_si512(); N]; LIMBS];
        for (limb, lanes) in limbs.iter().zip(&mut lanes) {
            for n in 0..N {
                // The array has enough bytes, and any bytes are valid numbers.
                lanes[n] = unsafe { _mm512_loadu_si512(limb[n].as_ptr().cast()) };
            }
        }
        Lanes(lanes)
    }

    /// The limbs of each element, including the bits above their 52 that do not count.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn store(&self) -> [[[u64; LANES]; N]; LIMBS] {
        let mut limbs = [[[0; LANES]; N]; LIMBS];
        for (limb, lanes) in limbs.iter_mut().zip(&self.0) {
            for n in 0..N {
                unsafe { _mm512_storeu_si512(limb[n].as_mut_ptr().cast(), lanes[n]) };
            }
        }
        limbs
    }

    /// The same element in every lane.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn all(limbs: &Limbs) -> Self {
        Lanes(constant(limbs))
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn carried(mut limbs: [Limb<N>; LIMBS]) -> Self {
        let [l0, l1, l2, l3, l4] = &mut limbs;
        carry(l0, l1);
        carry(l1, l2);
        carry(l2, l3);
        carry(l3, l4);
        Lanes(limbs)
    }

    /// Adds an element; neither may have bits above those that count.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn plus(&self, other: &Limbs) -> Self {
        let mut sum = constant(other);
        for (sum, own) in sum.iter_mut().zip(&self.0) {
            for n in 0..N {
                sum[n] = _mm512_add_epi64(sum[n], own[n]);
            }
        }
        Lanes::carried(sum)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn times(&self, other: &Self) -> Self {
        let mut sum = Sum::zero();
        sum.add_product(self, other);
        sum.reduced()
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn squared(&self) -> Self {
        let a = &self.0;
        let mut sum = [[_mm512_setzero_si512(); N]; 2 * LIMBS];
        macro_rules! cross {
            ($($i:literal $j:literal,)*) => { $(
                add_low(&mut sum[$i + $j], &a[$i], &a[$j]);
                add_high(&mut sum[$i + $j + 1], &a[$i], &a[$j]);
            )* };
        }
        cross! { 0 1, 0 2, 0 3, 1 2, 0 4, 1 3, 1 4, 2 3, 2 4, 3 4, }
        for limb in sum.as_flattened_mut() {
            *limb = _mm512_add_epi64(*limb, *limb);
        }
        cross! { 0 0, 1 1, 2 2, 3 3, 4 4, }
        reduce(&sum)
    }
}

/// A sum of products, reduced once. A limb has room for 2^12 halves, so hundreds of products are possible.
#[derive(Clone, Copy)]
struct Sum<const N: usize>(Wide<N>);

impl<const N: usize> Sum<N> {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn zero() -> Self {
        Sum([[_mm512_setzero_si512(); N]; 2 * LIMBS])
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn add_product(&mut self, a: &Lanes<N>, b: &Lanes<N>) {
        macro_rules! rows {
            ($($i:literal: $($j:literal)*,)*) => { $( $(
                add_low(&mut self.0[$i + $j], &a.0[$i], &b.0[$j]);
                add_high(&mut self.0[$i + $j + 1], &a.0[$i], &b.0[$j]);
            )* )* };
        }
        rows! { 0: 0 1 2 3 4, 1: 0 1 2 3 4, 2: 0 1 2 3 4, 3: 0 1 2 3 4, 4: 0 1 2 3 4, }
    }

    /// The sum divided by R.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn reduced(&self) -> Lanes<N> {
        reduce(&self.0)
    }
}

/// A sum of elements times one-limb numbers.
#[derive(Clone, Copy)]
struct SmallSum<const N: usize>([Limb<N>; LIMBS + 1]);

impl<const N: usize> SmallSum<N> {
    /// This number alone, without a product.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new(limbs: &Limbs) -> Self {
        let [l0, l1, l2, l3, l4] = constant(limbs);
        SmallSum([l0, l1, l2, l3, l4, [_mm512_setzero_si512(); N]])
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn add_products(&mut self, factors: &[u64], elements: &[Lanes<N>]) {
        for (factor, element) in factors.iter().zip(elements) {
            let factor = [_mm512_set1_epi64(*factor as i64); N];
            macro_rules! limbs {
                ($($i:literal)*) => { $(
                    add_low(&mut self.0[$i], &element.0[$i], &factor);
                    add_high(&mut self.0[$i + 1], &element.0[$i], &factor);
                )* };
            }
            limbs! { 0 1 2 3 4 }
        }
    }

    /// The sum divided by 2^52.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn reduced(mut self) -> Lanes<N> {
        clear_lowest(&mut self.0);
        let [_, l0, l1, l2, l3, l4] = self.0;
        Lanes::carried([l0, l1, l2, l3, l4])
    }
}

#[cfg(test)]
crate::poseidon::lanes_tests::lanes_tests!("avx512f,avx512ifma", Engine::Ifma);
