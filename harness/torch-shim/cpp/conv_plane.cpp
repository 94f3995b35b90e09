// A convolution of one-channel maps, stride 1 and no padding, for training on a CPU: its result lies channels-last, where
// pooling is fast, and its gradient to the map is a matrix product and a fold, which oneDNN does several times slower
// for one channel.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "guard.h"

namespace {

// Maps whose columns are kept at a time: about as much as a core's cache holds.
constexpr int64_t CHUNK = 16;

// The same memory, called channels-last: with one channel both orders are the same bytes.
at::Tensor channels_last(const at::Tensor& map) {
  const auto plane = map.contiguous();
  const int64_t height = plane.size(2), width = plane.size(3);
  return plane.as_strided(plane.sizes(), {height * width, 1, width, 1});
}

// Adds each place's k x k numbers to the map around it.
void fold(const float* columns, float* map, int64_t rows, int64_t places, int64_t k, int64_t width) {
  for (int64_t y = 0; y < rows; ++y) {
    for (int64_t x = 0; x < places; ++x) {
      for (int64_t row = 0; row < k; ++row) {
        float* __restrict to = map + (y + row) * width + x;
        const float* __restrict from = columns + row * k;
        for (int64_t column = 0; column < k; ++column) to[column] += from[column];
      }
      columns += k * k;
    }
  }
}

at::Tensor gradient_to_map(const at::Tensor& gradient, const at::Tensor& weight, at::IntArrayRef sizes) {
  const int64_t count = sizes[0], height = sizes[2], width = sizes[3];
  const int64_t channels = weight.size(0), k = weight.size(2);
  const int64_t rows = gradient.size(2), places = gradient.size(3);
  const auto flat = gradient.contiguous(at::MemoryFormat::ChannelsLast).permute({0, 2, 3, 1}).reshape({-1, channels});
  const auto matrix = weight.reshape({channels, k * k});
  auto map = at::zeros({count, 1, height, width}, gradient.options().memory_format(at::MemoryFormat::Contiguous));
  float* to = map.mutable_data_ptr<float>();
  for (int64_t from = 0; from < count; from += CHUNK) {
    const int64_t some = std::min(CHUNK, count - from);
    const auto columns = at::mm(flat.narrow(0, from * rows * places, some * rows * places), matrix);
    const float* numbers = columns.const_data_ptr<float>();
    at::parallel_for(0, some, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        fold(numbers + i * rows * places * k * k, to + (from + i) * height * width, rows, places, k, width);
      }
    });
  }
  return map;
}

struct ConvPlane : public torch::autograd::Function<ConvPlane> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& map, const at::Tensor& weight,
                            const at::Tensor& bias) {
    context->save_for_backward({map, weight});
    return at::conv2d(channels_last(map), weight, bias);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &map = saved[0], &weight = saved[1], &gradient = gradients[0];
    const auto others = at::convolution_backward(gradient, channels_last(map), weight, at::IntArrayRef{weight.size(0)},
                                                 {1, 1}, {0, 0}, {1, 1}, false, {0, 0}, 1, {false, true, true});
    at::Tensor to_map;
    if (context->needs_input_grad(0)) to_map = gradient_to_map(gradient, weight, map.sizes());
    return {to_map, std::get<1>(others), std::get<2>(others)};
  }
};

}  // namespace

extern "C" ShimStatus shim_conv_plane(const at::Tensor* map, const at::Tensor* weight, const at::Tensor* bias,
                                 at::Tensor** out) {
  return shim_guarded([&] {
    TORCH_CHECK(map->dim() == 4 && map->size(1) == 1 && weight->dim() == 4 && weight->size(1) == 1 &&
                    map->device().is_cpu() && map->scalar_type() == at::kFloat,
                "conv_plane needs float maps of one channel on the CPU");
    *out = new at::Tensor(ConvPlane::apply(*map, *weight, *bias));
  });
}
