"""Memberships as grants, for the access kit."""

# The roles that the user holds today. Exactly one of the scope's columns is filled, none for the whole portfolio.
MEMBERSHIP_GRANTS = """
    SELECT role, scope_kind, coalesce(organisation_id, programme_id, institution_id, engagement_id), country_id
    FROM membership WHERE user_id = %(user)s AND (valid IS NULL OR valid @> %(today)s)
"""
