"""Self-made Geny pages of both generations: the site's structure, invented horses and sums."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

RACE_PATH = "/partants-pmu/2025-06-01-auteuil-pmu-prix-de-l-essai_c1600001"
RACE_URL = f"https://www.geny.com{RACE_PATH}"
TROT = ("N°", "Cheval", "SA", "Dist.", "Driver", "Entraîneur", "Musique", "Gains")
FLAT = ("N°", "Cheval", "C.", "SA", "Poids", "Déch.", "Jockey", "Entraîneur", "Musique", "Valeur")
ODDS = ("Cotes références", "Derni&egrave;res cotes")
FACTS = (
    "Départ&nbsp;<strong>15h05</strong><br><br>Plat -&nbsp;Groupe II -&nbsp;130\xa0000&euro;"
    " -&nbsp;2400m -&nbsp;2&nbsp;Partants -&nbsp;Gazon -&nbsp;corde&nbsp;:&nbsp;à droite<br>"
    '<span class="conditionCourse">Pour 3 ans. - Poids : 58 k. - 9 000 m.</span><br>'
    "Terrain&nbsp;:&nbsp;<strong>Bon souple</strong><br>"
)


def page(content: str, *, path: str = RACE_PATH, day: str = "01/06/2025", title: str = "") -> str:
    """A legacy page around its content."""
    return (
        f'<!DOCTYPE html>\n<html><head><link rel="canonical" href="https://www.geny.com{path}">'
        f"<title>{title}</title></head><body></script>"
        f'<input type="hidden" id="selectedDateValue" value="{day}">{content}</body></html>'
    )


def header(
    *,
    meeting: str = "dimanche&nbsp;:&nbsp; Auteuil&nbsp;(R1)",
    title: str = "3<sup>ème</sup> course - Prix de l&#039;Essai",
    facts: str = FACTS,
    mark: str = "",
    withdrawn: str = "",
) -> str:
    """A race's header."""
    absent = f'<div class="nonPartant">Non-partant&nbsp;:&nbsp;{withdrawn}</div>'
    return (
        f'<div class="yui-gc cartoucheCourse"><BR><div class="yui-u nomReunion">{meeting}</div>'
        f'<div class="yui-u nomCourse"><span class="{mark}"><h1>{title}</h1></span></div>'
        f'<span class="infoCourse">{facts}</span>{absent if withdrawn else ""}</div>'
    )


