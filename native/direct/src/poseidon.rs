//! Poseidon by the library's code and by Reseal's, on one core.

use rand::RngCore;
use reseal_sealing::poseidon::Engine;
use std::time::Instant;

use crate::Failure;

pub(crate) fn run(runs: usize) -> Result<(), Failure> {
    let mut random = rand::thread_rng();
    for run in 1..=runs {
        for arity in [2usize, 4, 8, 11] {
            let mut out = Vec::new();
            for (engine, count) in [(Engine::Stock, 1600), (Engine::Ifma, 16000)] {
                let mut nodes = vec![[0u8; 32]; arity * count];
                random.fill_bytes(nodes.as_flattened_mut());
                for node in &mut nodes {
                    node[31] &= 0x3f;
                }
                let mut hashes = vec![[0u8; 32]; count];
                let mut one = || {
                    let began = Instant::now();
                    if arity == 11 {
                        let layers: Vec<_> = nodes.chunks(count).collect();
                        engine.hash_columns(&layers, &mut hashes).unwrap();
                    } else {
                        engine.hash(arity, &nodes, &mut hashes).unwrap();
                    }
                    began.elapsed().as_nanos() as f64 / count as f64
                };
                one();
                out.push(one());
            }
            println!("{run} {arity}: {:.0} {:.0} {:.2}", out[0], out[1], out[0] / out[1]);
        }
    }
    Ok(())
}
