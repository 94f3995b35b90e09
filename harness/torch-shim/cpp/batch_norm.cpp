// Batch norm in training on a CPU, with what follows it in one pass: a sum with another map, max(x, 0). One pass over the
// memory for the statistics and one to normalise, and two on the way back; PyTorch's own operators take about twice as many.
//
// Sums are taken of chunks of a size of their own, whatever the number of threads, and the chunks' sums in double precision, so
// that they do not depend on it.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <optional>
#include <vector>

#include "guard.h"
#include "lanes.h"

namespace {

using lanes::Floats;
using lanes::load;
using lanes::store;

#define CLONES __attribute__((target_clones("avx512f", "arch=haswell", "default")))

// Numbers of a chunk: about half of what a core's own cache holds.
constexpr int64_t CHUNK = 1 << 15;

// Places (images, rows and columns) of channels-last memory, chunk by chunk.
struct Places {
  int64_t count, channels, chunk;
  explicit Places(const at::Tensor& x)
      : count(x.numel() / x.size(1)), channels(x.size(1)), chunk(std::max<int64_t>(1, CHUNK / x.size(1))) {}
  int64_t chunks() const { return (count + chunk - 1) / chunk; }
  int64_t in(int64_t index) const { return std::min(chunk, count - index * chunk); }
  // Calls `body` with each chunk's index, the offset of its first number and its places.
  template <typename Body>
  void each(const Body& body) const {
    at::parallel_for(0, chunks(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t index = begin; index < end; ++index) body(index, index * chunk * channels, in(index));
    });
  }
};

// What normalises: y = x * scale + shift. Both directions must compute it by the same operations, since the way back asks
// whether y was positive.
LANES_INLINE Floats normalised(const float* x, const Floats& scale, const Floats& shift) {
  return load(x) * scale + shift;
}

LANES_INLINE Floats positive(const Floats& asked, const Floats& value) {
  return asked > 0.0f ? value : Floats{};
}

// A chunk's mean, and its sum of squares around it.
CLONES void moments(const float* x, int64_t places, int64_t channels, float* mean, float* squares) {
  for (int64_t c = 0; c < channels; c += lanes::COUNT) {
    Floats sums[4] = {};
    int64_t i = 0;
    for (; i + 4 <= places; i += 4) {
      for (int64_t s = 0; s < 4; ++s) sums[s] += load(x + (i + s) * channels + c);
    }
    for (; i < places; ++i) sums[0] += load(x + i * channels + c);
    const Floats middle = (sums[0] + sums[1] + sums[2] + sums[3]) / static_cast<float>(places);
    Floats around[4] = {};
    for (i = 0; i + 4 <= places; i += 4) {
      for (int64_t s = 0; s < 4; ++s) {
        const Floats away = load(x + (i + s) * channels + c) - middle;
        around[s] += away * away;
      }
    }
    for (; i < places; ++i) {
      const Floats away = load(x + i * channels + c) - middle;
      around[0] += away * away;
    }
    store(mean + c, middle);
    store(squares + c, around[0] + around[1] + around[2] + around[3]);
  }
}

CLONES void normalise(const float* x, const float* other, float* y, int64_t places, int64_t channels, const float* scale,
                      const float* shift, bool relu) {
  for (int64_t c = 0; c < channels; c += lanes::COUNT) {
    const Floats by = load(scale + c), and_then = load(shift + c);
    for (int64_t at = c; at < places * channels; at += channels) {
      Floats value = normalised(x + at, by, and_then);
      if (other != nullptr) value += load(other + at);
      store(y + at, relu ? positive(value, value) : value);
    }
  }
}

// What comes back to a place: the gradient, where the result was positive.
LANES_INLINE Floats coming(const float* g, const float* y, const float* x, bool relu, const Floats& scale,
                           const Floats& shift) {
  const Floats gradient = load(g);
  if (!relu) return gradient;
  return positive(y != nullptr ? load(y) : normalised(x, scale, shift), gradient);
}

