"""How the rows of programmes are shown: words for closed lists, sentences, tables and bars."""
