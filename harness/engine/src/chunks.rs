//! Long slices filled by several threads.
//!
//! Must give the same result with any number of threads: each chunk is filled by its index alone.

use std::sync::{Mutex, PoisonError};

/// Calls `fill` with the index and the memory of every chunk of `size` elements (the last may be shorter).
pub fn fill<T: Send>(data: &mut [T], size: usize, fill: impl Fn(usize, &mut [T]) + Sync) {
    let size = size.max(1);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(data.len().div_ceil(size));
    let queue = Mutex::new(data.chunks_mut(size).enumerate());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some((index, chunk)) = queue.lock().unwrap_or_else(PoisonError::into_inner).next() else {
                        break;
                    };
                    fill(index, chunk);
                }
            });
        }
    });
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_chunk_is_filled_once_by_its_index() {
        let mut data = vec![0; 1003];
        super::fill(&mut data, 10, |index, chunk| chunk.iter_mut().for_each(|value| *value += index + 1));
        assert!(data.iter().enumerate().all(|(place, value)| *value == place / 10 + 1));
        super::fill(&mut Vec::<u8>::new(), 10, |_, _| panic!("there is nothing to fill"));
    }
}
