//! The page of a paper that is trained here: what was trained, curves, pictures, pixels kept in range.

use reports::page;

use crate::made_up::MadeUp;
use crate::made_up_trained as trained;
use crate::markup::{assert_well_formed, attributes, redacted};

fn page_of(made_up: &MadeUp) -> String {
    let page = made_up.with(|_| (), page::render).unwrap();
    assert_well_formed(&page);
    page
}

/// The page without what is long in it: pictures' bytes.
fn short(page: &str) -> String {
    let mut text = redacted(page);
    while let Some(start) = text.find("data:image/png;base64,") {
        let end = start + text[start..].find('"').unwrap();
        text.replace_range(start..end, "[png]");
    }
    text
}

#[test]
fn the_whole_page() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!("trained", short(&page_of(&trained::new(folder.path()))));
}

#[test]
fn nothing_on_it_is_a_stub_or_from_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let page = page_of(&trained::new(folder.path()));
    for id in ["canary", "worst"] {
        assert!(!page.contains(&format!("id=\"{id}\"")), "{id}");
        assert!(!page.contains(&format!("href=\"#{id}\"")), "{id}");
    }
    for id in ["trained", "pictures", "clipped"] {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "{id}");
    }
    for (name, value) in attributes(&page) {
        assert!(name != "src" || value.starts_with("data:image/png;base64,iVBOR"), "{value}");
        assert!(name != "alt" || !value.is_empty());
    }
    assert!(!page.contains(&folder.path().display().to_string()), "a page says nothing about the machine's folders");
}

#[test]
fn each_unit_and_each_experiment_has_its_figure() {
    let folder = tempfile::tempdir().unwrap();
    let figures = trained::new(folder.path()).with(|_| (), reports::plots::all).unwrap();
    let plots: Vec<_> = figures.iter().collect();
    let names: Vec<&str> = plots.iter().map(|plot| plot.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "agreement",
            "agreement-difference",
            "agreement-confidence",
            "agreement-likelihood",
            "agreement-answers",
            "agreement-rubbish",
            "agreement-distortion",
            "curve-gan-mnist-loss-discriminator",
            "curve-gan-mnist-log-likelihood-validation",
            "curves-stn-rts",
        ]
    );
    let likelihood = plots[8];
    assert!(likelihood.caption.contains("2 runs, a line each"), "{}", likelihood.caption);
    assert!(likelihood.caption.contains("2 values lie beyond the axis"), "{}", likelihood.caption);
    for plot in &plots {
        let svg = plot.file().unwrap();
        assert_well_formed(&svg);
        assert!(svg.contains("<title>") && svg.len() < 200_000, "{}: {} bytes", plot.name, svg.len());
    }
}

#[test]
fn a_private_picture_is_not_read_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let made_up = trained::new(folder.path());
    let page = page_of(&made_up);
    assert_eq!(page.matches("<img").count(), 3);
    assert!(page.contains("do not allow pictures to be passed on"));
    let private = made_up.with(|input| input.show_private = true, page::render).unwrap();
    assert_eq!(private.matches("<img").count(), 4);
}

#[test]
fn a_file_that_is_missing_or_other_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let made_up = trained::new(folder.path());
    fs_err::remove_file(folder.path().join("r1/samples.png")).unwrap();
    fs_err::write(folder.path().join("r1/one.png"), "another").unwrap();
    fs_err::remove_file(folder.path().join("r1/gan.csv")).unwrap();
    fs_err::write(folder.path().join("r3/gan.csv"), "step,loss [nats]\n1,2\n").unwrap();
    let page = page_of(&made_up);
    assert!(
        page.contains("<code>samples.png</code> is missing from its run&#39;s folder.")
            || page.contains("<code>samples.png</code> is missing from its run's folder.")
    );
    assert!(page.contains("<code>one.png</code> is not what its run announced"));
    assert!(page.contains("gan.csv of run 20261124T001500Z-gan-mnist-r1 is missing"));
    assert!(page.contains("gan.csv of run 20261124T001500Z-gan-mnist-r3 is not what its run announced"));
}

#[test]
fn clipping_that_changes_nothing_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut made_up = trained::new(folder.path());
    let page = page_of(&made_up);
    let section = &page[page.find("<section id=\"clipped\"").unwrap()..];
    let section = &section[..section.find("</section>").unwrap()];
    assert!(section.contains("88.10 %") && section.contains("79.00 %") && section.contains("89.4 %"), "{section}");
    for row in &mut made_up.rows {
        (row.low, row.high) = (Some(0.0), Some(300.0));
    }
    assert!(!page_of(&made_up).contains("id=\"clipped\""));
}

#[test]
fn texts_cannot_break_out() {
    let evil = "<script>alert('x')</script>\"'&";
    let folder = tempfile::tempdir().unwrap();
    let mut made_up = trained::new(folder.path());
    made_up.paper.experiments[1].title = evil.into();
    made_up.paper.conditions[2].note = Some(evil.into());
    made_up.paper.generated[0].rule = evil.into();
    for made in &mut made_up.made {
        made.curves.iter_mut().for_each(|curve| (curve.name, curve.title) = (evil.into(), evil.into()));
        made.pictures.iter_mut().for_each(|picture| (picture.name, picture.caption) = (evil.into(), evil.into()));
        made.outcomes.iter_mut().for_each(|outcomes| (outcomes.data, outcomes.root) = (evil.into(), evil.into()));
    }
    assert!(!page_of(&made_up).contains("<script>alert"));
    let path = made_up.with(|_| (), |input| page::write(&folder.path().join("site"), input)).unwrap();
    for entry in fs_err::read_dir(path.with_file_name("plots")).unwrap() {
        assert_well_formed(&fs_err::read_to_string(entry.unwrap().path()).unwrap());
    }
}
