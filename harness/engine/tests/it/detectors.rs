//! Detectors with regions and several answers against PyTorch's (`golden/detectors.py`), and what anchors and regions learn and
//! propose against NumPy's (`golden/targets.py`).

use base::boxes::Bounds;
use engine::detection::head::{Learns, Looking, Settings, Spread, is_last, losses};
use engine::detection::maps::Map;
use engine::detection::{Anchored, Anchors, Choice, Drawn, all_told, anchored, anchors_over, nearest, propose};
use engine::input::objects::Object;
use engine::net::{How, Network};
use engine::streams::Stream;
use engine::train::{Mode, Model, OldAndNew};
use engine::weights::Parameters;
use replications::build::{Builder, Kernel};
use replications::detectors::Sampling;
use replications::registry;
use replications::schedule::Stairs;
use serde_json::Value;
use tch::{Device, Tensor};

use crate::logits::made;
use crate::released::rule;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn boxes(value: &Value) -> Vec<Bounds> {
    value.as_array().unwrap().iter().map(|own| Bounds::new(numbers(own).try_into().unwrap())).collect()
}

/// That our numbers are those, to 1e-4 of the largest.
fn alike(ours: &[f32], theirs: &[f64], what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let largest = theirs.iter().fold(0.0_f64, |most, number| most.max(number.abs()));
    assert!(largest > 1.0, "{what}");
    for (place, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert!((f64::from(*ours) - theirs).abs() <= 1e-4 * largest, "{what}, {place}: {ours} is not {theirs}");
    }
}

#[test]
fn detectors_answer_as_pytorch_does() {
    answers_are(&json(include_str!("../golden/detectors.json")), 4);
}

#[test]
fn a_detector_of_101_layers_answers_as_pytorch_does() {
    let golden = json(include_str!("../golden/detector101.json"));
    answers_are(&golden["odd"], 1);
    // Smaller numbers, beside which those of batch norm weigh more.
    answers_are(&golden["small"], 1);
    let (_, graph) = registry::network("resnet101-faster-rcnn").unwrap();
    let parts = &golden["sizes"]["multiply_adds"];
    let number = |value: &Value| value.as_u64().unwrap();
    let a_region = graph.a_region().into_iter().zip(graph.multiply_adds_by_node().unwrap());
    assert_eq!(a_region.filter(|(own, _)| *own).map(|(_, each)| each).sum::<u64>(), number(&parts["region"]));
    let all = number(&parts["trunk"]) + number(&parts["proposing"]) + number(&parts["region"]);
    assert_eq!(graph.multiply_adds().unwrap(), all);
    assert_eq!(graph.parameter_count(), number(&golden["sizes"]["network"]["parameters"]));
}

/// That the detectors of `golden`, that many or more, answer as it says.
fn answers_are(golden: &Value, least: usize) {
    let shape: Vec<i64> = numbers(&golden["picture"]["shape"]).into_iter().map(|side| side as i64).collect();
    let count = shape.iter().product::<i64>() as usize;
    let scale = golden["picture"]["scale"].as_f64().unwrap();
    let picture =
        Tensor::from_slice(&made(count, golden["picture"]["number"].as_u64().unwrap(), scale)).view(&shape[..]);
    let regions = golden["regions"].as_array().unwrap().iter().flat_map(numbers);
    let regions: Vec<f32> = regions.map(|number| number as f32).collect();
    let regions = Tensor::from_slice(&regions).view([-1, 5]);
    let networks = golden["networks"].as_object().unwrap();
    assert!(networks.len() >= least);
    for (id, wanted) in networks {
        let (_, graph) = registry::network(id).unwrap();
        let tensors = graph.parameters().into_iter();
        let tensors = tensors.map(|parameter| (parameter.name.clone(), rule(&parameter.name, &parameter.shape)));
        let parameters = Parameters { tensors: tensors.collect(), ..Parameters::default() };
        let names: Vec<&str> =
            [graph.output].iter().chain(&graph.also).map(|id| graph.nodes[id.0].name.as_str()).collect();
        assert_eq!(names.len(), wanted.as_object().unwrap().len(), "{id}");
        for (channels_last, fuse) in [(false, false), (true, true)] {
            let how = How { channels_last, fuse, batch: 2, ..How::plain() };
            let network = Network::build(&graph, parameters.clone(), how).unwrap();
            let _guard = tch::no_grad_guard();
            let answers = network.forward_all(&network.prepare(&picture).unwrap(), Some(&regions)).unwrap();
            for (name, answer) in names.iter().zip(answers) {
                let (wanted, what) = (&wanted[*name], format!("{id}, {name}, {how:?}"));
                let shape: Vec<f64> = answer.size().iter().map(|side| *side as f64).collect();
                assert_eq!(shape, numbers(&wanted["shape"]), "{what}");
                let mut ours = Vec::<f32>::try_from(answer.contiguous().view([-1])).unwrap();
                if let Some(sum) = wanted["sum"].as_f64() {
                    let squares = wanted["squares"].as_f64().unwrap();
                    let (found, size) = (ours.iter().map(|value| f64::from(*value)), squares.sqrt());
                    assert!(
                        (found.clone().sum::<f64>() - sum).abs() < 1e-3 * size * (ours.len() as f64).sqrt(),
                        "{what}"
                    );
                    assert!((found.map(|value| value * value).sum::<f64>() / squares - 1.0).abs() < 1e-4, "{what}");
                    ours = numbers(&wanted["places"]).iter().map(|place| ours[*place as usize]).collect();
                }
                alike(&ours, &numbers(&wanted["values"]), &what);
            }
        }
        assert!(Network::build(&graph, parameters, How::plain()).unwrap().forward_all(&picture, None).is_err());
    }
}

