//! Labels of many sectors by AVX-512: each sector has one 32-bit lane of every vector.
//!
//! The CPU's SHA instructions work on one sector at a time, and four sectors keep the SHA unit busy. A plain vector
//! instruction costs the same for any number of sectors that fit into it. So with many sectors plain instructions are
//! cheaper, although SHA-256 takes many more of them.

/// The initial hash value of FIPS 180-4.
pub(super) const INITIAL: [u32; 8] =
    [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

/// Functions of three words, as truth tables.
pub(super) const XOR: i32 = 0x96;
pub(super) const CHOOSE: i32 = 0xca;
pub(super) const MAJORITY: i32 = 0xe8;

/// A round on the state's words a to h. What it makes of d and h are the next round's e and a. Whatever waits for the
/// previous round, which has just made a and e, is added last: so a round takes as long as three instructions, for the price
/// of one more addition than there need be.
macro_rules! round {
    ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $word:expr) => {
        let sum = add($d, add($h, $word));
        let mixed = logic::<XOR>(ror::<6>($e), ror::<11>($e), ror::<25>($e));
        let new = add(add(sum, logic::<CHOOSE>($e, $f, $g)), mixed);
        let mixed = logic::<XOR>(ror::<2>($a), ror::<13>($a), ror::<22>($a));
        $h = add(add(sub(new, $d), logic::<MAJORITY>($a, $b, $c)), mixed);
        $d = new;
    };
}

/// Eight rounds, after which each word of the state has its old name again. In a loop they would be kept in memory.
macro_rules! eight_rounds {
    ($state:ident, $word:ident, $first:expr) => {
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = $state;
        round!(a b c d e f g h, $word($first));
        round!(h a b c d e f g, $word($first + 1));
        round!(g h a b c d e f, $word($first + 2));
        round!(f g h a b c d e, $word($first + 3));
        round!(e f g h a b c d, $word($first + 4));
        round!(d e f g h a b c, $word($first + 5));
        round!(c d e f g h a b, $word($first + 6));
        round!(b c d e f g h a, $word($first + 7));
        $state = [a, b, c, d, e, f, g, h];
    };
}

