// Global switches, what libtorch says of itself, inference mode, loading CUDA.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/InferenceMode.h>
#include <torch/version.h>

#include <dlfcn.h>

#include <new>
#include <stdexcept>
#include <string>

#include "guard.h"

namespace {

char* text_of(const std::string& text) {
  char* copy = shim_copy(text.c_str());
  if (copy == nullptr) throw std::bad_alloc();
  return copy;
}

}  // namespace

extern "C" {

void shim_free(char* text) { std::free(text); }

// Switches by number; torch-shim/src/context.rs has the same list.
enum Switch { TF32_MATMUL, TF32_CUDNN, DETERMINISTIC_CUDNN, BENCHMARK_CUDNN, DETERMINISTIC_ALGORITHMS };

ShimStatus shim_set(int which, bool on) {
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

ShimStatus shim_get(int which, bool* on) {
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

ShimStatus shim_text(int which, char** out) {
  return shim_guarded([&] {
    switch (which) {
      case VERSION: *out = text_of(TORCH_VERSION); break;
      case BUILD: *out = text_of(at::show_config()); break;
      case PARALLEL: *out = text_of(at::get_parallel_info()); break;
      case CPU_CAPABILITY: *out = text_of(at::get_cpu_capability()); break;
      default: throw std::runtime_error("no such text");
    }
  });
}

ShimStatus shim_cuda_versions(int64_t* runtime, int64_t* cudnn) {
  return shim_guarded([&] {
    *runtime = at::Context::versionCUDART();
    *cudnn = at::Context::versionCuDNN();
  });
}

// Whether oneDNN has kernels for bfloat16 on this processor; libtorch asks the same before it packs such weights.
ShimStatus shim_packs_bf16(bool* can) {
  return shim_guarded([&] {
    static const auto ask =
        c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_is_mkldnn_bf16_supported", "").typed<bool()>();
    *can = ask.call();
  });
}

ShimStatus shim_inference_enter(void** guard) {
  return shim_guarded([&] { *guard = new c10::InferenceMode(true); });
}

ShimStatus shim_inference_leave(void* guard) {
  return shim_guarded([&] { delete static_cast<c10::InferenceMode*>(guard); });
}

// For tests: fails as C++ can, with an exception that is none of std's, or one of memory.
ShimStatus shim_fail(bool of_memory) {
  return shim_guarded([&] {
    if (of_memory) throw std::bad_alloc();
    throw 1;
  });
}

// Registers CUDA's kernels: global, so that the libraries it names in turn find each other's symbols.
ShimStatus shim_load(const char* path) {
  return shim_guarded([&] {
    if (dlopen(path, RTLD_NOW | RTLD_GLOBAL) == nullptr) {
      const char* why = dlerror();
      throw std::runtime_error(why == nullptr ? "dlopen failed" : why);
    }
  });
}

}  // extern "C"