fn nine() -> Anchors {
    Anchors { base: 16.0, ratios: vec![0.5, 1.0, 2.0], scales: vec![8.0, 16.0, 32.0] }
}

fn close(found: f64, wanted: f64, what: &str) {
    assert!((found - wanted).abs() <= 2e-5 * wanted.abs().max(1.0), "{what}: {found} is not {wanted}");
}

#[test]
fn anchors_learn_what_the_authors_do() {
    for map in json(include_str!("../golden/targets.json"))["maps"].as_array().unwrap() {
        let [width, height] = [0, 1].map(|side| numbers(&map["map"])[side] as usize);
        let size: [f64; 2] = numbers(&map["image"]).try_into().unwrap();
        let (anchors, truths) = (anchors_over(&nine(), [height, width], 16.0), boxes(&map["truths"]));
        let found = anchored(&anchors, size, &truths, [0.3, 0.7]);
        let letter = |one: &Anchored| match one {
            Anchored::Object(_) => '1',
            Anchored::Background => '0',
            Anchored::Neither => '.',
            Anchored::Across => 'x',
        };
        assert_eq!(found.iter().map(letter).collect::<String>(), map["labels"].as_str().unwrap());
        let wanted = map["objects"].as_array().unwrap();
        assert!(wanted.len() >= 5);
        for object in wanted {
            let object = numbers(object);
            let place = object[0] as usize;
            assert_eq!(found[place], Anchored::Object(object[1] as usize));
            for (ours, theirs) in anchors[place].encode(&truths[object[1] as usize]).into_iter().zip(&object[2..]) {
                close(ours, *theirs, &format!("anchor {place}"));
            }
        }
    }
}

#[test]
fn anchors_become_the_authors_proposals() {
    for map in json(include_str!("../golden/targets.json"))["maps"].as_array().unwrap() {
        let [width, height] = [0, 1].map(|side| numbers(&map["map"])[side] as usize);
        let places = width * height;
        let maps = |name: &str, channels: usize| {
            let rule = numbers(&map["numbers"][name]);
            made(channels * places, rule[0] as u64, rule[1])
        };
        let (background, moves) = (maps("background", 9), maps("boxes", 36));
        // The rule of the golden script, channels first; anchors go place by place.
        let count = 9 * places;
        let object = |flat: usize| {
            let more = (((flat * 7919) % count) as f64 + 0.5) / count as f64 * 4.0 - 2.0;
            (f64::from(background[flat]) + more) as f32
        };
        let (mut scores, mut numbers_of) = (Vec::new(), Vec::new());
        for place in 0..places {
            for anchor in 0..9 {
                let flat = anchor * places + place;
                let ratio = (f64::from(background[flat]) - f64::from(object(flat))).exp();
                scores.push((1.0 / (1.0 + ratio)) as f32);
                numbers_of.push(std::array::from_fn(|number| moves[(4 * anchor + number) * places + place]));
            }
        }
        let anchors = anchors_over(&nine(), [height, width], 16.0);
        let size: [f64; 2] = numbers(&map["image"]).try_into().unwrap();
        let choice = Choice { least_side: 16.0, before: 6000, overlap: 0.7, after: 300 };
        let all = Choice { before: usize::MAX, overlap: 1.0, after: usize::MAX, ..choice };
        assert_eq!(propose(&anchors, &scores, &numbers_of, size, &all).len() as u64, map["large"].as_u64().unwrap());
        let unbounded = Choice { after: usize::MAX, ..choice };
        let left = propose(&anchors, &scores, &numbers_of, size, &unbounded);
        assert_eq!(left.len() as u64, map["left"].as_u64().unwrap());
        let found = propose(&anchors, &scores, &numbers_of, size, &choice);
        let wanted = map["proposed"].as_array().unwrap();
        assert_eq!(found.len(), wanted.len());
        for (ours, theirs) in found.iter().zip(wanted) {
            let theirs = numbers(theirs);
            assert_eq!(ours.anchor, theirs[0] as usize);
            close(f64::from(ours.score), theirs[1], "score");
            for (ours, theirs) in ours.bounds.edges().into_iter().zip(&theirs[2..]) {
                assert!((ours - theirs).abs() < 2e-3, "{ours} is not {theirs}");
            }
        }
    }
}

