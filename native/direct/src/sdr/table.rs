//! The tables about labelling: each way, how it compares with the others, and an estimate for sectors of 32 GiB.

use std::fmt;

use reseal_sealing::PROOFS_VERSION;

/// A way to label, or a bound for it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Way {
    /// The rounds of a label's 20 blocks, with known words.
    Rounds,
    /// The same, and the words are computed for blocks that a label has for the first time.
    RoundsAndWords,
    LibraryMulticore,
    Library,
    Reseal,
    /// With one layer in memory instead of two.
    ResealOneLayer,
}

impl Way {
    fn is_reseals(self) -> bool {
        matches!(self, Way::Reseal | Way::ResealOneLayer)
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Way::Rounds => "SHA rounds alone",
            Way::RoundsAndWords => "SHA rounds and words",
            Way::LibraryMulticore => "library, multicore",
            Way::Library => "library, single core",
            Way::Reseal => "Reseal",
            Way::ResealOneLayer => "Reseal, one layer",
        })
    }
}

/// The result of one run: nanoseconds for a node of a sector on a core, and memory.
#[derive(Clone, Copy)]
pub(super) struct Figures {
    /// From the first label until all layers are on the disk.
    pub(super) all: f64,
    /// In the first layer, while nothing is written yet, and in the later layers, while earlier ones are written; none
    /// if the way cannot be divided like this.
    pub(super) layers: Option<(f64, f64)>,
    /// Bytes of memory, mapped files included; none if there are no labels.
    pub(super) memory: Option<u64>,
}

impl Figures {
    pub(super) fn alone(all: f64) -> Self {
        Figures { all, layers: None, memory: None }
    }
}

struct Row {
    way: Way,
    cores: usize,
    /// On each core.
    sectors: usize,
    runs: Vec<Figures>,
}

impl Row {
    fn all(&self) -> Vec<f64> {
        sorted(self.runs.iter().map(|run| run.all))
    }

    /// The library's cores label one sector together.
    fn share_a_sector(&self) -> bool {
        self.way == Way::LibraryMulticore
    }

    fn all_sectors(&self) -> usize {
        if self.share_a_sector() { self.sectors } else { self.cores * self.sectors }
    }

    /// How long a core takes for a node of a sector.
    fn of_a_core(&self) -> f64 {
        median(&self.all()) * if self.share_a_sector() { self.cores as f64 } else { 1.0 }
    }

    fn layers(&self) -> Option<(Vec<f64>, Vec<f64>)> {
        let (first, later) = self.runs.iter().filter_map(|run| run.layers).unzip::<_, _, Vec<_>, Vec<_>>();
        (!first.is_empty()).then(|| (sorted(first), sorted(later)))
    }

    /// The time in a later layer, as most layers of a real sector are.
    fn later(&self) -> f64 {
        self.layers().map_or_else(|| median(&self.all()), |layers| median(&layers.1))
    }
}

/// Every way that was measured.
#[derive(Default)]
pub(super) struct Rows(Vec<Row>);

impl Rows {
    pub(super) fn add(&mut self, way: Way, cores: usize, sectors: usize, figures: Figures) {
        match self.0.iter_mut().find(|row| (row.way, row.cores, row.sectors) == (way, cores, sectors)) {
            Some(row) => row.runs.push(figures),
            None => self.0.push(Row { way, cores, sectors, runs: vec![figures] }),
        }
    }

    fn find(&self, way: Way, cores: usize, sectors: usize) -> Option<&Row> {
        self.0.iter().find(|row| (row.way, row.cores, row.sectors) == (way, cores, sectors))
    }

    /// One of Reseal's ways on one core.
    fn on_a_core(&self, way: Way) -> impl Iterator<Item = &Row> {
        self.0.iter().filter(move |row| row.way == way && row.cores == 1)
    }

    /// All tables; a sector of this size has this many labels.
    pub(super) fn text(&self, size: &str, labels: u64) -> String {
        let ways = self.ways(size, labels);
        format!("{ways}\n{}\n{}", self.goals(), self.extrapolated())
    }

