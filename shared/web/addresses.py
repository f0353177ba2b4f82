"""Names in addresses: whatever text names a subject, a slash and a line's end included."""

from starlette.convertors import Convertor, register_url_convertor

NAME = "name"


class NameConvertor(Convertor[str]):
    """Any text; the usual one ends at a slash, and the one for paths at a line's end."""

    regex = r"[\s\S]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor(NAME, NameConvertor())


def named(parameter: str) -> str:
    """
    Return the part of a route's address that names a subject.

    Routes whose addresses go on behind the name come before the one that ends with it.
    """
    return f"{{{parameter}:{NAME}}}"
