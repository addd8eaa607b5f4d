//! Poseidon by the library's code and by Reseal's, on one core, in processor time, so that other work on the machine
//! does not count.

use std::{io, mem};

use rand::RngCore;
use reseal_sealing::poseidon::Engine;

use crate::failure::Failure;
use crate::table::median;

/// Nodes of a hash: trees have the first three arities, columns 2 or the last.
const ARITIES: [usize; 4] = [2, 4, 8, 11];
/// Hashes that the library computes in a run.
const LIBRARY_HASHES: usize = 1 << 12;
/// Hashes that Reseal's engines compute in a run, including the library's.
const RESEAL_HASHES: usize = 1 << 15;

/// Nanoseconds for a hash of one arity by one engine, for each run.
struct Row {
    arity: usize,
    engine: Engine,
    nanos: Vec<u64>,
}

/// Measures all engines of this CPU in turn, the given number of times, and prints the table.
pub(crate) fn run(runs: usize) -> Result<(), Failure> {
    let mut engines = Engine::usable();
    // The library first: the other engines' hashes are compared with its hashes.
    engines.reverse();
    let of_arity = |arity| engines.iter().map(move |engine| Row { arity, engine: *engine, nanos: Vec::new() });
    let mut rows: Vec<_> = ARITIES.into_iter().flat_map(of_arity).collect();
    for run in 1..=runs {
        for rows in rows.chunks_mut(engines.len()) {
            let arity = rows[0].arity;
            eprintln!("Run {run}: arity {arity}.");
            let nodes = random_nodes(arity * RESEAL_HASHES);
            let mut expected = Vec::new();
            for row in rows {
                let count = if row.engine == Engine::Stock { LIBRARY_HASHES } else { RESEAL_HASHES };
                let (nanos, hashes) = hash(row.engine, arity, &nodes, count)?;
                if !hashes.starts_with(&expected) {
                    return Err(format!("the library and {:?} hash {arity} nodes differently", row.engine).into());
                }
                row.nanos.push(nanos);
                if row.engine == Engine::Stock {
                    expected = hashes;
                }
            }
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

/// Multiplications of a hash in the library's form: in each of 8 full rounds three for each element of the state and a
/// whole matrix; in each partial round three and a sparse matrix.
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

/// Medians with their spread, hashes a second, time for each multiplication of the library's form, and how many times
/// faster than the library.
fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:>5}  {:<8}{:>4}{:>34}{:>11}{:>16}{:>8}\n",
        "arity", "engine", "runs", "a hash (spread)", "a second", "multiplication", "times"
    );
    let mut library = 0;
    for row in rows {
        let hash = median(row.nanos.clone()).max(1);
        if row.engine == Engine::Stock {
            library = hash;
        }
        let (low, high) = (row.nanos.iter().min().unwrap_or(&0), row.nanos.iter().max().unwrap_or(&0));
        text += &format!(
            "{:>5}  {:<8}{:>4}{:>34}{:>11}{:>16}{:>8.1}\n",
            row.arity,
            format!("{:?}", row.engine),
            row.nanos.len(),
            format!("{hash} ns ({low} to {high})"),
            1_000_000_000 / hash,
            format!("{:.1} ns", hash as f64 / multiplications(row.arity) as f64),
            library as f64 / hash as f64
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails if a row is compared with another arity's, or if a spread is another row's.
    #[test]
    fn shows_medians_with_their_spread() {
        let row = |arity, engine, nanos: [u64; 3]| Row { arity, engine, nanos: nanos.to_vec() };
        let rows = [
            row(2, Engine::Stock, [9_000, 7_500, 8_000]),
            row(8, Engine::Stock, [41_000, 40_080, 43_000]),
            row(8, Engine::Ifma, [4_000, 3_900, 4_008]),
        ];
        let expected = "\
arity  engine  runs                   a hash (spread)   a second  multiplication   times
    2  Stock      3            8000 ns (7500 to 9000)     125000         13.7 ns     1.0
    8  Stock      3         41000 ns (40080 to 43000)      24390         20.5 ns     1.0
    8  Ifma       3            4000 ns (3900 to 4008)     250000          2.0 ns    10.2
";
        assert_eq!(table(&rows), expected);
    }
}
