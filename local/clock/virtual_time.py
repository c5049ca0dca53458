"""Virtual time for the embedded AWS: the real time plus the seconds that stand in the file $CLOCK_OFFSET_FILE.

Importing this module shifts time.time, time.time_ns and datetime. It must come before whatever does `from datetime
import datetime`. time.monotonic stays real, so that timeouts of sockets and of running handlers are not cut short
when the clock is moved.
"""

import datetime as _datetime
import os
import time

_FILE = os.environ["CLOCK_OFFSET_FILE"]
_READ_AGAIN_AFTER = 0.02  # seconds; what a reader may be late by

_real_time = time.time
_real_time_ns = time.time_ns
_offset = 0.0
_read_at = float("-inf")


def offset() -> float:
    """Seconds by which virtual time is ahead."""
    global _offset, _read_at
    now = time.monotonic()
    if now - _read_at > _READ_AGAIN_AFTER:
        try:
            with open(_FILE, encoding="ascii") as file:
                _offset = float(file.read().strip() or 0)
        except (OSError, ValueError):
            pass  # between two versions of the file: the last value stands
        _read_at = now
    return _offset


time.time = lambda: _real_time() + offset()
time.time_ns = lambda: _real_time_ns() + int(offset() * 1e9)

# datetime.now reads the system's clock in C and not time.time: later imports get a class that asks time.time.
_RealDatetime = _datetime.datetime


class _LikeDatetime(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, _RealDatetime)

    def __subclasscheck__(cls, subclass):
        return issubclass(subclass, _RealDatetime)


class datetime(_RealDatetime, metaclass=_LikeDatetime):
    @classmethod
    def now(cls, tz=None):
        return _RealDatetime.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls):
        return _RealDatetime.fromtimestamp(time.time(), _datetime.timezone.utc).replace(tzinfo=None)

    @classmethod
    def today(cls):
        return _RealDatetime.fromtimestamp(time.time())


_datetime.datetime = datetime
