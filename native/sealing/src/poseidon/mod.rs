//! Poseidon over the scalar field of BLS12-381, as trees C and R use it: many hashes of the same arity at once.

#[cfg(target_arch = "x86_64")]
mod ifma;
#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod limbs;
#[cfg(target_arch = "x86_64")]
mod parameters;
#[cfg(target_arch = "x86_64")]
mod schedule;
mod stock;

use std::fmt;

use crate::cpu;
use crate::nodes::Node;

/// How Poseidon is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// By AVX-512 IFMA, many hashes side by side.
    Ifma,
    /// By the proofs library's own code, one hash after the other.
    Stock,
}

/// A node whose value is the field's order or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnElement {
    /// Which of the rows it is in, from 0: of columns the layer less one; children are one row.
    pub row: usize,
    /// Its place in the row.
    pub index: usize,
}

impl fmt::Display for NotAnElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} of row {} is no field element", self.index, self.row)
    }
}

impl std::error::Error for NotAnElement {}

/// What is hashed: so many nodes for each hash.
trait Preimages: Copy {
    /// The node at `place` of the hash `hash`.
    fn node(&self, hash: usize, place: usize) -> &Node;

    /// Where that node came from.
    fn origin(&self, hash: usize, place: usize) -> NotAnElement;
}

/// One hash's nodes after the other's.
#[derive(Clone, Copy)]
struct Children<'a> {
    arity: usize,
    nodes: &'a [Node],
}

impl Preimages for Children<'_> {
    fn node(&self, hash: usize, place: usize) -> &Node {
        &self.nodes[hash * self.arity + place]
    }

    fn origin(&self, hash: usize, place: usize) -> NotAnElement {
        NotAnElement { row: 0, index: hash * self.arity + place }
    }
}

/// One node from each layer.
#[derive(Clone, Copy)]
struct Columns<'a>(&'a [&'a [Node]]);

impl Preimages for Columns<'_> {
    fn node(&self, hash: usize, place: usize) -> &Node {
        &self.0[place][hash]
    }

    fn origin(&self, hash: usize, place: usize) -> NotAnElement {
        NotAnElement { row: place, index: hash }
    }
}

impl Engine {
    /// The fastest that this CPU has; `RESEAL_CPU_WITHOUT=avx512ifma` makes it one that has none.
    pub fn best() -> Self {
        Engine::with(cpu::extra())
    }

    /// The fastest where these features, comma separated, are there.
    fn with(extra: &str) -> Self {
        let has = |name: &str| extra.split(',').any(|extra| extra == name);
        if ["avx512f", "avx512ifma"].into_iter().all(has) { Engine::Ifma } else { Engine::Stock }
    }

    /// Hashes each `arity` nodes in a row of `children` into one of `parents`, on this thread. An arity is 2, 4 or 8.
    ///
    /// Of several nodes that are no elements the first is named; what `parents` hold then is not said.
    pub fn hash(self, arity: usize, children: &[Node], parents: &mut [Node]) -> Result<(), NotAnElement> {
        assert_eq!(children.len(), parents.len() * arity);
        let preimages = Children { arity, nodes: children };
        match arity {
            2 => self.run::<2>(preimages, parents),
            4 => self.run::<4>(preimages, parents),
            8 => self.run::<8>(preimages, parents),
            _ => panic!("no tree has the arity {arity}"),
        }
    }

    /// Hashes the leaf of tree C of each column on this thread: `layers[l][i]` is the label of layer l + 1 at node i.
    /// There are 2 or 11 layers.
    ///
    /// Of several labels that are no elements the one of the first column, in it of the first layer, is named.
    pub fn hash_columns(self, layers: &[&[Node]], columns: &mut [Node]) -> Result<(), NotAnElement> {
        assert!(layers.iter().all(|layer| layer.len() == columns.len()));
        match layers.len() {
            2 => self.run::<2>(Columns(layers), columns),
            11 => self.run::<11>(Columns(layers), columns),
            other => panic!("no sector has {other} layers"),
        }
    }

    fn run<const ARITY: usize>(self, preimages: impl Preimages, hashes: &mut [Node]) -> Result<(), NotAnElement> {
        match self {
            // `best` has asked for what it needs.
            #[cfg(target_arch = "x86_64")]
            Engine::Ifma => unsafe { ifma::hash::<ARITY>(preimages, hashes) },
            _ => stock::hash::<ARITY>(preimages, hashes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nodes;
    use blstrs::Scalar;
    use ff::Field;
    use rand::{Rng, SeedableRng, rngs::StdRng};

    fn random_nodes(random: &mut StdRng, count: usize) -> Vec<Node> {
        let edges = [Scalar::ZERO, Scalar::ONE, -Scalar::ONE];
        let node = |_| match random.gen_range(0..8) {
            edge @ 0..3 => edges[edge].to_bytes_le(),
            _ => Scalar::random(&mut *random).to_bytes_le(),
        };
        (0..count).map(node).collect()
    }

    /// Fails where a hash gets another one's nodes or place, or those left over by a group are not hashed.
    #[test]
    fn each_engine_hashes_any_number_of_children_as_the_library_does() {
        let seed: u64 = rand::random();
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        for engine in [Engine::best(), Engine::Stock] {
            for arity in [2, 4, 8] {
                for count in (0..20).chain([300]) {
                    let children = random_nodes(&mut random, arity * count);
                    let mut parents = vec![[0; 32]; count];
                    engine.hash(arity, &children, &mut parents).unwrap();
                    let expected: Vec<_> =
                        children.chunks(arity).map(|nodes| nodes::poseidon(nodes).unwrap()).collect();
                    assert_eq!(parents, expected, "{count} of arity {arity} by {engine:?}");
                }
            }
        }
    }
}
