"""File ▸ Export mask…: the mask as it is on the canvases, as a file for other programs."""

from __future__ import annotations

from pathlib import Path

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import ExportView, ShellView
from kitsdesk.project.mask_export import SEGMENTATION_SUFFIX, export_mask, is_dicom_case
from kitsdesk.project.mask_places import suggested_place


class MaskExporter:
    """Written off the UI thread, from a copy; the case's revisions are not touched."""

    def __init__(
        self, session: Session, pool: TaskPool, view: ExportView, shell: ShellView
    ) -> None:
        self._session = session
        self._pool = pool
        self._view = view
        self._shell = shell

    def export(self) -> None:
        """Ask for the file, and for a segmentation of a DICOM series whether it names anyone."""
        case = self._session.case
        if case is None:
            return
        self._session.settle()
        dicom = is_dicom_case(self._session.project, case.case)
        suggestion = suggested_place(case.record.image, case.case)
        self._view.ask_mask_export(suggestion, dicom, lambda path: self._on_file(case, path))

    def _on_file(self, case: OpenCase, path: Path | None) -> None:
        if path is None or self._session.case is not case:
            return
        if path.suffix.lower() == SEGMENTATION_SUFFIX:
            self._view.ask_with_patient(lambda named: self._write(case, path, named))
        else:
            self._write(case, path, with_patient=False)

    def _write(self, case: OpenCase, path: Path, with_patient: bool) -> None:
        workspace, mask = self._session.project, case.mask.copy()
        self._pool.start(
            f"Exporting the mask of {case.case}",
            lambda: export_mask(workspace, case.case, mask, path, with_patient=with_patient),
            done=lambda written: self._shell.show_message(f"Mask written to {written.name}."),
            failed=self._shell.show_problem,
        )
