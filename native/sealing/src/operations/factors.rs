//! What the data of an update are multiplied with before they are added to the key.

use filecoin_hashers::Domain;
use filecoin_hashers::poseidon::PoseidonDomain;
use filecoin_hashers::sha256::Sha256Domain;
use storage_proofs_update::constants::h_default;
use storage_proofs_update::phi;
use storage_proofs_update::vanilla::Rhos;

use crate::files::geometry::Geometry;
use crate::request::hash32::Hash32;
use crate::{Error, Result};

/// The factors; they depend on the update's data as a whole, on the key and on the node's place.
pub(super) fn rhos(comm_d: Hash32, key_comm_r: Hash32, geometry: &Geometry) -> Result<Rhos> {
    let nodes = geometry.nodes as usize;
    Ok(Rhos::new(&phi_of(comm_d, key_comm_r)?, h_default(nodes), nodes))
}

/// The inverse of each.
pub(super) fn inverse_rhos(comm_d: Hash32, key_comm_r: Hash32, geometry: &Geometry) -> Result<Rhos> {
    let nodes = geometry.nodes as usize;
    Ok(Rhos::new_inv(&phi_of(comm_d, key_comm_r)?, h_default(nodes), nodes))
}

fn phi_of(comm_d: Hash32, key_comm_r: Hash32) -> Result<PoseidonDomain> {
    Ok(phi(&data_element(comm_d)?, &replica_element(key_comm_r)?))
}

pub(super) fn replica_element(commitment: Hash32) -> Result<PoseidonDomain> {
    PoseidonDomain::try_from_bytes(&commitment.0).map_err(|cause| Error::proofs("reading a CommR", cause))
}

pub(super) fn data_element(commitment: Hash32) -> Result<Sha256Domain> {
    Sha256Domain::try_from_bytes(&commitment.0).map_err(|cause| Error::proofs("reading a CommD", cause))
}
