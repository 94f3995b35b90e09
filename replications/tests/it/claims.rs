//! The papers' own tables against the networks built from them.

use replications::facts::facts;
use replications::registry;
use spec::metric::Metric;
use spec::paper::Paper;

fn papers() -> impl Iterator<Item = Paper> {
    registry::papers().iter().map(|entry| spec::load::paper(entry.spec, &entry.spec_path()).expect("a spec"))
}

/// Claims that follow from a definition agree to their last printed digit, and those that say they cannot (`gap`) do
/// not: neither a wrong network nor a needless excuse passes.
#[test]
fn sizes_agree_with_the_claims_unless_the_spec_says_why_not() {
    let mut agreed = 0;
    for claim in papers().flat_map(|paper| paper.claims).filter(|claim| claim.not_run.is_none()) {
        let value = match (claim.metric, facts(&claim.network).unwrap()) {
            (Metric::PARAMETERS, Some(facts)) => facts.parameters as f64,
            (Metric::MULTIPLY_ADDS, Some(facts)) => facts.multiply_adds as f64,
            (Metric::LAYERS, Some(facts)) => facts.layers as f64,
            (metric, None) if metric.is_static() => panic!("{}: no network `{}`", claim.id, claim.network),
            _ => continue,
        };
        let agrees = ((value / claim.step).round() - (claim.value / claim.step).round()).abs() < 0.5;
        assert_eq!(
            agrees,
            claim.gap.is_none(),
            "{}: printed {}, built {value}, {:?}",
            claim.id,
            claim.value,
            claim.gap
        );
        agreed += usize::from(agrees);
    }
    assert!(agreed >= 50, "only {agreed} claims were compared");
}

#[test]
fn output_shapes_agree_with_the_papers_tables() {
    // Papers whose networks are trained here print no table of shapes, or not for every network.
    let networks = papers().flat_map(|paper| {
        let must = paper.experiments.is_empty();
        paper.networks.into_iter().filter(|network| network.members.is_empty()).map(move |network| (network, must))
    });
    for (network, must) in networks {
        let (_, graph) = registry::network(&network.id).unwrap();
        let shapes = graph.shapes().unwrap();
        assert!(!must || !network.shapes.is_empty(), "{}", network.id);
        for row in &network.shapes {
            let (id, _) = graph.find(&row.layer).unwrap_or_else(|| panic!("{}: no layer {}", network.id, row.layer));
            let built: Vec<u32> = shapes[id.0].iter().map(|&side| u32::try_from(side).unwrap()).collect();
            assert_eq!(built, row.output, "{}: {}", network.id, row.layer);
        }
    }
}

/// Claims about one network that has weights here are to be run and compared, not excused.
#[test]
fn claims_on_released_weights_are_not_excused() {
    for paper in papers() {
        for claim in paper.claims.iter().filter(|claim| !claim.weights.is_empty()) {
            let runs = matches!(claim.metric, Metric::TOP_1_ERROR | Metric::TOP_5_ERROR)
                && claim.data.as_deref() != Some("imagenet-real");
            assert!(!runs || claim.not_run.is_none(), "{}: {}", paper.id, claim.id);
        }
    }
}

#[test]
fn a_part_of_a_network_has_its_own_facts() {
    let part = facts("googlenet/inception_3a").unwrap().unwrap();
    assert_eq!(part.parameters, 163_696);
    assert_eq!(part.multiply_adds, 128_049_152);
    assert_eq!(part.shapes.last(), Some(&("inception_3a/output".to_owned(), vec![256, 28, 28])));
    assert_eq!((part.multiply_adds_a_region, facts("googlenet/inception_9a").unwrap()), (0, None));
    // Of a detector, what stands behind pooling works for each region.
    let [whole, map, layer] =
        ["fast-rcnn-l", "fast-rcnn-l/conv", "fast-rcnn-l/fc6"].map(|id| facts(id).unwrap().unwrap());
    assert_eq!((layer.multiply_adds, layer.multiply_adds_a_region), (25_088 * 4096, 25_088 * 4096));
    assert_eq!(map.multiply_adds_a_region, 0);
    assert_eq!(whole.multiply_adds, map.multiply_adds + whole.multiply_adds_a_region);
    assert_eq!(whole.multiply_adds_a_region, (25_088 + 4096 + 5 * 21) * 4096);
    assert_eq!(facts("nothing").unwrap(), None);
}

/// What a paper that is trained here claims of a score can be run by one of its experiments, or says why not: the
/// network is trained or attacked there, the condition is one of the spec's, and so is the network it is compared with.
#[test]
fn claims_about_training_have_an_experiment() {
    let mut counted = 0;
    for paper in papers().filter(|paper| !paper.experiments.is_empty()) {
        let trained_with = |one: &str, other: &str| {
            paper.experiments.iter().any(|experiment| {
                let has = |id: &str| experiment.networks.iter().any(|network| network == id);
                has(one) && has(other)
            })
        };
        // A network that is run as it is, with weights, protocols and files, needs none.
        let released = |id: &str| {
            let network = paper.networks.iter().find(|network| network.id == id);
            network.is_none_or(|network| network.protocol.is_some()) && !trained_with(id, id)
        };
        for claim in paper.claims.iter().filter(|claim| claim.not_run.is_none() && claim.metric.is_score()) {
            if released(&claim.network) {
                continue;
            }
            let place = format!("{}: {}", paper.id, claim.id);
            assert!(trained_with(&claim.network, &claim.network), "{place}: nothing trains {}", claim.network);
            assert!(claim.data.is_some(), "{place}: on which data?");
            let condition = paper.conditions.iter().find(|one| Some(&one.id) == claim.protocol.as_ref());
            let protocol = paper.protocols.iter().any(|one| Some(&one.id) == claim.protocol.as_ref());
            assert!(condition.is_some() || protocol, "{place}: under which condition?");
            let made_for = condition.and_then(|condition| condition.with["made_for"].as_str());
            for other in made_for.into_iter().chain(claim.versus.as_deref()) {
                assert!(trained_with(&claim.network, other), "{place}: nothing trains both it and {other}");
            }
            counted += 1;
        }
        // A network with a protocol or weights is run as it is.
        for network in paper.networks.iter().filter(|network| network.protocol.is_none()) {
            let trained = trained_with(&network.id, &network.id);
            // Or there is a reason beside each of its scores.
            let mut scores = paper.claims.iter().filter(|claim| claim.network == network.id && claim.metric.is_score());
            let explained = scores.all(|claim| claim.not_run.is_some());
            assert!(trained || explained || released(&network.id), "{}: {} is in no experiment", paper.id, network.id);
        }
    }
    assert!(counted >= 150, "only {counted} claims");
}

/// Differences that are computed from two cells of a table are those of the cells.
#[test]
fn computed_differences_follow_from_the_cells() {
    let mut counted = 0;
    for paper in papers() {
        let differences = paper.claims.iter().filter(|claim| claim.metric == Metric::ERROR_DIFFERENCE);
        for claim in differences.filter(|claim| claim.mark == spec::claim::Mark::Computed) {
            let cell = |network: &str| {
                let of = |one: &&spec::claim::Claim| {
                    one.network == network && one.metric == Metric::TEST_ERROR && one.data == claim.data
                };
                paper.claims.iter().find(of).unwrap_or_else(|| panic!("{}: no cell of {network}", claim.id)).value
            };
            let difference = cell(&claim.network) - cell(claim.versus.as_deref().unwrap());
            assert!((difference - claim.value).abs() < 1e-9, "{}: {difference}", claim.id);
            counted += 1;
        }
    }
    assert!(counted >= 26, "only {counted} differences");
}
