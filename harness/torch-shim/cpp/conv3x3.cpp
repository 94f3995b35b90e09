// A 3 x 3 convolution for training on a CPU with AVX-512: stride 1, padding 1, channels in whole vectors, forward and both
// ways back by Winograd's algorithm, which does 2.25 times fewer products than oneDNN's. On other processors, and for other
// shapes, it is libtorch's own convolution.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include "guard.h"
#include "winograd.h"

namespace {

using winograd::Map;
using winograd::POINTS;
using winograd::TILES;
using winograd::Work;

// The gradient to the weights is added up in so many parts, whatever the number of threads, so that it does not depend on it:
// more where they are small.
int64_t parts_of(int64_t channels, int64_t outputs) { return std::max<int64_t>(8, 512 / std::max(channels, outputs)); }

// G g G' of a 3 x 3 filter: 4 x 4.
void to_points(const float (&g)[3][3], float (&u)[4][4]) {
  float half[4][3];
  for (int j = 0; j < 3; ++j) {
    half[0][j] = g[0][j];
    half[1][j] = 0.5f * (g[0][j] + g[1][j] + g[2][j]);
    half[2][j] = 0.5f * (g[0][j] - g[1][j] + g[2][j]);
    half[3][j] = g[2][j];
  }
  for (int i = 0; i < 4; ++i) {
    u[i][0] = half[i][0];
    u[i][1] = 0.5f * (half[i][0] + half[i][1] + half[i][2]);
    u[i][2] = 0.5f * (half[i][0] - half[i][1] + half[i][2]);
    u[i][3] = half[i][2];
  }
}

// G' u G: the way back.
void from_points(const float (&u)[4][4], float (&g)[3][3]) {
  float half[3][4];
  for (int j = 0; j < 4; ++j) {
    half[0][j] = u[0][j] + 0.5f * (u[1][j] + u[2][j]);
    half[1][j] = 0.5f * (u[1][j] - u[2][j]);
    half[2][j] = 0.5f * (u[1][j] + u[2][j]) + u[3][j];
  }
  for (int i = 0; i < 3; ++i) {
    g[i][0] = half[i][0] + 0.5f * (half[i][1] + half[i][2]);
    g[i][1] = 0.5f * (half[i][1] - half[i][2]);
    g[i][2] = 0.5f * (half[i][1] + half[i][2]) + half[i][3];
  }
}

// A weight [outputs, channels, 3, 3] as POINTS x channels x outputs; `back`: of the convolution that takes gradients to the
// input, in which inputs and outputs change places and filters are turned.
at::Tensor points(const at::Tensor& weight, bool back) {
  const at::Tensor plain = weight.contiguous();
  const int64_t outputs = plain.size(0), channels = plain.size(1);
  const int64_t from = back ? outputs : channels, to = back ? channels : outputs;
  at::Tensor u = at::empty({POINTS, from, to}, plain.options());
  const float* numbers = plain.const_data_ptr<float>();
  float* out = u.mutable_data_ptr<float>();
  at::parallel_for(0, outputs, 8, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      for (int64_t c = 0; c < channels; ++c) {
        const float* filter = numbers + (k * channels + c) * 9;
        float g[3][3], square[4][4];
        for (int i = 0; i < 9; ++i) g[i / 3][i % 3] = filter[back ? 8 - i : i];
        to_points(g, square);
        float* place = back ? out + k * channels + c : out + c * outputs + k;
        for (int p = 0; p < POINTS; ++p) place[p * channels * outputs] = square[p / 4][p % 4];
      }
    }
  });
  return u;
}

Work work(int64_t channels, int64_t outputs) {
  thread_local lanes::Room v, m, zeros;
  float* nothing = zeros.of(channels);
  std::fill(nothing, nothing + channels, 0.0f);
  return {v.of(POINTS * TILES * channels), m.of(POINTS * TILES * outputs), nothing};
}

Map map_of(const at::Tensor& x) { return {x.size(0), x.size(2), x.size(3)}; }

