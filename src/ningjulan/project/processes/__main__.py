"""`python -m ningjulan.project.processes NAME`: Django first, then the process, whose imports need it.

Frames are worked on by one thread: more cores are for more workers, and threads that wait for each other
over frames of a few thousand rows cost a quarter more processor time than they save.
"""

import importlib
import os
import sys

from ningjulan.project.bootstrap import set_up_django

os.environ.setdefault("POLARS_MAX_THREADS", "1")
set_up_django()
importlib.import_module(f"ningjulan.project.processes.{sys.argv[1]}").main()
