"""Measures film and audiobook making against MoviePy and plain ffmpeg on the same pictures and sound. Prints tables.

Times are CPU seconds of this process and its children, one encoder thread each, the contenders in turns; figures are
medians of at least five turns with their range. Every way of rendering shows the same two stills with the same zoom,
half a second of cross-fade and the same x264 settings. Tremble is how far the picture strays from a smooth movement:
the way of a point at the frame's edge is estimated (ECC, against the first frame), and what is left of it beside a
cubic over the half second around each frame (Savitzky and Golay) is its tremble, in pixels. Setting out and arriving
gently is none. MoviePy is asked for when it is installed (`pip install -e .[bench]`).
"""

from __future__ import annotations

import importlib.util
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import av
import cv2
import imageio_ffmpeg
import numpy as np
import soundfile
from _film_heard import GOALS as HEARD
from _film_heard import hearing
from _report import ROOT, Goal, finish, options, table

from litink.media.camera import Move, View
from litink.media.captions import captions
from litink.media.film import join_film
from litink.media.mouths import SHAPES
from litink.media.pieces import Piece, render_piece
from litink.media.probe import check_film
from litink.media.profile import Profile, profile_for
from litink.media.sound import encode
from litink.media.sound import finish as finish_line
from litink.media.talking import Face, MouthPlan, PictureMouths, shapes_text
from litink.media.timeline import (
    ChapterPart,
    Clip,
    LinePart,
    ScenePart,
    ShotPart,
    TimedLine,
    TimedShot,
    Timeline,
    build_timeline,
)
from litink.providers.base import Utterance
from litink.providers.local.voices import LocalVoices
from litink.settings import get_settings

