//! Archives: what is taken, what is refused, and that nothing lands outside.

use std::path::Path;

use proptest::prelude::*;
use spec::lock::ArchiveFormat;
use store::Error;
use store::archive::{Limits, extract, list, sniff, unpack};
use store::manifest::Listing;

use crate::fixture::{Place, all_files, bytes, gz, tar, zip};

const SMALL: Limits = Limits { bytes: 100_000, stream: 200_000, members: 100 };

fn all(name: &str) -> Option<String> {
    Some(name.to_owned())
}

fn into(place: &Place, archive: &Path) -> Result<Listing, Error> {
    unpack(archive, &place.path("in/out"), &all, SMALL, None)
}

/// A tar of one entry of any kind, with a name that the builder itself would refuse.
fn raw_tar(kind: tar::EntryType, name: &str, link: &str, data: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.as_mut_bytes()[157..157 + link.len()].copy_from_slice(link.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_size(data.len() as u64);
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, data).unwrap();
    builder.into_inner().unwrap()
}

#[test]
fn all_formats_give_the_same_files_whatever_the_suffix() {
    let place = Place::new();
    let (one, two) = (bytes(3000, 1), bytes(10, 2));
    let files: [(&str, &[u8]); 2] = [("a/one.JPEG", &one), ("two", &two)];
    let plain = tar(&files);
    let mut roots = Vec::new();
    for (name, data, format) in [
        ("x.tar.gz", plain.clone(), ArchiveFormat::Tar),
        ("x.zip", gz(&plain), ArchiveFormat::TarGz),
        ("x.tar", zip(&files), ArchiveFormat::Zip),
    ] {
        let archive = place.write(name, &data);
        assert_eq!(sniff(&archive).unwrap(), format);
        let to = place.path(&format!("out-{format}"));
        let listing = unpack(&archive, &to, &all, SMALL, None).unwrap();
        assert_eq!(all_files(&to), ["a/one.JPEG", "two"]);
        assert_eq!(fs_err::read(to.join("a/one.JPEG")).unwrap(), one);
        assert_eq!(listing, list(&archive, &[], SMALL).unwrap());
        assert_eq!(listing, Listing::of_folder(&to).unwrap());
        roots.push(listing.root());
    }
    assert!(roots.iter().all(|root| *root == roots[0]));
    let single = place.write("labels.gz", &gz(&one));
    assert_eq!(sniff(&single).unwrap(), ArchiveFormat::Gz);
    unpack(&single, &place.path("single"), &all, SMALL, None).unwrap();
    assert_eq!(all_files(&place.path("single")), ["labels"]);
}

#[test]
fn escapes_devices_and_outside_links_are_refused() {
    use tar::EntryType::{Block, Char, Fifo, Link, Regular, Symlink};
    let place = Place::new();
    let bad = [
        (raw_tar(Regular, "../escaped", "", b"x"), "climbs out"),
        (raw_tar(Regular, "a/../../escaped", "", b"x"), "climbs out"),
        (raw_tar(Regular, "/tmp/escaped-absolute", "", b"x"), "absolute"),
        (raw_tar(Regular, "a\\..\\b", "", b"x"), "backslash"),
        (raw_tar(Regular, "a\nb", "", b"x"), "control character"),
        (raw_tar(Symlink, "link", "/etc/passwd", b""), "leaves the folder"),
        (raw_tar(Symlink, "a/link", "../../secret", b""), "leaves the folder"),
        (raw_tar(Link, "link", "../secret", b""), "leaves the folder"),
        (raw_tar(Symlink, "link", "nowhere", b""), "no file unpacked"),
        (raw_tar(Char, "dev", "", b""), "neither file, folder nor link"),
        (raw_tar(Block, "dev", "", b""), "neither file, folder nor link"),
        (raw_tar(Fifo, "pipe", "", b""), "neither file, folder nor link"),
        (zip(&[("../escaped", b"x")]), "climbs out"),
        (zip(&[("/tmp/escaped-absolute", b"x")]), "absolute"),
    ];
    for (data, why) in bad {
        let archive = place.write("archive", &data);
        let error = into(&place, &archive).unwrap_err();
        assert!(matches!(error, Error::Archive { .. }) && error.to_string().contains(why), "{why}: {error}");
        assert!(!place.path("escaped").exists() && !place.path("in/escaped").exists());
    }
    assert!(!Path::new("/tmp/escaped-absolute").exists());
}

