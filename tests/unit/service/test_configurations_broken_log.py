"""A change of the site file that cannot be audited is not made: what ran last runs on, and it is said why."""

from pathlib import Path

from tests.unit.service.test_configurations import TEXT, Service, play


def test_what_ran_last_runs_on_while_the_audit_log_is_broken(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        await service.open()
        await service.store.audit_log.mark("entry 2 was changed")
        same = await service.open()
        assert same.problem == ""
        service.path.write_text(TEXT.replace("analysed_fps:   5", "analysed_fps: 7"))
        changed = await service.open()
        assert "the audit log is broken: entry 2 was changed" in changed.problem
        assert changed.plan.cameras[0].analysed_fps == 5
        assert len(await changed.versions()) == 1
        await service.store.audit_log.mark("")
        mended = await service.open()
        assert (mended.problem, mended.plan.cameras[0].analysed_fps) == ("", 7)

    play(tmp_path, part)
