//! The shim against tch's plain operators, on random tensors.

use tch::{Device, Kind, Tensor};
use torch_shim::{
    BatchNorm, Convolution, InferenceMode, PackedConv, PackedLinear, Step, Switch, conv_plane, conv3x3,
    is_channels_last, is_on, local_response_norm, maxout, set, sgd_step, to_memory_format,
};

fn random(size: &[i64]) -> Tensor {
    Tensor::randn(size, (Kind::Float, Device::Cpu))
}

fn assert_close(a: &Tensor, b: &Tensor) {
    let difference = (a - b).abs().max().double_value(&[]);
    assert!(difference < 1e-4, "the largest difference is {difference}");
}

#[test]
fn a_plane_convolution_has_the_values_and_gradients_of_the_plain_one() {
    let tensors = || [random(&[5, 1, 14, 11]), random(&[7, 1, 5, 5]), random(&[7])];
    let plain = tensors().map(|tensor| tensor.set_requires_grad(true));
    let ours = plain.each_ref().map(|tensor| tensor.detach().copy().set_requires_grad(true));
    let wanted = plain[0].conv2d(&plain[1], Some(&plain[2]), [1, 1], [0, 0], [1, 1], 1);
    let found = conv_plane(&ours[0], &ours[1], &ours[2]).unwrap();
    assert_close(&found, &wanted);
    assert!(is_channels_last(&found).unwrap());
    let (wanted, found) = (wanted.square().sum(Kind::Float), found.square().sum(Kind::Float));
    let wanted = Tensor::run_backward(&[wanted], &plain, false, false);
    let found = Tensor::run_backward(&[found], &ours, false, false);
    for (wanted, found) in wanted.iter().zip(&found) {
        let scale = wanted.abs().max().double_value(&[]);
        assert_close(&(found / scale), &(wanted / scale));
    }
    assert!(conv_plane(&random(&[1, 2, 9, 9]), &random(&[3, 2, 5, 5]), &random(&[3])).is_err());
}

#[test]
fn switches_are_set_and_read() {
    for switch in [
        Switch::Tf32Matmul,
        Switch::Tf32Cudnn,
        Switch::DeterministicCudnn,
        Switch::BenchmarkCudnn,
        Switch::DeterministicAlgorithms,
    ] {
        for on in [true, false] {
            set(switch, on).unwrap();
            assert_eq!(is_on(switch).unwrap(), on, "{switch:?}");
        }
    }
}

#[test]
fn libtorch_says_what_it_is() {
    assert!(torch_shim::torch_version().unwrap().starts_with("2.11.0"));
    assert!(torch_shim::build_information().unwrap().contains("DNN"));
    assert!(torch_shim::parallel_information().unwrap().contains("threads"));
    assert!(!torch_shim::cpu_capability().unwrap().is_empty());
}

#[test]
fn inference_mode_ends_with_its_guard() {
    let tracked = || (random(&[2]).set_requires_grad(true) * 2.0).requires_grad();
    {
        let _guard = InferenceMode::enter().unwrap();
        assert!(!(random(&[2]) * 2.0).requires_grad());
    }
    assert!(tracked());
}

#[test]
fn a_missing_cuda_is_an_error_that_names_the_file() {
    let error = torch_shim::load_cuda(std::path::Path::new("/nonexistent")).unwrap_err().to_string();
    assert!(error.contains("/nonexistent/libtorch_cuda.so"), "{error}");
}

#[test]
fn memory_without_an_accelerator_is_an_error() {
    if tch::Cuda::is_available() {
        return;
    }
    assert!(torch_shim::device_memory().is_err());
    assert!(torch_shim::synchronize().is_err());
}

#[test]
fn fused_convolutions_agree_with_plain_ones() {
    let _guard = InferenceMode::enter().unwrap();
    for (stride, padding, groups) in [(1, 1, 1), (2, 1, 2), (2, 0, 1)] {
        let x = to_memory_format(&random(&[3, 8, 13, 11]), true).unwrap();
        let weight = random(&[16, 8 / groups, 3, 3]) * 0.1;
        let bias = random(&[16]);
        let packed = PackedConv::new(
            &weight,
            Some(bias.shallow_clone()),
            Convolution { padding, stride, groups },
            [3, 8, 13, 11],
        )
        .unwrap();
        let plain = x.conv2d(&weight, Some(&bias), [stride, stride], [padding, padding], [1, 1], groups);
        let answer = packed.forward(&x, false).unwrap();
        assert!(is_channels_last(&answer).unwrap());
        assert_close(&answer, &plain);
        assert_close(&packed.forward(&x, true).unwrap(), &plain.relu());
        let other = to_memory_format(&random(&plain.size()), true).unwrap();
        let sum = (&plain + &other).relu();
        assert_close(&packed.forward_add(&x, &other, true).unwrap(), &sum);
        assert_close(&packed.forward_add(&x, &other, false).unwrap(), &(&plain + &other));
        assert_close(&packed.forward_add_into(&x, other, true).unwrap(), &sum);
        // A smaller last batch goes through the same packed weight.
        let one = to_memory_format(&x.narrow(0, 0, 1), true).unwrap();
        assert_close(&packed.forward(&one, false).unwrap(), &plain.narrow(0, 0, 1));
    }
}

