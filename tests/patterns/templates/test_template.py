"""The template library and its file form."""

from pathlib import Path

import pytest

from patterns.features.table import FEATURES
from patterns.templates.errors import SideError, TemplateError
from patterns.templates.library import FOLDER, by_family, load_template, sided, template_ids
from patterns.templates.mirroring import mirrored
from patterns.templates.template import FAULT_IDS
from patterns.templates.template_file import common_sentences, parse_template, read_template, write_template

IDS = template_ids()


def test_the_six_first_patterns_are_there() -> None:
    first = {"ue-d1-flexion", "ue-d1-extension", "ue-d2-flexion", "ue-d2-extension", "sit-to-stand", "squat"}
    assert first <= set(IDS)


@pytest.mark.parametrize("template_id", IDS)
def test_every_template_reads_and_writes_back_equal(template_id: str) -> None:
    template = load_template(template_id)
    again = parse_template(write_template(template).encode(), template_id)
    assert again.model_copy(update={"sha256": template.sha256}) == template


@pytest.mark.parametrize("template_id", IDS)
def test_mirroring_twice_is_the_template_again(template_id: str) -> None:
    template = load_template(template_id)
    assert mirrored(mirrored(template)) == template


@pytest.mark.parametrize("template_id", [i for i in IDS if load_template(i).side == "right"])
def test_the_left_template_swaps_the_sides(template_id: str) -> None:
    right = load_template(template_id)
    left = sided(right, "left")["left"]
    swapped = [
        n.replace("left", "*").replace("right", "left").replace("*", "right") for n in right.path.features
    ]
    assert list(left.path.features) == swapped
    assert "left_wrist" in left.required or not template_id.startswith("ue")


@pytest.mark.parametrize("template_id", IDS)
def test_cues_are_plain_sentences_without_jargon(template_id: str) -> None:
    template = load_template(template_id)
    for cue in template.cue:
        assert cue.text[0].isupper() and cue.text.endswith(".")
        assert len(cue.text) <= 90
        for word in ("abduct", "flexion", "extend", "rotate", "humerus", "valgus", "scapula"):
            assert word not in cue.text.lower()


def test_unknown_pattern_names_the_nearest() -> None:
    with pytest.raises(TemplateError, match=r"'ue-d2-flexon' is unknown; did you mean ue-d2-flexion\?"):
        load_template("ue-d2-flexon")


def test_a_side_that_does_not_fit_names_those_that_do() -> None:
    with pytest.raises(
        SideError, match="side 'both' does not fit pattern ue-d2-flexion; it takes left or right"
    ):
        sided(load_template("ue-d2-flexion"), "both")
    with pytest.raises(SideError, match="it takes both"):
        sided(load_template("squat"), "left")


def test_common_sentences_are_taken_where_a_template_has_none_and_only_there() -> None:
    text = (FOLDER / "squat.toml").read_text()
    head, own = (
        text.split("[[cue]]", 1)[0],
        '[[cue]]\nfault = "reduced_range"\npriority = 1\ntext = "Lower."\n',
    )
    template = parse_template((head + own).encode(), "mine")
    told = {cue.fault: cue.text for cue in template.cue}
    assert told["reduced_range"] == "Lower."
    assert told["knee_valgus"] == common_sentences()["knee_valgus"]["text"]
    assert {target.fault for target in template.target} <= set(told)
    assert "elbow_bend" not in told


def test_common_sentences_name_faults_and_leave_the_way_to_the_template() -> None:
    assert set(common_sentences()) == set(FAULT_IDS) - {"reduced_range", "wrong_path"}


SQUAT = (FOLDER / "squat.toml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("trunk_lean", "trunk_laen", "did you mean trunk_lean?"),
        ('fault = "knee_valgus"', 'fault = "knee_vagus"', "did you mean knee_valgus?"),
        ("off_path = 1.2", "of_path = 3.0", "key path"),
        ("off_path = 1.2", "off_path = -1", "greater than 0"),
        ("version = 2", 'version = "one"', "key version"),
        ('fault = "knee_valgus"', 'fault = ["knee_valgus"]', "fault"),
        ('view = "any"', 'view = "above"', "key view"),
        (
            "phase = [0.0, 0.25, 0.5, 0.75, 1.0]",
            "phase = [0.0, 0.5, 0.25, 0.75, 1.0]",
            "rise from knot to knot",
        ),
        ("phase = [0.0, 0.25, 0.5, 0.75, 1.0]", "phase = [0.0, 0.25, 0.5, 1.0]", "5 knots, phase has 4"),
        ("start_zone = 0.38", "start_zone = 0.9", "start_zone < attempt_zone"),
        ("title =", "title", "not valid TOML"),
        ('id = "squat"', 'id = "../squat"', "key id"),
        ("version = 2", 'version = 2\nsha256 = "x"', "sha256 is not written"),
    ],
)
def test_a_mistake_in_a_file_is_told_in_one_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in SQUAT
    file = tmp_path / "mine.toml"
    file.write_text(SQUAT.replace(old, new))
    with pytest.raises(TemplateError) as caught:
        read_template(file)
    message = str(caught.value)
    assert told in message
    assert str(file) in message
    assert "\n" not in message


