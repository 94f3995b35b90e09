//! Places, mirrors and numbers that the user gives.

use super::FINISHES;
use crate::checkout::Checkout;
use crate::common::{Place, said};

#[test]
fn a_place_for_nothing_in_the_lock_is_an_error_with_the_nearest_name() {
    let place = Place::with_runner(FINISHES);
    std::fs::create_dir_all(place.path("wrong")).unwrap();
    std::fs::write(place.path("wrong/notes.txt"), "x").unwrap();
    let have = |name: &str, folder: &str| format!("{name}={}", place.path(folder).display());
    for (have, told) in [
        (have("imagnet-val", "wrong"), "did you mean `imagenet-val`?"),
        (have("mnist/train-imagesidx3-ubyte", "wrong"), "has no such file"),
        (have("imagenet-val", "nowhere"), "there is no such file or folder"),
        (have("mnist", "wrong"), "found notes.txt"),
    ] {
        for arguments in [&["plan", "resnet50"][..], &["data", "fetch", "mnist"], &["replicate", "resnet50"]] {
            let said = said(place.command(arguments).arg("--have").arg(&have));
            assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{have} {arguments:?} {said:?}");
            assert!(said.stderr.contains(told), "{have}: {}", said.stderr);
        }
    }
    assert!(!place.path("was-started").exists());
}

#[test]
fn an_empty_variable_is_an_unset_one() {
    let place = Place::new();
    let folder = place.folder.path().display().to_string();
    for value in ["".to_owned(), ":".to_owned(), format!(":{folder}:")] {
        for arguments in [&["list"][..], &["plan", "vgg19"], &["data", "list"]] {
            let said = said(place.command(arguments).env("REPLICATIONS_MIRROR", &value));
            assert_eq!(said.code, 0, "{value:?} {arguments:?}: {said:?}");
        }
    }
    let mut command = std::process::Command::new(&place.program);
    command.args(["list"]).env("REPLICATIONS_HOME", "").env("REPLICATIONS_MIRROR", "").env("REPLICATIONS_LIBTORCH", "");
    assert_eq!(said(&mut command).code, 0);
}

#[test]
fn numbers_that_no_machine_carries_are_refused_before_anything_starts() {
    let place = Place::with_runner(FINISHES);
    for (option, number) in
        [("--threads", "100000"), ("--loader-threads", "100000"), ("--batch", "2000000"), ("--batch", "0")]
    {
        let said = place.harness(&["replicate", "vgg19", option, number]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.stderr.contains(option) && said.stderr.contains(number), "{said:?}");
    }
    assert!(!place.path("was-started").exists());
    let said = place.harness(&["replicate", "vgg19", "--seed", "-1"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("'-1' for '--seed") && !said.stderr.contains("'-- -1'"), "{said:?}");
}

#[test]
fn a_program_far_from_its_checkout_says_which_one_it_works_on() {
    let place = Place::new();
    let mut far = place.command(&["list"]);
    let far = said(far.current_dir(place.folder.path()));
    assert_eq!(far.code, 0, "{far:?}");
    assert!(far.stderr.contains("is in no clone of the project: working on "), "{}", far.stderr);
    assert_eq!(place.harness(&["list"]).stderr, "");
}

#[test]
fn what_is_missing_off_line_is_named_with_the_option_that_gives_it() {
    let place = Place::new();
    let said = place.harness(&["plan", "vgg19", "--model", "released", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.stdout.contains("1 file of torchvision-vgg19") && said.stdout.contains("--have torchvision-vgg19="),
        "{}",
        said.stdout
    );
}

#[test]
fn no_network_is_given_images_of_other_classes() {
    let place = Place::new();
    let plan = place.harness(&["plan", "resnet20", "--model", "released", "--json"]);
    assert_eq!(plan.code, 0, "{plan:?}");
    assert!(!plan.stdout.contains("imagenet-val: "), "{}", plan.stdout);
    let asked = place.harness(&["plan", "resnet20", "--on", "imagenet-val-650"]);
    assert_eq!(asked.code, 2, "{asked:?}");
    assert!(asked.stderr.contains("1000 classes"), "{}", asked.stderr);
}

#[test]
fn nothing_is_pinned_of_an_empty_file_and_no_column_is_taken_of_two() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("folder")).unwrap();
    std::fs::write(place.path("folder/empty.bin"), b"").unwrap();
    for path in ["folder", "folder/empty.bin"] {
        let said = place.harness(&["data", "pin", place.path(path).to_str().unwrap()]);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
        assert!(said.stderr.contains("empty.bin: it is empty"), "{}", said.stderr);
    }
    std::fs::write(place.path("labels.csv"), "file,class,class\na.jpg,1,2\n").unwrap();
    std::fs::write(place.path("mine.csv"), "1\n").unwrap();
    let [labels, mine] = ["labels.csv", "mine.csv"].map(|name| place.path(name).display().to_string());
    let said = place.harness(&["score", "--references", &labels, &mine]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("two columns are called `class`"), "{}", said.stderr);
    let images = place.folder.path().display().to_string();
    let said = place.harness(&["plan", "vgg19", "--images", &images]);
    assert!(said.code == 2 && said.stderr.contains("two columns are called `class`"), "{}", said.stderr);
}