#[test]
fn packed_linear_agrees_with_plain() {
    let _guard = InferenceMode::enter().unwrap();
    let (x, weight, bias) = (random(&[4, 70]), random(&[33, 70]) * 0.1, random(&[33]));
    let packed = PackedLinear::new(&weight, Some(bias.shallow_clone()), 4).unwrap();
    let plain = x.linear(&weight, Some(&bias));
    assert_close(&packed.forward(&x, false).unwrap(), &plain);
    assert_close(&packed.forward(&x, true).unwrap(), &plain.relu());
    assert_close(&packed.forward(&x.narrow(0, 0, 3), true).unwrap(), &plain.relu().narrow(0, 0, 3));
}

#[test]
fn shapes_that_do_not_fit_are_an_error_in_one_line() {
    let conv = Convolution { padding: 1, stride: 1, groups: 1 };
    let packed = PackedConv::new(&random(&[16, 8, 3, 3]), None, conv, [1, 8, 5, 5]).unwrap();
    let error = packed.forward(&random(&[1, 7, 5, 5]), true).unwrap_err().to_string();
    assert!(!error.contains("Exception raised from"), "{error}");
}

#[test]
fn local_response_norm_is_caffes() {
    for (channels, size, beta) in [(64, 5, 0.75), (7, 5, 0.5), (3, 5, 0.75), (1, 1, 0.75)] {
        let x = random(&[2, channels, 5, 3]) * 20.0;
        let answer = local_response_norm(&x, size, 1e-4, beta, 1.0).unwrap();
        let half = size / 2;
        let squares = (&x * &x).constant_pad_nd([0, 0, 0, 0, half, half]);
        let mut sum = Tensor::zeros_like(&x);
        for i in 0..size {
            sum += squares.narrow(1, i, channels);
        }
        assert_close(&answer, &(&x * (sum * (1e-4 / size as f64) + 1.0).pow_tensor_scalar(-beta)));
    }
}

#[test]
fn a_step_of_descent_is_what_its_formula_says() {
    let p = Tensor::from_slice(&[1.0f32, -2.0, 3.0]);
    let v = Tensor::from_slice(&[0.5f32, 0.0, -1.0]);
    let g = Tensor::from_slice(&[1.0f32, 1.0, -1.0]);
    let how = Step { rate: 0.1, momentum: 0.5, decay: 0.2, max_norm: None };
    sgd_step(&mut [p.shallow_clone()], &[g], &mut [v.shallow_clone()], how).unwrap();
    let (p, v) = (Vec::<f32>::try_from(&p).unwrap(), Vec::<f32>::try_from(&v).unwrap());
    // v = .5 v - .1 (g + .2 p)
    let wanted_v = [0.25 - 0.12, -0.06, -0.5 + 0.04];
    for (index, start) in [1.0, -2.0, 3.0f32].into_iter().enumerate() {
        assert!((v[index] - wanted_v[index]).abs() < 1e-6 && (p[index] - start - wanted_v[index]).abs() < 1e-6);
    }
    assert!(sgd_step(&mut [Tensor::from(1.0f32)], &[], &mut [], how).is_err());
}

#[test]
fn a_gradient_that_needs_what_a_step_changed_is_refused() {
    let p = random(&[3]).set_requires_grad(true);
    let square = p.square().sum(Kind::Float);
    let how = Step { rate: 0.1, momentum: 0.0, decay: 0.0, max_norm: None };
    sgd_step(&mut [p.detach()], &[random(&[3])], &mut [random(&[3])], how).unwrap();
    let error = Tensor::f_run_backward(&[square], &[&p], false, false).unwrap_err().to_string();
    assert!(error.contains("modified by an inplace operation"), "{error}");
}

