//! Fr32 padding: two zero bits after every 254, so that every 32-byte node is a field element.

use crate::sha256::merkle::NODE_BYTES;

/// Raw bytes that fill whole nodes.
pub(crate) const RAW_BLOCK: usize = 127;
/// The same bytes, padded.
pub(crate) const PADDED_BLOCK: usize = 128;

/// The bits of a node's last byte that are zero in padded data.
const SPARE_BITS: u8 = 0b1100_0000;

const WORD_BYTES: usize = 8;
const WORDS: usize = PADDED_BLOCK / WORD_BYTES;
const WORDS_PER_NODE: usize = NODE_BYTES / WORD_BYTES;

/// Each node lies two bits further behind its raw bits than the node before.
pub(crate) fn pad(raw: &[u8], padded: &mut [u8]) {
    debug_assert_eq!(raw.len() / RAW_BLOCK * PADDED_BLOCK, padded.len());
    for (raw, padded) in raw.chunks_exact(RAW_BLOCK).zip(padded.chunks_exact_mut(PADDED_BLOCK)) {
        let mut block = [0; PADDED_BLOCK];
        block[..RAW_BLOCK].copy_from_slice(raw);
        let mut words = [0_u64; WORDS];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(WORD_BYTES)) {
            *word = u64::from_le_bytes(bytes.try_into().expect("a word"));
        }
        for (index, target) in padded.chunks_exact_mut(WORD_BYTES).enumerate() {
            target.copy_from_slice(&padded_word(&words, index).to_le_bytes());
        }
    }
}

/// Every node lies two bits further behind its raw bits than the one before.
#[inline(always)]
fn padded_word(raw: &[u64; WORDS], index: usize) -> u64 {
    let shift = index / WORDS_PER_NODE * 2;
    let word = match shift {
        0 => raw[index],
        _ => raw[index] << shift | raw[index - 1] >> (64 - shift),
    };
    if index % WORDS_PER_NODE == WORDS_PER_NODE - 1 { word & (u64::MAX >> 2) } else { word }
}

/// The index of the first node with one of its spare bits set, which never happens in padded data.
pub(crate) fn first_unpadded_node(bytes: &[u8]) -> Option<usize> {
    bytes.chunks_exact(NODE_BYTES).position(|node| node[NODE_BYTES - 1] & SPARE_BITS != 0)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use fr32::Fr32Reader;
    use rand::{RngCore, SeedableRng, rngs::StdRng};

    use super::*;

    /// Seen to fail when the last node of each four is not shifted.
    #[test]
    fn pads_as_the_library_does() {
        let seed = rand::random();
        println!("seed {seed}");
        let mut rng = StdRng::seed_from_u64(seed);
        for blocks in [1, 2, 3, 64, 1000] {
            let mut raw = vec![0; blocks * RAW_BLOCK];
            rng.fill_bytes(&mut raw);
            let mut expected = Vec::new();
            Fr32Reader::new(raw.as_slice()).read_to_end(&mut expected).unwrap();
            let mut padded = vec![0xff; blocks * PADDED_BLOCK];
            pad(&raw, &mut padded);
            assert!(padded == expected, "{blocks} blocks");
            assert_eq!(first_unpadded_node(&padded), None);
        }
    }

    /// Seen to fail when the spare bits are not checked.
    #[test]
    fn tells_the_first_node_that_is_not_padded() {
        let mut bytes = [0; 4 * NODE_BYTES];
        for bit in [0x40, 0x80] {
            bytes[3 * NODE_BYTES - 1] = bit;
            assert_eq!(first_unpadded_node(&bytes), Some(2));
        }
        bytes[3 * NODE_BYTES - 1] = 0x3f;
        assert_eq!(first_unpadded_node(&bytes), None);
    }
}
