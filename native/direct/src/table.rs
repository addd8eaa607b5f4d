//! What is printed at the end.

use crate::compare::Run;

/// The median; of an even number of values the lower middle one.
fn median(mut values: Vec<u64>) -> u64 {
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

/// The median of each side with its spread, and how many times faster Reseal is. A run has the milliseconds of the
/// library and of Reseal.
pub(crate) fn versus(work: &str, runs: &[(u64, u64)]) -> String {
    let (library, reseal): (Vec<_>, Vec<_>) = runs.iter().copied().unzip();
    let faster = match (median(library.clone()), median(reseal.clone())) {
        (_, 0) => "-".into(),
        (library, reseal) => format!("{:.1}", library as f64 / reseal as f64),
    };
    let mut text =
        format!("{:<24}{:>6}{:>32}{:>32}{:>8}\n", "work", "runs", "library (spread)", "Reseal (spread)", "times");
    text += &format!("{work:<24}{:>6}{:>32}{:>32}{faster:>8}\n", runs.len(), spread(library), spread(reseal));
    text
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

/// None where the direct call took no measurable time.
fn ratio(stage: u64, direct: u64) -> String {
    if direct == 0 { "-".into() } else { format!("{:.3}", stage as f64 / direct as f64) }
}

pub(crate) fn seconds(millis: u64) -> String {
    format!("{:.3} s", millis as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails where the ratio is taken the wrong way round, of the means (1.233), or where a slow run counts.
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

    /// Fails where the sides are taken for each other or a spread is of the other side.
    #[test]
    fn shows_medians_with_their_spread() {
        let expected = "\
work                      runs                library (spread)                 Reseal (spread)   times
parent cache 8MiB            3     3.000 s (2.900 s to 3.500 s)     0.030 s (0.020 s to 0.040 s)   100.0
";
        assert_eq!(versus("parent cache 8MiB", &[(3000, 40), (2900, 20), (3500, 30)]), expected);
    }

    #[test]
    fn takes_the_lower_middle_of_an_even_number() {
        assert_eq!(median(vec![9, 1, 7, 3]), 3);
        assert_eq!(median(vec![5]), 5);
    }
}
