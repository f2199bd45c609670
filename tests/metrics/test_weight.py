import pkgutil
import subprocess
import sys

import rhetoric.metrics

HEAVY = ("matplotlib", "scipy", "sklearn", "torch", "transformers")


def test_metrics_import_nothing_heavy():
    modules = [f"rhetoric.metrics.{m.name}" for m in pkgutil.iter_modules(rhetoric.metrics.__path__)]
    code = f"import sys, {', '.join(modules)}; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(modules) > 5
    assert done.stdout.strip() == "[]"