/// Labelling in a module that has the vectors' type `Vector`, the number of their `LANES`, the instructions under the
/// names that are used here, and `load` and `store`, which bring labels into lanes and back.
macro_rules! lanes {
    () => {
        use std::array;
        use std::ops::Range;

        use crate::files::nodes::Node;
        use crate::parent_cache::BASE;
        use crate::sdr::engine::{HASHED_PARENTS, Memory, Task};
        use crate::sdr::lanes::{CHOOSE, INITIAL, MAJORITY, XOR, eight_rounds, round};
        use crate::sha256::merkle::NODE_BYTES;
        use crate::sha256::sha_ni::CONSTANTS;

        /// How many nodes ahead the parents are fetched into the CPU's caches.
        const AHEAD: usize = 2;
        /// The most different pairs of parents: one block of SHA-256 each.
        const PAIRS: usize = 7;

        /// Eight words of all lanes: a label, or half a block.
        type Words = [Vector; 8];

        /// A block's words for all 64 rounds, with the constants added.
        type Rounds = [Vector; 64];

        /// Computes the labels of these nodes. Either all tasks are in their first layer or none is.
        ///
        /// # Safety
        /// As for [`label_nodes`](crate::sdr::engine::label_nodes), and the CPU has these instructions.
        #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
        pub(super) unsafe fn label_nodes(tasks: &[Task], memory: Memory, nodes: Range<usize>) {
            // Lanes without a sector compute the first one's labels, which are not stored.
            let task = |lane: usize| tasks.get(lane).unwrap_or(&tasks[0]);
            let offsets: [usize; LANES] = array::from_fn(|lane| task(lane).slot * NODE_BYTES);
            let stride = memory.current.stride();
            let (parents, current, previous) = (memory.parents, memory.current.as_mut_ptr(), memory.previous.as_ptr());
            let (first, place) = (memory.first, memory.place);
            let layer_of = |parent: usize| if parent < BASE { current.cast_const() } else { previous };
            let degree = tasks[0].degree();
            let pairs = degree / 2;
            let (whole, last) = (HASHED_PARENTS / 2, (HASHED_PARENTS - 1) % degree);
            let (zero, one) = (all(0), all(i32::MIN));
            // After the message: a one bit, zeros, and the number of bits.
            let ending = |bits: usize| [one, zero, zero, zero, zero, zero, zero, all(bits as i32)];
            let initial: Words = INITIAL.map(|word| all(word.cast_signed()));
            let replica_ids = of_lanes(array::from_fn(|lane| task(lane).replica_id));
            let [layers, ..] = of_lanes(array::from_fn(|lane| {
                let mut words = [0; NODE_BYTES];
                words[..4].copy_from_slice(&task(lane).layer.to_be_bytes());
                words
            }));
            let mut blocks = [[zero; 64]; PAIRS];
            // For blocks that are hashed only once.
            let mut once = [zero; 64];
            for node in nodes {
                let index = node - first;
                let mut state = initial;
                let numbers = [layers, all((node >> 32) as i32), all(node as i32), zero, zero, zero, zero, zero];
                expand(&mut state, replica_ids, numbers, &mut once);
                if node == 0 {
                    let [.., bits] = ending(2 * 8 * NODE_BYTES);
                    let begin = [one, zero, zero, zero, zero, zero, zero, zero];
                    expand(&mut state, begin, [zero, zero, zero, zero, zero, zero, zero, bits], &mut once);
                } else {
                    let (ahead, parents) = unsafe {
                        (parents.get_unchecked((index + AHEAD).min(parents.len() - 1)), parents.get_unchecked(index))
                    };
                    // Fetches one parent with each block: all at once would be more than a core can have outstanding.
                    let fetch = |parent: usize| {
                        if parent < degree {
                            let start = layer_of(parent).wrapping_add(ahead[parent] as usize * stride);
                            for line in (0..stride).step_by(64) {
                                _mm_prefetch::<_MM_HINT_T0>(start.wrapping_add(line).cast());
                            }
                        }
                    };
                    let label = |parent: usize| unsafe {
                        load(layer_of(parent).add(parents[parent] as usize * stride), &offsets)
                    };
                    for (pair, block) in blocks[..pairs].iter_mut().enumerate() {
                        fetch(pair);
                        expand(&mut state, label(2 * pair), label(2 * pair + 1), block);
                    }
                    for pair in pairs..whole {
                        fetch(pair);
                        again(&mut state, &blocks[pair % pairs]);
                    }
                    expand(&mut state, label(last), ending(8 * (2 + HASHED_PARENTS) * NODE_BYTES), &mut once);
                }
                // Makes it a field element: these two bits are the highest of the label's last byte.
                state[7] = and(state[7], all(!0xc0));
                unsafe { store(state, current.add((place + index) * stride), &offsets[..tasks.len()]) };
            }
        }

        /// Words that each lane has of its own.
        #[inline]
        #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
        fn of_lanes(labels: [Node; LANES]) -> Words {
            unsafe { load(labels.as_ptr().cast(), &array::from_fn(|lane| lane * NODE_BYTES)) }
        }

        /// Hashes a block, given in two halves, and keeps the words of all rounds.
        #[inline]
        #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
        fn expand(state: &mut Words, left: Words, right: Words, into: &mut Rounds) {
            let [l0, l1, l2, l3, l4, l5, l6, l7] = left;
            let [r0, r1, r2, r3, r4, r5, r6, r7] = right;
            let mut words = [l0, l1, l2, l3, l4, l5, l6, l7, r0, r1, r2, r3, r4, r5, r6, r7];
            let mut now = *state;
            for (sixteen, into) in into.as_chunks_mut::<16>().0.iter_mut().enumerate() {
                let constants = CONSTANTS.as_flattened().as_chunks::<16>().0[sixteen];
                let mut word = |word: usize| {
                    if sixteen > 0 {
                        let (second, newest) = (words[(word + 1) % 16], words[(word + 14) % 16]);
                        let second = logic::<XOR>(ror::<7>(second), ror::<18>(second), shr::<3>(second));
                        let newest = logic::<XOR>(ror::<17>(newest), ror::<19>(newest), shr::<10>(newest));
                        let sum = add(words[word], words[(word + 9) % 16]);
                        words[word] = add(sum, add(second, newest));
                    }
                    into[word] = add(words[word], all(constants[word].cast_signed()));
                    into[word]
                };
                eight_rounds!(now, word, 0);
                eight_rounds!(now, word, 8);
            }
            add_to(state, now);
        }

        /// Hashes a block; the words of all its rounds are known.
        #[inline]
        #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
        fn again(state: &mut Words, block: &Rounds) {
            let mut now = *state;
            for eight in block.as_chunks::<8>().0 {
                let word = |word: usize| eight[word];
                eight_rounds!(now, word, 0);
            }
            add_to(state, now);
        }

        #[inline]
        #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
        fn add_to(state: &mut Words, now: Words) {
            *state = array::from_fn(|word| add(state[word], now[word]));
        }
    };
}

pub(super) use {eight_rounds, lanes, round};
