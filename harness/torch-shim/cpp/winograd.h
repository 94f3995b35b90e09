// 3 x 3 convolutions of stride 1 and padding 1 by Winograd's F(2 x 2, 3 x 3) (Lavin and Gray 2015): sixteen products of
// matrices in place of nine times four, on channels-last memory. Tiles are 2 x 2 places of the result; so many of them are
// worked on at a time that all sixteen of their points stay in a core's own cache.
//
// Everything here is for AVX-512; conv3x3.cpp asks the processor first.
#pragma once

#include <algorithm>

#include "lanes.h"

namespace winograd {

using lanes::Floats;
using lanes::load;
using lanes::store;

constexpr int64_t POINTS = 16;
// Tiles of a block: a multiple of the rows of every product below.
constexpr int64_t TILES = 24;

// Images of the input and of the result: with a padding of 1 they are of one size.
struct Map {
  int64_t count, height, width;
  int64_t across() const { return width / 2; }
  int64_t down() const { return height / 2; }
  int64_t tiles() const { return count * down() * across(); }
  int64_t blocks() const { return (tiles() + TILES - 1) / TILES; }
};

// A thread's own memory: `v` of POINTS x TILES x channels, `m` of POINTS x TILES x outputs, `zeros` of the channels.
struct Work {
  float *v, *m;
  const float* zeros;
};

// Where a tile's first place lies.
struct Tile {
  int64_t n, y, x;
};

LANES_INLINE Tile tile_at(const Map& map, int64_t index) {
  return {index / (map.across() * map.down()), 2 * (index / map.across() % map.down()), 2 * (index % map.across())};
}

// v = B' d B of 4 x 4 places around a tile, zeros outside the image.
LANES_INLINE void inputs(const float* x, const Map& map, int64_t channels, int64_t first, int64_t tiles, const Work& work) {
  const int64_t stride = TILES * channels;
  for (int64_t t = 0; t < tiles; ++t) {
    const Tile tile = tile_at(map, first + t);
    const float* at[4][4];
    const float* corner = x + ((tile.n * map.height + tile.y - 1) * map.width + tile.x - 1) * channels;
    const bool inner = tile.x > 0 && tile.y > 0 && tile.x + 2 < map.width && tile.y + 2 < map.height;
    for (int64_t i = 0; i < 4; ++i) {
      for (int64_t j = 0; j < 4; ++j) {
        const int64_t row = tile.y - 1 + i, column = tile.x - 1 + j;
        const bool inside = inner || (row >= 0 && row < map.height && column >= 0 && column < map.width);
        at[i][j] = inside ? corner + (i * map.width + j) * channels : work.zeros;
      }
    }
    for (int64_t c = 0; c < channels; c += lanes::COUNT) {
      Floats b[4][4];
      for (int64_t j = 0; j < 4; ++j) {
        const Floats d0 = load(at[0][j] + c), d1 = load(at[1][j] + c), d2 = load(at[2][j] + c), d3 = load(at[3][j] + c);
        b[0][j] = d0 - d2;
        b[1][j] = d1 + d2;
        b[2][j] = d2 - d1;
        b[3][j] = d1 - d3;
      }
      float* v = work.v + t * channels + c;
      for (int64_t i = 0; i < 4; ++i) {
        store(v + (4 * i) * stride, b[i][0] - b[i][2]);
        store(v + (4 * i + 1) * stride, b[i][1] + b[i][2]);
        store(v + (4 * i + 2) * stride, b[i][2] - b[i][1]);
        store(v + (4 * i + 3) * stride, b[i][1] - b[i][3]);
      }
    }
  }
}

// ROWS tiles times COLUMNS vectors of outputs: m = v u.
template <int ROWS, int COLUMNS>
LANES_INLINE void product(const float* v, const float* u, float* m, int64_t channels, int64_t outputs) {
  Floats sums[ROWS][COLUMNS] = {};
  for (int64_t c = 0; c < channels; ++c) {
    Floats row[COLUMNS];
#pragma GCC unroll 4
    for (int k = 0; k < COLUMNS; ++k) row[k] = load(u + c * outputs + k * lanes::COUNT);
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; ++r) {
      const float number = v[r * channels + c];
#pragma GCC unroll 4
      for (int k = 0; k < COLUMNS; ++k) sums[r][k] += row[k] * number;
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 4
    for (int k = 0; k < COLUMNS; ++k) store(m + r * outputs + k * lanes::COUNT, sums[r][k]);
  }
}

template <int ROWS, int COLUMNS>
LANES_INLINE void product_of_point(const float* v, const float* u, float* m, int64_t channels, int64_t outputs) {
  for (int64_t k = 0; k < outputs; k += COLUMNS * lanes::COUNT) {
    for (int64_t t = 0; t < TILES; t += ROWS) {
      product<ROWS, COLUMNS>(v + t * channels, u + k, m + t * outputs + k, channels, outputs);
    }
  }
}

// m = v u for each point. Tiles that are not there are worked on like the others and not looked at.
LANES_INLINE void products(const Work& work, const float* u, int64_t channels, int64_t outputs) {
  for (int64_t p = 0; p < POINTS; ++p) {
    const float *v = work.v + p * TILES * channels, *from = u + p * channels * outputs;
    float* m = work.m + p * TILES * outputs;
    if (outputs % (4 * lanes::COUNT) == 0) {
      product_of_point<6, 4>(v, from, m, channels, outputs);
    } else if (outputs % (2 * lanes::COUNT) == 0) {
      product_of_point<12, 2>(v, from, m, channels, outputs);
    } else {
      product_of_point<12, 1>(v, from, m, channels, outputs);
    }
  }
}

// y = A' m A.
LANES_INLINE void results(const Work& work, float* y, const Map& map, int64_t outputs, int64_t first, int64_t tiles) {
  const int64_t stride = TILES * outputs;
  for (int64_t t = 0; t < tiles; ++t) {
    const Tile tile = tile_at(map, first + t);
    float* to = y + ((tile.n * map.height + tile.y) * map.width + tile.x) * outputs;
    for (int64_t k = 0; k < outputs; k += lanes::COUNT) {
      const float* m = work.m + t * outputs + k;
      Floats a[2][4];
      for (int64_t j = 0; j < 4; ++j) {
        const Floats m0 = load(m + j * stride), m1 = load(m + (4 + j) * stride);
        const Floats m2 = load(m + (8 + j) * stride), m3 = load(m + (12 + j) * stride);
        a[0][j] = m0 + m1 + m2;
        a[1][j] = m1 - m2 - m3;
      }
      for (int64_t i = 0; i < 2; ++i) {
        store(to + i * map.width * outputs + k, a[i][0] + a[i][1] + a[i][2]);
        store(to + (i * map.width + 1) * outputs + k, a[i][1] - a[i][2] - a[i][3]);
      }
    }
  }
}

// m = A g A' of a tile's 2 x 2 places of the gradient.
LANES_INLINE void gradients(const float* g, const Map& map, int64_t outputs, int64_t first, int64_t tiles,
                            const Work& work) {
  const int64_t stride = TILES * outputs;
  for (int64_t t = 0; t < tiles; ++t) {
    const Tile tile = tile_at(map, first + t);
    const float* from = g + ((tile.n * map.height + tile.y) * map.width + tile.x) * outputs;
    for (int64_t k = 0; k < outputs; k += lanes::COUNT) {
      Floats a[4][2];
      for (int64_t j = 0; j < 2; ++j) {
        const Floats above = load(from + j * outputs + k), below = load(from + (map.width + j) * outputs + k);
        a[0][j] = above;
        a[1][j] = above + below;
        a[2][j] = above - below;
        a[3][j] = -below;
      }
      float* m = work.m + t * outputs + k;
      for (int64_t i = 0; i < 4; ++i) {
        store(m + (4 * i) * stride, a[i][0]);
        store(m + (4 * i + 1) * stride, a[i][0] + a[i][1]);
        store(m + (4 * i + 2) * stride, a[i][0] - a[i][1]);
        store(m + (4 * i + 3) * stride, -a[i][1]);
      }
    }
  }
}

// ROWS channels times COLUMNS vectors of outputs: u += v' m over the tiles.
template <int ROWS, int COLUMNS>
LANES_INLINE void outer(const float* v, const float* m, float* u, int64_t tiles, int64_t channels, int64_t outputs) {
  Floats sums[ROWS][COLUMNS];
#pragma GCC unroll 16
  for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 4
    for (int k = 0; k < COLUMNS; ++k) sums[r][k] = load(u + r * outputs + k * lanes::COUNT);
  }
  for (int64_t t = 0; t < tiles; ++t) {
    Floats row[COLUMNS];
#pragma GCC unroll 4
    for (int k = 0; k < COLUMNS; ++k) row[k] = load(m + t * outputs + k * lanes::COUNT);
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; ++r) {
      const float number = v[t * channels + r];
#pragma GCC unroll 4
      for (int k = 0; k < COLUMNS; ++k) sums[r][k] += row[k] * number;
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 4
    for (int k = 0; k < COLUMNS; ++k) store(u + r * outputs + k * lanes::COUNT, sums[r][k]);
  }
}

