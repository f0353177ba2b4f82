"""Nothing is sent anywhere but to hosts that are named, whatever spells them and resolves them."""

import pytest

from services.metrics.domain.deliveries.addresses import AddressRefused, Allowed

ALLOWED = Allowed.of(
    ["hooks.example.gov.cn", "qyapi.weixin.qq.com", "10.20.0.7", "2001:db8::7", "8.8.8.8"],
    ["10.20.0.0/16", "fd00:20::/32"],
)
NAME = "https://hooks.example.gov.cn"

REFUSED = {
    "http://hooks.example.gov.cn/": "not_https",
    "ftp://hooks.example.gov.cn/": "not_https",
    "file:///etc/passwd": "not_https",
    "gopher://hooks.example.gov.cn/": "not_https",
    "//hooks.example.gov.cn/": "not_https",
    "hooks.example.gov.cn": "not_https",
    "": "characters",
    "https://hooks.example.gov.cn/\r\nhost: 10.0.0.1": "characters",
    "https://hooks.example.gov.cn /": "characters",
    "https://hooks.example.gov.cn\t/": "characters",
    "https://hooks.example。gov.cn/": "characters",
    "https://ｈooks.example.gov.cn/": "characters",
    "https:\\\\hooks.example.gov.cn/": "characters",
    "https://10.0.0.1\\@hooks.example.gov.cn/": "characters",
    "https://user@hooks.example.gov.cn/": "more_than_an_address",
    "https://hooks.example.gov.cn@10.0.0.1/": "more_than_an_address",
    "https://hooks.example.gov.cn:443@10.0.0.1/": "more_than_an_address",
    "https://10.0.0.1#@hooks.example.gov.cn/": "more_than_an_address",
    "https://10.0.0.1#hooks.example.gov.cn/": "more_than_an_address",
    "https://hooks.example.gov.cn/#x": "more_than_an_address",
    "https://hooks.example.gov.cn/?to=10.0.0.1": "more_than_an_address",
    "https://10.0.0.1?hooks.example.gov.cn": "more_than_an_address",
    "https://hooks.example.gov.cn:99999/": "port",
    "https://hooks.example.gov.cn:x/": "port",
    "https://hooks.example.gov.cn:0443/": "spelling",
    "https://hooks.example.gov.cn:/": "spelling",
    "https://HOOKS.example.gov.cn/": "spelling",
    "https:///hooks.example.gov.cn": "host",
    "https://hooks.example.gov.cn./": "host",
    "https://.hooks.example.gov.cn/": "host",
    "https://hooks..example.gov.cn/": "host",
    "https://-hooks.example.gov.cn/": "host",
    "https://169090567/": "host",
    "https://0x0a140007/": "host",
    "https://0x0a.0x14.0x00.0x07/": "host",
    "https://012.024.0.7/": "host",
    "https://010.20.0.7/": "host",
    "https://10.20.7/": "host",
    "https://10.20.0.007/": "host",
    "https://[2001:db8:0:0:0:0:0:7]/": "host",
    "https://[::ffff:10.20.0.7]/": "host",
    "https://[::1]/": "host_not_allowed",
    "https://10.20.0.8/": "host_not_allowed",
    "https://127.0.0.1/": "host_not_allowed",
    "https://169.254.169.254/latest/meta-data/": "host_not_allowed",
    "https://localhost/": "host_not_allowed",
    "https://hooks.example.gov.cn.evil.com/": "host_not_allowed",
    "https://evil-hooks.example.gov.cn/": "host_not_allowed",
    "https://xn--hooks-1m6f.example.gov.cn/": "host_not_allowed",
    "https://%68ooks.example.gov.cn/": "host",
}


@pytest.mark.parametrize(("url", "reason"), REFUSED.items())
def test_an_address_in_another_spelling_or_of_another_host_is_refused(
    url: str, reason: str
) -> None:
    with pytest.raises(AddressRefused) as refusal:
        ALLOWED.place(url)

    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("url", "place"),
    [
        (NAME, ("hooks.example.gov.cn", 443)),
        (f"{NAME}/hear/us", ("hooks.example.gov.cn", 443)),
        (f"{NAME}:8443/", ("hooks.example.gov.cn", 8443)),
        ("https://10.20.0.7/", ("10.20.0.7", 443)),
        ("https://[2001:db8::7]:8443/", ("2001:db8::7", 8443)),
    ],
)
def test_a_plain_address_of_an_allowed_host_has_a_place(url: str, place: tuple[str, int]) -> None:
    assert ALLOWED.place(url) == place


@pytest.mark.parametrize(
    "resolved",
    [
        ["127.0.0.1"],
        ["0.0.0.0"],  # noqa: S104 - nobody listens
        ["10.21.0.1"],
        ["192.168.1.1"],
        ["172.16.0.1"],
        ["100.64.0.1"],
        ["169.254.169.254"],
        ["224.0.0.1"],
        ["255.255.255.255"],
        ["::"],
        ["::1"],
        ["fe80::1%eth0"],
        ["fc00::1"],
        ["ff02::1"],
        ["::ffff:127.0.0.1"],
        ["::ffff:169.254.169.254"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["2001:0:7f00:1::"],
        ["8.8.8.8", "10.21.0.1"],
        ["10.20.0.7", "127.0.0.1"],
    ],
)
def test_a_name_that_leads_into_another_network_is_refused(resolved: list[str]) -> None:
    with pytest.raises(AddressRefused, match="network_not_allowed"):
        ALLOWED.pinned(resolved)


def test_a_name_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(AddressRefused, match="no_address"):
        ALLOWED.pinned([])


@pytest.mark.parametrize(
    ("resolved", "pinned"),
    [
        (["8.8.8.8", "2400:3200::1"], "8.8.8.8"),
        (["10.20.255.1"], "10.20.255.1"),
        (["::ffff:10.20.0.7"], "10.20.0.7"),
        (["fd00:20::1"], "fd00:20::1"),
    ],
)
def test_the_first_of_the_addresses_is_the_one(resolved: list[str], pinned: str) -> None:
    assert ALLOWED.pinned(resolved) == pinned


@pytest.mark.parametrize(
    "network",
    ["0.0.0.0/0", "::/0", "169.254.0.0/16", "224.0.0.0/4", "fe80::/10", "10.20.0.1/16", "all"],
)
def test_no_network_is_allowed_that_holds_more_than_a_bureau(network: str) -> None:
    with pytest.raises(AddressRefused, match="network"):
        Allowed.of([], [network])


@pytest.mark.parametrize("host", ["HOOKS.example.cn", "*.example.cn", "10.1", "0x7f.1", ""])
def test_a_host_is_allowed_by_its_usual_spelling_alone(host: str) -> None:
    with pytest.raises(AddressRefused, match="host"):
        Allowed.of([host], [])
