//! Poseidon over the scalar field of BLS12-381, as trees C and R use it: many hashes of the same arity at once.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod hashing;
#[cfg(target_arch = "x86_64")]
mod ifma;
#[cfg(all(target_arch = "x86_64", test))]
mod lanes_tests;
#[cfg(target_arch = "x86_64")]
mod limbs;
#[cfg(target_arch = "x86_64")]
mod parameters;
#[cfg(target_arch = "x86_64")]
mod schedule;
mod stock;

use std::fmt;

use crate::cpu;
use crate::files::nodes::Node;

/// How Poseidon is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// By AVX-512 IFMA: eight hashes side by side, two such groups interleaved.
    Ifma,
    /// By AVX2, four hashes side by side.
    Avx2,
    /// By the proofs library's own code, one hash after the other.
    Stock,
}

/// A node whose value is not less than the field's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnElement {
    /// Its row, from 0: for columns the layer minus one; children are one row.
    pub row: usize,
    /// Its place in the row.
    pub index: usize,
}

impl fmt::Display for NotAnElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} of row {} is not a field element", self.index, self.row)
    }
}

impl std::error::Error for NotAnElement {}

/// The input of many hashes: the same number of nodes for each.
trait Preimages: Copy {
    /// The node at position `place` of hash number `hash`.
    fn node(&self, hash: usize, place: usize) -> &Node;

    /// Where that node came from.
    fn origin(&self, hash: usize, place: usize) -> NotAnElement;
}

