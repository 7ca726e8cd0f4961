"""`python -m ningjulan.project.processes NAME`: Django first, then the process, whose imports need it."""

import importlib
import sys

from ningjulan.project.bootstrap import set_up_django

set_up_django()
importlib.import_module(f"ningjulan.project.processes.{sys.argv[1]}").main()
