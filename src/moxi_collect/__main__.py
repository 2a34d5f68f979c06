"""`python -m moxi_collect`: the same as `moxi collect`."""

import runpy
import sys

if __name__ == "__main__":
    sys.argv[1:1] = ["collect"]
    runpy.run_module("moxi_cli", run_name="__main__")
