//! What the lock must hold beyond its types.
//!
//! Must not touch files or hashes of files: the `store` crate does.

mod labels;

use std::collections::HashMap;

use super::node::Node;
use super::problem::Problems;
use super::rules;
use crate::lock::{
    Access, AnnotatedImages, Annotations, CaptionedImages, Entry, File, HashCheck, Kind, LabelledImages, Lock, PartOf,
    Sentences, Source, TestedList, Unpack,
};

/// The format that this crate reads.
const VERSION: u32 = 1;

/// A shorter prefix of a hash fits too many files by chance.
const SHORTEST_PREFIX: usize = 8;

pub(crate) fn check(lock: &Lock, node: &Node, problems: &mut Problems<'_>) {
    if lock.version != VERSION {
        let message = format!("version {} of the lock is not known; this program reads {VERSION}", lock.version);
        problems.add(node.at("version").place(), message);
    }
    let entries = node.at("entries");
    rules::ids("entry", "id", entries, lock.entries.iter().map(|entry| entry.id.as_str()), problems);
    for (index, entry) in lock.entries.iter().enumerate() {
        check_entry(lock, entry, entries.nth(index), problems);
    }
    labels::check(lock, entries, problems);
}

fn check_entry(lock: &Lock, entry: &Entry, node: &Node, problems: &mut Problems<'_>) {
    rules::not_empty("title", &entry.title, node.at("title"), problems);
    rules::not_empty("licence name", &entry.licence.name, node.at("licence").at("name"), problems);
    rules::not_empty("read_in", &entry.licence.read_in, node.at("licence").at("read_in"), problems);
    match &entry.by_hand {
        Some(text) => rules::not_empty("by_hand", text, node.at("by_hand"), problems),
        None if entry.access == Access::Manual => {
            let message = format!("entry `{}` is got by hand but has no `by_hand`; say what to do", entry.id);
            problems.add(node.at("access").place(), message);
        }
        None => {}
    }
    if entry.files.is_empty() && entry.access != Access::Unobtainable {
        problems.add(node.at("files").place(), format!("entry `{}` has no files; list at least one", entry.id));
    }
    if let Some(images) = &entry.images {
        check_images(lock, entry, images, node.at("images"), problems);
    }
    if let Some(images) = &entry.annotated {
        check_annotated(lock, entry, images, node.at("annotated"), problems);
    }
    if let Some(images) = &entry.captioned {
        check_captioned(lock, entry, images, node.at("captioned"), problems);
    }
    if let Some(file) = entry.annotations.as_ref().filter(|file| !entry.files.iter().any(|own| own.path == **file)) {
        let message = format!("`{file}` is no file of entry `{}`", entry.id);
        problems.add(node.at("annotations").place(), message);
    }
    let files = node.at("files");
    let mut seen: HashMap<&str, u64> = HashMap::new();
    for (index, file) in entry.files.iter().enumerate() {
        let node = files.nth(index);
        let place = node.at("path").place();
        if let Some(line) = seen.insert(&file.path, place.line) {
            let message =
                format!("path `{}` stands already in line {line}; paths of an entry must be unique", file.path);
            problems.add(place, message);
        }
        check_file(entry, file, node, problems);
    }
}

fn check_images(lock: &Lock, entry: &Entry, images: &LabelledImages, node: &Node, problems: &mut Problems<'_>) {
    if entry.kind != Kind::Dataset {
        problems.add(node.place(), format!("entry `{}` has `images` but is of kind {}", entry.id, entry.kind));
    }
    for (key, count) in [("count", images.count), ("classes", u64::from(images.classes))] {
        if count == 0 {
            problems.add(node.at(key).place(), format!("{key} is 0; a labelled set has some"));
        }
    }
    let names = images.class_names.len();
    if names > 0 && names != images.classes as usize {
        let message = format!("{names} class_names for {} classes", images.classes);
        problems.add(node.at("class_names").place(), message);
    }
    check_part(lock, (images.count, images.part_of.as_ref()), node, problems);
}

fn check_annotated(lock: &Lock, entry: &Entry, images: &AnnotatedImages, node: &Node, problems: &mut Problems<'_>) {
    let names: Vec<&str> = images.lists.iter().map(String::as_str).collect();
    check_divided((entry, "annotated"), &images.folder, (&names, images.tested.as_ref()), node, problems);
    check_classes(images, node, problems);
    if names.is_empty() {
        problems
            .add(node.at("lists").place(), "there are no lists; name those that divide the set: [train, val, test]");
    }
    check_count(lock, (images.count, images.part_of.as_ref()), node, problems);
}

