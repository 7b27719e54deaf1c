"""Every sentence that the live page itself says or shows; the server's own sentences come with its messages.

`{name}` stands for a value that the page puts in. Keys are those of ui/live/static/words.js.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

WORDS: Final[dict[str, str]] = {
    "loading": "The coach is getting ready. This takes a few seconds.",
    "state.framing": "Finding you",
    "state.ready": "Ready",
    "state.moving": "Moving",
    "state.resting": "Back at the start",
    "state.lost": "I cannot see you",
    "state.starting": "Getting ready",
    "state.saving": "Saving",
    "state.hold": "Hold still: {seconds}",
    "camera.denied": "The camera is blocked for this page. Allow it with the camera sign in the browser's address bar, "
    "then press Start again.",
    "camera.missing": "No camera was found. Plug one in, or watch the demonstration.",
    "camera.busy": "The camera is in use by another program. Close that program (a video call?), then press Start "
    "again.",
    "camera.unplugged": "The camera was disconnected. Plug it in again and the set goes on; your repetitions are kept.",
    "camera.insecure": "The browser gives the camera to this page only at http://localhost. Open it there.",
    "camera.clip": "This browser cannot play the demonstration. Use another browser, or start with the camera.",
    "reconnecting": "The connection to the coach is lost. Trying again; your repetitions are kept.",
    "silent": "No picture reaches the coach. In {seconds} seconds the set ends and is saved.",
    "restarted": "The coach was started anew. What you did before is saved under Sessions. Press Start to go on.",
    "hidden": "This page is hidden: the coach waits a few seconds. Come back to go on.",
    "moved": "This set goes on in another window.",
    "no-voice": "No voice on this computer: a chime sounds, the words are on the screen.",
    "stopped": "Practising at the camera has stopped for now. What to do is written above.",
    "open-for": "In {seconds} s it ends by itself and is saved.",
    "kept": "A set is still open. Continue it, or finish and save it.",
    "kept.other": "A set of {person} is still open. Continue it, or finish and save it.",
    "nothing-saved": "Nothing was counted, so nothing was saved.",
    "saved.one": "Set finished and saved: 1 repetition.",
    "saved.many": "Set finished and saved: {repetitions} repetitions.",
    "saved.score": "Mean score {score} of 100.",
    "saved.person": "Saved for {person}.",
    "not-counted": "Not counted: {reason}.",
    "not-counted.short": "Not counted.",
    "too-short": "too short",
    "counted-unseen": "Counted, but too little was seen for a score.",
    "repetition": "repetition",
    "repetitions": "repetitions",
    "of-goal": "of {goal}",
    "seconds-left": "{seconds} s left",
    "goal-reached": "That was the last one. Well done.",
    "rest-over": "The rest is over. Go on when you are ready.",
    "nothing-to-tell": "Do one repetition first, then I can tell you.",
    "side.left": "your left side",
    "side.right": "your right side",
    "side.both": "",
    "check.ok": "Good",
    "check.warn": "Could be better",
    "check.bad": "To do",
    "check.wait": "Waiting",
    "checks-title": "Before we begin",
    "setup-looking": "Stand where you will practise. I am looking at the camera picture.",
    "setup-done": "All set. Take the start position.",
    "speed": "{rate} pictures a second · {latency} ms",
    "demo-note": "Demonstration: a computer-drawn person shows “{exercise}”. Only watch.",
    "demo-not-chosen": "It is not the exercise you chose.",
    "demo-other": "The demonstration shows “{exercise}”, not the exercise you chose.",
    "demo-spoken": "Demonstration.",
    "demo-over.one": "The demonstration is over. Saved as a demo: 1 repetition.",
    "demo-over.many": "The demonstration is over. Saved as a demo: {repetitions} repetitions.",
    "demonstration": "The movement, shown by a figure",
    "label.coach": "Coach",
    "label.video": "Your picture, mirrored",
    "label.meter": "How far along the movement",
    "label.pace": "Pace",
    "label.range": "Range",
    "label.control": "Control",
    "button.start": "Start with the camera",
    "button.resume": "Continue",
    "button.demo": "Watch the demonstration",
    "button.end": "Finish and save",
    "button.skip": "Skip the checks",
    "button.stop": "Stop",
    "button.ask": "How did I do?",
    "button.mute": "Mute",
    "button.unmute": "Sound is off",
    "button.pause": "Pause the figure",
    "button.play": "Let the figure move",
    "button.full": "Full screen",
}


def live_words(say: Callable[[str], str]) -> dict[str, str]:
    """The table in the language of `say`."""
    return {key: say(sentence) if sentence else "" for key, sentence in WORDS.items()}
