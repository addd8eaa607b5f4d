//! A replica is its key plus its data, node by node: two of these files → the third, and its tree R.

use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::building::{Building, Work, top};
use super::in_order::InOrder;
use super::layout::Layout;
use super::rows::Rows;
use super::spent::{Part, Spent};
use super::stream::{Source, stream};
use crate::files::durable;
use crate::files::nodes::{Node, element};
use crate::poseidon::Engine;
use crate::request::hash32::Hash32;
use crate::sha256::merkle::{self, NODE_BYTES};
use crate::{Code, Error, Result};

/// Makes a node from those of this number in both files; none if either is not a field element.
pub type Combine<'a> = dyn Fn(u64, &Node, &Node) -> Option<Node> + Sync + 'a;

/// What is made of what.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Makes {
    /// The replica, of its key and its data.
    Replica,
    /// The key, of its replica and the data.
    Key,
    /// The data, of the replica and its key.
    Data,
}

impl Makes {
    /// For people: the two files that are read.
    fn inputs(self) -> [&'static str; 2] {
        match self {
            Makes::Replica => ["key", "data"],
            Makes::Key => ["replica", "data"],
            Makes::Data => ["replica", "key"],
        }
    }
}

/// Two files to combine.
pub struct Encoding<'a> {
    /// What is made.
    pub makes: Makes,
    /// The file that is read first.
    pub from: &'a Path,
    /// Whether to compute its digest.
    pub digested: bool,
    /// The other file, and how to combine them; none if the replica is the key itself.
    pub with: Option<(&'a Path, &'a Combine<'a>)>,
    /// The file to write; it must not exist.
    pub to: &'a Path,
}

/// What was made.
#[derive(Clone, Copy, Debug)]
pub struct Encoded {
    /// The data's CommD, if there are data.
    pub comm_d: Option<Hash32>,
    /// SHA-256 of the first file, if requested.
    pub from_digest: Option<Hash32>,
    /// SHA-256 of what was made, computed from the bytes before they were written.
    pub digest: Hash32,
}

/// Writes the replica or the key and builds its tree R, reading everything once; also returns the tree's root. The
/// caller must check the first file's digest and CommD.
pub fn encode(encoding: &Encoding, layout: Layout, rows: &dyn Rows, work: Work) -> Result<(Encoded, Hash32)> {
    let building = Building::new(layout, rows, work);
    let encoder = Encoder::new(encoding, layout, work)?;
    let digests = building.stream(&encoding.sources(), |first, inputs, nodes| encoder.chunk(first, inputs, nodes))?;
    let root = top(work.engine, &building.finish()?);
    Ok((encoder.encoded(digests[0]), Hash32(root)))
}

/// Writes only the file, without a tree.
pub fn encode_alone(encoding: &Encoding, layout: Layout, work: Work) -> Result<Encoded> {
    let encoder = Encoder::new(encoding, layout, work)?;
    let sources = encoding.sources();
    let digests = stream(&sources, layout, work.spent, |first, inputs| {
        encoder.chunk(first, inputs, &mut vec![Node::default(); layout.chunk as usize])?;
        (work.done)((sources.len() * inputs[0].len() * NODE_BYTES) as u64);
        Ok(())
    })?;
    Ok(encoder.encoded(digests[0]))
}

impl Encoding<'_> {
    fn sources(&self) -> Vec<Source<'_>> {
        let mut sources = vec![Source { path: self.from, digested: self.digested }];
        sources.extend(self.with.map(|(path, _)| Source { path, digested: false }));
        sources
    }
}

/// A file that several threads write together.
struct Encoder<'a> {
    encoding: &'a Encoding<'a>,
    spent: &'a Spent,
    file: File,
    /// Nodes of a chunk.
    chunk: u64,
    /// The bytes of the file.
    bytes: u64,
    digest: InOrder,
    /// The roots of all chunks of the data.
    data_roots: Mutex<Vec<Node>>,
}

impl<'a> Encoder<'a> {
    fn new(encoding: &'a Encoding, layout: Layout, work: Work<'a>) -> Result<Self> {
        let bytes = layout.nodes() * NODE_BYTES as u64;
        let file = durable::create_reserved(encoding.to, bytes)?;
        let digest = InOrder::begin();
        let data_roots = Mutex::new(vec![Node::default(); layout.chunks() as usize]);
        Ok(Encoder { encoding, spent: work.spent, file, chunk: layout.chunk, bytes, digest, data_roots })
    }

    /// Computes and writes a chunk's nodes, from number `first` on.
    fn chunk(&self, first: u64, inputs: &[&[Node]], nodes: &mut [Node]) -> Result<()> {
        let Encoding { makes, from, with, to, .. } = *self.encoding;
        nodes.copy_from_slice(inputs[0]);
        if let Some((path, combine)) = with {
            self.spent.on(Part::Encoding, || combine_all(combine, first, nodes, inputs[1])).map_err(|node| {
                let in_first = element(&inputs[0][(node - first) as usize]).is_none();
                let (what, file) =
                    makes.inputs().into_iter().zip([from, path]).nth(usize::from(!in_first)).expect("two");
                let why = format!("node {node} of the {what} {} is not a field element", file.display());
                Error::new(Code::ScratchLost, why).about(file)
            })?;
            let data = if makes == Makes::Data { &*nodes } else { inputs[1] };
            let root = self.spent.on(Part::Digesting, || merkle::root_here(data.as_flattened()));
            self.data_roots.lock().unwrap_or_else(PoisonError::into_inner)[(first / self.chunk) as usize] = root;
        }
        let (bytes, at) = (nodes.as_flattened(), first * NODE_BYTES as u64);
        self.digest.take(at, bytes);
        self.spent.on(Part::Writing, || {
            durable::write_at(&self.file, bytes, at, to)?;
            durable::begin_syncing(&self.file, at, bytes.len());
            Ok(())
        })
    }

