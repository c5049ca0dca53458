"""Runs MiniStack on virtual time, and no longer than the process that started it.

Standard input is a pipe that the starter holds and never writes to. When the starter is gone, however it ended, the
pipe closes and the emulator ends with all its workers (they share its process group, which it leads).
"""

import os
import runpy
import signal
import sys
import threading
import time

import virtual_time  # noqa: F401  (shifts the clock; before MiniStack imports datetime)

_GRACE_SECONDS = 10


def _end_with_starter() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if os.getpgrp() != os.getpid():
    sys.exit("run_ministack.py must lead a process group of its own: start it detached")
threading.Thread(target=_end_with_starter, daemon=True).start()
sys.path.pop(0)  # this file's folder
runpy.run_module("ministack", run_name="__main__", alter_sys=True)
