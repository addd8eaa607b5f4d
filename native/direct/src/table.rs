//! The tables printed at the end.

use crate::run::Run;
use crate::took::Took;

/// The median; for an even number of values, the lower middle one.
pub(crate) fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values[(values.len() - 1) / 2]
}

/// Medians of both sides and their ratio, for each call.
pub(crate) fn of(size: &str, runs: &[Run]) -> String {
    let mut text = format!("{:<14}{:>6}{:>14}{:>14}{:>9}\n", "call", "runs", "direct", "reseal-stage", "ratio");
    text += &row(&format!("PC1 {size}"), runs.iter().map(|run| run.pc1));
    text += &row(&format!("PC2 {size}"), runs.iter().map(|run| run.pc2));
    text
}

/// The median of each side with its spread and its processor time, and how many times faster Reseal is. Each run has
/// the library's time and Reseal's.
pub(crate) fn versus(work: &str, runs: &[(Took, Took)]) -> String {
    let (library, reseal): (Vec<_>, Vec<_>) = runs.iter().map(|run| (run.0.millis, run.1.millis)).unzip();
    let (library_cpu, reseal_cpu) = runs.iter().map(|run| (run.0.cpu_millis, run.1.cpu_millis)).unzip();
    let times = times(median(library.clone()), median(reseal.clone()));
    let mut text = format!(
        "{:<20}{:>5}{:>34}{:>11}{:>34}{:>11}{:>7}\n",
        "work", "runs", "library (spread)", "CPU", "Reseal (spread)", "CPU", "times"
    );
    text += &format!(
        "{work:<20}{:>5}{:>34}{:>11}{:>34}{:>11}{times:>7}\n",
        runs.len(),
        spread(library),
        seconds(median(library_cpu)),
        spread(reseal),
        seconds(median(reseal_cpu))
    );
    text
}

/// A dash if Reseal took no measurable time.
fn times(library: u64, reseal: u64) -> String {
    if reseal == 0 { "-".into() } else { format!("{:.1}", library as f64 / reseal as f64) }
}

fn spread(values: Vec<u64>) -> String {
    let (low, high) = (values.iter().min().copied().unwrap_or(0), values.iter().max().copied().unwrap_or(0));
    format!("{} ({} to {})", seconds(median(values)), seconds(low), seconds(high))
}

fn row(call: &str, pairs: impl Iterator<Item = (u64, u64)>) -> String {
    let (direct, stage): (Vec<_>, Vec<_>) = pairs.unzip();
    let runs = direct.len();
    let (direct, stage) = (median(direct), median(stage));
    format!("{call:<14}{runs:>6}{:>14}{:>14}{:>9}\n", seconds(direct), seconds(stage), ratio(stage, direct))
}

/// A dash if the direct call took no measurable time.
fn ratio(stage: u64, direct: u64) -> String {
    if direct == 0 { "-".into() } else { format!("{:.3}", stage as f64 / direct as f64) }
}

pub(crate) fn seconds(millis: u64) -> String {
    format!("{:.3} s", millis as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails if the ratio is inverted or computed from the means (1.233), or if a slow run changes it.
    #[test]
    fn shows_medians_and_their_ratio() {
        let run = |pc1, pc2| Run { pc1, pc2 };
        let runs = [run((1000, 1020), (4000, 4400)), run((5000, 6000), (9000, 100)), run((900, 1000), (4000, 5000))];
        let expected = "\
call            runs        direct  reseal-stage    ratio
PC1 8MiB           3       1.000 s       1.020 s    1.020
PC2 8MiB           3       4.000 s       4.400 s    1.100
";
        assert_eq!(of("8MiB", &runs), expected);
    }

    /// Fails if the sides are swapped or a spread is the other side's.
    #[test]
    fn shows_medians_with_their_spread() {
        let took = |millis, cpu_millis| Took { millis, cpu_millis };
        let runs =
            [(took(3000, 5000), took(40, 60)), (took(2900, 5100), took(20, 50)), (took(3500, 5200), took(30, 70))];
        let expected = "\
work                 runs                  library (spread)        CPU                   Reseal (spread)        CPU  times
parent cache 8MiB       3      3.000 s (2.900 s to 3.500 s)    5.100 s      0.030 s (0.020 s to 0.040 s)    0.060 s  100.0
";
        assert_eq!(versus("parent cache 8MiB", &runs), expected);
    }

    #[test]
    fn takes_the_lower_middle_of_an_even_number() {
        assert_eq!(median(vec![9, 1, 7, 3]), 3);
        assert_eq!(median(vec![5]), 5);
    }
}
