"""What is measured: definitions as data, what is counted in articles, the table of it, words that set groups apart."""
