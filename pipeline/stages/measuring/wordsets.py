"""Words and labels that tell what a figure measures."""

from __future__ import annotations

from pipeline.stages import syntax
from pipeline.text.wordset import word_set

NOUN_TAGS = syntax.NOUN_TAGS
POINTERS = frozenset(("this", "these", "those"))
"""Pronouns that are given as they stand: "39 percent of these"."""
MODIFIERS = frozenset(
    (
        "nummod",
        "amod",
        "compound",
        "nmod",
        "quantmod",
        "advmod",
        "poss",
        "det",
        "predet",
        "npadvmod",
    )
)
DIMENSIONS = frozenset(
    (
        "depth",
        "length",
        "height",
        "width",
        "diameter",
        "size",
        "weight",
        "area",
        "total",
        "thickness",
    )
)
TAKING = frozenset(("wipe", "knock", "shave", "strip", "deduct", "add", "slash", "slice", "take"))
"""Verbs that take an amount off something, or add it to something."""
HEADLINE_DEPS = frozenset(("nsubj", "dep", "npadvmod", "compound", "nmod"))
AFTER_NOUN = frozenset(("appos", "nummod", "amod", "acl", "npadvmod", "advmod"))
STRETCHES = word_set(
    "period course rest end start lot bit matter span stretch time gap age deadline"
)
"""Nouns that a length of time is of, without being what lasts: "over the course of two years"."""
SUMS = frozenset(
    (
        "total",
        "average",
        "sum",
        "maximum",
        "minimum",
        "median",
        "mean",
        "equivalent",
        "excess",
        "half",
        "close",
        "high",
        "low",
        "peak",
    )
)
"""Nouns between a figure and what it measures: "a total of $5m", "an average of 50%"."""
LINKS = frozenset(
    ("of", "at", "from", "to", "with", "between", "under", "over", "above", "below", "about")
)
PURPOSE_VERBS = word_set(
    """
    pay spend invest cost charge fine offer bid allocate pledge donate give owe earmark provide
    award grant approve budget contribute commit seek request
    """
)
GIVING = PURPOSE_VERBS | word_set(
    """
    raise earn win receive get make borrow lend collect lose have list own hold save secure
    """
)
"""Verbs whose subject has the money, and is not what the money measures."""
SPENDING = word_set(
    """
    pay spend invest fine offer bid allocate pledge donate give earmark award grant approve
    contribute commit seek request raise borrow lend collect save reallocate
    """
)
"""The same of verbs whose subject may be a common noun: "the judge fined the firm $5m"."""
TRANSITIVE = word_set(
    """
    cut raise increase reduce lower boost lift hike slash trim expand widen narrow drop
    bring keep push pull double triple put set sell buy value price estimate take limit cap hold
    restrict
    """
)
LASTING_VERBS = frozenset(("last", "take", "span", "endure", "stay", "remain", "continue", "run"))
AWAY_BEHIND = word_set("ago later earlier after before since from away hence early late beforehand")
AWAY_BEFORE = word_set("past next last every each coming following previous first after")
"""Words beside a length of time that only says how far off something is."""
BEING = frozenset(("is", "was", "are", "were", "be", "been"))
TAKEN_FOR_NOUNS = frozenset(("measure", "measures", "cost", "costs", "total", "number", "range"))
"""Verbs before a figure that are often tagged as nouns: "the robots measure 15 cm"."""
LOSSES = frozenset(("loss", "losses", "discount"))
"""Sums by themselves, and no changes of something else."""
SEEING = frozenset(("see", "post", "record", "report", "suffer", "register", "show", "face"))
EXPECTING = frozenset(("expect", "forecast", "predict", "project", "want", "promise", "need"))
"""Verbs whose subject does not grow: "economists expected growth of 2%"."""
BETWEEN = frozenset(("NN", "NNS", "NNP", "NNPS", "CC", "HYPH", "JJ", "VBG", "VBN"))
"""Tags of what may stand between the parts of a compound: "Model S and Model X vehicles"."""
KINDS_OF_MONEY = word_set(
    """
    cash aid funding funds debt damages fines taxes tax sales revenue loans bonds assets savings
    subsidies grants donations losses profits costs spending investment credit relief
    """
)
IN_WHICH = word_set(
    """
    support exchange return response favor favour advance total full addition bank office place
    order part turn hand hands pocket account accounts field range region area case
    """
)
"""What amounts stand in without being made of it: "$2m in exchange", "$19m in the bank"."""
LAYERS = frozenset(("top", "bottom", "upper", "lower", "richest", "poorest", "wealthiest"))
"""Adjectives that make people of a share: "the top 1 percent"."""
VOLUMES = word_set(
    """
    population workforce staff headcount toll attendance turnout audience readership viewership
    circulation membership enrollment enrolment fleet backlog inventory stockpile
    """
)
"""Nouns, in the singular, that are so many of something: "the staff is 12 people"."""
FLOWS = word_set(
    """
    sale output production capacity delivery shipment export import consumption harvest catch yield
    intake
    """
)
"""The same of goods, whatever they are counted in: "sales of 12 units"."""
WHITHER = frozenset(("home", "north", "south", "east", "west", "today"))
"""Nouns that say where to: "walked 500 miles home"."""
PERCENT = frozenset(("%", "percent", "cent", "pc", "pct"))
SHARES = PERCENT | {"point", "points"}
LONGEST_SHARE = max(map(len, SHARES))
OFFERED = frozenset(("starting", "priced", "beginning", "listed", "valued", "costing", "selling"))
UNSPOKEN = frozenset(("MONEY", "PERCENT", "CARDINAL", "QUANTITY", "DATE", "TIME"))
PRONOUNS = frozenset(("PRP", "WP", "WDT", "EX", "DT"))
