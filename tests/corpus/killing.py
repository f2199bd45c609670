"""Kills runs and lets them go on. A program, because a process that forks should have no threads.

    python -m tests.corpus.killing steps ARTICLES FOLDER
    python -m tests.corpus.killing moments ARTICLES FOLDER MODEL N_KILLS SEED

Writes how often it killed, and how often in the middle of a run; every difference to an undisturbed run is an error.
"""

import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

from rhetoric.corpus import Corpus, RunOptions, annotate_corpus
from rhetoric.corpus.fingerprints import library_versions
from rhetoric.corpus.storage import RunFolder
from tests.corpus.stubs import StubSpec, lengths, tree

KILLED = -signal.SIGKILL
N_STEPS_LATER = 9


def fail(message):
    raise SystemExit(message)


def begin_child(function):
    """Return the number of a process that does this and ends with 0."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        function()
        code = 0
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.stderr.flush()
    finally:
        os._exit(code)


def end_of(child):
    """Return how a process ended: 0, or minus the signal that killed it."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code in (0, KILLED) else fail(f"a run ended with {code}")


def in_child(function, *arguments):
    return end_of(begin_child(lambda: function(*arguments)))


def check(folder, expected):
    found = tree(folder)
    differing = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
    if differing:
        fail(f"{folder} differs from an undisturbed run in {differing}")


class Steps:
    """Kills the process at the `n`-th step that writes: before it is taken, or right after."""

    def __init__(self, n):
        self.n_left = n

    def _count(self):
        self.n_left -= 1
        if not self.n_left:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, owner, name):
        step = getattr(owner, name)

        def counted(*arguments, **options):
            self._count()
            result = step(*arguments, **options)
            self._count()
            return result

        setattr(owner, name, counted)


def run(articles, folder):
    options = RunOptions(shard_size=8, side_tables={"measures": lengths}, is_resumed=True)
    annotate_corpus(Corpus((str(articles),)), folder, StubSpec(), options)


def killed_run(articles, folder, n):
    steps = Steps(n)
    for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink"), (Path, "mkdir")):
        steps.watch(owner, name)
    run(articles, folder)


def kill_at_steps(articles, folder):
    """Kill a run at its n-th step, for each n, for some again a little later; then let it go on to its end."""
    os.fsync = lambda handle: None  # what was written outlives the process without it
    lengths([])  # loads pyarrow, so that each child need not
    library_versions()
    in_child(run, articles, folder / "once")
    expected, killed = tree(folder / "once"), folder / "killed"
    n = 0
    while in_child(killed_run, articles, killed, n + 1) == KILLED:
        n += 1
        if n % 2:
            in_child(killed_run, articles, killed, N_STEPS_LATER)
        if in_child(run, articles, killed):
            fail(f"the run that was killed at step {n} did not go on")
        check(killed, expected)
        shutil.rmtree(killed)
    return n, n


def command(articles, folder, model):
    from rhetoric.cli.app import main

    options = ["--shard-size", "5", "--resume", "--quiet", "--model", model]
    code = main(["annotate", str(articles), "-o", str(folder), *options])
    if code != 4:  # some articles of the corpus cannot be read
        fail(f"the command ended with {code}")


def is_in_the_middle(folder):
    run_folder = RunFolder(folder)
    return bool(run_folder.journal()) and not run_folder.manifest.complete


def kill_at_moments(articles, folder, model, n_kills, seed):
    """Kill the command at random moments, and give the same command again; begin a new run whenever one is done."""
    import onnxruntime  # noqa: F401  (so that each child need not)

    import rhetoric.pipeline  # noqa: F401

    begun = time.monotonic()
    in_child(command, articles, folder / "once", model)
    seconds = time.monotonic() - begun
    expected, moments = tree(folder / "once"), random.Random(seed)
    n_done = n_middle = n_runs = 0
    while n_done < n_kills:
        place = folder / f"run{n_runs}"
        child = begin_child(lambda: command(articles, place, model))  # noqa: B023  (the child has its own)
        time.sleep(moments.uniform(0, seconds))
        os.kill(child, signal.SIGKILL)
        if end_of(child) == KILLED:
            n_done += 1
            n_middle += is_in_the_middle(place)
        else:
            check(place, expected)
            n_runs += 1
    in_child(command, articles, folder / f"run{n_runs}", model)
    check(folder / f"run{n_runs}", expected)
    return n_done, n_middle


def main(kind, articles, folder, *others):
    if kind == "steps":
        n = kill_at_steps(Path(articles), Path(folder))
    else:
        model, n_kills, seed = others
        n = kill_at_moments(Path(articles), Path(folder), model, int(n_kills), int(seed))
    sys.stdout.write("{} {}\n".format(*n))


if __name__ == "__main__":
    main(*sys.argv[1:])