#[test]
fn kept_peaks_that_were_changed_are_told() {
    let place = Place::new();
    let machine = libtorch::machine::detect();
    let device = if machine.gpu.is_some() { spec::job::Device::Cuda } else { spec::job::Device::Cpu };
    let fingerprint = libtorch::peaks::fingerprint(&machine, device, libtorch::VERSION);
    let home = store::Home::at(place.path("home"));
    let peaks = spec::profile::Peaks { fp32: Some(2e11), ..Default::default() };
    let measured = libtorch::peaks::Measured { machine: "m".into(), libtorch: "l".into(), time: 1, peaks };
    libtorch::peaks::save(&home, &fingerprint, measured).unwrap();
    let file = place.path("home/peaks").join(format!("{fingerprint}.json"));
    let warned = || {
        let said = place.harness(&["plan", "vgg19"]);
        assert_eq!(said.code, 0, "{said:?}");
        said.stderr.contains(file.to_str().unwrap()) && said.stderr.contains("peaks are not known")
    };
    assert!(!warned());
    super::edit(&file, "200000000000", "900000000000");
    assert!(warned());
    std::fs::write(&file, "{\"machine\": ").unwrap();
    assert!(warned());
}

#[test]
fn what_the_system_says_is_told_once() {
    let place = Place::with_runner(FINISHES);
    std::fs::write(place.path("file"), "").unwrap();
    let file = place.path("file/below").display().to_string();
    let mirrored = place.path("mirrored.csv").display().to_string();
    let said = |arguments: &[&str]| {
        let said = place.harness(arguments);
        assert_eq!(said.code, 2, "{arguments:?} {said:?}");
        let last = said.stderr.lines().last().unwrap().to_owned();
        assert_eq!(last.matches("os error").count(), 1, "{arguments:?}: {last}");
    };
    said(&["replicate", "resnet50", "--images", "/nowhere"]);
    said(&["data", "pin", "/nowhere"]);
    said(&["score", "--references", &mirrored, &mirrored]);
    said(&["rescore", &file.replace("/below", "")]);
    for arguments in [&["data", "verify", "mnist"][..], &["replicate", "vgg19"]] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_harness"));
        command.args(arguments).args(["--offline", "--home", &file]).arg("--results").arg(place.path("results"));
        let said = crate::common::said(&mut command);
        let last = said.stderr.lines().last().unwrap().to_owned();
        assert!(last.matches("os error").count() <= 1, "{arguments:?}: {last}");
    }
}

/// The lock with a validation set of `count` images, and with weights whose bytes are `weights`.
fn small_lock(count: usize, weights: &str) -> String {
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../datasets.lock")).unwrap();
    let whole = "count: 50000\n      classes: 1000\n      layout: ilsvrc-val";
    assert_eq!(lock.matches(whole).count(), 1);
    let (before, own) = lock.split_once("  - id: torchvision-resnet18\n").unwrap();
    let pins = own.split_once("        sha256: ").unwrap().1.split_once("        hash:").unwrap().0;
    let own = own.replacen(pins, &format!("{}\n", base::hash::sha256(weights.as_bytes())), 1);
    let lock = format!("{before}  - id: torchvision-resnet18\n{own}");
    let count = count.to_string();
    lock.replace(whole, &whole.replace("50000", &count)).replace("of: 50000\n", &format!("of: {count}\n"))
}

