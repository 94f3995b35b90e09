// Maxout on a CPU: the largest of each group of neighbouring numbers, and the way back to it alone. PyTorch's max along a
// short last dimension works number by number and keeps 64-bit places.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include "guard.h"

namespace {

// About so many groups are worth a thread of their own.
constexpr int64_t GRAIN = 1 << 12;

// The count of pieces is known to the compiler for the usual ones, so that the inner loop is none.
template <int64_t Known>
void largest_of(const float* numbers, int64_t begin, int64_t end, int64_t pieces, float* largest, uint8_t* where) {
  const int64_t count = Known > 0 ? Known : pieces;
  for (int64_t group = begin; group < end; ++group) {
    const float* piece = numbers + group * count;
    float best = piece[0];
    uint8_t place = 0;
    for (int64_t i = 1; i < count; ++i) {
      // What is no number wins, as in PyTorch, so that it is not lost.
      const bool wins = !(piece[i] <= best) & (best == best);
      best = wins ? piece[i] : best;
      place = wins ? static_cast<uint8_t>(i) : place;
    }
    largest[group] = best;
    where[group] = place;
  }
}

struct Maxout : public torch::autograd::Function<Maxout> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, int64_t pieces) {
    const at::Tensor from = x.contiguous();
    const int64_t groups = from.numel() / pieces;
    at::Tensor out = at::empty({from.size(0), from.size(1) / pieces}, from.options());
    at::Tensor places = at::empty({groups}, from.options().dtype(at::kByte));
    const float* numbers = from.const_data_ptr<float>();
    float* largest = out.mutable_data_ptr<float>();
    uint8_t* where = places.mutable_data_ptr<uint8_t>();
    at::parallel_for(0, groups, GRAIN, [&](int64_t begin, int64_t end) {
      if (pieces == 5) {
        largest_of<5>(numbers, begin, end, pieces, largest, where);
      } else if (pieces == 2) {
        largest_of<2>(numbers, begin, end, pieces, largest, where);
      } else {
        largest_of<0>(numbers, begin, end, pieces, largest, where);
      }
    });
    context->save_for_backward({places});
    context->saved_data["pieces"] = pieces;
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const int64_t pieces = context->saved_data["pieces"].toInt();
    const at::Tensor places = context->get_saved_variables()[0];
    const at::Tensor gradient = gradients[0].contiguous();
    at::Tensor to_x = at::empty({gradient.size(0), gradient.size(1) * pieces}, gradient.options());
    const uint8_t* where = places.const_data_ptr<uint8_t>();
    const float* from = gradient.const_data_ptr<float>();
    float* to = to_x.mutable_data_ptr<float>();
    at::parallel_for(0, places.numel(), GRAIN, [&](int64_t begin, int64_t end) {
      for (int64_t group = begin; group < end; ++group) {
        for (int64_t i = 0; i < pieces; ++i) to[group * pieces + i] = i == where[group] ? from[group] : 0.0f;
      }
    });
    return {to_x, at::Tensor()};
  }
};

}  // namespace

extern "C" ShimStatus shim_maxout(const at::Tensor* x, int64_t pieces, at::Tensor** out) {
  return shim_guarded([&] {
    TORCH_CHECK(x->dim() == 2 && x->device().is_cpu() && x->scalar_type() == at::kFloat,
                "maxout needs a float matrix on the CPU");
    TORCH_CHECK(pieces > 0 && pieces < 256 && x->size(1) % pieces == 0, "maxout: ", x->size(1),
                " columns are no groups of ", pieces);
    *out = new at::Tensor(Maxout::apply(*x, pieces));
  });
}
