//! The replica → tree R: all of its files, only some, or only its root.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use filecoin_proofs_api::RegisteredSealProof;
use serde::{Deserialize, Serialize};

use crate::files::durable;
use crate::files::geometry::Geometry;
use crate::files::nodes::Node;
use crate::poseidon::Engine;
use crate::request::absolute_path::AbsolutePath;
use crate::request::hash32::Hash32;
use crate::request::progress::{ByteProgress, Sink};
use crate::trees::{self, Digested, Layout, Nowhere, OfReplica, Spent, Work};
use crate::{Code, Error, Result};

/// Which files to make of which replica.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Seal proof type.
    pub proof: RegisteredSealProof,
    /// The sealed file, or the update of a snapped sector; it may be read-only.
    pub sealed: AbsolutePath,
    /// The directory that gets the files; without it, nothing is written.
    #[serde(default)]
    pub output: Option<AbsolutePath>,
    /// The names of the files to make, in any order; without it, all.
    #[serde(default)]
    pub files: Option<Vec<String>>,
    /// The directory with the tree's other files, which are only read; by default, `output`.
    #[serde(default)]
    pub cache: Option<AbsolutePath>,
    /// The root that the tree must have.
    #[serde(default)]
    pub comm_r_last: Option<Hash32>,
    /// Whether to compute the replica's digest.
    #[serde(default)]
    pub digest: bool,
}

/// What was made.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The tree's root; none if it needs a file that is neither made nor there.
    pub comm_r_last: Option<Hash32>,
    /// SHA-256 of the files that were made, by name.
    pub files: BTreeMap<String, Hash32>,
    /// SHA-256 of the replica, if it was requested.
    pub replica: Option<Hash32>,
    /// Bytes of the replica that were read.
    pub bytes: u64,
}

/// Builds the tree in one pass over the replica; of a part of the tree, over that part of the replica. The files get their
/// names when all are complete and the root is right.
pub fn run(request: &Request, sink: Sink) -> Result<Outcome> {
    let geometry = Geometry::of(request.proof);
    let files = &geometry.tree_r_last;
    let chosen = chosen(request, &files.files)?;
    let layout = Layout::tree_r(&geometry).only(&chosen);
    durable::check_size(&request.sealed, geometry.sector_size, Code::NotProvable)?;
    let engine = Engine::best();
    let others = others(request, &geometry, &layout, engine)?;

    let progress = Mutex::new(ByteProgress::new(sink, "tree R", layout.bytes()));
    let done = |bytes| progress.lock().unwrap_or_else(PoisonError::into_inner).add(bytes);
    let (spent, sealed) = (Spent::default(), &request.sealed);
    let work = Work { engine, spent: &spent, done: &done };
    let (made, rows) = match &request.output {
        Some(output) => {
            durable::require_space(&[(output, chosen.len() as u64 * files.bytes)])?;
            let rows = Digested::create(output, files, &layout)?;
            (trees::of_replica(sealed, request.digest, layout, &rows, work), Some(rows))
        }
        None => (trees::of_replica(sealed, request.digest, layout, &Nowhere, work), None),
    };
    let OfReplica { roots, digest } = made.map_err(of_copy)?;
    let roots = all_roots(others, &chosen, &roots);
    let comm_r_last = roots.map(|roots| Hash32(trees::top(engine, &roots)));
    check(request, comm_r_last)?;
    let digests = rows.map(Digested::publish).transpose()?.unwrap_or_default();
    log::info!("tree R by {engine:?}, processor time of all threads: {spent}");
    let names = chosen.iter().map(|tree| files.files[*tree as usize].clone());
    Ok(Outcome { comm_r_last, files: names.zip(digests).collect(), replica: digest, bytes: layout.bytes() })
}

/// The numbers of the sub-trees to build, in order.
fn chosen(request: &Request, names: &[String]) -> Result<Vec<u64>> {
    let refused = |why: String| Err(Error::new(Code::InvalidRequest, why));
    let Some(files) = &request.files else { return Ok((0..names.len() as u64).collect()) };
    if let Some(file) = files.iter().find(|file| !names.contains(file)) {
        return refused(format!("{file} is not a file of tree R of {:?}: it has {}", request.proof, names.join(", ")));
    }
    let chosen: Vec<_> =
        (0..names.len()).filter(|tree| files.contains(&names[*tree])).map(|tree| tree as u64).collect();
    if chosen.is_empty() {
        return refused("no file of tree R is named".into());
    }
    if request.digest && chosen.len() < names.len() {
        return refused("the digest needs all of the replica, but not all files of tree R are made".into());
    }
    Ok(chosen)
}

