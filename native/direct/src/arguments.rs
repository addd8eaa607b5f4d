//! The command line.

use std::path::{Path, PathBuf};

use lexopt::prelude::*;
use reseal_sealing::RegisteredSealProof;
use reseal_sealing::files::geometry::Geometry;

use crate::failure::Failure;

pub(crate) const HELP: &str = "\
Measures the proofs library's own calls. Build it with optimisation, like `make native`.

reseal-direct seal
    Reads the request of reseal-stage's pc2 as one line of JSON from stdin, seals that sector by the library's calls
    in this process, and prints one line of JSON with the milliseconds of each call.

reseal-direct snap
    Reads the request of reseal-stage's snap_encode in the same way, encodes that update by the library's call in this
    process, and prints one line of JSON with its milliseconds and the resulting CommR.

reseal-direct compare --size SIZE [--runs N] [--stage PROGRAM] [--directory DIRECTORY]
    Seals a new sector of random data N times (1) by the library's calls and by reseal-stage, one after the other,
    and prints the times of both and their ratio.
    SIZE       2KiB, 8MiB, 512MiB, 32GiB or 64GiB
    PROGRAM    reseal-stage; default: the one beside this program
    DIRECTORY  where to seal; needs 7 times SIZE; default: the directory for temporary files
    FIL_PROOFS_PARENT_CACHE is the directory of the parent cache, 1.75 times SIZE; it is made first if it is missing.

reseal-direct piece --size SIZE [--runs N] [--directory DIRECTORY]
    Assembles a piece of random data N times (1), each time by a plain copy of its file, by the library's
    generate_piece_commitment and add_piece one after the other, and by Reseal's one pass; prints one line of JSON
    with the milliseconds of each until the data are on the disk. DIRECTORY needs 3 times SIZE.

reseal-direct parents --size SIZE [--runs N] [--directory DIRECTORY]
    Makes the parent cache of the size's V1_1 proof type N times (1) by the library and by Reseal, compares the two, and
    prints the times of both. DIRECTORY needs 1.75 times SIZE.

reseal-direct tree-d --size SIZE [--runs N] [--directory DIRECTORY]
    Builds tree D over random data N times (1) by the library's call, until it is on the disk, and by Reseal, compares
    the two, and prints the times of both. DIRECTORY needs 5 times SIZE.

reseal-direct tree-r --size SIZE [--runs N] [--directory DIRECTORY]
    Builds tree R over a replica of random nodes N times (1) by the library's call, until it is on the disk, and by Reseal,
    once with and once without writing it, compares the two, and prints the times. DIRECTORY needs 1.1 times SIZE.

reseal-direct label
    Reads an object with proof, cache and replica_id as JSON from stdin, labels that sector by the library's call in this
    process, and prints one line of JSON with its nanoseconds.

reseal-direct sdr --size SIZE [--runs N] [--sectors LIST] [--directory DIRECTORY]
    Labels sectors N times (1): by the library, and by Reseal's own code with 1, 2, 3, 4, 8 and 16 sectors on a core and
    with one group on each of two cores; prints the nanoseconds for each node of a sector and core, including writing
    the layers, beside the time of the CPU's SHA instructions alone, and an estimate for sectors of 32 GiB.
    LIST       only these numbers of sectors on a core, as in 1,4
    DIRECTORY needs 34 times SIZE, memory as often; what there is too little memory for is left out.

reseal-direct pc2 --size SIZE [--runs N] [--all] [--stage PROGRAM] [--directory DIRECTORY]
    Seals a sector of SIZE and one of 8 MiB, whose layers are made once, N times (1) by reseal-stage with the library's
    code and with Reseal's, on one core and on two, compares every file, and prints the times of tree C, of the sealed
    file with tree R, and of everything, and where the processor time went; then hashes columns of 11 layers, and
    estimates 32 GiB. The library on one core seals only the 8 MiB, unless --all is given. DIRECTORY needs 8 times SIZE.

reseal-direct columns
    Reads an object with directory, cpus and stock as JSON from stdin, builds tree C over the 11 layers there, and prints
    one line of JSON with its times.

reseal-direct gpu --size SIZE [--runs N] [--flavours DIRECTORY] [--directory DIRECTORY]
    Seals a sector of SIZE, whose layers are made once, and proves one of 2 KiB N times (1) by each flavour of the core on
    this machine's first GPU, and on the CPU; builds tree C over 11 layers of SIZE and tree R over one; compares every file
    and root; prints the times, how busy the GPU, its memory and its bus were, an estimate for 32 GiB, and what could not
    be measured and why. SIZE is at most 512MiB; --directory needs 20 times as much.
    --flavours  the directory with one directory for each flavour; default: the one that contains this program's

