"""Invented names: places that are on no map, horses and people that never were."""

from __future__ import annotations

from random import Random

from hippique.racecourse.simulated import Person

FRENCH_TRACKS = (
    "VALMONT-LES-PRES",
    "SAINT-OURLAC",
    "BELLECOMBRE-SUR-VAIRE",
    "MONTFAUVEL",
    "LA ROCHE-TIERCELINE",
    "PONT-GALARD",
    "CHANTEBRUYERE",
    "ORVILLON-EN-LANDE",
    "SABLEMONT-PLAGE",
    "GRANDVEZAC",
    "VERTEFONTANE",
    "HAUTECOURBE",
    "LES TROIS-HERONS",
    "BRISEVENT-LE-VIEUX",
)
FOREIGN_TRACKS = (
    ("WESTERBROEKE", "BE"),
    ("ASHCOMBE DOWNS", "GB"),
    ("GRUNWALDSEE", "DE"),
    ("LOS ALMENDRALES", "ES"),
)
_HORSE_FIRST = (
    "Ardent", "Belle", "Câlin", "Dorade", "Éclat", "Farouche", "Galant", "Hardi", "Iris",
    "Joyau", "Kador", "Lutin", "Mirage", "Nocturne", "Orage", "Perle", "Quartz", "Rieuse",
    "Saphir", "Tonnerre", "Ulysse", "Vaillant", "Westland", "Xénia", "Yvoire", "Zéphyr",
    "Brume", "Cristal", "Flamme", "Givre", "Jonquille", "Lorgnette", "Noisette", "Prunelle",
    "Réséda", "Sirocco", "Tempo", "Violine",
)  # fmt: skip
_HORSE_LAST = (
    "du Vallon", "de Brisevent", "d'Ourlac", "des Hérons", "Galard", "du Grand Pré",
    "de Montfauvel", "d'Orvillon", "la Tierce", "du Sablemont", "de Chantebruyère", "Bellecombre",
    "du Moulin Neuf", "de la Lande", "d'Hautecourbe", "des Trois Chênes", "Vertefontane",
    "du Gué", "de l'Aubier", "d'Arguelet-Haut", "Flambard", "Castelroi", "du Plessis-Noir",
    "de Verlanges", "Tourmaline", "des Ronciers", "d'Estourbiac", "Rivadour", "du Lavoir",
    "de Corvenne", "Bricolo", "des Embruns",
)  # fmt: skip
_PRIZES = (
    "Prix du Vieux Lavoir", "Prix des Glycines", "Prix de l'Étang Gris", "Prix du Pont Cassé",
    "Prix Ourlac", "Prix des Trois Meules", "Prix de la Tuilerie", "Prix du Haut-Buisson",
    "Prix d'Estourbiac", "Prix des Hirondelles", "Prix du Colombier", "Prix de Verlanges",
    "Prix des Vanniers", "Prix du Four à Chaux", "Prix de Corvenne", "Prix de la Croisée",
    "Prix des Marronniers", "Prix du Gué-Rompu", "Prix Castelroi", "Prix des Lanternes",
    "Prix de l'Aubier", "Prix du Grand Large", "Prix des Semailles", "Prix de la Garenne",
)  # fmt: skip
_LAST_NAMES = (
    "Valtrion", "Merquoz", "Dubrénac", "Ossandre", "Pelvoisin", "Graveline", "Tarquémont",
    "Lhuissan", "Corbizier", "Falgourdin", "Névrac", "Boisdavant", "Quinterelle", "Sarvagnac",
    "Trévillon", "Ylmar", "Vaugrillot", "Hestrelin", "Jorquenay", "Kermadrec", "Ruffignol",
    "Zambrault", "Ermelance", "Duvallois-Prat", "Clairvoisin", "Mistrallet", "Pontrevel",
    "Brindavoine", "Gastérac", "Landivez",
)  # fmt: skip
_FIRST_NAMES = (
    "Alban", "Brice", "Colette", "Denis", "Edgar", "Flora", "Gilles", "Hugo", "Irène", "Jean-Luc",
    "Karine", "Loïc", "Maud", "Noël", "Odile", "Pierre-Yves", "Remi", "Solène", "Théo", "Yann",
)  # fmt: skip


def horse_names(rng: Random, count: int) -> list[str]:
    """Distinct horse names; beyond the combinations a Roman numeral tells namesakes apart."""
    pairs = [f"{first} {last}" for first in _HORSE_FIRST for last in _HORSE_LAST]
    rng.shuffle(pairs)
    rounds = ("", " II", " III", " IV", " V", " VI", " VII", " VIII")
    names = [pair + suffix for suffix in rounds for pair in pairs]
    return names[:count]


def prize_names(rng: Random, count: int) -> list[str]:
    """Names of races, distinct as long as there are enough."""
    prizes = list(_PRIZES)
    rng.shuffle(prizes)
    return [
        prizes[i % len(prizes)] + (f" ({i // len(prizes) + 1})" if i >= len(prizes) else "")
        for i in range(count)
    ]


def people(rng: Random, count: int, first_id: int) -> tuple[Person, ...]:
    """Invented people with distinct names."""
    pairs = [(first, last) for last in _LAST_NAMES for first in _FIRST_NAMES]
    chosen = rng.sample(pairs, count)
    return tuple(
        Person(id=first_id + i, first=first, last=last) for i, (first, last) in enumerate(chosen)
    )
