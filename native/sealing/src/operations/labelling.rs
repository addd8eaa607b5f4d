//! Single labels, each computed from those before it.

use filecoin_hashers::poseidon::{PoseidonDomain, PoseidonHasher};
use storage_proofs_core::drgraph::{BASE_DEGREE, Graph};
use storage_proofs_porep::stacked::{EXP_DEGREE, LabelingProof, StackedBucketGraph, TOTAL_PARENTS};

use crate::files::geometry::Geometry;
use crate::files::nodes::NodeFile;
use crate::request::hash32::Hash32;
use crate::request::sector::Sector;
use crate::{Error, Result, parent_cache};

/// The labels of one replica id.
pub(super) struct Labelling {
    replica_id: PoseidonDomain,
    graph: StackedBucketGraph<PoseidonHasher>,
}

impl Labelling {
    pub(super) fn new(sector: &Sector, comm_d: Hash32, geometry: &Geometry) -> Result<Self> {
        let replica_id = PoseidonDomain::from(sector.replica_id(comm_d).0);
        Ok(Labelling { replica_id, graph: parent_cache::graph(sector.proof, geometry)? })
    }

    /// Whether a label of a layer is the one that its parents give. All layers but the first need the one below.
    pub(super) fn gives(&self, labels: &NodeFile, below: Option<&NodeFile>, layer: usize, node: u64) -> Result<bool> {
        let mut parents = Vec::new();
        // The first node has none.
        if node > 0 {
            let mut indexes = [0; BASE_DEGREE + EXP_DEGREE];
            self.graph.parents(node as usize, &mut indexes).map_err(|cause| Error::proofs("finding parents", cause))?;
            let (base, expanded) = indexes.split_at(BASE_DEGREE);
            for index in base {
                parents.push(labels.node(u64::from(*index))?.into());
            }
            for (below, index) in below.into_iter().flat_map(|below| expanded.iter().map(move |index| (below, index))) {
                parents.push(below.node(u64::from(*index))?.into());
            }
            parents = parents.iter().copied().cycle().take(TOTAL_PARENTS).collect();
        }
        let expected = labels.node(node)?.into();
        Ok(LabelingProof::<PoseidonHasher>::new(layer as u32, node, parents).verify(&self.replica_id, &expected))
    }
}
