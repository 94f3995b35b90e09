// One step of gradient descent with momentum over many tensors: one pass over the memory of each on a CPU, in which the
// weights into one unit can be kept to a norm.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "guard.h"

namespace {

// About so many numbers are worth a thread of their own.
constexpr int64_t GRAIN = 1 << 15;
// Sums that run beside each other, so that the squares of a row are added as fast as they are read.
constexpr int64_t LANES = 16;

struct Step {
  float rate, momentum, decay, max_norm;
};

// v = momentum * v - rate * (g + decay * p); p += v.
__attribute__((target_clones("avx512f", "avx2", "default"))) void step(float* __restrict p, float* __restrict v,
                                                                      const float* __restrict g, int64_t count,
                                                                      const Step& how) {
  const float rate = how.rate, momentum = how.momentum, decay = how.decay;
  for (int64_t i = 0; i < count; ++i) {
    v[i] = momentum * v[i] - rate * (g[i] + decay * p[i]);
    p[i] += v[i];
  }
}

__attribute__((target_clones("avx512f", "avx2", "default"))) float squares(const float* __restrict p, int64_t count) {
  float sums[LANES] = {};
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (int64_t lane = 0; lane < LANES; ++lane) sums[lane] += p[i + lane] * p[i + lane];
  }
  float sum = 0.0f;
  for (; i < count; ++i) sum += p[i] * p[i];
  for (const float lane : sums) sum += lane;
  return sum;
}

// As at::renorm_: a row that is longer than it may be is scaled to just under the norm.
void keep_to_norm(float* row, int64_t count, float max_norm) {
  const float norm = std::sqrt(squares(row, count));
  if (norm <= max_norm) return;
  const float scale = max_norm / (norm + 1e-7f);
  for (int64_t i = 0; i < count; ++i) row[i] *= scale;
}

// Whoever kept a changed tensor for a gradient must hear of it: autograd compares versions.
void changed(const at::Tensor& tensor) {
  if (!tensor.is_inference()) tensor.unsafeGetTensorImpl()->bump_version();
}

void on_cpu(const at::Tensor& p, const at::Tensor& gradient, const at::Tensor& v, const Step& how) {
  TORCH_CHECK(p.scalar_type() == at::kFloat && v.scalar_type() == at::kFloat && p.is_contiguous() && v.is_contiguous() &&
                  gradient.scalar_type() == at::kFloat,
              "sgd needs contiguous float tensors");
  const at::Tensor g = gradient.contiguous();
  float* to_p = p.mutable_data_ptr<float>();
  float* to_v = v.mutable_data_ptr<float>();
  const float* from = g.const_data_ptr<float>();
  if (how.max_norm <= 0.0f || p.dim() < 2) {
    at::parallel_for(0, p.numel(), GRAIN, [&](int64_t begin, int64_t end) {
      step(to_p + begin, to_v + begin, from + begin, end - begin, how);
    });
    return;
  }
  const int64_t rows = p.size(0), columns = rows > 0 ? p.numel() / rows : 0;
  at::parallel_for(0, rows, std::max<int64_t>(1, GRAIN / std::max<int64_t>(1, columns)), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t at = row * columns;
      step(to_p + at, to_v + at, from + at, columns, how);
      keep_to_norm(to_p + at, columns, how.max_norm);
    }
  });
}

void elsewhere(at::Tensor p, const at::Tensor& gradient, at::Tensor v, const Step& how) {
  v.mul_(how.momentum).sub_(gradient, how.rate);
  if (how.decay != 0.0f) v.sub_(p, how.rate * how.decay);
  p.add_(v);
  if (how.max_norm > 0.0f && p.dim() > 1) p.renorm_(2, 0, how.max_norm);
}

}  // namespace

// max_norm 0: no limit.
extern "C" ShimStatus shim_sgd(at::Tensor* const* parameters, at::Tensor* const* gradients, at::Tensor* const* velocities,
                          int64_t count, double rate, double momentum, double decay, double max_norm) {
  return shim_guarded([&] {
    c10::NoGradGuard no_grad;
    const Step how{static_cast<float>(rate), static_cast<float>(momentum), static_cast<float>(decay),
                   static_cast<float>(max_norm)};
    for (int64_t i = 0; i < count; ++i) {
      const at::Tensor &p = *parameters[i], &g = *gradients[i], &v = *velocities[i];
      TORCH_CHECK(p.sizes() == g.sizes() && p.sizes() == v.sizes(), "sgd: shapes differ at tensor ", i);
      if (p.device().is_cpu()) {
        on_cpu(p, g, v, how);
        changed(p);
        changed(v);
      } else {
        elsewhere(p, g, v, how);
      }
    }
  });
}