#[test]
fn an_extracted_validation_set_is_run_and_called_what_it_is() {
    let checkout = Checkout::new("echo '{\"event\":\"finished\",\"at\":1.0}'\n");
    let place = &checkout.place;
    // One image of each class, in an order of their numbers that is not that of the classes.
    let classes = replications::classes::classes();
    let image = |index: usize| {
        let number = (index * 7) % classes.len() + 1;
        format!("imagenet/val/{}/ILSVRC2012_val_{number:08}.JPEG", classes[index].wnid)
    };
    for index in 0..classes.len() {
        let path = place.path(&image(index));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("image {index}")).unwrap();
    }
    std::fs::write(place.path("clone/datasets.lock"), small_lock(classes.len(), "weights")).unwrap();
    std::fs::create_dir_all(place.path("weights")).unwrap();
    std::fs::write(place.path("weights/resnet18-f37072fd.pth"), "weights").unwrap();
    let call = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        for (entry, folder) in [("imagenet-val", "imagenet"), ("torchvision-resnet18", "weights")] {
            command.arg("--have").arg(format!("{entry}={}", place.path(folder).display()));
        }
        said(command.current_dir(place.path("clone")))
    };
    let told = "not verified against the published archive's hash: datasets.lock pins ILSVRC2012_img_val.tar, not what is in it";

    let plan = call(&["plan", "resnet18", "--model", "released"]);
    assert!(plan.code == 0 && plan.stdout.contains("imagenet-val (1000 images)"), "{plan:?}");
    let verified = call(&["data", "verify", "imagenet-val"]);
    assert!(verified.code == 0 && verified.stderr.contains(told), "{verified:?}");
    assert!(verified.stdout.starts_with("imagenet-val: 1000 files counted, named and hashed, "), "{verified:?}");
    let fetched = call(&["data", "fetch", "imagenet-val"]);
    assert!(fetched.code == 0 && fetched.stderr.contains(told), "{fetched:?}");
    let listed: serde_json::Value = serde_json::from_str(&call(&["data", "list", "--json"]).stdout).unwrap();
    let state = &listed.as_array().unwrap().iter().find(|entry| entry["id"] == "imagenet-val").unwrap()["state"];
    assert_eq!(state, "in a mirror or at a path that you named");

    let run = call(&["replicate", "resnet18", "--model", "released", "--json"]);
    let object: serde_json::Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    assert!(object["warnings"].to_string().contains(told), "{}", object["warnings"]);
    let [record] = &place.runs("resnet18")[..] else { panic!("{run:?}") };
    let header: serde_json::Value = serde_json::from_slice(&std::fs::read(record.join("plan.json")).unwrap()).unwrap();
    let data = &header["data"][0];
    assert_eq!((&data["id"], &data["images"]), (&"imagenet-val".into(), &1000.into()));
    assert!(data["unverified"].as_str().unwrap().contains(told), "{data}");
    assert!(verified.stdout.contains(data["root"].as_str().unwrap()), "{data}");
    let page = std::fs::read_to_string(place.path("site/resnet/index.html")).unwrap();
    assert!(page.contains("data not verified") && page.contains("not what is in it"), "the page is silent");
    // The runner reads the user's own files.
    let lists = std::fs::read_dir(place.path("home/lists")).unwrap().map(|list| list.unwrap().path());
    let list = lists.map(|list| std::fs::read_to_string(list).unwrap()).collect::<String>();
    let first = format!("{},val/ILSVRC2012_val_00000001.JPEG,0", place.path(&image(0)).display());
    assert_eq!(list.lines().nth(1), Some(first.as_str()));
    assert!(!place.path("home/data/imagenet-val").exists(), "something was copied");

    // A home that many share may only be read: what a run makes for itself lies by its results. Nothing can be written below
    // a file, whoever tries.
    for name in ["lists", "peaks"] {
        let folder = place.path("home").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::write(folder, "").unwrap();
    }
    let run = call(&["replicate", "resnet18", "--model", "released"]);
    assert_eq!(place.runs("resnet18").len(), 2, "{run:?}");
    assert!(!run.stderr.contains("denied") && !run.stderr.contains("os error"), "{}", run.stderr);
    for name in ["lists", "peaks"] {
        let folder = place.path("results/.by-products").join(name);
        assert!(std::fs::read_dir(&folder).is_ok_and(|mut files| files.next().is_some()), "{}", folder.display());
    }

    std::fs::remove_file(place.path(&image(5))).unwrap();
    for arguments in [&["plan", "resnet18"][..], &["data", "verify", "imagenet-val"], &["replicate", "resnet18"]] {
        let said = call(arguments);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
        assert!(said.stderr.contains("found 999 in 999 folders of classes"), "{}", said.stderr);
        assert!(said.stderr.contains("1 is missing: ILSVRC2012_val_00000036.JPEG"), "{}", said.stderr);
        assert!(said.stderr.contains("--images DIR"), "{}", said.stderr);
    }
}
