//! A paper's own part of its spec: what is wrong in it is told with its place, and its recipe is told in words.

use replications::registry::{self, PaperEntry};
use spec::load::Known;

fn entry(id: &str) -> &'static PaperEntry {
    registry::paper(id).unwrap()
}

/// The message for a paper's spec with one place changed.
fn broken(id: &str, from: &str, to: &str) -> String {
    let entry = entry(id);
    assert!(entry.spec.contains(from), "{id}: {from}");
    let text = entry.spec.replacen(from, to, 1);
    entry.read_text(&text, "spec.yaml", Known::default()).unwrap_err().to_string()
}

#[test]
fn an_unknown_key_is_an_error_wherever_a_recipe_stands() {
    let errors = [
        broken("stn", "training: { batch: 256,", "training: { batches: 256,"),
        broken("stn", "recipe: { batch: 128, learning_rate: 0.04", "recipe: { batch: 128, rate: 0.04"),
        broken("gan", "  batch: 100\n", ""),
        broken("gan", "first_epoch: 1, last_epoch: 250", "first_epoch: 1, until: 250"),
        broken("adversarial", "recipe: { lbfgs_images: 50 }", "recipe: { lbfgs_images: many }"),
        broken("adversarial", "with: { kind: fgsm, epsilon: 0.25 }", "with: { kind: fgms, epsilon: 0.25 }"),
    ];
    insta::assert_snapshot!(errors.join("\n"), @"
    spec.yaml:87:13: unknown field `batches`, expected one of batch, learning_rate, decay, momentum, localisation_rate, localisation_gradient
        |
     87 | training: { batches: 256, learning_rate: 0.01, decay: thirds, momentum: 0, localisation_rate: 1 }
        |             ^^^^^^^
    spec.yaml:136:29: unknown field `rate`, expected one of batch, learning_rate, decay, momentum, localisation_rate, localisation_gradient
         |
     136 |       recipe: { batch: 128, rate: 0.04, decay: linear, momentum: 0.9, localisation_rate: 0.3, localisation_gra…
         |                             ^^^^
    spec.yaml:57:3: missing field `batch`
        |
     57 |   compressed_rate_factor: 2
        |   ^^^^^^^^^^^^^^^^^^^^^^
    spec.yaml:54:51: unknown field `until`, expected one of from, to, first_epoch, last_epoch
        |
     54 |   momentum: { from: 0.5, to: 0.7, first_epoch: 1, until: 250 }
        |                                                   ^^^^^
    spec.yaml:250:31: invalid u32
         |
     250 |       recipe: { lbfgs_images: many }
         |                               ^^^^
    spec.yaml:109:19: unknown variant `fgms`, expected one of fgsm, sign-noise, uniform-noise, gaussian-noise, rubbish, lbfgs
         |
     109 |     with: { kind: fgms, epsilon: 0.25 }
         |                   ^^^^
    ");
}

#[test]
fn what_types_cannot_refuse_is_told_all_at_once() {
    let entry = entry("adversarial");
    let text = entry
        .spec
        .replacen("epsilon: 0.25, made_for: maxout }", "epsilon: -0.25, made_for: maxouts }", 1)
        .replacen("of: [rbf]", "of: [rbf, softmax, nobody]", 1)
        .replacen("first_epoch: 1, last_epoch: 250", "first_epoch: 250, last_epoch: 250", 1);
    insta::assert_snapshot!(entry.read_text(&text, "spec.yaml", Known::default()).unwrap_err(), @"
    spec.yaml:53:19: `softmax` has a recipe already
        |
     53 |     - { of: [rbf, softmax, nobody], sees: clean, epochs: 30, learning_rate: 0.1, momentum: { from: 0.9, to: 0.…
        |                   ^^^^^^^

    spec.yaml:53:28: there is no network `nobody`; networks: softmax, logistic-3-7, rbf, maxout, maxout-adversarial, maxout-sign-noise, maxout-uniform-noise, maxout-1600, maxout-1600-adversarial, fc10-1e-4, fc10-1e-2, fc10-1, fc100-100-10, fc200-200-10, ae400-10, googlenet-bvlc-attacked
        |
     53 |     - { of: [rbf, softmax, nobody], sees: clean, epochs: 30, learning_rate: 0.1, momentum: { from: 0.9, to: 0.…
        |                            ^^^^^^

    spec.yaml:59:17: `last_epoch` must come after `first_epoch`
        |
     59 |       momentum: { from: 0.5, to: 0.7, first_epoch: 250, last_epoch: 250 }
        |                 ^

    spec.yaml:124:34: epsilon -0.25 must be 0 or more
         |
     124 |     with: { kind: fgsm, epsilon: -0.25, made_for: maxouts }
         |                                  ^^^^^

    spec.yaml:124:51: there is no network `maxouts`; networks: softmax, logistic-3-7, rbf, maxout, maxout-adversarial, maxout-sign-noise, maxout-uniform-noise, maxout-1600, maxout-1600-adversarial, fc10-1e-4, fc10-1e-2, fc10-1, fc100-100-10, fc200-200-10, ae400-10, googlenet-bvlc-attacked
         |
     124 |     with: { kind: fgsm, epsilon: -0.25, made_for: maxouts }
         |                                                   ^^^^^^^
    ");
    insta::assert_snapshot!(broken("gan", "samples: 10000, widths: 10", "samples: 0, widths: 10"), @"
    spec.yaml:65:22: samples must be 1 or more
        |
     65 |     with: { samples: 0, widths: 10, from: -1, to: 0, validation: 1000 }
        |                      ^
    ");
}

#[test]
fn a_paper_without_code_has_no_recipe_to_train_by() {
    insta::assert_snapshot!(broken("alexnet", "\nprotocols:\n", "\ntraining: { batch: 256 }\nprotocols:\n"), @"
    spec.yaml:115:11: this paper has no code that would read this; take it out, or write the paper's types
         |
     115 | training: { batch: 256 }
         |           ^
    ");
}

#[test]
fn recipes_are_told_in_words() {
    let mut text = String::new();
    for entry in registry::papers() {
        let paper = entry.read(Known::default()).unwrap();
        let items = entry.recipe(&paper);
        let mut names: Vec<&str> = items.iter().map(|item| item.what.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), items.len(), "{}: a line stands twice", entry.id);
        // A paper that comes later must not need a line here.
        let told = ["gan", "adversarial", "stn"].contains(&entry.id);
        for item in items[..items.len() - paper.recipe.len()].iter().filter(|_| told) {
            text += &format!("{} | {} | {} | {}\n", entry.id, item.what, item.value, item.mark);
        }
    }
    insta::assert_snapshot!(text, @"
    gan | data | the first 50,000 training images, pixels 0 to 1 | checked
    gan | batch | 100 | checked
    gan | initial weights | uniform within ±0.05 (generator) and ±0.005 (discriminator); the generator's output bias from the pixels' means | checked
    gan | learning rate | 0.1, divided by 1.000004 each update down to 1e-6 | checked
    gan | momentum | 0.5, rising evenly to 0.7 from epoch 1 to 250 | checked
    adversarial | softmax, logistic-3-7 | 30 epochs, batches of 100, learning rate 0.1 falling evenly to zero, momentum 0.5; weights begin at zero | memory
    adversarial | rbf | 30 epochs, batches of 100, learning rate 0.1 falling evenly to zero, momentum 0.9; weights begin as the classes' mean images | memory
    adversarial | maxout, maxout-1600 | batches of 100, learning rate 0.1 divided by 1.000004 each update, momentum 0.5, rising evenly to 0.7 from epoch 1 to 250; weights begin within ±0.005, kept to a norm of 1.9365 a unit | memory
    adversarial | maxout-adversarial, maxout-1600-adversarial, a step | half the cost is that of adversarial examples of ε = 0.25, made anew | checked
    adversarial | maxout-adversarial, maxout-1600-adversarial | batches of 100, learning rate 0.1 divided by 1.000004 each update, momentum 0.5, rising evenly to 0.7 from epoch 1 to 250; weights begin within ±0.05, kept to a norm of 1.9365 a unit | memory
    adversarial | maxout-sign-noise, a step | ±0.25 is added to each pixel at random | checked
    adversarial | maxout-sign-noise | batches of 100, learning rate 0.1 divided by 1.000004 each update, momentum 0.5, rising evenly to 0.7 from epoch 1 to 250; weights begin within ±0.005, kept to a norm of 1.9365 a unit | memory
    adversarial | maxout-uniform-noise, a step | noise within ±0.25 is added to each pixel | checked
    adversarial | maxout-uniform-noise | batches of 100, learning rate 0.1 divided by 1.000004 each update, momentum 0.5, rising evenly to 0.7 from epoch 1 to 250; weights begin within ±0.005, kept to a norm of 1.9365 a unit | memory
    adversarial | fc10-1e-4 | 30 epochs, batches of 100, learning rate 0.1 falling evenly to zero, momentum 0.5; weights begin at zero; quadratic weight decay 1e-4 | memory
    adversarial | fc10-1e-2 | 30 epochs, batches of 100, learning rate 0.1 falling evenly to zero, momentum 0.5; weights begin at zero; quadratic weight decay 1e-2 | memory
    adversarial | fc10-1 | 30 epochs, batches of 100, learning rate 0.1 falling evenly to zero, momentum 0.5; weights begin at zero; quadratic weight decay 1e0 | memory
    adversarial | fc100-100-10, fc200-200-10 | 200 epochs, batches of 100, learning rate 0.1 falling evenly to zero, momentum 0.9; weights begin within ±4 √(6 / (in + out)); quadratic weight decay 1e-6, 1e-5, 1e-5 from the last layer down | memory
    adversarial | ae400-10 | 100 epochs, batches of 100, learning rate 0.1 falling evenly to zero, momentum 0.9; weights begin at zero; quadratic weight decay 1e-6 | memory
    adversarial | autoencoder below ae400-10 | 400 sigmoid units, 100 epochs, learning rate 0.02 falling evenly to zero, momentum 0.9, weight decay 0.003; mean activations are drawn to 0.1 with weight 3 | memory
    stn | batch | 256 | memory
    stn | learning rate | 0.01, divided by 10 after each third of the training | memory
    stn | momentum | none | memory
    ");
}