/// The root of each sub-tree that is not built, from its file; none for one that is built or missing.
fn others(request: &Request, geometry: &Geometry, layout: &Layout, engine: Engine) -> Result<Vec<Option<Node>>> {
    let files = &geometry.tree_r_last;
    let directory = request.cache.as_ref().or(request.output.as_ref());
    let root = |(tree, name): (usize, &String)| {
        let Some(directory) = directory.filter(|_| !layout.builds(tree as u64)) else { return Ok(None) };
        match trees::root_of_file(engine, layout, &directory.join(name), files.bytes, Code::NotProvable) {
            Ok(root) => Ok(Some(root)),
            Err(error) if error.missing => Ok(None),
            Err(error) => Err(error),
        }
    };
    let roots = files.files.iter().enumerate().map(root).collect::<Result<Vec<_>>>()?;
    let lacking = (0..roots.len()).find(|tree| roots[*tree].is_none() && !layout.builds(*tree as u64));
    match lacking {
        Some(tree) if request.comm_r_last.is_some() => Err(Error::new(
            Code::InvalidRequest,
            format!("{} is neither made nor there, so the root of tree R cannot be compared", files.files[tree]),
        )),
        _ => Ok(roots),
    }
}

/// The roots of all sub-trees; none if one is not known.
fn all_roots(mut others: Vec<Option<Node>>, built: &[u64], roots: &[Node]) -> Option<Vec<Node>> {
    for (tree, root) in built.iter().zip(roots) {
        others[*tree as usize] = Some(*root);
    }
    others.into_iter().collect()
}

fn check(request: &Request, comm_r_last: Option<Hash32>) -> Result<()> {
    match (comm_r_last, request.comm_r_last) {
        (Some(root), Some(expected)) if root != expected => {
            let sealed = request.sealed.display();
            let why = format!("tree R of {sealed} has the root {root}, not the expected {expected}");
            Err(Error::new(Code::NotProvable, why).about(&request.sealed))
        }
        _ => Ok(()),
    }
}

