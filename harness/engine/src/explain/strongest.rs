//! The strongest activations of feature maps over a set of pictures.
//!
//! Must not keep pictures: it says which and where.

use tch::{Kind, Tensor};

use super::project::Place;
use crate::error::{Error, Result};
use crate::ops::int;

/// An activation and where it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Winner {
    /// The picture, by its number in the set.
    pub picture: usize,
    /// The place in the map.
    pub place: Place,
    /// The activation.
    pub value: f32,
}

/// The strongest activations so far, of every map of one layer.
#[derive(Debug, Clone)]
pub struct Strongest {
    keep: usize,
    /// Of each channel, the strongest first.
    maps: Vec<Vec<Winner>>,
    /// What each picture was cut from.
    owners: Vec<usize>,
}

impl Strongest {
    /// Keeps so many an owner and map.
    #[must_use]
    pub fn new(keep: usize) -> Strongest {
        Strongest { keep, maps: Vec::new(), owners: Vec::new() }
    }

    /// Looks at the next pictures' values, `[N, C, H, W]` or `[N, C]`. Of each picture the strongest place counts (the
    /// first of equals), and of each owner (a photograph that several pictures were cut from) the strongest picture.
    ///
    /// # Errors
    /// Values of another shape, or not as many owners as pictures.
    pub fn add(&mut self, values: &Tensor, owners: &[usize]) -> Result<()> {
        let size = values.size();
        let (count, channels) = (size[0], size.get(1).copied().unwrap_or(0));
        if !matches!(size.len(), 2 | 4) || count != int(owners.len()) {
            return Err(Error::Other(format!("values of size {size:?} for {} pictures", owners.len())));
        }
        let width = size.get(3).copied().unwrap_or(1).max(1);
        let (best, at) = values.f_reshape([count, channels, -1])?.f_max_dim(2, false)?;
        let best = Vec::<f32>::try_from(best.f_to_kind(Kind::Float)?.f_to_device(tch::Device::Cpu)?.f_reshape([-1])?)?;
        let at = Vec::<i64>::try_from(at.f_to_device(tch::Device::Cpu)?.f_reshape([-1])?)?;
        let channels = usize::try_from(channels).unwrap_or(0);
        self.maps.resize(channels, Vec::new());
        for (number, owner) in owners.iter().enumerate() {
            let picture = self.owners.len();
            self.owners.push(*owner);
            for channel in 0..channels {
                let (value, at) = (best[number * channels + channel], at[number * channels + channel]);
                let [row, column] = [at / width, at % width].map(|side| usize::try_from(side).unwrap_or(0));
                self.offer(channel, Winner { picture, place: Place { channel, row, column }, value });
            }
        }
        Ok(())
    }

    fn offer(&mut self, channel: usize, winner: Winner) {
        let map = &mut self.maps[channel];
        let owner = self.owners[winner.picture];
        if let Some(known) = map.iter().position(|other| self.owners[other.picture] == owner) {
            if map[known].value >= winner.value {
                return;
            }
            map.remove(known);
        }
        let after = map.partition_point(|other| other.value >= winner.value);
        map.insert(after, winner);
        map.truncate(self.keep);
    }

    /// How many maps there are.
    #[must_use]
    pub fn maps(&self) -> usize {
        self.maps.len()
    }

    /// A map's strongest activations, the strongest first.
    #[must_use]
    pub fn of(&self, channel: usize) -> &[Winner] {
        self.maps.get(channel).map_or(&[], Vec::as_slice)
    }
}