DOCUMENT = ROOT / "docs" / "media.md"
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
ZOOM = 1.08
CROSSFADE = 12
GOALS = {
    "render_over_moviepy": Goal(">=", 3.0),
    "render_over_zoompan": Goal(">=", 1.3),
    "talking_over_still": Goal("<=", 1.15),
    "tremble_over_zoompan": Goal("<=", 1.0),
    "join_20_over_copy": Goal("<=", 1.2),
    "join_200_over_copy": Goal("<=", 1.2),
    "reencode_over_join": Goal(">=", 50.0),
    "join_200_s": Goal("<=", 1.0),
    "remerge_200_s": Goal("<=", 1.0),
    "narration_speed": Goal(">=", 50.0),
    "finish_overhead": Goal("<=", 0.10),
    "audiobook_10h_mb": Goal("<=", 1000.0),
    **HEARD,
}
TEXTS = (
    "The garden was quiet, and every window of the old house was dark.",
    "She opened the letter slowly, read it twice, and put it back into her pocket.",
    "The captain looked at the sky and told his men to take in the sails.",
    "Few people know how much there is in a little thing scientifically done.",
    "When the music stopped, the children ran out into the snow.",
)
MEMORY = """
import resource, sys
from pathlib import Path
from litink.media.audiobook import write_audiobook
from litink.media.timeline import ChapterPart, LinePart, ScenePart, build_timeline
data = Path(sys.argv[1]).read_bytes()
lines = tuple(LinePart(id="l", text="Said.", seconds=float(sys.argv[2])) for _ in range(int(sys.argv[4])))
part = ChapterPart(key="c", title="C", scenes=(ScenePart(id="s", title="S", shots=(), lines=lines),))
timeline = build_timeline([part], ratio="16:9", title="T")
print(write_audiobook(timeline, lambda _: data, out=Path(sys.argv[3]), title="T"))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@dataclass
class Times:
    """CPU seconds of each turn."""

    turns: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.turns)

    def of(self, scale: float, digits: int = 1) -> str:
        """Median and range of ``scale / seconds``."""
        low, middle, high = (scale / value for value in (max(self.turns), self.median, min(self.turns)))
        return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def cpu() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def in_turns(ways: dict[str, Callable[[], object]], turns: int) -> dict[str, Times]:
    result = {name: Times() for name in ways}
    for _ in range(turns):
        for name, way in ways.items():
            before = cpu()
            way()
            result[name].turns.append(cpu() - before)
    return result


def ffmpeg(*arguments: str) -> None:
    subprocess.run([FFMPEG, "-v", "error", "-y", *arguments], check=True)


def still(seed: int) -> bytes:
    """A drawn picture: a sky in shades, hills, and shapes with edges at every angle."""
    random = np.random.default_rng(seed)
    image = np.empty((1080, 1920, 3), np.uint8)
    image[:] = np.linspace(90, 210, 1080)[:, None, None] + np.array([20, 0, -30])
    for _ in range(90):
        centre = (int(random.integers(1920)), int(random.integers(300, 1080)))
        colour = tuple(int(value) for value in random.integers(30, 230, 3))
        cv2.circle(image, centre, int(random.integers(8, 90)), colour, -1, cv2.LINE_AA)
        cv2.circle(image, centre, int(random.integers(8, 90)), (20, 20, 20), 3, cv2.LINE_AA)
    return bytes(cv2.imencode(".png", image)[1])


# -- rendering ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Material:
    folder: Path
    frames: int  # of each of the two shots; the cross-fade's middle is the cut
    profile: Profile

    @property
    def sound(self) -> Path:
        return self.folder / "sound.wav"

    def picture(self, number: int) -> Path:
        return self.folder / f"{number}.png"

    def x264(self) -> list[str]:
        profile = self.profile
        return ["-preset", profile.preset, "-qp", str(profile.qp), "-x264-params", profile.x264, "-threads", "1"]


def material(folder: Path, seconds: float) -> Material:
    result = Material(folder, round(seconds * 24), profile_for("16:9"))
    for number in range(2):
        result.picture(number).write_bytes(still(number))
    rate = result.profile.sample_rate
    wave = 0.2 * np.sin(2 * np.pi * 220 * np.arange(round(2 * seconds * rate)) / rate)
    soundfile.write(result.sound, wave, rate)
    return result


def a_mouth(frames: int) -> bytes:
    """A plan in which a mouth as large as in a close-up takes another shape every two frames."""
    width, height = 177, 125
    shapes = np.zeros((height * len(SHAPES), width, 4), np.uint8)
    for number in range(len(SHAPES)):
        middle, size = (width // 2, height * number + height // 2), (60, 8 + 10 * number)
        cv2.ellipse(shapes, middle, size, 0, 0, 360, (38, 31, 90, 255), -1, cv2.LINE_AA)
    png = bytes(cv2.imencode(".png", shapes)[1])
    track = tuple((frame, SHAPES[frame // 2 % len(SHAPES)]) for frame in range(0, frames, 2))
    face = Face(box=(953, 589, width, height), shapes=shapes_text(png), track=track)
    mouths = PictureMouths(width=1920, height=1080, faces=(face,))
    return MouthPlan(pictures={"0": mouths, "1": mouths}).model_dump_json().encode()


def ours(given: Material, out: Path, *, talking: bool = False) -> None:
    move = Move(kind="push_in", start=View(x=0.5, y=0.5, zoom=1.0), end=View(x=0.5, y=0.5, zoom=ZOOM))
    shots = tuple(
        TimedShot(
            picture=str(n),
            start_frame=n * given.frames,
            frames=given.frames,
            move=move,
            mouths="plan" if talking else None,
        )
        for n in (0, 1)
    )
    samples, rate = soundfile.read(given.sound, dtype="float32")
    line = TimedLine(id="l", start_frame=0, seconds=len(samples) / rate, text="", speaker=None, words=())
    clip = Clip(
        key="c",
        kind="scene",
        title="",
        chapter=None,
        start_frame=0,
        frames=2 * given.frames,
        shots=shots,
        lines=(line,),
    )
    data, plan = encode(samples, rate), a_mouth(clip.frames)

    def material_of(key: str) -> bytes:
        return plan if key == "plan" else given.picture(int(key)).read_bytes()

    render_piece(Piece.whole(clip), material_of, lambda _: data, out, given.profile)


def zoompan(given: Material, out: Path) -> None:
    """The usual way: enlarge the still so that whole-pixel steps tremble less, zoompan, xfade."""
    length = given.frames + CROSSFADE // 2
    grow = f"1+{ZOOM - 1}*on/{length}"
    shot = f"scale=3840:-2,zoompan=z='{grow}':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d={length}:s=1280x720:fps=24"
    fade = f"xfade=transition=fade:duration={CROSSFADE / 24}:offset={(given.frames - CROSSFADE / 2) / 24}"
    graph = f"[0]{shot}[a];[1]{shot}[b];[a][b]{fade},format=yuv420p[v]"
    inputs = ["-i", str(given.picture(0)), "-i", str(given.picture(1)), "-i", str(given.sound)]
    threads = ["-filter_threads", "1", "-filter_complex_threads", "1"]
    sound = ["-c:a", "aac", "-b:a", "96k", "-shortest"]
    maps = ["-filter_complex", graph, "-map", "[v]", "-map", "2:a", "-c:v", "libx264"]
    ffmpeg(*threads, *inputs, *maps, *given.x264(), *sound, str(out))


def moviepy(given: Material, out: Path) -> None:
    from moviepy import AudioFileClip, CompositeVideoClip, ImageClip, vfx

    length = (given.frames + CROSSFADE / 2) / 24

    def shot(number: int) -> ImageClip:
        clip = ImageClip(str(given.picture(number))).resized((1280, 720)).with_duration(length)
        return clip.resized(lambda t: 1 + (ZOOM - 1) * t / length).with_position("center")

    second = shot(1).with_start((given.frames - CROSSFADE / 2) / 24)
    second = second.with_effects([vfx.CrossFadeIn(CROSSFADE / 24)])
    film = CompositeVideoClip([shot(0), second], size=(1280, 720)).with_audio(AudioFileClip(str(given.sound)))
    settings = [*given.x264()[2:]]
    film.write_videofile(
        str(out), fps=24, codec="libx264", audio_codec="aac", preset=given.profile.preset, threads=1, logger=None,
        ffmpeg_params=settings, temp_audiofile_path=str(given.folder),
    )  # fmt: skip


def tremble(path: Path, frames: int) -> float:
    """RMS pixels by which a point at the frame's edge leaves a smooth way, over the middle of the first shot."""
    with av.open(str(path)) as container:
        seen = [frame.to_ndarray()[:720] for frame in container.decode(video=0)]
    seen = [cv2.resize(frame, (640, 360), interpolation=cv2.INTER_AREA) for frame in seen[13 : frames - 7]]
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-6)
    edges = []
    for frame in seen[1:]:
        matrix = np.eye(2, 3, dtype=np.float32)
        matrix = cv2.findTransformECC(seen[0], frame, matrix, cv2.MOTION_AFFINE, criteria)[1]
        edges.append(2 * (matrix @ np.array([640, 180, 1]))[0])
    reach = 6  # frames on each side
    smoothing = np.linalg.pinv(np.vander(np.arange(-reach, reach + 1), 4))[-1]  # the cubic's value in the middle
    smooth = np.convolve(edges, smoothing[::-1], mode="valid")
    return float(np.sqrt(np.mean(np.square(np.array(edges)[reach:-reach] - smooth))))


