// RoI max pooling on a CPU, with Caffe's rounding (rbgirshick/caffe-fast-rcnn@0dcd397, roi_pooling_layer.cpp, was read for it):
// the corners of a region are rounded to whole places, halves away from zero, and a region has at least one place.
//
// Channels lie last in memory, so that a place's channels are compared together. On the way back every thread has channels of
// its own and adds region by region: sums do not depend on the number of threads.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "guard.h"

namespace {

// Channels that a thread adds up on the way back.
constexpr int64_t BLOCK = 64;

// One region in places of the map, and the sides of its bins.
struct Region {
  int64_t image, left, top;
  float width, height;
  Region(const float* roi, float scale, int64_t across, int64_t down) {
    const auto place = [&](int number) { return static_cast<int64_t>(std::round(roi[number] * scale)); };
    image = static_cast<int64_t>(roi[0]);
    left = place(1);
    top = place(2);
    width = static_cast<float>(std::max<int64_t>(place(3) - left + 1, 1)) / static_cast<float>(across);
    height = static_cast<float>(std::max<int64_t>(place(4) - top + 1, 1)) / static_cast<float>(down);
  }
};

// From where to where a bin reaches along a side of the map.
void reach(int64_t bin, float side, int64_t first, int64_t most, int64_t& begin, int64_t& end) {
  begin = static_cast<int64_t>(std::floor(static_cast<float>(bin) * side)) + first;
  end = static_cast<int64_t>(std::ceil(static_cast<float>(bin + 1) * side)) + first;
  begin = std::min(std::max<int64_t>(begin, 0), most);
  end = std::min(std::max<int64_t>(end, 0), most);
}

// The largest number of each channel over some places, and where it stands; zero and -1 of none.
__attribute__((target_clones("avx512f", "arch=haswell", "default"))) void largest(
    const float* __restrict map, int64_t width, int64_t channels, int64_t top, int64_t bottom, int64_t left, int64_t right,
    float* __restrict best, int32_t* __restrict where) {
  if (top >= bottom || left >= right) {
    std::fill(best, best + channels, 0.0f);
    std::fill(where, where + channels, -1);
    return;
  }
  const int64_t first = top * width + left;
  std::copy(map + first * channels, map + (first + 1) * channels, best);
  std::fill(where, where + channels, static_cast<int32_t>(first));
  for (int64_t y = top; y < bottom; ++y) {
    for (int64_t x = left; x < right; ++x) {
      const int32_t at = static_cast<int32_t>(y * width + x);
      const float* __restrict numbers = map + at * channels;
      for (int64_t c = 0; c < channels; ++c) {
        const bool larger = numbers[c] > best[c];
        best[c] = larger ? numbers[c] : best[c];
        where[c] = larger ? at : where[c];
      }
    }
  }
}

struct RoiPool : public torch::autograd::Function<RoiPool> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& map, const at::Tensor& rois,
                            double scale, int64_t down, int64_t across) {
    const at::Tensor x = map.contiguous(at::MemoryFormat::ChannelsLast), regions = rois.contiguous();
    const int64_t count = regions.size(0), channels = x.size(1), height = x.size(2), width = x.size(3), bins = down * across;
    at::Tensor y = at::empty({count, channels, down, across}, x.options().memory_format(at::MemoryFormat::Contiguous));
    at::Tensor places = at::empty({count, bins, channels}, x.options().dtype(at::kInt).memory_format(at::MemoryFormat::Contiguous));
    const float *numbers = x.const_data_ptr<float>(), *corners = regions.const_data_ptr<float>();
    float* to = y.mutable_data_ptr<float>();
    int32_t* where = places.mutable_data_ptr<int32_t>();
    at::parallel_for(0, count * bins, 16, [&](int64_t begin, int64_t end) {
      std::vector<float> best(channels);
      for (int64_t index = begin; index < end; ++index) {
        const int64_t number = index / bins, bin = index % bins;
        const Region region(corners + 5 * number, static_cast<float>(scale), across, down);
        int64_t top, bottom, left, right;
        reach(bin / across, region.height, region.top, height, top, bottom);
        reach(bin % across, region.width, region.left, width, left, right);
        const float* image = numbers + region.image * height * width * channels;
        largest(image, width, channels, top, bottom, left, right, best.data(), where + index * channels);
        float* out = to + number * channels * bins + bin;
        for (int64_t c = 0; c < channels; ++c) out[c * bins] = best[c];
      }
    });
    context->save_for_backward({regions, places});
    context->saved_data["size"] = x.sizes().vec();
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &regions = saved[0], &places = saved[1];
    const std::vector<int64_t> size = context->saved_data["size"].toIntVector();
    const at::Tensor gradient = gradients[0].contiguous();
    const int64_t count = regions.size(0), channels = size[1], plane = size[2] * size[3], bins = places.size(1);
    // Not at::zeros, which knows no order of memory.
    at::Tensor to_x = at::empty(size, gradient.options().memory_format(at::MemoryFormat::ChannelsLast)).zero_();
    const float *from = gradient.const_data_ptr<float>(), *corners = regions.const_data_ptr<float>();
    const int32_t* where = places.const_data_ptr<int32_t>();
    float* to = to_x.mutable_data_ptr<float>();
    at::parallel_for(0, (channels + BLOCK - 1) / BLOCK, 1, [&](int64_t begin, int64_t end) {
      for (int64_t number = 0; number < count; ++number) {
        float* image = to + static_cast<int64_t>(corners[5 * number]) * plane * channels;
        for (int64_t bin = 0; bin < bins; ++bin) {
          for (int64_t c = begin * BLOCK; c < std::min(end * BLOCK, channels); ++c) {
            const int32_t at = where[(number * bins + bin) * channels + c];
            if (at >= 0) image[at * channels + c] += from[(number * channels + c) * bins + bin];
          }
        }
      }
    });
    return {to_x, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

extern "C" ShimStatus shim_roi_pool(const at::Tensor* x, const at::Tensor* rois, double scale, int64_t down, int64_t across,
                                    at::Tensor** out) {
  return shim_guarded([&] {
    const auto is_plain = [](const at::Tensor& tensor) {
      return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat;
    };
    TORCH_CHECK(x->dim() == 4 && is_plain(*x) && x->numel() > 0, "roi_pool needs a float map [N, C, H, W] on the CPU");
    TORCH_CHECK(rois->dim() == 2 && rois->size(1) == 5 && is_plain(*rois), "roi_pool needs float regions [R, 5] on the CPU");
    TORCH_CHECK(down > 0 && across > 0 && std::abs(scale) <= 1e3, "roi_pool: ", down, " x ", across, " bins at scale ", scale);
    const at::Tensor plain = rois->contiguous();
    const float* corners = plain.const_data_ptr<float>();
    for (int64_t number = 0; number < plain.size(0); ++number) {
      const float* roi = corners + 5 * number;
      bool finite = true;
      for (int i = 0; i < 5; ++i) finite = finite && std::isfinite(roi[i]) && std::abs(roi[i]) < 1e7f;
      TORCH_CHECK(finite && roi[0] >= 0 && roi[0] < x->size(0) && roi[0] == std::floor(roi[0]), "roi_pool: region ", number,
                  " is of no image of the batch, or its corners are no places");
    }
    *out = new at::Tensor(RoiPool::apply(*x, plain, scale, down, across));
  });
}
