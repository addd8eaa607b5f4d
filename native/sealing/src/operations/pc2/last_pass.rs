//! The last layer and the data → the sealed file and tree R.

use std::path::Path;

use crate::files::durable;
use crate::files::geometry::Geometry;
use crate::files::layers::Layer;
use crate::files::nodes::Node;
use crate::request::hash32::Hash32;
use crate::trees::{self, Combine, Digested, Encoding, Layout, Makes, Work};
use crate::{Code, Error, Result};

/// What is read and where the results go.
pub(in crate::operations) struct LastPass<'a> {
    /// The directory that gets tree R.
    pub(in crate::operations) cache: &'a Path,
    /// The last layer.
    pub(in crate::operations) key: &'a Layer,
    /// The data; none in a sector of zeros, in which there is nothing to add.
    pub(in crate::operations) data: Option<&'a Path>,
    /// The CommD that the data must have.
    pub(in crate::operations) comm_d: Hash32,
    /// The sealed file under its temporary name.
    pub(in crate::operations) half_sealed: &'a Path,
}

/// What was made: the sealed file, and tree R's files, which do not have their names yet.
pub(in crate::operations) struct Encoded {
    pub(in crate::operations) comm_r_last: Hash32,
    /// SHA-256 of the sealed file.
    pub(in crate::operations) replica: Hash32,
    pub(in crate::operations) rows: Digested,
}

impl LastPass<'_> {
    /// Bytes that are read.
    pub(in crate::operations) fn bytes(&self, geometry: &Geometry) -> u64 {
        (1 + u64::from(self.data.is_some())) * geometry.sector_size
    }

    /// Reads everything once, and checks the layer's digest and the data's CommD in the same pass. A failure leaves
    /// nothing behind.
    pub(in crate::operations) fn run(&self, geometry: &Geometry, work: Work) -> Result<Encoded> {
        let layout = Layout::tree_r(geometry);
        let rows = Digested::create(self.cache, &geometry.tree_r_last, &layout)?;
        let add = |_: u64, key: &Node, data: &Node| trees::sum(key, data);
        let encoding = Encoding {
            makes: Makes::Replica,
            from: &self.key.path,
            digested: true,
            with: self.data.map(|data| (data, &add as &Combine)),
            to: self.half_sealed,
        };
        let checked = trees::encode(&encoding, layout, &rows, work).and_then(|(encoded, comm_r_last)| {
            self.key.check(encoded.from_digest.expect("it was requested"))?;
            self.check_comm_d(encoded.comm_d)?;
            Ok((comm_r_last, encoded.digest))
        });
        let (comm_r_last, replica) = checked.inspect_err(|_| {
            // A leftover file is better than hiding the real error behind another one.
            let _ = durable::remove(self.half_sealed);
        })?;
        Ok(Encoded { comm_r_last, replica, rows })
    }

    /// If the data were read, they must be the sector's.
    fn check_comm_d(&self, comm_d: Option<Hash32>) -> Result<()> {
        match (self.data, comm_d) {
            (Some(data), Some(comm_d)) if comm_d != self.comm_d => {
                let (file, expected) = (data.display(), self.comm_d);
                let message = format!("the data in {file} have CommD {comm_d}, not the sector's {expected}");
                Err(Error::new(Code::ScratchLost, message).about(data))
            }
            _ => Ok(()),
        }
    }
}
