"""How the shipped models were made. Run from a checkout: `python -m training --help`."""
