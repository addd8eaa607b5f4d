//! Poseidon by the library's code and by Reseal's, on one core, in processor time: other work on the machine does not count.

use std::{io, mem};

use rand::RngCore;
use reseal_sealing::poseidon::Engine;

use crate::Failure;
use crate::table::median;

/// Nodes of a hash: trees have the first three, columns 2 or the last.
const ARITIES: [usize; 4] = [2, 4, 8, 11];
/// Hashes that the library computes in a run.
const LIBRARY_HASHES: usize = 1 << 12;
/// Hashes that Reseal computes in a run, the library's among them.
const RESEAL_HASHES: usize = 1 << 15;

/// Nanoseconds for a hash of some arity, by the library and by Reseal, of each run.
struct Row {
    arity: usize,
    library: Vec<u64>,
    reseal: Vec<u64>,
}

/// Measures both sides in turn, so many times, and prints the table.
pub(crate) fn run(runs: usize) -> Result<(), Failure> {
    let engine = Engine::best();
    if engine == Engine::Stock {
        eprintln!("This CPU has no AVX-512 IFMA: Reseal uses the library's code.");
    }
    let mut rows: Vec<_> =
        ARITIES.iter().map(|arity| Row { arity: *arity, library: Vec::new(), reseal: Vec::new() }).collect();
    for run in 1..=runs {
        for row in &mut rows {
            eprintln!("Run {run}: arity {}.", row.arity);
            let nodes = random_nodes(row.arity * RESEAL_HASHES);
            let (library, expected) = hash(Engine::Stock, row.arity, &nodes, LIBRARY_HASHES)?;
            let (reseal, hashes) = hash(engine, row.arity, &nodes, RESEAL_HASHES)?;
            if !hashes.starts_with(&expected) {
                return Err(format!("the library and Reseal hash {} nodes differently", row.arity).into());
            }
            row.library.push(library);
            row.reseal.push(reseal);
        }
    }
    print!("{}", table(&rows));
    Ok(())
}

/// Nanoseconds for each of the first hashes over these nodes, and the hashes.
fn hash(engine: Engine, arity: usize, nodes: &[[u8; 32]], count: usize) -> Result<(u64, Vec<[u8; 32]>), Failure> {
    let mut hashes = vec![[0; 32]; count];
    let layers: Vec<_> = nodes.chunks(RESEAL_HASHES).map(|layer| &layer[..count]).collect();
    let mut hash = |count: usize| match arity {
        2 | 4 | 8 => engine.hash(arity, &nodes[..count * arity], &mut hashes[..count]),
        _ => {
            let layers: Vec<_> = layers.iter().map(|layer| &layer[..count]).collect();
            engine.hash_columns(&layers, &mut hashes[..count])
        }
    };
    // Makes the constants.
    hash(1)?;
    let began = thread_nanos()?;
    hash(count)?;
    Ok(((thread_nanos()? - began) / count as u64, hashes))
}

fn random_nodes(count: usize) -> Vec<[u8; 32]> {
    let mut nodes = vec![[0; 32]; count];
    rand::thread_rng().fill_bytes(nodes.as_flattened_mut());
    for node in &mut nodes {
        node[31] &= 0x3f;
    }
    nodes
}

/// Multiplications that a hash takes in the library's form: in each of 8 full rounds three for each element of the state
/// and a whole matrix, in each partial one three and a sparse matrix.
fn multiplications(arity: usize) -> u64 {
    let width = arity as u64 + 1;
    let partial_rounds = match arity {
        2 => 55,
        4 => 56,
        _ => 57,
    };
    8 * (3 * width + width * width) + partial_rounds * (3 + 2 * width - 1)
}

fn thread_nanos() -> io::Result<u64> {
    let mut time = unsafe { mem::zeroed::<libc::timespec>() };
    if unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64)
}

fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:>5}{:>6}{:>36}{:>13}{:>9}{:>36}{:>13}{:>9}{:>7}\n",
        "arity",
        "runs",
        "library, a hash (spread)",
        "a second",
        "product",
        "Reseal, a hash (spread)",
        "a second",
        "product",
        "times"
    );
    for row in rows {
        let (library, reseal) = (side(row.arity, &row.library), side(row.arity, &row.reseal));
        let times = median(row.library.clone()) as f64 / median(row.reseal.clone()) as f64;
        text += &format!("{:>5}{:>6}{library}{reseal}{times:>7.1}\n", row.arity, row.library.len());
    }
    text
}

/// The median with its spread, as hashes a second, and for each multiplication of the library's form.
fn side(arity: usize, nanos: &[u64]) -> String {
    let hash = median(nanos.to_vec());
    let (low, high) = (nanos.iter().min().copied().unwrap_or(0), nanos.iter().max().copied().unwrap_or(0));
    format!(
        "{:>36}{:>13}{:>9}",
        format!("{hash} ns ({low} to {high})"),
        1_000_000_000 / hash.max(1),
        format!("{:.1} ns", hash as f64 / multiplications(arity) as f64)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails where the sides are taken for each other or a spread is of the other side.
    #[test]
    fn shows_medians_with_their_spread() {
        let rows = [Row { arity: 8, library: vec![41_000, 40_080, 43_000], reseal: vec![4_000, 3_900, 4_008] }];
        let expected = "\
arity  runs            library, a hash (spread)     a second  product             Reseal, a hash (spread)     a second  product  times
    8     3          41000 ns (40080 to 43000)        24390  20.5 ns             4000 ns (3900 to 4008)       250000   2.0 ns   10.2
";
        assert_eq!(table(&rows), expected);
    }
}
