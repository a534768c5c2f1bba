"""Measure who is said to speak in plain passages where that is certain.

python benchmarks/dialogues.py --write FILE.jsonl --articles 600   # articles to learn from
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import passages


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path, help="write articles for training to this file")
    parser.add_argument("--articles", type=int, default=600, help="how many articles to write")
    parser.add_argument("--seed", type=int, default=1, help="random seed")
    args = parser.parse_args()
    with args.write.open("w", encoding="utf-8") as lines:
        for row in passages.articles(args.articles, args.seed):
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
