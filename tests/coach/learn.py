"""Learn from the labelled asks what the coach cannot be told by rules: rings/coach_learned.json.

`python -m tests.coach.learn` writes it anew. It needs scikit-learn, which nothing else here does. It sees
the asks to learn from and nothing of what is held back.

For each letter but *By when*: how much a sign (coach.signs) speaks for the mark, or against it. It is
logistic regression on log-count ratios (Wang and Manning, "Baselines and Bigrams", ACL 2012): each sign
counts first as much as it is more frequent on one side than on the other. "" is what is there before any,
so that the sum is above 0 where more speaks for the mark.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import diags
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from rings import coach
from tests.coach.report import NAMES, TODAY, asks

FILE = Path(coach.__file__).with_name("coach_learned.json")
STRENGTH = 0.3  # of the data against the penalty
WHOLE = 3.0  # what an ask labelled in all letters counts, beside one of the trickier set for two of them
KEPT = 4000  # signs a letter: those that say most


def weights(letter: str) -> dict[str, float]:
    whole, tricky = asks("learn"), asks("learn_s_r") if letter in "SR" else []
    labelled = whole + [ask for ask in tricky if letter in ask["judged"]]
    counts = CountVectorizer(analyzer=lambda text: coach.signs(text, TODAY), binary=True, min_df=3)
    found = counts.fit_transform([ask["text"] for ask in labelled]).tocsr()
    wanted = np.array([letter in ask["marks"] for ask in labelled])
    worth = np.where(np.arange(len(labelled)) < len(whole), WHOLE, 1.0)
    # Cut where as many whole asks are left unmarked as ought to be, each judged by one that never saw it.
    unseen = np.zeros(len(labelled))
    for known, rest in StratifiedKFold(10, shuffle=True, random_state=1).split(found, wanted):
        unseen[rest] = found[rest] @ _learned(found[known], wanted[known], worth[known])
    cut = np.sort(unseen[: len(whole)])[(~wanted[: len(whole)]).sum()]
    words = zip(counts.get_feature_names_out(), _learned(found, wanted, worth), strict=True)
    return {"": round(-float(cut), 2)} | dict(sorted(_told(words)))


def _learned(found: Any, wanted: Any, worth: Any) -> Any:
    """A weight for each sign, nought but for those that say most."""
    on_one_side, on_the_other = (
        np.asarray(found[side].sum(axis=0)).ravel() + 1.0 for side in (wanted, ~wanted)
    )
    ratio = np.log(on_one_side / on_one_side.sum()) - np.log(on_the_other / on_the_other.sum())
    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=2000, random_state=1)
    model.fit(found @ diags(ratio), wanted, sample_weight=worth)
    learned = model.coef_[0] * ratio
    least = np.sort(np.abs(learned))[-KEPT:][0]
    return np.where(np.abs(learned) >= least, learned, 0.0)


def _told(words: Any) -> Iterator[tuple[str, float]]:
    for word, weight in words:
        if rounded := round(float(weight), 2):
            yield str(word), rounded


if __name__ == "__main__":
    learned = {NAMES[letter]: weights(letter) for letter in "SMAR"}
    FILE.write_text(json.dumps(learned, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n")
