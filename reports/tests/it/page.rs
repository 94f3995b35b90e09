//! A paper's page: what it says, that nothing breaks out of it, and that it needs nothing else.

use reports::{Error, page};

use crate::made_up::MadeUp;
use crate::markup::{assert_well_formed, attributes, redacted};

fn made_up_page() -> String {
    MadeUp::new().with(|_| (), page::render).unwrap()
}

#[test]
fn the_whole_page() {
    let page = made_up_page();
    assert_well_formed(&page);
    insta::assert_snapshot!("page", redacted(&page));
}

#[test]
fn the_summary_counts_and_limits() {
    let page = made_up_page();
    let start = page.find("<p class=\"sum\">").unwrap();
    let text = &page[start..start + page[start..].find("</section>").unwrap()];
    insta::assert_snapshot!(redacted(text), @r#"
    <p class="sum">Of 8 published results 5 stand beside a measurement. Apart from them, structure: 1 of 1 agree.</p>
    <div class="bar" aria-hidden="true">
    <span class="v-consistent" style="flex:1">
    </span>
    <span class="v-gap" style="flex:3">
    </span>
    <span class="v-not" style="flex:1">
    </span>
    <span class="v-none" style="flex:3">
    </span>
    </div>
    <ul class="counts">
    <li>
    <span class="badge v-consistent">
    <span aria-hidden="true">≈</span> consistent</span> <b>1</b>
    </li>
    <li>
    <span class="badge v-gap">
    <span aria-hidden="true">△</span> protocol gap</span> <b>3</b>
    </li>
    <li>
    <span class="badge v-not">
    <span aria-hidden="true">✗</span> not replicated</span> <b>1</b>
    </li>
    <li>
    <span class="badge v-none">
    <span aria-hidden="true">○</span> not run</span> <b>3</b>
    </li>
    </ul>
    <details class="about">
    <summary>What the paper did, and what limits these numbers</summary>
    <p>The paper adds the input of a few layers to their output, so that very deep networks can be trained. Here ResNet-50 is built as the paper gives it and run with published weights.</p>
    <p>3 published results were not run, and each says why.</p>
    <p>1 value was measured that no published number stands beside.</p>
    <p>imagenet-val-650 is a sample: 650 of the 50,000 images of imagenet-val.</p>
    <p>1 published number is quoted from memory and marked unverified.</p>
    <p>Of 3 runs 1 did not finish; see the conditions.</p>
    </details>
    "#);
}

#[test]
fn sections_stand_in_order() {
    let page = made_up_page();
    let ids = [
        "verdict",
        "tables",
        "plots",
        "worst",
        "speed",
        "structure",
        "results",
        "not-run",
        "canary",
        "conditions",
        "protocols",
        "recipe",
        "deviations",
        "reproduce",
        "sources",
    ];
    let places: Vec<usize> = ids.iter().map(|id| page.find(&format!("<section id=\"{id}\"")).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn every_condition_is_on_the_page() {
    let page = made_up_page();
    let hashes = ["5f", "a7", "c3", "e1", "9b"].map(|byte| byte.repeat(32));
    let conditions = [
        "seed",
        "precision",
        "TF32 in matrix products",
        "TF32 in convolutions",
        "threads",
        "loader threads",
        "batch",
        "memory format",
        "libtorch",
        "processor",
        "GPU",
        "driver",
        "cuDNN",
        "commit",
        "spec hash",
        "lock hash",
        "data root hash",
        "JPEG decoder",
        "resampler",
        "weights hash",
        "environment variables",
        "operators fused",
        "cuDNN held to deterministic algorithms",
        "operating system",
        "hardware profile",
    ];
    for name in conditions {
        assert!(page.contains(&format!("<th scope=\"row\">{name}</th>")), "{name} is missing");
    }
    for hash in hashes {
        assert!(page.contains(&hash), "a hash is missing or cut: {hash}");
    }
}

#[test]
fn texts_cannot_break_out() {
    let evil = "<script>alert('x')</script>\"'&";
    let mut made_up = MadeUp::new();
    made_up.paper.title = evil.into();
    made_up.paper.authors = vec![evil.into()];
    made_up.paper.deviations[0].why = evil.into();
    made_up.paper.networks[0].title = evil.into();
    made_up.paper.sources[0].title = evil.into();
    made_up.paper.link = "javascript:alert(1)".into();
    made_up.classes.fill(evil.into());
    made_up.worst[0].items[0].file = evil.into();
    made_up.canary[0].picture = evil.into();
    made_up.networks[0].layers[0].kind = evil.into();
    made_up.footer.project = evil.into();
    for row in &mut made_up.rows {
        row.network = evil.into();
        row.source = Some(evil.into());
        row.reason = Some(evil.into());
    }
    for header in &mut made_up.headers {
        header.subject = Some(evil.into());
        header.command = vec![evil.into()];
    }
    let folder = tempfile::tempdir().unwrap();
    let path = made_up
        .with(|input| (input.command, input.notice) = (evil, Some(evil)), |input| page::write(folder.path(), input));
    let path = path.unwrap();
    let page = fs_err::read_to_string(&path).unwrap();
    assert_well_formed(&page);
    assert!(!page.contains("<script>alert"));
    assert!(page.contains("&lt;script&gt;alert"));
    assert!(!attributes(&page).iter().any(|(_, value)| value.contains("javascript:")));
    for name in ["agreement", "throughput", "memory", "time"] {
        let svg = fs_err::read_to_string(path.with_file_name("plots").join(format!("{name}.svg"))).unwrap();
        assert_well_formed(&svg);
        assert!(!svg.contains("<script>alert"), "{name}");
    }
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let page = made_up_page();
    for (name, value) in attributes(&page) {
        match name.as_str() {
            "src" => assert!(value.starts_with("data:image/jpeg;base64,"), "{value}"),
            "href" => {
                assert!(["https://", "#", "data:,", "plots/"].iter().any(|start| value.starts_with(start)), "{value}")
            }
            "srcset" | "action" | "data" | "poster" | "background" => panic!("{name}={value}"),
            _ => assert!(!value.contains("url("), "{name}={value}"),
        }
    }
    for way in ["@import", "url(", "fetch(", "XMLHttpRequest", "<iframe", "<script src", "sendBeacon", "WebSocket"] {
        assert!(!page.contains(way), "{way}");
    }
}

#[test]
fn a_page_without_anything_says_so() {
    let mut made_up = MadeUp::new();
    made_up.rows.clear();
    made_up.headers.clear();
    made_up.networks.clear();
    made_up.worst.clear();
    made_up.paper.tables.clear();
    let paper = &mut made_up.paper;
    (paper.recipe, paper.protocols, paper.weights, paper.deviations, paper.sources) = Default::default();
    let page = made_up.with(|input| input.notice = None, page::render).unwrap();
    assert_well_formed(&page);
    assert!(!page.contains("<svg"));
    assert_eq!(page.matches("class=\"nothing\"").count(), 12, "each section and figure without data is a sentence");
}

#[test]
fn what_is_not_a_number_is_never_printed_as_one() {
    let mut made_up = MadeUp::new();
    for row in &mut made_up.rows {
        (row.value, row.low, row.high, row.published) =
            (Some(f64::NAN), Some(f64::NEG_INFINITY), Some(f64::INFINITY), Some(f64::INFINITY));
    }
    for measurement in made_up.measurements.iter_mut().flatten() {
        (measurement.value, measurement.low, measurement.high) = (f64::INFINITY, Some(f64::NAN), Some(f64::NAN));
    }
    for answer in &mut made_up.canary {
        answer.top[0].1 = f32::NAN;
    }
    let page = made_up.with(|_| (), page::render).unwrap();
    assert_well_formed(&page);
    let text = redacted(&page);
    assert!(!text.contains("NaN") && !text.contains(">inf") && !text.contains("-inf") && !text.contains(" inf"));
    assert!(!page.contains("<svg"), "nothing of it can be drawn");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(made_up_page(), made_up_page());
}

#[test]
fn a_page_is_written_whole_and_old_figures_go() {
    let folder = tempfile::tempdir().unwrap();
    let mut made_up = MadeUp::new();
    let path = made_up.with(|_| (), |input| page::write(folder.path(), input)).unwrap();
    assert_eq!(path, folder.path().join("resnet").join("index.html"));
    assert_eq!(fs_err::read_to_string(&path).unwrap(), made_up_page());
    let time = folder.path().join("resnet/plots/time.svg");
    assert!(time.exists());
    made_up.headers.clear();
    made_up.with(|_| (), |input| page::write(folder.path(), input)).unwrap();
    assert!(!time.exists());
    let names: Vec<_> =
        fs_err::read_dir(folder.path().join("resnet")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "no part file stays: {names:?}");
}

#[test]
fn an_id_that_leaves_the_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for id in ["../up", "", "a/b", "."] {
        let mut made_up = MadeUp::new();
        made_up.paper.id = id.into();
        let error = made_up.with(|_| (), |input| page::write(folder.path(), input)).unwrap_err();
        assert!(matches!(error, Error::PaperId { .. }), "{id}: {error}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs_err::write(&file, "").unwrap();
    let error = MadeUp::new().with(|_| (), |input| page::write(&file, input)).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
}