    fn ways(&self, size: &str, labels: u64) -> String {
        let mut text = format!(
            "Labelling of {size}; ns for a node of a sector and core: median (min to max) of the runs. The library is \
             filecoin-proofs-api {PROOFS_VERSION}, optimised as Reseal is and with the CPU's SHA instructions on; multicore \
             with one thread that fetches parents.\n\
             {:<22}{:>6}{:>9}{:>6}{:>22}{:>22}{:>22}{:>13}{:>9}{:>9}{:>9}{:>10}\n",
            "labelling",
            "cores",
            "sectors",
            "runs",
            "all, on the disk",
            "first layer",
            "later layers",
            "a core-hour",
            "/rounds",
            "/words",
            "/single",
            "memory"
        );
        for row in &self.0 {
            let (first, later) =
                row.layers().map_or_else(Default::default, |layers| (spread(&layers.0), spread(&layers.1)));
            let is_bound = matches!(row.way, Way::Rounds | Way::RoundsAndWords);
            let hour =
                if is_bound { String::new() } else { format!("{:.1}", 3.6e12 / (row.of_a_core() * labels as f64)) };
            let to = |way, sectors| {
                let bound = self.find(way, 1, sectors).filter(|_| row.way.is_reseals());
                bound.map_or_else(String::new, |bound| format!("{:.2}", row.later() / bound.later()))
            };
            let single = self.find(Way::Library, 1, 1).filter(|_| !is_bound);
            let single = single.map_or_else(String::new, |one| format!("{:.2}", one.of_a_core() / row.of_a_core()));
            let memory = row.runs.iter().filter_map(|run| run.memory).max();
            let memory = memory.map_or_else(String::new, |bytes| format!("{:.1} GiB", bytes as f64 / (1 << 30) as f64));
            text += &format!(
                "{:<22}{:>6}{:>9}{:>6}{:>22}{first:>22}{later:>22}{hour:>13}{:>9}{:>9}{single:>9}{memory:>10}\n",
                row.way,
                row.cores,
                row.all_sectors(),
                row.runs.len(),
                spread(&row.all()),
                to(Way::Rounds, row.sectors),
                to(Way::RoundsAndWords, row.sectors),
            );
        }
        text + "a core-hour: sectors; /rounds, /words: later layers as a multiple of that bound; /single: times as fast on a \
                core as the library on one core; memory: mapped files too\n"
    }

    /// Whether the goals are reached.
    fn goals(&self) -> String {
        let mut text = format!("{:<66}{:>10}{:>10}\n", "goal", "measured", "reached");
        let reached = |is_reached| if is_reached { "yes" } else { "no" };
        for (sectors, most) in [(1, 1.1), (2, 1.1), (4, 1.25)] {
            let of = |way| self.find(way, 1, sectors);
            if let (Some(own), Some(bound)) = (of(Way::Reseal), of(Way::RoundsAndWords)) {
                let times = own.later() / bound.later();
                let goal = format!("{sectors} on a core, later layers: <= {most} x rounds and words");
                text += &format!("{goal:<66}{times:>10.2}{:>10}\n", reached(times <= most));
            }
        }
        if let (Some(own), Some(stock)) =
            (self.on_a_core(Way::Reseal).max_by_key(|row| row.sectors), self.find(Way::Library, 1, 1))
        {
            let times = stock.of_a_core() / own.of_a_core();
            let goal = format!("{} on a core: >= 4.3 x the library's single core", own.sectors);
            text += &format!("{goal:<66}{times:>10.2}{:>10}\n", reached(times >= 4.3));
        }
        for one in self.on_a_core(Way::ResealOneLayer) {
            let Some(two) = self.find(Way::Reseal, 1, one.sectors) else { continue };
            let times = median(&one.all()) / median(&two.all());
            let goal = format!("{} on a core, all, one layer in memory: <= 1.1 x two layers", one.sectors);
            text += &format!("{goal:<66}{times:>10.2}{:>10}\n", reached(times <= 1.1));
        }
        text
    }

    /// An estimate for a lost disk, from the later layers' times. It ignores that more cores compete for the same
    /// memory.
    fn extrapolated(&self) -> String {
        const SECTORS: f64 = 130.0;
        const CORES: usize = 32;
        const MEMORY: u64 = 1024;
        const PARENT_CACHE: u64 = 56;
        const SYSTEM: u64 = 32;
        let labels = 11.0 * f64::from(1 << 30);
        let mut text = format!(
            "{SECTORS} sectors of 32 GiB on {CORES} cores with 1 TiB, of which {PARENT_CACHE} GiB are for parents and {SYSTEM} \
             for the system; labels of each: 11 x 2^30\n\
             {:<19}{:>9}{:>11}{:>7}{:>16}{:>20}{:>18}\n",
            "layers in memory",
            "on a core",
            "at a time",
            "cores",
            "ns for a node",
            "hours for a sector",
            "hours for all"
        );
        for (way, layers, sector) in [(Way::Reseal, 2, 64), (Way::ResealOneLayer, 1, 34)] {
            let in_memory = (MEMORY - PARENT_CACHE - SYSTEM) / sector;
            for row in self.on_a_core(way) {
                let sectors = row.sectors;
                let cores = (in_memory as usize).div_ceil(sectors).min(CORES);
                let at_a_time = (cores * sectors).min(in_memory as usize);
                let hours = row.later() * sectors as f64 * labels / 3.6e12;
                let all = hours * (SECTORS / at_a_time as f64).ceil();
                let nanos = row.later();
                let place = format!("{layers} ({sector} GiB)");
                text += &format!(
                    "{place:<19}{sectors:>9}{at_a_time:>11}{cores:>7}{nanos:>13.0} ns{hours:>20.1}{all:>18.1}\n"
                );
            }
        }
        text
    }
}

