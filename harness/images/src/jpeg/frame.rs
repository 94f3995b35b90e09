//! The frame header of a JPEG: enough to refuse, in plain words and before anything is allocated, what cannot be decoded.
//! Must not look into the entropy-coded data.

use crate::Error;

/// libjpeg-turbo's own advice against pictures of endless scans; encoders write about ten.
const MAX_SCANS: usize = 500;

/// What the start-of-frame segment says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    /// The second byte of the marker: 0xC0 is baseline, 0xC2 progressive.
    kind: u8,
    /// Bits a sample.
    precision: u8,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: u8,
}

impl Frame {
    /// Walks the segments up to the first frame header.
    pub(super) fn find(bytes: &[u8], name: &str) -> Result<Frame, Error> {
        let cut = || Error::CutShort {
            name: name.to_owned(),
            detail: format!("the data end after {} bytes, within the header", bytes.len()),
        };
        let mut at = 2;
        loop {
            // Garbage between segments and fill bytes are skipped, as libjpeg does.
            at += bytes.get(at..).unwrap_or_default().iter().position(|&b| b == 0xff).ok_or_else(cut)?;
            at += bytes[at..].iter().position(|&b| b != 0xff).ok_or_else(cut)?;
            let marker = bytes[at];
            at += 1;
            match marker {
                0x00 | 0x01 | 0xd0..=0xd8 => continue,
                0xd9 => return Err(damaged(name, "it ends before any picture begins")),
                0xda => return Err(damaged(name, "a scan comes before any frame header")),
                _ => {}
            }
            let length = match bytes.get(at..at + 2) {
                Some(&[high, low]) => usize::from(u16::from_be_bytes([high, low])),
                _ => return Err(cut()),
            };
            // 0xC4, 0xC8 and 0xCC are tables and a reserved marker among the frame headers.
            if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
                let Some(&[precision, h1, h0, w1, w0, components]) = bytes.get(at + 2..at + 8) else {
                    return Err(cut());
                };
                return Ok(Frame {
                    kind: marker,
                    precision,
                    width: u16::from_be_bytes([w1, w0]).into(),
                    height: u16::from_be_bytes([h1, h0]).into(),
                    components,
                });
            }
            at += length.max(2);
        }
    }

    /// Refuses what cannot be a sound picture, before its size is believed: a few bytes that ask for hundreds of megabytes, or
    /// that walk over every pixel ten thousand times.
    pub(super) fn check_cost(&self, bytes: &[u8], name: &str) -> Result<(), Error> {
        // The code of a block's mean alone takes a bit, and one channel at least has a block for every 8×8 pixels.
        let blocks = u64::from(self.width.div_ceil(8)) * u64::from(self.height.div_ceil(8));
        if blocks > bytes.len() as u64 * 8 {
            let Frame { width, height, .. } = self;
            let detail = format!("{} bytes cannot hold {width}×{height} pixels", bytes.len());
            return Err(Error::CutShort { name: name.to_owned(), detail });
        }
        let scans = scans(bytes);
        if scans > MAX_SCANS {
            return Err(damaged(name, &format!("it has {scans} scans; more than {MAX_SCANS} are no picture")));
        }
        Ok(())
    }

    /// Refuses what Pillow or this build of the decoder cannot read.
    pub(super) fn check(&self, name: &str) -> Result<(), Error> {
        let what = match (self.kind, self.precision, self.components) {
            (0xc3 | 0xcb, ..) => "a lossless JPEG".to_owned(),
            (0xc5..=0xc7 | 0xcd..=0xcf, ..) => "a hierarchical JPEG".to_owned(),
            (_, bits, _) if bits != 8 => format!("a JPEG of {bits} bits a channel"),
            (0xc9 | 0xca, ..) => "an arithmetic-coded JPEG".to_owned(),
            (_, _, 1 | 3 | 4) => return Ok(()),
            (_, _, channels) => format!("a JPEG of {channels} channels"),
        };
        Err(Error::Unsupported { name: name.to_owned(), what })
    }
}

/// How many scans there are up to the end of the picture: not those of a preview in front, nor what follows it (a phone's
/// film).
fn scans(bytes: &[u8]) -> usize {
    let (mut at, mut count) = (2, 0);
    while let Some([0xff, marker]) = bytes.get(at..at + 2).and_then(|pair| <[u8; 2]>::try_from(pair).ok()) {
        match marker {
            0xff => at += 1,
            0xd9 => break,
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4) else { break };
                at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2);
                if marker == 0xda {
                    count += 1;
                    // Within coded data 0xff is followed by 0x00 or a restart.
                    let rest = bytes.get(at..).unwrap_or_default();
                    let end = rest
                        .windows(2)
                        .position(|pair| pair[0] == 0xff && pair[1] != 0 && !(0xd0..=0xd7).contains(&pair[1]));
                    let Some(end) = end else { break };
                    at += end;
                }
            }
        }
    }
    count
}

fn damaged(name: &str, detail: &str) -> Error {
    Error::Damaged { name: name.to_owned(), detail: detail.to_owned() }
}
