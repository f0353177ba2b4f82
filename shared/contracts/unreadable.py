"""Why bytes are no event of ours: one error, with the flaw's stable code and its place."""

from enum import StrEnum


class Flaw(StrEnum):
    """The stable codes; each is answered to publishers and stands in a dead letter's headers."""

    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    MISSING_ATTRIBUTE = "missing_attribute"
    INVALID_ATTRIBUTE = "invalid_attribute"
    UNKNOWN_TYPE = "unknown_type"
    UNSUPPORTED_VERSION = "unsupported_version"
    INVALID_DATA = "invalid_data"
    KEY_MISMATCH = "key_mismatch"
    TOO_LARGE = "too_large"
    FORBIDDEN_CHARACTER = "forbidden_character"
    DUPLICATE_KEY = "duplicate_key"
    TOO_DEEP = "too_deep"
    PERSONAL_DATA = "personal_data"


class Unreadable(Exception):
    """Bytes that are no event of ours: *code* is stable, *field* says where, *detail* says why."""

    def __init__(self, code: str, field: str, detail: str) -> None:
        super().__init__(code, field, detail)
        self.code = code
        self.field = field
        self.detail = detail
