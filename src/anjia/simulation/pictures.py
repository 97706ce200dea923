"""Pictures for the demo, drawn here so that none has to be brought along: a signature, as a finger draws it."""

import math
import random
import struct
import zlib

WIDTH, HEIGHT = 240, 96
STEPS = 700  # more than there are columns: the line has no gaps


def scribble(seed: int) -> bytes:
    """Return a PNG of a line that wanders as a signature does."""
    dice = random.Random(seed)
    rows = [bytearray(b"\xff" * WIDTH) for _ in range(HEIGHT)]
    waves = [(dice.uniform(4, 16), dice.uniform(0.02, 0.16), dice.uniform(0, 6)) for _ in range(3)]
    for step in range(STEPS):
        along = step / STEPS
        x = 20 + along * (WIDTH - 40) + 9 * math.sin(along * 60 + waves[0][2])
        y = HEIGHT / 2 + sum(size * math.sin(x * speed + shift) for size, speed, shift in waves)
        for dx in (0, 1):
            for dy in (0, 1):
                column, row = int(x) + dx, int(y) + dy
                if 0 <= column < WIDTH and 0 <= row < HEIGHT:
                    rows[row][column] = 40
    raw = b"".join(b"\x00" + bytes(row) for row in rows)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, data) for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(raw)), (b"IEND", b""))
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
