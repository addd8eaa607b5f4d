//! The parameters of Poseidon for an arity: its rounds, their constants and the matrix, derived as in the Poseidon
//! paper with the choices that Filecoin made (128 bits of security, x^5, domain tag of Merkle trees).

use blstrs::Scalar;
use ff::Field;

use crate::files::nodes::element;

/// Full rounds before the partial ones, and as many after them: every element is raised.
pub(super) const HALF_FULL_ROUNDS: usize = 4;
/// Bits of an element.
const FIELD_BITS: usize = 255;

/// Poseidon of one arity; the state is one element wider than the arity.
pub(super) struct Parameters {
    pub(super) width: usize,
    /// Rounds in which only the first element is raised.
    pub(super) partial_rounds: usize,
    /// The state's first element at the beginning.
    pub(super) tag: Scalar,
    /// Added to the state before each round: `width` elements for a round.
    pub(super) round_constants: Vec<Scalar>,
}

impl Parameters {
    pub(super) fn of(arity: usize) -> Self {
        let width = arity + 1;
        let partial_rounds = match arity {
            2 => 55,
            4 => 56,
            8 | 11 => 57,
            _ => unreachable!("the callers use no other arity"),
        };
        let rounds = 2 * HALF_FULL_ROUNDS + partial_rounds;
        let mut grain = Grain::new(width, partial_rounds);
        let round_constants = (0..rounds * width).map(|_| grain.element()).collect();
        Parameters { width, partial_rounds, tag: Scalar::from((1 << arity) - 1), round_constants }
    }

    pub(super) fn rounds(&self) -> usize {
        2 * HALF_FULL_ROUNDS + self.partial_rounds
    }

    /// Whether every element is raised in this round (counted from 0).
    pub(super) fn is_full(&self, round: usize) -> bool {
        !(HALF_FULL_ROUNDS..HALF_FULL_ROUNDS + self.partial_rounds).contains(&round)
    }

    pub(super) fn constants_of(&self, round: usize) -> &[Scalar] {
        &self.round_constants[round * self.width..][..self.width]
    }

    /// The matrix's element at row i, column j is 1 / n; this returns n.
    pub(super) fn divisor(&self, row: usize, column: usize) -> u64 {
        (row + column + self.width) as u64
    }

    /// The least common multiple of all divisors.
    pub(super) fn common_multiple(&self) -> u64 {
        let divisors = self.divisor(0, 0)..=self.divisor(self.width - 1, self.width - 1);
        divisors.fold(1, |multiple, divisor| multiple / common_divisor(multiple, divisor) * divisor)
    }
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// The Grain shift register that generates the round constants: 80 bits, the oldest one highest.
struct Grain(u128);

impl Grain {
    fn new(width: usize, partial_rounds: usize) -> Self {
        // The parameters that seed the register, each with its number of bits: a prime field, x^5, the field's bits,
        // the width, both numbers of rounds.
        let description =
            [(1, 2), (1, 4), (FIELD_BITS, 12), (width, 12), (2 * HALF_FULL_ROUNDS, 10), (partial_rounds, 10)];
        let bits = description.iter().fold(0, |bits, (value, count)| bits << count | *value as u128);
        let mut grain = Grain(bits << 30 | ((1 << 30) - 1));
        for _ in 0..160 {
            grain.step();
        }
        grain
    }

    fn step(&mut self) -> bool {
        let taps = [0, 13, 23, 38, 51, 62];
        let bit = taps.iter().fold(0, |bit, tap| bit ^ (self.0 >> (79 - tap)) & 1);
        self.0 = (self.0 << 1 | bit) & ((1 << 80) - 1);
        bit == 1
    }

    /// The second bit of the next pair whose first bit is set.
    fn bit(&mut self) -> bool {
        loop {
            let (first, second) = (self.step(), self.step());
            if first {
                return second;
            }
        }
    }

    /// The next number that is a field element, highest bit first.
    fn element(&mut self) -> Scalar {
        loop {
            let mut node = [0; 32];
            for place in (0..FIELD_BITS).rev() {
                node[place / 8] |= u8::from(self.bit()) << (place % 8);
            }
            if let Some(element) = element(&node) {
                return element;
            }
        }
    }
}

/// x^5.
pub(super) fn raised(x: Scalar) -> Scalar {
    x.square().square() * x
}

#[cfg(test)]
mod tests {
    use super::*;
    use filecoin_hashers::{POSEIDON_CONSTANTS_2, POSEIDON_CONSTANTS_4, POSEIDON_CONSTANTS_8, POSEIDON_CONSTANTS_11};
    use neptune::Arity;
    use neptune::poseidon::PoseidonConstants;

    /// Fails if a bit of the shift register, the matrix, the tag or the number of rounds is wrong.
    #[test]
    fn they_are_the_librarys() {
        compare(&POSEIDON_CONSTANTS_2);
        compare(&POSEIDON_CONSTANTS_4);
        compare(&POSEIDON_CONSTANTS_8);
        compare(&POSEIDON_CONSTANTS_11);
    }

    fn compare<A: Arity<Scalar>>(constants: &PoseidonConstants<Scalar, A>) {
        let parameters = Parameters::of(constants.arity());
        assert_eq!(parameters.width, constants.width());
        assert_eq!(2 * HALF_FULL_ROUNDS, constants.full_rounds);
        assert_eq!(parameters.partial_rounds, constants.partial_rounds);
        assert_eq!(parameters.tag, constants.domain_tag);
        assert_eq!(Some(&parameters.round_constants), constants.round_constants.as_ref());
        for (row, elements) in constants.mds_matrices.m.iter().enumerate() {
            for (column, element) in elements.iter().enumerate() {
                let divisor = parameters.divisor(row, column);
                assert_eq!(element * Scalar::from(divisor), Scalar::ONE);
                assert_eq!(parameters.common_multiple() % divisor, 0);
            }
        }
    }
}
