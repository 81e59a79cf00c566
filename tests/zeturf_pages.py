"""Small pages of our own in ZEturf's shape: invented races, so that tests need no real page.

`race_page` writes one race page; every part can be replaced by other markup or left out ("").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

PATH = "/fr/course/2026-03-28/R4C7-essai-prix-du-modele"
NO_ODDS = {
    "reference": False,
    "SG": False,
    "SPMin": False,
    "SPMax": False,
    "ZC": False,
    "ZS": False,
}
# Saddle number to the six odds; 3 is a non-runner.
ODDS: Mapping[str, Mapping[str, Any]] = {
    "1": {"reference": 5.8, "SG": 5.7, "SPMin": 1.7, "SPMax": 2.5, "ZC": 6.4, "ZS": 5.1},
    "2": {"reference": 35.1, "SG": 38, "SPMin": 6.3, "SPMax": 9.8, "ZC": 10, "ZS": 16.3},
    "3": NO_ODDS,
    "4": {"reference": 3, "SG": 2.2, "SPMin": 1.1, "SPMax": 1.4, "ZC": False, "ZS": 3.9},
}

PEOPLE = '<a class="jockey" href="/fr/jockey/1">Cavalier A.</a> - <span>Entraineur B.</span>'


def runner_row(
    number: int | str,
    name: str,
    *,
    cells: str = "",
    infos: str = "",
    is_out: bool = False,
    link: bool = True,
    people: str = PEOPLE,
) -> str:
    """A row of the runner table. infos: markup beside the name; cells: further cells."""
    mark = "\n\t\t\t(NP)" if is_out else ""
    inside = f'\n\t\t{name}{mark}\n\t\t<span class="horse-infos">{infos}</span><span></span>'
    # The link's own data-runner is the horse's number in a database, not its saddle number.
    attributes = f'class="horse-name tooltip" title="{name}" data-runner="9{number}"'
    titled = f'<a href="{PATH}/{number}" {attributes}>{inside}</a>'
    partant = "partant non-partant" if is_out else "partant"
    node = titled if link else f'<span class="horse-name">{inside}</span>'
    return f"""<tr {'class="blur"' if is_out else ""}
        data-runner="{number}">
      <td class="details-control"></td>
      <td class="numero" data-order="{number}"><span class="{partant}">
        {number}</span></td>
      <td class="cheval"><div class="first-line">{node}</div>
        <div class="second-line">{people}</div>
        <div class="third-line">H/6</span> - 2650m</span></div></td>
      {cells}
      <td class="cote-simplegagnant cote-live"></td></tr>"""


TROT_CELLS = (
    '<td class="sexe-age">H/6</td><td class="distance">\t2650m\n</td>'
    '<td class="record"><b>1&#039;15&quot;0</b><br />17\u202f330\u00a0€</td>'
    '<td class="musique tooltip" title="4a (25) Da 0a ">4a</td>'
)
ROWS = "".join(
    (
        runner_row(1, "ALPHA D&#039;ESSAI", cells=TROT_CELLS),
        runner_row(2, "BETA DU MODELE", cells=TROT_CELLS),
        runner_row(3, "GAMMA", cells=TROT_CELLS, is_out=True),
        runner_row(4, "DELTA", cells=TROT_CELLS, infos='<span class="ecurie">(E2)</span>'),
    )
)
CONDITIONS = (
    '<span class="conditionsHippodrome">Terrain : Bon<span class="piste"> - Sable</span></span>'
)
FACTS = '<p class="infos">\n Attelé\n - 2650m\n - 22000 €\n - 3 Partants\n</p>'


def header(
    *,
    box: str = "infos-course",
    facts: str = FACTS,
    name: str = "Prix du Modèle",
    off: str = '<div class="heure-course"><span data-timestamp="1774706100">14h55</span></div>',
    conditions: str = CONDITIONS,
    details: str = "",
) -> str:
    """The header's box. details: the box with the order, once there is one."""
    return f"""<div id="{box}" class="sous-bloc">
      <div class="numero-reunion"><span>\tR4\n</span></div><div class="numero-course">\tC7\n</div>
      <h1 class="nom-course"><span class="nom-hippodrome-et-drapeau"><span>ESSAI</span>
        <i class=" fi fi-fr" title="France"></i></span> 28/03/2026</h1>
      <a class="cta_course" href="{PATH}">{off}<h2 class="nom-course">{name}</h2></a>
      {facts}{details}<div id="tab-conditions">{conditions}</div></div>"""


