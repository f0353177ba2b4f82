"""The register of figures: every module that has some, and what follows from them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import ModuleType
from typing import cast

from services.metrics.domain.figures import (
    agencies,
    agents,
    cards,
    certificates,
    commitments,
    committee,
    credit,
    cross_region,
    elapsed,
    enterprises,
    examination,
    hotline,
    inspection,
    lists,
    live,
    nearby,
    outreach,
    platform,
    policies,
    premises,
    projects,
    reported,
    scenes,
    sources,
    special_groups,
    stationing,
    statistics,
    supervision,
    targets,
    terminals,
    walkthroughs,
    weekends,
    windows,
)
from services.metrics.domain.figures.figure import (
    CLASSES_KEPT_MAX,
    MANY,
    Figure,
    LinesOf,
    Module,
    Tile,
    heads,
    many,
)

MODULES: tuple[ModuleType, ...] = (
    live,
    elapsed,
    platform,
    sources,
    scenes,
    nearby,
    projects,
    enterprises,
    special_groups,
    lists,
    policies,
    premises,
    committee,
    agencies,
    supervision,
    cards,
    hotline,
    stationing,
    certificates,
    terminals,
    commitments,
    cross_region,
    credit,
    outreach,
    weekends,
    walkthroughs,
    windows,
    examination,
    inspection,
    agents,
    targets,
    reported,
    statistics,
)
"""The bureau's day first, the items of the plan in their order, then supervision's statistics."""


@dataclass(frozen=True)
class Register:
    """The figures of some modules."""

    modules: tuple[Module, ...]

    @classmethod
    def of(cls, modules: Iterable[ModuleType]) -> "Register":
        return cls(tuple(cast("Module", module) for module in modules))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(figure for module in self.modules for figure in module.FIGURES)

    @cached_property
    def by_id(self) -> Mapping[str, Figure]:
        return {figure.id: figure for figure in self.figures}

    @cached_property
    def tiles(self) -> Mapping[Tile, Figure]:
        """The figures of the page of today, by their tiles, in the order in which it shows them."""
        return {figure.tile: figure for figure in self.figures if figure.tile}

    @cached_property
    def lines(self) -> Mapping[type, tuple[LinesOf, ...]]:
        """What each kind of subject adds, module by module."""
        lines: dict[type, tuple[LinesOf, ...]] = {}
        for module in self.modules:
            for kind, added in module.LINES.items():
                lines[kind] = (*lines.get(kind, ()), added)
        return lines

    @cached_property
    def is_listed(self) -> Callable[[str], bool]:
        """
        Say whether a figure counts a part: then the dossiers behind it are kept by name.

        Remembered, because every row that changes asks.
        """
        return lru_cache(CLASSES_KEPT_MAX)(self._is_listed)

    def _is_listed(self, part: str) -> bool:
        return part in self._counted or any(head in self._by_class for head in heads(part))

    def shared_out(self, parts: Mapping[str, int]) -> Mapping[str, dict[str, int]]:
        """Return by figure those of *parts* that it counts, in one walk over them."""
        own: dict[str, dict[str, int]] = {figure.id: {} for figure in self.figures}
        for part, number in parts.items():
            for figure in self.counting(part):
                own[figure.id][part] = number
        return own

    @cached_property
    def counting(self) -> Callable[[str], tuple[Figure, ...]]:
        """Return the figures that count a part; remembered, because a list asks for very many."""
        return lru_cache(CLASSES_KEPT_MAX)(self._counting)

    def _counting(self, part: str) -> tuple[Figure, ...]:
        names = {part, *map(many, heads(part))}
        return tuple(figure for figure in self.figures if not names.isdisjoint(figure.parts))

    @cached_property
    def _counted(self) -> frozenset[str]:
        return frozenset(part for figure in self.figures for part in figure.parts)

    @cached_property
    def _by_class(self) -> frozenset[str]:
        return frozenset(part.removesuffix(MANY) for part in self._counted if part.endswith(MANY))


REGISTER = Register.of(MODULES)
