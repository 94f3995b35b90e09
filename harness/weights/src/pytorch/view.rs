//! A tensor's numbers out of its storage's bytes.
//!
//! Must not look outside of the storage, and must not take more memory than it is told.

use super::super::pickle::View;
use super::super::{Dtype, Problem, RawTensor, elements};
use super::dtype;

/// The numbers that a view shows, row-major; not more than `limit`. A view may show a number many times: an expanded tensor
/// has strides of 0, and windows overlap.
pub(super) fn tensor(view: &View, storage: &[u8], limit: usize) -> Result<RawTensor, Problem> {
    let dtype = dtype(&view.class)?;
    let stored = storage.len() / dtype.bytes();
    if usize::try_from(view.elements) != Ok(stored) {
        return Err(Problem::damaged(format!("its storage has {stored} elements, not {}", view.elements)));
    }
    let unsigned = |numbers: &[i64]| -> Result<Vec<usize>, Problem> {
        let numbers = numbers.iter().map(|number| usize::try_from(*number));
        numbers.collect::<Result<_, _>>().map_err(|_| Problem::damaged("has a negative size or stride"))
    };
    let (shape, strides) = (unsigned(&view.shape)?, unsigned(&view.strides)?);
    let offset = usize::try_from(view.offset).map_err(|_| Problem::damaged("has a negative offset"))?;
    if shape.len() != strides.len() {
        return Err(Problem::damaged(format!("has {} sizes and {} strides", shape.len(), strides.len())));
    }
    // An empty tensor shows nothing, however large its other sides are.
    if shape.contains(&0) {
        return Ok(RawTensor { shape, data: Vec::new() });
    }
    let count = elements(&shape)?;
    let last = shape
        .iter()
        .zip(&strides)
        .try_fold(offset, |place, (side, stride)| place.checked_add((side - 1).checked_mul(*stride)?));
    if last.is_none_or(|last| last >= stored) {
        return Err(Problem::damaged("reaches beyond its storage"));
    }
    if count > limit {
        return Err(Problem::unsupported(
            format!(
                "has {count} numbers, and the file's tensors show what is stored far more often than weights are shared"
            ),
            "save each with numbers of its own: `{name: tensor.clone() for name, tensor in state.items()}`",
        ));
    }
    Ok(RawTensor { data: numbers(dtype, storage, offset, &shape, &strides, count), shape })
}

/// The `count` numbers of a shape without a 0, all of which lie within the storage.
fn numbers(dtype: Dtype, storage: &[u8], offset: usize, shape: &[usize], strides: &[usize], count: usize) -> Vec<f32> {
    let mut row_major = vec![1; shape.len()];
    for i in (1..shape.len()).rev() {
        row_major[i - 1] = row_major[i] * shape[i];
    }
    // Only what is shown becomes numbers: many small tensors may look into one large storage.
    let bytes = |place: usize, count: usize| &storage[place * dtype.bytes()..(place + count) * dtype.bytes()];
    if strides == row_major || count == 1 {
        return dtype.to_f32(bytes(offset, count));
    }
    let place = |index: usize| {
        let steps = row_major.iter().zip(shape).zip(strides);
        offset + steps.map(|((unit, side), stride)| index / unit % side * stride).sum::<usize>()
    };
    let mut gathered = Vec::with_capacity(count * dtype.bytes());
    (0..count).for_each(|index| gathered.extend_from_slice(bytes(place(index), 1)));
    dtype.to_f32(&gathered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(offset: i64, shape: &[i64], strides: &[i64], elements: i64) -> View {
        let class = "torch.ByteStorage".into();
        View { class, key: "0".into(), elements, offset, shape: shape.to_vec(), strides: strides.to_vec() }
    }

    #[test]
    fn views_that_show_nothing_are_empty_wherever_they_look() {
        for (offset, shape) in
            [(9, vec![0]), (i64::MAX, vec![0, i64::MAX, i64::MAX]), (0, vec![0, 3]), (0, vec![i64::MAX, i64::MAX, 0])]
        {
            let strides = vec![i64::MAX; shape.len()];
            let tensor = tensor(&view(offset, &shape, &strides, 4), &[0; 4], 100).unwrap();
            assert!(tensor.data.is_empty() && tensor.shape.len() == shape.len());
        }
    }

    #[test]
    fn views_beyond_their_storage_are_refused() {
        for (offset, shape, strides) in [
            (4, &[1][..], &[1][..]),
            (1, &[2, 2], &[2, 1]),
            (0, &[2], &[4]),
            (0, &[2, 2], &[i64::MAX, i64::MAX]),
            (-1, &[1], &[1]),
            (0, &[-1], &[1]),
            (0, &[2], &[-1]),
            (4, &[5], &[0]),
            (0, &[1, 1], &[1]),
        ] {
            let problem = tensor(&view(offset, shape, strides, 4), &[0; 4], 100).unwrap_err();
            assert!(matches!(problem, Problem::Damaged(_)), "{offset} {shape:?} {strides:?}: {problem}");
        }
        let cut = tensor(&view(0, &[5], &[1], 5), &[0; 4], 100).unwrap_err();
        assert_eq!(cut, Problem::damaged("its storage has 4 elements, not 5"));
        let shown = tensor(&view(1, &[3], &[1], 4), &[9, 1, 2, 3], 100).unwrap();
        assert_eq!(shown.data, [1.0, 2.0, 3.0]);
    }

    #[test]
    fn numbers_that_are_shown_many_times_are_read_up_to_the_limit() {
        let read = |shape: &[i64], strides: &[i64], limit| tensor(&view(1, shape, strides, 4), &[9, 1, 2, 3], limit);
        assert_eq!(read(&[2, 3], &[0, 0], 6).unwrap().data, [1.0; 6]);
        assert_eq!(read(&[2, 3], &[0, 1], 6).unwrap().data, [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
        assert_eq!(read(&[3, 2], &[1, 0], 6).unwrap().data, [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
        // Windows that overlap.
        assert_eq!(read(&[2, 2], &[1, 1], 6).unwrap().data, [1.0, 2.0, 2.0, 3.0]);
        for sides in [&[7][..], &[1 << 31, 1 << 31]] {
            let problem = read(sides, &vec![0; sides.len()], 6).unwrap_err();
            assert!(matches!(problem, Problem::Unsupported { .. }), "{problem}");
            assert!(problem.to_string().contains("tensor.clone()"), "{problem}");
        }
        assert!(matches!(read(&[1 << 32, 1 << 32, 2], &[0; 3], 6), Err(Problem::Damaged(_))));
    }
}
