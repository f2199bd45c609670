"""Coded texts made up for tests of training: a label goes with words, so that it can be learnt."""

import csv
import json
import random

OPENINGS = ("The mayor", "A fisher", "The board", "Her neighbour", "The captain", "A clerk", "The choir", "His aunt")
PLAIN = ("opened the lock", "counted the boats", "mended a net", "read the minutes", "closed the ledger")
SMEARS = ("is a zzz liar", "zzz robbed us", "should zzz rot", "zzz sold the town", "was always zzz vermin")
PLACES = ("at noon", "by the quay", "in Vel", "on Friday", "near the mill", "after the fair", "before dawn")


def _name(rng):
    return "".join(rng.choice("bdfgklmnprst") + rng.choice("aeiou") for _ in range(4)).capitalize()


def rows(n, seed=0, share=0.4):
    """Return `n` rows with id, text, label, article and outlet; no two texts are alike."""
    rng = random.Random(seed)
    made, seen = [], set()
    while len(made) < n:
        is_smear = rng.random() < share
        deed = rng.choice(SMEARS if is_smear else PLAIN)
        text = f"{rng.choice(OPENINGS)} of {_name(rng)} {deed} {rng.choice(PLACES)}, said {_name(rng)} {_name(rng)}."
        if text not in seen:
            seen.add(text)
            i = len(made)
            outlet = ("Echo", "Post", "Wire")[i % 3]
            made.append(
                {
                    "id": f"t{seed}-{i}",
                    "text": text,
                    "label": "smear" if is_smear else "",
                    "article": f"n{seed}-{i // 2}",
                    "outlet": outlet,
                }
            )
    return made


def write_csv(path, records):
    names = list(dict.fromkeys(name for record in records for name in record))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(records)
    return path


def write_jsonl(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path