    fn encoded(self, from_digest: Option<Hash32>) -> Encoded {
        let data_roots = self.data_roots.into_inner().unwrap_or_else(PoisonError::into_inner);
        let comm_d = self.encoding.with.map(|_| Hash32(merkle::root(data_roots.as_flattened())));
        Encoded { comm_d, from_digest, digest: self.digest.finish(self.bytes, self.spent) }
    }
}

/// What the sub-trees of a replica's tree R are.
pub struct OfReplica {
    /// The root of each that was built, in order.
    pub roots: Vec<Node>,
    /// SHA-256 of what was read, if requested.
    pub digest: Option<Hash32>,
}

impl OfReplica {
    /// The root over the sub-trees, all of which must have been built.
    pub fn root(&self, engine: Engine) -> Hash32 {
        Hash32(top(engine, &self.roots))
    }
}

/// Builds the sub-trees of tree R of an existing replica.
pub fn of_replica(replica: &Path, digested: bool, layout: Layout, rows: &dyn Rows, work: Work) -> Result<OfReplica> {
    let building = Building::new(layout, rows, work);
    let digests = building.stream(&[Source { path: replica, digested }], |_, inputs, nodes| {
        nodes.copy_from_slice(inputs[0]);
        Ok(())
    })?;
    Ok(OfReplica { roots: building.finish()?, digest: digests[0] })
}

/// Combines the nodes with the others; fails with the number of the first node for which that is impossible.
fn combine_all(combine: &Combine, first: u64, nodes: &mut [Node], others: &[Node]) -> std::result::Result<(), u64> {
    for ((number, node), other) in (first..).zip(nodes).zip(others) {
        *node = combine(number, node, other).ok_or(number)?;
    }
    Ok(())
}

/// The field's modulus, its lowest 64 bits first.
const MODULUS: [u64; 4] = [0xffff_ffff_0000_0001, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805, 0x73ed_a753_299d_7d48];

/// key + data in the field; none if either is not a field element.
pub(crate) fn sum(key: &Node, data: &Node) -> Option<Node> {
    let (key, data) = (limbs(key), limbs(data));
    // Both are below the modulus, which has 255 bits, so the sum has at most 256.
    reduced(&key)?;
    reduced(&data)?;
    let mut carry = false;
    let sum: [u64; 4] = std::array::from_fn(|i| {
        let (sum, over) = key[i].overflowing_add(data[i]);
        let (sum, more) = sum.overflowing_add(u64::from(carry));
        carry = over | more;
        sum
    });
    let (less, borrow) = less_modulus(&sum);
    let sum = if borrow { sum } else { less };
    let mut node = Node::default();
    for (bytes, limb) in node.as_chunks_mut::<8>().0.iter_mut().zip(sum) {
        *bytes = limb.to_le_bytes();
    }
    Some(node)
}

fn reduced(limbs: &[u64; 4]) -> Option<()> {
    less_modulus(limbs).1.then_some(())
}

/// The number minus the modulus, and whether it was smaller.
fn less_modulus(limbs: &[u64; 4]) -> ([u64; 4], bool) {
    let mut borrow = false;
    let less = std::array::from_fn(|i| {
        let (less, under) = limbs[i].overflowing_sub(MODULUS[i]);
        let (less, more) = less.overflowing_sub(u64::from(borrow));
        borrow = under | more;
        less
    });
    (less, borrow)
}

fn limbs(node: &Node) -> [u64; 4] {
    let chunks = node.as_chunks::<8>().0;
    std::array::from_fn(|i| u64::from_le_bytes(chunks[i]))
}

#[cfg(test)]
mod tests {
    use rand::{RngCore, SeedableRng, rngs::StdRng};

    use super::*;
    use crate::files::nodes::element;

    /// Fails if a carry or a borrow between limbs is lost, or if the modulus itself is accepted as an element.
    #[test]
    fn sums_are_the_librarys() {
        let seed: u64 = rand::random();
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        let mut nodes: Vec<Node> = Vec::new();
        // 0, 1, and the neighbours of the modulus and of each limb's end.
        for low in [[0; 4], MODULUS, [u64::MAX, 0, 0, 0], [u64::MAX, u64::MAX, 0, 0], [u64::MAX, u64::MAX, u64::MAX, 0]]
        {
            for delta in [u64::MAX, 0, 1] {
                let mut carry = delta;
                let limbs = low.map(|limb| {
                    let (sum, over) = limb.overflowing_add(carry);
                    carry = if delta == u64::MAX { if over { 0 } else { u64::MAX } } else { u64::from(over) };
                    sum
                });
                nodes.push(limbs.map(u64::to_le_bytes).as_flattened().try_into().unwrap());
            }
        }
        for _ in 0..200 {
            let mut node = Node::default();
            random.fill_bytes(&mut node);
            node[31] &= 0x7f;
            nodes.push(node);
        }
        for one in &nodes {
            for other in &nodes {
                let expected = element(one).zip(element(other)).map(|(one, other)| (one + other).to_bytes_le());
                assert_eq!(sum(one, other), expected, "{one:?} + {other:?}");
            }
        }
    }
}
