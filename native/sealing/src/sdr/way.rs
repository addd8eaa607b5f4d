//! Which instructions label sectors together: those that are fastest on this CPU, as measured when they are first needed.
//! No rule by the CPU's name or features is right for all: eight lanes of AVX-512 are faster than the SHA instructions on
//! some CPUs and slower on others.

use std::ops::Range;
use std::sync::OnceLock;

use crate::cpu;
use crate::sdr::engine::{INTERLEAVED, Memory, Task};
use crate::sdr::speed::Trial;
use crate::sdr::{eight, sha_ni, sixteen};

/// The nodes whose labels are in memory for a measurement. With 16 sectors a layer is larger than most CPUs' caches.
const NODES: usize = 1 << 17;
/// Nodes that are labelled at a time: all ways together take a second. Their parents do not fit into the caches either.
const STRETCH: usize = 1 << 14;

/// Instructions that label sectors together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    ShaNi,
    Eight,
    Sixteen,
}

impl Way {
    /// Those that a CPU with these optional features has, comma separated.
    pub(crate) fn all(features: &str) -> impl Iterator<Item = Way> {
        let has = |name: &str| features.split(',').any(|feature| feature == name);
        let vectors = ["avx512f", "avx512bw", "avx512vl"].into_iter().all(has);
        [Way::ShaNi, Way::Eight, Way::Sixteen].into_iter().filter(move |way| vectors || *way == Way::ShaNi)
    }

    /// How to begin with this many sectors on this CPU, so that all of them take the least time.
    pub(crate) fn of(sectors: usize) -> Self {
        static SPEEDS: OnceLock<Speeds> = OnceLock::new();
        match sectors {
            ..=INTERLEAVED => Way::ShaNi,
            _ => SPEEDS.get_or_init(Speeds::of_this_cpu).first(sectors),
        }
    }

    /// The most sectors at a time.
    pub(crate) fn sectors(self) -> usize {
        match self {
            Way::ShaNi => INTERLEAVED,
            Way::Eight => eight::LANES,
            Way::Sixteen => sixteen::LANES,
        }
    }

    /// Computes the labels of these nodes for no more tasks than that.
    ///
    /// # Safety
    /// As for [`label_nodes`](crate::sdr::engine::label_nodes), and the CPU has these instructions.
    pub(crate) unsafe fn label(self, tasks: &[Task], memory: Memory, nodes: Range<usize>) {
        unsafe {
            match self {
                Way::ShaNi => sha_ni::label_nodes(tasks, memory, nodes),
                Way::Eight => eight::label_nodes(tasks, memory, nodes),
                Way::Sixteen => sixteen::label_nodes(tasks, memory, nodes),
            }
        }
    }
}

/// What a node takes in each way, with so many sectors together.
struct Speeds(Vec<Speed>);

struct Speed {
    way: Way,
    sectors: usize,
    /// For the labels of all these sectors.
    nanos: f64,
}

impl Speeds {
    /// Without memory to measure in, the SHA instructions remain.
    fn of_this_cpu() -> Self {
        let Ok(trial) = Trial::allocate(NODES, STRETCH, sixteen::LANES) else { return Speeds(Vec::new()) };
        let speed = |way: Way, sectors: usize| {
            // `Way::all` knows which instructions the CPU has.
            let nanos = trial.nanos(sectors, || (), |tasks, memory, nodes| unsafe { way.label(tasks, memory, nodes) });
            Speed { way, sectors, nanos }
        };
        let ways = Way::all(cpu::extra()).flat_map(|way| match way {
            Way::ShaNi => (1..=INTERLEAVED).map(|sectors| (way, sectors)).collect(),
            // Lanes without a sector take the same time.
            _ => vec![(way, way.sectors())],
        });
        Speeds(ways.map(|(way, sectors)| speed(way, sectors)).collect())
    }

    /// How to begin with this many sectors, so that all of them take the least time.
    fn first(&self, sectors: usize) -> Way {
        // For each number of sectors, the time they take and how to begin.
        let mut best = vec![(0.0, Way::ShaNi)];
        for sectors in 1..=sectors {
            let with = |speed: &Speed| {
                let (rest, _) = best[sectors.saturating_sub(speed.sectors)];
                (speed.nanos + rest, speed.way)
            };
            let fastest = self.0.iter().map(with).min_by(|one, other| one.0.total_cmp(&other.0));
            best.push(fastest.unwrap_or((0.0, Way::ShaNi)));
        }
        best[sectors].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speeds(sha_ni: [f64; INTERLEAVED], vectors: &[(Way, f64)]) -> Speeds {
        let sha_ni = (1..).zip(sha_ni).map(|(sectors, nanos)| Speed { way: Way::ShaNi, sectors, nanos });
        let vectors = vectors.iter().map(|&(way, nanos)| Speed { way, sectors: way.sectors(), nanos });
        Speeds(sha_ni.chain(vectors).collect())
    }

    /// How a group of this size is labelled, part by part.
    fn parts(speeds: &Speeds, mut sectors: usize) -> Vec<Way> {
        let mut parts = Vec::new();
        while sectors > 0 {
            let way = speeds.first(sectors);
            parts.push(way);
            sectors = sectors.saturating_sub(way.sectors());
        }
        parts
    }

    /// With times like those of two CPUs. Fails if few sectors take the time of a whole vector, or if a way is used that is
    /// slower on that CPU.
    #[test]
    fn a_group_is_labelled_in_the_ways_that_take_it_the_least_time() {
        use Way::*;
        let xeon = speeds([906.0, 1522.0, 2300.0, 3056.0], &[(Eight, 5248.0), (Sixteen, 6544.0)]);
        assert_eq!(parts(&xeon, 4), [ShaNi]);
        assert_eq!(parts(&xeon, 6), [ShaNi, ShaNi]);
        assert_eq!(parts(&xeon, 8), [Eight]);
        assert_eq!(parts(&xeon, 11), [Sixteen]);
        assert_eq!(parts(&xeon, 16), [Sixteen]);
        assert_eq!(parts(&xeon, 32), [Sixteen, Sixteen]);
        let epyc = speeds([600.0, 800.0, 1164.0, 1500.0], &[(Eight, 4160.0), (Sixteen, 4480.0)]);
        assert_eq!(parts(&epyc, 8), [ShaNi, ShaNi]);
        assert_eq!(parts(&epyc, 11), [ShaNi; 3]);
        assert_eq!(parts(&epyc, 12), [Sixteen]);
        assert_eq!(parts(&speeds([700.0, 800.0, 1000.0, 1200.0], &[]), 16), [ShaNi; 4]);
        assert_eq!(parts(&Speeds(Vec::new()), 16), [ShaNi; 4]);
    }

    /// Fails if a CPU gets instructions that it does not have, which would kill the process.
    #[test]
    fn vectors_are_for_cpus_that_have_all_of_their_instructions() {
        let all = |features| Way::all(features).collect::<Vec<_>>();
        for without in ["", "avx512f,avx512ifma", "avx512f,avx512bw", "avx512bw,avx512vl"] {
            assert_eq!(all(without), [Way::ShaNi], "{without}");
        }
        assert_eq!(all("avx512f,avx512ifma,avx512bw,avx512vl"), [Way::ShaNi, Way::Eight, Way::Sixteen]);
    }

    #[test]
    fn this_cpu_is_measured() {
        let speeds = Speeds::of_this_cpu();
        assert!(!speeds.0.is_empty() && speeds.0.iter().all(|speed| speed.nanos > 0.0));
    }
}
