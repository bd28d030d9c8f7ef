"""Units and their ratios."""

NS_PER_S = 1_000_000_000
MPS_TO_KMH = 3.6
MINUTE_S = 60
QUARTER_S = 900
HOUR_S = 3600
DAY_S = 86_400
