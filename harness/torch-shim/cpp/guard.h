// How every function here returns: whether it failed, and how, in words where there was memory for them.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>

extern "C" {

// torch-shim/src/ffi.rs has the same struct.
struct ShimStatus {
  int32_t failed;
  // Freed by the caller with shim_free; null for success, and for a failure that left no memory for words.
  char* message;
};

}  // extern "C"

// Null where there is no memory. Takes no std::string: making one could throw.
inline char* shim_copy(const char* text) noexcept {
  const std::size_t size = std::strlen(text) + 1;
  char* copy = static_cast<char*>(std::malloc(size));
  if (copy != nullptr) std::memcpy(copy, text, size);
  return copy;
}

// No exception may cross into Rust, one of a handler included.
template <typename Body>
ShimStatus shim_guarded(Body&& body) noexcept {
  try {
    try {
      body();
      return {0, nullptr};
    } catch (const std::exception& error) {
      return {1, shim_copy(error.what())};
    }
  } catch (...) {
    return {1, shim_copy("an unknown C++ exception")};
  }
}
