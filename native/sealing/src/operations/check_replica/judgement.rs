//! Which files of a copy are wrong, by CommR = Poseidon(comm_c, comm_r_last): nothing else gives it.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Finding, Verdict};
use crate::files::commitments::PersistentAux;
use crate::files::nodes::Node;
use crate::poseidon::Engine;
use crate::request::hash32::Hash32;
use crate::sha256::merkle::NODE_BYTES;
use crate::trees::{self, Difference};
use crate::{Code, Error, Result};

/// The copy that is judged.
pub(super) struct Copy<'a> {
    pub(super) comm_r: Hash32,
    pub(super) sealed: &'a Path,
    pub(super) cache: &'a Path,
    /// The names of tree R's files.
    pub(super) files: &'a [String],
}

/// What was read of it.
pub(super) struct Seen {
    pub(super) p_aux: Result<PersistentAux>,
    /// Other roots of the sector.
    pub(super) known: Vec<PersistentAux>,
    /// The root in each of tree R's files.
    pub(super) stored: Vec<Result<Node>>,
    /// The root over them; none if one has none.
    pub(super) tree_r: Option<Hash32>,
    /// The root of the tree R that the sealed file gives.
    pub(super) built: Result<Hash32>,
    /// How tree R's files differ from it.
    pub(super) differences: BTreeMap<u64, Difference>,
}

/// The root over the sub-trees' roots; none if one is not known.
pub(super) fn root_of_all(engine: Engine, stored: &[Result<Node>]) -> Option<Hash32> {
    let roots = stored.iter().map(|root| root.as_ref().ok().copied()).collect::<Option<Vec<_>>>()?;
    Some(Hash32(trees::top(engine, &roots)))
}

/// Everything that is wrong.
pub(super) fn findings(copy: &Copy, seen: &Seen) -> Vec<Finding> {
    let right = right(copy, seen);
    let mut findings = Vec::new();
    findings.extend(of_sealed(copy, seen, right));
    findings.extend(of_tree_r(copy, seen, right));
    findings.extend(of_p_aux(copy, seen, right));
    findings
}

/// The two halves that give CommR, if any that was seen does.
fn right(copy: &Copy, seen: &Seen) -> Option<PersistentAux> {
    let known: Vec<_> = seen.p_aux.iter().chain(&seen.known).collect();
    let roots = seen.built.iter().copied().chain(seen.tree_r).chain(known.iter().map(|aux| aux.comm_r_last));
    let mut halves = roots.flat_map(|comm_r_last| {
        known.iter().map(move |aux| PersistentAux { comm_c: aux.comm_c, comm_r_last }).collect::<Vec<_>>()
    });
    halves.find(|aux| aux.comm_r() == Some(copy.comm_r))
}

fn of_sealed(copy: &Copy, seen: &Seen, right: Option<PersistentAux>) -> Option<Finding> {
    let path = copy.sealed.display();
    let root = match &seen.built {
        Err(fault) => return Some(Finding { verdict: Verdict::Wrong, fault: fault.clone() }),
        Ok(root) => root,
    };
    match (right, &seen.p_aux) {
        (Some(right), _) if right.comm_r_last != *root => {
            let expected = right.comm_r_last;
            let place = if seen.tree_r == Some(expected) { damaged(&seen.differences) } else { String::new() };
            let why =
                format!("the sealed file {path} is damaged{place}: its tree R has the root {root}, not {expected}");
            Some(wrong(copy.sealed, why))
        }
        (None, Ok(aux)) if aux.comm_r_last != *root => {
            let half = aux.comm_r_last;
            let why = format!(
                "tree R of the sealed file {path} has the root {root}, p_aux has {half}, and neither gives CommR"
            );
            Some(unknown(copy.sealed, why))
        }
        _ => None,
    }
}

/// Where a sealed file differs from a tree R that is right.
fn damaged(differences: &BTreeMap<u64, Difference>) -> String {
    let (Some(first), Some(last)) = (differences.values().next(), differences.values().next_back()) else {
        return String::new();
    };
    let blocks: u64 = differences.values().map(|difference| difference.blocks).sum();
    let (begin, end) = (first.leaves.start * NODE_BYTES as u64, last.leaves.end * NODE_BYTES as u64);
    let size = |difference: &Difference| (difference.leaves.end - difference.leaves.start) * NODE_BYTES as u64;
    match (blocks, differences.len()) {
        (1, 1) => format!(" in the {} bytes from byte {begin} on", size(first)),
        _ => format!(" in {blocks} places between the bytes {begin} and {end}"),
    }
}

