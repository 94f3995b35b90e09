//! The registry, the specs and the class list.

use std::collections::HashSet;

use replications::{classes, registry};
use spec::load::Known;

#[test]
fn every_spec_parses_and_belongs_to_its_folder() {
    for entry in registry::papers() {
        let paper = entry.read(Known::default()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(paper.id, entry.id);
        assert_eq!(entry.folder, format!("replications/{}", entry.id.replace('-', "_")));
    }
}

#[test]
fn every_spec_agrees_with_the_lock() {
    let lock = spec::load::lock(include_str!("../../../datasets.lock"), "datasets.lock").expect("the lock");
    for entry in registry::papers() {
        if let Err(error) = entry.read(Known { lock: Some(&lock), metrics: None }) {
            panic!("{error}");
        }
    }
}

#[test]
fn specs_and_code_have_the_same_networks() {
    let mut all = HashSet::new();
    for entry in registry::papers() {
        let paper = spec::load::paper(entry.spec, &entry.spec_path()).expect("a spec");
        let built: Vec<_> = paper.networks.iter().filter(|network| network.members.is_empty()).collect();
        let in_spec: HashSet<&str> = built.iter().map(|network| network.id.as_str()).collect();
        let in_code: HashSet<&str> = entry.networks.iter().copied().collect();
        assert_eq!(in_spec, in_code, "{}", entry.id);
        for network in built {
            let (owner, graph) = registry::network(&network.id).expect("a network that is built");
            assert_eq!(owner.id, entry.id);
            assert_eq!(graph.name, network.id);
            assert_eq!(graph.input.map(|side| u32::try_from(side).unwrap()), network.input, "{}", network.id);
            let shapes = graph.shapes().unwrap();
            match network.classes {
                // A generator's answer is an image, a discriminator's is no class.
                0 => assert_eq!(shapes[graph.output.0].len(), 1, "{}", network.id),
                // One logit tells two classes apart.
                2 => assert_eq!(shapes[graph.output.0], [1], "{}", network.id),
                classes => assert_eq!(shapes[graph.output.0], [classes as usize], "{}", network.id),
            }
            assert!(all.insert(network.id.clone()), "{} belongs to two papers", network.id);
        }
        assert!(entry.networks.iter().all(|id| (entry.build)(id).is_some()));
    }
    assert!(registry::network("resnet51").is_none());
    assert!(registry::paper("vgg").is_some() && registry::paper("vg").is_none());
}

#[test]
fn classes_are_the_thousand_in_wordnet_order() {
    let classes = classes::classes();
    assert_eq!(classes.len(), 1000);
    assert!(classes.windows(2).all(|pair| pair[0].wnid < pair[1].wnid));
    assert!(classes.iter().all(|class| class.wnid.len() == 9 && !class.name.is_empty()));
    for (class, wnid, name) in [
        (0, "n01440764", "tench"),
        (285, "n02124075", "Egyptian cat"),
        (872, "n04485082", "tripod"),
        (967, "n07920052", "espresso"),
        (698, "n03877845", "palace"),
        (665, "n03785016", "moped"),
        (999, "n15075141", "toilet tissue"),
    ] {
        assert_eq!(classes::class_of(wnid), Some(class));
        assert_eq!(classes[class as usize].name, name);
    }
    assert_eq!(classes::class_of("n00000000"), None);
    // The two pairs that share a name, so that nobody takes a name for an id.
    let twice: Vec<u32> = (0..)
        .zip(classes)
        .filter(|(class, one)| {
            classes.iter().enumerate().any(|(other, two)| other as u32 != *class && two.name == one.name)
        })
        .map(|(class, _)| class)
        .collect();
    assert_eq!(twice, [134, 517, 638, 639]);
}

/// GoogLeNet is attacked under another id with the same weights, so its table of names stands in both folders.
#[test]
fn the_attacked_googlenet_is_googlenet() {
    assert_eq!(
        include_str!("../../adversarial/names/bvlc.csv"),
        include_str!("../../googlenet/names/bvlc.csv"),
        "copy googlenet/names/bvlc.csv to adversarial/names"
    );
    let (_, graph) = registry::network("googlenet").unwrap();
    let (_, attacked) = registry::network("googlenet-bvlc-attacked").unwrap();
    assert_eq!((graph.nodes, graph.output), (attacked.nodes, attacked.output));
}

/// The networks that are looked into are those of their papers, under other ids and with the same tables of names.
#[test]
fn networks_that_are_looked_into_are_those_of_their_papers() {
    for (original, pictured, tables) in [
        (
            "googlenet",
            "googlenet-bvlc-pictured",
            [include_str!("../../googlenet/names/bvlc.csv"), include_str!("../../zfnet/names/bvlc.csv")],
        ),
        (
            "googlenet",
            "googlenet-bvlc-trunk",
            [include_str!("../../googlenet/names/bvlc.csv"), include_str!("../../vgg/names/bvlc.csv")],
        ),
        (
            "googlenet",
            "rcnn-googlenet-trunk",
            [include_str!("../../googlenet/names/bvlc.csv"), include_str!("../../rcnn/names/bvlc-googlenet.csv")],
        ),
        (
            "googlenet",
            "fast-rcnn-googlenet-trunk",
            [include_str!("../../googlenet/names/bvlc.csv"), include_str!("../../fast_rcnn/names/bvlc-googlenet.csv")],
        ),
        (
            "googlenet",
            "faster-rcnn-googlenet-trunk",
            [
                include_str!("../../googlenet/names/bvlc.csv"),
                include_str!("../../faster_rcnn/names/bvlc-googlenet.csv"),
            ],
        ),
        (
            "bvlc-caffenet",
            "rcnn-caffenet-trunk",
            [include_str!("../../alexnet/names/caffe.csv"), include_str!("../../rcnn/names/bvlc-caffenet.csv")],
        ),
        (
            "resnet50",
            "resnet50-keras-pictured",
            [include_str!("../../resnet/names/keras.csv"), include_str!("../../zfnet/names/keras.csv")],
        ),
    ] {
        assert_eq!(tables[0], tables[1], "copy {original}'s table of names for {pictured}");
        let [one, other] = [original, pictured].map(|id| registry::network(id).unwrap().1);
        assert_eq!((one.nodes, one.output), (other.nodes, other.output));
    }
}
