// Global switches, what libtorch says of itself, inference mode, loading CUDA.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/InferenceMode.h>
#include <torch/version.h>

#include <dlfcn.h>

#include "guard.h"

extern "C" {

void shim_free(char* text) { std::free(text); }

// Switches by number; torch-shim/src/context.rs has the same list.
enum Switch { TF32_MATMUL, TF32_CUDNN, DETERMINISTIC_CUDNN, BENCHMARK_CUDNN, DETERMINISTIC_ALGORITHMS };

char* shim_set(int which, bool on) {
  return shim_guarded([&] {
    auto& context = at::globalContext();
    switch (which) {
      case TF32_MATMUL: context.setAllowTF32CuBLAS(on); break;
      case TF32_CUDNN: context.setAllowTF32CuDNN(on); break;
      case DETERMINISTIC_CUDNN: context.setDeterministicCuDNN(on); break;
      case BENCHMARK_CUDNN: context.setBenchmarkCuDNN(on); break;
      case DETERMINISTIC_ALGORITHMS: context.setDeterministicAlgorithms(on, /*warn_only=*/false); break;
      default: throw std::runtime_error("no such switch");
    }
  });
}

char* shim_get(int which, bool* on) {
  return shim_guarded([&] {
    auto& context = at::globalContext();
    switch (which) {
      case TF32_MATMUL: *on = context.allowTF32CuBLAS(); break;
      case TF32_CUDNN: *on = context.allowTF32CuDNN(); break;
      case DETERMINISTIC_CUDNN: *on = context.deterministicCuDNN(); break;
      case BENCHMARK_CUDNN: *on = context.benchmarkCuDNN(); break;
      case DETERMINISTIC_ALGORITHMS: *on = context.deterministicAlgorithms(); break;
      default: throw std::runtime_error("no such switch");
    }
  });
}

// Texts by number; torch-shim/src/context.rs has the same list.
enum Text { VERSION, BUILD, PARALLEL, CPU_CAPABILITY };

char* shim_text(int which, char** out) {
  return shim_guarded([&] {
    switch (which) {
      case VERSION: *out = shim_copy(TORCH_VERSION); break;
      case BUILD: *out = shim_copy(at::show_config()); break;
      case PARALLEL: *out = shim_copy(at::get_parallel_info()); break;
      case CPU_CAPABILITY: *out = shim_copy(at::get_cpu_capability()); break;
      default: throw std::runtime_error("no such text");
    }
  });
}

char* shim_cuda_versions(int64_t* runtime, int64_t* cudnn) {
  return shim_guarded([&] {
    *runtime = at::Context::versionCUDART();
    *cudnn = at::Context::versionCuDNN();
  });
}

char* shim_inference_enter(void** guard) {
  return shim_guarded([&] { *guard = new c10::InferenceMode(true); });
}

void shim_inference_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

// Registers CUDA's kernels: global, so that the libraries it names in turn find each other's symbols.
char* shim_load(const char* path) {
  return shim_guarded([&] {
    if (dlopen(path, RTLD_NOW | RTLD_GLOBAL) == nullptr) {
      const char* why = dlerror();
      throw std::runtime_error(why == nullptr ? "dlopen failed" : why);
    }
  });
}

}  // extern "C"
