//! Pre-commit 1 of several sectors that share a graph and that join and leave while it runs.

use std::sync::mpsc::Receiver;
use std::thread;

use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::library::placement;
use crate::pc1::labelling::{Command, Labelling};
use crate::pc1::{LayersInMemory, News, Sdr};
use crate::{Code, Error, Result, request};

/// The most sectors in a group: twice as many as the widest vectors have lanes.
const MOST_SLOTS: usize = 32;

/// Which sectors to label.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type of all sectors.
    pub proof: RegisteredSealProof,
    /// The most sectors at a time; the memory for all of them is allocated at the start.
    pub slots: usize,
    /// The CPU that labels; nothing else of this process runs on it then. None: any CPU.
    #[serde(default)]
    pub core: Option<usize>,
    /// How many layers of each are in memory.
    #[serde(default)]
    pub layers_in_memory: LayersInMemory,
}

/// What was labelled.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Sectors whose layers are all on the disk.
    pub sectors: usize,
}

/// Labels the sectors that join by `lines`, until a line says that no more will join. `tell` is called with a sector's
/// id and its news.
pub fn run(request: &Request, lines: Receiver<String>, tell: &dyn Fn(&str, News)) -> Result<Outcome> {
    if !(1..=MOST_SLOTS).contains(&request.slots) {
        let slots = request.slots;
        return Err(Error::new(Code::InvalidRequest, format!("a group has 1 to {MOST_SLOTS} slots, not {slots}")));
    }
    if Sdr::chosen()? == Sdr::Stock {
        return Err(Error::new(
            Code::Settings,
            "the library labels one sector at a time: use pc1 with RESEAL_SDR=stock",
        ));
    }
    // Threads started from here on inherit this.
    request.core.map_or(Ok(()), placement::keep_clear)?;
    let mut labelling = Labelling::new(request.proof, request.slots, request.core, request.layers_in_memory, tell);
    labelling.prepare();
    let pass_on = labelling.commands();
    // It ends with the process, or when a line has no receiver any more.
    thread::spawn(move || lines.iter().all(|line| line.trim().is_empty() || pass_on(command(&line))));
    Ok(Outcome { sectors: labelling.run()? })
}

/// The command in a line.
pub fn command(line: &str) -> Command {
    let refused = |id: &str, why: String| Command::Refused(id.to_string(), Error::new(Code::InvalidRequest, why));
    let mut fields: Map<String, Value> = match serde_json::from_str(line) {
        Ok(fields) => fields,
        Err(cause) => return refused("", format!("the line is not a JSON object: {cause}")),
    };
    let mut word = |name: &str| match fields.remove(name) {
        Some(Value::String(id)) => Some(Ok(id)),
        Some(other) => Some(Err(format!("\"{name}\" is {other}, not a sector's id"))),
        None => None,
    };
    match (word("join"), word("leave")) {
        (Some(Ok(id)), None) => {
            let joining = fields.remove("lock").map(request::parse).transpose().and_then(|lock| {
                Ok(Command::Join { id: id.clone(), request: request::parse(Value::Object(fields))?, lock })
            });
            joining.unwrap_or_else(|error| Command::Refused(id, error))
        }
        (None, Some(Ok(id))) if fields.is_empty() => Command::Leave(id),
        (None, None) if fields.len() == 1 && fields.get("close") == Some(&Value::Bool(true)) => Command::Close,
        (Some(Err(why)), _) | (_, Some(Err(why))) => refused("", why),
        (Some(Ok(id)), _) | (None, Some(Ok(id))) => {
            refused(&id, format!("the line {line} asks for more than one thing"))
        }
        (None, None) => refused("", format!("the line {line} is neither join, leave nor close")),
    }
}
