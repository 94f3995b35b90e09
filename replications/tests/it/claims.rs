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
            (Metric::Parameters, Some(facts)) => facts.parameters as f64,
            (Metric::MultiplyAdds, Some(facts)) => facts.multiply_adds as f64,
            (Metric::Layers, Some(facts)) => facts.layers as f64,
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
    for network in papers().flat_map(|paper| paper.networks) {
        let (_, graph) = registry::network(&network.id).unwrap();
        let shapes = graph.shapes().unwrap();
        assert!(!network.shapes.is_empty(), "{}", network.id);
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
            let runs = matches!(claim.metric, Metric::Top1Error | Metric::Top5Error)
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
    assert_eq!(facts("googlenet/inception_9a").unwrap(), None);
    assert_eq!(facts("nothing").unwrap(), None);
}
