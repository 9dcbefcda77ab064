from __future__ import annotations

import importlib
import itertools
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cloudpickle
import pytest

from framing.corpus.executors import LostWork, OncePerProcess, in_process, in_processes
from framing.errors import MissingExtraError


@pytest.fixture(autouse=True, scope="module")
def _helpers_need_not_import_this() -> Iterator[None]:
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    yield
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


@dataclass(frozen=True)
class Marked:
    """Doubles numbers, and writes down in which process each was worked on."""

    folder: Path
    slow: float = 0.0
    together: int = 1
    """So many processes have to have begun before any goes on."""

    def __call__(self, number: int) -> int:
        self.mark(number)
        until(lambda: len(self.all_processes()) >= self.together)
        time.sleep(self.slow)
        return 2 * number

    def all_processes(self) -> set[int]:
        return {process for number in self.tries() for process in self.processes(number)}

    def mark(self, number: int) -> None:
        with (self.folder / str(number)).open("a", encoding="ascii") as file:
            file.write(f"{os.getpid()}\n")

    def processes(self, number: int) -> list[int]:
        return [int(line) for line in (self.folder / str(number)).read_text("ascii").splitlines()]

    def tries(self) -> dict[int, int]:
        return {int(path.name): len(self.processes(int(path.name))) for path in self.folder.iterdir()}


@dataclass(frozen=True)
class Deadly(Marked):
    """Kills its own process at one number, the first so many times."""

    at: int = 3
    times: int = 99

    def __call__(self, number: int) -> int:
        done = super().__call__(number)
        if number == self.at and len(self.processes(number)) <= self.times:
            os.kill(os.getpid(), signal.SIGKILL)
        return done


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def until(condition, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_each_item_comes_once_with_its_outcome(tmp_path: Path) -> None:
    numbers = range(9)
    wanted = [(number, 2 * number) for number in numbers]
    assert list(in_process(Marked(tmp_path), numbers)) == wanted
    assert sorted(in_processes(Marked(tmp_path, together=3), numbers, 2)) == wanted
    processes = [Marked(tmp_path).processes(number) for number in numbers]
    assert {own for own, _ in processes} == {os.getpid()}
    assert os.getpid() not in {other for _, other in processes}
    assert len({other for _, other in processes}) == 2


def test_more_processes_than_items_and_no_items(tmp_path: Path) -> None:
    assert list(in_processes(Marked(tmp_path), [4], 3)) == [(4, 8)]
    assert list(in_processes(Marked(tmp_path), [], 3)) == []


def test_items_are_taken_when_a_process_is_free_for_them(tmp_path: Path) -> None:
    taken: list[int] = []

    def endless() -> Iterator[int]:
        for number in itertools.count():
            taken.append(number)
            yield number

    outcomes = in_processes(Marked(tmp_path), endless(), 2)
    for _ in range(5):
        next(outcomes)
    outcomes.close()
    assert len(taken) <= 5 + 2 * 2


def test_nothing_is_left_of_a_run_that_is_given_up(tmp_path: Path) -> None:
    work = Marked(tmp_path, slow=0.3, together=2)
    outcomes = in_processes(work, range(100), 2)
    next(outcomes)
    started = time.monotonic()
    outcomes.close()
    assert time.monotonic() - started < 5
    processes = work.all_processes()
    assert len(processes) == 2
    assert not any(alive(process) for process in processes)
    before = work.tries()
    time.sleep(0.5)
    assert work.tries() == before


def test_an_item_whose_process_was_killed_is_tried_again_and_no_other(tmp_path: Path) -> None:
    work = Deadly(tmp_path, slow=0.02, times=1)
    assert sorted(in_processes(work, range(8), 2)) == [(number, 2 * number) for number in range(8)]
    assert work.tries() == {**dict.fromkeys(range(8), 1), 3: 2}


def test_an_item_that_kills_every_process_is_lost_after_three_and_comes_last(tmp_path: Path) -> None:
    work = Deadly(tmp_path, slow=0.02)
    *others, (item, lost) = in_processes(work, range(8), 2)
    assert sorted(others) == [(number, 2 * number) for number in range(8) if number != 3]
    assert item == 3
    assert isinstance(lost, LostWork)
    assert "SIGKILL each of 3 times" in lost.reason
    assert "memory" in lost.reason
    assert work.tries() == {**dict.fromkeys(range(8), 1), 3: 3}


def leave(number: int) -> int:
    if number == 1:
        os._exit(7)
    return number


def test_a_process_that_ends_by_itself_is_no_question_of_memory() -> None:
    outcomes = dict(in_processes(leave, range(3), 2))
    lost = outcomes.pop(1)
    assert isinstance(lost, LostWork)
    assert "exit code 7" in lost.reason
    assert "memory" not in lost.reason
    assert outcomes == {0: 0, 2: 2}


def killed_from_without(folder: Path, number: int) -> int:
    (folder / f"{number}.{os.getpid()}").touch()
    while not (folder / "go on").exists():
        time.sleep(0.02)
    return number


def test_a_process_killed_by_another_loses_nothing(tmp_path: Path) -> None:
    outcomes = in_processes(partial(killed_from_without, tmp_path), range(4), 2)
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(list, outcomes)
        assert until(lambda: len(list(tmp_path.iterdir())) == 2)
        victim = min(tmp_path.iterdir())
        os.kill(int(victim.suffix[1:]), signal.SIGKILL)
        # The other one waits still, and a third has taken the place of the first.
        assert until(lambda: len(list(tmp_path.iterdir())) == 3)
        (tmp_path / "go on").touch()
        assert sorted(found.result()) == [(number, number) for number in range(4)]
    assert Counter(path.stem for path in tmp_path.iterdir())[victim.stem] == 2


def refuse_two(folder: Path, number: int) -> int:
    (folder / f"{number}.{os.getpid()}").touch()
    time.sleep(0.02 if number == 2 else 0.3)
    if number == 2:
        raise ZeroDivisionError("not this one")
    return number


def test_what_the_work_raises_is_raised_here_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="not this one") as raised:
        list(in_processes(partial(refuse_two, tmp_path), [2, *range(3, 90)], 2))
    assert "in refuse_two" in "\n".join(raised.value.__notes__)
    marks = list(tmp_path.iterdir())
    assert not any(alive(int(path.suffix[1:])) for path in marks)
    assert len(marks) < 60


