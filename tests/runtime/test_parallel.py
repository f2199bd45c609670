"""Work ahead: the order of the items, errors where they belong, and no more in work than was said."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest
from threadpoolctl import threadpool_info

from rhetoric.runtime.heads import on_one_core
from rhetoric.runtime.parallel import map_ahead, n_cores


def slow_square(number):
    time.sleep(0.001 * (5 - number % 5))
    return number * number


@pytest.mark.parametrize("n_workers", [1, 2, 7])
def test_map_ahead_keeps_the_order(n_workers):
    assert list(map_ahead(slow_square, range(30), n_workers)) == [n * n for n in range(30)]


def test_map_ahead_of_nothing_is_nothing():
    assert list(map_ahead(slow_square, [], 2)) == []


def test_map_ahead_raises_where_the_result_would_have_come():
    results = map_ahead(lambda n: 1 // n, [1, 1, 0, 1], 2)
    assert [next(results), next(results)] == [1, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_map_ahead_takes_no_more_items_than_it_works_on():
    taken = []

    def items():
        for n in range(100):
            taken.append(n)
            yield n

    results = map_ahead(slow_square, items(), 2)
    next(results)
    assert len(taken) <= 3
    results.close()
    assert len(taken) <= 3


def test_map_ahead_works_at_once():
    lock, inside, most = Lock(), 0, 0

    def work(_):
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.01)
        with lock:
            inside -= 1

    list(map_ahead(work, range(12), 3))
    assert most in (2, 3)


def test_there_is_a_core():
    assert n_cores() >= 1


def blas_threads():
    return [pool["num_threads"] for pool in threadpool_info() if "numpy" in pool["filepath"]]


def test_one_core_holds_in_all_threads_and_is_left_as_it_was_found():
    before = blas_threads()
    with on_one_core(), ThreadPoolExecutor(2) as pool:
        assert set(pool.submit(blas_threads).result()) == {1}
    assert blas_threads() == before