def rendering(folder: Path, quick: bool) -> tuple[str, dict[str, float]]:
    given = material(folder, 1.25 if quick else 5.0)
    ways: dict[str, Callable[[], object]] = {
        "ours": lambda: ours(given, folder / "ours.mp4"),
        "talking": lambda: ours(given, folder / "talking.mp4", talking=True),
        "zoompan": lambda: zoompan(given, folder / "zoompan.mp4"),
    }
    if importlib.util.find_spec("moviepy"):
        ways["moviepy"] = lambda: moviepy(given, folder / "moviepy.mp4")
    times = in_turns(ways, 5)
    shaking = {name: tremble(folder / f"{name}.mp4", given.frames) for name in ways}
    seconds = 2 * given.frames / 24
    names = {
        "ours": "litink",
        "talking": "litink, a mouth moving all the time",
        "zoompan": "ffmpeg zoompan from a 2 x still",
        "moviepy": "MoviePy",
    }
    rows = [
        (names[name], took.of(seconds), f"{took.median / given.frames / 2 * 1000:.1f}", f"{shaking[name]:.3f}")
        for name, took in times.items()
    ]
    figures = {
        "render_speed": seconds / times["ours"].median,
        "talking_over_still": times["talking"].median / times["ours"].median,
        "render_over_zoompan": times["zoompan"].median / times["ours"].median,
        "tremble_px": shaking["ours"],
        "tremble_over_zoompan": shaking["ours"] / shaking["zoompan"],
    }
    if "moviepy" in times:
        figures["render_over_moviepy"] = times["moviepy"].median / times["ours"].median
    head = ("moving pictures, 1280 x 720, 24 fps", "x real time a core", "CPU ms a frame", "tremble, px")
    return table(head, rows), figures


