//! What can be wrong with a picture or with what is asked of it. Must not name anything but the file and the cause.

/// Why a picture was not read, or not cut as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("{0}; check that the file is there and readable")]
    Read(#[from] std::io::Error),
    /// Neither JPEG nor PNG by its first bytes.
    #[error("{name}: is {found}, not a JPEG or PNG; convert it or take it off the list")]
    Format {
        /// The file.
        name: String,
        /// What its first bytes say.
        found: String,
    },
    /// The data ends before the picture does.
    #[error("{name}: is cut short ({detail}); copy or fetch the file again")]
    CutShort {
        /// The file.
        name: String,
        /// Where the data ended.
        detail: String,
    },
    /// A kind of JPEG or PNG that is not read here.
    #[error("{name}: {what} is not read here; convert it to an 8-bit baseline or progressive JPEG, or to PNG")]
    Unsupported {
        /// The file.
        name: String,
        /// The kind.
        what: String,
    },
    /// The bytes contradict the format.
    #[error("{name}: is damaged ({detail}); copy or fetch the file again")]
    Damaged {
        /// The file.
        name: String,
        /// The decoder's words.
        detail: String,
    },
    /// More pixels than `MAX_PIXELS`.
    #[error("{name}: {width}×{height} is more than {limit} pixels; scale it down first", limit = crate::MAX_PIXELS)]
    TooLarge {
        /// The file.
        name: String,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The picture, after its resize, is smaller than the crop.
    #[error(
        "a {width}×{height} picture is smaller than the {size}×{size} crop; resize it first (torchvision would pad it with black)"
    )]
    SmallerThanCrop {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The crop's side in pixels.
        size: u32,
    },
    /// An `Rgb` whose pixels do not match its size.
    #[error("{bytes} bytes are not a {width}×{height} RGB picture; make it with `images::load` or `images::decode`")]
    Shape {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// How many bytes there are.
        bytes: usize,
    },
    /// A resize to nothing.
    #[error("a short side of 0 pixels is no size to resize to; correct the protocol's short_side")]
    NoSide,
    /// A picture that would be beyond `MAX_PIXELS` after its resize.
    #[error(
        "a {width}×{height} picture is too narrow for a short side of {short} pixels: its long side would be too long to compute; leave it out or cut it"
    )]
    Narrow {
        /// Width before, in pixels.
        width: u32,
        /// Height before, in pixels.
        height: u32,
        /// The short side asked for, in pixels.
        short: u32,
    },
    /// The thumbnail could not be written.
    #[error("cannot make a thumbnail of a {width}×{height} picture: {detail}; choose a `max_side` above zero")]
    Thumbnail {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The encoder's words.
        detail: String,
    },
}
