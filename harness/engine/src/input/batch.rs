//! Pixels become the network's input: colour order, mean, std, `[N, 3, H, W]`.
//!
//! Must not know where pixels come from.

use images::Crop;
use spec::protocol::{Colour, Input};
use tch::{Device, Kind, Tensor};

use crate::error::{Error, Result};

/// How pixels of one set of weights become numbers: a table of 256 values for each channel, in the network's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalisation {
    /// Which of red, green and blue each of the network's channels is.
    order: [usize; 3],
    table: [[f32; 256]; 3],
}

impl Normalisation {
    /// (value · range / 255 - mean) / std, computed in f64.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the network reads single precision")]
    pub fn new(input: &Input) -> Normalisation {
        let number = |channel: usize, value: usize| {
            let scaled = value as f64 * f64::from(input.range) / 255.0;
            ((scaled - f64::from(input.mean[channel])) / f64::from(input.std[channel])) as f32
        };
        Normalisation {
            order: match input.colour {
                Colour::Rgb => [0, 1, 2],
                Colour::Bgr => [2, 1, 0],
            },
            table: std::array::from_fn(|channel| std::array::from_fn(|value| number(channel, value))),
        }
    }

    /// The crops as a batch `[N, 3, H, W]` in f32 on the CPU, in NHWC order in memory.
    ///
    /// # Errors
    /// Crops of different sizes, or memory that does not suffice.
    pub fn batch(&self, crops: &[Crop]) -> Result<Tensor> {
        let [height, width] = size(crops)?;
        let mut numbers = vec![0.0f32; (height * width) as usize * 3 * crops.len()];
        let pixels = crops.iter().flat_map(|crop| crop.pixels.as_chunks::<3>().0);
        for (out, pixel) in numbers.as_chunks_mut::<3>().0.iter_mut().zip(pixels) {
            for channel in 0..3 {
                out[channel] = self.table[channel][usize::from(pixel[self.order[channel]])];
            }
        }
        let batch = Tensor::f_from_slice(&numbers)?.f_reshape([crops.len() as i64, height, width, 3])?;
        Ok(batch.f_permute([0, 3, 1, 2])?)
    }

    /// The same on a device: bytes go over, and the numbers are made there, since the bus is slower than both.
    ///
    /// # Errors
    /// As [`Normalisation::batch`], and what the device refuses.
    pub fn batch_on(&self, crops: &[Crop], device: Device) -> Result<Tensor> {
        if device == Device::Cpu {
            return self.batch(crops);
        }
        let [height, width] = size(crops)?;
        let pixels: Vec<u8> = crops.iter().flat_map(|crop| &crop.pixels).copied().collect();
        let bytes =
            Tensor::f_from_slice(&pixels)?.f_reshape([crops.len() as i64, height, width, 3])?.f_to_device(device)?;
        let channels = (0..3).map(|channel| {
            // The same table, so that the numbers are the same to the bit.
            let table = Tensor::f_from_slice(&self.table[channel])?.f_to_device(device)?;
            let plane = bytes.f_select(3, self.order[channel] as i64)?.f_to_kind(Kind::Int)?;
            Ok(table.f_index_select(0, &plane.f_flatten(0, -1)?)?.f_reshape([crops.len() as i64, height, width])?)
        });
        let channels = channels.collect::<Result<Vec<Tensor>>>()?;
        Ok(Tensor::f_stack(&channels, 3)?.f_permute([0, 3, 1, 2])?)
    }
}

/// Rows and columns of crops that are all of one size.
fn size(crops: &[Crop]) -> Result<[i64; 2]> {
    let size = |crop: &Crop| [i64::from(crop.height), i64::from(crop.width)];
    let first = crops.first().map_or([0, 0], size);
    if crops.iter().any(|crop| size(crop) != first) {
        return Err(Error::Other("the crops of a batch differ in size".to_owned()));
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crop() -> Crop {
        Crop { width: 2, height: 2, weight: 1.0, pixels: (0..12).map(|value| value * 20).collect() }
    }

    #[test]
    fn colour_order_mean_and_std() {
        let input = Input { colour: Colour::Bgr, range: 255.0, mean: [1.0, 2.0, 3.0], std: [1.0, 1.0, 2.0] };
        let batch = Normalisation::new(&input).batch(&[crop(), crop()]).unwrap();
        assert_eq!(batch.size(), [2, 3, 2, 2]);
        // The pixel at row 1, column 0 is (120, 140, 160): blue first.
        let at = |channel| batch.double_value(&[1, channel, 1, 0]);
        assert_eq!([at(0), at(1), at(2)], [159.0, 138.0, 58.5]);
    }

    #[test]
    fn range_one_is_torchvisions() {
        let input = Input { colour: Colour::Rgb, range: 1.0, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
        let batch = Normalisation::new(&input).batch(&[crop()]).unwrap();
        assert!((batch.double_value(&[0, 0, 0, 1]) - (60.0 / 255.0 - 0.485) / 0.229).abs() < 1e-6);
        assert!(torch_shim::is_channels_last(&batch).unwrap());
    }

    #[test]
    fn crops_of_two_sizes_are_refused() {
        let small = Crop { width: 1, height: 1, weight: 1.0, pixels: vec![0; 3] };
        let input = Input { colour: Colour::Rgb, range: 1.0, mean: [0.0; 3], std: [1.0; 3] };
        assert!(Normalisation::new(&input).batch(&[crop(), small]).is_err());
    }
}
