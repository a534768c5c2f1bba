"""Measure language detection: accuracy, false alarms on English, load time, speed, memory.

    apt-get download gnome-user-docs manpages-de manpages-fr …   # dpkg-deb -x each into FOLDER
    python benchmarks/languages.py FOLDER [--english FILE.jsonl …] [--detector ours]

The texts of other languages are the prose of translated GNOME help and manual pages, cut into
windows of 20, 50, 100 and 500 words (two characters count as a word in Chinese, Japanese and Thai).
Paragraphs that were never translated are left out: in GNOME help those that the English original
has too, in manual pages those in which more than a seventh of the words are English function words.
The English texts are the ``text`` of each row, whole and in windows of 50 words. Other detectors
are ``py3langid`` as it comes and ``lingua`` (``pip install lingua-language-detector``). Times are
CPU time of this process.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import resource
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from pipeline.text.words import word_set

Detect = Callable[[str], str | None]
LENGTHS = (20, 50, 100, 500)
WINDOWS = 100
"""Windows of one length, language and source at most."""
UNSPACED = frozenset({"zh", "ja", "th"})
NORWEGIAN = frozenset({"no", "nb", "nn"})
"""Written forms of one language."""
ENGLISH = word_set(
    "the of and to is in that it for on with as this are be by or an not if from you can"
)
ESCAPE = re.compile(r"\\f(?:\[[^]]*\]|\(..|.)|\\[&,/%:|^]|\\s[-+]?\d|\\m\[[^]]*\]")
SPECIAL = {r"\-": "-", r"\(aq": "'", r"\(lq": "“", r"\(rq": "”", r"\(em": "—", r"\(co": "©"}
MALLARD = "{http://projectmallard.org/1.0/}"


def help_paragraphs(page: Path) -> Iterator[str]:
    """Yield the paragraphs of a page of GNOME help."""
    try:
        root = ElementTree.parse(page).getroot()
    except ElementTree.ParseError:
        return
    for one in root.iter(f"{MALLARD}p"):
        yield " ".join("".join(one.itertext()).split())


def manual_paragraphs(page: Path) -> Iterator[str]:
    """Yield the paragraphs of a manual page: lines of text between two macros."""
    lines: list[str] = []
    for line in [*gzip.decompress(page.read_bytes()).decode("utf-8", "replace").splitlines(), "."]:
        if line[:1] not in {".", "'", " ", "\t", ""}:
            for mark, character in SPECIAL.items():
                line = line.replace(mark, character)
            lines.append(ESCAPE.sub("", line))
            continue
        yield " ".join(lines)
        lines = []


def untranslated(paragraph: str) -> bool:
    """Return whether a paragraph of a translated manual page is still English."""
    words = re.findall(r"[a-z]+", paragraph.lower())
    return bool(words) and 7 * sum(word in ENGLISH for word in words) > len(words)


def pages(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Yield language, source and paragraphs of each page."""
    for home in sorted(folder.glob("**/share/help/*")):
        language = re.split(r"[_@]", home.name)[0]
        if language == "C":
            continue
        original = home.parent / "C"
        for page in sorted(home.rglob("*.page")):
            english = set(help_paragraphs(original / page.relative_to(home)))
            found = [one for one in help_paragraphs(page) if one not in english]
            yield language, "help", found
    for home in sorted(folder.glob("**/share/man/*")):
        language = re.split(r"[_@]", home.name)[0]
        if re.fullmatch(r"man\d\w*", home.name):
            continue
        for page in sorted(home.rglob("*.gz")):
            found = [one for one in manual_paragraphs(page) if not untranslated(one)]
            yield language, "man", found


def windows(text: str, words: int, language: str) -> Iterator[str]:
    """Cut a text into windows of so many words."""
    if language in UNSPACED:
        for at in range(0, len(text) - 2 * words + 1, 2 * words):
            yield text[at : at + 2 * words]
        return
    split = text.split()
    for at in range(0, len(split) - words + 1, words):
        yield " ".join(split[at : at + words])