# -- joining -----------------------------------------------------------------------------------------------------------


def joining(folder: Path, quick: bool) -> tuple[str, dict[str, float]]:
    line = LinePart(id="l", text="Beep.", seconds=1.0)
    data = encode((0.2 * np.sin(np.arange(24_000) / 10)).astype(np.float32), 24_000)
    picture = still(3)
    rows, figures = [], {}
    for count in (20, 200):
        scenes = tuple(
            ScenePart(id=f"s{n}", title="S", shots=(ShotPart(picture="p", lines=("l",)),), lines=(line,))
            for n in range(count)
        )
        chapters = [ChapterPart(key=f"c{n}", title=f"C {n}", scenes=(part,)) for n, part in enumerate(scenes)]
        timeline = build_timeline(chapters, ratio="16:9", title="T")
        first = folder / "clip.mp4"
        render_piece(Piece.whole(timeline.clips[0]), lambda _: picture, lambda _: data, first, profile_for("16:9"))
        clips = [folder / f"{count}-{n}.mp4" for n in range(count)]
        for path in clips:
            path.write_bytes(first.read_bytes())
        (folder / "list.txt").write_text("".join(f"file '{path}'\n" for path in clips))
        concat = ["-f", "concat", "-safe", "0", "-i", str(folder / "list.txt")]
        times = in_turns(
            {
                "ours": lambda: join_film(clips, timeline, folder / "joined.mp4", title="T"),  # noqa: B023
                "copy": lambda: ffmpeg(*concat, "-c", "copy", "-movflags", "+faststart", str(folder / "copy.mp4")),  # noqa: B023
            },
            5,
        )
        rows.append((f"litink, {count} clips", f"{times['ours'].median * 1000:.0f}", "1.0"))
        ratio = times["ours"].median / times["copy"].median
        rows.append((f"ffmpeg -c copy, {count} clips", f"{times['copy'].median * 1000:.0f}", f"{1 / ratio:.1f}"))
        figures |= {f"join_{count}_over_copy": ratio, f"join_{count}_s": times["ours"].median}
        if count == 200:
            clip, seconds = remerge(folder, timeline, clips, picture, data)
            figures["remerge_200_s"] = seconds
            rows.append((f"litink, one scene of {count} changed: its clip, {clip * 1000:.0f} ms, and",
                         f"{seconds * 1000:.0f}", ""))  # fmt: skip
        if count == 20:
            (folder / "list.txt").write_text("".join(f"file '{path}'\n" for path in clips[:5]))
            again = ["-c:v", "libx264", "-preset", "superfast", "-c:a", "aac", str(folder / "again.mp4")]
            encoded = in_turns({"again": lambda: ffmpeg(*concat, *again)}, 1)["again"].median * count / 5  # noqa: B023
            figures["reencode_over_join"] = encoded / times["ours"].median
            rows.append((f"ffmpeg, encoded anew, {count} clips (from 5)", f"{encoded * 1000:.0f}",
                         f"{figures['reencode_over_join']:.0f}"))  # fmt: skip
    return table(("joining", "CPU ms", "x litink"), rows), figures


