"""Why a file was refused, as pages translate it: the errors of readers with their values as `{name}`."""

from __future__ import annotations

from typing import Final

FILE_REASONS: Final = (
    "{name}: not a video that can be read, or one that is cut off; copy it again, or export it as MP4",
    "{name}: the file holds no video stream; choose another file",
    "{name}: the file is empty; copy it again",
    "{name}: the video is cut off ({there} bytes of at least {whole} are there); copy it again",
    "{name}: the video cannot be decoded ({reason}); copy it again, or export it as MP4",
    "{name}: no frame of the video can be read; export it again as MP4",
    "{name}: the video breaks off at {at} s of {whole} s; copy it again",
    "{name}: nobody was found in it; film one person, the whole body in view, in good light",
    "{name}: not a landmark recording (.npz), or a damaged one; export it again",
    "{name}: key {key}: expected shape {shape}, got no such key ({found})",
    "{name}: landmarks.csv: line {line}: expected the columns {columns}; {column} is not there",
    "{name}: no landmarks.csv in it: no landmarks were kept of that session",
    "{name}: not a zip of exported tables, or damaged ({reason})",
    "{name}: not a TRC file: its first line should begin with PathFileType",
    "{name}: not a C3D file: its second byte is not the key that marks one",
    "{name}: damaged or cut off ({reason}); export it again",
    "{name}: not JSON, or damaged ({reason})",
    "{name}: not a session that this program exported: expected schema {schema}",
    "{name}: the file cannot be read: it takes too long; export it again, or cut it",
    "{name}: the file cannot be read: it needs too much memory or time, or is damaged; export it again, or cut it",
)
"""tests/ui/records/test_wrong_files.py holds each against what its reader raises."""
