"""How good a prediction is, and how sure one can be of that: counts, scores, calibration, intervals, signatures."""
