"""How long the engine takes, beside other ways to the same gradients. No time is asserted.

Products of matrices run in one thread: threads that wait for each other on a busy machine would be
most of what is measured.
"""

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
