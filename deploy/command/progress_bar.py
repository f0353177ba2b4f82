"""How far a long work is: a bar where somebody watches, a line now and then where a log does."""

from dataclasses import dataclass, field
from typing import Self

from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from deploy.command.output import SafeConsole
from deploy.texts import say
from shared.runtime.clock import Clock
from shared.runtime.visible import visible

LINE_SECONDS = 5.0
MINUTE = 60


@dataclass(slots=True)
class ProgressBar:
    """Shows what is done: on a terminal as a bar, else as a line every few seconds."""

    what: str
    console: SafeConsole
    clock: Clock
    counts: str = "progress.events"
    """What is counted: the word in the catalogues."""
    done: int = 0
    _since: float = 0.0
    _line_at: float = 0.0
    _bar: Progress = field(init=False)
    _task: TaskID = field(init=False)

    def __enter__(self) -> Self:
        self._since = self.clock.monotonic()
        self._line_at = self._since + LINE_SECONDS
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=32),
            TaskProgressColumn(),
            TextColumn("{task.fields[told]}", markup=False),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self._task = self._bar.add_task(visible(self.what), total=1.0, told="")
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    @property
    def seconds(self) -> float:
        return self.clock.monotonic() - self._since

    def advance(self, count: int, reached: float | None) -> None:
        """Show that *count* more are settled, and that this is *reached* of the whole, if known."""
        self.done += count
        if reached is None:
            self._bar.update(self._task, total=None)
        self._bar.update(self._task, completed=reached or 0.0, told=self._told(reached))
        if self._bar.disable and self.clock.monotonic() >= self._line_at:
            self._line_at = self.clock.monotonic() + LINE_SECONDS
            share = "" if reached is None else f"{reached:.0%} · "
            self.console.print(f"{self.what}: {share}{self._told(reached)}")

    def _told(self, reached: float | None) -> str:
        rate = self.done / self.seconds if self.seconds > 0 else 0.0
        counts = {"done": say(self.counts, done=f"{self.done:,}"), "rate": f"{rate:,.0f}"}
        if not reached:
            return say("progress.counted", **counts)
        minutes, seconds = divmod(round(self.seconds * (1 - reached) / reached), MINUTE)
        return say("progress.told", **counts, left=f"{minutes}:{seconds:02d}")
