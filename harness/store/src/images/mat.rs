//! As much of MATLAB's MAT-file format (level 5) as the ImageNet development kit's `meta.mat` needs: the struct array
//! `synsets` with its fields `ILSVRC2012_ID` and `WNID`.
//!
//! Must not grow into a MAT library: other variables, fields and types are skipped. Damaged files are errors, never
//! panics. Format: "MAT-File Format", The MathWorks, chapter 1.

use std::io::Read;

/// A synset of the development kit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synset {
    /// `ILSVRC2012_ID`, from 1.
    pub id: u32,
    /// `WNID`: `n01440764`.
    pub wnid: String,
}

type Parsed<T> = Result<T, String>;

const MI_INT8: u32 = 1;
const MI_COMPRESSED: u32 = 15;
const MI_MATRIX: u32 = 14;
const CLASS_STRUCT: u8 = 2;
/// All variables together: meta.mat is 200 kB unpacked.
const LARGEST: u64 = 64 << 20;

/// The synsets of a `meta.mat`, in the file's order.
///
/// # Errors
/// What in the bytes is not as it should be.
pub fn synsets(bytes: &[u8]) -> Parsed<Vec<Synset>> {
    if bytes.len() < 128 || &bytes[126..128] != b"IM" || bytes[124..126] != [0, 1] {
        return Err("no header of a little-endian level 5 MAT-file".to_owned());
    }
    let mut rest = &bytes[128..];
    let mut left = LARGEST;
    while !rest.is_empty() {
        let element = element(&mut rest)?;
        let inflated;
        let matrix = match element.kind {
            MI_COMPRESSED => {
                let mut plain = Vec::new();
                let decoder = flate2::read::ZlibDecoder::new(element.data);
                decoder
                    .take(left)
                    .read_to_end(&mut plain)
                    .map_err(|error| format!("a variable does not decompress ({error})"))?;
                left -= plain.len() as u64;
                if left == 0 {
                    return Err(format!("its variables are {LARGEST} bytes or more"));
                }
                inflated = plain;
                self::element(&mut inflated.as_slice()).and_then(|inner| matrix(&inner))?
            }
            _ => matrix(&element)?,
        };
        if matrix.name == b"synsets" && matrix.class == CLASS_STRUCT {
            return fields(&matrix);
        }
    }
    Err("no struct array named synsets".to_owned())
}

/// A data element: its type and bytes.
struct Element<'a> {
    kind: u32,
    data: &'a [u8],
}

fn element<'a>(rest: &mut &'a [u8]) -> Parsed<Element<'a>> {
    let cut = || "it is cut off".to_owned();
    let word = |at: usize| Some(u32::from_le_bytes(rest.get(at..at + 4)?.try_into().ok()?));
    let tag = word(0).ok_or_else(cut)?;
    // A small element: the length in the tag's upper half, the data in the tag's second word.
    let (kind, size, start, end) = if tag >> 16 != 0 {
        let size = (tag >> 16) as usize;
        if size > 4 {
            return Err("a small element of more than 4 bytes".to_owned());
        }
        (tag & 0xffff, size, 4, 8)
    } else {
        let size = word(4).ok_or_else(cut)? as usize;
        // Everything but compressed data is padded to 8 bytes.
        let padded = if tag == MI_COMPRESSED { size } else { size.checked_next_multiple_of(8).ok_or_else(cut)? };
        (tag, size, 8, padded.checked_add(8).ok_or_else(cut)?)
    };
    let data = rest.get(start..start + size).ok_or_else(cut)?;
    // The last element's padding may be missing.
    *rest = rest.get(end..).unwrap_or_default();
    Ok(Element { kind, data })
}

/// A matrix: its head, and the bytes behind it.
struct Matrix<'a> {
    class: u8,
    count: usize,
    name: &'a [u8],
    rest: &'a [u8],
}

