"""An audit: articles or sentences drawn with known probabilities, coded by people, and put beside the predictions."""
