"""Pari-mutuel prices: odds to chances, chances to orders, orders to dividends, dividends to stakes.

Arrays in, arrays out; numpy alone is needed, numba makes the heavy parts faster. Runners are array
positions, from 0; error messages count them from 1.

win       odds of a pool to win chances, and back
ordering  win chances to the chances of every order of finish
dividend  what a pool pays, one's own stake in it
value     what a bet is worth, and how sure that is
kelly     what to stake
blend     a model's chances and the market's together
scoring   how good forecasts and bets were
"""
