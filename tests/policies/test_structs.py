"""Reading into structs from many threads at once, in a process that has never read into them before."""

from __future__ import annotations

import subprocess
import sys

RACE = """
import sys
import threading

from homeward.policies import decision, facts, packs, rulebook

READERS = [
    packs.load,
    lambda: decision.from_json(b"{}"),
    lambda: facts.from_json(b"{}"),
    lambda: rulebook.from_data({"ref": 1}),
]
sys.setswitchinterval(1e-6)
learning = []


def note(frame, event, _):
    if event == "call" and frame.f_code.co_name == "get_class_annotations":
        learning.append(frame)


threading.setprofile(note)
for read in READERS:
    line = threading.Barrier(6)

    def race():
        line.wait()
        try:
            read()
        except ValueError:
            pass

    threads = [threading.Thread(target=race) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print("alive, learning", len(learning))
"""


def test_a_young_process_survives_its_first_requests_all_at_once() -> None:
    """It survives by luck where classes are still being learned; so none may be."""
    done = subprocess.run([sys.executable, "-c", RACE], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "alive, learning 0"), done.stderr
