"""Which addresses may be fetched: the sites' own, https only, or a configured base exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urljoin

from hippique.errors import SettingsError, SourceRefused

LIVE_DOMAINS = {"zeturf": "zeturf.fr", "geny": "geny.com", "pmu": "pmu.fr"}
_SETTINGS = {"zeturf": "ZETURF_BASE_URL", "geny": "GENY_BASE_URL", "pmu": "PMU_BASE_URL"}
_PORTS = {"http": 80, "https": 443}
_MAX_URL = 2048

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PCHAR = r"[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}"
_URL = re.compile(
    r"(?P<scheme>https?)://"
    rf"(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]{{2,45}}\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    rf"(?P<path>(?:/(?:{_PCHAR})*)*)"
    rf"(?:\?(?P<query>(?:{_PCHAR}|[/?])*))?"
    rf"(?:#(?:{_PCHAR}|[/?])*)?"
)
_AUTHORITY = re.compile(r"[^/:]*:?/{0,2}(?P<authority>[^/?#]*)")
_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?=/|$)|%2f|%5c|%[01][0-9a-f]|%7f", re.IGNORECASE)

# (pattern, why) of the whole address, then of its authority; the first that is found is told.
_WRONG_ANYWHERE = (
    (re.compile(r"[^\x00-\x7f]"), "it holds a sign outside ASCII"),
    (re.compile(r"[\x00-\x20\x7f]"), "it holds a space or a control character"),
    (re.compile(r"\\"), "it holds a backslash"),
    (re.compile(r"^(?!https?://)"), "it does not begin with https:// in lower case"),
)
_WRONG_AUTHORITY = (
    (re.compile(r"^$"), "it names no host"),
    (re.compile(r"@"), "it carries credentials"),
    (re.compile(r"%"), "its host is percent-encoded"),
    (re.compile(r"[A-Z]"), "its host is not in lower case"),
    (re.compile(r"\.(?::|$)"), "its host ends with a dot"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAddress:
    """An absolute http(s) address whose every part was checked; host in lower-case ASCII."""

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def origin(self) -> str:
        """Scheme and host, with the port where it is not the scheme's own."""
        own = self.port == _PORTS[self.scheme]
        return f"{self.scheme}://{self.host}" + ("" if own else f":{self.port}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One address that may be fetched on behalf of a site. host: its key for pacing."""

    site: str
    url: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAddresses:
    """Base address of each site; a path below it is allowed. Raises SettingsError by name."""

    zeturf: str = "https://www.zeturf.fr"
    geny: str = "https://www.geny.com"
    pmu: str = "https://online.turfinfo.api.pmu.fr"

    def __post_init__(self) -> None:
        for site, name in _SETTINGS.items():
            _checked_base(self.base(site), name)

    def base(self, site: str) -> str:
        """The site's base, without a slash at its end."""
        bases = {"zeturf": self.zeturf, "geny": self.geny, "pmu": self.pmu}
        return bases[site].rstrip("/")


def site_addresses(
    *,
    zeturf: str | None = None,
    geny: str | None = None,
    pmu: str | None = None,
    racecourse: str | None = None,
) -> SiteAddresses:
    """The bases that the settings name; a site's own base wins over RACECOURSE_URL.

    racecourse: root of a simulated racecourse, its sites below /zeturf, /geny and /pmu.
    Raises SettingsError.
    """
    named = {"zeturf": zeturf, "geny": geny, "pmu": pmu}
    if racecourse:
        root = racecourse.rstrip("/")
        _checked_base(root, "RACECOURSE_URL")
        named = {site: base or f"{root}/{site}" for site, base in named.items()}
    return SiteAddresses(**{site: base for site, base in named.items() if base})


def parse_address(url: str) -> WebAddress:
    """Take an absolute http(s) address apart. Raises ValueError with the reason as a clause."""
    if len(url) > _MAX_URL:
        raise ValueError(f"it is longer than {_MAX_URL} signs")
    match = _URL.fullmatch(url)
    if match is None:
        raise ValueError(_why_wrong(url))
    if ".xn--" in f".{match['host']}":
        raise ValueError("its host is an encoded international name")
    if _DOTS.search(match["path"]):
        raise ValueError("its path climbs or hides a slash")
    port = int(match["port"] or _PORTS[match["scheme"]])
    if port > 65535:  # noqa: PLR2004  the highest port there is
        raise ValueError("its port is not a port")
    return WebAddress(
        scheme=match["scheme"],
        host=match["host"],
        port=port,
        path=match["path"] or "/",
        query=match["query"] or "",
    )


def is_live(base: str) -> bool:
    """Whether an address lies on one of the three operators' own domains."""
    host = parse_address(base).host
    return any(is_within(host, domain) for domain in LIVE_DOMAINS.values())


def is_loopback(base: str) -> bool:
    """Whether an address names this machine itself: localhost or a loopback literal."""
    host = parse_address(base).host.strip("[]")
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_within(host: str, domain: str) -> bool:
    """Whether a host is a domain or below it, by whole labels."""
    return host == domain or host.endswith(f".{domain}")


def is_live_page(address: WebAddress, site: str) -> bool:
    """Whether an address is https, on the default port, on the site's own domain."""
    usual = (address.scheme, address.port) == ("https", 443)
    return usual and is_within(address.host, LIVE_DOMAINS[site])


def path_below(address: WebAddress, base: str) -> str | None:
    """The path below a base of the same scheme, host and port; None where it is not below it."""
    root = parse_address(base)
    if (address.scheme, address.host, address.port) != (root.scheme, root.host, root.port):
        return None
    prefix = root.path.rstrip("/")
    if not f"{address.path}/".startswith(f"{prefix}/"):
        return None
    return address.path[len(prefix) :] or "/"


def page_address(base: str, link: str) -> str:
    """A page's absolute address from a link as a page gives it, absolute or from the root.

    A link from the root may or may not repeat the path of the base.
    """
    if not link.startswith("/") or link.startswith("//"):
        return urljoin(f"{base}/", link)
    root = parse_address(base)
    prefix = root.path.rstrip("/")
    repeats = bool(prefix) and link.startswith(f"{prefix}/")
    return root.origin + (link if repeats else f"{prefix}{link}")


def fetch_target(url: str, site: str, sites: SiteAddresses) -> Target:
    """Check an address, a redirect's too, before it is fetched for a site. Raises SourceRefused."""
    try:
        address = parse_address(url)
    except ValueError as error:
        raise SourceRefused(f"{site}: {url!r} is not fetched: {error}", site=site) from error
    base = sites.base(site)
    below = path_below(address, base) is not None
    if not below and not (is_live(base) and is_live_page(address, site)):
        raise SourceRefused(
            f"{site}: {url!r} is not fetched: it lies outside {base}; check the base address",
            site=site,
            url=url,
        )
    query = f"?{address.query}" if address.query else ""
    return Target(site=site, url=address.origin + address.path + query, host=address.origin)


def _checked_base(base: str, setting: str) -> None:
    try:
        address = parse_address(base)
    except ValueError as error:
        raise SettingsError(f"{setting}: {base!r} is no base address: {error}") from error
    if address.query:
        raise SettingsError(f"{setting}: {base!r} has a query; write scheme, host, port and path")


def _why_wrong(url: str) -> str:
    whole = next((why for pattern, why in _WRONG_ANYWHERE if pattern.search(url)), None)
    if whole:
        return whole
    match = _AUTHORITY.match(url)
    authority = match["authority"] if match else ""
    found = (why for pattern, why in _WRONG_AUTHORITY if pattern.search(authority))
    return next(found, "it is not a well-formed address")