#[test]
fn regions_learn_what_the_authors_do() {
    let golden = json(include_str!("../golden/targets.json"));
    let golden = &golden["regions"];
    let truths: Vec<Object> = boxes(&golden["truths"])
        .into_iter()
        .zip(numbers(&golden["classes"]))
        .map(|(bounds, class)| Object { class: class as u32, bounds, difficult: false })
        .collect();
    let regions = boxes(&golden["boxes"]);
    let own: Vec<Bounds> = truths.iter().map(|object| object.bounds).collect();
    for ((found, overlap), truth) in
        nearest(&regions, &own).iter().zip(numbers(&golden["overlaps"])).zip(numbers(&golden["matched"]))
    {
        close(found.overlap, overlap, "overlap");
        assert_eq!(found.truth, truth as usize);
    }
    for (name, background_from) in [("fast", 0.1), ("end_to_end", 0.0)] {
        let sampling = Sampling { regions: 64, foreground: 0.25, foreground_from: 0.5, background_from };
        let told = all_told(&regions, &truths, &sampling);
        let rows = golden["numbers"].as_array().unwrap();
        for (place, (found, label)) in told.iter().zip(numbers(&golden[name])).enumerate() {
            // Classes are counted from 1 there, the background is 0, and -1 is nothing.
            let class = match found {
                None => -1.0,
                Some(Drawn { object: None, .. }) => 0.0,
                Some(Drawn { object: Some((class, own)), .. }) => {
                    for ((ours, by), theirs) in own.iter().zip([0.1, 0.1, 0.2, 0.2]).zip(numbers(&rows[place])) {
                        close(ours / by, theirs, &format!("{name}, region {place}"));
                    }
                    f64::from(*class)
                }
            };
            assert_eq!(class, label, "{name}, region {place}");
        }
    }
}

#[test]
fn the_loss_over_regions_and_its_gradients_are_those_of_pytorch() {
    let golden = json(include_str!("../golden/losses.json"));
    let wave = |columns: i64, s: f64| {
        let all: Vec<f32> = (0..6 * columns).map(|k| (2.0 * libm::sin(0.37 * k as f64 + s)) as f32).collect();
        Tensor::from_slice(&all).view([6, columns]).set_requires_grad(true)
    };
    let said = [wave(5, 0.2), wave(20, 0.9)];
    let mut own = golden["numbers"].as_array().unwrap().iter().map(numbers);
    let told: Vec<Drawn> = numbers(&golden["classes"])
        .into_iter()
        .map(|class| Drawn {
            bounds: Bounds::new([0.0, 0.0, 10.0, 10.0]),
            object: (class > 0.0).then(|| (class as u32 - 1, own.next().unwrap().try_into().unwrap())),
        })
        .collect();
    let spread = Spread::fixed(4, [0.1, 0.1, 0.2, 0.2]);
    let [classes, boxes] = losses(&said, &told, &spread, 1.0).unwrap();
    close(classes.double_value(&[]), golden["over_classes"].as_f64().unwrap(), "classes");
    close(boxes.double_value(&[]), golden["over_boxes"].as_f64().unwrap(), "boxes");
    let gradients = Tensor::run_backward(&[classes + boxes], &[&said[0], &said[1]], false, false);
    for (found, key) in gradients.iter().zip(["gradient_of_scores", "gradient_of_numbers"]) {
        let found = Vec::<f32>::try_from(found.contiguous().view([-1])).unwrap();
        let wanted = numbers(&golden[key]);
        assert_eq!(found.len(), wanted.len());
        found.iter().zip(wanted).for_each(|(found, wanted)| close(f64::from(*found), wanted, key));
    }
    let background = [Drawn { object: None, ..told[0] }; 6];
    assert_eq!(losses(&said, &background, &spread, 1.0).unwrap()[1].double_value(&[]), 0.0);
}

