"""How any model is trained: gold articles → examples → Trainer → thresholds, calibration, export, card."""
