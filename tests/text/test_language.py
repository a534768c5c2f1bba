"""The language of a text."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import manifest
from pipeline.errors import ModelChanged, ModelUnsuitable
from pipeline.text import language
from pipeline.text.language import contradicts, detect

STORIES = {
    "en": "Rain closed two roads north of the town on Friday, and the mayor said that they would "
    "not open again before the weekend.",
    "fr": "La pluie a fermé deux routes au nord de la ville vendredi, et le maire a déclaré "
    "qu'elles ne rouvriraient pas avant la fin de la semaine.",
    "de": "Der Regen hat am Freitag zwei Straßen nördlich der Stadt gesperrt, und der "
    "Bürgermeister sagte, sie würden nicht vor dem Wochenende geöffnet.",
    "es": "La lluvia cerró el viernes dos carreteras al norte de la ciudad, y el alcalde dijo que "
    "no se abrirían antes del fin de semana.",
    "it": "La pioggia ha chiuso venerdì due strade a nord della città e il sindaco ha detto che "
    "non riapriranno prima del fine settimana.",
    "nl": "Door de regen zijn vrijdag twee wegen ten noorden van de stad afgesloten, en volgens "
    "de burgemeester gaan ze niet voor het weekend open.",
    "pl": "W piątek deszcz zamknął dwie drogi na północ od miasta, a burmistrz powiedział, że "
    "nie zostaną otwarte przed weekendem.",
    "ru": "В пятницу дождь закрыл две дороги к северу от города, и мэр сказал, что они не "
    "откроются до выходных.",
    "el": "Η βροχή έκλεισε την Παρασκευή δύο δρόμους βόρεια της πόλης και ο δήμαρχος είπε ότι "
    "δεν θα ανοίξουν πριν από το Σαββατοκύριακο.",
    "zh": "周五的大雨导致城北两条道路关闭，市长表示，周末之前不会重新开放。",
    "ja": "金曜日の雨で町の北にある二つの道路が閉鎖され、市長は週末まで再開しないと述べた。",
    "ar": "أغلقت الأمطار يوم الجمعة طريقين شمال المدينة وقال العمدة إنهما لن يفتحا قبل عطلة "
    "نهاية الأسبوع.",
}


@pytest.mark.parametrize("code", STORIES)
def test_each_language_is_detected(code: str) -> None:
    assert detect(STORIES[code]) == code


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee, John Smith, Maria Gonzalez, Hans Müller, Pierre Dubois, Ólafur Jónsson",
        "Leeds 3 Derby 1\nBari 0 Lecce 0\nBayern München 2 Werder Bremen 2",
        "FTSE 100 8,275.66 +0.64%\nDAX 18,704.42 -0.12%\nCAC 40 8,167.50 +0.23%",
        "Trump Derides Debate Moderators",
        "Łódź",
        "12,5 13,7 14,8",
        "ok",
        "",
    ],
)
def test_names_tables_headlines_and_fragments_have_no_language(text: str) -> None:
    assert detect(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "“Je ne sais pas,” said Jean-Luc Le Pen of the Comité de la Région of Île-de-France.",
        "THE MAYOR SAID ON FRIDAY THAT BOTH ROADS WOULD BE CLOSED.",
        "Shares in Crédit Agricole, Société Générale and Banco Santander fell after the news.",
    ],
)
def test_foreign_names_and_capitals_do_not_hide_english(text: str) -> None:
    assert detect(text) == "en"


def test_the_main_language_of_a_mixed_article_decides() -> None:
    french, english = STORIES["fr"] + "\n\n", STORIES["en"] + "\n\n"
    assert detect(english * 2 + french * 30) == "fr"
    assert detect(french * 2 + english * 30) == "en"


def test_english_does_not_load_the_model() -> None:
    command = (
        "import sys; from pipeline.text.language import detect; "
        f"assert detect({STORIES['en']!r}) == 'en'; "
        "assert not {'py3langid', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", command], check=True)


def test_a_model_that_cannot_be_unpacked_is_an_error_with_a_hint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_room() -> None:
        raise FileNotFoundError("no usable temporary directory")

    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: no_room())
    language._identifier.cache_clear()
    with pytest.raises(ModelUnsuitable) as raised:
        detect(STORIES["fr"])
    assert "--language en" in (raised.value.hint or "")


@pytest.mark.parametrize(
    ("stated", "found", "contrary"),
    [
        ("en", "fr", True),
        ("en-GB", "en", False),
        ("EN_us", "de", True),
        ("fr", "en", True),
        ("nb", "no", False),
        ("sr", "hr", False),
        ("pt-BR", "pt", False),
        ("zh-Hant", "zh", False),
        ("English", "fr", True),
        ("und", "fr", False),
    ],
)
def test_contradictions(stated: str, found: str, contrary: bool) -> None:
    assert contradicts(stated, found) is contrary


@given(st.text(max_size=300))
@settings(deadline=None)  # the first text loads the model
def test_any_text_gives_a_code_or_none(text: str) -> None:
    found = detect(text)
    assert found is None or (len(found) == 2 and found.isascii() and found.islower())


def test_a_changed_model_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = manifest.entry_of_package("py3langid")
    assert entry is not None
    wrong = replace(entry, files=dict.fromkeys(entry.files, "0" * 64))
    monkeypatch.setattr("pipeline.text.language.entry_of_package", lambda _: wrong)
    with pytest.raises(ModelChanged, match=r"model\.npz\.xz"):
        language._identifier.__wrapped__()