/// Gradients of the loss over regions reach the trunk through RoI pooling: against finite differences, and only where it is tuned.
#[test]
fn a_trunk_learns_through_pooled_regions() {
    let mut net = Builder::new("small", [3, 32, 40]);
    let x = net.conv("stays", net.input(), 4, Kernel::same(3).stride(2));
    let x = net.relu("relu", x);
    let map = net.conv("learns", x, 3, Kernel::same(3).stride(2));
    let regions = net.regions("rois");
    let x = net.roi_pool("roi_pool5", [map, regions], 2, 4);
    let x = net.flatten("flatten", x);
    let (classes, boxes) = (net.linear("cls_score", x, 3), net.linear("bbox_pred", x, 12));
    let detector = net.finish_with(classes, &[boxes]);
    let mut count = 0.0;
    let mut wave = |parameter: &replications::count::Parameter| -> Vec<f32> {
        let all = (0..parameter.len()).map(|_| {
            count += 1.0;
            libm::sin(0.9 * count) as f32
        });
        all.collect()
    };
    let trunk = Model::new(detector.until("learns").unwrap(), Device::Cpu, &mut wave).unwrap();
    let trunk = trunk.learning(|name| name.starts_with("learns")).unwrap();
    let rate: Stairs =
        serde_json::from_value(serde_json::json!({"from": 0.1, "divided_by": 10, "after": [9], "of": 10})).unwrap();
    let sampling = Sampling { regions: 8, foreground: 0.5, foreground_from: 0.5, background_from: 0.0 };
    let settings = Settings {
        pictures: 1,
        sampling,
        learning_rate: &rate,
        momentum: 0.9,
        weight_decay: 0.0,
        bias_decay: 0.0,
        faster: 10.0,
        mirror: false,
        scales: &[],
        sigma: 1.0,
    };
    let spread = Spread::fixed(2, [0.1, 0.1, 0.2, 0.2]);
    let truths = [Object { class: 1, bounds: Bounds::new([4.0, 6.0, 30.0, 28.0]), difficult: false }];
    let proposals: Vec<Bounds> =
        [[4.0, 6.0, 30.0, 28.0], [8.0, 5.0, 33.0, 30.0], [0.0, 0.0, 12.0, 12.0], [20.0, 2.0, 39.0, 14.0]]
            .map(Bounds::new)
            .to_vec();
    let numbers = std::cell::RefCell::new(wave);
    let known = |parameter: &replications::count::Parameter| Some((numbers.borrow_mut())(parameter));
    let mut looking = Looking::new((1, Device::Cpu), (&detector, Learns::Both, 4), (settings, &spread), known).unwrap();
    let picture = Tensor::from_slice(&made(3 * 32 * 40, 0, 1.0)).view([1, 3, 32, 40]);
    let mut loss = || {
        let values = trunk.forward(&picture, Mode::Test).unwrap();
        let map = Map { values, size: [40.0, 32.0], scale: [1.0; 2] };
        let regions = looking.pooled(&map, (&proposals, &truths), &mut Stream::new(1, "test", 0)).unwrap();
        looking.loss(vec![regions.unwrap()], 0).unwrap().unwrap()
    };
    let own = trunk.parameter("learns.weight").unwrap();
    assert!(!trunk.parameter("stays.weight").unwrap().requires_grad() && own.requires_grad());
    let gradient = Tensor::run_backward(&[loss()], &[own], false, false).remove(0).view([-1]);
    let mut shown = 0;
    for place in (0..own.numel() as i64).step_by(7) {
        let gradient = gradient.double_value(&[place]);
        let moved = |by: f64, loss: &mut dyn FnMut() -> Tensor| {
            tch::no_grad(|| {
                let mut weight = own.view([-1]).select(0, place);
                let _ = weight.g_add_scalar_(by);
                let found = loss().double_value(&[]);
                let _ = weight.g_add_scalar_(-by);
                found
            })
        };
        let step = 1e-3;
        let difference = (moved(step, &mut loss) - moved(-step, &mut loss)) / (2.0 * step);
        // Single precision: the loss is some units, and a step a thousandth.
        assert!((gradient - difference).abs() < 2e-2 * gradient.abs() + 5e-3, "{place}: {gradient}, {difference}");
        shown += usize::from(gradient.abs() > 5e-2);
    }
    assert!(shown > 5, "{shown}");

    // The layers for classes and boxes learn as many times faster as is said, biases twice as fast.
    let down = loss();
    let mut descents = OldAndNew::new(&[&trunk, &looking.model], [0.0, 0.0], |_| true, is_last).unwrap();
    let learned = [
        (own, 0.1),
        (looking.model.parameter("cls_score.weight").unwrap(), 1.0),
        (looking.model.parameter("bbox_pred.bias").unwrap(), 2.0),
    ];
    let gradients = Tensor::run_backward(&[&down], &learned.map(|(tensor, _)| tensor), true, false);
    let wanted: Vec<Tensor> =
        learned.iter().zip(&gradients).map(|((tensor, rate), gradient)| tensor.detach() - gradient * *rate).collect();
    looking.descend(&mut descents, &down, [0, 10]).unwrap();
    for ((tensor, rate), wanted) in learned.iter().zip(&wanted) {
        assert!(tensor.detach().allclose(wanted, 1e-5, 1e-6, false), "at {rate}");
    }
}
