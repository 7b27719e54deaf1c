"""Judgement: metrics, faults, cues and the Coach, one step for live, recorded and replayed movement."""
