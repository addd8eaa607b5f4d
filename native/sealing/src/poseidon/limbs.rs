//! Field elements as limbs of 52 bits, least first, which is what the CPU's instructions multiply.

use blstrs::Scalar;

use crate::nodes::Node;

/// Limbs of an element: 260 bits for its 255, so that there is room for a few times the order.
pub(super) const LIMBS: usize = 5;
/// Bits of a limb.
pub(super) const LIMB_BITS: u32 = 52;
/// A limb's bits.
pub(super) const MASK: u64 = (1 << LIMB_BITS) - 1;

/// An element's limbs.
pub(super) type Limbs = [u64; LIMBS];

/// The field's order.
pub(super) const ORDER: Limbs =
    split([0xffff_ffff_0000_0001, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805, 0x73ed_a753_299d_7d48]);

/// The number with these words of 64 bits.
const fn split(words: [u64; 4]) -> Limbs {
    let [a, b, c, d] = words;
    [a & MASK, (a >> 52 | b << 12) & MASK, (b >> 40 | c << 24) & MASK, (c >> 28 | d << 36) & MASK, d >> 16]
}

/// The node's limbs; none if it is no element.
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

/// The node of an element that is less than twice the order; of each limb only the bits of a limb count.
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

/// What is left without the order; none if it is less.
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