#[test]
fn rows_are_kept_to_a_norm_as_libtorch_does_it_and_vectors_are_not() {
    let mut tensors = [random(&[70, 900]), random(&[900])];
    let gradients = tensors.each_ref().map(Tensor::randn_like);
    let mut velocities = tensors.each_ref().map(Tensor::zeros_like);
    let free = Step { rate: 0.1, momentum: 0.5, decay: 0.0, max_norm: None };
    let mut wanted = tensors.each_ref().map(|tensor| tensor.copy());
    sgd_step(&mut wanted, &gradients, &mut velocities.each_ref().map(Tensor::copy), free).unwrap();
    // Half of the rows are longer than the median row.
    let norm = wanted[0].norm_scalaropt_dim(2.0, [1i64], false).median().double_value(&[]);
    let mut limited = wanted[0].copy();
    let _ = limited.renorm_(2.0, 0, norm);
    sgd_step(&mut tensors, &gradients, &mut velocities, Step { max_norm: Some(norm), ..free }).unwrap();
    assert_close(&tensors[0], &limited);
    assert!((&wanted[0] - &limited).abs().max().double_value(&[]) > 1e-3);
    assert!(tensors[1].equal(&wanted[1]));
}

#[test]
fn maxout_has_the_values_and_gradients_of_libtorchs_maximum() {
    let x = random(&[300, 60]).set_requires_grad(true);
    let weight = random(&[300, 12]);
    let ours = maxout(&x, 5).unwrap();
    let plain = x.view([300, 12, 5]).max_dim(2, false).0;
    assert!(ours.equal(&plain));
    let gradients =
        [ours, plain].map(|answer| Tensor::run_backward(&[(answer * &weight).sum(Kind::Float)], &[&x], false, false));
    assert!(gradients[0][0].equal(&gradients[1][0]));
    let odd = Tensor::from_slice(&[1.0f32, 1.0, f32::NAN, 2.0]).view([2, 2]);
    assert_eq!(f64::try_from(maxout(&odd, 2).unwrap().get(0)).unwrap(), 1.0, "the first of equals");
    assert!(maxout(&odd, 2).unwrap().get(1).double_value(&[0]).is_nan(), "what is no number is not lost");
    assert!(maxout(&random(&[2, 7]), 5).is_err());
}

/// The largest difference of two tensors, as a share of the second's largest number.
fn apart(found: &Tensor, wanted: &Tensor) -> f64 {
    let scale = wanted.abs().max().double_value(&[]);
    (found - wanted).abs().max().double_value(&[]) / scale
}

#[test]
fn a_convolution_by_winograd_has_the_values_and_gradients_of_the_plain_one() {
    // Whole vectors, two and four of them, tiles that fill no block; then what is libtorch's own: odd sides, 8 channels.
    for [count, channels, outputs, height, width] in [
        [3, 16, 16, 10, 6],
        [2, 32, 64, 8, 8],
        [5, 64, 32, 4, 4],
        [1, 16, 48, 2, 2],
        [2, 16, 16, 7, 8],
        [2, 8, 16, 8, 8],
    ] {
        let double = |size: &[i64]| Tensor::randn(size, (Kind::Double, Device::Cpu));
        let plain = [double(&[count, channels, height, width]), double(&[outputs, channels, 3, 3])];
        let plain = plain.map(|tensor| tensor.to_kind(Kind::Float).to_kind(Kind::Double).set_requires_grad(true));
        let ours = plain.each_ref().map(|tensor| tensor.detach().to_kind(Kind::Float).set_requires_grad(true));
        let weight = double(&[count, outputs, height, width]);
        let wanted = plain[0].conv2d::<Tensor>(&plain[1], None, [1, 1], [1, 1], [1, 1], 1);
        let found = conv3x3(&ours[0], &ours[1]).unwrap();
        let what = format!("{count} {channels} {outputs} {height} {width}");
        assert!(apart(&found, &wanted) < 1e-5, "{what}");
        let gradients = |y: &Tensor, by: &[Tensor; 2]| {
            let sum = (y * weight.to_kind(y.kind())).sum(y.kind());
            Tensor::run_backward(&[sum], by, false, false)
        };
        for (found, wanted) in gradients(&found, &ours).iter().zip(gradients(&wanted, &plain)) {
            assert!(apart(found, &wanted) < 1e-5, "{what}");
        }
    }
    assert!(conv3x3(&random(&[1, 16, 4, 4]), &random(&[16, 16, 5, 5])).is_err());
    assert!(conv3x3(&random(&[1, 16, 4, 4]), &random(&[16, 32, 3, 3])).is_err());
}

