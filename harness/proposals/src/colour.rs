//! A picture in another colour space, eight bits a channel. Must not know what is done with it.
//!
//! Eight bits because the authors' code rounds to them before it segments and counts (`Image2ColourSpace.m`). It reckons in doubles
//! of 0 to 1 and rounds halves up; so does this, in the same order, since halves are frequent in hues.

use std::array;

use images::Rgb;

/// A colour space whose channels are brought to 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColourSpace {
    /// Red, green, blue as they are.
    Rgb,
    /// Hue (its circle is cut at red), saturation, value.
    Hsv,
    /// CIE L*a*b* of sRGB under D50, as ICC profiles code it in eight bits: L* times 2.55, a* and b* plus 128. D50 because the
    /// authors' `makecform('srgb2lab')` stands for the white of profiles.
    Lab,
    /// Red and green as shares of the sum, a third each in black, and the luma of ITU-R BT.601.
    Rgi,
    /// An opponent space after Gevers and Geusebroek, each channel stretched to its least and greatest value in the picture.
    Opponent,
}

/// Three channels of a picture, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channels {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Each `[height, width]`.
    pub planes: [Vec<u8>; 3],
}

/// From linear sRGB to XYZ under D50 (the primaries of IEC 61966-2-1, adapted by Bradford's matrix), each row divided by the white.
const TO_WHITE: [[f64; 3]; 3] = [
    [0.436_074_7 / 0.964_22, 0.385_064_9 / 0.964_22, 0.143_080_4 / 0.964_22],
    [0.222_504_5, 0.716_878_6, 0.060_616_9],
    [0.013_932_2 / 0.825_21, 0.097_104_5 / 0.825_21, 0.714_173_3 / 0.825_21],
];

/// Luma of red, green and blue: the first row of the inverse of the matrix from YIQ, as MATLAB's `rgb2gray` has it.
const LUMA: [f64; 3] = [0.298_936_021_293_775, 0.587_043_074_451_121, 0.114_020_904_255_103];

/// Intensity, blue against yellow, red against green (`Rgb2Ooo.m`). Factors of a row do not matter: it is stretched.
const OPPONENT: [[f64; 3]; 3] = [
    [0.000_233_846, 0.002_619_68, 0.001_271_35],
    [0.000_726_333, 0.000_718_106, -0.001_213_77],
    [0.000_846_833, -0.001_739_32, 0.000_221_515],
];

impl ColourSpace {
    /// The picture's channels in this space. The picture must have three bytes a pixel.
    #[must_use]
    pub fn channels(self, picture: &Rgb) -> Channels {
        let (width, height) = (picture.width as usize, picture.height as usize);
        let pixels = || picture.pixels.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]]);
        let converter = Converter { space: self, linear: array::from_fn(|byte| linear(byte as f64 / 255.0)) };
        let range = match self {
            ColourSpace::Opponent => pixels().map(|pixel| converter.values(pixel)).fold(None, widened),
            _ => None,
        };
        let mut planes: [Vec<u8>; 3] = array::from_fn(|_| Vec::with_capacity(width * height));
        // Pixels next to each other are often the same, and cube roots are slow.
        let mut last = None;
        for pixel in pixels() {
            let rounded = match last {
                Some((known, rounded)) if known == pixel => rounded,
                _ => stretched(converter.values(pixel), range).map(|value| (value * 255.0 + 0.5) as u8),
            };
            last = Some((pixel, rounded));
            for (plane, value) in planes.iter_mut().zip(rounded) {
                plane.push(value);
            }
        }
        Channels { width, height, planes }
    }
}

/// The least and the greatest value of each channel.
type Range = Option<[[f64; 2]; 3]>;

fn widened(range: Range, values: [f64; 3]) -> Range {
    let range = range.unwrap_or(values.map(|value| [value; 2]));
    Some(array::from_fn(|at| [range[at][0].min(values[at]), range[at][1].max(values[at])]))
}

fn stretched(values: [f64; 3], range: Range) -> [f64; 3] {
    let Some(range) = range else { return values };
    array::from_fn(|at| {
        let [least, most] = range[at];
        if most > least { (values[at] - least) / (most - least) } else { 0.0 }
    })
}

struct Converter {
    space: ColourSpace,
    /// Of each byte, without sRGB's transfer function.
    linear: [f64; 256],
}

impl Converter {
    /// Before it is stretched, if it is; else 0 to 1.
    fn values(&self, pixel: [u8; 3]) -> [f64; 3] {
        let rgb = pixel.map(|byte| f64::from(byte) / 255.0);
        match self.space {
            ColourSpace::Rgb => rgb,
            ColourSpace::Hsv => hsv(rgb),
            ColourSpace::Lab => lab(pixel.map(|byte| self.linear[usize::from(byte)])),
            ColourSpace::Rgi => {
                let sum: f64 = rgb.iter().sum();
                let share = |value: f64| if sum > 0.0 { value / sum } else { 1.0 / 3.0 };
                [share(rgb[0]), share(rgb[1]), dot(&LUMA, rgb)]
            }
            ColourSpace::Opponent => OPPONENT.map(|row| dot(&row, rgb)),
        }
    }
}

fn dot(row: &[f64; 3], values: [f64; 3]) -> f64 {
    row.iter().zip(values).map(|(weight, value)| weight * value).sum()
}

/// In the order of MATLAB's `rgb2hsv`: blue goes before green before red where they are equal.
fn hsv([red, green, blue]: [f64; 3]) -> [f64; 3] {
    let most = red.max(green).max(blue);
    let range = most - red.min(green).min(blue);
    if range == 0.0 {
        return [0.0, 0.0, most];
    }
    let hue = match most {
        _ if blue == most => 4.0 + (red - green) / range,
        _ if green == most => 2.0 + (blue - red) / range,
        _ => (green - blue) / range,
    };
    let hue = hue / 6.0;
    [if hue < 0.0 { hue + 1.0 } else { hue }, range / most, most]
}

fn lab(linear: [f64; 3]) -> [f64; 3] {
    let [x, y, z] = TO_WHITE.map(|row| curve(dot(&row, linear)));
    [(116.0 * y - 16.0) / 100.0, (500.0 * (x - y) + 128.0) / 255.0, (200.0 * (y - z) + 128.0) / 255.0]
}

/// The transfer function of sRGB undone.
fn linear(value: f64) -> f64 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// CIE's cube root with its straight beginning.
fn curve(value: f64) -> f64 {
    if value > 216.0 / 24389.0 { value.cbrt() } else { (24389.0 / 27.0 * value + 16.0) / 116.0 }
}
