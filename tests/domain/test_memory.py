"""A process may keep the memory of its batches, where the C library knows a way."""

import ctypes

import pytest

from shared.runtime.memory import HEAP_BYTES_MAX, KEPT_BYTES_MAX, keep_memory


class Library:
    """A C library that writes down what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def mallopt(self, parameter: int, value: int) -> int:
        self.asked.append((parameter, value))
        return 1


def test_pieces_of_a_batch_stay_in_the_heap(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)

    keep_memory()

    assert library.asked == [(-1, KEPT_BYTES_MAX), (-3, HEAP_BYTES_MAX)]


def test_another_library_goes_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())

    keep_memory()
