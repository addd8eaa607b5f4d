//! One hash after the other, by the proofs library's own code and constants.

use blstrs::Scalar;
use filecoin_hashers::{POSEIDON_CONSTANTS_2, POSEIDON_CONSTANTS_4, POSEIDON_CONSTANTS_8, POSEIDON_CONSTANTS_11};
use neptune::poseidon::PoseidonConstants;
use neptune::{Arity, Poseidon};

use crate::files::nodes::{Node, element};
use crate::poseidon::{NotAnElement, Preimages};

/// Hashes each preimage into its place in `hashes`.
pub(super) fn hash<const ARITY: usize>(preimages: impl Preimages, hashes: &mut [Node]) -> Result<(), NotAnElement> {
    match ARITY {
        2 => hash_with::<ARITY, _>(&POSEIDON_CONSTANTS_2, preimages, hashes),
        4 => hash_with::<ARITY, _>(&POSEIDON_CONSTANTS_4, preimages, hashes),
        8 => hash_with::<ARITY, _>(&POSEIDON_CONSTANTS_8, preimages, hashes),
        11 => hash_with::<ARITY, _>(&POSEIDON_CONSTANTS_11, preimages, hashes),
        _ => unreachable!("the caller uses no other arity"),
    }
}

fn hash_with<const ARITY: usize, A: Arity<Scalar>>(
    constants: &PoseidonConstants<Scalar, A>,
    preimages: impl Preimages,
    hashes: &mut [Node],
) -> Result<(), NotAnElement> {
    let mut poseidon = Poseidon::new(constants);
    let mut preimage = [Scalar::default(); ARITY];
    for (hash, into) in hashes.iter_mut().enumerate() {
        for (place, value) in preimage.iter_mut().enumerate() {
            *value = element(preimages.node(hash, place)).ok_or_else(|| preimages.origin(hash, place))?;
        }
        poseidon.set_preimage(&preimage);
        *into = poseidon.hash().to_bytes_le();
    }
    Ok(())
}