def odds_text(
    odds: Mapping[str, Mapping[str, Any]] = ODDS, stamp: str = "2026-03-28T14:45:00+01:00"
) -> str:
    """The value of cotesInfos: strict JSON on one line."""
    head = {"referenceDateTime": stamp, "meilleureCoteSG": {"reference": 3, "live": 2.2}}
    entries = {number: {"odds": dict(shown)} for number, shown in odds.items()}
    return json.dumps({**head, "displayedColumns": {"hasSG": 1}, **entries})


def script(*, state: int | str = 2, odds: str | None = None, path: str = PATH) -> str:
    """The embedded script. odds: "" leaves cotesInfos out."""
    shown = odds_text() if odds is None else odds
    cotes = f"cotesInfos: {shown}" if shown else "autre: 1"
    escaped = path.replace("/", "\\/")
    return f"""<script>$(document).ready(function () {{ Course.init({{
      reunionId: 1, criteresJeton: {{"4":2,"5":1,"7":1,"6":"FR"}}, reunionDate: "2026-03-28",
      courseUri: "{escaped}",
      etatPageWithTTL: {{"etatPage":{state},"ttl":null}}, nomReunion: "ESSAI", alpha2: "FR",
      {cotes} }}); }});</script>"""


def runner_table(rows: str = ROWS) -> str:
    """The runner table with its heads."""
    return f"""<div id="pariCotesTab"><table class="sorting dataTable table-runners">
      <thead><tr><th class="numero"></th></tr></thead><tbody>{rows}</tbody></table></div>"""


def race_page(
    *,
    script: str = script(),
    header: str = header(),
    table: str = runner_table(),
    timeline: str = "",
    finish: str = "",
    dividends: str = "",
) -> bytes:
    """A whole race page; by default one with betting open."""
    page = f"""<!DOCTYPE html>\r\n<html lang="fr"><head><title>Prix du Modèle</title>
      <meta http-equiv="content-type" content="text/html; charset=UTF-8" />{script}</head>
      <body id="course">{header}
      <div id="prochain-depart-promo"><a class="cta_course" href="/fr/course/2026-03-28/R9C9-autre">
        <span class="chronoTimer" data-timer="1774712000"></span></a></div>
      <div id="dernieres-minutes"><ul>{timeline}</ul></div>
      {finish}{table}<div id="dm-small"><ul>{timeline}</ul></div>{dividends}</body></html>"""
    return page.encode()


def timeline(*texts: str) -> str:
    """Lines of the last minutes, the newest first as given."""
    return "".join(
        f"""<li><span class="informations-course"><span data-timestamp="{1774707000 - 60 * age}">
        14:50:00</span>:</span><span class="informations-dermin">{text}</span></li>"""
        for age, text in enumerate(texts)
    )


def details(head: str, *lines: str) -> str:
    """The box with the order of finish."""
    paragraphs = "".join(f"<p>\n\t{line}\n</p>" for line in lines)
    return f'<div id="tab-details"><h3>\n\t{head}\n</h3>{paragraphs}</div>'


def finish_table(*rows: tuple[str, int, str]) -> str:
    """The finish table: place, number, margin or time of each row."""
    body = "".join(
        f"""<tr data-runner="{number}"><td><b>{place}</b></td><td>{number}</td>
        <td class="cheval">X</td><td>Y</td><td>{margin}</td></tr>"""
        for place, number, margin in rows
    )
    return f'<div id="arriveeTab"><table><tbody>{body}</tbody></table></div>'


def dividend_table(title: str, heads: tuple[str, ...], *rows: tuple[str, ...]) -> str:
    """A table of dividends. heads: further columns, each a bet unless it is a kind of gain."""
    columns = "".join(_box(_label(head)) for head in heads)
    second = f'<div class="table-header">{_box("")}{columns}</div>' if heads else ""
    body = "".join(
        f'<div class="table-row">{_box(f"<strong>{horses}</strong>")}{_amounts(amounts)}</div>'
        for horses, *amounts in rows
    )
    first = f'<div class="table-header">{_box(_label(title) + "<div></div>")}</div>'
    return f'<div class="table">{first}{second}<div class="table-body">{body}</div></div>'


def dividends(*tables: str) -> str:
    """The box of all tables."""
    return f'<div id="rapports"><div class="accordion_body">{"".join(tables)}</div></div>'


def _box(inside: str) -> str:
    return f'<div class="table-cell">\n{inside}\n</div>'


def _label(text: str) -> str:
    if text in {"Simple", "Jumelé"} or text.startswith("Gain "):
        return text  # heads of the page that name no bet stand bare
    return f'<span class="categoryGroupLabel">{text}</span>'


def _amounts(texts: list[str]) -> str:
    return "".join(_box(f'<b class="montant">\n{text}\n</b>' if text else "") for text in texts)
