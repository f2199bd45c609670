"""SetFit on splits: run by the interpreter that has SetFit, with nothing of this project but the files of the splits.

It trains as its makers set it up, in bf16 where the processor has it, which is several times faster there.
"""

import argparse
import json
import time
import warnings
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset, disable_progress_bars
from setfit import SetFitModel, Trainer, TrainingArguments  # type: ignore[import-not-found]
from transformers.utils import logging

__all__ = ["has_bf16", "main", "measure"]


def has_bf16() -> bool:
    """Return whether this processor multiplies bf16 matrices in hardware."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def measure(encoder: str, split: Path, max_steps: int) -> dict[str, Any]:
    """Return the predictions for the test texts of a split, and the processor seconds of training on the others."""
    parts = json.loads(split.read_text(encoding="utf-8"))
    model = SetFitModel.from_pretrained(encoder)
    arguments = TrainingArguments(
        output_dir=str(split.with_suffix("")),
        max_steps=max_steps,
        save_strategy="no",
        report_to="none",
        show_progress_bar=False,
    )
    trainer = Trainer(model, args=arguments, train_dataset=Dataset.from_dict(parts["train"]))
    start = time.process_time()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bf16()):
        trainer.train()
    seconds = time.process_time() - start
    predicted = model.predict(parts["test"]["text"], show_progress_bar=False)
    return {"split": split.name, "predicted": [int(label) for label in predicted], "seconds": seconds}


def main() -> None:
    """Print one line of JSON a split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", help="folder of the encoder")
    parser.add_argument("splits", type=Path, nargs="+", help="JSON files of splits")
    parser.add_argument("--max-steps", type=int, default=-1, help="batches at most; all pairs once if not given")
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    logging.set_verbosity_error()
    disable_progress_bars()
    for split in options.splits:
        print("\n" + json.dumps(measure(options.encoder, split, options.max_steps)), flush=True)


if __name__ == "__main__":
    main()
