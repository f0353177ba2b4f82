"""The key of a publisher: public, of a kind that we take, and nothing secret."""

import pytest

from services.metrics.domain.rules.refusals import KeyPrivate, KeyUnfit
from shared.contracts.rules.facts import PublisherRegistered
from tests.support.rules_book import BOOK, register

ED25519 = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
"""RFC 8037, appendix A; the next two are of RFC 7517, appendix A."""
P256 = {
    "kty": "EC",
    "crv": "P-256",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
}
RSA = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJ"
    "ECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY"
    "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4l"
    "Fd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
}


@pytest.mark.parametrize("key", [ED25519, P256, RSA])
def test_a_publisher_may_have_a_public_key_which_is_shown_as_it_was_given(
    key: dict[str, str],
) -> None:
    (change,) = BOOK.published(register(key={**key, "kid": "2026", "use": "sig"}))
    entry = BOOK.after(register(key=key)).rules.publishers.by_id["water-company"]

    assert isinstance(change, PublisherRegistered)
    assert change.key is not None
    assert change.key.model_dump(exclude_none=True) == {**key, "kid": "2026"}
    assert entry.key is not None
    assert BOOK.after(register()).published(register(key=key)) != []
    assert BOOK.after(register(key=key)).published(register(key=key)) == []


@pytest.mark.parametrize("secret", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a_private_key_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(KeyPrivate) as refused:
        BOOK.published(register(key={**ED25519, secret: "AQAB"}))

    assert refused.value.values == {}


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ({}, "key.kty"),
        ({"kty": "oct"}, "key.kty"),
        (ED25519 | {"crv": "X25519"}, "key.crv"),
        (ED25519 | {"crv": "P-256"}, "key"),
        (P256 | {"crv": "Ed25519"}, "key"),
        (ED25519 | {"x": "AAAA"}, "key"),
        (ED25519 | {"x": "not base64!"}, "key.x"),
        (ED25519 | {"use": "enc"}, "key.use"),
        (P256 | {"y": P256["x"]}, "key"),
        (P256 | {"x": "AAAA"}, "key"),
        (P256 | {"n": "AQAB"}, "key"),
        (RSA | {"n": RSA["n"][:120] + "Q"}, "key"),
        (RSA | {"e": "Aw"}, "key"),
        (RSA | {"e": "AQAC"}, "key"),
        ({"kty": "RSA", "n": RSA["n"]}, "key"),
    ],
)
def test_what_checks_no_signature_is_refused_as_a_key(key: dict[str, str], place: str) -> None:
    with pytest.raises(KeyUnfit) as refused:
        BOOK.published(register(key=key))

    assert refused.value.values == {"place": place}
