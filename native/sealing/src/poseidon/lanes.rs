//! Arithmetic on eight field elements side by side, or a few times eight, by AVX-512 IFMA.
//!
//! Of two limbs an instruction multiplies the low 52 bits and adds the low or the high half of the product to a lane of 64
//! bits. So sums have room for 2^12 halves, and a limb that has been carried from may keep what it had above: only its low
//! 52 bits count. `LIMBS` limbs hold less than 2^260, which is more than 35 times the order r.
//!
//! Products are Montgomery's: divided by R = 2^260, with a multiple of r, less than R times it, added before so that no rest
//! is left. So factors a r and b r make less than (1 + a b r / R) r, which is less than (1 + a b / 35) r, and nothing need be
//! compared with r. With all factors less than 2 r, as `ifma` has them:
//! - a product or a square is less than 1.12 r;
//! - a sum of 12 products by numbers less than r is less than 1.69 r;
//! - a sum of products by numbers of one limb, themselves less than 2^52 in sum, plus a number less than r, is divided by
//!   2^52 alone and less than 3.01 r; where the numbers are less than 2^48 in sum, as the matrix's are, less than 1.13 r.

use core::arch::x86_64::*;

use crate::poseidon::limbs::{LIMB_BITS, LIMBS, Limbs, MASK, ORDER};

/// Elements in a group.
pub(super) const LANES: usize = 8;

/// One limb of each element of N groups.
type Limb<const N: usize> = [__m512i; N];

/// N groups of elements.
#[derive(Clone, Copy)]
pub(super) struct Lanes<const N: usize>([Limb<N>; LIMBS]);

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

/// Carries the bits above the lower limb's 52 into the upper one. The lower one keeps them: they count no more.
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
        // The lowest limb and the low half of the factor times r's are 0 or 2^52 together, without the bits above.
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
    pub(super) fn load(limbs: &[[[u64; LANES]; N]; LIMBS]) -> Self {
        let mut lanes = [[_mm512_setzero_si512(); N]; LIMBS];
        for (limb, lanes) in limbs.iter().zip(&mut lanes) {
            for n in 0..N {
                // As many bytes, and any are a number.
                lanes[n] = unsafe { _mm512_loadu_si512(limb[n].as_ptr().cast()) };
            }
        }
        Lanes(lanes)
    }

    /// The limbs of each element, with the bits above their 52 that do not count.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn store(&self) -> [[[u64; LANES]; N]; LIMBS] {
        let mut limbs = [[[0; LANES]; N]; LIMBS];
        for (limb, lanes) in limbs.iter_mut().zip(&self.0) {
            for n in 0..N {
                unsafe { _mm512_storeu_si512(limb[n].as_mut_ptr().cast(), lanes[n]) };
            }
        }
        limbs
    }

    /// This element everywhere.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn all(limbs: &Limbs) -> Self {
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

    /// With an element added; neither may have bits above those that count.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn plus(&self, other: &Limbs) -> Self {
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
    pub(super) fn times(&self, other: &Self) -> Self {
        let mut sum = Sum::zero();
        sum.add_product(self, other);
        sum.reduced()
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn squared(&self) -> Self {
        let a = &self.0;
        let mut sum = [[_mm512_setzero_si512(); N]; 2 * LIMBS];
        macro_rules! cross {
            ($($i:literal $j:literal,)*) => { $(
                add_low(&mut sum[$i + $j], &a[$i], &a[$j]);
                add_high(&mut sum[$i + $j + 1], &a[$i], &a[$j]);
            )* };
        }
        cross! { 0 1, 0 2, 0 3, 1 2, 0 4, 1 3, 1 4, 2 3, 2 4, 3 4, }
        for limb in &mut sum[1..9] {
            for n in 0..N {
                limb[n] = _mm512_add_epi64(limb[n], limb[n]);
            }
        }
        cross! { 0 0, 1 1, 2 2, 3 3, 4 4, }
        reduce(&sum)
    }
}

