"""Measure whether people are found equally well for names of every region.

    python benchmarks/regions.py                       # the shipped articles
    python benchmarks/regions.py --gold FILE.jsonl     # articles with entities and their mentions

Each article is copied for each region and gender: every person in it gets a first name and a
surname from there, the same wherever the person is named; nothing else differs. None of these
names is among those that the network of names was trained with in its copies of articles.

found      a person's name is found with both its ends, as a person
touched    a person overlaps it
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spacy.language import Language

from pipeline.stages.language import load

GOLD = Path(__file__).resolve().parent.parent / "seeds" / "gold"
LATER = ("news_quotes", "news_times", "news_figures", "news_attributions", "news_resolve")
NAMES = {
    "Western": (
        "Peter Graham Stuart Hugo Klaus Olaf Benoît Marco",
        "Susan Heather Claudia Monika Birgit Chloé Paola Kirsten",
        "Aldridge Bancroft Chadwick Eastwood Gallagher Kowalke Lambrecht Moreau Pellegrini",
    ),
    "Chinese": (
        "Zedong Weimin Jianhua Yaobang Guofeng Shaoqi Bingwen Haitao",
        "Xiulan Guiying Yulan Jingyi Meixiu Lanying Shuzhen Xiaohong",
        "Shi Bai Mao Qian Jin Fan Tan Zou Xiong Qiu",
    ),
    "Arabic": (
        "Marwan Adnan Ghassan Nabil Ziad Haitham Anwar Wael",
        "Samira Latifa Zahra Asma Ruqayya Siham Najwa Iman",
        "al-Assaf al-Douri al-Harbi Tantawi Shukri Ghannouchi al-Mutairi Hariri Ashrawi Zarqawi",
    ),
    "South Asian": (
        "Mohan Anil Ramesh Dinesh Ashok Tanvir Kamal Naveed",
        "Shalini Rekha Usha Geeta Padma Nusrat Rukhsana Swati",
        "Agarwal Mehta Pillai Rao Bhatt Chowdhury Ansari Bajwa Wijesinghe Karunaratne",
    ),
    "African": (
        "Emeka Olusegun Kwabena Chidi Juma Desta Moussa Themba",
        "Chioma Yetunde Akosua Wangari Zanele Meseret Bintou Thandiwe",
        "Okonkwo Adebayo Onyango Kamara Mugabe Ouattara Osei Wekesa Mthembu Bekele",
    ),
    "Slavic": (
        "Sergei Igor Oleksandr Zbigniew Vladislav Branko Radek Pavel",
        "Irina Yulia Halyna Beata Grażyna Snežana Ivana Lenka",
        "Volkov Lebedev Kravchenko Nowak Kamiński Svoboda Đorđević Stoyanov Romanenko Smirnova",
    ),
    "Hispanic": (
        "Carlos Javier Gonzalo Emilio Ramiro Ernesto Caetano Raúl",
        "Carmen Dolores Esperanza Yolanda Maribel Graciela Renata Luz",
        "Aguilar Benítez Escobar Figueroa Maldonado Orozco Peralta Valdés Ribeiro Azevedo",
    ),
}
"""By region: first names of men, of women, and surnames."""


def articles(path: Path | None) -> Iterator[dict[str, Any]]:
    """Yield articles with entities."""
    if path is not None:
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
        return
    for each in sorted(GOLD.glob("*.json")):
        yield json.loads(each.read_text(encoding="utf-8"))


def renamed(article: dict[str, Any], region: str, woman: bool) -> tuple[str, list[tuple[int, int]]]:
    """Return the text with other names of persons, and where these stand."""
    draw = random.Random(f"{article['id']}/{region}/{woman}")
    firsts, lasts = NAMES[region][woman].split(), NAMES[region][2].split()
    spans = []
    for entity in article["entities"]:
        if entity["label"] != "PERSON":
            continue
        first, last = draw.choice(firsts), draw.choice(lasts)
        own = entity["name"].split()
        for start, end, kind in entity["mentions"]:
            words = article["text"][start:end].split()
            if kind != "name":
                continue
            whole = f"{last} {first}" if region == "Chinese" else f"{first} {last}"
            alone = first if words == own[:1] and len(own) > 1 else last
            spans.append((start, end, whole if len(words) > 1 else alone))
    text, at = "", 0
    places = []
    for start, end, new in sorted(spans):
        if start < at:
            continue
        text += article["text"][at:start]
        places.append((len(text), len(text) + len(new)))
        text += new
        at = end
    return text + article["text"][at:], places


def measure(nlp: Language, path: Path | None) -> Iterator[str]:
    """Yield a line for each region and gender."""
    yield f"{'region':12} {'gender':6} {'names':>6} {'found':>6} {'touched':>8}"
    for region in NAMES:
        for woman in (False, True):
            counts: Counter[str] = Counter()
            for article in articles(path):
                text, places = renamed(article, region, woman)
                doc = nlp(text, disable=LATER)
                ours = [(e.start_char, e.end_char) for e in doc.ents if e.label_ == "PERSON"]
                counts["names"] += len(places)
                counts["found"] += len(set(places) & set(ours))
                counts["touched"] += sum(any(a < y and x < b for x, y in ours) for a, b in places)
            found, touched = (
                100 * counts[one] / max(1, counts["names"]) for one in ("found", "touched")
            )
            gender = "women" if woman else "men"
            yield f"{region:12} {gender:6} {counts['names']:6} {found:6.1f} {touched:8.1f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path)
    for line in measure(load(), parser.parse_args().gold):
        print(line)
