"""Where a node keeps old states: in a folder of its own, which goes when the node goes.

stop ── the folder is gone · the program that started it is killed ── the node ends and the folder is gone
"""

import signal
import subprocess
import sys
import time
from pathlib import Path

from commonhold.chain.node import Node

STARTS = (
    "import sys, time; from commonhold.chain.node import Node; node = Node().start(); "
    "print(node._history, flush=True); time.sleep(60)"
)


def test_a_stopped_node_leaves_nothing_behind() -> None:
    node = Node().start()
    history = node._history
    assert history is not None
    assert history.is_dir()
    node.stop()
    assert not history.exists()


def test_a_node_whose_program_was_killed_leaves_nothing_behind() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTS], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        history = Path(program.stdout.readline().strip())
        assert history.is_dir()
        program.send_signal(signal.SIGKILL)
    end = time.monotonic() + 30
    while history.exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert not history.exists()
