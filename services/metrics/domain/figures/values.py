"""What a figure comes to: its parts summed, divided, and judged by how many there were."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import accumulate

from services.metrics.domain.figures.figure import Aggregate, Figure, Threshold, counts
from services.metrics.domain.subjects.report import HUNDREDTHS
from shared.contracts.moments import day_of
from shared.contracts.supervision.words import AlertLevel, worst_of

SAMPLE_MIN = 20
"""A rate of fewer than this is shown and not judged (domain conventions)."""

DIGITS = 4

Parts = Mapping[str, int]

Classes = list[tuple[int, int]]
"""A class of a histogram and how often it was counted, in ascending order."""


Measured = tuple[float | None, int, int | None]
"""The value, what it is made of, and how many it judges."""


@dataclass(frozen=True, slots=True)
class Value:
    """A figure's value with what it is made of; None where there is nothing to divide by."""

    number: float | None
    numerator: int
    denominator: int | None
    sample_ok: bool
    pending: int | None = None
    """What is within its limit and may still come in time."""
    level: AlertLevel | None = None
    """The colour by the figure's own rules; None where it is as it should be, or too few."""


def valued(figure: Figure, parts: Parts, until: date) -> Value:
    """Return what *parts* make of *figure* on *until*, the last day that is asked for."""
    if figure.measure is Aggregate.AGE:
        number, numerator, denominator = _age(figure, parts, until)
    else:
        number, numerator, denominator = MEASURED[figure.measure](figure, parts)
    sample_ok = _is_enough(denominator)
    return Value(
        number,
        numerator,
        denominator,
        sample_ok,
        summed(figure.pending, parts) if figure.pending else None,
        _level(figure.alerts, parts, number if sample_ok else None),
    )


def judged(figure: Figure, number: int | None, of: int | None = None) -> Value:
    """Return *number*, of so many where it is one of many, in the colour that *figure* gives it."""
    sample_ok = _is_enough(of)
    level = _level(figure.alerts, {}, number if sample_ok else None)
    return Value(number, number or 0, of, sample_ok, level=level)


def _is_enough(of: int | None) -> bool:
    return of is None or of >= SAMPLE_MIN


def _sum(figure: Figure, parts: Parts) -> Measured:
    total = summed(figure.numerator, parts)
    return total, total, None


def _hundredths(figure: Figure, parts: Parts) -> Measured:
    total = summed(figure.numerator, parts)
    return total / HUNDREDTHS, total, None


def _rate(figure: Figure, parts: Parts) -> Measured:
    total, of = summed(figure.numerator, parts), summed(figure.denominator, parts)
    return _quotient(total * figure.per, of), total, of


def _mean(figure: Figure, parts: Parts) -> Measured:
    classes = classes_of(figure.numerator, parts)
    total, of = sum(name * n for name, n in classes), _count(classes)
    return _quotient(total, of), total, of


def _shortened(figure: Figure, parts: Parts) -> Measured:
    saved = of = 0
    for part, number in parts.items():
        if counts(figure.numerator, part) and (pair := classed(part, 2)):
            first, second = pair
            saved, of = saved + (first - second) * number, of + first * number
    return _quotient(saved, of), saved, of


def _percentile(percent: int, figure: Figure, parts: Parts) -> Measured:
    classes = classes_of(figure.numerator, parts)
    reached = quantile(classes, percent)
    return reached, reached or 0, _count(classes)


def _distinct(figure: Figure, parts: Parts) -> Measured:
    distinct = len(_counted(figure.numerator, parts))
    return distinct, distinct, None


def _spread(figure: Figure, parts: Parts) -> Measured:
    groups = _grouped(figure.numerator, parts)
    medians = [median for one in groups if (median := quantile(one, 50)) is not None]
    spread = max(medians) - min(medians) if medians else None
    return spread, spread or 0, sum(map(_count, groups))


def _mean_spread(figure: Figure, parts: Parts) -> Measured:
    groups = _grouped(figure.numerator, parts)
    means = [sum(name * n for name, n in one) / _count(one) for one in groups]
    spread = round(max(means) - min(means), DIGITS) if means else None
    total = sum(name * n for one in groups for name, n in one)
    return spread, total, sum(map(_count, groups))


def _coverage(figure: Figure, parts: Parts) -> Measured:
    among, of = _names(figure.numerator, parts), _names(figure.denominator, parts)
    return _quotient(len(among & of), len(of)), len(among & of), len(of)


def _current(figure: Figure, parts: Parts) -> Measured:
    newest: dict[str, tuple[int, ...]] = {}
    for part, number in parts.items():
        if number > 0 and counts(figure.numerator, part) and (version := classed(part, 2)):
            name = part.partition(":")[2].rsplit(":", 2)[0]
            newest[name] = max(newest.get(name, ()), tuple(version))
    of = _names(figure.denominator, parts)
    so = sum(name in of and is_so == 1 for name, (_, is_so) in newest.items())
    return _quotient(so, len(of)), so, len(of)


