"""The tagger of names in torch: convolutions over tokens with features of each word."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.reader.names.features import GRAM_ROWS, TOKEN_BITS, WORD_BITS, WORD_HASHES
from pipeline.reader.names.network import TAGS

VECTOR, TENSOR = 300, 96
HASH_WIDTHS = (32, 12, 16, 12)
GRAM_WIDTH, TAG_WIDTH, DEP_WIDTH = 32, 16, 12
WORD = 96
WIDTH = 128
REACH = (1, 1, 2, 4, 8, 1)
"""Distance of the two tokens that each layer combines with a token."""
OUTSIDE = 5.0
"""The score of the tag of no name before training."""
UNKNOWN = 0.12
"""Share of words in training whose vector and hash are dropped, so that only letters remain."""


class Layer(nn.Module):
    """A residual layer over each token and one on each side, with the larger of two products."""

    def __init__(self, reach: int, dropout: float) -> None:
        super().__init__()
        self.reach = reach
        self.products = nn.Linear(3 * WIDTH, 2 * WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.drop = nn.Dropout(dropout)

    def forward(self, states: Tensor) -> Tensor:
        """Return (B, T, w) for (B, T, w) states; zeros beyond the ends."""
        beyond = torch.zeros_like(states[:, :1]).expand(-1, self.reach, -1)
        before = torch.cat([beyond, states], 1)[:, : states.shape[1]]
        behind = torch.cat([states, beyond], 1)[:, self.reach :]
        products = self.products(torch.cat([before, states, behind], -1))
        one, other = products.chunk(2, -1)
        found: Tensor = self.norm(states + self.drop(torch.maximum(one, other)))
        return found


class Tagger(nn.Module):
    """Score the tags of each token, given the numbers of tags and dependencies with a code.

    ``extra`` is the width of additional states of each token, from an encoder.
    """

    def __init__(self, tags: int, deps: int, *, extra: int = 0, dropout: float = 0.25) -> None:
        super().__init__()
        sizes = zip(WORD_HASHES.values(), HASH_WIDTHS, strict=True)
        self.tables = nn.ModuleList(nn.Embedding(size, width) for size, width in sizes)
        self.grams = nn.Embedding(GRAM_ROWS, GRAM_WIDTH)
        for table in (*self.tables, self.grams):
            nn.init.normal_(table.weight, std=0.1)
        self.vector = nn.Linear(VECTOR, WORD, bias=False)
        known = WORD + sum(HASH_WIDTHS) + GRAM_WIDTH
        self.word = nn.Linear(known + WORD_BITS, WORD)
        self.tag = nn.Embedding(tags + 1, TAG_WIDTH)
        self.dep = nn.Embedding(deps + 1, DEP_WIDTH)
        own = WORD + TENSOR + TAG_WIDTH + DEP_WIDTH + TOKEN_BITS
        self.token = nn.Linear(own + extra, WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.layers = nn.ModuleList(Layer(reach, dropout / 2) for reach in REACH)
        self.out = nn.Sequential(
            nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Dropout(0.1), nn.Linear(WIDTH, len(TAGS))
        )
        with torch.no_grad():  # most tokens are outside: this need not be learned first
            self.out[-1].bias[0] += OUTSIDE
        self.drop, self.drop_tensor = nn.Dropout(dropout), nn.Dropout(0.1)

    def forward(
        self,
        vectors: Tensor,
        hashes: Tensor,
        grams: Tensor,
        word_bits: Tensor,
        places: Tensor,
        tensor: Tensor,
        codes: Tensor,
        token_bits: Tensor,
        *extra: Tensor,
    ) -> Tensor:
        """Return (B, T, tags) log-probabilities."""
        words = self.words(vectors, hashes, grams, word_bits)
        parts = [words[places], self.drop_tensor(tensor)]
        parts += [self.tag(codes[..., 0]), self.dep(codes[..., 1]), token_bits, *extra]
        states = self.norm(functional.relu(self.token(torch.cat(parts, -1))))
        states = self.drop(states)
        for layer in self.layers:
            states = layer(states)
        return functional.log_softmax(self.out(states), -1)

    def words(self, vectors: Tensor, hashes: Tensor, grams: Tensor, bits: Tensor) -> Tensor:
        """Return (u, w) for u words."""
        if self.training:
            known = torch.rand(len(vectors)) >= UNKNOWN
            vectors = vectors * known[:, None]
            kept = [known, *[torch.ones_like(known)] * (len(HASH_WIDTHS) - 1)]
            hashes = hashes * torch.stack(kept, 1)
        used = (grams > 0).to(vectors.dtype)[..., None]
        letters = (self.grams(grams) * used).sum(1) / used.sum(1).clamp(min=1)
        looked_up = [table(hashes[:, at]) for at, table in enumerate(self.tables)]
        parts = torch.cat([functional.relu(self.vector(vectors)), *looked_up, letters], -1)
        return functional.relu(self.word(torch.cat([self.drop(parts), bits], -1)))


def loss(likely: Tensor, allowed: Tensor) -> Tensor:
    """Return the negative log-likelihood of m tokens, given (m, tags) log-probabilities.

    ``allowed`` are zeros for the tags that are right, and very small numbers for the others: if
    several are right, their probabilities are added up.
    """
    return -torch.logsumexp(likely + allowed, -1)


def lesson(likely: Tensor, tags: Tensor, shares: Tensor) -> Tensor:
    """Return the cross-entropy of m tokens against a teacher's few likeliest tags.

    ``tags`` and ``shares`` are (m, few): their columns and probabilities.
    """
    return -(likely.gather(-1, tags) * shares).sum(-1)
