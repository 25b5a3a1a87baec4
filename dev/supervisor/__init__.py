"""Starts, watches and stops the local services. What they answer is none of its business."""
