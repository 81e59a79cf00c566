"""Whatever comes from the wire, a reader answers with a reading or with a SourceError."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.errors import SourceError
from hippique.racing.card import Reading
from hippique.racing.codec import from_json, to_json
from hippique.sources.pmu import fields as names
from hippique.sources.pmu import read_dividends, read_programme, read_runners

Reader = Callable[..., Reading]

PROGRAMME = {
    "programme": {
        "date": 1_767_049_200_000,
        "reunions": [
            {
                "numOfficiel": 1,
                "dateReunion": 1_767_049_200_000,
                "hippodrome": {"libelleCourt": "VINCENNES"},
                "pays": {"code": "FRA"},
                "statut": "PROGRAMMEE",
                "courses": [
                    {
                        "numOrdre": 1,
                        "libelle": "PRIX",
                        "heureDepart": 1_767_099_300_000,
                        "discipline": "ATTELE",
                        "distance": 2700,
                        "montantPrix": 21000,
                        "categorieParticularite": "GROUPE_I",
                        "penetrometre": {"intitule": "Bon"},
                        "paris": [{"typePari": "QUINTE_PLUS"}],
                        "statut": "FIN_COURSE",
                        "categorieStatut": "ARRIVEE",
                        "isArriveeDefinitive": True,
                        "ordreArrivee": [[1], [2, 3]],
                        "incidents": [{"type": "TOMBE", "numeroParticipants": [4]}],
                    }
                ],
            }
        ],
    }
}
QUOTE = {"typePari": "SIMPLE_GAGNANT", "rapport": 4.5, "dateRapport": 1_767_094_200_000}
RUNNERS = {
    "participants": [
        {
            "numPmu": number,
            "nom": "CHEVAL",
            "statut": "PARTANT",
            "allure": "GALOP",
            "handicapPoids": 585,
            "deferre": "DEFERRE_ANTERIEURS",
            "oeilleres": "SANS_OEILLERES",
            "gainsParticipant": {"gainsCarriere": 100},
            "dernierRapportDirect": QUOTE,
            "dernierRapportReference": QUOTE,
            "ordreArrivee": number,
            "urlCasaque": "https://example.test/casaques/30122025/R1/C1/P1.png",
        }
        for number in (1, 2)
    ]
}
DIVIDENDS = [
    {
        "typePari": "COUPLE_PLACE",
        "miseBase": 200,
        "rembourse": False,
        "rapports": [
            {"libelle": "Couplé placé", "combinaison": "5-NP", "dividendePourUnEuro": 1840}
        ],
    }
]
DOCUMENTS: list[tuple[Reader, Any]] = [
    (read_programme, PROGRAMME),
    (read_runners, RUNNERS),
    (read_dividends, DIVIDENDS),
]
URLS = st.sampled_from(
    [None, "", "x", "/programme/99999999", "/programme/30122025", "/programme/30122025/R1/C1/x"]
)
WORDS = sorted(value for value in vars(names).values() if isinstance(value, str))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["NON_PARTANT", "5-NP", "ARRIVEE_DEFINITIVE", "1" * 5000, 10**400, -1, 0]),
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(document: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a document."""
    if isinstance(document, dict):
        own = [(document, key) for key in document]
    elif isinstance(document, list):
        own = [(document, index) for index in range(len(document))]
    else:
        return []
    return own + [place for holder, key in own for place in places(holder[key])]


def read_or_refuse(reader: Reader, body: bytes, url: str | None) -> None:
    try:
        reading = reader(body, url=url)
    except SourceError as error:
        assert error.site == "pmu"  # noqa: PT017  both outcomes are right, each is checked
        return
    assert from_json(Reading, to_json(reading)) == reading


@pytest.mark.parametrize(("reader", "document"), DOCUMENTS)
@given(data=st.data(), junk=JUNK, url=URLS)
@settings(max_examples=100, deadline=None)
def test_misplaced_value_never_raises_anything_else(
    reader: Reader, document: Any, data: st.DataObject, junk: Any, url: str | None
):
    damaged = json.loads(json.dumps(document))
    holder, key = data.draw(st.sampled_from(places(damaged)))
    holder[key] = junk
    read_or_refuse(reader, json.dumps(damaged).encode(), url)


@pytest.mark.parametrize(("reader", "document"), DOCUMENTS)
@given(data=st.data(), url=URLS)
@settings(max_examples=50, deadline=None)
def test_cut_or_overwritten_bytes_never_raise_anything_else(
    reader: Reader, document: Any, data: st.DataObject, url: str | None
):
    body = json.dumps(document, ensure_ascii=False).encode()
    at = data.draw(st.integers(0, len(body)))
    damaged = (
        body[:at] + data.draw(st.binary(max_size=4)) + body[at + data.draw(st.integers(0, 9)) :]
    )
    read_or_refuse(reader, damaged, url)


@pytest.mark.parametrize(("reader", "document"), DOCUMENTS)
@given(junk=JUNK, url=URLS)
@settings(max_examples=50, deadline=None)
def test_any_json_never_raises_anything_else(
    reader: Reader, document: Any, junk: Any, url: str | None
):
    del document
    read_or_refuse(reader, json.dumps(junk).encode(), url)
