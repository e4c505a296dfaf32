/** What a new guardrail file says: every rule with its shipped limit, commented out, and what it means. */
export const EXAMPLE_FILE = `# Guardrails of No Wing, on this computer. A plan must pass them before anybody can approve it.
#
# "everywhere" counts for all environments, "dev", "staging" and "prod" for one. Each rule has
#   limit    what is allowed
#   broken   what a breach leads to:               ask (agree to it expressly) or refuse (no approval is possible)
#   unknown  what something that nobody can tell leads to: ask or refuse; where it is refuse, so is a breach
# What is not said here is as No Wing ships it; the values below are those of the development environment.
# A workspace can have a file of its own, .no-wing/guardrails.yaml: it can only tighten what stands here.
version: 1

# everywhere:
#   # Names may have * for any part; an empty list allows all.
#   regions: { limit: [], broken: refuse }
#   resourceTypes: { limit: [], broken: refuse }        # ["AWS::Lambda::*", "AWS::S3::Bucket"]
#   instanceTypes: { limit: [], broken: refuse }        # ["t3.*", "db.t4g.*"]
#   # Of the whole deployment as it stands afterwards; "none" is no limit.
#   instanceCount: { limit: 10, broken: refuse }
#   diskSize: { limit: 500, broken: refuse }            # GB, of each disk
#   monthlyBudget: { limit: 1000, broken: refuse }      # US dollars, on demand
#   requiredTags: { limit: [], broken: refuse }         # ["team", "cost-centre"]
#   # "forbidden" or "allowed".
#   stateful: { limit: forbidden, broken: ask }         # replacing or deleting what holds data
#   publicAccess: { limit: forbidden, broken: refuse }
#   iamWildcards: { limit: forbidden, broken: ask }
#   openTrust: { limit: forbidden, broken: refuse }     # roles that everybody may assume
#   # Ports that must not be open to the internet.
#   openPorts: { limit: [22, 23, 2375, 2376, 3389, 5900, 5985, 5986], broken: refuse }

# prod:
#   approval: typedName                                 # the name has to be typed; "button" for a click
#   stateful: { broken: refuse }
#   iamWildcards: { broken: refuse }
`;
