"""From annotated articles to measures, estimates that are corrected for the model's error, and contrasts of outlets."""
