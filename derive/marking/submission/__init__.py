"""Marking what somebody handed in: every claim in it is read, judged, and worth marks."""
