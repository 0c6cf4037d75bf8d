"""Where a node keeps old states: in a folder of its own, which goes when the node goes.

chosen ── there, and gone with the node · a node that goes on keeps it
stop ── the folder is gone · the program that started it is killed ── the node ends and the folder is gone
"""

import os
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


def test_a_node_that_goes_on_keeps_its_old_states_in_the_folder_chosen_for_them(tmp_path: Path) -> None:
    history = tmp_path / "history"
    program = STARTS.replace(
        "Node()", f"Node(keep=True, history=__import__('pathlib').Path({str(history)!r}))"
    )
    program = program.replace("node._history", "node.pid").replace("time.sleep(60)", "pass")
    ended = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True)
    pid = int(ended.stdout)
    try:
        assert history.is_dir()
    finally:
        os.kill(pid, signal.SIGTERM)
    node = Node(history=history).start()
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
