//! Which nodes the label of a node is computed from.

use std::slice;

use filecoin_proofs_api::{ApiVersion, RegisteredSealProof};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use storage_proofs_core::crypto::{DRSAMPLE_DST, FEISTEL_DST, derive_porep_domain_seed};
use storage_proofs_core::drgraph::BASE_DEGREE;
use storage_proofs_porep::stacked::EXP_DEGREE;

use super::permutation::Permutation;
use super::{BASE, Parents};
use crate::files::geometry::Geometry;

/// Parents in the same layer that are drawn at random; one more parent is the previous node.
const DRAWN: u64 = BASE_DEGREE as u64 - 1;
const EXPANDED: u64 = EXP_DEGREE as u64;

/// The graph of a proof type: it computes any node's parents.
pub struct Graph {
    nodes: u32,
    /// First bytes of the seed for a node's random draws; the node's number follows.
    seed: [u8; 28],
    expander: Permutation,
    /// V1: the previous node comes last among the parents in the same layer, and large numbers lose their upper bits.
    is_first_generation: bool,
}

impl Graph {
    /// The graph of this proof type.
    pub fn of(proof: RegisteredSealProof) -> Self {
        let config = proof.as_v1_config();
        let nodes = Geometry::of(proof).nodes;
        let seed = derive_porep_domain_seed(DRSAMPLE_DST, config.porep_id);
        Graph {
            nodes: u32::try_from(nodes).expect("a sector has at most 2^31 nodes"),
            seed: *seed.first_chunk().expect("a seed has 32 bytes"),
            expander: Permutation::new(nodes * EXPANDED, &derive_porep_domain_seed(FEISTEL_DST, config.porep_id)),
            is_first_generation: config.api_version == ApiVersion::V1_0_0,
        }
    }

    /// How many nodes a layer has.
    pub fn nodes(&self) -> u32 {
        self.nodes
    }

    /// The parents of a node.
    pub fn parents(&self, node: u32) -> Parents {
        let mut parents = Parents::default();
        self.fill(node, slice::from_mut(&mut parents));
        parents
    }

    /// Computes the parents of the nodes from `first` on, until `entries` is full. A few hundred at a time are faster
    /// than one by one.
    pub fn fill(&self, first: u32, entries: &mut [Parents]) {
        let elements = u64::from(first) * EXPANDED..(u64::from(first) + entries.len() as u64) * EXPANDED;
        let images = self.expander.images(elements);
        for ((node, parents), images) in (first..).zip(entries).zip(images.as_chunks::<EXP_DEGREE>().0) {
            let (base, expanded) = parents.split_at_mut(BASE);
            if node > 1 {
                self.draw_base(node, base);
            } else {
                // Nodes 0 and 1 have only node 0 as parent.
                base.fill(0);
            }
            for (parent, image) in expanded.iter_mut().zip(images) {
                *parent = if self.is_first_generation {
                    *image as u32 / EXP_DEGREE as u32
                } else {
                    (image / EXPANDED) as u32
                };
            }
        }
    }

    /// Draws the parents in the same layer: in a graph with [`DRAWN`] times the nodes, at distances whose logarithms
    /// are evenly distributed.
    fn draw_base(&self, node: u32, parents: &mut [u32]) {
        let mut seed = [0; 32];
        seed[..28].copy_from_slice(&self.seed);
        seed[28..].copy_from_slice(&node.to_le_bytes());
        let mut random = ChaCha8Rng::from_seed(seed);

        let (before, drawn) = if self.is_first_generation {
            let (drawn, before) = parents.split_at_mut(DRAWN as usize);
            (before, drawn)
        } else {
            parents.split_at_mut(1)
        };
        before[0] = node - 1;
        let fine_node = u64::from(node) * DRAWN;
        // The logarithm rounded up: the number is not a power of two.
        let buckets = u64::from(fine_node.ilog2()) + 1;
        for parent in drawn {
            let bucket = random.next_u64() % buckets + 1;
            let farthest = fine_node.min(1 << bucket);
            let nearest = (farthest / 2).max(2);
            let distance = nearest + random.next_u64() % (farthest - nearest + 1);
            *parent = ((fine_node - distance) / DRAWN) as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parent_cache::graph as library_graph;
    use rand::{Rng, SeedableRng, rngs::StdRng};
    use storage_proofs_core::drgraph::Graph as _;

    /// Every proof type.
    const ALL: [RegisteredSealProof; 20] = {
        use RegisteredSealProof::*;
        [
            StackedDrg2KiBV1,
            StackedDrg8MiBV1,
            StackedDrg512MiBV1,
            StackedDrg32GiBV1,
            StackedDrg64GiBV1,
            StackedDrg2KiBV1_1,
            StackedDrg8MiBV1_1,
            StackedDrg512MiBV1_1,
            StackedDrg32GiBV1_1,
            StackedDrg64GiBV1_1,
            StackedDrg2KiBV1_1_Feat_SyntheticPoRep,
            StackedDrg8MiBV1_1_Feat_SyntheticPoRep,
            StackedDrg512MiBV1_1_Feat_SyntheticPoRep,
            StackedDrg32GiBV1_1_Feat_SyntheticPoRep,
            StackedDrg64GiBV1_1_Feat_SyntheticPoRep,
            StackedDrg2KiBV1_2_Feat_NonInteractivePoRep,
            StackedDrg8MiBV1_2_Feat_NonInteractivePoRep,
            StackedDrg512MiBV1_2_Feat_NonInteractivePoRep,
            StackedDrg32GiBV1_2_Feat_NonInteractivePoRep,
            StackedDrg64GiBV1_2_Feat_NonInteractivePoRep,
        ]
    };

    /// Fails if V1's order or its lost bits (which only 32 and 64 GiB show) are applied to the other types or missing
    /// for V1, or if a distance is drawn from one bucket too many or too few.
    #[test]
    fn of_every_proof_type_the_parents_are_the_librarys() {
        let seed: u64 = rand::random();
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        for proof in ALL {
            let ours = Graph::of(proof);
            let library = library_graph(proof, &Geometry::of(proof)).unwrap();
            let last = ours.nodes() - 1;
            let nodes = (0..64).chain(last - 31..=last).chain((0..500).map(|_| random.gen_range(0..=last)));
            for node in nodes {
                let mut expected = Parents::default();
                library.parents(node as usize, &mut expected).unwrap();
                assert_eq!(ours.parents(node), expected, "node {node} of {proof:?}");
            }
        }
    }
}
