//! Unpacks in a thread of its own, while what is unpacked is read.
//!
//! Must not know what is in it.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, sync_channel};

/// Bytes of a block.
const BLOCK: u64 = 1 << 18;

/// Blocks that may wait to be read.
const WAITING: usize = 4;

/// What is unpacked, as it comes.
pub(crate) struct Blocks {
    blocks: Receiver<io::Result<Vec<u8>>>,
    block: Vec<u8>,
    /// How much of the block has been read.
    read: usize,
}

/// What `take` makes of what `packed` unpacks to.
pub(crate) fn beside<T>(mut packed: impl Read + Send, take: impl FnOnce(Blocks) -> T) -> T {
    std::thread::scope(|scope| {
        let (send, blocks) = sync_channel(WAITING);
        scope.spawn(move || {
            loop {
                let mut block = Vec::new();
                let end = packed.by_ref().take(BLOCK).read_to_end(&mut block);
                let goes_on = matches!(end, Ok(count) if count > 0);
                // What came before the fault is read before it is told. Whoever reads may have given up.
                let block = Some(block).filter(|block| !block.is_empty()).map(Ok);
                if block.into_iter().chain(end.err().map(Err)).any(|next| send.send(next).is_err()) || !goes_on {
                    return;
                }
            }
        });
        take(Blocks { blocks, block: Vec::new(), read: 0 })
    })
}

impl Read for Blocks {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Blocks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read >= self.block.len() {
            // The end is where nothing comes any more.
            self.block = self.blocks.recv().unwrap_or_else(|_| Ok(Vec::new()))?;
            self.read = 0;
        }
        Ok(self.block.get(self.read..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.read = (self.read + count).min(self.block.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What breaks after some bytes.
    struct Broken(u64);

    impl Read for Broken {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = into.len().min(usize::try_from(self.0).unwrap_or(usize::MAX));
            self.0 -= count as u64;
            if count == 0 { Err(io::Error::other("broken")) } else { Ok(count) }
        }
    }

    #[test]
    fn all_that_is_unpacked_is_read() {
        for bytes in [0, 1, BLOCK - 1, BLOCK, 7 * BLOCK + 3] {
            let read = beside(io::repeat(7).take(bytes), |mut blocks| {
                let mut all = Vec::new();
                blocks.read_to_end(&mut all).map(|_| all.len() as u64)
            });
            assert_eq!(read.unwrap(), bytes);
        }
    }

    #[test]
    fn what_breaks_is_told_and_who_gives_up_waits_for_nothing() {
        let mut before = Vec::new();
        let read = beside(Broken(2 * BLOCK + 5), |mut blocks| blocks.read_to_end(&mut before));
        assert_eq!((read.unwrap_err().to_string(), before.len() as u64), ("broken".to_owned(), 2 * BLOCK + 5));
        let first = beside(io::repeat(7), |mut blocks| blocks.fill_buf().map(<[u8]>::len));
        assert_eq!(first.unwrap() as u64, BLOCK);
    }
}
