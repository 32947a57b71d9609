"""Transaction scripts: the subset of JavaScript that is understood, translated into a journey.

A script is read once from top to bottom. What it computes is computed; what it wants of the
browser becomes steps of `probes.transaction`, in the order in which they would be done. What
cannot be known before the pages are there (branches on what they say, loops until they change)
is refused by name with line and column, except the common forms that have steps of their own:
throwing an error on a comparison, and trying something again until a time is up.
"""

from mockserver.vendors.thousandeyes.measuring.script.journey import Journey, check, translate
from mockserver.vendors.thousandeyes.measuring.script.refusal import NotJavaScript, ScriptRefused

__all__ = ["Journey", "NotJavaScript", "ScriptRefused", "check", "translate"]
