"""What staff look after: the PIN, statistics, missed matches, choices, the machine's health. Nothing here knows a visitor."""
