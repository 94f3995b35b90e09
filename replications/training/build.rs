//! Lets this package's tests and examples find libtorch where it was linked from.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=LIBTORCH");
    // torch-sys is a direct dependency only for this.
    println!("cargo::rerun-if-env-changed=DEP_TCH_LIBTORCH_LIB");
    if let Ok(lib) = std::env::var("DEP_TCH_LIBTORCH_LIB") {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{lib}");
    }
    // libtorch_cpu.so names CUDA libraries that a machine without a GPU does not have.
    println!("cargo::rustc-link-arg=-Wl,--allow-shlib-undefined");
}
