"""Settings: read from environment, `.env` and command line; every fault named with its mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from hippique.bootstrap.places import place_faults, queue_backend
from hippique.bootstrap.settings_told import origins, unknown_names
from hippique.day.plan import Scope
from hippique.errors import SettingsError
from hippique.settings import Settings, data_folder, load_settings


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    """An environment without any setting, in an empty folder."""
    for name in (*Settings.model_fields, "k_service", "storage_emulator_host"):
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def fault(monkeypatch, **environment: str) -> str:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(place_faults)
    return str(caught.value)


def test_nothing_set_means_one_machine_with_authentication():
    settings = load_settings()

    assert settings.require_auth is True
    assert (settings.project_id, settings.queue_id) == ("local", "hippique-tasks")
    assert settings.races_scope is Scope.FR
    assert settings.rate_limit_delay == 1.0


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("REQUIRE_AUTH", "maybe", "true or false"),
        ("REQUIRE_AUTH", "", "true or false"),
        ("EPHEMERAL", "si", "true or false"),
        ("TERMS_ACKNOWLEDGED", "2", "true or false"),
        ("RATE_LIMIT_DELAY", "fast", "number"),
        ("RATE_LIMIT_DELAY", "-1", "greater than or equal to 0"),
        ("RATE_LIMIT_DELAY", "61", "less than or equal to 60"),
        ("RATE_LIMIT_DELAY", "nan", "number"),
        ("TIMEOUT_SECONDS", "5", "greater than or equal to 15"),
        ("TIMEOUT_SECONDS", "inf", "number"),
        ("RACES_SCOPE", "france", "'fr', 'pmu' or 'all'"),
        ("POLICY", "martingale", "write one of control"),
        ("ESTIMATOR", "oracle", "write one of market"),
        ("OPERATORS", "zeturf,betclic", "write one of zeturf, pmu, pmu_fr"),
        ("OPERATORS", "", "at least 1"),
        ("DISABLED_SOURCES", "canalturf", "write one of zeturf, geny, pmu"),
        ("BANKROLL_EUR", "0", "greater than 0"),
        ("BANKROLL_EUR", "inf", "number"),
        ("LOG_LEVEL", "LOUD", "write one of DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_a_bad_value_is_named_with_what_it_was_and_the_mend(bare, name, value, mend):
    said = fault(bare, **{name: value})

    assert said.startswith(f"{name}=")
    assert mend in said


@pytest.mark.parametrize(
    ("environment", "name", "mend"),
    [
        ({"K_SERVICE": "x", "REQUIRE_AUTH": "false"}, "REQUIRE_AUTH", "set REQUIRE_AUTH=true"),
        ({"K_SERVICE": "x"}, "GCS_BUCKET", "set EPHEMERAL=true"),
        ({"QUEUE_BACKEND": "cloud_tasks"}, "GCS_BUCKET, PROJECT_ID, SERVICE_URL", "set it"),
        (
            {"K_SERVICE": "x", "GCS_BUCKET": "b", "PROJECT_ID": "p", "SERVICE_URL": "https://s.x"},
            "cloud_tasks needs SERVICE_SA_EMAIL;",
            "QUEUE_BACKEND=embedded",
        ),
        ({"CLOUD_TASKS_ENDPOINT": "10.0.0.1:8123"}, "CLOUD_TASKS_ENDPOINT", "unset it"),
        ({"STORAGE_EMULATOR_HOST": "http://gcs.example"}, "STORAGE_EMULATOR_HOST", "unset it"),
        ({"DISABLED_SOURCES": "zeturf,geny,pmu"}, "DISABLED_SOURCES", "leave at least one"),
    ],
)
def test_values_that_do_not_fit_together_are_refused(bare, environment, name, mend):
    said = fault(bare, **environment)

    assert name in said
    assert mend in said


def test_several_bad_values_are_named_at_once(bare):
    said = fault(bare, POLICY="x", RATE_LIMIT_DELAY="y", RACES_SCOPE="z")

    for name in ("POLICY=", "RATE_LIMIT_DELAY=", "RACES_SCOPE="):
        assert name in said


def test_an_open_service_on_cloud_run_is_named_also_beside_bad_values(bare):
    said = fault(bare, K_SERVICE="x", REQUIRE_AUTH="false", RATE_LIMIT_DELAY="y", GCS_BUCKET="b")

    for name in ("RATE_LIMIT_DELAY=", "REQUIRE_AUTH=false", "QUEUE_BACKEND=cloud_tasks"):
        assert name in said


def test_on_cloud_run_with_authentication_the_start_is_allowed(bare):
    bare.setenv("K_SERVICE", "x")
    bare.setenv("EPHEMERAL", "true")

    assert load_settings().require_auth


@pytest.mark.parametrize(
    ("environment", "backend"),
    [
        ({}, "embedded"),
        ({"GCS_BUCKET": "b"}, "embedded"),
        ({"K_SERVICE": "x"}, "embedded"),
        ({"K_SERVICE": "x", "GCS_BUCKET": "b"}, "cloud_tasks"),
        ({"K_SERVICE": "x", "GCS_BUCKET": "b", "QUEUE_BACKEND": "embedded"}, "embedded"),
        ({"GCS_BUCKET": "b", "QUEUE_BACKEND": "cloud_tasks"}, "cloud_tasks"),
    ],
    ids=["nothing", "a bucket", "Cloud Run alone", "both", "said otherwise", "said"],
)
def test_the_queue_is_the_places_own_unless_a_setting_says_so(environment, backend):
    given = {name.lower(): value for name, value in environment.items() if name != "K_SERVICE"}

    assert queue_backend(Settings(**given), environment) == backend


@pytest.mark.parametrize("address", ["127.0.0.1:8123", "localhost:1", "[::1]:8123"])
def test_a_stand_in_of_cloud_tasks_may_be_on_loopback(bare, address):
    bare.setenv("CLOUD_TASKS_ENDPOINT", address)

    assert load_settings(place_faults).cloud_tasks_endpoint == address


def test_a_dot_env_is_read(tmp_path):
    (tmp_path / ".env").write_text("REQUIRE_AUTH=false\nOPERATORS = pmu_fr , zeturf\n", "utf-8")

    settings = load_settings()

    assert settings.require_auth is False
    assert settings.operators == ("pmu_fr", "zeturf")


def test_a_dot_env_that_is_no_text_is_refused_by_name(tmp_path):
    (tmp_path / ".env").write_bytes("# réglages\nPOLICY=control\n".encode("latin-1"))

    with pytest.raises(SettingsError, match=r"\.env.*UTF-8"):
        load_settings()


def test_the_environment_wins_over_dot_env_and_the_command_line_over_both(bare, tmp_path):
    (tmp_path / ".env").write_text("QUEUE_ID=file\nREGION=file\nSERVICE_NAME=file\n", "utf-8")
    bare.setenv("QUEUE_ID", "environment")
    bare.setenv("REGION", "environment")

    settings = load_settings(queue_id="line", region=None)

    assert (settings.queue_id, settings.region, settings.service_name) == (
        "line",
        "environment",
        "file",
    )


def test_a_bad_value_of_the_command_line_is_named_too():
    with pytest.raises(SettingsError, match="POLICY='x'"):
        load_settings(policy="x")


def test_blank_optional_settings_are_unset(bare):
    for name in ("SERVICE_URL", "GCS_BUCKET", "RACECOURSE_URL", "HIPPIQUE_DATA", "GENY_BASE_URL"):
        bare.setenv(name, "  ")

    settings = load_settings()

    assert settings.service_url is settings.gcs_bucket is settings.racecourse_url is None
    assert settings.hippique_data is None


def test_lists_are_parted_by_commas_and_blanks_do_not_count(bare):
    bare.setenv("DISABLED_SOURCES", " geny , ,pmu,")

    assert load_settings().disabled_sources == ("geny", "pmu")


def test_names_are_read_in_any_case(bare):
    bare.setenv("races_scope", "all")

    assert load_settings().races_scope is Scope.ALL


# --- where data lies -----------------------------------------------------------------------------


def test_data_lies_beside_the_folder_on_cloud_run_in_tmp_and_elsewhere_where_told(bare, tmp_path):
    assert data_folder(load_settings(), {}) == tmp_path / "data"
    assert data_folder(load_settings(), {"K_SERVICE": "x"}) == Path("/tmp/horse_data")  # noqa: S108  the seed's folder
    bare.setenv("HIPPIQUE_DATA", "elsewhere")
    assert data_folder(load_settings(), {"K_SERVICE": "x"}) == tmp_path / "elsewhere"


# --- unknown names -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("HIPPIQUE_DATTA", "HIPPIQUE_DATA"),
        ("HIPPIQUE_RACES_SCOPES", "RACES_SCOPE"),
        ("HIPPIQUE_REQUIRE_AUTH", "REQUIRE_AUTH"),
    ],
)
def test_an_unknown_name_is_a_warning_with_the_nearest_known_one(name, near):
    (warning,) = unknown_names({name: "x", "PATH": "y"})

    assert warning.startswith(f"{name} is not a setting")
    assert warning.endswith(f"did you mean {near}?")


def test_a_name_like_no_other_is_a_warning_without_a_guess():
    assert unknown_names({"HIPPIQUE_QQQQ": "x"}) == ["HIPPIQUE_QQQQ is not a setting"]


def test_known_names_and_those_of_others_are_no_warning():
    assert unknown_names({"HIPPIQUE_DATA": "x", "HIPPIQUE_MATERIAL": "y", "HOME": "z"}) == []


# --- check config --------------------------------------------------------------------------------


def test_every_setting_tells_its_value_and_where_it_came_from(bare, tmp_path):
    (tmp_path / ".env").write_text("REGION=file\n", "utf-8")
    bare.setenv("QUEUE_ID", "q")
    settings = load_settings()

    rows = {
        name: (value, origin) for name, value, origin, _ in origins(settings, {"QUEUE_ID": "q"})
    }

    assert rows["QUEUE_ID"] == ("q", "environment")
    assert rows["REGION"][0] == "file"
    assert ".env" in rows["REGION"][1]
    assert rows["PROJECT_ID"] == ("local", "default")
    assert len(rows) == len(Settings.model_fields)


def test_every_setting_has_its_line_of_documentation():
    assert [n for n, field in Settings.model_fields.items() if not field.description] == []


def test_slip_addresses_are_a_list_and_never_shown(bare):
    bare.setenv("SLIP_URLS", "json://one.example/t0ken, tgram://t0ken/chat")

    settings = load_settings()

    assert [url.get_secret_value() for url in settings.slip_urls] == [
        "json://one.example/t0ken",
        "tgram://t0ken/chat",
    ]
    shown = {name: value for name, value, _, _ in origins(settings, {})}
    assert "t0ken" not in shown["SLIP_URLS"] + repr(settings)
