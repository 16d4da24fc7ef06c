"""One seed for everything that is left to chance, in the harness and in the product.

The product draws jitter by `random` and ids by `uuid` and `secrets`, which end in os.urandom.
Only for a process that runs nothing but simulations: ids then can be foretold.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable


class Chance:
    """`draw` is the harness's own; the product's have generators of their own, so that a
    change of one does not move the other's."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(f"history {seed}")  # noqa: S311
        self.wire = random.Random(f"wire {seed}")  # noqa: S311
        bytes_of: Callable[[int], bytes] = random.Random(f"bytes {seed}").randbytes  # noqa: S311
        random.seed(f"jitter {seed}")
        os.urandom = bytes_of
        random._urandom = bytes_of  # type: ignore[attr-defined]
