//! Why a sealed sector has another CommR than the expected one.
//!
//! Only cheap tests at random places; of the layers and the parent cache, which has a digest, every byte. Nothing is written. Each test gives one finding, and so does a file that cannot
//! be read.

use std::collections::BTreeSet;
use std::path::Path;

use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};

use crate::files::commitments::PersistentAux;
use crate::files::geometry::{Geometry, layer_file, tree_d_file};
use crate::files::layers::{Layers, RECORD_FILE};
use crate::files::nodes::{NodeFile, element};
use crate::operations::labelling::Labelling;
use crate::pieces::{self, Piece};
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{Progress, Sink};
use crate::request::sector::Sector;
use crate::sha256::merkle;
use crate::trees::spot_check::{self, places};
use crate::{Code, Error, Result, parent_cache};

/// Which sector to examine.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The sector.
    pub sector: Sector,
    /// All its pieces in order, fillers included.
    pub pieces: Vec<Piece>,
    /// The CommD that is known from another source; none if only the pieces give it.
    #[serde(default)]
    pub comm_d: Option<Hash32>,
    /// The CommR that was expected.
    pub comm_r: Hash32,
    /// The sealed file.
    pub sealed: AbsolutePath,
    /// The sector's cache directory.
    pub cache: AbsolutePath,
    /// Other copies of the sector.
    #[serde(default)]
    pub known: Vec<Known>,
}

/// Another copy of the sector, right or wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// How findings name it.
    pub name: String,
    /// Its p_aux file.
    pub p_aux: AbsolutePath,
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// In the order in which a sector is sealed, then the other copies, then what can only be guessed.
    pub findings: Vec<Finding>,
}

/// One thing that could explain another CommR.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// What it is about.
    pub about: &'static str,
    /// Whether that explains it.
    pub verdict: Verdict,
    /// One sentence for people.
    pub text: String,
}

/// The result of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be: it does not explain the difference.
    Right,
    /// Not as it should be.
    Wrong,
    /// Cannot be decided here.
    Unknown,
}

use Verdict::{Right, Unknown, Wrong};

/// A test's verdict and sentence; an error is a file that cannot be examined.
type Judgement = Result<(Verdict, String)>;

type Test<'a> = fn(&Diagnosis<'a>) -> Judgement;

/// Runs all tests.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.sector.proof);
    let from_pieces = pieces::comm_d(&request.pieces, &geometry)?;
    let diagnosis = Diagnosis { request, geometry, from_pieces, comm_d: request.comm_d.unwrap_or(from_pieces) };
    let tests: [(&'static str, Test); 9] = [
        ("pieces", Diagnosis::pieces),
        ("tree D", Diagnosis::tree_d),
        ("parent cache", Diagnosis::parent_cache),
        ("layers", Diagnosis::layers),
        ("labels", Diagnosis::labels),
        ("tree C", Diagnosis::tree_c),
        ("sealed", Diagnosis::sealed),
        ("tree R", Diagnosis::tree_r),
        ("p_aux", Diagnosis::p_aux),
    ];
    let mut findings = Vec::new();
    for (done, (about, test)) in tests.into_iter().enumerate() {
        sink(Progress::step(done as u64, tests.len() as u64, &format!("examining {about}")));
        let (verdict, text) = test(&diagnosis).unwrap_or_else(unreadable);
        findings.push(Finding { about, verdict, text });
    }
    let mut same_labels = None;
    for known in &request.known {
        let (verdict, text) = diagnosis.known(known, &mut same_labels);
        findings.push(Finding { about: "known", verdict, text });
    }
    findings.extend(diagnosis.suppositions(same_labels));
    sink(Progress::step(tests.len() as u64, tests.len() as u64, "everything is examined"));
    Ok(Outcome { findings })
}

/// A file that exists with another size or content is wrong; one that is missing or unreadable shows nothing.
fn unreadable(error: Error) -> (Verdict, String) {
    let torn = error.code == Code::ScratchLost && !error.missing;
    (if torn { Wrong } else { Unknown }, error.message)
}

