//! The ends of sectors of 32 and 64 GiB, without their memory: all addresses are reserved, but only the labels that are
//! read are touched.

use std::ops::Range;
use std::slice;

use filecoin_proofs_api::RegisteredSealProof::{self, *};
use sha2::{Digest, Sha256};
use storage_proofs_porep::stacked::create_label::single::{create_label, create_label_exp};

use crate::cpu;
use crate::files::geometry::Geometry;
use crate::files::nodes::Node;
use crate::parent_cache::{self, Graph, Parents};
use crate::sdr::engine::{Memory, Task, label_nodes};
use crate::sdr::labels::Labels;
use crate::sdr::way::Way;
use crate::sha256::Engine;
use crate::sha256::merkle::NODE_BYTES;

/// Nodes at each end.
const LOOKED_AT: usize = 1 << 10;

/// A placeholder for labels that are never read.
fn some_label(layer: u8, slot: usize, node: u32) -> Node {
    let mut label: Node =
        Sha256::new().chain_update([layer, slot as u8]).chain_update(node.to_le_bytes()).finalize().into();
    label[31] &= 0x3f;
    label
}

/// In the library a sector's labels lie one after the other.
fn bytes(labels: &Labels) -> &[u8] {
    unsafe { slice::from_raw_parts(labels.as_ptr(), labels.nodes() * NODE_BYTES) }
}

fn bytes_mut(labels: &mut Labels) -> &mut [u8] {
    unsafe { slice::from_raw_parts_mut(labels.as_mut_ptr(), labels.nodes() * NODE_BYTES) }
}

/// Fails if a node's number or a label's position loses bits: numbers reach 2^31, positions 2^37.
#[test]
fn the_first_and_last_nodes_of_real_sectors_have_the_librarys_labels() {
    for proof in [StackedDrg32GiBV1, StackedDrg32GiBV1_1, StackedDrg64GiBV1, StackedDrg64GiBV1_1] {
        let nodes = Geometry::of(proof).nodes as usize;
        for range in [0..LOOKED_AT, nodes - LOOKED_AT..nodes] {
            // No powers of two, so that labels cross lines of the CPU's caches and lanes are left over.
            compare::<3>(proof, nodes, range.clone());
            compare::<7>(proof, nodes, range.clone());
            compare::<13>(proof, nodes, range);
        }
    }
}

/// The portable way, and all others of this CPU that can label so many sectors.
fn ways(sectors: usize) -> impl Iterator<Item = Option<Way>> {
    let others = Way::all(cpu::extra()).filter(move |way| sectors <= way.sectors()).map(Some);
    std::iter::once(None).chain(others)
}

fn compare<const SLOTS: usize>(proof: RegisteredSealProof, nodes: usize, range: Range<usize>) {
    let (graph, library) = (Graph::of(proof), parent_cache::graph(proof, &Geometry::of(proof)).unwrap());
    let parents = Labels::sparse(nodes * size_of::<Parents>() / NODE_BYTES, 1);
    let parents: &mut [Parents] = unsafe { slice::from_raw_parts_mut(parents.as_mut_ptr().cast(), nodes) };
    let [current, previous] = [Labels::sparse(nodes, SLOTS), Labels::sparse(nodes, SLOTS)];
    let mut stock: [[Labels; 2]; SLOTS] = std::array::from_fn(|_| [Labels::sparse(nodes, 1), Labels::sparse(nodes, 1)]);
    for node in range.clone() {
        parents[node] = graph.parents(node as u32);
        for parent in parents[node] {
            for (slot, stock) in stock.iter().enumerate() {
                for (layer, (own, stock)) in (0..).zip([(&current, &stock[0]), (&previous, &stock[1])]) {
                    let label = some_label(layer, slot, parent);
                    unsafe {
                        own.set(slot, parent as usize, &label);
                        stock.set(0, parent as usize, &label);
                    }
                }
            }
        }
    }
    let parents = &*parents;
    for layer in [1, 2] {
        let tasks: [Task; SLOTS] =
            std::array::from_fn(|slot| Task { slot, layer, replica_id: some_label(7, slot, nodes as u32) });
        for (task, [labels, before]) in tasks.iter().zip(&mut stock) {
            for node in range.clone() {
                let (labels, layer) = (bytes_mut(labels), layer as usize);
                match layer {
                    1 => create_label(&library, None, task.replica_id, labels, layer, node).unwrap(),
                    _ => {
                        create_label_exp(&library, None, task.replica_id, bytes(before), labels, layer, node).unwrap();
                    }
                }
            }
        }
        for way in ways(SLOTS) {
            let (memory, nodes) = (Memory::whole(parents, &current, &previous), range.clone());
            unsafe {
                match way {
                    None => label_nodes(Engine::Portable, &tasks, memory, nodes),
                    Some(way) => way.label(&tasks, memory, nodes),
                }
            }
            for node in range.clone() {
                for (slot, [labels, _]) in stock.iter().enumerate() {
                    let (own, stock) = (current.get(slot, node), labels.get(0, node));
                    assert!(own == stock, "{proof:?}: layer {layer}, node {node}, slot {slot}, {way:?}");
                    // So that the next way computes its own.
                    unsafe { current.set(slot, node, &[0; NODE_BYTES]) };
                }
            }
        }
        for node in range.clone() {
            for (slot, [labels, _]) in stock.iter().enumerate() {
                unsafe { current.set(slot, node, &labels.get(0, node)) };
            }
        }
    }
}
