"""The sheet that offers the volumes of DICOM folders."""