// A chunk's sums of what comes back, and of that times the distance from the mean. `to_other` gets what comes back.
CLONES void sums_back(const float* g, const float* y, const float* x, float* to_other, int64_t places, int64_t channels,
                      const float* scale, const float* shift, const float* mean, bool relu, float* sums, float* products) {
  for (int64_t c = 0; c < channels; c += lanes::COUNT) {
    const Floats by = load(scale + c), and_then = load(shift + c), middle = load(mean + c);
    Floats sum[2] = {}, product[2] = {};
    int64_t turn = 0;
    for (int64_t at = c; at < places * channels; at += channels) {
      const Floats gradient = coming(g + at, y == nullptr ? nullptr : y + at, x + at, relu, by, and_then);
      if (to_other != nullptr) store(to_other + at, gradient);
      sum[turn] += gradient;
      product[turn] += gradient * (load(x + at) - middle);
      turn ^= 1;
    }
    store(sums + c, sum[0] + sum[1]);
    store(products + c, product[0] + product[1]);
  }
}

// dx = scale g + slope (x - mean) + offset.
CLONES void back(const float* g, const float* x, float* to_x, int64_t places, int64_t channels, const float* scale,
                 const float* shift, const float* mean, const float* slope, const float* offset, bool relu) {
  for (int64_t c = 0; c < channels; c += lanes::COUNT) {
    const Floats by = load(scale + c), and_then = load(shift + c), middle = load(mean + c);
    const Floats along = load(slope + c), away = load(offset + c);
    for (int64_t at = c; at < places * channels; at += channels) {
      const Floats gradient = coming(g + at, nullptr, x + at, relu, by, and_then);
      store(to_x + at, by * gradient + (along * (load(x + at) - middle) + away));
    }
  }
}

at::Tensor last(const at::Tensor& tensor) { return tensor.contiguous(at::MemoryFormat::ChannelsLast); }

