"""The shared shapes that facts are made of: references, documents, bounded words."""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from shared.contracts.checksums import CREDIT_ALPHABET, credit_code_check
from shared.contracts.envelope import Contract
from shared.contracts.words import CaseType, FiveUpClass, PartyType

ITEMS_MAX = 1000
"""So many entries may a list in a fact have."""

COUNT_MAX = 2**31 - 1
"""The largest whole number that every reader of ours can store."""

T = TypeVar("T")

Several = Annotated[tuple[T, ...], Field(max_length=ITEMS_MAX)]
Count = Annotated[int, Field(ge=0, le=COUNT_MAX)]
Ordinal = Annotated[int, Field(ge=1, le=COUNT_MAX)]
WholeNumber = Annotated[int, Field(ge=-COUNT_MAX, le=COUNT_MAX)]

CaseNo = Annotated[str, StringConstraints(min_length=1, max_length=50)]
ItemCode = Annotated[str, StringConstraints(min_length=1, max_length=36)]
"""12 and 31 characters occur beside the 10 and 24 of the standard, so it is opaque."""

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=64)]
ActorId = Annotated[str, StringConstraints(min_length=1, max_length=256)]
"""A member of staff by pseudonym or account, as long as an issuer's may be, never by name."""

VaultToken = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""Stands for a person, a text or a file that the vault keeps."""

ProjectCode = Annotated[str, StringConstraints(min_length=1, max_length=24)]
"""投资项目代码: what the state calls an investment project."""

Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]
ShortCode = Annotated[str, StringConstraints(min_length=1, max_length=50)]
ShortName = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
LongName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Note = Annotated[str, StringConstraints(max_length=500)]
Prose = Annotated[str, StringConstraints(max_length=1000)]
LongProse = Annotated[str, StringConstraints(max_length=2000)]


def _checked(code: str) -> str:
    expected = credit_code_check(code[:-1])
    if expected is None:
        raise PydanticCustomError("credit_code", "not a credit code of GB 32100")
    if code[-1] != expected:
        raise PydanticCustomError(
            "credit_code",
            "the last character of the credit code should be {expected}",
            {"expected": expected},
        )
    return code


CreditCode = Annotated[
    str,
    StringConstraints(min_length=18, max_length=18),
    AfterValidator(_checked),
    Field(json_schema_extra={"pattern": f"^[{CREDIT_ALPHABET}]{{18}}$"}),
]
"""统一社会信用代码 (GB 32100-2015)."""


class CaseRef(Contract):
    """A case (办件) and the version of the item (事项) that it is about."""

    case_no: CaseNo
    item_code: ItemCode
    item_version: Count
    case_type: CaseType
    joint_case_id: ShortCode | None = None
    project_code: ProjectCode | None = None


class PartyRef(Contract):
    """An applicant, by token: no name and no number ever stands in a fact."""

    party_token: VaultToken
    party_type: PartyType
    special_group: bool | None = None
    five_up: FiveUpClass | None = None


class OrgRef(Contract):
    """An organisation of the authority."""

    org_code: CreditCode
    org_name: Name


class Doc(Contract):
    """A document, by kind and number; its content is elsewhere."""

    doc_type: Code
    doc_no: ShortCode | None = None
    file_token: VaultToken | None = None
    sha256: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None


def count_of(text: str) -> int:
    """
    Return the `Count` that *text* spells.

    Raises:
        ValueError: it spells none.
    """
    number = int(text)
    if not 0 <= number <= COUNT_MAX:
        raise ValueError(number)
    return number
