//! Which sector is sealed.

use filecoin_hashers::poseidon::PoseidonHasher;
use filecoin_proofs_api::RegisteredSealProof;
use serde::Deserialize;
use storage_proofs_porep::stacked::generate_replica_id;

use crate::request::hash32::Hash32;

/// A sector's identity and the randomness it was sealed with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sector {
    /// Seal proof type; it determines the size and how the sector is sealed.
    pub proof: RegisteredSealProof,
    /// Actor id of the miner.
    pub miner: u64,
    /// Sector number.
    pub number: u64,
    /// Seal randomness.
    pub ticket: Hash32,
}

impl Sector {
    /// The id that the layers of this sector and its data belong to; layers of another replica id must not be used.
    pub fn replica_id(&self, comm_d: Hash32) -> Hash32 {
        let porep_id = self.proof.as_v1_config().porep_id;
        let id = generate_replica_id::<PoseidonHasher, _>(
            &prover_id(self.miner),
            self.number,
            &self.ticket.0,
            comm_d.0,
            &porep_id,
        );
        Hash32(id.into())
    }
}

/// The miner's id in the form that the proofs use: the payload of its ID address (unsigned LEB128), padded with zeros.
pub fn prover_id(miner: u64) -> [u8; 32] {
    let mut id = [0; 32];
    let mut rest = miner;
    for byte in &mut id {
        *byte = (rest & 0x7f) as u8;
        rest >>= 7;
        if rest == 0 {
            break;
        }
        *byte |= 0x80;
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prover_ids_are_leb128() {
        assert_eq!(hex::encode(&prover_id(1000)[..4]), "e8070000");
        assert_eq!(prover_id(0), [0; 32]);
        assert_eq!(prover_id(127)[..2], [0x7f, 0]);
        assert_eq!(prover_id(128)[..2], [0x80, 1]);
        assert_eq!(prover_id(u64::MAX)[..11], [255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0]);
    }
}
