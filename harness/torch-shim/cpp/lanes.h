// Sixteen numbers at a time, as wide as the vector units that these kernels are written for.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <new>

namespace lanes {

// Numbers of a vector.
constexpr int64_t COUNT = 16;

typedef float Floats __attribute__((vector_size(4 * COUNT), aligned(4), may_alias));

#define LANES_INLINE inline __attribute__((always_inline))

LANES_INLINE Floats load(const float* from) { return *reinterpret_cast<const Floats*>(from); }
LANES_INLINE void store(float* to, const Floats& numbers) { *reinterpret_cast<Floats*>(to) = numbers; }

// Memory for a thread's own use, in whole cache lines; what was there before is not kept.
class Room {
 public:
  ~Room() { std::free(numbers_); }
  float* of(int64_t count) {
    if (count > count_) {
      std::free(numbers_);
      count_ = 0;
      const auto bytes = (static_cast<std::size_t>(count) * sizeof(float) + 63) / 64 * 64;
      numbers_ = static_cast<float*>(std::aligned_alloc(64, bytes));
      if (numbers_ == nullptr) throw std::bad_alloc();
      count_ = count;
    }
    return numbers_;
  }

 private:
  float* numbers_ = nullptr;
  int64_t count_ = 0;
};

}  // namespace lanes