#[test]
fn a_batch_norm_with_what_follows_has_the_values_and_gradients_of_plain_operators() {
    // The last has so many places that there are several chunks of each size.
    for (size, added, relu) in [
        ([4, 16, 3, 5], false, false),
        ([4, 32, 6, 6], false, true),
        ([2, 48, 5, 4], true, true),
        ([3, 16, 4, 4], true, false),
        ([9, 64, 18, 17], true, true),
    ] {
        let channels = size[1];
        let double = |size: &[i64]| {
            let single = Tensor::randn(size, (Kind::Float, Device::Cpu));
            single.to_kind(Kind::Double).set_requires_grad(true)
        };
        // A mean far from zero, where a careless variance would cancel.
        let x = (double(&size).detach() + 30.0).to_kind(Kind::Float).to_kind(Kind::Double).set_requires_grad(true);
        let plain = [x, double(&[channels]), double(&[channels]), double(&size)];
        let ours = plain.each_ref().map(|tensor| tensor.detach().to_kind(Kind::Float).set_requires_grad(true));
        let statistics =
            |kind| [Tensor::zeros([channels], (kind, Device::Cpu)), Tensor::ones([channels], (kind, Device::Cpu))];
        let (running, wanted_running) = (statistics(Kind::Float), statistics(Kind::Double));
        let mut wanted = plain[0].batch_norm(
            Some(&plain[1]),
            Some(&plain[2]),
            Some(&wanted_running[0]),
            Some(&wanted_running[1]),
            true,
            0.1,
            1e-5,
            false,
        );
        if added {
            wanted += &plain[3];
        }
        // Where the sum is next to nothing, whether the ReLU lets a gradient through is a matter of the last digit.
        let told = if relu { wanted.abs().ge(1e-3).to_kind(Kind::Double) } else { wanted.ones_like() }.detach();
        if relu {
            wanted = wanted.relu();
        }
        let norm = BatchNorm {
            weight: &ours[1],
            bias: &ours[2],
            running_mean: &running[0],
            running_variance: &running[1],
            momentum: 0.1,
            epsilon: 1e-5,
        };
        let found = norm.forward(&ours[0], added.then_some(&ours[3]), relu).unwrap();
        assert!(apart(&found, &wanted) < 1e-5, "{size:?}");
        for (found, wanted) in running.iter().zip(&wanted_running) {
            assert!(apart(found, wanted) < 1e-6, "{size:?}");
        }
        let weight = Tensor::randn(size, (Kind::Double, Device::Cpu)) * told;
        let count = if added { 4 } else { 3 };
        let gradients = |y: &Tensor, by: &[Tensor]| {
            let sum = (y * weight.to_kind(y.kind())).sum(y.kind());
            Tensor::run_backward(&[sum], &by[..count], false, false)
        };
        for (found, wanted) in gradients(&found, &ours).iter().zip(gradients(&wanted, &plain)) {
            assert!(apart(found, &wanted) < 5e-5, "{size:?}: {}", apart(found, &wanted));
        }
    }
}

#[test]
fn a_batch_norm_refuses_what_it_cannot_do() {
    let one = |size: i64| random(&[size]);
    let (weight, mean) = (one(8), one(16));
    let norm = |weight| BatchNorm {
        weight,
        bias: &mean,
        running_mean: &mean,
        running_variance: &mean,
        momentum: 0.1,
        epsilon: 1e-5,
    };
    assert!(norm(&mean).forward(&random(&[2, 8, 4, 4]), None, true).is_err());
    assert!(norm(&weight).forward(&random(&[2, 16, 4, 4]), None, true).is_err());
    assert!(norm(&mean).forward(&random(&[2, 16, 4, 4]), Some(&random(&[2, 16, 4, 2])), true).is_err());
}

/// Sums are cut by their own sizes, not by the number of threads.
#[test]
fn training_operators_give_the_same_bytes_on_any_number_of_threads() {
    let threads = tch::get_num_threads();
    let x = random(&[6, 16, 34, 36]).set_requires_grad(true);
    let filters = random(&[32, 16, 3, 3]).set_requires_grad(true);
    let [weight, bias] = [random(&[32]), random(&[32])].map(|tensor| tensor.set_requires_grad(true));
    let results = |count| {
        tch::set_num_threads(count);
        let [mean, variance] = [random(&[32]).zeros_like(), random(&[32]).ones_like()];
        let norm = BatchNorm {
            weight: &weight,
            bias: &bias,
            running_mean: &mean,
            running_variance: &variance,
            momentum: 0.1,
            epsilon: 1e-5,
        };
        let y = norm.forward(&conv3x3(&x, &filters).unwrap(), None, true).unwrap();
        let gradients =
            Tensor::run_backward(&[y.square().sum(Kind::Double)], &[&x, &filters, &weight, &bias], false, false);
        vec![y.detach(), mean, variance].into_iter().chain(gradients).collect::<Vec<_>>()
    };
    let [one, three] = [1, 3].map(results);
    tch::set_num_threads(threads);
    // On a processor without AVX-512 convolutions are libtorch's, which promises nothing of the kind.
    if is_x86_with_avx512() {
        assert!(one.iter().zip(&three).all(|(one, three)| one.equal(three)));
    }
}

fn is_x86_with_avx512() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx512f");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}