#[test]
fn links_inside_become_copies() {
    let place = Place::new();
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    builder.append_link(&mut header, "d/link", "../real").unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_size(4);
    header.set_mode(0o644);
    builder.append_data(&mut header, "real", &b"real"[..]).unwrap();
    let archive = place.write("a.tar", &builder.into_inner().unwrap());
    let listing = into(&place, &archive).unwrap();
    let copy = place.path("in/out/d/link");
    assert!(fs_err::symlink_metadata(&copy).unwrap().is_file());
    assert_eq!(fs_err::read(copy).unwrap(), b"real");
    assert_eq!(listing, list(&archive, &[], SMALL).unwrap());
}

#[test]
fn bombs_stop_at_the_limit() {
    let place = Place::new();
    let zeros = vec![0; 5_000_000];
    let many: Vec<(String, Vec<u8>)> = (0..200).map(|index| (format!("f{index}"), vec![])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, data)| (name.as_str(), data.as_slice())).collect();
    for (data, why) in [
        (gz(&zeros), "more than 100000 bytes"),
        (gz(&tar(&[("zeros", &zeros)])), "bytes come out"),
        (zip(&[("zeros", &zeros)]), "more than 100000 bytes"),
        (tar(&many), "more than 100 members"),
    ] {
        let archive = place.write("bomb", &data);
        let error = into(&place, &archive).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    // What is left out is limited as well, where it must be decompressed to be passed over.
    let archive = place.write("bomb", &gz(&tar(&[("zeros", &zeros), ("a.txt", b"x")])));
    let error = list(&archive, &[".txt".to_owned()], SMALL).unwrap_err().to_string();
    assert!(error.contains("more than 200000 bytes"), "{error}");
}

#[test]
fn damage_is_told() {
    let place = Place::new();
    let data = bytes(50_000, 3);
    let whole = gz(&tar(&[("f", &data)]));
    let cut = place.write("a.tgz", &whole[..whole.len() / 2]);
    assert!(into(&place, &cut).unwrap_err().to_string().contains("damaged or cut off"));
    let page = place.write("a.zip", b"<!DOCTYPE html><html>Not found</html>");
    assert!(into(&place, &page).unwrap_err().to_string().contains("neither tar, gzip nor zip"));
    let empty = place.write("empty.tar", b"");
    assert!(matches!(into(&place, &empty), Err(Error::Archive { .. })));
}

#[test]
fn single_members_come_out_in_one_pass() {
    let place = Place::new();
    let archive = place.write("a.tgz", &gz(&tar(&[("p/a", b"A"), ("p/b", b"B"), ("p/c", b"C")])));
    let wanted = [("p/a", "a"), ("./p/c", "c"), ("p/none", "n")];
    let wanted = wanted.iter().map(|(member, to)| ((*member).to_owned(), place.path(to))).collect();
    assert_eq!(extract(&archive, &wanted, SMALL).unwrap(), ["p/none"]);
    assert_eq!(fs_err::read(place.path("a")).unwrap(), b"A");
    assert_eq!(fs_err::read(place.path("c")).unwrap(), b"C");
    assert!(!place.path("b").exists());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is flipped in an archive, nothing panics and nothing lands outside.
    #[test]
    fn flipped_bytes_do_no_harm(kind in 0usize..3, at in 0.0f64..1.0, value: u8) {
        let place = Place::new();
        let files: [(&str, &[u8]); 2] = [("a/one", &[1; 700]), ("two", &[2; 10])];
        let mut data = match kind { 0 => tar(&files), 1 => gz(&tar(&files)), _ => zip(&files) };
        let at = (at * data.len() as f64) as usize;
        data[at] = value;
        let archive = place.write("archive", &data);
        let _ = into(&place, &archive);
        let outside: Vec<String> = all_files(place.dir.path()).into_iter().filter(|path| path != "archive" && !path.starts_with("in/out/")).collect();
        prop_assert!(outside.is_empty(), "{:?}", outside);
    }
}
