"""MP4 files as sample tables: read, re-timed, written anew without touching the coded media. No codec belongs here.

Joining clips through a general demuxer costs time for every packet and leaves the encoder's priming between clips. Here
a clip is its tables (a few kilobytes) and one run of bytes: joining is arithmetic on arrays and one copy.
Structures: ISO/IEC 14496-12 (boxes), 14496-14 (MP4), 14496-15 (AVC), 3GPP TS 26.245 (timed text), QuickTime File
Format (chapter tracks, metadata).
"""
