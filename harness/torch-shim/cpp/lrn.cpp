// Local response normalisation across channels on the CPU, in one pass over channels-last memory.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty_like.h>

#include <cmath>
#include <vector>

#include "guard.h"

namespace {

// One place's channels: y = x / (k + alpha / n * sum of x^2 over n neighbours)^beta.
// `squares` has `half` zeros before and after its channels. The compiler clones this for the vector units it may meet.
__attribute__((target_clones("avx512f", "avx2", "default"))) void place(
    const float* __restrict x, float* __restrict y, float* __restrict squares, float* __restrict sums,
    int64_t channels, int64_t size, float scale, float beta, float k) {
  const int64_t half = size / 2;
  for (int64_t c = 0; c < channels; ++c) squares[half + c] = x[c] * x[c];
  for (int64_t c = 0; c < channels; ++c) sums[c] = squares[c];
  for (int64_t i = 1; i < size; ++i) {
    for (int64_t c = 0; c < channels; ++c) sums[c] += squares[c + i];
  }
  if (beta == 0.75f) {
    for (int64_t c = 0; c < channels; ++c) {
      const float s = k + scale * sums[c];
      y[c] = x[c] / std::sqrt(s * std::sqrt(s));
    }
  } else {
    for (int64_t c = 0; c < channels; ++c) y[c] = x[c] * std::pow(k + scale * sums[c], -beta);
  }
}

}  // namespace

extern "C" ShimStatus shim_lrn(const at::Tensor* x, int64_t size, double alpha, double beta, double k, at::Tensor** out) {
  return shim_guarded([&] {
    TORCH_CHECK(x->dim() == 4 && x->device().is_cpu() && x->scalar_type() == at::kFloat && size % 2 == 1,
                "lrn needs a 4-dimensional float tensor on the CPU and an odd size");
    const at::Tensor input = x->contiguous(at::MemoryFormat::ChannelsLast);
    at::Tensor output = at::empty_like(input, at::MemoryFormat::ChannelsLast);
    const int64_t channels = input.size(1);
    const int64_t places = channels == 0 ? 0 : input.numel() / channels;
    const float* from = input.const_data_ptr<float>();
    float* to = output.mutable_data_ptr<float>();
    at::parallel_for(0, places, 256, [&](int64_t begin, int64_t end) {
      std::vector<float> squares(channels + size, 0.0f), sums(channels);
      for (int64_t i = begin; i < end; ++i) {
        place(from + i * channels, to + i * channels, squares.data(), sums.data(), channels, size,
              static_cast<float>(alpha / size), static_cast<float>(beta), static_cast<float>(k));
      }
    });
    *out = new at::Tensor(std::move(output));
  });
}
