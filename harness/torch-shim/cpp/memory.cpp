// Memory statistics and synchronisation of the accelerator, whichever it is; needs no CUDA header.
#include <ATen/DeviceAccelerator.h>

#include "guard.h"

extern "C" {

struct ShimMemory {
  int64_t allocated_peak;
  int64_t reserved_peak;
  uint64_t free;
  uint64_t total;
};

ShimStatus shim_accelerator_memory(ShimMemory* out) {
  return shim_guarded([&] {
    const auto device = at::accelerator::getDeviceIndex();
    const auto stats = at::accelerator::getDeviceStats(device);
    const auto whole = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    const auto info = at::accelerator::getMemoryInfo(device);
    *out = ShimMemory{stats.allocated_bytes[whole].peak, stats.reserved_bytes[whole].peak, info.first, info.second};
  });
}

ShimStatus shim_accelerator_reset_peaks() {
  return shim_guarded([] { at::accelerator::resetPeakStats(at::accelerator::getDeviceIndex()); });
}

ShimStatus shim_accelerator_empty_cache() {
  return shim_guarded([] { at::accelerator::emptyCache(); });
}

ShimStatus shim_accelerator_synchronize() {
  return shim_guarded([] { at::accelerator::synchronizeDevice(at::accelerator::getDeviceIndex()); });
}

}  // extern "C"