fn matrix<'a>(element: &Element<'a>) -> Parsed<Matrix<'a>> {
    if element.kind != MI_MATRIX {
        return Err(format!("an element of type {} where a matrix should be", element.kind));
    }
    let mut rest = element.data;
    if rest.is_empty() {
        // An empty matrix may have no head at all.
        return Ok(Matrix { class: 0, count: 0, name: &[], rest });
    }
    let flags = self::element(&mut rest)?;
    let class = *flags.data.first().ok_or("a matrix without flags")?;
    let dimensions = self::element(&mut rest)?;
    let mut sizes =
        dimensions.data.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]) as usize);
    let count = sizes.try_fold(1_usize, usize::checked_mul).ok_or("a matrix of impossible size")?;
    let name = self::element(&mut rest)?.data;
    Ok(Matrix { class, count, name, rest })
}

/// A struct array's body: the fields' names, then for each struct a matrix a field.
fn fields(array: &Matrix<'_>) -> Parsed<Vec<Synset>> {
    let mut rest = array.rest;
    let width =
        element(&mut rest)?.data.try_into().map(u32::from_le_bytes).map_err(|_| "no length of field names")? as usize;
    let names = element(&mut rest)?;
    if names.kind != MI_INT8 || width == 0 {
        return Err("no field names".to_owned());
    }
    let names: Vec<&[u8]> =
        names.data.chunks(width).map(|name| name.split(|byte| *byte == 0).next().unwrap_or_default()).collect();
    let place = |wanted: &str| {
        names.iter().position(|name| *name == wanted.as_bytes()).ok_or_else(|| format!("synsets has no field {wanted}"))
    };
    let (id_at, wnid_at) = (place("ILSVRC2012_ID")?, place("WNID")?);
    let mut synsets = Vec::new();
    for index in 0..array.count {
        let mut synset = Synset { id: 0, wnid: String::new() };
        for field in 0..names.len() {
            let value = matrix(&element(&mut rest)?)?;
            let wrong = |what: &str| format!("synset {}: {what}", index + 1);
            if field == id_at {
                synset.id = number(&value).ok_or_else(|| wrong("its ILSVRC2012_ID is no whole number"))?;
            } else if field == wnid_at {
                synset.wnid = text(&value).ok_or_else(|| wrong("its WNID is no text"))?;
            }
        }
        synsets.push(synset);
    }
    Ok(synsets)
}

/// One whole number, however it was packed.
fn number(matrix: &Matrix<'_>) -> Option<u32> {
    let mut rest = matrix.rest;
    let element = element(&mut rest).ok()?;
    let data = element.data;
    let value = match element.kind {
        1 => f64::from(i8::from_le_bytes(data.try_into().ok()?)),
        2 => f64::from(u8::from_le_bytes(data.try_into().ok()?)),
        3 => f64::from(i16::from_le_bytes(data.try_into().ok()?)),
        4 => f64::from(u16::from_le_bytes(data.try_into().ok()?)),
        5 => f64::from(i32::from_le_bytes(data.try_into().ok()?)),
        6 => f64::from(u32::from_le_bytes(data.try_into().ok()?)),
        7 => f64::from(f32::from_le_bytes(data.try_into().ok()?)),
        9 => f64::from_le_bytes(data.try_into().ok()?),
        _ => return None,
    };
    (matrix.count == 1 && value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value)).then_some(value as u32)
}

/// A row of ASCII characters, of one or two bytes each.
fn text(matrix: &Matrix<'_>) -> Option<String> {
    let mut rest = matrix.rest;
    let element = element(&mut rest).ok()?;
    let bytes: Vec<u8> = match element.kind {
        1 | 2 | 16 => element.data.to_vec(),
        3 | 4 | 17 => {
            element.data.chunks_exact(2).map(|pair| (pair[1] == 0).then_some(pair[0])).collect::<Option<_>>()?
        }
        _ => return None,
    };
    (!bytes.is_empty() && bytes.is_ascii()).then(|| String::from_utf8_lossy(&bytes).trim_end().to_owned())
}
