// How every function here returns: null for success, else a message that the caller frees with shim_free.
#pragma once

#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

inline char* shim_copy(const std::string& text) {
  char* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy != nullptr) std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

// No exception may cross into Rust.
template <typename Body>
char* shim_guarded(Body&& body) {
  try {
    body();
    return nullptr;
  } catch (const std::exception& error) {
    return shim_copy(error.what());
  } catch (...) {
    return shim_copy("an unknown C++ exception");
  }
}
