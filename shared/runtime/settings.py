"""Settings from the environment: checked at the start, and refused in one line that helps."""

import re
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.contracts.naming import Language
from shared.runtime.catalogue import OWN, Catalogue
from shared.runtime.language import terminal_language

WRONG_SETTINGS = 2
"""The exit status where a setting is wrong: it is wrong usage."""


class Settings(BaseSettings):
    """
    The settings of one part: its prefix is the `env_prefix` given with the class.

    Every field has a description and one right example, because both are
    printed: `port: Port = Field(8701, description=…, examples=["8701"])`.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


def _postgres_dsn(dsn: SecretStr) -> SecretStr:
    if not dsn.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise PydanticCustomError("postgres_dsn", "a DSN begins with postgresql://")
    return dsn


def _kafka_servers(servers: str) -> str:
    if not all(re.fullmatch(r"[^\s:,]+:\d{1,5}", server) for server in servers.split(",")):
        raise PydanticCustomError("kafka_servers", "servers are host:port, separated by commas")
    return servers


Port = Annotated[int, Field(ge=1, le=65535)]
PostgresDsn = Annotated[SecretStr, AfterValidator(_postgres_dsn)]
"""A DSN holds a password: it is a secret as a whole."""
KafkaServers = Annotated[str, AfterValidator(_kafka_servers)]

S = TypeVar("S", bound=Settings)


class WrongSettings(SystemExit):
    """The process ends here; *lines* say of each wrong setting what is wrong with it."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__(WRONG_SETTINGS)
        self.lines = tuple(lines)


def load_settings(kind: type[S]) -> S:
    """Return the settings of *kind*, or end the process with one line for each that is wrong."""
    try:
        return kind()
    except ValidationError as fault:
        lines = faults_of(kind, fault, terminal_language())
        sys.stderr.write("".join(f"{line}\n" for line in lines))
        raise WrongSettings(lines) from None


def faults_of(kind: type[Settings], fault: ValidationError, language: Language) -> list[str]:
    """Return one line for each wrong setting: the variable, its fault, a right example."""
    return [_line(kind, error, language) for error in fault.errors(include_url=False)]


def variable_of(kind: type[Settings], field: str) -> str:
    return f"{kind.model_config.get('env_prefix', '')}{field}".upper()


def settings_table(kinds: Iterable[type[Settings]]) -> str:
    """Return a Markdown table of every variable of *kinds*: meaning, default and example."""
    rows = [
        f"| `{variable_of(kind, name)}` | {field.description or ''} "
        f"| {_default(field)} | `{_example(field)}` |"
        for kind in kinds
        for name, field in kind.model_fields.items()
    ]
    return "\n".join(["| variable | meaning | default | example |", "|---|---|---|---|", *rows, ""])


_MISSING = {Language.ZH_CN: "未设置", Language.EN: "is not set"}
_LINE = {
    Language.ZH_CN: "{variable}：{fault}。正确示例：{variable}={example}",
    Language.EN: "{variable}: {fault}; a right example: {variable}={example}",
}


def _line(kind: type[Settings], error: ErrorDetails, language: Language) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    field: Any = kind.model_fields.get(name)
    return _LINE[language].format(
        variable=variable_of(kind, name),
        fault=_fault(error, language),
        example=_example(field) if field else "",
    )


def _fault(error: ErrorDetails, language: Language) -> str:
    if error["type"] == "missing":
        return _MISSING[language]
    code, told = f"invalid.{error['type']}", Catalogue.read(OWN)
    # Pydantic's own words are English, and say more there than ours.
    if language is Language.EN or code not in told.codes(language):
        return error["msg"]
    return told.text(language, code, error.get("ctx", {})).detail.rstrip("。")


def _example(field: FieldInfo) -> str:
    return str(field.examples[0]) if field.examples else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    match field.get_default(call_default_factory=False):
        case None | "":
            return "–"
        case bool(default):
            return f"`{str(default).lower()}`"
        case tuple(default):
            return f"`{','.join(map(str, default))}`"
        case default:
            return f"`{default}`"