at::Tensor convolve(const at::Tensor& x, const at::Tensor& u) {
  const Map map = map_of(x);
  const int64_t channels = u.size(1), outputs = u.size(2);
  at::Tensor y = at::empty({map.count, outputs, map.height, map.width}, x.options().memory_format(at::MemoryFormat::ChannelsLast));
  const float *from = x.const_data_ptr<float>(), *weights = u.const_data_ptr<float>();
  float* to = y.mutable_data_ptr<float>();
  at::parallel_for(0, map.blocks(), 4, [&](int64_t begin, int64_t end) {
    winograd::convolve(from, weights, to, map, channels, outputs, begin, end, work(channels, outputs));
  });
  return y;
}

at::Tensor gradient_to_weight(const at::Tensor& x, const at::Tensor& gradient) {
  const Map map = map_of(x);
  const int64_t channels = x.size(1), outputs = gradient.size(1), size = POINTS * channels * outputs;
  const int64_t count = parts_of(channels, outputs);
  const at::Tensor parts = at::zeros({count, size}, x.options().memory_format(at::MemoryFormat::Contiguous));
  const float *from = x.const_data_ptr<float>(), *g = gradient.const_data_ptr<float>();
  float* sums = parts.mutable_data_ptr<float>();
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; ++part) {
      winograd::add_gradient(from, g, sums + part * size, map, channels, outputs, map.blocks() * part / count,
                             map.blocks() * (part + 1) / count, work(channels, outputs));
    }
  });
  at::Tensor weight = at::empty({outputs, channels, 3, 3}, parts.options());
  float* to = weight.mutable_data_ptr<float>();
  at::parallel_for(0, channels, 8, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      for (int64_t k = 0; k < outputs; ++k) {
        float u[4][4] = {}, filter[3][3];
        for (int64_t part = 0; part < count; ++part) {
          const float* place = sums + part * size + c * outputs + k;
          for (int p = 0; p < POINTS; ++p) u[p / 4][p % 4] += place[p * channels * outputs];
        }
        from_points(u, filter);
        for (int i = 0; i < 9; ++i) to[(k * channels + c) * 9 + i] = filter[i / 3][i % 3];
      }
    }
  });
  return weight;
}

struct Conv3x3 : public torch::autograd::Function<Conv3x3> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, const at::Tensor& weight) {
    const at::Tensor last = x.contiguous(at::MemoryFormat::ChannelsLast);
    context->save_for_backward({last, weight});
    return convolve(last, points(weight, false));
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    at::Tensor to_x, to_weight;
    if (context->needs_input_grad(1)) to_weight = gradient_to_weight(saved[0], gradient);
    if (context->needs_input_grad(0)) to_x = convolve(gradient, points(saved[1], true));
    return {to_x, to_weight};
  }
};

bool is_ours(const at::Tensor& x, const at::Tensor& weight) {
#if defined(__x86_64__)
  const bool whole = weight.size(0) % lanes::COUNT == 0 && weight.size(1) % lanes::COUNT == 0;
  const bool even = x.size(2) % 2 == 0 && x.size(3) % 2 == 0 && x.numel() > 0;
  const bool plain = x.device().is_cpu() && x.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat;
  return whole && even && plain && __builtin_cpu_supports("avx512f");
#else
  return false;
#endif
}

}  // namespace

extern "C" ShimStatus shim_conv3x3(const at::Tensor* x, const at::Tensor* weight, at::Tensor** out) {
  return shim_guarded([&] {
    TORCH_CHECK(x->dim() == 4 && weight->dim() == 4 && weight->size(2) == 3 && weight->size(3) == 3 &&
                    x->size(1) == weight->size(1),
                "conv3x3 needs maps and 3 x 3 filters of as many channels");
    *out = new at::Tensor(is_ours(*x, *weight) ? Conv3x3::apply(*x, *weight)
                                               : at::conv2d(*x, *weight, {}, {1, 1}, {1, 1}));
  });
}
