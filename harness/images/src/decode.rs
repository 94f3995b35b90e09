//! Which decoder a file wants, by its first bytes and never by its name. Must not decode anything itself.

use std::path::Path;

use crate::limits::add_note;
use crate::{Error, Rgb, jpeg, packed, png};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";

/// Reads and decodes the picture at `path`, or at the address of one in a packed file ([`packed`]).
///
/// # Errors
/// Those of [`decode`], and [`Error::Read`].
pub fn load(path: &Path) -> Result<Rgb, Error> {
    if let Some((file, index)) = packed::place(path) {
        return packed::load(&file, index);
    }
    decode(&fs_err::read(path)?, &path.display().to_string())
}

/// Decodes a JPEG or PNG as Pillow's `Image.open(…).convert("RGB")` does; `name` is for messages and the suffix note.
///
/// EXIF orientation and colour profiles are ignored, as `Image.open` ignores them.
///
/// # Errors
/// When the bytes are another format, cut short, damaged, of an unsupported kind or too large; see [`Error`].
pub fn decode(bytes: &[u8], name: &str) -> Result<Rgb, Error> {
    let (mut picture, is, usual): (Rgb, &str, &[&str]) = if bytes.starts_with(JPEG) {
        (jpeg::decode(bytes, name)?, "JPEG", &["jpeg", "jpg", "jpe", "jfif"])
    } else if bytes.starts_with(PNG) {
        (png::decode(bytes, name)?, "PNG", &["png", "apng"])
    } else {
        return Err(not_a_picture(bytes, name));
    };
    if let Some(suffix) = Path::new(name).extension().and_then(|s| s.to_str())
        && !usual.contains(&suffix.to_ascii_lowercase().as_str())
    {
        add_note(&mut picture.note, format!("a {is} named .{suffix}"));
    }
    Ok(picture)
}

fn not_a_picture(bytes: &[u8], name: &str) -> Error {
    if bytes.len() < 12 && (JPEG.starts_with(bytes) || PNG.starts_with(bytes)) {
        let detail = if bytes.is_empty() { "it is empty".to_owned() } else { format!("{} bytes in all", bytes.len()) };
        return Error::CutShort { name: name.to_owned(), detail };
    }
    let found = match bytes {
        [b'G', b'I', b'F', b'8', ..] => "a GIF",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "a WebP",
        [b'B', b'M', ..] => "a BMP",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "a TIFF",
        [0, 0, 0, _, b'f', b't', b'y', b'p', ..] => "an AVIF, HEIC or video",
        [0, 0, 0, 12, b'j', b'P', ..] => "a JPEG 2000",
        [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', ..] => "a JPEG XL",
        [b'<', ..] => "text (HTML or XML, perhaps a failed download)",
        _ => "of an unknown format",
    };
    Error::Format { name: name.to_owned(), found: found.to_owned() }
}