fn of_tree_r(copy: &Copy, seen: &Seen, right: Option<PersistentAux>) -> Vec<Finding> {
    let sealed = copy.sealed.display();
    let is_right = |root: Option<Hash32>| root.is_some() && root == right.map(|right| right.comm_r_last);
    let sealed_is_right = is_right(seen.built.as_ref().ok().copied());
    let mut findings = Vec::new();
    for (tree, (name, stored)) in (0..).zip(copy.files.iter().zip(&seen.stored)) {
        let path = copy.cache.join(name);
        match (stored, seen.differences.get(&tree)) {
            (Err(fault), _) => findings.push(Finding { verdict: Verdict::Wrong, fault: fault.clone() }),
            (Ok(_), Some(Difference { node, .. })) if sealed_is_right => {
                let why = format!(
                    "{} is damaged: its node {node} is not what the sealed file {sealed}, which is right, gives",
                    path.display()
                );
                findings.push(wrong(&path, why));
            }
            (Ok(_), Some(Difference { node, .. })) if right.is_none() => {
                let why = format!("node {node} of {} is not what the sealed file {sealed} gives", path.display());
                findings
                    .push(unknown(&path, format!("{why}; which of the two is wrong cannot be decided without comm_c")));
            }
            _ => {}
        }
    }
    if let (Some(right), Some(root)) = (right, seen.tree_r)
        && root != right.comm_r_last
        && !sealed_is_right
    {
        let (cache, expected) = (copy.cache, right.comm_r_last);
        let why = format!("tree R in {} has the root {root}, not {expected}", cache.display());
        findings.push(wrong(cache, why));
    }
    findings
}

fn of_p_aux(copy: &Copy, seen: &Seen, right: Option<PersistentAux>) -> Option<Finding> {
    let path = copy.cache.join("p_aux");
    let aux = match &seen.p_aux {
        Err(fault) => return Some(Finding { verdict: Verdict::Wrong, fault: fault.clone() }),
        Ok(aux) if right == Some(*aux) => return None,
        Ok(aux) => aux,
    };
    let given = aux.comm_r().map_or("none".to_string(), |comm_r| comm_r.to_string());
    let gives = format!("{} gives CommR {given}, not the expected {}", path.display(), copy.comm_r);
    Some(match right {
        Some(PersistentAux { comm_c, comm_r_last }) => {
            wrong(&path, format!("{gives}: its two halves should be {comm_c} and {comm_r_last}"))
        }
        None if seen.built == Ok(aux.comm_r_last) => wrong(
            &path,
            format!(
                "{gives}; its comm_r_last is that of the sealed file, so either its comm_c is damaged, or both are another \
                 sector's"
            ),
        ),
        None => wrong(&path, gives),
    })
}

fn wrong(file: &Path, why: String) -> Finding {
    Finding { verdict: Verdict::Wrong, fault: Error::new(Code::NotProvable, why).about(file) }
}