def test_a_template_without_words_for_the_way_is_refused() -> None:
    diagonal = load_template("ue-d2-flexion")
    for fault in ("reduced_range", "wrong_path"):
        silent = diagonal.model_copy(update={"cue": tuple(c for c in diagonal.cue if c.fault != fault)})
        with pytest.raises(TemplateError, match=f"no sentence for {fault}"):
            parse_template(write_template(silent).encode(), "ue-d2-flexion")


def test_hostile_files_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "deep.toml"
    for raw in (b"\xff\xfe", b"x = " + b"[" * 60_000, b"a" * 300_000):
        file.write_bytes(raw)
        with pytest.raises(TemplateError) as caught:
            read_template(file)
        assert "\n" not in str(caught.value)
    with pytest.raises(TemplateError, match="cannot be read"):
        read_template(tmp_path / "none.toml")


def test_fault_vocabulary_and_feature_names_are_the_contract() -> None:
    assert len(FAULT_IDS) == len(set(FAULT_IDS)) == 17
    bases = "shoulder_elevation shoulder_plane shoulder_flexion shoulder_abduction elbow_flexion hip_flexion"
    bases += (
        " hip_abduction knee_flexion knee_valgus knee_medial_tilt ankle_dorsiflexion shoulder_hike"
        " hand_x hand_y foot_x foot_y"
    )
    by_side = {f"{base}_{side}" for base in bases.split() for side in ("left", "right")}
    compared = {
        f"{base}_asymmetry" for base in ("shoulder_elevation", "elbow_flexion", "hip_flexion", "knee_flexion")
    }
    middle = {"trunk_lean", "trunk_forward_lean", "trunk_rotation", "pelvis_tilt", "hip_shift"}
    assert set(FEATURES) == by_side | compared | middle


def test_what_can_be_done_sitting_and_with_one_arm() -> None:
    """Legs decide about sitting; two travelling hands about arms. By hand for one of each kind."""
    sitting = {"ue-d2-flexion": True, "chop": True, "squat": False, "sit-to-stand": False, "march": False}
    sitting |= {"scapula-elevation": True, "pelvis-elevation": False, "overhead-squat": False}
    assert {name: load_template(name).can_be_seated for name in sitting} == sitting
    both = {"chop": True, "bilateral-d1-flexion": True, "overhead-press": True, "hand-to-mouth": False}
    both |= {"squat": False, "ue-d1-flexion": False}
    assert {name: load_template(name).needs_both_arms for name in both} == both
    offered = by_family(seated=True, one_arm=True)
    assert "pnf-both-arms" not in offered and "legs" not in offered
    assert "hand-to-mouth" in offered["arm"] and "overhead-press" not in offered["arm"]


@pytest.mark.parametrize("template_id", template_ids())
def test_each_table_of_a_file_is_told_in_a_sentence_with_its_own_numbers(template_id: str) -> None:
    template = load_template(template_id)
    lines = write_template(template).splitlines()
    for header, above in zip(lines[1:], lines, strict=False):
        assert not header.startswith("[") or above.startswith("# "), header
    for target in template.target:
        assert any(
            line.startswith("# ")
            and f" {target.tolerance:g} " in line
            and target.fault.replace("_", " ") in line
            for line in lines
        )
    (ways,) = [line for line in lines if line.startswith("# The way out takes")]
    assert all(f"{seconds:g}" in ways for seconds in (*template.tempo.out_s, *template.tempo.back_s))


def test_a_file_reads_as_a_therapist_would_say_it() -> None:
    text = write_template(load_template("ue-d2-flexion"))
    assert "# Range: right shoulder elevation is to reach " in text
    assert "less is still good, beyond that it is reduced range." in text
    assert "It is followed by right hand to the side and right hand height." in text
