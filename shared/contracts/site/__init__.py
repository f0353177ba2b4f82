"""
Sites (站点): their facts and their course.

Intake owns them, who keeps the items that come there; metrics decides about what it derives.
"""