reseal-direct trees
    Reads an object with directory, output, proof, digests, own and gpu as JSON from stdin, builds tree C over the 11 layers
    there and tree R over the last one, and prints one line of JSON with the milliseconds and the roots.

reseal-direct poseidon [--runs N]
    Hashes random nodes of each arity by Poseidon N times (1) by the library's code and by Reseal's, on one core,
    compares the hashes, and prints the processor time of both for each hash and for each multiplication of a hash
    in the library's form.
";

/// Larger sectors have trees of another shape than the slice.
const LARGEST_SLICE: u64 = 512 << 20;

const NO_SIZE: &str = "--size is missing: 2KiB, 8MiB, 512MiB, 32GiB or 64GiB";

/// The chosen command.
pub(crate) enum Command {
    Help,
    Seal,
    Snap,
    Label,
    Compare(Compare),
    Piece(Repeated),
    Parents(Repeated),
    TreeD(Repeated),
    TreeR(Repeated),
    Sdr(Repeated),
    /// How often.
    Poseidon(usize),
    Pc2(Pc2),
    Columns,
    Gpu(Gpu),
    Trees,
}

/// What to do with which flavours.
pub(crate) struct Gpu {
    /// The sector.
    pub(crate) compare: Compare,
    /// The directory of the flavours.
    pub(crate) flavours: PathBuf,
}

/// What to compare of PC2.
pub(crate) struct Pc2 {
    /// The sector.
    pub(crate) compare: Compare,
    /// Whether to run the library on one core too, whatever the size.
    pub(crate) all: bool,
}

/// What to compare.
#[derive(Clone)]
pub(crate) struct Compare {
    /// Seal proof type of the sector.
    pub(crate) proof: RegisteredSealProof,
    /// Its size as given on the command line.
    pub(crate) size: String,
    /// How often.
    pub(crate) runs: usize,
    /// reseal-stage.
    pub(crate) stage: PathBuf,
    /// Where to seal.
    pub(crate) directory: PathBuf,
}

/// What to repeat.
pub(crate) struct Repeated {
    /// Seal proof type of the sector.
    pub(crate) proof: RegisteredSealProof,
    /// Its size as given on the command line.
    pub(crate) size: String,
    /// How often.
    pub(crate) runs: usize,
    /// The directory to use.
    pub(crate) directory: PathBuf,
    /// Only these numbers of sectors together; empty: all.
    pub(crate) sectors: Vec<usize>,
}

pub(crate) fn parse() -> Result<Command, Failure> {
    let mut parser = lexopt::Parser::from_env();
    match parser.next()? {
        Some(Value(word)) if word == "seal" => match parser.next()? {
            None => Ok(Command::Seal),
            Some(more) => Err(more.unexpected().into()),
        },
        Some(Value(word)) if word == "label" => match parser.next()? {
            None => Ok(Command::Label),
            Some(more) => Err(more.unexpected().into()),
        },
        Some(Value(word)) if word == "columns" => match parser.next()? {
            None => Ok(Command::Columns),
            Some(more) => Err(more.unexpected().into()),
        },
        Some(Value(word)) if word == "trees" => match parser.next()? {
            None => Ok(Command::Trees),
            Some(more) => Err(more.unexpected().into()),
        },
        Some(Value(word)) if word == "compare" => Ok(Command::Compare(compare(parser, Of::Both)?.0)),
        Some(Value(word)) if word == "pc2" => {
            compare(parser, Of::Pc2).map(|(compare, all, _)| Command::Pc2(Pc2 { compare, all }))
        }
        Some(Value(word)) if word == "gpu" => {
            let (compare, _, flavours) = compare(parser, Of::Gpu)?;
            if Geometry::of(compare.proof).sector_size > LARGEST_SLICE {
                return Err(format!("{} is too large: give 2KiB, 8MiB or 512MiB", compare.size).into());
            }
            let flavours = match flavours {
                Some(directory) => directory,
                None => std::env::current_exe()?.parent().and_then(Path::parent).ok_or("no directory")?.to_path_buf(),
            };
            Ok(Command::Gpu(Gpu { compare, flavours: flavours.canonicalize()? }))
        }
        Some(Value(word)) if word == "snap" => match parser.next()? {
            None => Ok(Command::Snap),
            Some(more) => Err(more.unexpected().into()),
        },
        Some(Value(word)) if word == "piece" => repeated(parser, false).map(Command::Piece),
        Some(Value(word)) if word == "parents" => repeated(parser, false).map(Command::Parents),
        Some(Value(word)) if word == "tree-r" => repeated(parser, false).map(Command::TreeR),
        Some(Value(word)) if word == "tree-d" => repeated(parser, false).map(Command::TreeD),
        Some(Value(word)) if word == "poseidon" => runs(parser).map(Command::Poseidon),
        Some(Value(word)) if word == "sdr" => repeated(parser, true).map(Command::Sdr),
        Some(Short('h') | Long("help")) => Ok(Command::Help),
        _ => {
            Err("seal, snap, label, compare, piece, parents, tree-d, tree-r, sdr, poseidon, pc2 or gpu? See --help."
                .into())
        }
    }
}