fn check_captioned(lock: &Lock, entry: &Entry, images: &CaptionedImages, node: &Node, problems: &mut Problems<'_>) {
    let names: Vec<&str> = images.lists.iter().map(|list| list.name.as_str()).collect();
    check_divided((entry, "captioned"), &images.folder, (&names, images.tested.as_ref()), node, problems);
    match (&images.sentences, images.layout) {
        (Some(file), Sentences::Flickr | Sentences::Karpathy) => {
            rules::relative_path(file, node.at("sentences"), problems);
        }
        (None, Sentences::Coco) => {}
        (Some(_), Sentences::Coco) => {
            problems.add(
                node.at("sentences").place(),
                "in the layout `coco` each list has its own file; leave sentences out",
            );
        }
        (None, _) => problems.add(node.place(), "`sentences` is missing: the file with what people said"),
    }
    if names.is_empty() {
        problems.add(node.at("lists").place(), "there are no lists; name those that divide the set");
    }
    if images.layout != Sentences::Karpathy {
        for (index, list) in images.lists.iter().enumerate() {
            rules::relative_path(&list.from, node.at("lists").nth(index).at("from"), problems);
        }
    }
    check_count(lock, (images.count, images.part_of.as_ref()), node, problems);
}

/// What holds for every set that lists divide.
fn check_divided(
    (entry, key): (&Entry, &str),
    folder: &str,
    (names, tested): (&[&str], Option<&TestedList>),
    node: &Node,
    problems: &mut Problems<'_>,
) {
    if entry.kind != Kind::Dataset {
        problems.add(node.place(), format!("entry `{}` has `{key}` but is of kind {}", entry.id, entry.kind));
    }
    if folder != "." {
        rules::relative_path(folder, node.at("folder"), problems);
    }
    for (index, name) in names.iter().enumerate() {
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_name || names[..index].contains(name) {
            let message = format!("`{name}` is no list of its own: letters, digits and `_`, each list once");
            // A list that is nothing but its name stands there itself.
            problems.add(node.at("lists").nth(index).at("name").place(), message);
        }
    }
    if let Some(tested) = tested {
        let node = node.at("tested");
        rules::not_empty("set", &tested.set, node.at("set"), problems);
        if !names.contains(&tested.list.as_str()) {
            problems.add(node.at("list").place(), format!("`{}` is none of the lists", tested.list));
        }
    }
}

/// How many images there are, by themselves and as a part of a whole.
fn check_count(lock: &Lock, of: (u64, Option<&PartOf>), node: &Node, problems: &mut Problems<'_>) {
    if of.0 == 0 {
        problems.add(node.at("count").place(), "count is 0; a set has some images");
    }
    check_part(lock, of, node, problems);
}

fn check_classes(images: &AnnotatedImages, node: &Node, problems: &mut Problems<'_>) {
    let names = &images.class_names;
    match images.layout {
        Annotations::Voc if !names.is_empty() => {
            let message = "the layout `voc` has the twenty classes of PASCAL VOC; leave class_names out";
            problems.add(node.at("class_names").place(), message);
        }
        Annotations::Coco if names.is_empty() => {
            let message = "the layout `coco` leaves open what the classes are; name them in class_names, by their categories' ids";
            problems.add(node.at("layout").place(), message);
        }
        _ => {}
    }
    for (index, name) in names.iter().enumerate().filter(|(index, name)| names[..*index].contains(name)) {
        problems.add(node.at("class_names").nth(index).place(), format!("`{name}` is another class's name too"));
    }
}

fn check_part(lock: &Lock, (count, part): (u64, Option<&PartOf>), node: &Node, problems: &mut Problems<'_>) {
    let Some(part) = part else { return };
    let node = node.at("part_of");
    rules::not_empty("how", &part.how, node.at("how"), problems);
    if part.of < count {
        let message = format!("{count} images cannot be a part of {}", part.of);
        problems.add(node.at("of").place(), message);
    }
    match lock.entry(&part.whole) {
        None => problems.add(node.at("whole").place(), format!("`{}` is no entry of this lock", part.whole)),
        Some(whole) => {
            let count = whole.count();
            if count.is_some_and(|count| count != part.of) {
                let message = format!("`{}` has {} images, not {}", part.whole, count.unwrap_or_default(), part.of);
                problems.add(node.at("of").place(), message);
            }
        }
    }
}

