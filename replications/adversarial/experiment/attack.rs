//! Changes of images that need one gradient or none: the fast gradient sign, noise, rubbish.
//!
//! Must not test anything.

use engine::error::{Error, Result};
use engine::streams::Stream;
use replications::adversarial::attack::{Attack, AttackKind};
use tch::{Device, Tensor};

use super::head::Over;
use super::subject::{CHUNK, Subject};

/// x + ε sign(∇ₓ J(x)), where `gradient` is ∇ₓ J; a pixel whose gradient is zero stays.
pub(super) fn along_sign(x: &Tensor, gradient: &Tensor, epsilon: f64) -> Result<Tensor> {
    Ok(x.f_add(&gradient.f_sign()?.f_mul_scalar(epsilon)?)?)
}

/// ∇ₓ J at the images `[N, 1, 28, 28]` of the true classes `[N]`.
pub(super) fn gradient(subject: &Subject, images: &Tensor, classes: &Tensor) -> Result<Tensor> {
    let x = images.detach().f_set_requires_grad(true)?;
    let cost = subject.head.cost(&subject.outputs(&x)?, classes, Over::Sum)?;
    let mut found = Tensor::f_run_backward(&[&cost], &[&x], false, false)?;
    found.pop().ok_or_else(|| Error::Other("there is no gradient by the image".to_owned()))
}

/// The images as the attack leaves them; `subject` is the network that it is made for, `stream` what noise is from.
pub(super) fn attacked(
    attack: &Attack,
    subject: &Subject,
    images: &Tensor,
    classes: &Tensor,
    stream: Stream,
) -> Result<Tensor> {
    let epsilon = attack.epsilon;
    let changed = match attack.kind {
        AttackKind::Fgsm => {
            let mut chunks = Vec::new();
            for (x, class) in images.f_split(CHUNK, 0)?.iter().zip(classes.f_split(CHUNK, 0)?) {
                chunks.push(along_sign(x, &gradient(subject, x, &class)?, epsilon)?);
            }
            Tensor::f_cat(&chunks, 0)?
        }
        AttackKind::Rubbish => noise(attack.kind, images, epsilon, stream)?,
        AttackKind::SignNoise | AttackKind::UniformNoise | AttackKind::GaussianNoise => {
            images.f_add(&noise(attack.kind, images, epsilon, stream)?)?
        }
        AttackKind::Lbfgs => return Err(Error::Other("L-BFGS is no attack of one step".to_owned())),
    };
    Ok(if attack.clip { changed.f_clamp(0.0, 1.0)? } else { changed })
}

/// Noise in the shape of `like`: ± ε, uniform within ε, or Gaussian of standard deviation ε.
pub(super) fn noise(kind: AttackKind, like: &Tensor, epsilon: f64, mut stream: Stream) -> Result<Tensor> {
    let epsilon = epsilon as f32;
    let mut numbers = vec![0.0f32; like.numel()];
    match kind {
        AttackKind::GaussianNoise | AttackKind::Rubbish => {
            numbers = stream.normals(like.numel());
            numbers.iter_mut().for_each(|number| *number *= epsilon);
        }
        _ => {
            stream.fill(&mut numbers, epsilon);
            if kind == AttackKind::SignNoise {
                numbers.iter_mut().for_each(|number| *number = if *number < 0.0 { -epsilon } else { epsilon });
            }
        }
    }
    let device: Device = like.device();
    Ok(Tensor::f_from_slice(&numbers)?.f_view(like.size().as_slice())?.f_to_device(device)?)
}