def remerge(
    folder: Path, timeline: Timeline, clips: Sequence[Path], picture: bytes, data: bytes
) -> tuple[float, float]:
    """CPU seconds of one clip made anew, and of all else until the film stands again, joined and checked."""
    changed = timeline.clips[len(clips) // 2]

    def render() -> None:
        render_piece(
            Piece.whole(changed), lambda _: picture, lambda _: data, clips[len(clips) // 2], profile_for("16:9")
        )

    def make() -> None:
        render()
        join_film(clips, timeline, folder / "again.mp4", title="T", captions=captions(timeline))
        wrong = check_film(folder / "again.mp4", timeline, lufs=None, pieces=True)
        assert not wrong, wrong

    times = in_turns({"clip": render, "film": make}, 5)
    return times["clip"].median, times["film"].median - times["clip"].median


# -- narration ---------------------------------------------------------------------------------------------------------


def narration(folder: Path, quick: bool) -> tuple[str, dict[str, float]]:
    voices = LocalVoices(get_settings().engines_dir)
    voices.speak(Utterance("Warm.", "hibari:af_heart"))
    spoken = [voices.speak(Utterance(text, "hibari:af_heart")) for text in TEXTS]
    lines = [finish_line(speech) for speech in spoken]
    seconds = sum(line.seconds for line in lines)

    times = in_turns(
        {
            "engine": lambda: [voices.speak(Utterance(text, "hibari:af_heart")) for text in TEXTS],
            "finish": lambda: [finish_line(speech) for speech in spoken],
        },
        5 if quick else 15,
    )
    both = times["engine"].median + times["finish"].median
    small = memory(folder, lines[0].data, lines[0].seconds, 20)
    large = memory(folder, lines[0].data, lines[0].seconds, 120 if quick else 7000)
    growth = max(0.0, (large.megabytes - small.megabytes) / (large.seconds - small.seconds))
    encoding = (large.cpu - small.cpu) / (large.seconds - small.seconds)
    figures = {
        "narration_speed": 1 / (both / seconds + encoding),
        "finish_overhead": times["finish"].median / times["engine"].median,
        "finish_ms_per_s": times["finish"].median / seconds * 1000,
        "audiobook_speed": 1 / encoding,
        "audiobook_10h_mb": large.megabytes + growth * (36_000 - large.seconds),
    }
    rows = [
        ("the engine (hibari)", f"{times['engine'].median / seconds * 60:.2f}", times["engine"].of(seconds, 0)),
        ("finishing lines", f"{times['finish'].median / seconds * 60:.2f}", times["finish"].of(seconds, 0)),
        ("audiobook (AAC, 24 kHz, 96 kbit/s)", f"{encoding * 60:.2f}", f"{1 / encoding:.0f}"),
        ("all three", f"{60 / figures['narration_speed']:.2f}", f"{figures['narration_speed']:.0f}"),
    ]
    text = table(("narration", "CPU s a minute of sound", "x real time a core"), rows)
    ten = figures["audiobook_10h_mb"]
    return (
        f"{text}\n\nA ten-hour audiobook takes {ten:.0f} MB of memory at its peak (from {large.seconds:.0f} s).",
        figures,
    )


@dataclass(frozen=True)
class Peak:
    seconds: float
    megabytes: float
    cpu: float


def memory(folder: Path, data: bytes, seconds: float, count: int) -> Peak:
    (folder / "line.flac").write_bytes(data)
    arguments = [str(folder / "line.flac"), str(seconds), str(folder / "book.m4b"), str(count)]
    before = cpu()
    command = [sys.executable, "-c", MEMORY, *arguments]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()
    return Peak(float(told[0]), float(told[1]), cpu() - before)


def main(
    parts: Sequence[Callable[[Path, bool], tuple[str, dict[str, float]]]] = (rendering, joining, narration, hearing),
) -> None:
    chosen = options(__doc__.splitlines()[0], DOCUMENT)
    texts, figures = [], {}
    for part in parts:
        with tempfile.TemporaryDirectory() as folder:
            text, found = part(Path(folder), chosen.quick)
        texts.append(text)
        figures |= found
    finish(chosen, DOCUMENT, "\n\n".join(texts), {name: round(value, 4) for name, value in figures.items()}, GOALS)


if __name__ == "__main__":
    main()