def prose(paragraph: str, language: str) -> bool:
    """Return whether a paragraph is more than a label, a list or a table of characters."""
    letters = sum(map(str.isalpha, paragraph))
    capitals = sum(map(str.isupper, paragraph))
    long = len(paragraph) >= 30 if language in UNSPACED else len(paragraph.split()) >= 6
    return long and letters >= 0.6 * len(paragraph) and capitals <= 0.3 * letters


def samples(folder: Path) -> Iterator[tuple[str, str, int, str]]:
    """Yield language, source, number of words and text of each window."""
    found: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for language, source, paragraphs in pages(folder):
        text = " ".join(one for one in paragraphs if prose(one, language))
        for words in LENGTHS:
            found[language, source, words] += windows(text, words, language)
    for (language, source, words), texts in sorted(found.items()):
        chosen = random.Random(1).sample(texts, min(WINDOWS, len(texts)))
        for text in chosen:
            yield language, source, words, text


def ours() -> Detect:
    from pipeline.text.language import detect

    return detect


def py3langid() -> Detect:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    return lambda text: str(identifier.classify(text)[0])


def lingua() -> Detect:
    from lingua import LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_all_languages().build()

    def detect(text: str) -> str | None:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else None

    return detect


DETECTORS = {"ours": ours, "py3langid": py3langid, "lingua": lingua}


def same(found: str | None, language: str) -> bool:
    return found == language or NORWEGIAN.issuperset({found, language})


def accuracy(detect: Detect, texts: Iterable[tuple[str, str, int, str]]) -> None:
    """Print the share of windows that get the right language, by length and by language."""
    right: Counter[tuple[str, int]] = Counter()
    wrong: dict[str, Counter[str]] = defaultdict(Counter)
    total: Counter[tuple[str, int]] = Counter()
    spent: dict[int, list[float]] = defaultdict(list)
    for language, _, words, text in texts:
        begun = time.process_time()
        found = detect(text)
        spent[words].append(time.process_time() - begun)
        total[language, words] += 1
        right[language, words] += same(found, language)
        if not same(found, language) and words == 50:
            wrong[language][found or "none"] += 1
    languages = sorted({language for language, _ in total})
    for words in LENGTHS:
        shares = [right[one, words] / total[one, words] for one in languages if total[one, words]]
        number = sum(total[one, words] for one in languages)
        hits = sum(right[one, words] for one in languages)
        print(
            f"{words} words: {hits / number:.2%} of {number} windows, "
            f"mean of {len(shares)} languages {statistics.mean(shares):.2%}, "
            f"{1e3 * statistics.mean(spent[words]):.3f} ms"
        )
    for one in languages:
        if total[one, 50]:
            share = right[one, 50] / total[one, 50]
            print(f"  {one} {share:.1%} of {total[one, 50]}", dict(wrong[one].most_common(4)))


def false_alarms(detect: Detect, files: Iterable[Path]) -> None:
    """Print how many English texts, whole and in windows of 50 words, are called another."""
    for words in (None, 50):
        total = alarms = none = 0
        seen: Counter[str] = Counter()
        for file in files:
            for line in file.open(encoding="utf-8"):
                text = json.loads(line)["text"]
                for part in (text,) if words is None else windows(text, words, "en"):
                    found = detect(part)
                    total += 1
                    none += found is None
                    if found not in {None, "en"}:
                        alarms += 1
                        seen[f"{found}: {part[:60]!r}"] += 1
        kind = "whole" if words is None else f"{words} words"
        print(f"English, {kind}: {alarms} of {total} called another, {none} none")
        for one, _ in seen.most_common(12):
            print("  ", one)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--english", type=Path, nargs="*", default=[])
    parser.add_argument("--detector", choices=DETECTORS, default="ours")
    asked = parser.parse_args()
    texts = list(samples(asked.folder))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    detect = DETECTORS[asked.detector]()
    detect("The first call loads the model.")
    print(f"{asked.detector}: loaded in {time.process_time() - begun:.2f} s of CPU time")
    accuracy(detect, texts)
    false_alarms(detect, asked.english)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"memory grew by {grown / 1024:.0f} MB")


if __name__ == "__main__":
    main()
