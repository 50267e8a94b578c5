"""Checkpoints of the original implementations of pix2pix, CycleGAN and pix2pixHD: what they are, and how they open here.

The originals name no architecture in their files, so `open_checkpoint` tells it from keys and shapes.
"""

from translators.upstream.opening import open_checkpoint, original_state

__all__ = ["open_checkpoint", "original_state"]
