"""Whole services: killed, without their database, over hours of video, and watched by many viewers."""