/// A file that an earlier stage would have to rebuild is, of a replica, one that cannot be proven.
pub(crate) fn of_copy(error: Error) -> Error {
    match error.code {
        Code::ScratchLost => Error { code: Code::NotProvable, ..error },
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use filecoin_proofs_api::seal;
    use rand::RngCore;
    use sha2::{Digest, Sha256};
    use tempfile::TempDir;

    use super::*;

    /// A replica of random nodes, and an empty directory beside it.
    struct Sealed {
        directory: TempDir,
        proof: RegisteredSealProof,
    }

    impl Sealed {
        fn new(proof: RegisteredSealProof) -> Self {
            let directory = tempfile::tempdir().unwrap();
            let mut nodes = vec![Node::default(); Geometry::of(proof).nodes as usize];
            rand::thread_rng().fill_bytes(nodes.as_flattened_mut());
            nodes.iter_mut().for_each(|node| node[31] &= 0x3f);
            fs::write(directory.path().join("sealed"), nodes.as_flattened()).unwrap();
            fs::create_dir(directory.path().join("made")).unwrap();
            Sealed { directory, proof }
        }

        fn at(&self, name: &str) -> PathBuf {
            self.directory.path().join(name)
        }

        fn request(&self, more: serde_json::Value) -> Request {
            let mut fields = serde_json::json!({"proof": self.proof, "sealed": self.at("sealed")});
            fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            serde_json::from_value(fields).unwrap()
        }

        fn run(&self, more: serde_json::Value) -> Result<Outcome> {
            run(&self.request(more), &|_| ())
        }

        fn names(&self) -> Vec<String> {
            durable::names(&self.at("made")).unwrap()
        }
    }

    /// Fails if a row too many or too few is left out, or if a digest is of other bytes than the file's.
    #[test]
    fn files_and_root_are_the_librarys() {
        for proof in [RegisteredSealProof::StackedDrg2KiBV1_1, RegisteredSealProof::StackedDrg8MiBV1_1] {
            let sealed = Sealed::new(proof);
            let made = sealed.run(serde_json::json!({"output": sealed.at("made"), "digest": true})).unwrap();
            fs::create_dir(sealed.at("library")).unwrap();
            let root = seal::generate_tree_r_last(proof, sealed.at("sealed"), sealed.at("library")).unwrap();
            assert_eq!(made.comm_r_last, Some(Hash32(root)));
            let name = &Geometry::of(proof).tree_r_last.files[0];
            let file = fs::read(sealed.at("made").join(name)).unwrap();
            assert!(file == fs::read(sealed.at("library").join(name)).unwrap(), "{proof:?}");
            assert_eq!(made.files, BTreeMap::from([(name.clone(), Hash32(Sha256::digest(&file).into()))]));
            assert_eq!(made.replica, Some(durable::digest(&sealed.at("sealed")).unwrap()));
            assert_eq!(made.bytes, Geometry::of(proof).sector_size);
            let only_root = sealed.run(serde_json::json!({})).unwrap();
            assert_eq!((only_root.comm_r_last, only_root.files.len()), (made.comm_r_last, 0));
        }
    }

    /// Fails if a file gets its name before the root is compared.
    #[test]
    fn a_tree_with_another_root_gets_no_files() {
        let sealed = Sealed::new(RegisteredSealProof::StackedDrg2KiBV1_1);
        let request = serde_json::json!({"output": sealed.at("made"), "comm_r_last": Hash32([1; 32])});
        let error = sealed.run(request).unwrap_err();
        assert_eq!((error.code, error.file), (Code::NotProvable, Some(sealed.at("sealed"))));
        assert!(error.message.contains("not the expected 0101"), "{}", error.message);
        assert!(sealed.names().is_empty(), "{:?}", sealed.names());
    }

    /// What cannot be a replica leaves no files behind.
    #[test]
    fn what_is_no_replica_gets_no_files() {
        type Damage = fn(&mut Vec<u8>);
        let damages: [(Damage, &str); 2] = [
            (|bytes| bytes[64..96].fill(0xff), "node 2 of"),
            (|bytes| bytes.truncate(2000), "has 2000 bytes, not 2048"),
        ];
        for (damage, words) in damages {
            let sealed = Sealed::new(RegisteredSealProof::StackedDrg2KiBV1_1);
            let mut bytes = fs::read(sealed.at("sealed")).unwrap();
            damage(&mut bytes);
            fs::write(sealed.at("sealed"), bytes).unwrap();
            let error = sealed.run(serde_json::json!({"output": sealed.at("made")})).unwrap_err();
            assert_eq!((error.code, error.file.as_deref()), (Code::NotProvable, Some(&*sealed.at("sealed"))));
            assert!(error.message.contains(words), "{}", error.message);
            assert!(sealed.names().is_empty(), "{:?}", sealed.names());
        }
    }

    #[test]
    fn what_cannot_be_made_is_refused_before_anything_is_read() {
        let sealed = Sealed::new(RegisteredSealProof::StackedDrg2KiBV1_1);
        fs::remove_file(sealed.at("sealed")).unwrap();
        let large = |more: serde_json::Value| {
            let mut request = sealed.request(more);
            request.proof = RegisteredSealProof::StackedDrg32GiBV1_1;
            run(&request, &|_| ()).unwrap_err()
        };
        let first = ["sc-02-data-tree-r-last-0.dat"];
        for (error, words) in [
            (sealed.run(serde_json::json!({"files": ["p_aux"]})).unwrap_err(), "p_aux is not a file of tree R of"),
            (sealed.run(serde_json::json!({"files": []})).unwrap_err(), "no file of tree R is named"),
            (large(serde_json::json!({"files": first, "digest": true})), "the digest needs all of the replica"),
        ] {
            assert_eq!(error.code, Code::InvalidRequest);
            assert!(error.message.contains(words), "{}", error.message);
        }
    }

    /// Fails if the root of a sub-tree goes to another's place.
    #[test]
    fn roots_take_their_places() {
        let node = |byte| [byte; 32];
        let others = vec![Some(node(0)), None, Some(node(2)), None];
        assert_eq!(all_roots(others.clone(), &[1, 3], &[node(1), node(3)]), Some((0..4).map(node).collect()));
        assert_eq!(all_roots(others, &[1], &[node(1)]), None);
    }
}