/// The nodes of one hash after those of another.
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
    /// The fastest engine of this CPU. `RESEAL_CPU_WITHOUT=avx512ifma` makes it behave like a CPU without these
    /// instructions.
    pub fn best() -> Self {
        Engine::usable()[0]
    }

    /// The engines of this CPU, fastest first.
    pub fn usable() -> Vec<Self> {
        Engine::usable_with(cpu::missing(), cpu::extra())
    }

    /// The engines of a CPU that lacks the required features `missing` and has the optional features `extra`, each
    /// comma separated.
    fn usable_with(missing: &str, extra: &str) -> Vec<Self> {
        let has = |list: &str, name: &str| list.split(',').any(|feature| feature == name);
        let avx2 = cfg!(target_arch = "x86_64") && !has(missing, "avx2");
        let ifma = avx2 && has(extra, "avx512f") && has(extra, "avx512ifma");
        let engines = [(Engine::Ifma, ifma), (Engine::Avx2, avx2), (Engine::Stock, true)];
        engines.into_iter().filter(|(_, usable)| *usable).map(|(engine, _)| engine).collect()
    }

    /// Hashes every `arity` consecutive nodes of `children` into one of `parents`, on this thread. An arity is 2, 4 or
    /// 8.
    ///
    /// If several nodes are not field elements, the error names the first; the contents of `parents` are undefined
    /// then.
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

    /// Hashes each column into its leaf of tree C, on this thread: `layers[l][i]` is the label of layer l + 1 at node
    /// i. There are 2 or 11 layers.
    ///
    /// If several labels are not field elements, the error names the one in the first column, and there the one in the
    /// first layer.
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
            // `best` has checked that the CPU has the features.
            #[cfg(target_arch = "x86_64")]
            Engine::Ifma => unsafe { ifma::hash::<ARITY>(preimages, hashes) },
            #[cfg(target_arch = "x86_64")]
            Engine::Avx2 => unsafe { avx2::hash::<ARITY>(preimages, hashes) },
            _ => stock::hash::<ARITY>(preimages, hashes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::nodes;
    use blstrs::Scalar;
    use ff::Field;
    use rand::{Rng, SeedableRng, rngs::StdRng};

    /// The engines that can be tried here.
    pub(super) fn engines() -> Vec<Engine> {
        let engines = Engine::usable();
        if !engines.contains(&Engine::Ifma) {
            eprintln!("This CPU has no AVX-512 IFMA: skipped what needs it.");
        }
        engines
    }

    fn random_nodes(random: &mut StdRng, count: usize) -> Vec<Node> {
        let edges = [Scalar::ZERO, Scalar::ONE, -Scalar::ONE];
        let node = |_| match random.gen_range(0..8) {
            edge @ 0..3 => edges[edge].to_bytes_le(),
            _ => Scalar::random(&mut *random).to_bytes_le(),
        };
        (0..count).map(node).collect()
    }

    fn seeded() -> StdRng {
        let seed: u64 = rand::random();
        println!("seed {seed}");
        StdRng::seed_from_u64(seed)
    }

    /// Fails if a hash gets another hash's nodes or place, or if the hashes that do not fill a group are left out.
    #[test]
    fn each_engine_hashes_any_number_of_children_as_the_library_does() {
        let mut random = seeded();
        for engine in engines() {
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

    /// Fails if a column gets another column's labels, or its layers in another order.
    #[test]
    fn each_engine_hashes_any_number_of_columns_as_the_library_does() {
        let mut random = seeded();
        for engine in engines() {
            for layers in [2, 11] {
                for count in (0..20).chain([300]) {
                    let labels: Vec<_> = (0..layers).map(|_| random_nodes(&mut random, count)).collect();
                    let layers: Vec<_> = labels.iter().map(Vec::as_slice).collect();
                    let mut columns = vec![[0; 32]; count];
                    engine.hash_columns(&layers, &mut columns).unwrap();
                    let column = |node| layers.iter().map(|layer| layer[node]).collect::<Vec<_>>();
                    let expected: Vec<_> =
                        (0..count).map(|node| nodes::column_hash(node as u64, &column(node)).unwrap()).collect();
                    assert_eq!(columns, expected, "{count} of {} layers by {engine:?}", layers.len());
                }
            }
        }
    }

    /// If all nodes of all lanes are the smallest or the largest element, sums are smallest or largest.
    #[test]
    fn each_engine_hashes_extreme_nodes_as_the_library_does() {
        for engine in engines() {
            for arity in [2, 4, 8] {
                for element in [Scalar::ZERO, Scalar::ONE, -Scalar::ONE] {
                    let children = vec![element.to_bytes_le(); arity * 16];
                    let mut parents = vec![[0; 32]; 16];
                    engine.hash(arity, &children, &mut parents).unwrap();
                    assert_eq!(parents, [nodes::poseidon(&children[..arity]).unwrap(); 16]);
                }
            }
        }
    }

    /// Fails if a node is reduced without an error, which would give another sector's tree, or if the error names
    /// another node.
    #[test]
    fn each_engine_names_the_first_node_that_is_no_element() {
        let mut random = seeded();
        // r in little endian: the first value that is not a scalar.
        let order = {
            let mut order = (-Scalar::ONE).to_bytes_le();
            order[0] = 1;
            assert_eq!((order[1], Scalar::ONE - Scalar::from(2)), (0, -Scalar::ONE));
            order
        };
        let after = [&[2], &order[1..]].concat().try_into().unwrap();
        for engine in engines() {
            for none in [order, after, [0xff; 32]] {
                for arity in [2, 4, 8] {
                    let mut children = random_nodes(&mut random, arity * 37);
                    let first = random.gen_range(0..children.len());
                    children[first] = none;
                    children[random.gen_range(first..arity * 37)] = none;
                    let mut parents = vec![[0; 32]; 37];
                    let fault = engine.hash(arity, &children, &mut parents).unwrap_err();
                    assert_eq!(fault, NotAnElement { row: 0, index: first }, "arity {arity} by {engine:?}");
                }
                for layers in [2, 11] {
                    let mut labels: Vec<_> = (0..layers).map(|_| random_nodes(&mut random, 37)).collect();
                    let (row, index) = (random.gen_range(0..layers), random.gen_range(0..37));
                    labels[row][index] = none;
                    labels[random.gen_range(row..layers)][random.gen_range(index..37)] = none;
                    let layers: Vec<_> = labels.iter().map(Vec::as_slice).collect();
                    let fault = engine.hash_columns(&layers, &mut [[0; 32]; 37]).unwrap_err();
                    assert_eq!(fault, NotAnElement { row, index }, "{} layers by {engine:?}", layers.len());
                }
            }
        }
    }

    /// On a CPU without the instructions they would kill the process.
    #[test]
    fn a_cpu_without_the_instructions_gets_an_engine_without_them() {
        let usable = |missing, extra| Engine::usable_with(missing, extra);
        let avx2 = if cfg!(target_arch = "x86_64") { vec![Engine::Avx2, Engine::Stock] } else { vec![Engine::Stock] };
        for extra in ["", "avx512f", "avx512ifma", "avx512ifmas,avx512f"] {
            assert_eq!(usable("adx", extra), avx2, "{extra}");
            assert_eq!(usable("avx2", extra), [Engine::Stock], "{extra}");
        }
        for extra in ["avx512f,avx512ifma", "avx512ifma,avx512f"] {
            assert_eq!(usable("", extra).contains(&Engine::Ifma), cfg!(target_arch = "x86_64"), "{extra}");
            assert_eq!(usable("adx,avx2", extra), [Engine::Stock], "{extra}");
        }
    }
}
