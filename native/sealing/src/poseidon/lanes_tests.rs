//! Compares the arithmetic on lanes with big integers, whatever instructions compute it.

/// Generates the tests for a module with its own `Lanes`, `Sum`, `SmallSum` and `LANES`.
macro_rules! lanes_tests {
    ($features:literal, $engine:expr) => {
        #[cfg(test)]
        mod tests {
            use super::*;
            use crate::poseidon::Engine;
            use crate::poseidon::limbs::MASK;
            use crate::poseidon::limbs::tests::{limbs, number, order};
            use crate::poseidon::tests::engines;
            use num_bigint::BigUint;
            use rand::{Rng, SeedableRng, rngs::StdRng};

            const N: usize = 2;

            /// Limbs of the elements of two groups.
            type Elements = [[[u64; LANES]; N]; LIMBS];

            fn of(elements: &Elements, group: usize, lane: usize) -> Limbs {
                elements.map(|limb| limb[group][lane])
            }

            /// Elements of up to `bits` bits: random ones, ones with the largest limbs, the order and its neighbours.
            /// Unless `clean`, bits that do not count are set above every limb but the last.
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
                        let above = if clean || limb + 1 == LIMBS {
                            0
                        } else {
                            random.r#gen::<u64>() << crate::poseidon::limbs::LIMB_BITS
                        };
                        elements[limb][group][lane] = limbs[limb] | above;
                    }
                }
                elements
            }

            /// Checks every lane of a result. `sum` returns (shift, sum) for a lane: the result times 2^shift must be
            /// the sum mod r, and the result at most sum / 2^shift + r.
            fn check(made: &Elements, sum: impl Fn(usize, usize) -> (u32, BigUint)) {
                for (group, lane) in (0..N).flat_map(|group| (0..LANES).map(move |lane| (group, lane))) {
                    let (shift, sum) = sum(group, lane);
                    let made = number(&of(made, group, lane));
                    assert_eq!((&made << shift) % order(), &sum % order(), "of {sum:x}");
                    assert!(made <= (&sum >> shift) + order(), "{made:x} of {sum:x}");
                }
            }

            fn each_time(test: impl Fn(&mut StdRng)) {
                if !engines().contains(&$engine) {
                    return;
                }
                let seed: u64 = rand::random();
                println!("seed {seed}");
                let mut random = StdRng::seed_from_u64(seed);
                (0..200).for_each(|_| test(&mut random));
            }

            /// `each_time` has checked that the CPU has the features.
            #[target_feature(enable = $features)]
            fn products(a: &Elements, b: &Elements) -> [Elements; 2] {
                let (a, b) = (Lanes::load(a), Lanes::load(b));
                [a.times(&b).store(), a.squared().store()]
            }

            #[target_feature(enable = $features)]
            fn sum(terms: &[(Elements, Elements)]) -> Elements {
                let mut sum = Sum::zero();
                for (a, b) in terms {
                    sum.add_product(&Lanes::load(a), &Lanes::load(b));
                }
                sum.reduced().store()
            }

            #[target_feature(enable = $features)]
            fn small_sum(addend: &Limbs, factors: &[u64], elements: &[Elements]) -> Elements {
                let elements: Vec<_> = elements.iter().map(|element| Lanes::load(element)).collect();
                let mut sum = SmallSum::new(addend);
                sum.add_products(factors, &elements);
                sum.reduced().store()
            }

            #[target_feature(enable = $features)]
            fn plus(a: &Elements, b: &Limbs) -> [Elements; 2] {
                [Lanes::load(a).plus(b).store(), Lanes::<N>::all(b).store()]
            }

            /// Fails if a carry or a half of a limb's product is left out, or if bits that do not count are used. A
            /// product has room for 259 bits; elements have 256.
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

            /// Fails if a sum of as many products as the widest state has elements overflows.
            #[test]
            fn a_sum_of_products_is_divided_by_r_once() {
                each_time(|random| {
                    let count = random.gen_range(0..=12);
                    let terms: Vec<_> =
                        (0..count).map(|_| (elements(random, 257, false), elements(random, 257, false))).collect();
                    let made = unsafe { sum(&terms) };
                    check(&made, |group, lane| {
                        let terms =
                            terms.iter().map(|(a, b)| number(&of(a, group, lane)) * number(&of(b, group, lane)));
                        (260, terms.sum())
                    });
                });
            }

            /// Fails if a sum of as many products as the widest state has elements overflows.
            #[test]
            fn a_sum_of_products_by_small_numbers_is_divided_by_a_limb() {
                each_time(|random| {
                    let count = random.gen_range(0..=12);
                    let most = if random.r#gen() { MASK } else { (1 << 32) - 1 };
                    let factor = |_| if random.r#gen() { most } else { random.gen_range(0..=most) };
                    let factors: Vec<_> = (0..count).map(factor).collect();
                    let terms: Vec<_> = (0..count).map(|_| elements(random, 256, false)).collect();
                    let addend = of(&elements(random, 255, true), 0, 0);
                    let made = unsafe { small_sum(&addend, &factors, &terms) };
                    check(&made, |group, lane| {
                        let terms = factors.iter().zip(&terms);
                        let terms = terms.map(|(factor, element)| number(&of(element, group, lane)) * *factor);
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
                        assert_eq!(number(&of(&all, group, lane)), number(&b));
                    }
                });
            }
        }
    };
}

pub(super) use lanes_tests;
