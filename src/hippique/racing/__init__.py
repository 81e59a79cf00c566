"""Facts of racing as frozen values: cards, form, markets, bets, results."""
