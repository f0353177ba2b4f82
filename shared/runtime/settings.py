"""Settings from the environment: checked at the start, and refused in one line that helps."""

import os
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared.contracts.naming import Language
from shared.runtime.catalogue import OWN, Catalogue
from shared.runtime.language import terminal_language

WRONG_SETTINGS = 2
"""The exit status where a setting is wrong: it is wrong usage."""

IN_FILE = "_file"
"""Behind the name of a secret: the file that holds it, as container engines hand secrets in."""
ITS_PASSWORD = "_password"  # noqa: S105 - a part of a name
"""Behind the name of a DSN that has none: its password, which lies in a file by itself."""


class Settings(BaseSettings):
    """
    The settings of one part: its prefix is the `env_prefix` given with the class.

    Every field has a description and one right example, because both are
    printed: `port: Port = Field(8701, description=…, examples=["8701"])`.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is told from the environment, and secrets also from files that it names."""
        files = _SecretFiles(settings_cls)
        # A DSN with its password wins over the one without.
        return init_settings, files, env_settings, dotenv_settings, file_secret_settings


class _SecretFiles(PydanticBaseSettingsSource):
    """Every secret whose variable, with `_FILE` behind it, names the file that it lies in."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        secret = self._read(field_name) if _holds(field, SecretStr) else None
        if secret is not None and self._environment(field_name) is not None:
            raise self._twice(field_name)
        if _holds(field, _CHECKED_DSN):
            return self._with_password(field_name, secret), field_name, False
        return secret, field_name, False

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields.items()
        found = {name: self.get_field_value(field, name)[0] for name, field in fields}
        return {name: secret for name, secret in found.items() if secret is not None}

    def _with_password(self, name: str, dsn: str | None) -> str | None:
        """Return *dsn*, or the one of the environment, with the password of its own file."""
        its_own = f"{name}{ITS_PASSWORD}"
        password = self._read(its_own)
        dsn = dsn or self._environment(name)
        if password is None or dsn is None:
            return dsn
        parts = urlsplit(dsn)
        user, _, server = parts.netloc.rpartition("@")
        if ":" in user:
            raise self._twice(its_own)
        if not user:
            raise self._fault(its_own, "password_of_nobody", "the DSN names no user")
        return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{server}"))

    def _read(self, name: str) -> str | None:
        path = self._environment(f"{name}{IN_FILE}")
        if path is None:
            return None
        try:
            return Path(path).read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise self._fault(name, "secret_unreadable", "there is no such file to read") from None

    def _twice(self, name: str) -> ValidationError:
        return self._fault(name, "secret_twice", "is set beside the secret itself")

    def _environment(self, name: str) -> str | None:
        prefix = self.config.get("env_prefix", "")
        return os.environ.get(f"{prefix}{name}".upper())

    def _fault(self, name: str, code: str, said: str) -> ValidationError:
        error = InitErrorDetails(
            type=PydanticCustomError(code, said), loc=(f"{name}{IN_FILE}",), input=None
        )
        return ValidationError.from_exception_data(self.settings_cls.__name__, [error])


def _holds(field: FieldInfo, part: object) -> bool:
    """Say whether *part*, a type or what is annotated to it, is in the type of *field*."""
    return part in field.metadata or _is_part(part, field.annotation)


def _is_part(part: object, kind: object) -> bool:
    return kind == part or any(_is_part(part, inner) for inner in get_args(kind))


def _postgres_dsn(dsn: SecretStr) -> SecretStr:
    if not dsn.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise PydanticCustomError("postgres_dsn", "a DSN begins with postgresql://")
    return dsn


def _kafka_servers(servers: str) -> str:
    if not all(re.fullmatch(r"[^\s:,]+:\d{1,5}", server) for server in servers.split(",")):
        raise PydanticCustomError("kafka_servers", "servers are host:port, separated by commas")
    return servers


Port = Annotated[int, Field(ge=1, le=65535)]
_CHECKED_DSN = AfterValidator(_postgres_dsn)
PostgresDsn = Annotated[SecretStr, _CHECKED_DSN]
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


def settings_table(kinds: Iterable[type[Settings]], shared: Iterable[type[Settings]] = ()) -> str:
    """
    Return a Markdown table of every variable of *kinds*: meaning, default and example.

    What they inherit of *shared* stands at its end once, for every prefix.
    """
    common = {name: field for kind in shared for name, field in kind.model_fields.items()}
    rows = [
        _row(variable_of(kind, name), field)
        for kind in kinds
        for name, field in kind.model_fields.items()
        if name not in common
    ]
    rows += [_row(f"…_{name.upper()}", field) for name, field in common.items()]
    return "\n".join(["| variable | meaning | default | example |", "|---|---|---|---|", *rows, ""])


def _row(variable: str, field: FieldInfo) -> str:
    told = (field.description or "", _default(field), f"`{_example(field)}`")
    return f"| `{variable}` | {' | '.join(told)} |"


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
        example=_example(field) if field else f"/run/secrets/{name.removesuffix(IN_FILE)}",
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
        case None | "" | SecretStr():
            return "–"
        case bool(default):
            return f"`{str(default).lower()}`"
        case tuple(default):
            return f"`{','.join(map(str, default))}`"
        case default:
            return f"`{default}`"