/// The command whose arguments are parsed.
#[derive(PartialEq)]
enum Of {
    Both,
    Pc2,
    Gpu,
}

/// The comparison; whether everything is measured; the directory of the flavours.
fn compare(mut parser: lexopt::Parser, of: Of) -> Result<(Compare, bool, Option<PathBuf>), Failure> {
    let mut all = false;
    let mut flavours: Option<PathBuf> = None;
    let mut size: Option<String> = None;
    let mut runs = 1;
    let mut stage: Option<PathBuf> = None;
    let mut directory: Option<PathBuf> = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("size") => size = Some(parser.value()?.string()?),
            Long("runs") => runs = parser.value()?.parse()?,
            Long("all") if of == Of::Pc2 => all = true,
            Long("flavours") if of == Of::Gpu => flavours = Some(parser.value()?.into()),
            Long("stage") => stage = Some(parser.value()?.into()),
            Long("directory") => directory = Some(parser.value()?.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    check_runs(runs)?;
    let size = size.ok_or(NO_SIZE)?;
    let proof = proof(&size)?;
    let stage = match stage {
        Some(program) => program,
        None => std::env::current_exe()?.with_file_name("reseal-stage"),
    };
    if !stage.is_file() {
        return Err(format!("there is no reseal-stage at {}: name it with --stage", stage.display()).into());
    }
    let directory = directory.unwrap_or_else(std::env::temp_dir).canonicalize()?;
    Ok((Compare { proof, size, runs, stage: stage.canonicalize()?, directory }, all, flavours))
}

fn repeated(mut parser: lexopt::Parser, has_sectors: bool) -> Result<Repeated, Failure> {
    let mut size: Option<String> = None;
    let mut sectors = Vec::new();
    let mut runs = 1;
    let mut directory: Option<PathBuf> = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("size") => size = Some(parser.value()?.string()?),
            Long("runs") => runs = parser.value()?.parse()?,
            Long("directory") => directory = Some(parser.value()?.into()),
            Long("sectors") if has_sectors => {
                let list = parser.value()?.string()?;
                let wrong = |_| format!("--sectors takes numbers such as 1,4, not {list}");
                sectors = list.split(',').map(|number| number.parse().map_err(wrong)).collect::<Result<_, _>>()?;
            }
            other => return Err(other.unexpected().into()),
        }
    }
    check_runs(runs)?;
    let size = size.ok_or(NO_SIZE)?;
    Ok(Repeated {
        proof: proof(&size)?,
        size,
        runs,
        directory: directory.unwrap_or_else(std::env::temp_dir).canonicalize()?,
        sectors,
    })
}

fn runs(mut parser: lexopt::Parser) -> Result<usize, Failure> {
    let mut runs = 1;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("runs") => runs = parser.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    check_runs(runs)?;
    Ok(runs)
}

fn check_runs(runs: usize) -> Result<(), Failure> {
    if runs == 0 {
        return Err("--runs 0 would measure nothing: give 1 or more".into());
    }
    Ok(())
}

fn proof(size: &str) -> Result<RegisteredSealProof, Failure> {
    use RegisteredSealProof::*;
    match size {
        "2KiB" => Ok(StackedDrg2KiBV1_1),
        "8MiB" => Ok(StackedDrg8MiBV1_1),
        "512MiB" => Ok(StackedDrg512MiBV1_1),
        "32GiB" => Ok(StackedDrg32GiBV1_1),
        "64GiB" => Ok(StackedDrg64GiBV1_1),
        other => Err(format!("{other} is not a sector size: give 2KiB, 8MiB, 512MiB, 32GiB or 64GiB").into()),
    }
}
