//! Processes to measure: one line of JSON in, lines of JSON out.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use serde_json::Value;

use crate::failure::Failure;

/// The output of a process.
pub(crate) struct Answer {
    /// Its last line.
    pub(crate) last: Value,
    /// Milliseconds from its start to its end.
    pub(crate) millis: u64,
    /// Its output lines and, separately, its log lines, each with the milliseconds since its start.
    pub(crate) said: Vec<(u64, String)>,
    pub(crate) log: Vec<(u64, String)>,
}

/// Runs `program` on `request` with these environment variables. Its stdin stays open until it ends, as reseal-stage
/// requires.
pub(crate) fn ask(
    program: &Path,
    arguments: &[&str],
    env: &[(&str, &str)],
    request: &Value,
) -> Result<Answer, Failure> {
    let failed = |why: String| -> Failure { format!("{}: {why}", program.display()).into() };
    let began = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .envs(env.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|cause| failed(format!("it cannot be started: {cause}")))?;
    let mut stdin = child.stdin.take().expect("it is piped");
    let stderr = child.stderr.take().expect("it is piped");
    let timed = move |line: String| (began.elapsed().as_millis() as u64, line);
    let log =
        thread::spawn(move || BufReader::new(stderr).lines().map_while(Result::ok).map(timed).collect::<Vec<_>>());
    stdin.write_all(format!("{request}\n").as_bytes()).map_err(|cause| failed(cause.to_string()))?;
    let mut said = Vec::new();
    for line in BufReader::new(child.stdout.take().expect("it is piped")).lines() {
        said.push(timed(line?));
    }
    let status = child.wait()?;
    let millis = began.elapsed().as_millis() as u64;
    drop(stdin);
    let log = log.join().unwrap_or_default();
    let last: Option<Value> = said.last().and_then(|(_, line)| serde_json::from_str(line).ok());
    match last {
        Some(last) if status.success() => Ok(Answer { last, millis, said, log }),
        Some(last) => Err(failed(last["error"]["message"].as_str().unwrap_or("it failed").to_string())),
        None => {
            let log: Vec<_> = log.into_iter().map(|(_, line)| line).collect();
            Err(failed(format!("it ended with {status} and no result: {}", log.join("\n"))))
        }
    }
}