fn unknown(file: &Path, why: String) -> Finding {
    Finding { verdict: Verdict::Unknown, ..wrong(file, why) }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Verdict::{Unknown, Wrong};
    use super::*;

    const AUX: PersistentAux = PersistentAux { comm_c: Hash32([1; 32]), comm_r_last: Hash32([2; 32]) };

    fn names() -> Vec<String> {
        (0..8).map(|tree| format!("tree-r-{tree}")).collect()
    }

    /// What is seen of a copy that is right.
    fn right() -> Seen {
        Seen {
            p_aux: Ok(AUX),
            known: Vec::new(),
            stored: vec![Ok([3; 32]); 8],
            tree_r: Some(AUX.comm_r_last),
            built: Ok(AUX.comm_r_last),
            differences: BTreeMap::new(),
        }
    }

    fn missing<T>(path: &str) -> Result<T> {
        Err(Error::missing(Code::NotProvable, Path::new(path)))
    }

    fn differs(seen: &mut Seen, tree: u64, blocks: u64) {
        let first = tree << 27;
        seen.differences.insert(tree, Difference { node: 7, leaves: first + 512..first + 512 * (blocks + 1), blocks });
    }

    fn judged(seen: &Seen) -> Vec<Finding> {
        let (sealed, cache, files) = (Path::new("/sealed"), Path::new("/cache"), names());
        findings(&Copy { comm_r: AUX.comm_r().unwrap(), sealed, cache, files: &files }, seen)
    }

    #[track_caller]
    fn assert_found(change: impl FnOnce(&mut Seen), expected: &[(Verdict, &str, &str)]) {
        let mut seen = right();
        change(&mut seen);
        let found = judged(&seen);
        let files = found.iter().map(|finding| (finding.verdict, finding.fault.file.clone().unwrap()));
        let files_expected = expected.iter().map(|(verdict, file, _)| (*verdict, PathBuf::from(file)));
        assert_eq!(files.collect::<Vec<_>>(), files_expected.collect::<Vec<_>>(), "{found:?}");
        for (finding, (_, _, words)) in found.iter().zip(expected) {
            assert!(finding.fault.message.contains(words), "{words} in {}", finding.fault.message);
        }
    }

    /// Fails if the file that CommR shows to be right is blamed, or another than the damaged one.
    #[test]
    fn comm_r_decides_which_file_is_wrong() {
        assert_found(|_| (), &[]);
        let sealed = |seen: &mut Seen| {
            seen.built = Ok(Hash32([9; 32]));
            differs(seen, 2, 1);
        };
        assert_found(sealed, &[(Wrong, "/sealed", "in the 16384 bytes from byte 8589950976 on")]);
        let twice = |seen: &mut Seen| {
            sealed(seen);
            differs(seen, 3, 4);
        };
        assert_found(twice, &[(Wrong, "/sealed", "in 5 places between the bytes 8589950976 and 12884983808")]);
        let tree = |seen: &mut Seen| {
            seen.tree_r = Some(Hash32([9; 32]));
            differs(seen, 5, 1);
        };
        assert_found(tree, &[(Wrong, "/cache/tree-r-5", "which is right, gives")]);
        // Files of another sector that belong together.
        let strangers = |seen: &mut Seen| {
            seen.built = Ok(Hash32([9; 32]));
            seen.tree_r = Some(Hash32([9; 32]));
        };
        assert_found(strangers, &[(Wrong, "/sealed", "its tree R has the root"), (Wrong, "/cache", "has the root")]);
        let half = |seen: &mut Seen| seen.p_aux = Ok(PersistentAux { comm_r_last: Hash32([9; 32]), ..AUX });
        let halves = format!("its two halves should be {} and {}", AUX.comm_c, AUX.comm_r_last);
        assert_found(half, &[(Wrong, "/cache/p_aux", &halves)]);
    }

    /// Fails if another p_aux of the sector is not used, or is used although it gives no CommR.
    #[test]
    fn another_p_aux_may_have_comm_c() {
        let damaged = |seen: &mut Seen| seen.p_aux = Ok(PersistentAux { comm_c: Hash32([9; 32]), ..AUX });
        assert_found(damaged, &[(Wrong, "/cache/p_aux", "either its comm_c is damaged")]);
        let of_key = PersistentAux { comm_r_last: Hash32([8; 32]), ..AUX };
        let helped = |seen: &mut Seen| {
            damaged(seen);
            seen.known = vec![PersistentAux { comm_c: Hash32([7; 32]), ..AUX }, of_key];
        };
        assert_found(helped, &[(Wrong, "/cache/p_aux", "its two halves should be 0101")]);
        let sealed_too = |seen: &mut Seen| {
            helped(seen);
            seen.built = Ok(Hash32([9; 32]));
            differs(seen, 0, 1);
        };
        assert_found(
            sealed_too,
            &[(Wrong, "/sealed", "is damaged in the 16384 bytes"), (Wrong, "/cache/p_aux", "should be")],
        );
    }

    /// Fails if a file is blamed that may be right.
    #[test]
    fn without_comm_c_nothing_is_certain() {
        let both = |seen: &mut Seen| {
            seen.p_aux = Ok(PersistentAux { comm_c: Hash32([9; 32]), ..AUX });
            seen.built = Ok(Hash32([9; 32]));
            differs(seen, 1, 1);
        };
        let expected = [
            (Unknown, "/sealed", "neither gives CommR"),
            (Unknown, "/cache/tree-r-1", "cannot be decided without comm_c"),
            (Wrong, "/cache/p_aux", "not the expected"),
        ];
        assert_found(both, &expected);
    }

    /// Fails if one fault hides another.
    #[test]
    fn everything_that_cannot_be_read_is_listed() {
        let all = |seen: &mut Seen| {
            seen.p_aux = missing("/cache/p_aux");
            seen.built = missing("/sealed");
            seen.stored[3] = missing("/cache/tree-r-3");
            seen.stored[6] = Err(Error::new(Code::DiskFailing, "reading failed").about(Path::new("/cache/tree-r-6")));
            seen.tree_r = None;
        };
        let expected = [
            (Wrong, "/sealed", "is missing"),
            (Wrong, "/cache/tree-r-3", "is missing"),
            (Wrong, "/cache/tree-r-6", "reading failed"),
            (Wrong, "/cache/p_aux", "is missing"),
        ];
        assert_found(all, &expected);
    }
}
