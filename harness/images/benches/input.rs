//! The input pipeline, one picture on one thread: decode, resize and crop, and both. Must not measure disks: the bytes are in memory.

// A bench that cannot be set up may stop, and criterion's macro makes an undocumented public function.
#![allow(clippy::expect_used, missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use images::{Rgb, decode, thumbnail_jpeg, views};
use spec::protocol::Protocol;

/// A picture with edges, slopes and noise, so that its JPEG is about as large as a photograph's.
fn picture(width: u32, height: u32) -> Rgb {
    let mut state = 1u32;
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = state >> 27;
            let edge = if (x / 23 + y / 17) % 3 == 0 { 70 } else { 0 };
            pixels.extend(
                [x * 150 / width + edge + grain, y * 150 / height + edge + grain, 200 - edge + grain]
                    .map(|v| v.min(255) as u8),
            );
        }
    }
    Rgb { width, height, pixels, note: None }
}

fn input(c: &mut Criterion) {
    let protocol: Protocol = serde_json::from_value(serde_json::json!({
        "id": "center-224", "title": "short side 256, centre crop 224", "source": "a bench",
        "resize": {"short_side": [256]}, "views": {"kind": "center", "size": 224},
    }))
    .expect("a protocol");
    for (width, height) in [(45, 31), (500, 375)] {
        let jpeg = thumbnail_jpeg(&picture(width, height), width).expect("a JPEG");
        let decoded = decode(&jpeg, "bench.jpg").expect("a picture");
        let mut group = c.benchmark_group(format!("{width}x{height}"));
        group.sample_size(30);
        group.bench_function("decode", |b| b.iter(|| decode(black_box(&jpeg), "bench.jpg")));
        group.bench_function("resize and crop", |b| b.iter(|| views(black_box(&decoded), &protocol)));
        group.bench_function("whole", |b| {
            b.iter(|| decode(black_box(&jpeg), "bench.jpg").and_then(|picture| views(&picture, &protocol)))
        });
        group.finish();
    }
}

criterion_group!(benches, input);
criterion_main!(benches);