/// A sum of products, reduced once. A limb holds 2^12 halves: there may be hundreds of products.
#[derive(Clone, Copy)]
pub(super) struct Sum<const N: usize>(Wide<N>);

impl<const N: usize> Sum<N> {
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn zero() -> Self {
        Sum([[_mm512_setzero_si512(); N]; 2 * LIMBS])
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add_product(&mut self, a: &Lanes<N>, b: &Lanes<N>) {
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
    pub(super) fn reduced(&self) -> Lanes<N> {
        reduce(&self.0)
    }
}

/// A sum of elements times numbers of one limb.
#[derive(Clone, Copy)]
pub(super) struct SmallSum<const N: usize>([Limb<N>; LIMBS + 1]);

impl<const N: usize> SmallSum<N> {
    /// This number alone.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn new(limbs: &Limbs) -> Self {
        let [l0, l1, l2, l3, l4] = constant(limbs);
        SmallSum([l0, l1, l2, l3, l4, [_mm512_setzero_si512(); N]])
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add_product(&mut self, factor: u64, element: &Lanes<N>) {
        let factor = [_mm512_set1_epi64(factor as i64); N];
        macro_rules! limbs {
            ($($i:literal)*) => { $(
                add_low(&mut self.0[$i], &element.0[$i], &factor);
                add_high(&mut self.0[$i + 1], &element.0[$i], &factor);
            )* };
        }
        limbs! { 0 1 2 3 4 }
    }

    /// The sum divided by 2^52.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn reduced(mut self) -> Lanes<N> {
        clear_lowest(&mut self.0);
        let [_, l0, l1, l2, l3, l4] = self.0;
        Lanes::carried([l0, l1, l2, l3, l4])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poseidon::limbs::tests::{limbs, number, order};
    use crate::poseidon::{Engine, tests::engines};
    use num_bigint::BigUint;
    use rand::{Rng, SeedableRng, rngs::StdRng};

    const N: usize = 2;

    /// Limbs of each of two groups' elements.
    type Elements = [[[u64; LANES]; N]; LIMBS];

    fn of(elements: &Elements, group: usize, lane: usize) -> Limbs {
        elements.map(|limb| limb[group][lane])
    }

    /// Elements up to `bits` bits: random ones, those with the highest limbs, the order and its neighbours; above the bits
    /// of all limbs but the last one what does not count, unless `clean`.
    fn elements(random: &mut StdRng, bits: usize, clean: bool) -> Elements {
        let mut elements = [[[0; LANES]; N]; LIMBS];
        let highest = (BigUint::from(1_u32) << bits) - 1_u32;
        for (group, lane) in (0..N).flat_map(|group| (0..LANES).map(move |lane| (group, lane))) {
            let number = match random.gen_range(0..8) {
                0 => highest.clone(),
                1 => order() + random.gen_range(0..3_u32) - 1_u32,
                2 => BigUint::from(random.gen_range(0..2_u32)),
                3 => &highest ^ (BigUint::from(MASK) << (random.gen_range(0..LIMBS) * 52)),
                _ => BigUint::from_bytes_le(&random.r#gen::<[u8; 32]>()),
            };
            let limbs = limbs(&(number & &highest));
            for limb in 0..LIMBS {
                let above = if clean || limb + 1 == LIMBS { 0 } else { random.r#gen::<u64>() << LIMB_BITS };
                elements[limb][group][lane] = limbs[limb] | above;
            }
        }
        elements
    }

    /// Checks the lanes of what was made: `(divided by, sum)` of a lane must be it times that divisor mod r, and it must
    /// be less than its sum over the divisor plus r.
    fn check(made: &Elements, sum: impl Fn(usize, usize) -> (u32, BigUint)) {
        for (group, lane) in (0..N).flat_map(|group| (0..LANES).map(move |lane| (group, lane))) {
            let (shift, sum) = sum(group, lane);
            let made = number(&of(made, group, lane));
            assert_eq!((&made << shift) % order(), &sum % order(), "of {sum:x}");
            assert!(made <= (&sum >> shift) + order(), "{made:x} of {sum:x}");
        }
    }

    fn each_time(test: impl Fn(&mut StdRng)) {
        if !engines().contains(&Engine::Ifma) {
            return;
        }
        let seed: u64 = rand::random();
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        (0..200).for_each(|_| test(&mut random));
    }

    /// Whether the CPU has what these need was asked by `each_time`.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn products(a: &Elements, b: &Elements) -> [Elements; 2] {
        let (a, b) = (Lanes::load(a), Lanes::load(b));
        [a.times(&b).store(), a.squared().store()]
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn sum(terms: &[(Elements, Elements)]) -> Elements {
        let mut sum = Sum::zero();
        for (a, b) in terms {
            sum.add_product(&Lanes::load(a), &Lanes::load(b));
        }
        sum.reduced().store()
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn small_sum(addend: &Limbs, terms: &[(u64, Elements)]) -> Elements {
        let mut sum = SmallSum::new(addend);
        for (factor, element) in terms {
            sum.add_product(*factor, &Lanes::load(element));
        }
        sum.reduced().store()
    }

    #[target_feature(enable = "avx512f")]
    fn plus(a: &Elements, b: &Limbs) -> [Elements; 2] {
        [Lanes::load(a).plus(b).store(), Lanes::<N>::all(b).store()]
    }

    /// Fails where a carry or a half of a limb's product is left out, or bits that do not count do. Up to 259 bits a product
    /// has room; elements have 256.
    #[test]
    fn products_are_divided_by_r() {
        each_time(|random| {
            for bits in [255, 256, 259] {
                let (a, b) = (elements(random, bits, false), elements(random, bits, false));
                let [product, square] = unsafe { products(&a, &b) };
                let factor = |of_which, group, lane| number(&of(of_which, group, lane));
                check(&product, |group, lane| (260, factor(&a, group, lane) * factor(&b, group, lane)));
                check(&square, |group, lane| (260, factor(&a, group, lane).pow(2)));
            }
        });
    }

    /// Fails where a sum of as many products as the widest state has elements runs over.
    #[test]
    fn a_sum_of_products_is_divided_by_r_once() {
        each_time(|random| {
            let count = random.gen_range(0..=12);
            let terms: Vec<_> =
                (0..count).map(|_| (elements(random, 257, false), elements(random, 257, false))).collect();
            let made = unsafe { sum(&terms) };
            check(&made, |group, lane| {
                let terms = terms.iter().map(|(a, b)| number(&of(a, group, lane)) * number(&of(b, group, lane)));
                (260, terms.sum())
            });
        });
    }

    #[test]
    fn a_sum_of_products_by_small_numbers_is_divided_by_a_limb() {
        each_time(|random| {
            let count = random.gen_range(0..=12);
            let term = |_| {
                let factor = if random.r#gen() { MASK } else { random.gen_range(0..=MASK) };
                (factor, elements(random, 256, false))
            };
            let terms: Vec<_> = (0..count).map(term).collect();
            let addend = of(&elements(random, 255, true), 0, 0);
            let made = unsafe { small_sum(&addend, &terms) };
            check(&made, |group, lane| {
                let terms = terms.iter().map(|(factor, element)| number(&of(element, group, lane)) * *factor);
                (52, number(&addend) + terms.sum::<BigUint>())
            });
        });
    }

    #[test]
    fn an_element_is_added_everywhere() {
        each_time(|random| {
            let (a, b) = (elements(random, 256, true), of(&elements(random, 256, true), 0, 0));
            let [sum, all] = unsafe { plus(&a, &b) };
            for (group, lane) in (0..N).flat_map(|group| (0..LANES).map(move |lane| (group, lane))) {
                assert_eq!(number(&of(&sum, group, lane)), number(&of(&a, group, lane)) + number(&b));
                assert_eq!(of(&all, group, lane), b);
            }
        });
    }
}
