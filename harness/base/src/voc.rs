//! PASCAL VOC's classes.
//!
//! Must not know files.

/// The twenty classes, in the kit's order: a class is its index here.
pub const CLASSES: [&str; 20] = [
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
];

/// What COCO calls those of them that it calls otherwise.
const OF_COCO: [(&str, &str); 6] = [
    ("airplane", "aeroplane"),
    ("motorcycle", "motorbike"),
    ("couch", "sofa"),
    ("dining table", "diningtable"),
    ("potted plant", "pottedplant"),
    ("tv", "tvmonitor"),
];

/// The class of that name, in the kit's spelling or in COCO's.
#[must_use]
pub fn class(name: &str) -> Option<u32> {
    let kits = OF_COCO.iter().find(|(of_coco, _)| *of_coco == name).map_or(name, |(_, kits)| kits);
    (0..).zip(CLASSES).find(|(_, class)| *class == kits).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_one_class() {
        for (of_coco, kits) in OF_COCO {
            assert_eq!(class(of_coco), class(kits));
            assert!(class(kits).is_some_and(|place| CLASSES[place as usize] == kits));
        }
        assert_eq!((class("aeroplane"), class("tvmonitor"), class("zebra")), (Some(0), Some(19), None));
    }
}
