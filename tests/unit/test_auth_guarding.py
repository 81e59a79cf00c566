"""Identity from the settings: what is missing is named at once, and roles come from the lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.bootstrap.guarding import identity_faults, make_guard, open_host_faults, pairs_screens
from hippique.settings import Settings
from hippique.web.auth.judges import everybody
from hippique.web.auth.roles import Role, needed_role, role_table
from page_days import Kept

GOOD = {"OIDC_AUDIENCE": "https://hippique.example", "OIDC_OPERATORS": "a@example.org"}
IAP = {"AUTH_PLATFORM": "iap", "IAP_AUDIENCE": "/projects/1", "OIDC_READERS": "a@example.org"}
ANYWHERE = "0.0.0.0"  # noqa: S104  nothing is bound: the setting is judged
METHODS = st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "QUERY"])
PATHS = st.sampled_from(["/", "/healthz", "/health", "/run", "/schedule", "/duties/tick", "/pair"])
EMAILS = st.lists(st.sampled_from(["a@x", "b@x", "C@X", " c@x", ""]), max_size=4)


def settings(**said: str) -> Settings:
    return Settings(_env_file=None, **{name.lower(): value for name, value in said.items()})


def faults(environment: dict[str, str] | None = None, **said: str) -> list[str]:
    return identity_faults(settings(**said), environment or {})


def test_what_a_service_needs_is_named_all_at_once_with_the_mend():
    told = faults()

    assert [fault.split()[0] for fault in told] == ["OIDC_AUDIENCE", "OIDC_ALLOWED_EMAILS,"]
    assert "SERVICE_URL" in told[0]
    assert "SCHEDULER_SA_EMAIL" in told[1]
    assert "REQUIRE_AUTH=false" in told[1]


@pytest.mark.parametrize(
    "said",
    [
        GOOD,
        {"SERVICE_URL": "https://hippique.example/", "SCHEDULER_SA_EMAIL": "a@example.org"},
        {**GOOD, "OIDC_JWKS_URL": "http://127.0.0.1:8000/certs"},
        {**GOOD, "OIDC_JWKS_URL": "http://[::1]:8000/certs"},
        {"REQUIRE_AUTH": "false"},
        {"AUTH_PLATFORM": "pairing"},
        IAP,
    ],
    ids=str,
)
def test_these_settings_are_enough(said):
    assert faults(**said) == []


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"OIDC_JWKS_URL": "http://keys.example/certs"}, "OIDC_JWKS_URL"),
        ({"OIDC_JWKS_URL": "http://127.0.0.1.keys.example/certs"}, "OIDC_JWKS_URL"),
        ({"OIDC_JWKS_URL": "https://user:word@keys.example/certs"}, "OIDC_JWKS_URL"),
        ({"OIDC_JWKS_URL": "file:///etc/passwd"}, "OIDC_JWKS_URL"),
        ({"OIDC_JWKS_URL": "https://"}, "OIDC_JWKS_URL"),
        ({"OIDC_JWKS_URL": "https://[::1"}, "OIDC_JWKS_URL"),
        ({"IAP_JWKS_URL": "http://keys.example/"}, "IAP_JWKS_URL"),
        ({"OIDC_OPERATORS": "alice"}, "OIDC_OPERATORS"),
        ({"OIDC_READERS": "a@example.org b@example.org"}, "OIDC_READERS"),
        ({"OIDC_ALLOWED_EMAILS": "@example.org"}, "OIDC_ALLOWED_EMAILS"),
        ({"SCHEDULER_SA_EMAIL": "robot"}, "SCHEDULER_SA_EMAIL"),
        ({"AUTH_PLATFORM": "cloud_run_iam"}, "AUTH_PLATFORM"),
    ],
)
def test_a_setting_that_would_open_or_close_the_door_is_named(said, name):
    (told,) = faults(**{**GOOD, **said})

    assert told.startswith(name)
    assert "word" not in told


def test_paired_screens_alone_are_for_one_machine():
    (told,) = faults({"K_SERVICE": "x"}, AUTH_PLATFORM="pairing")

    assert told.startswith("AUTH_PLATFORM")


@pytest.mark.parametrize(
    ("said", "environment", "are_paired"),
    [
        (GOOD, {}, True),
        ({"AUTH_PLATFORM": "pairing"}, {}, True),
        ({"REQUIRE_AUTH": "false"}, {}, False),
        (IAP, {}, False),
        ({**GOOD, "AUTH_PLATFORM": "cloud_run_iam"}, {"K_SERVICE": "x"}, False),
        (GOOD, {"K_SERVICE": "x"}, False),
    ],
)
def test_screens_are_paired_on_ones_own_machine_alone(said, environment, are_paired):
    assert pairs_screens(settings(**said), environment) is are_paired


def test_cloud_runs_mode_is_taken_on_cloud_run():
    assert faults({"K_SERVICE": "x"}, **GOOD, AUTH_PLATFORM="cloud_run_iam") == []


@pytest.mark.parametrize(
    ("left_out", "name"), [("IAP_AUDIENCE", "IAP_AUDIENCE"), ("OIDC_READERS", "OIDC_READERS")]
)
def test_screens_behind_iap_need_their_audience_and_readers(left_out, name):
    (told,) = faults(**{key: value for key, value in IAP.items() if key != left_out})

    assert told.startswith(name)


@pytest.mark.parametrize(
    ("host", "said", "is_refused"),
    [
        ("127.0.0.1", {"REQUIRE_AUTH": "false"}, False),
        ("localhost", {"REQUIRE_AUTH": "false"}, False),
        ("::1", {"REQUIRE_AUTH": "false"}, False),
        (ANYWHERE, {"REQUIRE_AUTH": "false"}, True),
        ("192.168.1.7", {"REQUIRE_AUTH": "false"}, True),
        ("::", {"REQUIRE_AUTH": "false"}, True),
        (ANYWHERE, {"REQUIRE_AUTH": "false", "OPEN_TO_NETWORK": "true"}, False),
        (ANYWHERE, GOOD, False),
    ],
)
def test_an_open_service_beyond_loopback_must_be_asked_for_by_name(host, said, is_refused):
    told = open_host_faults(settings(**said), host)

    assert bool(told) is is_refused
    assert all("OPEN_TO_NETWORK=true" in fault for fault in told)


@pytest.mark.parametrize(
    ("said", "host", "loopback_only"),
    [
        ({"REQUIRE_AUTH": "false"}, None, True),  # a server that binds where it likes
        ({"REQUIRE_AUTH": "false", "OPEN_TO_NETWORK": "true"}, None, False),
        (GOOD, "127.0.0.1", True),
        (GOOD, ANYWHERE, False),
        (GOOD, None, False),
    ],
)
def test_a_guard_answers_this_machine_alone_where_nobody_else_is_meant(said, host, loopback_only):
    is_open, journal = said.get("REQUIRE_AUTH") == "false", Kept()

    guard = make_guard(settings(**said), {}, journal, host=host)

    assert guard.place.loopback_only is loopback_only
    assert journal.messages == (["WARNING Nobody is checked"] if is_open else [])
    assert (guard.judges == (everybody,)) is is_open


def test_a_guard_knows_the_name_of_the_service():
    guard = make_guard(settings(**GOOD, SERVICE_URL="https://Turf.example:8443/"), {}, Kept())

    assert "turf.example" in guard.place.names
    assert not guard.place.behind_front
    assert make_guard(settings(**GOOD), {"K_SERVICE": "x"}, Kept()).place.behind_front


# --- roles ---------------------------------------------------------------------------------------


@given(readers=EMAILS, callers=EMAILS, operators=EMAILS)
def test_everybody_has_the_highest_role_that_a_list_gives_him(readers, callers, operators):
    table = role_table(readers=readers, callers=callers, operators=operators)
    lists = {Role.READER: readers, Role.CALLER: callers, Role.OPERATOR: operators}

    for role, emails in lists.items():
        for email in filter(None, (one.strip() for one in emails)):
            assert table[email.lower()] >= role
            assert email.lower() in {one.strip().lower() for one in lists[table[email.lower()]]}
    assert "" not in table


@given(METHODS, PATHS | st.text(max_size=12).map(lambda text: f"/{text}"))
def test_only_health_and_looks_are_open_and_only_calls_are_a_callers(method, path):
    needed = needed_role(method, path)

    if needed is None:
        assert (method in {"GET", "HEAD", "OPTIONS"}, path) in {
            (True, open_one) for open_one in ("/healthz", "/health", "/style.css", "/icon.svg")
        }
    if needed is Role.READER:
        assert method in {"GET", "HEAD", "OPTIONS"}
    if needed is Role.CALLER:
        assert method == "POST"
        assert path in {"/schedule", "/run"} or path.startswith("/duties/")
