// oneDNN's fused operators and weight packing, which have no binding in tch, through the dispatcher.
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/contiguous.h>

#include "guard.h"

namespace {

using OptionalScalars = c10::List<std::optional<at::Scalar>>;
using OptionalText = std::optional<std::string_view>;

std::optional<at::Tensor> optional(const at::Tensor* tensor) {
  return tensor == nullptr ? std::nullopt : std::optional<at::Tensor>(*tensor);
}

template <typename Signature>
auto find(const char* name, const char* overload) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).typed<Signature>();
}

}  // namespace

extern "C" {

struct ShimConv {
  int64_t padding[2];
  int64_t stride[2];
  int64_t dilation[2];
  int64_t groups;
};

ShimStatus shim_pack_conv(const at::Tensor* weight, const ShimConv* conv, const int64_t* input, at::Tensor** out) {
  return shim_guarded([&] {
    using Signature = at::Tensor(const at::Tensor&, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, int64_t,
                                 c10::OptionalArrayRef<int64_t>);
    static const auto op = find<Signature>("mkldnn::_reorder_convolution_weight", "");
    *out = new at::Tensor(op.call(*weight, conv->padding, conv->stride, conv->dilation, conv->groups,
                                  at::IntArrayRef(input, 4)));
  });
}

ShimStatus shim_conv(const at::Tensor* x, const at::Tensor* weight, const at::Tensor* bias, const ShimConv* conv, bool relu,
                at::Tensor** out) {
  return shim_guarded([&] {
    using Signature = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&,
                                 at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, int64_t, std::string_view,
                                 OptionalScalars, OptionalText);
    static const auto op = find<Signature>("mkldnn::_convolution_pointwise", "");
    *out = new at::Tensor(op.call(*x, *weight, optional(bias), conv->padding, conv->stride, conv->dilation,
                                  conv->groups, relu ? "relu" : "none", OptionalScalars(), std::nullopt));
  });
}

ShimStatus shim_conv_add(const at::Tensor* x, const at::Tensor* other, const at::Tensor* weight, const at::Tensor* bias,
                    const ShimConv* conv, bool relu, at::Tensor** out) {
  return shim_guarded([&] {
    using Signature = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&,
                                 const std::optional<at::Tensor>&, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef,
                                 int64_t, std::string_view, std::optional<at::Scalar>, OptionalText, OptionalScalars,
                                 OptionalText);
    static const auto op = find<Signature>("mkldnn::_convolution_pointwise", "binary");
    *out = new at::Tensor(op.call(*x, *other, *weight, optional(bias), conv->padding, conv->stride, conv->dilation,
                                  conv->groups, "add", std::nullopt, relu ? OptionalText("relu") : std::nullopt,
                                  OptionalScalars(), std::nullopt));
  });
}

ShimStatus shim_conv_add_into(const at::Tensor* x, at::Tensor* other, const at::Tensor* weight, const at::Tensor* bias,
                         const ShimConv* conv, bool relu) {
  return shim_guarded([&] {
    using Signature = at::Tensor&(at::Tensor&, const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&,
                                  at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, int64_t, std::string_view,
                                  std::optional<at::Scalar>, OptionalText, OptionalScalars, OptionalText);
    static const auto op = find<Signature>("mkldnn::_convolution_pointwise_", "binary");
    op.call(*other, *x, *weight, optional(bias), conv->padding, conv->stride, conv->dilation, conv->groups, "add",
            std::nullopt, relu ? OptionalText("relu") : std::nullopt, OptionalScalars(), std::nullopt);
  });
}

ShimStatus shim_pack_linear(const at::Tensor* weight, int64_t batch, at::Tensor** out) {
  return shim_guarded([&] {
    using Signature = at::Tensor(const at::Tensor&, std::optional<int64_t>);
    static const auto op = find<Signature>("mkldnn::_reorder_linear_weight", "");
    *out = new at::Tensor(op.call(*weight, batch));
  });
}

ShimStatus shim_linear(const at::Tensor* x, const at::Tensor* weight, const at::Tensor* bias, bool relu, at::Tensor** out) {
  return shim_guarded([&] {
    using Signature = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&,
                                 std::string_view, OptionalScalars, OptionalText);
    static const auto op = find<Signature>("mkldnn::_linear_pointwise", "");
    *out = new at::Tensor(
        op.call(*x, *weight, optional(bias), relu ? "relu" : "none", OptionalScalars(), std::nullopt));
  });
}

ShimStatus shim_contiguous(const at::Tensor* x, bool channels_last, at::Tensor** out) {
  return shim_guarded([&] {
    const auto format = channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
    *out = new at::Tensor(x->contiguous(format));
  });
}

ShimStatus shim_is_contiguous(const at::Tensor* x, bool channels_last, bool* out) {
  return shim_guarded([&] {
    *out = x->is_contiguous(channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
  });
}

}  // extern "C"
