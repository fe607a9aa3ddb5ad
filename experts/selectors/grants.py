"""Deployments as grants: an expert sees the engagements they work on."""

# The expert role on each engagement that the user is, or was, deployed to.
DEPLOYMENT_GRANTS = """
    SELECT DISTINCT 'expert', 'engagement', deployment.engagement_id, NULL
    FROM deployment JOIN expert ON expert.id = deployment.expert_id WHERE expert.user_id = %(user)s
"""
