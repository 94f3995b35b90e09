// One step of gradient descent with momentum over many tensors: one pass over the memory of each on a CPU.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>

#include "guard.h"

namespace {

// v = momentum * v - rate * (g + decay * p); p += v.
__attribute__((target_clones("avx512f", "avx2", "default"))) void step(
    float* __restrict p, float* __restrict v, const float* __restrict g, int64_t count, float rate, float momentum,
    float decay) {
  for (int64_t i = 0; i < count; ++i) {
    v[i] = momentum * v[i] - rate * (g[i] + decay * p[i]);
    p[i] += v[i];
  }
}

}  // namespace

extern "C" char* shim_sgd(at::Tensor* const* parameters, at::Tensor* const* gradients, at::Tensor* const* velocities,
                          int64_t count, double rate, double momentum, double decay) {
  return shim_guarded([&] {
    c10::NoGradGuard no_grad;
    for (int64_t i = 0; i < count; ++i) {
      at::Tensor p = *parameters[i];
      at::Tensor v = *velocities[i];
      const at::Tensor& gradient = *gradients[i];
      TORCH_CHECK(p.sizes() == gradient.sizes() && p.sizes() == v.sizes(), "sgd: shapes differ at tensor ", i);
      if (!p.device().is_cpu()) {
        if (decay != 0.0) {
          v.mul_(momentum).sub_(gradient, rate).sub_(p, rate * decay);
        } else {
          v.mul_(momentum).sub_(gradient, rate);
        }
        p.add_(v);
        continue;
      }
      TORCH_CHECK(p.scalar_type() == at::kFloat && v.scalar_type() == at::kFloat && p.is_contiguous() &&
                      v.is_contiguous() && gradient.scalar_type() == at::kFloat,
                  "sgd needs contiguous float tensors");
      const at::Tensor g = gradient.contiguous();
      float* to_p = p.mutable_data_ptr<float>();
      float* to_v = v.mutable_data_ptr<float>();
      const float* from = g.const_data_ptr<float>();
      at::parallel_for(0, p.numel(), 1 << 15, [&](int64_t begin, int64_t end) {
        step(to_p + begin, to_v + begin, from + begin, end - begin, static_cast<float>(rate),
             static_cast<float>(momentum), static_cast<float>(decay));
      });
    }
  });
}