struct BatchNorm : public torch::autograd::Function<BatchNorm> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& map, const at::Tensor& weight,
                            const at::Tensor& bias, const std::optional<at::Tensor>& other_map, at::Tensor running_mean,
                            at::Tensor running_variance, double momentum, double epsilon, bool relu) {
    const at::Tensor x = last(map), other = other_map.has_value() ? last(*other_map) : at::Tensor();
    const Places places(x);
    const int64_t channels = places.channels;
    std::vector<float> parts(2 * places.chunks() * channels);
    const float* from = x.const_data_ptr<float>();
    places.each([&](int64_t chunk, int64_t at, int64_t count) {
      float* to = parts.data() + 2 * chunk * channels;
      moments(from + at, count, channels, to, to + channels);
    });
    // mean, scale, shift and 1 / deviation, one after another.
    const at::Tensor kept = at::empty({4, channels}, weight.options());
    float *mean = kept.mutable_data_ptr<float>(), *scale = mean + channels, *shift = scale + channels,
          *inverse = shift + channels;
    const float *w = weight.const_data_ptr<float>(), *b = bias.const_data_ptr<float>();
    float *of_mean = running_mean.mutable_data_ptr<float>(), *of_variance = running_variance.mutable_data_ptr<float>();
    for (int64_t c = 0; c < channels; ++c) {
      // Chan's rule for the moments of parts.
      double middle = 0.0, squares = 0.0, seen = 0.0;
      for (int64_t chunk = 0; chunk < places.chunks(); ++chunk) {
        const double count = static_cast<double>(places.in(chunk)), all = seen + count;
        const double away = parts[2 * chunk * channels + c] - middle;
        squares += parts[(2 * chunk + 1) * channels + c] + away * away * seen * count / all;
        middle += away * count / all;
        seen = all;
      }
      const double variance = squares / seen, deviation = 1.0 / std::sqrt(variance + epsilon);
      mean[c] = static_cast<float>(middle);
      inverse[c] = static_cast<float>(deviation);
      scale[c] = static_cast<float>(w[c] * deviation);
      shift[c] = static_cast<float>(b[c] - middle * w[c] * deviation);
      of_mean[c] = static_cast<float>((1.0 - momentum) * of_mean[c] + momentum * middle);
      const double unbiased = squares / std::max(1.0, seen - 1.0);
      of_variance[c] = static_cast<float>((1.0 - momentum) * of_variance[c] + momentum * unbiased);
    }
    at::Tensor y = at::empty_like(x, at::MemoryFormat::ChannelsLast);
    const float* added = other.defined() ? other.const_data_ptr<float>() : nullptr;
    float* to = y.mutable_data_ptr<float>();
    places.each([&](int64_t, int64_t at, int64_t count) {
      normalise(from + at, added == nullptr ? nullptr : added + at, to + at, count, channels, scale, shift, relu);
    });
    // Where another map was added, only the result says whether it was positive.
    context->save_for_backward({x, kept, other.defined() && relu ? y : at::Tensor()});
    context->saved_data["relu"] = relu;
    context->saved_data["added"] = other.defined();
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &kept = saved[1], &y = saved[2];
    const bool relu = context->saved_data["relu"].toBool(), added = context->saved_data["added"].toBool();
    const at::Tensor gradient = last(gradients[0]);
    const Places places(x);
    const int64_t channels = places.channels;
    const float *mean = kept.const_data_ptr<float>(), *scale = mean + channels, *shift = scale + channels,
                *inverse = shift + channels;
    const float *g = gradient.const_data_ptr<float>(), *from = x.const_data_ptr<float>();
    const float* result = y.defined() ? y.const_data_ptr<float>() : nullptr;
    at::Tensor to_other = added && relu ? at::empty_like(x, at::MemoryFormat::ChannelsLast) : at::Tensor();
    float* coming_back = to_other.defined() ? to_other.mutable_data_ptr<float>() : nullptr;
    std::vector<float> parts(2 * places.chunks() * channels);
    places.each([&](int64_t chunk, int64_t at, int64_t count) {
      float* to = parts.data() + 2 * chunk * channels;
      sums_back(g + at, result == nullptr ? nullptr : result + at, from + at,
                coming_back == nullptr ? nullptr : coming_back + at, count, channels, scale, shift, mean, relu, to,
                to + channels);
    });
    at::Tensor to_weight = at::empty({channels}, kept.options()), to_bias = at::empty({channels}, kept.options());
    float *dw = to_weight.mutable_data_ptr<float>(), *db = to_bias.mutable_data_ptr<float>();
    std::vector<float> slope(channels), offset(channels);
    for (int64_t c = 0; c < channels; ++c) {
      double sum = 0.0, product = 0.0;
      for (int64_t chunk = 0; chunk < places.chunks(); ++chunk) {
        sum += parts[2 * chunk * channels + c];
        product += parts[(2 * chunk + 1) * channels + c];
      }
      const double count = static_cast<double>(places.count), deviation = inverse[c];
      db[c] = static_cast<float>(sum);
      dw[c] = static_cast<float>(product * deviation);
      slope[c] = static_cast<float>(-scale[c] * product * deviation * deviation / count);
      offset[c] = static_cast<float>(-scale[c] * sum / count);
    }
    at::Tensor to_x;
    if (context->needs_input_grad(0)) {
      to_x = at::empty_like(x, at::MemoryFormat::ChannelsLast);
      float* to = to_x.mutable_data_ptr<float>();
      // What comes back is known already where it was written down.
      const float* coming = coming_back == nullptr ? g : coming_back;
      const bool asks = relu && coming_back == nullptr;
      places.each([&](int64_t, int64_t at, int64_t count) {
        back(coming + at, from + at, to + at, count, channels, scale, shift, mean, slope.data(), offset.data(), asks);
      });
    }
    if (added && !relu) to_other = gradient;
    return {to_x, to_weight, to_bias, to_other, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

// other: null for none.
extern "C" ShimStatus shim_batch_norm(const at::Tensor* x, const at::Tensor* weight, const at::Tensor* bias,
                                      const at::Tensor* running_mean, const at::Tensor* running_variance,
                                      const at::Tensor* other, double momentum, double epsilon, bool relu,
                                      at::Tensor** out) {
  return shim_guarded([&] {
    const auto is_plain = [](const at::Tensor& tensor) {
      return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat;
    };
    TORCH_CHECK(x->dim() == 4 && x->numel() > 0 && x->size(1) % lanes::COUNT == 0 && is_plain(*x),
                "batch_norm needs float maps on the CPU, of channels in sixteens");
    TORCH_CHECK(other == nullptr || (is_plain(*other) && other->sizes() == x->sizes()), "batch_norm: the maps differ");
    for (const at::Tensor* one : {weight, bias, running_mean, running_variance}) {
      TORCH_CHECK(is_plain(*one) && one->is_contiguous() && one->dim() == 1 && one->size(0) == x->size(1),
                  "batch_norm needs a number a channel");
    }
    const auto added = other == nullptr ? std::optional<at::Tensor>() : std::optional<at::Tensor>(*other);
    *out = new at::Tensor(
        BatchNorm::apply(*x, *weight, *bias, added, *running_mean, *running_variance, momentum, epsilon, relu));
  });
}