fn check_file(entry: &Entry, file: &File, node: &Node, problems: &mut Problems<'_>) {
    rules::relative_path(&file.path, node.at("path"), problems);
    if file.size == Some(0) {
        problems.add(node.at("size").place(), "size is 0; leave the key out where it is not known");
    }
    check_hashes(file, node, problems);
    let mirrored = file.sources.iter().any(|source| matches!(source, Source::Mirror(_)));
    let derived = file.sources.iter().any(|source| matches!(source, Source::Member { .. }));
    if entry.access == Access::Open && file.sources.is_empty() {
        let message = format!("`{}` is open to everybody but has no sources; say where it is", file.path);
        problems.add(node.place(), message);
    } else if entry.access == Access::Mirror && !mirrored && !derived {
        let message = format!("`{}` comes from a mirror but names no place there; add a source `mirror`", file.path);
        problems.add(node.place(), message);
    }
    for (index, source) in file.sources.iter().enumerate() {
        check_source(entry, file, source, node.at("sources").nth(index), problems);
    }
    if let Some(unpack) = &file.unpack {
        check_unpack(unpack, node.at("unpack"), problems);
    }
}

fn check_hashes(file: &File, node: &Node, problems: &mut Problems<'_>) {
    let full = file.sha256.as_ref().map(|text| rules::hex("sha256", text, 64, node.at("sha256"), problems));
    for (key, text, digits) in [("md5", &file.md5, 32), ("sha1", &file.sha1, 40)] {
        if let Some(text) = text {
            rules::hex(key, text, digits, node.at(key), problems);
        }
    }
    if let Some(prefix) = &file.sha256_prefix {
        let place = node.at("sha256_prefix").place();
        if !rules::is_hex(prefix) || !(SHORTEST_PREFIX..64).contains(&prefix.len()) {
            problems.add(place, format!("sha256_prefix must be {SHORTEST_PREFIX} to 63 lower-case hex digits"));
        } else if let (Some(sha256), Some(true)) = (&file.sha256, full)
            && !sha256.starts_with(prefix.as_str())
        {
            problems.add(place, "sha256_prefix is not how the sha256 of this file begins; one of them is wrong");
        }
    }
    let weak = file.sha256_prefix.is_some() || file.md5.is_some() || file.sha1.is_some();
    let why = match file.hash {
        HashCheck::Recomputed | HashCheck::Published | HashCheck::PublishedOnce if file.sha256.is_none() => {
            "there is no sha256"
        }
        HashCheck::Weak if file.sha256.is_some() => "there is a sha256",
        HashCheck::Weak if !weak => "there is no prefix, md5 or sha1 either",
        HashCheck::None if weak || file.sha256.is_some() => "there is a hash",
        _ => return,
    };
    problems.add(node.at("hash").place(), format!("`hash: {}` but {why}", file.hash));
}

fn check_source(entry: &Entry, file: &File, source: &Source, node: &Node, problems: &mut Problems<'_>) {
    match source {
        Source::Url(url) => {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if !rest.is_some_and(|rest| rest.contains('.')) || url.contains(char::is_whitespace) {
                let message = format!("url `{url}` is no https or http address");
                problems.add(node.at("url").place(), message);
            }
        }
        Source::Package { name, path } => {
            let node = node.at("package");
            let good = match name.split_once(':') {
                Some(("npm", rest)) => rest.rfind('@').is_some_and(|at| at > 0 && at + 1 < rest.len()),
                Some(("pypi", rest)) => rest.split_once("==").is_some_and(|(name, version)| {
                    !name.is_empty() && version.starts_with(|c: char| c.is_ascii_digit())
                }),
                _ => false,
            };
            if !good {
                let message = format!("package `{name}` is not written as `npm:name@1.2.3` or `pypi:name==1.2.3`");
                problems.add(node.at("name").place(), message);
            }
            rules::relative_path(path, node.at("path"), problems);
        }
        Source::Mirror(path) => rules::relative_path(path, node.at("mirror"), problems),
        Source::Member { archive, member } => {
            let node = node.at("member");
            if archive == &file.path || !entry.files.iter().any(|file| file.path == *archive) {
                let message = format!("archive `{archive}` is no other file of entry `{}`", entry.id);
                problems.add(node.at("archive").place(), message);
            }
            rules::relative_path(member, node.at("member"), problems);
        }
    }
}

fn check_unpack(unpack: &Unpack, node: &Node, problems: &mut Problems<'_>) {
    if unpack.to != "." {
        rules::relative_path(&unpack.to, node.at("to"), problems);
    }
    for (index, ending) in unpack.only.iter().enumerate() {
        rules::not_empty("an ending in `only`", ending, node.at("only").nth(index), problems);
    }
    let Some(manifest) = &unpack.manifest else { return };
    let node = node.at("manifest");
    rules::hex("root", &manifest.root, 64, node.at("root"), problems);
    for (key, count) in [("files", manifest.files), ("bytes", manifest.bytes)] {
        if count == 0 {
            problems.add(node.at(key).place(), format!("a manifest of 0 {key} pins nothing"));
        }
    }
}
