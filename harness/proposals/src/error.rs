//! What can be wrong with a picture or with settings. Must not name anything but the cause and the way out.

/// Why no proposals were made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// Width and height of the picture are not those of its pixels.
    #[error(
        "a {width}×{height} picture comes with {bytes} bytes, not three a pixel; decode it again or mend what made it"
    )]
    Shape {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// How many bytes there are.
        bytes: usize,
    },
    /// No box on the picture can have the sides that are asked for.
    #[error(
        "a {width}×{height} picture has no box with sides of {side} pixels; take a larger one or ask for a smaller `min_side`"
    )]
    TooSmall {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The shortest side that a box may have.
        side: u32,
    },
    /// More pixels than pictures may have.
    #[error("a {width}×{height} picture has more than {limit} pixels; scale it down first", limit = images::MAX_PIXELS)]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// A list of settings without an entry: nothing would be searched.
    #[error("`{0}` is empty, so there is nothing to search by; give at least one")]
    Empty(&'static str),
    /// A number outside what it can mean.
    #[error("`{name}` is {value}; it must be {wanted}")]
    Number {
        /// The setting.
        name: &'static str,
        /// What it is.
        value: f64,
        /// What it may be.
        wanted: &'static str,
    },
}
