//! Compiles the C++ side against libtorch's headers, and lets this crate's own tests find libtorch.

use std::env;
use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-changed=cpp");
    println!("cargo::rerun-if-env-changed=LIBTORCH");
    // torch-sys, a direct dependency, tells where libtorch lies.
    println!("cargo::rerun-if-env-changed=DEP_TCH_LIBTORCH_LIB");
    let Some(lib) = env::var_os("DEP_TCH_LIBTORCH_LIB").map(PathBuf::from) else {
        println!("cargo::error=torch-sys did not say where libtorch is; set LIBTORCH, or run `harness setup`");
        return;
    };
    let include = match env::var_os("LIBTORCH") {
        Some(root) => PathBuf::from(root).join("include"),
        None => lib.with_file_name("include"),
    };
    let build = || {
        let mut build = cc::Build::new();
        build
            .cpp(true)
            .pic(true)
            .std("c++17")
            .warnings(false)
            // The kernels here are hot, whatever the profile of the rest.
            .opt_level(3)
            .flag("-fno-math-errno")
            // at::parallel_for is a header: without this it is a plain loop.
            .flag("-fopenmp")
            .define("_GLIBCXX_USE_CXX11_ABI", "1")
            .include(&include)
            .include(include.join("torch/csrc/api/include"));
        build
    };
    build()
        .files([
            "cpp/context.cpp",
            "cpp/memory.cpp",
            "cpp/operators.cpp",
            "cpp/lrn.cpp",
            "cpp/sgd.cpp",
            "cpp/maxout.cpp",
            "cpp/conv_plane.cpp",
            "cpp/roi_pool.cpp",
        ])
        .compile("torch_shim");
    // What training spends its time in: a product and a sum are one operation there, rounded once.
    build()
        .flag("-ffp-contract=fast")
        // Vectors wider than the processor's own are only ever handed over inlined.
        .flag("-Wno-psabi")
        .files(["cpp/conv3x3.cpp", "cpp/batch_norm.cpp"])
        .compile("torch_shim_training");
    // The same library as libtorch's own, by its name: libtorch's copy is found first and serves both.
    println!("cargo::rustc-link-lib=gomp");
    println!("cargo::rustc-link-arg=-Wl,-rpath,{}", lib.display());
    // libtorch_cpu.so names CUDA libraries that a machine without a GPU does not have.
    println!("cargo::rustc-link-arg=-Wl,--allow-shlib-undefined");
}
