"""Whether every numeral that a published report prints is held by its data: `cityreach check`.

It reads the report's folder alone (the page and the data files), so that a copied folder can be checked, too: `page`
reads the page, `cells` the data files, `numerals` finds the numerals that nothing holds, `silence` the words of order
in an edition that publishes none, `check` says what is wrong, one line a fault.
"""
