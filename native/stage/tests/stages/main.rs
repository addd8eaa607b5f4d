//! The stage program as its callers see it: real child processes, real files. With `RESEAL_TEST_GPU=1` in the
//! environment PC2, C2 and updates are computed on this machine's first GPU.

mod common;

mod crashes;
mod decoding;
mod diagnose;
mod eight_mib;
mod encode;
mod gpus;
mod groups;
mod known_answers;
mod labelling;
mod leftovers;
mod on_gpu;
mod placement;
mod process;
mod proving;
mod real_sectors;
mod refusals;
mod same_as_stock;
mod snap;
mod synthetic;
mod tree_r;
mod trees;
mod unsealing;
