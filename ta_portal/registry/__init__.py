"""Where higher apps show their parts on lower apps' pages, and take part in their decisions (schema.md, decision 9)."""
