"""The catalogues of sentences. Nothing is installed globally: sessions of several languages share one process."""

import gettext
from functools import cache
from pathlib import Path

from moons.plots.words import Translate

_CATALOGUES = Path(__file__).parents[1] / "locale"


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The sentences of a language; English, where there is none."""
    return gettext.translation("moons", _CATALOGUES, [language], fallback=True)


def translator(language: str) -> Translate:
    """What puts sentences into a language."""
    return catalogue(language).gettext