class Particular(Exception):
    def __init__(self, first: str, second: str):
        super().__init__(f"{first} and {second}")


def raise_kind(kind: str) -> None:
    if kind == "extra":
        raise MissingExtraError("corpus", "reading parquet")
    raise Particular("one", "two")


@pytest.mark.parametrize("kind", ["extra", "own"])
def test_an_exception_that_cannot_be_sent_is_told_in_words(kind: str) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)in raise_kind.*(one and two|needs the extra 'corpus')"):
        list(in_processes(raise_kind, [kind], 1))


def make_unsendable(_: int) -> object:
    return lambda: None


@dataclass(frozen=True)
class Unreadable:
    def __reduce__(self) -> tuple[object, ...]:
        return importlib.import_module, ("no_such_module_anywhere",)

    def __call__(self, number: int) -> int:
        return number


def test_what_cannot_be_sent_is_a_fault_and_not_lost(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="lambda"):
        list(in_processes(make_unsendable, [1], 1))
    with pytest.raises(ModuleNotFoundError, match="no_such_module_anywhere"):
        list(in_processes(Marked(tmp_path), [Unreadable()], 1))
    with pytest.raises(ModuleNotFoundError, match="no_such_module_anywhere"):
        list(in_processes(Unreadable(), [1], 1))


def thread_settings(name: str) -> str | None:
    return os.environ.get(name)


def test_each_process_computes_with_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    names = ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"]
    assert dict(in_processes(thread_settings, names, 1)) == dict.fromkeys(names, "1")
    assert os.environ["OPENBLAS_NUM_THREADS"] == "4"


def make(folder: Path, name: str) -> str:
    with (folder / name).open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    return name.upper()


def use(folder: Path, number: int) -> str:
    made = OncePerProcess(make, (folder, "model"))()
    until(lambda: len((folder / "model").read_text("ascii").splitlines()) > 1)
    return made + str(number)


def test_what_is_dear_is_made_once_in_each_process(tmp_path: Path) -> None:
    found = dict(in_processes(partial(use, tmp_path), range(8), 2))
    assert found == {number: f"MODEL{number}" for number in range(8)}
    makers = (tmp_path / "model").read_text("ascii").splitlines()
    assert len(makers) == len(set(makers)) == 2


def test_what_is_made_follows_what_it_is_made_of(tmp_path: Path) -> None:
    assert [OncePerProcess(make, (tmp_path, name))() for name in ("one", "one", "two", "one")] == [
        "ONE",
        "ONE",
        "TWO",
        "ONE",
    ]
    assert len((tmp_path / "two").read_text("ascii").splitlines()) == 1


_SCRIPT = """
import sys, time
from pathlib import Path
from framing.corpus.executors import in_processes

def work(number):
    import os
    (Path(sys.argv[1]) / f"{number}.{os.getpid()}").touch()
    time.sleep(0.3)
    return number

if __name__ == "__main__":
    for outcome in in_processes(work, range(1000), 2):
        pass
"""


def a_run(tmp_path: Path, root: Path) -> tuple[subprocess.Popen[str], Path]:
    marks = tmp_path / "marks"
    marks.mkdir()
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT, encoding="ascii")
    run = subprocess.Popen(
        [sys.executable, "-X", "dev", str(script), str(marks)],
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    return run, marks


def processes_of(marks: Path) -> set[int]:
    return {int(path.suffix[1:]) for path in marks.iterdir()}


def test_an_interrupt_ends_all_processes_and_only_one_speaks(tmp_path: Path, root: Path) -> None:
    run, marks = a_run(tmp_path, root)
    with run:
        assert until(lambda: len(processes_of(marks)) == 2)
        os.killpg(run.pid, signal.SIGINT)
        started = time.monotonic()
        _, errors = run.communicate(timeout=20)
        assert time.monotonic() - started < 10
    assert errors.count("Traceback") == 1
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert not any(alive(process) for process in processes_of(marks))


def test_processes_end_with_the_one_that_began_them(tmp_path: Path, root: Path) -> None:
    run, marks = a_run(tmp_path, root)
    with run:
        assert until(lambda: len(processes_of(marks)) == 2)
        run.kill()
        run.communicate(timeout=20)
    assert until(lambda: not any(alive(process) for process in processes_of(marks)), seconds=5)