template <int ROWS, int COLUMNS>
LANES_INLINE void outer_of_point(const float* v, const float* m, float* u, int64_t tiles, int64_t channels,
                                 int64_t outputs) {
  for (int64_t k = 0; k < outputs; k += COLUMNS * lanes::COUNT) {
    for (int64_t c = 0; c < channels; c += ROWS) {
      outer<ROWS, COLUMNS>(v + c, m + k, u + c * outputs + k, tiles, channels, outputs);
    }
  }
}

LANES_INLINE void outers(const Work& work, float* u, int64_t tiles, int64_t channels, int64_t outputs) {
  for (int64_t p = 0; p < POINTS; ++p) {
    const float *v = work.v + p * TILES * channels, *m = work.m + p * TILES * outputs;
    float* to = u + p * channels * outputs;
    if (outputs % (2 * lanes::COUNT) == 0) {
      outer_of_point<8, 2>(v, m, to, tiles, channels, outputs);
    } else {
      outer_of_point<16, 1>(v, m, to, tiles, channels, outputs);
    }
  }
}

// Blocks `begin` to `end` of y = x * w, with u = G w G' as POINTS x channels x outputs.
__attribute__((target("avx512f"))) inline void convolve(const float* x, const float* u, float* y, const Map& map,
                                                        int64_t channels, int64_t outputs, int64_t begin, int64_t end,
                                                        const Work& work) {
  for (int64_t block = begin; block < end; ++block) {
    const int64_t first = block * TILES, tiles = std::min(TILES, map.tiles() - first);
    inputs(x, map, channels, first, tiles, work);
    products(work, u, channels, outputs);
    results(work, y, map, outputs, first, tiles);
  }
}

// Adds blocks `begin` to `end` of the gradient to u, for x and the gradient g to the result.
__attribute__((target("avx512f"))) inline void add_gradient(const float* x, const float* g, float* u, const Map& map,
                                                            int64_t channels, int64_t outputs, int64_t begin,
                                                            int64_t end, const Work& work) {
  for (int64_t block = begin; block < end; ++block) {
    const int64_t first = block * TILES, tiles = std::min(TILES, map.tiles() - first);
    inputs(x, map, channels, first, tiles, work);
    gradients(g, map, outputs, first, tiles, work);
    outers(work, u, tiles, channels, outputs);
  }
}

}  // namespace winograd