def _load(figure: Figure, parts: Parts) -> Measured:
    loads = sorted(_counted(figure.numerator, parts))
    return quantile([(load, 1) for load in loads], 90), sum(loads), None


def _age(figure: Figure, parts: Parts, until: date) -> Measured:
    days = [
        day
        for part, number in parts.items()
        if number > 0 and counts(figure.numerator, part) and (day := _day_of(part)) is not None
    ]
    age = (until - max(days)).days if days else None
    return age, len(days), None


def _greatest(_: Figure, parts: Parts) -> Measured:
    greatest = max(parts.values(), default=None)
    return greatest, greatest or 0, None


MEASURED: Mapping[Aggregate, Callable[[Figure, Parts], Measured]] = {
    Aggregate.SUM: _sum,
    Aggregate.HUNDREDTHS: _hundredths,
    Aggregate.RATE: _rate,
    Aggregate.MEAN: _mean,
    Aggregate.NINETIETH: partial(_percentile, 90),
    Aggregate.NINETY_FIFTH: partial(_percentile, 95),
    Aggregate.DISTINCT: _distinct,
    Aggregate.SHORTENED: _shortened,
    Aggregate.SPREAD: _spread,
    Aggregate.MEAN_SPREAD: _mean_spread,
    Aggregate.COVERAGE: _coverage,
    Aggregate.CURRENT: _current,
    Aggregate.LOAD: _load,
    Aggregate.GREATEST: _greatest,
}


def _count(classes: Classes) -> int:
    return sum(number for _, number in classes)


def _counted(names: Collection[str], parts: Parts) -> list[int]:
    """Return the numbers of those of *parts* that count at all."""
    return [number for part, number in parts.items() if number > 0 and counts(names, part)]


def _names(names: Collection[str], parts: Parts) -> set[str]:
    """Return which of the many of *names* count at all."""
    counted = (part for part, number in parts.items() if number > 0 and counts(names, part))
    return {part.partition(":")[2] for part in counted}


def _grouped(names: Collection[str], parts: Parts) -> list[Classes]:
    """Return a histogram for each group of classes that *names* name."""
    groups: dict[str, dict[str, int]] = {}
    for part, number in parts.items():
        groups.setdefault(part.rpartition(":")[0], {})[part] = number
    return [classes for group in groups.values() if (classes := classes_of(names, group))]


def _quotient(total: int, of: int) -> float | None:
    return round(total / of, DIGITS) if of else None


def summed(names: Collection[str], parts: Parts) -> int:
    """Return the sum of those of *parts* that *names* name."""
    return sum(number for part, number in parts.items() if counts(names, part))


def _level(alerts: Iterable[Threshold], parts: Parts, number: float | None) -> AlertLevel | None:
    """Return the worst colour that one of *alerts* calls for."""
    called_for = {
        alert.level
        for alert in alerts
        if _applies(alert, summed(alert.parts, parts) if alert.parts else number)
    }
    return worst_of(called_for)


def _applies(alert: Threshold, number: float | None) -> bool:
    if number is None:
        return False
    below = alert.below is not None and number < alert.below
    return below or (alert.above is not None and number > alert.above)


def classes_of(names: Collection[str], parts: Parts) -> Classes:
    """Return the histogram that *names* name."""
    classes: dict[int, int] = {}
    for part, number in parts.items():
        if number > 0 and counts(names, part):
            for name in classed(part):
                classes[name] = classes.get(name, 0) + number
    return sorted(classes.items())


def classed(part: str, count: int = 1) -> Sequence[int]:
    """Return the class of *part*, in *count* numbers; nothing where an edition before had none."""
    try:
        return [int(name) for name in part.split(":")[-count:]]
    except ValueError:
        return ()


def _day_of(part: str) -> date | None:
    """Return the day that is the class of *part*; None where an edition before had another."""
    try:
        return day_of(part.rpartition(":")[2])
    except ValueError:
        return None


def quantiles(figure: Figure, parts: Parts) -> dict[str, int] | None:
    """Return the median and the ninetieth percentile of a figure of classes, if there are any."""
    if figure.measure not in (Aggregate.MEAN, Aggregate.NINETIETH, Aggregate.NINETY_FIFTH):
        return None
    classes = classes_of(figure.numerator, parts)
    median, ninetieth = quantile(classes, 50), quantile(classes, 90)
    if median is None or ninetieth is None:
        return None
    return {"p50": median, "p90": ninetieth}


def quantile(classes: Classes, percent: int) -> int | None:
    """Return the class that the nearest rank of *percent* falls into; None of none."""
    total = _count(classes)
    if not total:
        return None
    rank = -(-total * percent // 100)
    reached = accumulate(number for _, number in classes)
    return next(name for (name, _), seen in zip(classes, reached, strict=True) if seen >= rank)
