//! Hashing on lanes, whatever instructions compute them.

/// Generates `hash` for a module with its own `Lanes`, `Sum`, `SmallSum` and `LANES` and for these CPU features; hashes
/// of the given number of groups are interleaved. It is a macro because every function in between must be compiled for
/// the features.
macro_rules! hashing {
    ($features:literal, $groups:literal) => {
        use crate::files::nodes::Node;
        use crate::poseidon::limbs::{LIMBS, of_node, to_node};
        use crate::poseidon::schedule::{self, Schedule};
        use crate::poseidon::{NotAnElement, Preimages};

        /// Hashes each preimage into its place in `hashes`.
        ///
        /// # Safety
        /// The CPU has these features.
        pub(super) unsafe fn hash<const ARITY: usize>(
            preimages: impl Preimages,
            hashes: &mut [Node],
        ) -> Result<(), NotAnElement> {
            // The caller guarantees the features that `hash_with` needs.
            unsafe {
                match ARITY {
                    2 => hash_with(&schedule::OF_2, preimages, hashes),
                    4 => hash_with(&schedule::OF_4, preimages, hashes),
                    8 => hash_with(&schedule::OF_8, preimages, hashes),
                    11 => hash_with(&schedule::OF_11, preimages, hashes),
                    _ => unreachable!("the caller uses no other arity"),
                }
            }
        }

        #[target_feature(enable = $features)]
        fn hash_with<const WIDTH: usize>(
            schedule: &Schedule<WIDTH>,
            preimages: impl Preimages,
            hashes: &mut [Node],
        ) -> Result<(), NotAnElement> {
            let mut done = 0;
            while done < hashes.len() {
                let left = &mut hashes[done..];
                done += if left.len() > LANES {
                    hash_groups::<WIDTH, { $groups }>(schedule, preimages, done, left)?
                } else {
                    hash_groups::<WIDTH, 1>(schedule, preimages, done, left)?
                };
            }
            Ok(())
        }

        /// Hashes preimages from `start` on, as many as the groups hold or as `hashes` has room for; returns how many.
        #[target_feature(enable = $features)]
        fn hash_groups<const WIDTH: usize, const N: usize>(
            schedule: &Schedule<WIDTH>,
            preimages: impl Preimages,
            start: usize,
            hashes: &mut [Node],
        ) -> Result<usize, NotAnElement> {
            let count = hashes.len().min(N * LANES);
            // Lanes without a hash are zero.
            let mut limbs = [[[[0; LANES]; N]; LIMBS]; WIDTH];
            for hash in 0..count {
                for place in 0..WIDTH - 1 {
                    let node = preimages.node(start + hash, place);
                    let element = of_node(node).ok_or_else(|| preimages.origin(start + hash, place))?;
                    for limb in 0..LIMBS {
                        limbs[place + 1][limb][hash / LANES][hash % LANES] = element[limb];
                    }
                }
            }
            let mut state = [Lanes::all(&[0; LIMBS]); WIDTH];
            for place in 1..WIDTH {
                state[place] = Lanes::load(&limbs[place]).plus(&schedule.first[place]);
            }
            let limbs = permute(schedule, state).store();
            for (hash, into) in hashes[..count].iter_mut().enumerate() {
                let mut element = [0; LIMBS];
                for limb in 0..LIMBS {
                    element[limb] = limbs[limb][hash / LANES][hash % LANES];
                }
                *into = to_node(&element);
            }
            Ok(count)
        }

        /// The second element after all rounds. The first element at the beginning is the tag, whatever is passed for
        /// it.
        #[target_feature(enable = $features)]
        fn permute<const WIDTH: usize, const N: usize>(
            schedule: &Schedule<WIDTH>,
            mut state: [Lanes<N>; WIDTH],
        ) -> Lanes<N> {
            // The tag is part of the first round's constants.
            let mut from = 1;
            for round in &schedule.rounds {
                match &round.back {
                    None => {
                        for element in &mut state[from..] {
                            *element = element.squared().squared().times(element);
                        }
                    }
                    Some(back) => {
                        let first = &mut state[0];
                        *first = first.squared().squared().times(&first.times(&Lanes::all(back)));
                    }
                }
                let mut product = state;
                for (row, factors) in schedule.matrix.windows(WIDTH).enumerate() {
                    let mut sum = SmallSum::new(&round.addends[row]);
                    sum.add_products(&factors[from..], &state[from..]);
                    product[row] = sum.reduced();
                }
                state = product;
                from = 0;
            }
            let mut sum = Sum::zero();
            for (element, factor) in state.iter().zip(&schedule.last) {
                sum.add_product(&element.squared().squared().times(element), &Lanes::all(factor));
            }
            sum.reduced()
        }
    };
}

pub(super) use hashing;