fn sorted(nanos: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut nanos: Vec<_> = nanos.into_iter().collect();
    nanos.sort_by(f64::total_cmp);
    nanos
}

fn median(sorted: &[f64]) -> f64 {
    sorted[(sorted.len() - 1) / 2]
}

fn spread(sorted: &[f64]) -> String {
    format!("{:.0} ({:.0} to {:.0})", median(sorted), sorted[0], sorted[sorted.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails if a ratio is inverted, is another row's or uses all layers instead of the later ones, or if two cores
    /// that label one sector count as one.
    #[test]
    fn ratios_and_goals_are_of_the_right_rows() {
        let mut rows = Rows::default();
        for (way, cores, sectors, all) in [
            (Way::Rounds, 1, 1, 700.0),
            (Way::Rounds, 1, 4, 240.0),
            (Way::RoundsAndWords, 1, 1, 720.0),
            (Way::RoundsAndWords, 1, 4, 200.0),
            (Way::LibraryMulticore, 2, 1, 1000.0),
            (Way::Library, 1, 1, 1500.0),
        ] {
            rows.add(way, cores, sectors, Figures::alone(all));
        }
        for (sectors, all, later) in [(1, 800.0, 750.0), (4, 280.0, 270.0)] {
            for more in [0.0, -1.0, 100.0] {
                let layers = Some((200.0, later + more));
                rows.add(Way::Reseal, 1, sectors, Figures { all: all + more, layers, memory: Some(3 << 30) });
                let all = 1.125 * all;
                rows.add(Way::ResealOneLayer, 1, sectors, Figures { all: all + more, layers, memory: Some(2 << 30) });
            }
        }
        let text = rows.text("8MiB", 1 << 19);
        let words = |begin: &str| -> Vec<String> {
            let line = text.lines().rfind(|line| line.starts_with(begin)).unwrap_or_else(|| panic!("{begin}: {text}"));
            line.split_whitespace().map(str::to_string).collect()
        };
        let own = words("Reseal ");
        assert_eq!(own[1..8], ["1", "4", "3", "280", "(279", "to", "380)"]);
        assert_eq!(own[12..16], ["270", "(269", "to", "370)"]);
        // 3.6e12 / (280 * 2^19), 270 / 240
        assert_eq!(own[16..], ["24523.1", "1.12", "1.35", "5.36", "3.0", "GiB"]);
        let multicore = words("library, multicore");
        assert_eq!(
            (&multicore[2..4], &multicore[9..]),
            (&["2".into(), "1".into()][..], &["3433.2".into(), "0.75".into()][..])
        );
        // 750 / 720, 270 / 200, 1500 / 280
        assert_eq!(words("1 on a core, later")[12..], ["1.04", "yes"]);
        assert_eq!(words("4 on a core, later")[12..], ["1.35", "no"]);
        assert_eq!(words("4 on a core: >= 4.3 x")[11..], ["5.36", "yes"]);
        // 315 / 280
        assert_eq!(words("4 on a core, all, one layer")[14..], ["1.12", "no"]);
        // (1024 - 56 - 32) / 64 = 14; 750 * 11 * 2^30 / 3.6e12 = 2.46; 130 / 14, rounded up: 10. / 34 = 27; rounded up: 5.
        let lines = |begin: &str| -> Vec<Vec<&str>> {
            let lines = text.lines().filter(|line| line.starts_with(begin));
            lines.map(|line| line.split_whitespace().skip(3).collect()).collect()
        };
        assert_eq!(lines("2 (64 GiB)")[0], ["1", "14", "14", "750", "ns", "2.5", "24.6"]);
        assert_eq!(lines("1 (34 GiB)")[0], ["1", "27", "27", "750", "ns", "2.5", "12.3"]);
        // 4 x 270 x 11 x 2^30 / 3.6e12 = 3.54 on 4 cores; 130 / 14, rounded up: 10.
        assert_eq!(lines("2 (64 GiB)")[1], ["4", "14", "4", "270", "ns", "3.5", "35.4"]);
    }
}
