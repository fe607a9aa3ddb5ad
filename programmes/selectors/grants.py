"""Memberships, and posts that give access, as grants for the access kit."""

# The roles that the user holds today. Exactly one of the scope's columns is filled, none for the whole portfolio.
MEMBERSHIP_GRANTS = """
    SELECT role, scope_kind, coalesce(organisation_id, programme_id, institution_id, engagement_id), country_id
    FROM membership WHERE user_id = %(user)s AND (valid IS NULL OR valid @> %(today)s)
"""

# Whoever holds such a post today, or is its deputy, is the institution's liaison: it begins and ends by itself.
POST_GRANTS = """
    SELECT 'liaison', 'institution', post.institution_id, NULL
    FROM post_holder holder JOIN counterpart_post post ON post.id = holder.post_id
    WHERE holder.user_id = %(user)s AND holder.during @> %(today)s AND post.gives_access
"""
