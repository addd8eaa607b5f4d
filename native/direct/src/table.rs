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

    #[test]
    fn takes_the_lower_middle_of_an_even_number() {
        assert_eq!(median(vec![9, 1, 7, 3]), 3);
        assert_eq!(median(vec![5]), 5);
    }
}
