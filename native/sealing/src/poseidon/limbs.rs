//! Field elements as limbs of 52 bits, lowest first, the size that the CPU's instructions multiply.

use blstrs::Scalar;

use crate::files::nodes::Node;

/// Limbs of an element: 260 bits for its 255, which leaves room for a few times the order.
pub(super) const LIMBS: usize = 5;
/// Bits of a limb.
pub(super) const LIMB_BITS: u32 = 52;
/// The bits of a limb.
pub(super) const MASK: u64 = (1 << LIMB_BITS) - 1;

/// An element's limbs.
pub(super) type Limbs = [u64; LIMBS];

/// The field's order.
pub(super) const ORDER: Limbs =
    split([0xffff_ffff_0000_0001, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805, 0x73ed_a753_299d_7d48]);

/// The number with these 64-bit words.
const fn split(words: [u64; 4]) -> Limbs {
    let [a, b, c, d] = words;
    [a & MASK, (a >> 52 | b << 12) & MASK, (b >> 40 | c << 24) & MASK, (c >> 28 | d << 36) & MASK, d >> 16]
}

/// The node's limbs; none if it is not a field element.
#[inline]
pub(super) fn of_node(node: &Node) -> Option<Limbs> {
    let words = node.as_chunks().0;
    let limbs = split(std::array::from_fn(|word| u64::from_le_bytes(words[word])));
    minus_order(&limbs).is_none().then_some(limbs)
}

/// The element's limbs.
pub(super) fn of_scalar(element: &Scalar) -> Limbs {
    of_node(&element.to_bytes_le()).expect("it is an element")
}

/// The node of an element that is less than twice the order; only the low bits of each limb are used.
#[inline]
pub(super) fn to_node(limbs: &Limbs) -> Node {
    let limbs = limbs.map(|limb| limb & MASK);
    let [a, b, c, d, e] = minus_order(&limbs).unwrap_or(limbs);
    let words = [a | b << 52, b >> 12 | c << 40, c >> 24 | d << 28, d >> 36 | e << 16];
    let mut node = [0; size_of::<Node>()];
    for (word, into) in words.iter().zip(node.as_chunks_mut().0) {
        *into = word.to_le_bytes();
    }
    node
}

/// The number minus the order; none if it is less than the order.
#[inline]
fn minus_order(limbs: &Limbs) -> Option<Limbs> {
    let mut left = [0; LIMBS];
    let mut borrow = 0;
    for (place, into) in left.iter_mut().enumerate() {
        let difference = limbs[place].wrapping_sub(ORDER[place] + borrow);
        (*into, borrow) = (difference & MASK, difference >> 63);
    }
    (borrow == 0).then_some(left)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use num_bigint::BigUint;
    use rand::{Rng, SeedableRng, rngs::StdRng};

    pub(in crate::poseidon) fn number(limbs: &Limbs) -> BigUint {
        limbs.iter().rev().fold(BigUint::ZERO, |number, limb| (number << LIMB_BITS) + (limb & MASK))
    }

    pub(in crate::poseidon) fn order() -> BigUint {
        // r = z^4 - z^2 + 1 for the curve's parameter z.
        let z = BigUint::from(0xd201_0000_0001_0000_u64);
        z.pow(4) - z.pow(2) + 1_u32
    }

    fn node(number: &BigUint) -> Node {
        let mut node = [0; 32];
        let bytes = number.to_bytes_le();
        node[..bytes.len()].copy_from_slice(&bytes);
        node
    }

    pub(in crate::poseidon) fn limbs(number: &BigUint) -> Limbs {
        std::array::from_fn(|limb| {
            let limb = (number >> (limb * LIMB_BITS as usize)) & BigUint::from(MASK);
            limb.to_u64_digits().first().copied().unwrap_or(0)
        })
    }

    #[test]
    fn the_order_is_the_fields() {
        assert_eq!(number(&ORDER), order());
    }

    /// Fails if a limb takes a wrong bit of a node, or if a number that is too large is accepted as an element.
    #[test]
    fn nodes_of_elements_are_split_and_put_together_again() {
        let seed: u64 = rand::random();
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        let all: BigUint = (BigUint::from(1_u32) << 256) - 1_u32;
        let mut numbers = vec![BigUint::ZERO, all, order() - 1_u32, order(), order() + 1_u32];
        numbers.extend((0..256).map(|bit| BigUint::from(1_u32) << bit));
        numbers.extend((0..1000).map(|_| BigUint::from_bytes_le(&random.r#gen::<Node>())));
        for number_of in numbers {
            let split = of_node(&node(&number_of));
            assert_eq!(split.is_some(), number_of < order(), "{number_of:x}");
            if let Some(split) = split {
                assert_eq!(number(&split), number_of);
                assert_eq!(to_node(&split), node(&number_of));
            }
        }
    }

    /// Fails if a node is not reduced below the order, or if bits that were carried out of a limb are used.
    #[test]
    fn a_node_is_less_than_the_order() {
        let seed: u64 = rand::random();
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        let mut numbers = vec![order() - 1_u32, order(), order() + 1_u32, order() * 2_u32 - 1_u32];
        numbers.extend((0..1000).map(|_| BigUint::from_bytes_le(&random.r#gen::<Node>()) % (order() * 2_u32)));
        for number in numbers {
            let mut limbs = limbs(&number);
            for limb in &mut limbs[..LIMBS - 1] {
                *limb |= random.r#gen::<u64>() << LIMB_BITS;
            }
            assert_eq!(to_node(&limbs), node(&(number % order())));
        }
    }
}
