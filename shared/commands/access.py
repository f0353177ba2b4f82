"""Who may give a command on which subject: by role and by organisation, as each path declares."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from shared.contracts.rejection import Blame, Rejection, SamePerson
from shared.contracts.types import OrgRef
from shared.policy.organisations import Organisations, Scope
from shared.web.auth import Principal, Role
from shared.web.problems import ORGANISATION_IS_ANOTHER, OWN_ORGANISATION_UNKNOWN

Grants = Mapping[Role, Scope]
"""The roles that may give a command, and whose subjects each of them reaches with it."""

WIDTHS = tuple(Scope)


class OrganisationIsAnother(Rejection):
    """The subject is another organisation's; nothing else is told of it."""

    code = ORGANISATION_IS_ANOTHER.code
    blame = Blame.CALLER


class OwnOrganisationUnknown(Rejection):
    """The caller's organisation does not stand in the register."""

    code = OWN_ORGANISATION_UNKNOWN.code
    blame = Blame.CALLER


ACCESS_REFUSALS: tuple[type[Rejection], ...] = (
    OrganisationIsAnother,
    OwnOrganisationUnknown,
    SamePerson,
)


def granted(roles: Iterable[Role], scope: Scope) -> Grants:
    """Return the grants that give *scope* to each of *roles*."""
    return dict.fromkeys(roles, scope)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose subjects a caller reaches with one command: as *scope* says, seen from *org*."""

    register: Organisations
    org: str
    role: Role
    scope: Scope

    @classmethod
    def of(cls, caller: Principal, grants: Grants, register: Organisations) -> Self:
        """
        Return how far *caller* reaches by *grants*: of several roles the widest counts.

        Raises:
            OwnOrganisationUnknown: the caller's organisation does not stand in the register.
        """
        org = register.today(caller.org)
        if org is None:
            raise OwnOrganisationUnknown
        held = [role for role in grants if caller.has(role)]
        role = max(held, key=lambda role: WIDTHS.index(grants[role]))
        return cls(register, org, role, grants[role])

    def require(self, owners: Collection[str]) -> None:
        """
        Return if the caller reaches a subject of *owners*, or one that names nobody.

        Raises:
            OrganisationIsAnother: it is none of the caller's.
        """
        if not self.register.admits(self.org, self.scope, owners):
            raise OrganisationIsAnother


def strangers(words: Mapping[str, object], register: Organisations) -> list[str]:
    """Return the fields in *words* that name an organisation which the register lacks."""
    return [
        name
        for name, word in words.items()
        for one in (word if isinstance(word, tuple) else (word,))
        if isinstance(one, OrgRef) and register.today(one.org_code) is None
    ]
