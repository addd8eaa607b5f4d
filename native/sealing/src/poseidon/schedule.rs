//! The numbers that Poseidon's rounds use on lanes.
//!
//! The matrix's elements are 1 / n for small n. Multiplied by the least common multiple of all n they are integers of
//! one limb, and a product by one takes a fifth of the work. So each matrix product comes out too large by that
//! multiple, and divided by the 2^52 of its reduction; each product of two elements comes out divided by R. None of
//! this is undone. Instead the whole state has a *scale*, a known factor that its elements are too large by, and every
//! constant is multiplied by the current scale in advance. Two places need more:
//! - a partial round raises only the first element, which gets another scale: one product brings it back;
//! - the last matrix product, of which only one element is needed, removes the scale: its numbers are full elements.

use std::sync::LazyLock;

use blstrs::Scalar;
use ff::Field;

use crate::poseidon::limbs::{LIMB_BITS, LIMBS, Limbs, of_scalar};
use crate::poseidon::parameters::{Parameters, raised};

/// The numbers of each arity, computed when they are first needed.
pub(super) static OF_2: LazyLock<Schedule<3>> = LazyLock::new(Schedule::new);
pub(super) static OF_4: LazyLock<Schedule<5>> = LazyLock::new(Schedule::new);
pub(super) static OF_8: LazyLock<Schedule<9>> = LazyLock::new(Schedule::new);
pub(super) static OF_11: LazyLock<Schedule<12>> = LazyLock::new(Schedule::new);

/// The numbers for one arity; its state is `WIDTH` elements wide.
pub(super) struct Schedule<const WIDTH: usize> {
    /// Added to the nodes at the beginning; the tag's entry is not used.
    pub(super) first: [Limbs; WIDTH],
    /// All rounds but the last one.
    pub(super) rounds: Vec<Round<WIDTH>>,
    /// The row of the last matrix product that gives the hash.
    pub(super) last: [Limbs; WIDTH],
    /// The matrix's element at row i, column j is the entry i + j.
    pub(super) matrix: Vec<u64>,
}

/// The numbers of a round.
pub(super) struct Round<const WIDTH: usize> {
    /// The factor that brings the first element back to the state's scale; none in a full round.
    pub(super) back: Option<Limbs>,
    /// Added to the matrix product before it is reduced: the next round's constants.
    pub(super) addends: [Limbs; WIDTH],
}

impl<const WIDTH: usize> Schedule<WIDTH> {
    pub(super) fn new() -> Self {
        let parameters = Parameters::of(WIDTH - 1);
        let multiple = parameters.common_multiple();
        // The numbers of a row must not add up to more than the lanes have room for.
        assert!(multiple < 1 << 48, "the matrix's numbers are too large");
        let matrix_element = |row, column| inverse(Scalar::from(parameters.divisor(row, column)));
        let limb = Scalar::from(1 << LIMB_BITS);
        let product_division = inverse(limb.pow_vartime([LIMBS as u64]));
        let mut scale = Scalar::ONE;
        let mut rounds = Vec::new();
        let mut last = None;
        for round in 0..parameters.rounds() {
            let raised_scale = raised(scale) * product_division.pow_vartime([4u64]);
            let mut back = None;
            if parameters.is_full(round) {
                scale = raised_scale;
            } else {
                back = Some(of_scalar(&(scale * inverse(raised_scale * product_division))));
            }
            if round + 1 == parameters.rounds() {
                let wanted = inverse(scale * product_division);
                last = Some(std::array::from_fn(|column| of_scalar(&(matrix_element(1, column) * wanted))));
                break;
            }
            let multiplied = scale * Scalar::from(multiple);
            let addend = |row: usize| {
                let mut addend = parameters.constants_of(round + 1)[row];
                if round == 0 {
                    // The tag is the same in every hash, and so is its value after the first addition.
                    addend += matrix_element(row, 0) * raised(parameters.tag + parameters.constants_of(0)[0]);
                }
                of_scalar(&(addend * multiplied))
            };
            rounds.push(Round { back, addends: std::array::from_fn(addend) });
            scale = multiplied * inverse(limb);
        }
        Schedule {
            first: std::array::from_fn(|place| of_scalar(&parameters.constants_of(0)[place])),
            rounds,
            last: last.expect("there is a last round"),
            matrix: (0..2 * WIDTH - 1).map(|place| multiple / parameters.divisor(0, place)).collect(),
        }
    }
}

fn inverse(element: Scalar) -> Scalar {
    element.invert().expect("no scale or divisor is 0")
}
