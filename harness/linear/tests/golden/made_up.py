"""Features by a formula that `tests/it/made_up.rs` repeats to the bit.

Knuth's 64-bit linear congruential generator; the upper 24 bits of its state are a number in [-1, 1) that single precision
holds exactly.
"""

import numpy


class Numbers:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return ((self.state >> 40) - 2**23) / 2**23


def features(seed, rows, columns, shift):
    """Numbers in [-1, 1), and `shift` more in every third column, in single precision."""
    numbers = Numbers(seed)
    made = numpy.array([[numbers.next() for _ in range(columns)] for _ in range(rows)], dtype=numpy.float32)
    made[:, ::3] += numpy.float32(shift)
    return made