def runners(captions: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table of runners; each cell is the inside of a td, or a whole td."""
    head = "".join(f"<th>{caption}</th>" for caption in captions)
    body = "".join(
        "<tr>"
        + "".join(cell if cell.startswith("<td") else f"<td>{cell}</td>" for cell in row)
        + "</tr>"
        for row in rows
    )
    return (
        '<table id="tableau_partants"><caption>Partants</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def horse(name: str, *, title: str = "", after: str = "") -> str:
    """A name cell with its marks in a nested table, as gallopers have."""
    attribute = f' title="{title}"' if title else ""
    return (
        '<span class="leftWidth100"> <a class="lienFiche" href="/cheval/x_c1_h2">'
        f" {name}</a>{after}"
        f'<table class="table-oei"><tr><td><span class="right deferre"{attribute}>&nbsp;</span>'
        "</td></tr></table></span>"
    )


def flat_race(*, extra: Sequence[str] = (), values: Sequence[str] = ()) -> str:
    """A flat race of two, with stalls; extra columns stand before the site's two odds columns."""
    odds = [("4,5", "3,9"), ("12", "14,2")]
    rows = [
        (str(place), horse(name), stall, "M3", "58,5", "-", "T. Essai", "A. Essai", "1p2p", "45")
        + tuple(values)
        + odds[place - 1]
        for place, (name, stall) in enumerate((("Rapide", "7"), ("Tranquille", "2")), start=1)
    ]
    return page(header() + runners((*FLAT, *extra, *ODDS), rows))


def arrival(
    rows: Sequence[tuple[str, str, str]],
    *,
    heading: str = "Arrivée définitive",
    dividends: str = "",
    captions: Sequence[str] = ("&nbsp;", "N°", "Cheval", "Jockey", "Écart"),
) -> str:
    """A result page; rows: rank, number, last cell."""
    head = "".join(f'<td class="enteteColonne">{caption}</td>' for caption in captions)
    body = "".join(
        f'<tr><td class="ncgauche"><strong>{rank}</strong></td><td>{number}</td>'
        f'<td><a id="id-{number}" href="#">Cheval {number}</a></td><td>J. Essai</td>'
        f"<td>{gap}</td></tr>"
        for rank, number, gap in rows
    )
    spacer = '<tr><td colspan="5" class="blancsans">&nbsp;</td></tr>'
    legend = '<tr><td colspan="5"><table><tr><td>Protégé</td></tr></table></td></tr>'
    return page(
        header()
        + f'<h1>{heading}</h1><br><table id="arrivees"><tr>{head}</tr>'
        + f"{body}{spacer}{legend}</table><h1>Rapports</h1>{dividends}",
        path="/arrivee-et-rapports-pmu/2025-06-01-auteuil-pmu-prix-de-l-essai_c1600001",
    )


def family(name: str, *blocks: str) -> str:
    """One family of dividends; its cells are left open, as on the site."""
    return f'<table id="{name}"><tr>{"".join(blocks)}</tr></table>'


def block(
    operator: str,
    picture: str,
    lines: Sequence[tuple[str, str]],
    *,
    base: str = "1",
    order: tuple[str, str] | None = None,
) -> str:
    """One operator's block; lines: inside of the label cell, amount. The outer td stays open."""
    shown = f'<b><span id="{order[0]}">{order[1]}</span></b>' if order else ""
    body = "".join(
        f'<tr><td class="ncdouble1">{label}</td><td class="pts01droite1"><b>{amount}</b></td></tr>'
        for label, amount in lines
    )
    return (
        f"<td><div><b><i>{operator}</i></b></div>{shown}<table><tbody><tr>"
        f'<td class="blancdouble"><img src="/web/images/paris/svg/x.svg" alt="{picture}"></td>'
        f'<td class="blancdroite">pour<b> {base} &euro;</b></td></tr>{body}</tbody></table>'
        "<td></td>"
    )


def line(combination: str, label: str) -> str:
    """The label cell of a dividend with its own combination."""
    return f'<div style="float: left"><b>{combination}</b></div><div>{label}</div>'


def programme(*meetings: str) -> str:
    """A legacy programme of 1 June 2025."""
    return page("".join(meetings), path="/reunions-courses-pmu")


def meeting(name: str, info: str = "", *races: str, anchor: str = "reunion1") -> str:
    """A meeting's heading and its races, all flat siblings."""
    return (
        f'<a name="{anchor}"></a><div class="yui-gc cartoucheReunion">'
        f'<div class="yui-u first nomReunion">{name}</div>'
        f'<div class="infoReunion">{info}</div></div>' + "".join(races)
    )


def listed(
    title: str,
    state: str,
    *,
    href: str = "/partants-pmu/2025-06-01-auteuil-pmu-prix-x_c1600001",
    button: str = "btnCourse",
) -> str:
    """A race of a programme: two siblings."""
    return (
        f'<div class="yui-g courseParis"><div class="nomCourse">{title}</div></div>'
        f'<div class="yui-g courseLiens alternate"><a class="{button}" href="{href}">partants</a>'
        f'<div class="btnArrivee">{state}</div></div>'
    )


# --- the Next.js generation ----------------------------------------------------------------------


def next_page(*data: Any, cut: int = 400, links: str = "") -> str:
    """A page whose React-Query state is pushed in chunks of `cut` characters."""
    queries = [{"state": {"data": item, "status": "success"}, "queryKey": [1]} for item in data]
    state = json.dumps(
        {"mutations": [], "queries": queries}, ensure_ascii=False, separators=(",", ":")
    )
    flight = f'5:["$","$L12",null,{{"state":{state},"children":"$undefined"}}]\n'
    chunks = [flight[place : place + cut] for place in range(0, len(flight), cut)]
    pushes = "".join(
        f"<script>self.__next_f.push({json.dumps([1, chunk], ensure_ascii=False)})</script>"
        for chunk in chunks
    )
    return (
        "<!DOCTYPE html><html><head><title>Geny</title></head><body>"
        f"{links}<script>self.__next_f.push([0])</script>{pushes}</body></html>"
    )


def next_meeting(**changes: Any) -> dict[str, Any]:
    """A meeting of the new site."""
    return {
        "numeroPmu": 4,
        "nomReunion": "Mons",
        "organisateurPari": "PMU",
        "dateReunion": "2026-10-02",
        "hippodrome": {"nom": "Mons", "nationalite": "BELGIQUE"},
    } | changes


def next_race(**changes: Any) -> dict[str, Any]:
    """A race of the new site."""
    return {
        "id": 1688001,
        "numeroCourse": 5,
        "nomPrix": "Prix d'Été",
        "dateHeureCourse": "2026-10-02T20:15:00",
        "specialite": "MONTE",
        "distance": 2300,
        "nombrePartants": 3,
        "typeEtatTerrain": "BON",
        "classe": "GROUPE_III",
        "quintePlus": True,
        "allocations": {"total": 45000, "devise": "EUR"},
    } | changes


def next_runner(number: int, **changes: Any) -> dict[str, Any]:
    """A runner of the new site."""
    return {
        "numero": number,
        "cheval": {"id": 9000 + number, "nom": f"Éclair {number}"},
        "jockey": {"titre": "Mlle", "initialePrenom": "A.", "nom": "Essai"},
        "entraineur": {"prenom": "Bruno", "nom": "Essai"},
        "sexe": "HONGRE",
        "age": 6,
        "gain": 12345,
        "distance": 2300,
        "deferre": "FD",
        "musique": {"resume": "1a2aDa"},
        "etatParticipation": "PARTANT",
    } | changes
