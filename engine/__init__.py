"""Neural Sketchbook's engine: settings, data, networks, training and observation, without any screen."""

import os

# Intel's matrix products otherwise choose instructions by where a matrix lies in memory, so that a lane's last bits
# would depend on its neighbours. It reads this at its first use; elsewhere it means nothing.
os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")
