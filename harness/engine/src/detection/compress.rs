//! A fully connected layer compressed into two by a truncated singular value decomposition (Girshick 2015, section 3.1).
//!
//! Must not choose how many values stay.

use replications::graph::{Graph, Node, NodeId, Op};
use tch::{Kind, Tensor};

use crate::error::{Error, Result};
use crate::train::Model;
use crate::train::model::raw;

/// A weight `[out, in]` as the weights of two layers, one after the other: `[kept, in]` without a bias and then `[out, kept]`, which
/// takes the layer's own bias. Their product is the nearest matrix of that rank.
///
/// # Errors
/// No rank that the weight could have, or libtorch's refusal.
pub fn compressed(weight: &Tensor, kept: i64) -> Result<[Tensor; 2]> {
    let (outputs, inputs) = weight.size2()?;
    if !(1..=outputs.min(inputs)).contains(&kept) {
        let message = format!(
            "{kept} singular values cannot be kept of a weight of {outputs} × {inputs}; 1 to {} can",
            outputs.min(inputs)
        );
        return Err(Error::Input(message));
    }
    let (left, values, right) = weight.detach().f_to_kind(Kind::Double)?.f_svd(true, true)?;
    let first = values.f_narrow(0, 0, kept)?.f_view([-1, 1])?.f_mul(&right.f_transpose(0, 1)?.f_narrow(0, 0, kept)?)?;
    let second = left.f_narrow(1, 0, kept)?;
    Ok([first.f_to_kind(weight.kind())?.f_contiguous()?, second.f_to_kind(weight.kind())?.f_contiguous()?])
}

/// The same network with some fully connected layers as two each, by name and by how many singular values are kept: `<layer>/first`
/// and then the layer itself.
///
/// # Errors
/// A layer that is not there or is not fully connected, no rank that its weight could have, or libtorch's refusal.
pub fn with_compressed(model: &Model, layers: &[(&str, usize)]) -> Result<Model> {
    let mut parameters = model.numbers()?;
    for (layer, kept) in layers {
        if !matches!(model.graph().find(layer), Some((_, Node { op: Op::Linear { .. }, .. }))) {
            let name = &model.graph().name;
            return Err(Error::Input(format!("{name} has no fully connected layer `{layer}` to compress")));
        }
        let [first, second] = compressed(model.parameter(&format!("{layer}.weight"))?, crate::ops::int(*kept))?;
        parameters.tensors.insert(format!("{layer}/first.weight"), raw(&first)?);
        parameters.tensors.insert(format!("{layer}.weight"), raw(&second)?);
    }
    let graph = divided(model.graph(), layers);
    Model::new(graph, model.device(), |parameter| parameters.numbers_of(parameter).unwrap_or_default())
}

/// The graph with each of those layers behind another that gives as many numbers as are kept.
fn divided(graph: &Graph, layers: &[(&str, usize)]) -> Graph {
    let (mut nodes, mut place) = (Vec::with_capacity(graph.nodes.len() + layers.len()), Vec::new());
    for node in &graph.nodes {
        let mut node = Node { inputs: node.inputs.iter().map(|id: &NodeId| place[id.0]).collect(), ..node.clone() };
        let kept = layers.iter().find(|(layer, _)| *layer == node.name).map(|(_, kept)| *kept);
        if let (Op::Linear { inputs, outputs, bias }, Some(kept)) = (node.op.clone(), kept) {
            let first = Op::Linear { inputs, outputs: kept, bias: false };
            nodes.push(Node { name: format!("{}/first", node.name), op: first, inputs: node.inputs.clone() });
            node.op = Op::Linear { inputs: kept, outputs, bias };
            node.inputs = vec![NodeId(nodes.len() - 1)];
        }
        nodes.push(node);
        place.push(NodeId(nodes.len() - 1));
    }
    let also = graph.also.iter().map(|id| place[id.0]).collect();
    Graph { name: graph.name.clone(), input: graph.input, nodes, output: place[graph.output.0], also }
}

#[cfg(test)]
mod tests {
    use replications::build::Builder;
    use tch::Device;

    use super::*;
    use crate::train::Mode;

    #[test]
    fn a_network_with_all_singular_values_answers_alike_and_with_fewer_it_has_fewer_weights() {
        let mut net = Builder::new("two layers", [6, 1, 1]);
        let x = net.flatten("flatten", net.input());
        let x = net.linear("one", x, 5);
        let x = net.relu("relu", x);
        let answer = net.linear("two", x, 4);
        let other = net.linear("three", x, 2);
        let graph = net.finish_with(answer, &[other]);
        let mut count = 0.0;
        let wave = |parameter: &replications::count::Parameter| {
            let all = (0..parameter.len()).map(|_| {
                count += 1.0;
                libm::sin(0.7 * count) as f32
            });
            all.collect()
        };
        let model = Model::new(graph, Device::Cpu, wave).unwrap();
        let x = Tensor::from_slice(&[0.3_f32, -1.0, 0.5, 2.0, -0.4, 1.1]).view([1, 6, 1, 1]);
        let answers = |model: &Model| model.forward_all(&x, Mode::Test).unwrap();
        let whole = with_compressed(&model, &[("one", 5), ("two", 4)]).unwrap();
        for (ours, theirs) in answers(&whole).iter().zip(&answers(&model)) {
            assert!((ours - theirs).abs().max().double_value(&[]) < 1e-5);
        }
        // Waves are of rank two.
        let small = with_compressed(&model, &[("one", 1)]).unwrap();
        assert_eq!(small.graph().parameter_count(), (6 + 5 + 5) + (5 * 4 + 4) + (5 * 2 + 2));
        assert_ne!(answers(&small)[0], answers(&model)[0]);
        for wrong in [("relu", 1), ("none", 1), ("one", 6), ("one", 0)] {
            assert!(with_compressed(&model, &[wrong]).is_err(), "{wrong:?}");
        }
    }
}