struct Diagnosis<'a> {
    request: &'a Request,
    geometry: Geometry,
    /// The CommD that the pieces give.
    from_pieces: Hash32,
    /// The CommD that the sector was sealed with.
    comm_d: Hash32,
}

impl Diagnosis<'_> {
    fn cache(&self) -> &Path {
        self.request.cache.as_ref()
    }

    fn pieces(&self) -> Judgement {
        let count = self.request.pieces.len();
        Ok(match self.request.comm_d {
            None => (
                Unknown,
                format!(
                    "CommD {} comes from the {count} pieces alone: if their order or a filler is wrong, CommD and with it \
                     CommR is wrong too; compare it with the sector's unsealed CID",
                    self.comm_d
                ),
            ),
            Some(comm_d) if comm_d == self.from_pieces => {
                (Right, format!("the {count} pieces in this order give the known CommD {comm_d}"))
            }
            Some(comm_d) => (
                Wrong,
                format!(
                    "the {count} pieces in this order give CommD {}, but the known one is {comm_d}: a piece, a filler or their order is \
                     wrong",
                    self.from_pieces
                ),
            ),
        })
    }

    fn tree_d(&self) -> Judgement {
        let tree = self.open_tree_d()?;
        let path = tree.path().display().to_string();
        let root = Hash32(tree.node(2 * self.geometry.nodes - 2)?);
        if root != self.comm_d {
            return Ok((Wrong, format!("the root of {path} is {root}, not CommD {}: tree D is damaged", self.comm_d)));
        }
        for leaf in places(self.geometry.nodes) {
            let (mut at, mut start, mut width) = (leaf, 0, self.geometry.nodes);
            while width > 1 {
                let pair = tree.nodes(start + at / 2 * 2, 2)?;
                (start, at, width) = (start + width, at / 2, width / 2);
                if merkle::root(pair.as_flattened()) != tree.node(start + at)? {
                    return Ok((Wrong, format!("node {} of {path} is not the hash of the two below it", start + at)));
                }
            }
        }
        Ok((Right, format!("the root of tree D is CommD {}, and the checked paths lead to it", self.comm_d)))
    }

    fn parent_cache(&self) -> Judgement {
        let (path, right) = parent_cache::examine(self.request.sector.proof)?;
        let path = path.display();
        Ok(match right {
            Some(true) => (Right, format!("the parent cache {path} has its digest")),
            Some(false) => (
                Wrong,
                format!(
                    "the parent cache {path} is damaged, so layers made with it are wrong; PC1 makes it again before it \
                     uses it"
                ),
            ),
            None => (Unknown, format!("there is no parent cache {path} whose digest is known")),
        })
    }

    fn layers(&self) -> Judgement {
        let record = self.cache().join(RECORD_FILE);
        if !record.exists() {
            return Ok((Unknown, format!("{} is missing, so the layers' digests are not known", record.display())));
        }
        Layers::check_all(self.cache(), &self.geometry, self.request.sector.replica_id(self.comm_d))?;
        Ok((Right, format!("all {} layers have the digests that PC1 recorded for this sector", self.geometry.layers)))
    }

    fn labels(&self) -> Judgement {
        let files = self.open_layers()?;
        let places = places(self.geometry.nodes);
        let ours = Labelling::new(&self.request.sector, self.comm_d, &self.geometry)?;
        let mut wrong = Vec::new();
        for layer in 1..=self.geometry.layers {
            for node in &places {
                if !ours.gives(&files[layer - 1], layer.checked_sub(2).map(|below| &files[below]), layer, *node)? {
                    wrong.push((layer, *node));
                }
            }
        }
        let looked_at = places.len() * self.geometry.layers;
        let Some((layer, node)) = wrong.first() else {
            return Ok((
                Right,
                format!(
                    "{looked_at} labels in {} layers are those of this proof type, miner, number, ticket and CommD",
                    self.geometry.layers
                ),
            ));
        };
        if wrong.len() == looked_at {
            return Ok((Wrong, self.other_labels(&files, &places)?));
        }
        Ok((
            Wrong,
            format!(
                "{} of {looked_at} labels are not what the labels before them give, the first is node {node} of {}: layers are \
                 damaged",
                wrong.len(),
                layer_file(*layer)
            ),
        ))
    }

    /// Whose labels they are if none is this sector's.
    fn other_labels(&self, files: &[NodeFile], places: &BTreeSet<u64>) -> Result<String> {
        let sector = &self.request.sector;
        let empty = pieces::zero_commitment(self.geometry.sector_size);
        for proof in proofs_of_size(sector.proof) {
            for comm_d in [self.comm_d, self.from_pieces, empty] {
                let other = Sector { proof, ..sector.clone() };
                let labelling = Labelling::new(&other, comm_d, &self.geometry)?;
                let mut given = true;
                for node in places {
                    given = given && labelling.gives(&files[0], None, 1, *node)?;
                }
                if given {
                    return Ok(format!(
                        "the labels are those of this sector as {proof:?} with CommD {comm_d}, not as {:?} with {}",
                        sector.proof, self.comm_d
                    ));
                }
            }
        }
        Ok("none of the checked labels is this sector's: they belong to another ticket, CommD, miner, number or proof \
            type"
            .into())
    }

    fn tree_c(&self) -> Judgement {
        match spot_check::tree_c(self.cache(), &self.geometry)? {
            Ok(root) => Ok(same_root("tree C", root, self.aux()?.comm_c, "comm_c")),
            Err(fault) => Ok((Wrong, format!("{fault}: tree C is damaged"))),
        }
    }

    fn sealed(&self) -> Judgement {
        let sealed = self.open_sealed()?;
        let data = self.open_tree_d()?;
        let name = layer_file(self.geometry.layers);
        let labels = NodeFile::open(self.cache().join(name), self.geometry.sector_size)?;
        for node in places(self.geometry.nodes) {
            let sum = element(&labels.node(node)?).zip(element(&data.node(node)?)).map(|(label, data)| label + data);
            if sum.is_none() || sum != element(&sealed.node(node)?) {
                return Ok((
                    Wrong,
                    format!("node {node} of {} is not the sum of its label and its data", sealed.path().display()),
                ));
            }
        }
        Ok((Right, "the checked nodes of the sealed file are the sums of the last layer's labels and the data".into()))
    }

    fn tree_r(&self) -> Judgement {
        match spot_check::tree_r(self.cache(), &self.geometry, &self.request.sealed)? {
            Ok(root) => Ok(same_root("tree R", root, self.aux()?.comm_r_last, "comm_r_last")),
            Err(fault) => Ok((Wrong, format!("{fault}: tree R or the sealed file is damaged"))),
        }
    }

    fn p_aux(&self) -> Judgement {
        let (aux, expected) = (self.aux()?, self.request.comm_r);
        Ok(match aux.comm_r() {
            Some(comm_r) if comm_r == expected => (Right, format!("p_aux gives the expected CommR {comm_r}")),
            Some(comm_r) => (
                Wrong,
                format!(
                    "p_aux gives CommR {comm_r}, not the expected {expected}; comm_c is {}, comm_r_last {}",
                    aux.comm_c, aux.comm_r_last
                ),
            ),
            None => (Wrong, "p_aux holds invalid commitments: it is damaged".into()),
        })
    }

    /// Compares with another copy; `same_labels` gets the name of a copy that gives the expected CommR with our labels.
    fn known(&self, known: &Known, same_labels: &mut Option<String>) -> (Verdict, String) {
        let name = &known.name;
        let theirs = match PersistentAux::read_file(&known.p_aux, Code::ScratchLost) {
            Ok(theirs) => theirs,
            Err(error) => return (Unknown, format!("the p_aux of {name} shows nothing: {}", error.message)),
        };
        if theirs.comm_r() != Some(self.request.comm_r) {
            return (
                Unknown,
                format!("the p_aux of {name} does not give the expected CommR either: it is torn or another sector's"),
            );
        }
        let ours = match self.aux() {
            Ok(ours) => ours,
            Err(error) => {
                return (
                    Unknown,
                    format!(
                        "the p_aux of {name} gives the expected CommR, but there is nothing to compare: {}",
                        error.message
                    ),
                );
            }
        };
        let (labels, replica) = (theirs.comm_c == ours.comm_c, theirs.comm_r_last == ours.comm_r_last);
        if labels {
            *same_labels = Some(name.clone());
        }
        match (labels, replica) {
            (true, true) => (Right, format!("the p_aux of {name} is the same")),
            (true, false) => (
                Wrong,
                format!(
                    "the p_aux of {name} gives the expected CommR and has our comm_c but another comm_r_last: the labels are \
                     right, the data or their order differ"
                ),
            ),
            (false, true) => (
                Wrong,
                format!(
                    "the p_aux of {name} gives the expected CommR and has our comm_r_last but another comm_c: the sealed file \
                     is right, tree C or p_aux is damaged"
                ),
            ),
            (false, false) => (
                Wrong,
                format!(
                    "the p_aux of {name} gives the expected CommR and both its halves differ from ours: it was sealed with \
                     another ticket, CommD, miner, number or proof type"
                ),
            ),
        }
    }

    /// What only a whole PC1 could test, unless another copy shows it.
    fn suppositions(&self, same_labels: Option<String>) -> Vec<Finding> {
        let Sector { proof, miner, ticket, .. } = &self.request.sector;
        let others: Vec<_> =
            proofs_of_size(*proof).filter(|other| other != proof).map(|other| format!("{other:?}")).collect();
        let comm_d = match self.request.comm_d {
            Some(_) => format!("CommD {} was given: sealing again with another one would test it", self.comm_d),
            None => format!(
                "CommD {} was computed from the pieces: sealing again with another order, other fillers or the sector's \
                 unsealed CID would test it",
                self.comm_d
            ),
        };
        let suppositions = [
            ("proof type", format!("sealing again as {} would test whether it is not {proof:?}", others.join(", "))),
            (
                "ticket",
                format!(
                    "sealing again with the ticket of a neighboring epoch, or one drawn with another tag, would test whether \
                     it is not {ticket}"
                ),
            ),
            ("CommD", comm_d),
            ("miner", format!("sealing again with another miner id would test whether it is not {miner}")),
        ];
        let tested = |(about, text): (&'static str, String)| match &same_labels {
            Some(name) => Finding {
                about,
                verdict: Right,
                text: format!(
                    "it is right: {name} gives the expected CommR and has the same comm_c, so the same labels"
                ),
            },
            None => Finding { about, verdict: Unknown, text: format!("{text}, which takes a whole PC1") },
        };
        suppositions.into_iter().map(tested).collect()
    }

    fn aux(&self) -> Result<PersistentAux> {
        PersistentAux::read(self.cache(), Code::ScratchLost)
    }

    fn open_layers(&self) -> Result<Vec<NodeFile>> {
        let open = |name| NodeFile::open(self.cache().join(name), self.geometry.sector_size);
        self.geometry.layer_files().into_iter().map(open).collect()
    }

    fn open_tree_d(&self) -> Result<NodeFile> {
        NodeFile::open(self.cache().join(tree_d_file()), self.geometry.tree_d)
    }

    fn open_sealed(&self) -> Result<NodeFile> {
        NodeFile::open(self.request.sealed.to_path_buf(), self.geometry.sector_size)
    }
}

fn same_root(tree: &str, root: Hash32, expected: Hash32, half: &str) -> (Verdict, String) {
    if root == expected {
        (Right, format!("the checked paths of {tree} are right, and its root is {half} in p_aux"))
    } else {
        (Wrong, format!("the root of {tree} is {root}, but {half} in p_aux is {expected}"))
    }
}

/// All proof types of this one's sector size.
fn proofs_of_size(proof: RegisteredSealProof) -> impl Iterator<Item = RegisteredSealProof> {
    const FAMILIES: [&str; 4] = ["V1", "V1_1", "V1_1_Feat_SyntheticPoRep", "V1_2_Feat_NonInteractivePoRep"];
    let name = format!("{proof:?}");
    let size = name.split('V').next().unwrap_or_default().to_string();
    FAMILIES.into_iter().filter_map(move |family| serde_json::from_value(format!("{size}{family}").into()).ok())
}
