"""Engagements go out as IATI 2.03 activities, with every fault in words and the page on which it is mended."""
